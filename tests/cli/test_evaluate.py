"""`nlprnn evaluate`, as a user calls it."""

from __future__ import annotations

import json
import math
import shutil

import numpy as np
import pytest
import torch

import nlprnn
from nlprnn.metrics import classification_scores

pytestmark = pytest.mark.usefixtures("own_cache")

REVIEWS = [("a good film", "good"), ("a bad film", "bad"), ("great fun", "good"), ("dull , poorly told", "mixed")]


class TestClassification:
    def test_scores_match_the_logits(self, evaluate, classifier_folder, write, tmp_path):
        path = write("reviews.jsonl", ["text", "label"], REVIEWS)
        scores = json.loads(evaluate(classifier_folder, path, "--json", "--predictions", tmp_path / "out.txt").stdout)
        classifier = nlprnn.load(classifier_folder)
        texts = [text for text, _ in REVIEWS]
        gold = [["bad", "good", "mixed"].index(label) for _, label in REVIEWS]
        logits = classifier.outputs(classifier.encode(texts))
        assert {name: scores[name] for name in ("accuracy", "macro_f1", "loss")} == pytest.approx(
            classification_scores(logits, np.array(gold))
        )
        predictions = [prediction.label for prediction in classifier(texts)]
        assert (tmp_path / "out.txt").read_text().splitlines() == predictions
        assert scores["labels"] == list(scores["classes"]) == ["bad", "good", "mixed"]
        for row, label in enumerate(scores["labels"]):
            told = [prediction for prediction, (_, own) in zip(predictions, REVIEWS, strict=True) if own == label]
            assert scores["confusion"][row] == [told.count(other) for other in scores["labels"]]
            assert scores["classes"][label]["support"] == len(told)
            assert scores["classes"][label]["recall"] == pytest.approx(100 * told.count(label) / len(told))

    def test_tables_match_the_json(self, evaluate, classifier_folder, write):
        path = write("reviews.jsonl", ["text", "label"], REVIEWS * 50)
        scores = json.loads(evaluate(classifier_folder, path, "--json").stdout)
        lines = evaluate(classifier_folder, path).stdout.splitlines()
        assert lines[0].split() == ["precision", "recall", "F1", "support"]
        for line, (label, values) in zip(lines[1:4], scores["classes"].items(), strict=True):
            assert line.split() == [
                label,
                *(f"{values[name]:.2f}" for name in ("precision", "recall", "f1")),
                str(values["support"]),
            ]
        assert lines[6].split() == ["1", "2", "3"]
        for line, number, label, row in zip(lines[7:10], "123", scores["labels"], scores["confusion"], strict=True):
            assert line.split() == [number, label, *map(str, row)]
            assert len(line) == len(lines[6])
        assert lines[-1].startswith(f"accuracy {scores['accuracy']:.4g}")

    def test_columns_of_a_csv_file(self, evaluate, classifier_folder, tmp_path):
        rows = [f"{label},{text.replace(',', '')},x" for text, label in REVIEWS]
        (tmp_path / "a.csv").write_text("\n".join(["stars,body,title", *rows]) + "\n")
        result = evaluate(classifier_folder, tmp_path / "a.csv", "--text-field", "body", "--label-field", "stars")
        assert "4 texts" in result.stderr

    @pytest.mark.parametrize(("split", "rows"), [(None, 3), ("validation", 2), ("train", 20)])
    def test_split_option_selects_the_split(self, evaluate, classifier_folder, write, tmp_path, split, rows):
        for name, count in (("train", 20), ("dev", 2), ("test", 3)):
            write(
                f"data/{name}.jsonl",
                ["text", "label"],
                [(f"film {n}", "good" if n % 2 else "bad") for n in range(count)],
            )
        result = evaluate(classifier_folder, tmp_path / "data", *(() if split is None else ("--split", split)))
        assert f"{rows} texts" in result.stderr

    def test_unknown_label_is_named_with_its_line(self, fails, classifier_folder, write):
        path = write("reviews.jsonl", ["text", "label"], [*REVIEWS, ("so so", "average")])
        call = ("evaluate", "--model", classifier_folder, "--dataset", path)
        fails(*call, words=["reviews.jsonl, line 5", "'average'", "'bad', 'good', 'mixed'", "--label-field"])

    @pytest.mark.parametrize(
        ("name", "content", "arguments", "words"),
        [
            ("a.csv", b"", (), ["a.csv is empty"]),
            ("a.csv", b"text,label\n", (), ["a.csv is empty"]),
            ("a.csv", b"text,label\nx,good\ncaf\xe9,bad\n", (), ["a.csv, line 3", "UTF-8"]),
            (
                "a.csv",
                b"text,label\nx,good\n",
                ("--label-field", "lable"),
                ["a.csv", "'lable'", "did you mean 'label'"],
            ),
            ("a.csv", b"text,label\nx,good\ny,\n", (), ["a.csv, line 3", "label is missing"]),
            ("a.csv", b"text,label\nx,\ny,\n", (), ["a.csv", "no row has a label"]),
            ("a.txt", b"one\ntwo\n", (), ["a.txt", "--label-field"]),
            ("a.docx", b"one", (), ["a.docx", "unknown kind"]),
        ],
    )
    def test_data_that_cannot_be_scored(self, fails, classifier_folder, tmp_path, name, content, arguments, words):
        (tmp_path / name).write_bytes(content)
        call = ("evaluate", "--model", classifier_folder, "--dataset", tmp_path / name)
        fails(*call, *arguments, words=words)

    def test_missing_split(self, fails, classifier_folder, write, tmp_path):
        for name in ("train", "dev"):
            write(f"data/{name}.jsonl", ["text", "label"], REVIEWS * 5)
        call = ("evaluate", "--model", classifier_folder, "--dataset")
        fails(*call, tmp_path / "data", words=[tmp_path / "data", "no test", "train, validation", "--split"])
        fails(*call, tmp_path / "none", words=[tmp_path / "none", "no such"])
        fails(*call, tmp_path / "none.csv", words=["none.csv", "no such"])


class TestLanguageModels:
    text = "Once upon a time there was a fox.\nThe fox said: no!\n"

    def test_file_score_matches_the_model(self, evaluate, generator_folder, tmp_path):
        (tmp_path / "a.txt").write_text(self.text)
        scores = json.loads(evaluate(generator_folder, tmp_path / "a.txt", "--json").stdout)
        generator = nlprnn.load(generator_folder)
        ids = generator.encode([self.text])
        with torch.inference_mode():
            logits = generator.model.logits(generator.model(torch.from_numpy(ids)[None, :-1]).vectors)
        nats = torch.nn.functional.cross_entropy(logits[0], torch.from_numpy(ids[1:])).item()
        assert scores == {
            "nats_per_token": pytest.approx(nats, rel=1e-5),
            "bits_per_token": pytest.approx(nats / math.log(2), rel=1e-5),
            "nats_per_character": pytest.approx(nats, rel=1e-5),
            "bits_per_character": pytest.approx(nats / math.log(2), rel=1e-5),
            "perplexity": pytest.approx(math.exp(nats), rel=1e-4),
            "tokens": len(self.text),
            "characters": len(self.text),
        }
        lines = evaluate(generator_folder, tmp_path / "a.txt").stdout.splitlines()
        assert [line.rsplit(maxsplit=1)[0] for line in lines] == [name.replace("_", " ") for name in scores]
        assert float(lines[0].split()[-1]) == pytest.approx(nats, rel=1e-4)

    def test_int8_score_is_close_to_full_weights(self, evaluate, generator_folder, tmp_path):
        (tmp_path / "a.txt").write_text(self.text * 40)
        whole, short = (
            json.loads(evaluate(generator_folder, tmp_path / "a.txt", "--json", *option).stdout)["nats_per_token"]
            for option in ((), ("--quantize", "int8"))
        )
        assert short == pytest.approx(whole, rel=0.05)
        assert short != whole

    def test_characters_are_counted_for_subwords(self, evaluate, sub_word_generator_folder, tmp_path):
        (tmp_path / "a.txt").write_text(self.text)
        scores = json.loads(evaluate(sub_word_generator_folder, tmp_path / "a.txt", "--json").stdout)
        assert scores["characters"] == len(self.text) > scores["tokens"]
        bits = scores["bits_per_token"] * scores["tokens"] / scores["characters"]
        assert scores["bits_per_character"] == pytest.approx(bits)

    def test_table_has_one_text_per_row(self, evaluate, generator_folder, write):
        path = write("a.jsonl", ["id", "story"], [(1, self.text), (2, self.text)])
        scores = json.loads(evaluate(generator_folder, path, "--text-field", "story", "--json").stdout)
        assert scores["characters"] == 2 * len(self.text)
        assert scores["tokens"] == scores["characters"] + 1  # the beginning of the second

    def test_splits_of_a_folder(self, evaluate, fails, generator_folder, tmp_path):
        for number, name in enumerate(("train", "validation"), 1):
            (tmp_path / f"{name}.txt").write_text(self.text * number)
        scores = json.loads(evaluate(generator_folder, tmp_path, "--split", "validation", "--json").stdout)
        assert scores["characters"] == 2 * len(self.text)
        call = ("evaluate", "--model", generator_folder, "--dataset", tmp_path)
        fails(*call, words=[tmp_path, "no test", "train, validation"])

    def test_unknown_characters_are_counted(self, evaluate, generator_folder, tmp_path):
        (tmp_path / "a.txt").write_text("Once 好 a ☃", encoding="utf-8")
        result = evaluate(generator_folder, tmp_path / "a.txt")
        assert "Warning: 2 of 10 tokens are unknown" in result.stderr

    def test_text_that_cannot_be_scored(self, fails, generator_folder, tmp_path, write):
        call = ("evaluate", "--model", generator_folder, "--dataset")
        (tmp_path / "a.txt").touch()
        fails(*call, tmp_path / "a.txt", words=["a.txt is empty"])
        (tmp_path / "a.txt").write_bytes(b"good\n\xff\n")
        fails(*call, tmp_path / "a.txt", words=["a.txt, line 2", "UTF-8"])
        fails(*call, write("a.jsonl", ["text"], [["x"]]), "--text-field", "body", words=["'body'", "--text-field"])
        fails(*call, write("b.jsonl", ["text"], [[""], [" "]]), words=["b.jsonl", "no text"])


@pytest.mark.parametrize(
    ("kind", "option"),
    [
        *(("translator", option) for option in (["--text-field", "x"], ["--label-field", "x"])),
        *(("classifier", option) for option in (["--source", "x"], ["--beam", 5], ["--lowercase"])),
        *(
            ("generator", option)
            for option in (
                ["--predictions", "x"],
                ["--show-errors", 3],
                ["--bleu-tokenizer", "13a"],
                ["--label-field", "x"],
            )
        ),
    ],
)
def test_option_of_another_task_is_refused(fails, translator_folder, classifier_folder, generator_folder, kind, option):
    folder = {"translator": translator_folder, "classifier": classifier_folder, "generator": generator_folder}[kind]
    fails("evaluate", "--model", folder, "--dataset", "sentiment", *option, words=[option[0], folder])


def test_wrong_calls(fails, classifier_folder, tmp_path):
    call = ("evaluate", "--model", classifier_folder)
    fails(*call, words=["--dataset"])
    fails("evaluate", "--dataset", "sentiment", words=["--model"])
    fails("evaluate", "--model", tmp_path / "none", "--dataset", "sentiment", words=[tmp_path / "none"])
    fails(*call, "--dataset", "sentiment", "--split", "dev", words=["--split", "validation"])
    fails(*call, "--dataset", "sentiment", "--predictions", tmp_path, words=["--predictions", "directory"])
    fails(*call, "--dataset", "sentiment", "--datset", "x", words=["--datset", "--dataset"])
    fails(*call, "--dataset", "sentimant", words=["sentimant", "sentiment"])
    shutil.copytree(classifier_folder, tmp_path / "damaged")
    (tmp_path / "damaged" / "model.safetensors").write_bytes(b"x")
    fails("evaluate", "--model", tmp_path / "damaged", "--dataset", "sentiment", words=["model.safetensors"])
