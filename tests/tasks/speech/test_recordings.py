"""Recordings with transcripts: folders, tables, Parquet; what is held out, what cannot be learnt, what is refused."""

from __future__ import annotations

import csv
import logging

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile

from nlprnn.audio import Augmentation, FeatureOptions
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError
from nlprnn.pipelines import SpeechProcessor
from nlprnn.tasks.speech.batches import ClipBatches
from nlprnn.tasks.speech.data import (
    SpeechData,
    as_floats,
    as_integers,
    learnable,
    report_odd_clips,
    report_unknown_letters,
)
from nlprnn.tasks.speech.recording_sources import find_recordings
from nlprnn.text import CharacterTokenizer

RATE = 4000
FIELDS = {"audio": None, "transcript": None, "speaker": None}


def wave(number, samples=800):
    return (0.3 * np.sin(np.arange(samples) * 0.01 * (number + 1))).astype(np.float32)


def write_table(folder, rows, name="clips.csv"):
    """A table of paths, texts and speakers, and the clips that it names."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, row in enumerate(rows):
        if not (folder / row["path"]).exists():
            soundfile.write(folder / row["path"], wave(number), RATE, subtype="FLOAT")
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def rows_of(number, speakers=4):
    words = ["yes", "no"]
    return [{"path": f"{at}.wav", "text": words[at % 2], "speaker": f"s{at % speakers}"} for at in range(number)]


def find(path, **options):
    return find_recordings(str(path), FIELDS, ReadOptions(**options))


def test_table_names_sounds_texts_and_speakers(tmp_path):
    (split,) = find(write_table(tmp_path, rows_of(4))).values()
    assert split.transcripts == ["yes", "no", "yes", "no"]
    assert split.speakers == ["s0", "s1", "s2", "s3"]
    assert split.sample_rate() == RATE
    for number, waveform in enumerate(split.waveforms(RATE)):
        assert waveform == pytest.approx(wave(number), abs=1e-6)


def test_folders_of_words_are_clips(tmp_path):
    for word in ("yes", "turn_left", "_noise"):
        (tmp_path / word).mkdir()
        for number in range(2):
            soundfile.write(tmp_path / word / f"{number}.flac", wave(number), RATE)
    (tmp_path / "yes" / "phone.m4a").touch()
    (split,) = find(tmp_path).values()
    assert split.transcripts == ["", "", "turn left", "turn left", "yes", "yes"]
    assert [str(one) for one in split.omissions] == [
        f"1 file other than WAV, FLAC, OGG or MP3 (first: {tmp_path / 'yes' / 'phone.m4a'})"
    ]
    (tmp_path / "set" / "train").mkdir(parents=True)
    for split_name in ("train", "test"):
        (tmp_path / "set" / split_name / "no").mkdir(parents=True, exist_ok=True)
        soundfile.write(tmp_path / "set" / split_name / "no" / "1.wav", wave(0), RATE)
    assert {name: len(split) for name, split in find(tmp_path / "set").items()} == {"train": 1, "test": 1}


def encoded(number, tmp_path):
    path = tmp_path / "temporary.wav"
    soundfile.write(path, wave(number), RATE, subtype="FLOAT")
    return path.read_bytes()


@pytest.mark.parametrize("form", ["samples", "integers", "bytes", "struct", "array"])
def test_parquet_of_every_form(tmp_path, form):
    content = [encoded(number, tmp_path) for number in range(3)]
    columns = {"label": pa.array([7, 0, 7])}
    if form == "samples":
        columns |= {"waveform": pa.array([wave(n).tolist() for n in range(3)]), "sampling_rate": pa.array([RATE] * 3)}
    elif form == "integers":
        samples = [as_integers(wave(n)).tolist() for n in range(3)]
        columns |= {"waveform": pa.array(samples, pa.list_(pa.int16())), "sampling_rate": pa.array([RATE] * 3)}
    elif form == "bytes":
        columns["audio"] = pa.array(content)
    elif form == "struct":
        columns["audio"] = pa.array([{"bytes": one, "path": None} for one in content])
    else:
        columns["audio"] = pa.array([{"array": wave(n).tolist(), "sampling_rate": RATE} for n in range(3)])
    pq.write_table(pa.table(columns), tmp_path / "clips.parquet")
    (split,) = find(tmp_path / "clips.parquet", label_names=("zero", *"123456", "seven")).values()
    assert split.transcripts == ["seven", "zero", "seven"]
    for number, waveform in enumerate(split.waveforms(RATE)):
        assert waveform == pytest.approx(wave(number), abs=1e-4)


def test_splits_of_a_folder_are_kept(tmp_path):
    write_table(tmp_path, rows_of(20), "train.csv")
    write_table(tmp_path, rows_of(2), "test.csv")
    data = SpeechData.load(str(tmp_path), FIELDS, hold_out_by="clips")
    assert {name: len(split) for name, split in data.splits.items()} == {"train": 18, "validation": 2, "test": 2}


def test_speakers_are_held_out_whole(tmp_path):
    data = SpeechData.load(str(write_table(tmp_path, rows_of(24, speakers=8))), FIELDS)
    speakers = [set(split.speakers) for split in data.splits.values()]
    assert sum(map(len, speakers)) == len(set.union(*speakers)) == 8
    assert all(speakers)
    assert "held out, speaker by speaker" in data.report.render()
    clips = SpeechData.load(str(tmp_path), FIELDS, hold_out_by="clips")
    assert [len(split) for split in clips.splits.values()] == [20, 2, 2]


def refuse(message, make):
    with pytest.raises(DataError, match=message):
        make()


def test_each_fault_has_its_sentence(tmp_path):
    folder = write_table(tmp_path / "a", rows_of(4))
    (folder / "2.wav").unlink()
    refuse(r"clips.csv, line 4 names .*2.wav, which is missing", lambda: find(folder))
    (folder / "2.wav").write_text("no sound", encoding="utf-8")
    refuse(r"line 4: .*2.wav is no sound", lambda: list(find(folder)["train"].waveforms(RATE)))
    write_table(tmp_path / "b", [{"path": "0.wav", "note": "yes"}])
    refuse("no column looks like the transcript .*--text-field", lambda: find(tmp_path / "b"))
    (tmp_path / "c").mkdir()
    refuse("neither a table .* nor clips", lambda: find(tmp_path / "c"))
    (tmp_path / "c" / "yes").mkdir()
    (tmp_path / "c" / "yes" / "phone.m4a").touch()
    refuse(r"nor clips \(WAV, FLAC, OGG or MP3\)", lambda: find(tmp_path / "c"))
    refuse("is one recording", lambda: find(folder / "0.wav"))
    write_table(tmp_path / "d", [{"path": "0.wav", "text": ""}])
    refuse("no row has a transcript", lambda: SpeechData.load(str(tmp_path / "d"), FIELDS))
    pq.write_table(pa.table({"waveform": pa.array([[0.5]]), "text": ["a"]}), tmp_path / "rate.parquet")
    refuse("no sampling_rate", lambda: find(tmp_path / "rate.parquet"))
    pq.write_table(pa.table({"audio": pa.array([None], pa.binary()), "text": ["a"]}), tmp_path / "none.parquet")
    refuse("row 1 has no sound", lambda: find(tmp_path / "none.parquet"))
    two = write_table(tmp_path / "e", rows_of(4, speakers=2))
    refuse("2 speakers are too few", lambda: SpeechData.load(str(two), FIELDS, hold_out_by="speakers"))


PROCESSOR = SpeechProcessor(
    features=FeatureOptions.speech(sample_rate=RATE, num_mels=8), tokenizer=CharacterTokenizer.train(["yesno"])
)


def test_clips_too_short_for_their_words_are_named(tmp_path, caplog):
    rows = [{"path": f"{at}.wav", "text": text} for at, text in enumerate(["no", "yes", "nnnnnnnnnnn"])]
    data = SpeechData.load(str(write_table(tmp_path, rows * 7)), FIELDS, hold_out_by="clips")
    train = data.splits["train"]
    waveforms = data.waveforms("train")
    with caplog.at_level(logging.WARNING):
        kept = learnable(train, waveforms, PROCESSOR, 2)
    texts = np.array(train.transcripts)
    assert kept.tolist() == np.flatnonzero(texts != "n" * 11).tolist()
    # 800 samples give 21 frames and 11 outputs; eleven equal letters need ten blanks between them.
    assert "11 frames, needs 21" in caplog.text
    with pytest.raises(DataError, match="--subsampling 1"):
        learnable(train, waveforms, PROCESSOR, 100)


def test_odd_clips_and_letters_are_reported(tmp_path, caplog):
    rows = [{"path": f"{at}.wav", "text": "yes"} for at in range(3)]
    write_table(tmp_path, rows, "train.csv")
    soundfile.write(tmp_path / "0.wav", np.zeros(500), RATE)
    write_table(tmp_path, [{"path": "2.wav", "text": "quit"}], "validation.csv")
    data = SpeechData.load(str(tmp_path), FIELDS)
    with caplog.at_level(logging.WARNING):
        report_odd_clips(data.splits["train"], data.waveforms("train"))
        report_unknown_letters(data, PROCESSOR)
    assert "1 clips are silent: " in caplog.text
    assert "1 transcripts of validation have 'i', 'q', 't', 'u'" in caplog.text


def test_batches_depend_on_seed_and_epoch_alone(tmp_path):
    data = SpeechData.load(str(write_table(tmp_path, rows_of(12))), FIELDS)
    train, waveforms = data.splits["train"], data.waveforms("train")
    augmentation = Augmentation(speed=0.1, noise=0.5, pad=0.1, time_masks=1)

    def batches(seed=1, epoch=0, position=0):
        made = ClipBatches(
            waveforms, train.transcripts, [PROCESSOR] * len(train), augmentation, batch_size=3, seed=seed
        )
        made.epoch, made.position = epoch, position
        return list(made)

    first, again, later = batches(), batches(), batches(epoch=1)
    for one, other in zip(first, again, strict=True):
        assert all(left.equal(right) for left, right in zip(one, other, strict=True))
    assert all(left.equal(right) for left, right in zip(first[-1], batches(position=len(first) - 1)[0], strict=True))
    assert not any(
        one.features.shape == two.features.shape and one.features.equal(two.features) for one in first for two in later
    )
    texts = [PROCESSOR.tokenizer.decode(row.tolist()) for one in first for row in one.targets]
    assert sorted(texts) == sorted(train.transcripts)


def test_integers_keep_the_waveform():
    assert as_floats(as_integers(wave(3))) == pytest.approx(wave(3), abs=2e-5)
