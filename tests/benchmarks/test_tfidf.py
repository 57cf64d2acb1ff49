"""TF-IDF baseline, on texts whose label depends on one word."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("sklearn")
SCRIPT = Path(__file__).parents[2] / "benchmarks" / "tfidf.py"
OPINIONS = [("good", "pos"), ("bad", "neg"), ("lovely", "pos"), ("dull", "neg"), ("strange", "odd")]


@pytest.fixture
def baseline(tmp_path, monkeypatch):
    """Run the script on synthetic reviews, a template that is filled with words of opinion; return its output."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")

    def call(template, opinions):
        rows = [
            {"review": template.format(n=n, word=word), "verdict": label}
            for n, (word, label) in enumerate(opinions * 20)
        ]
        path = tmp_path / "reviews.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        arguments = ["--dataset", str(path), "--text-field", "review", "--label-field", "verdict"]
        result = CliRunner().invoke(runpy.run_path(str(SCRIPT))["main"], arguments)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    return call


@pytest.mark.parametrize("opinions", [4, 5])
def test_one_word_separates_the_labels(baseline, opinions):
    output = baseline("film number {n} is {word}", OPINIONS[:opinions])
    for split in ("validation", "test"):
        assert re.search(rf"^{split} +accuracy 100.00   macro_f1 100.00$", output, re.MULTILINE)
    assert f"labels {2 if opinions == 4 else 3}" in output
    assert "C 1\n" in output  # the smallest of equally good inverse penalties


def test_one_character_separates_labels_in_a_script_without_spaces(baseline):
    output = baseline("第{n}部电影很{word}", [("好", "pos"), ("坏", "neg")])
    assert re.search(r"^test +accuracy 100.00 ", output, re.MULTILINE)
    assert re.search(r"features [\d,]+ of characters", output)


def test_scores_match_handwritten_values():
    import numpy as np

    scores = runpy.run_path(str(SCRIPT))["scores"]
    values = scores(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 2]), 3)
    assert values["accuracy"] == 50
    assert values["macro_f1"] == pytest.approx(100 * (2 / 3 + 1 / 2 + 0) / 3)
