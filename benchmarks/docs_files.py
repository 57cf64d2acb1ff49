"""Files of a newcomer: small ones, made up, under the names that the pages of the documentation use."""

from __future__ import annotations

import gzip
import itertools
import json
import math
import random
import struct
import wave
from collections.abc import Callable, Iterable
from pathlib import Path

_RATE = 8000
_LABELS = (("superb", "positive"), ("brilliant", "positive"), ("dull", "negative"), ("dreadful", "negative"))
_THINGS = ("film", "meal", "hotel", "book", "phone", "garden")


def _table(path: Path, header: str, rows: Iterable[str]) -> None:
    text = "\n".join([header, *rows]) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")


def _texts(kinds: tuple[str, ...], number: int = 200) -> list[tuple[str, str]]:
    """Return texts and their kinds."""
    chosen = itertools.islice(itertools.cycle(itertools.product(_THINGS, kinds)), number)
    return [(f"this {kind} {thing} number {count}", kind) for count, (thing, kind) in enumerate(chosen)]


def _reviews(path: Path) -> None:
    _table(path, "body,stars", (f"{text},{kind}" for text, kind in _texts(("good", "bad"))))


def _sample_reviews(path: Path) -> None:
    """Write reviews with the labels and the words of the sample `sentiment`."""
    rows = [f"A {word} {thing}.,{label}" for word, label in _LABELS for thing in _THINGS for _ in range(10)]
    _table(path, "body,stars", rows)


def _reviews_with_tabs(path: Path) -> None:
    _table(path, "body\tstars", (f"{text}\t{kind}" for text, kind in _texts(("good", "bad"))))


def _messages(path: Path) -> None:
    _table(path, "text,kind", (f"{text},{kind}" for text, kind in _texts(("spam", "ham"))))


def _reports(path: Path) -> None:
    rows = _texts(("sport", "money", "travel"), 300)
    _table(path, "title,body,topic", (f"{kind} today,{text},{kind}" for text, kind in rows))


def _shop(path: Path) -> None:
    _table(path, "title,body", (f"A dog,{text}" for text, _ in _texts(("red", "blue"), 6)))


def _bodies(path: Path) -> None:
    _table(path, "body", (f"The king saw a {kind} one." for _, kind in _texts(("red", "blue"), 6)))


def _parquet(path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    texts = [f"Emma flew to Lindford with {thing} {number}." for number, thing in enumerate(_THINGS)]
    parquet.write_table(pyarrow.table({"body": texts}), path)


def _lines(path: Path) -> None:
    path.write_text("".join(f"{text}.\n" for text, _ in _texts(("good", "bad", "new"), 600)), encoding="utf-8")


def _novel(path: Path) -> None:
    draw = random.Random(1)
    words = ["night", "king", "dog", "house", "went", "came", "saw", "the", "a", "old", "small", "forest"]
    sentences = (" ".join(draw.choices(words, k=8)).capitalize() + "." for _ in range(2000))
    path.write_text("\n".join(sentences) + "\n", encoding="utf-8")


def _json_lines(path: Path) -> None:
    rows = (json.dumps({"text": text}) for text, _ in _texts(("good", "bad", "new"), 300))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def _dumps(path: Path) -> None:
    path.mkdir()
    _json_lines(path / "train.jsonl")


_SENTENCES = (
    (("Emma", "N", "B-PER"), ("sings", "V", "O")),
    (("Rome", "N", "B-LOC"), ("is", "V", "O"), ("big", "A", "O")),
    (("He", "P", "O"), ("met", "V", "O"), ("Ada", "N", "B-PER"), ("Low", "N", "I-PER")),
)


def _sentences(number: int = 120) -> list[tuple[tuple[str, str, str], ...]]:
    """Return sentences of (word, part of speech, tag), no two of which are the same."""
    return [(*_SENTENCES[n % len(_SENTENCES)], (str(n), "M", "O")) for n in range(number)]


def _conll(path: Path) -> None:
    path.mkdir()
    for split, number in (("train", 40), ("validation", 5), ("test", 5)):
        sentences = _sentences(3 * number)
        blocks = ("".join(f"{n}\t{word}\tx\t{pos}\t{tag}\n" for n, (word, pos, tag) in enumerate(s)) for s in sentences)
        (path / f"{split}.conll").write_text("\n".join(blocks), encoding="utf-8")


def _words_and_tags(path: Path) -> None:
    path.mkdir()
    for split in ("train", "validation", "test"):
        sentences = ("".join(f"{word} {tag}\n" for word, _, tag in s) for s in _sentences())
        (path / f"{split}.conll").write_text("\n".join(sentences), encoding="utf-8")


def _parallel(path: Path) -> None:
    path.mkdir()
    for split, number in (("train", 300), ("validation", 20), ("test", 20)):
        texts = [text for text, _ in _texts(("good", "bad", "new"), number)]
        (path / f"{split}.en").write_text("\n".join(texts) + "\n", encoding="utf-8")
        (path / f"{split}.is").write_text("\n".join(text[::-1] for text in texts) + "\n", encoding="utf-8")


def _treebank(path: Path) -> None:
    blocks = (
        "".join(f"{n}\t{word}\t{word}\t{tag}\t{tag}\t_\t0\troot\t_\t_\n" for n, (word, tag, _) in enumerate(s, 1))
        for s in _sentences()
    )
    path.write_text("\n".join(blocks), encoding="utf-8")


def _rows_of_words(path: Path) -> None:
    rows = (f"{n},{word},{tag}" for n, s in enumerate(_sentences()) for word, _, tag in s)
    _table(path, "Sentence #,Word,Tag", rows)


def _numbered_tags(path: Path) -> None:
    names = ["O", "B-PER", "I-PER", "B-LOC"]
    rows = (
        json.dumps({"tokens": [w for w, *_ in s], "tags": [names.index(tag) % 3 for *_, tag in s]})
        for s in _sentences()
    )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def _tone(kind: int, take: int, seconds: float = 0.4) -> list[float]:
    draw = random.Random(f"{kind} {take}")
    pitch = 200 * (1 + kind) * draw.uniform(0.97, 1.03)
    steps = range(int(seconds * _RATE))
    return [0.3 * math.sin(2 * math.pi * pitch * step / _RATE) + draw.gauss(0, 0.01) for step in steps]


def _sound(path: Path, kind: int = 0, take: int = 0) -> None:
    samples = _tone(kind, take)
    if path.suffix == ".wav":
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(_RATE)
            file.writeframes(struct.pack(f"<{len(samples)}h", *(int(32767 * sample) for sample in samples)))
        return
    import numpy as np
    import soundfile

    soundfile.write(path, np.array(samples), _RATE)


def _clips(path: Path) -> None:
    for kind, word in enumerate(("yes", "no", "stop", "_noise")):
        (path / word).mkdir(parents=True)
        for take in range(16):
            _sound(path / word / f"{take}.wav", kind, take)


def _recordings(path: Path) -> None:
    folder = path.parent / "recordings"
    folder.mkdir(exist_ok=True)
    rows = []
    for kind, word in enumerate(("yes", "no", "stop")):
        for take in range(20):
            _sound(folder / f"{word}{take}.wav", kind, take)
            text = f"{word} {'xcfgklmnrs'[take % 10]}{'iu'[take // 10]}"  # characters
            rows.append(f"recordings/{word}{take}.wav,{text},{'abcd'[take % 4]}")
    _table(path, "audio,text,speaker", rows)


def _recordings_of_one(path: Path) -> None:
    path.mkdir()
    for kind in range(3):
        _sound(path / f"{kind}.wav", kind)


_FILES: dict[str, Callable[[Path], None]] = {
    "a.wav": _sound,
    "anna.wav": _sound,
    "b.flac": _sound,
    "clips": _clips,
    "dumps": _dumps,
    "films.csv": _reviews,
    "forum.txt": _lines,
    "messages.csv": _messages,
    "more_reviews.jsonl": _json_lines,
    "my_novel.txt": _novel,
    "new_messages.csv": _messages,
    "news.parquet": _parquet,
    "number.wav": _sound,
    "numbers.jsonl": _numbered_tags,
    "recording.wav": _sound,
    "recordings.csv": _recordings,
    "recordings_of_anna": _recordings_of_one,
    "reports.csv": _reports,
    "reviews.tsv.gz": _reviews_with_tabs,
    "shop.csv.gz": _shop,
    "tales.csv": _bodies,
    "talk.mp3": _sound,
    "test.en": _lines,
    "treebank.conllu": _treebank,
    "words.csv": _rows_of_words,
}
_CORPORA = {"translation": _parallel, "--token-field": _conll, "tagging": _words_and_tags}
"""What a folder `corpus` holds, by a word of the command that reads it."""


def make_files(text: str, folder: Path) -> None:
    """Make those files and folders in a folder which a command or code block names, and which are not there yet."""
    for name, make in _FILES.items():
        if name in text and not (folder / name).exists():
            make(folder / name)
    if "reviews.csv" in text:  # of the labels of the model
        (_sample_reviews if "calibrate" in text else _reviews)(folder / "reviews.csv")
    for word, make in _CORPORA.items():
        if " corpus " in f"{text} " and word in text:
            path = folder / "corpus"
            for old in path.glob("*"):
                old.unlink()
            if path.exists():
                path.rmdir()
            make(path)
            break
