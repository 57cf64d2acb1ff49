"""Data that have changed since a run began are noticed, and named."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from nlprnn.data import DataReport, load_documents, load_splits, load_tagged
from nlprnn.errors import TrainingError
from nlprnn.experiment.data_record import check_unchanged, data_record
from nlprnn.tasks.forecasting.options import ForecastingOptions
from nlprnn.tasks.forecasting.series_tables import load_series
from nlprnn.tasks.speech.data import SpeechData

WORDS = ["good", "bad", "lovely", "dull"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("cache"))


def film_lines(number):
    return [json.dumps({"text": f"film {n} is {WORDS[n % 4]}", "label": "np"[n % 2]}) for n in range(number)]


def tag_lines(number):
    return [f"Berg{n} B-PER\nsaw O\nVille{n % 7} B-LOC\n" for n in range(number)]


def story_lines(number):
    return [f"Once upon a time fox {n} met hare {n * 7}.\n" for n in range(number)]


KINDS = {
    "table": ("films.jsonl", film_lines, lambda path: load_splits(path, {"text": None, "label": None})),
    "tagged": ("names.conll", tag_lines, load_tagged),
    "text": ("story.txt", story_lines, load_documents),
}


def record(path, load):
    """What `run.json` would hold, as it is read again."""
    return json.loads(json.dumps(data_record(DataReport.of(load(str(path))))))


def edits(lines):
    """Changes of a file, and what of it is said."""
    other = lines[7].replace("7", "9")
    return {
        "a row more": ([*lines, lines[3].replace("3", "303")], "had|contents"),
        "a row less": (lines[:-1], "had|contents"),
        "other order": ([*lines[1:], lines[0]], "contents"),
        "another word of the same length": ([*lines[:7], other, *lines[8:]], "contents"),
        "half": (lines[: len(lines) // 2], "had|contents"),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_edit_is_named_and_no_edit_is_none(tmp_path, kind):
    name, make, load = KINDS[kind]
    path, lines = tmp_path / name, make(120)
    path.write_text("\n".join(lines) + "\n")
    before, stat = record(path, load), path.stat()
    check_unchanged(tmp_path, before, record(path, load))
    for changed, said in edits(lines).values():
        path.write_text("\n".join(changed) + "\n")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # its time does not tell
        with pytest.raises(TrainingError, match=f"have changed since it began: .*({said}).*--out"):
            check_unchanged(tmp_path, before, record(path, load))


SALES = ["date,shop,y,price,size", *(f"2024-01-{day:02},a,{day % 5},{day % 3},3" for day in range(1, 29))]


@pytest.mark.parametrize(
    ("before", "after"), [("-07,a,2,1", "-07,a,2,9"), ("-28,a,3,1,", "-28,a,,1,"), ("a,", "b,"), (",3\n", ",4\n")]
)
def test_edited_covariates_and_names_of_series_are_noticed(tmp_path, before, after):
    path = tmp_path / "sales.csv"
    options = ForecastingOptions(target="y", group="shop", future_features="price", static_features="size")

    def load(path):
        return load_series(path, options.choose_columns, guess_group=False).rows()

    records = []
    for line in ("", before):
        path.write_text("\n".join(SALES).replace(line, after) if line else "\n".join(SALES))
        records.append(record(path, load))
    check_unchanged(tmp_path, records[0], records[0])
    with pytest.raises(TrainingError, match="have changed since it began"):
        check_unchanged(tmp_path, *records)


def test_clip_that_was_recorded_again_is_noticed(tmp_path):
    soundfile = pytest.importorskip("soundfile")
    for number in range(20):
        soundfile.write(tmp_path / f"{number}.wav", np.full(800, 0.01 * number), 4000)
    (tmp_path / "clips.csv").write_text("path,text\n" + "".join(f"{n}.wav,{'ny'[n % 2]}\n" for n in range(20)))

    def load(path):
        return SpeechData.load(path, {"audio": None, "transcript": None, "speaker": None}).splits

    before = record(tmp_path / "clips.csv", load)
    check_unchanged(tmp_path, before, record(tmp_path / "clips.csv", load))
    soundfile.write(tmp_path / "7.wav", np.full(800, 0.5), 4000)
    with pytest.raises(TrainingError, match="has other contents"):
        check_unchanged(tmp_path, before, record(tmp_path / "clips.csv", load))


def test_message_has_the_rows_of_each_split(tmp_path):
    before = {"splits": {"train": 48, "validation": 6, "test": 6}, "fingerprints": {"train": "a", "validation": "b"}}
    now = {"splits": {"train": 50, "validation": 6}, "fingerprints": {"train": "c", "validation": "d"}}
    with pytest.raises(TrainingError) as caught:
        check_unchanged(tmp_path, before, now)
    text = (
        "train had 48 rows and has 50; validation has other contents in its 6 rows; test had 6 rows and has 0: restore"
    )
    assert text in str(caught.value)


def test_what_an_older_version_did_not_record_is_not_compared(tmp_path):
    now = {"splits": {"train": 50}, "fingerprints": {"train": "c"}}
    check_unchanged(tmp_path, {}, now)
    check_unchanged(tmp_path, {"splits": {"train": 50}}, now)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_cached_table_of_equal_size_and_time_is_read_again(tmp_path, suffix):
    import pandas

    path = tmp_path / f"films.{suffix}"
    texts = []
    for word in ("good", "dull"):
        rows = pandas.DataFrame({"text": [f"film {n} is {word}" for n in range(40)], "label": ["p", "n"] * 20})
        rows.to_csv(path, index=False) if suffix == "csv" else rows.to_parquet(path, compression=None)
        os.utime(path, ns=(10**18, 10**18))
        texts.append(load_splits(str(path), {"text": None, "label": None})["train"].rows["text"][0])
    assert texts[0].replace("good", "dull") == texts[1] != texts[0]
