"""`nlprnn evaluate` on language models, as a user calls it."""

from __future__ import annotations

import json
import math

import pytest
import torch

import nlprnn

pytestmark = pytest.mark.usefixtures("isolated_cache")

TEXT = "Once upon a time there was a fox.\nThe fox said: no!\n"


def test_file_score_matches_the_model(evaluate, generator_folder, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    scores = json.loads(evaluate(generator_folder, tmp_path / "a.txt", "--json").stdout)
    generator = nlprnn.load(generator_folder)
    ids = generator.encode([TEXT])
    with torch.inference_mode():
        logits = generator.model.logits(generator.model(torch.from_numpy(ids)[None, :-1]).vectors)
    nats = torch.nn.functional.cross_entropy(logits[0], torch.from_numpy(ids[1:])).item()
    assert scores == {
        "nats_per_token": pytest.approx(nats, rel=1e-5),
        "bits_per_token": pytest.approx(nats / math.log(2), rel=1e-5),
        "nats_per_character": pytest.approx(nats, rel=1e-5),
        "bits_per_character": pytest.approx(nats / math.log(2), rel=1e-5),
        "perplexity": pytest.approx(math.exp(nats), rel=1e-4),
        "unknown_percent": 0.0,
        "unknown_tokens": 0,
        "tokens": len(TEXT),
        "characters": len(TEXT),
    }
    lines = evaluate(generator_folder, tmp_path / "a.txt").stdout.splitlines()
    assert [line.rsplit(maxsplit=1)[0] for line in lines] == [name.replace("_", " ") for name in scores]
    assert float(lines[0].split()[-1]) == pytest.approx(nats, rel=1e-4)


def test_int8_score_is_close_to_full_weights(evaluate, generator_folder, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT * 40)
    whole, short = (
        json.loads(evaluate(generator_folder, tmp_path / "a.txt", "--json", *option).stdout)["nats_per_token"]
        for option in ((), ("--quantize", "int8"))
    )
    assert short == pytest.approx(whole, rel=0.05)
    assert short != whole


def test_characters_are_counted_for_subwords(evaluate, subword_generator_folder, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    scores = json.loads(evaluate(subword_generator_folder, tmp_path / "a.txt", "--json").stdout)
    assert scores["characters"] == len(TEXT) > scores["tokens"]
    bits = scores["bits_per_token"] * scores["tokens"] / scores["characters"]
    assert scores["bits_per_character"] == pytest.approx(bits)


def test_table_has_one_text_per_row(evaluate, generator_folder, write):
    path = write("a.jsonl", ["id", "story"], [(1, TEXT), (2, TEXT)])
    scores = json.loads(evaluate(generator_folder, path, "--text-field", "story", "--json").stdout)
    assert scores["characters"] == 2 * len(TEXT)
    assert scores["tokens"] == scores["characters"] + 1  # the beginning of the second


def test_splits_of_a_folder(evaluate, fails, generator_folder, tmp_path):
    for number, name in enumerate(("train", "validation"), 1):
        (tmp_path / f"{name}.txt").write_text(TEXT * number)
    scores = json.loads(evaluate(generator_folder, tmp_path, "--split", "validation", "--json").stdout)
    assert scores["characters"] == 2 * len(TEXT)
    call = ("evaluate", "--model", generator_folder, "--dataset", tmp_path)
    fails(*call, words=[tmp_path, "no test", "train, validation"])


def test_unknown_characters_are_counted(evaluate, generator_folder, tmp_path):
    (tmp_path / "a.txt").write_text("Once 好 a ☃", encoding="utf-8")
    result = evaluate(generator_folder, tmp_path / "a.txt")
    assert "Warning: 2 of 10 tokens are unknown" in result.stderr


def test_text_that_cannot_be_scored(fails, generator_folder, tmp_path, write):
    call = ("evaluate", "--model", generator_folder, "--dataset")
    (tmp_path / "a.txt").touch()
    fails(*call, tmp_path / "a.txt", words=["a.txt is empty"])
    (tmp_path / "a.txt").write_bytes(b"good\n\xff\n")
    fails(*call, tmp_path / "a.txt", words=["a.txt, line 2", "UTF-8"])
    fails(*call, write("a.jsonl", ["text"], [["x"]]), "--text-field", "body", words=["'body'", "--text-field"])
    fails(*call, write("b.jsonl", ["text"], [[""], [" "]]), words=["b.jsonl", "no text"])
