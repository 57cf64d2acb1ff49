"""Recipes that start from a whole model by `--init-from`: new words and labels, mixing, resume, and mistakes."""

from __future__ import annotations

import json
import shutil

import pytest
from safetensors.torch import load_file

import nlprnn
from nlprnn.serialization.checksums import file_checksum

LENGTH = ("--epochs", 3, "--batch-size", 8, "--r-drop", 0)
TEXTS = [f"{word} film {number}" for number in range(8) for word in ("good", "bad")]
LABELS = ["pos", "neg"] * 8
FREE = ("--learning-rate", 1e-12, "--ema", 0)
"""So slow that the weights stay what they are."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def phones(films, write_rows, runs):
    """Rows with other words and a further label."""
    rows = [{"text": row["text"].replace("film", "phone"), "label": row["label"]} for row in films(60)]
    rows += [{"text": f"phone number {n} is average, neither here nor there", "label": "neutral"} for n in range(20)]
    return write_rows(runs / "phones.jsonl", rows)


@pytest.fixture(scope="module")
def old(train, film_file, runs):
    """A classifier with n-grams."""
    options = ["--epochs", 3, "--learning-rate", 0.02, "--ngrams", 1, "--char-ngrams", 0, "--r-drop", 0]
    train("sentiment", "--dataset", film_file, "--out", runs / "old", *options)
    return runs / "old"


@pytest.fixture(scope="module")
def adapt(commands):
    """Call a recipe without the small sizes, which are those of the former model."""
    from click.testing import CliRunner

    def call(name, *arguments):
        return CliRunner().invoke(commands[name], [*map(str, arguments), "--threads", "1"], prog_name=f"{name}.py")

    return call


@pytest.fixture(scope="module")
def adapted(adapt, old, film_file, phones, runs):
    """The classifier after training on with the rows of the former data mixed in, and what was printed."""
    options = ["--dataset", phones, "--init-from", old, "--mix-in", film_file, *LENGTH]
    result = adapt("sentiment", *options, "--out", runs / "adapted")
    assert result.exit_code == 0, (result.output, result.exception)
    return runs / "adapted", result


def run_file(folder):
    return json.loads((folder / "run.json").read_text())


def test_a_classifier_learns_new_words_and_labels_and_keeps_the_old_ones(adapted, old):
    folder, result = adapted
    former, model = nlprnn.load(old), nlprnn.load(folder)
    assert former.model.labels == ["neg", "pos"]
    assert model.model.labels == ["neg", "pos", "neutral"]
    words = former.tokenizer.words
    assert model.tokenizer.words[: len(words)] == words
    assert "phone" in model.tokenizer.words[len(words) :]
    origin = run_file(folder)["origin"]
    assert origin["checksum"] == file_checksum(old / "model.safetensors")
    assert origin["settled"]["hidden_size"] == 8
    assert set(origin["scores"]) == {"validation", "old_validation"} < set(model.scores)
    card = (folder / "README.md").read_text()
    assert str(old) in card
    assert origin["checksum"] in card
    assert "old_validation" in card
    assert "before training, old_validation: accuracy" in result.stderr
    assert f"sizes and tokens of {old}" in result.stderr
    assert "->" in result.stdout
    assert model.scores["old_validation"]["accuracy"] >= 0.97 * origin["scores"]["old_validation"]["accuracy"]
    assert model.scores["validation"]["accuracy"] > origin["scores"]["validation"]["accuracy"]


def test_the_old_model_is_not_touched(old, film_file, adapt, tmp_path):
    before = {path.name: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    options = [
        "--dataset",
        film_file,
        "--init-from",
        old,
        "--epochs",
        1,
        *FREE,
        "--ngrams",
        0,
        "--out",
        tmp_path / "new",
    ]
    assert adapt("sentiment", *options).exit_code == 0
    assert {path.name: path.read_bytes() for path in old.rglob("*") if path.is_file()} == before
    former, same = nlprnn.load(old), nlprnn.load(tmp_path / "new")
    texts = [f"film number {n} is {word}" for n in (3, 99) for word in ("good", "dull", "unheard")]
    expected = former.network(texts)
    for one, other in zip(same(texts), expected, strict=True):
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)


def test_a_stopped_adaptation_goes_on_to_the_same_bytes(adapt, adapted, old, film_file, phones, stop_at, tmp_path):
    whole, source = adapted[0], shutil.copytree(old, tmp_path / "former")
    options = ["--dataset", phones, "--init-from", source, "--mix-in", film_file, *LENGTH]
    stop_at(2)
    assert adapt("sentiment", *options, "--out", tmp_path / "stopped").exit_code == 130
    shutil.rmtree(source)  # all that is needed of it is in the folder of the run
    stop_at(0)
    result = adapt("sentiment", "--resume", "--out", tmp_path / "stopped")
    assert result.exit_code == 0, (result.output, result.exception)
    for name in ("model.safetensors", "scores.json", "config.json", "tokenizer.json"):
        assert (tmp_path / "stopped" / name).read_bytes() == (whole / name).read_bytes()


def test_a_tagger_learns_new_tags(adapt, train, tagged_sentences, tmp_path):
    (names := tmp_path / "names.conll").write_text(tagged_sentences(60))
    train("tagging", "--dataset", names, "--out", tmp_path / "old")
    more = tmp_path / "more.conll"
    more.write_text(tagged_sentences(60, start=500).replace("LOC", "PLACE").replace("Berg", "Bërg"))
    options = ["--dataset", more, "--init-from", tmp_path / "old", "--mix-in", names, "--epochs", 1, *FREE]
    result = adapt("tagging", *options, "--out", tmp_path / "new")
    assert result.exit_code == 0, (result.output, result.exception)
    former, model = nlprnn.load(tmp_path / "old"), nlprnn.load(tmp_path / "new")
    assert model.model.labels == [*former.model.labels, "B-PLACE", "I-PLACE"]
    known = len(former.tokenizer.characters.characters)
    assert model.tokenizer.characters.characters[:known] == former.tokenizer.characters.characters
    assert "ë" in model.tokenizer.characters.characters[known:]
    old, new = (load_file(tmp_path / name / "model.safetensors") for name in ("old", "new"))
    for name, place in (("crf.transitions", (slice(5), slice(5))), ("crf.start", slice(5)), ("crf.end", slice(5))):
        assert old[name].allclose(new[name][place], atol=1e-6)
    scores = run_file(tmp_path / "new")["origin"]["scores"]
    assert set(scores["old_validation"]) == {"f1", "precision", "recall", "accuracy", "loss"}


def test_a_tagger_of_names_starts_from_the_bundled_one(adapt, stop_at, tmp_path):
    people, places = ("John Smith", "Anna Brown", "David Cameron"), ("London", "Paris", "New York", "Berlin")
    with (path := tmp_path / "names.conll").open("w") as file:
        for n in range(60):
            (first, last), place = people[n % 3].split(), places[n % 4].split()
            words = [(first, "B-who"), (last, "I-who"), ("lives", "O"), ("in", "O"), (place[0], "B-where")]
            words += [(word, "I-where") for word in place[1:]] + [(f"since{n}", "O"), (".", "O")]
            file.write("".join(f"{word} {tag}\n" for word, tag in words) + "\n")
    options = ["--dataset", path, "--epochs", 1, "--batch-size", 4]
    whole = adapt("tagging", *options, "--branches", 2, "--out", tmp_path / "whole")
    assert whole.exit_code == 0, (whole.output, whole.exception)
    assert "starts from the bundled tagger names" in whole.stderr
    assert "mean of 2 trainings from the same weights" in whole.stderr
    assert "before" not in whole.output.lower()
    model = nlprnn.load(tmp_path / "whole")
    assert model.model.labels == ["O", "B-where", "I-where", "B-who", "I-who"]
    assert model.scores["validation"]["f1"] > 80
    assert run_file(tmp_path / "whole")["origin"]["model"] == "names"
    stop_at(1)
    assert adapt("tagging", *options, "--branches", 2, "--out", tmp_path / "stopped").exit_code == 130
    stop_at(0)
    assert adapt("tagging", "--resume", "--out", tmp_path / "stopped").exit_code == 0
    for name in ("model.safetensors", "scores.json", "config.json", "tokenizer.json"):
        assert (tmp_path / "stopped" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    new = adapt("tagging", *options, "--init-from", "none", "--hidden-size", 8, "--out", tmp_path / "new")
    assert new.exit_code == 0, (new.output, new.exception)
    assert "origin" not in run_file(tmp_path / "new")
    assert len(nlprnn.load(tmp_path / "new").tokenizer.words) < 100


def test_a_classifier_of_opinions_starts_from_the_bundled_one(adapt, stop_at, write_rows, tmp_path):
    words = {"bad": ("awful", "terrible", "a waste of money"), "fine": ("wonderful", "excellent", "a great joy")}
    rows = [
        {"text": f"the {noun} was {word} , {noun}{n}{label}", "grade": label}
        for n in range(20)
        for label, of in words.items()
        for noun, word in zip(("film", "phone", "meal"), of, strict=True)
    ]
    options = ["--dataset", write_rows(tmp_path / "opinions.jsonl", rows), "--epochs", 1, "--batch-size", 8]
    whole = adapt("news", *options, "--out", tmp_path / "whole")
    assert whole.exit_code == 0, (whole.output, whole.exception)
    assert "starts from the bundled classifier sentiment" in whole.stderr
    assert "before" not in whole.output.lower()
    model = nlprnn.load(tmp_path / "whole")
    assert model.model.labels == ["bad", "fine"]
    assert model.scores["test"]["accuracy"] > 90
    assert run_file(tmp_path / "whole")["origin"]["model"] == "sentiment"
    stop_at(1)
    assert adapt("news", *options, "--out", tmp_path / "stopped").exit_code == 130
    stop_at(0)
    assert adapt("news", "--resume", "--out", tmp_path / "stopped").exit_code == 0
    for name in ("model.safetensors", "scores.json", "config.json", "tokenizer.json"):
        assert (tmp_path / "stopped" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_language_model_learns_new_characters(adapt, train, story_file, tmp_path):
    train("text_generation", "--dataset", story_file, "--out", tmp_path / "old")
    text = story_file.read_text().replace("fox", "føx")
    (tmp_path / "new.txt").write_text(text, encoding="utf-8")
    options = ["--dataset", tmp_path / "new.txt", "--init-from", tmp_path / "old", "--mix-in", story_file, *FREE]
    result = adapt("text_generation", *options, "--epochs", 1, "--out", tmp_path / "new")
    assert result.exit_code == 0, (result.output, result.exception)
    former, model = nlprnn.load(tmp_path / "old"), nlprnn.load(tmp_path / "new")
    assert model.tokenizer.characters == [*former.tokenizer.characters, "ø"]
    before, after = (one.score([story_file.read_text()]).nll_per_token for one in (former, model))
    assert after == pytest.approx(before, abs=1e-5)
    scores = run_file(tmp_path / "new")["origin"]["scores"]
    assert model.scores["old_validation"]["loss"] == pytest.approx(scores["old_validation"]["loss"], abs=1e-5)


def test_a_translator_adapts_to_a_domain(adapt, train, write_rows, tmp_path):
    def rows(noun):
        return [{"en": f"the {noun} number {n}", "xx": f"{n} rebmun {noun[::-1]} eht"} for n in range(30)]

    old, new = (write_rows(tmp_path / f"{noun}.jsonl", rows(noun)) for noun in ("house", "phone"))
    sides = ["--source", "en", "--target", "xx"]
    train("translation", "--dataset", old, *sides, "--max-length", 12, "--out", tmp_path / "old")
    options = ["--dataset", new, *sides, "--init-from", tmp_path / "old", "--mix-in", old, "--epochs", 1, *FREE]
    result = adapt("translation", *options, "--out", tmp_path / "new")
    assert result.exit_code == 0, (result.output, result.exception)
    assert "subwords of" in result.stderr
    assert "stay as they are" in result.stderr
    scores, before = nlprnn.load(tmp_path / "new").scores, run_file(tmp_path / "new")["origin"]["scores"]
    for split in ("validation", "old_validation"):
        assert scores[split]["chrf"] == pytest.approx(before[split]["chrf"], abs=1e-6)


def test_pretraining_goes_on(adapt, train, film_file, phones, tmp_path):
    sizes = ["--batch-size", 8, "--bptt", 16]
    train("pretrain", "--dataset", film_file, "--out", tmp_path / "old", *sizes)
    options = ["--dataset", phones, "--init-from", tmp_path / "old", "--mix-in", film_file, "--epochs", 1, *sizes]
    result = adapt("pretrain", *options, "--out", tmp_path / "new")
    assert result.exit_code == 0, (result.output, result.exception)
    former, model = nlprnn.load(tmp_path / "old"), nlprnn.load(tmp_path / "new")
    assert "phone" in model.processor.words
    assert "phone" not in former.processor.words
    assert run_file(tmp_path / "new")["options"]["learning_rate"] == 3e-3
    assert run_file(tmp_path / "new")["origin"]["settled"]["learning_rate"] == pytest.approx(3e-3 / 2)


def test_python_trains_on_from_a_model(old, phones, tmp_path):
    options = {"epochs": 1, "threads": 1, "ngrams": 0, "out": tmp_path / "new"}
    model = nlprnn.train("sentiment", phones, init_from=old, mix_in=(TEXTS, LABELS), **options)
    assert model.model.labels == ["neg", "pos", "neutral"]
    assert "old_validation" in model.scores


@pytest.mark.parametrize(
    ("recipe", "options", "words"),
    [
        ("sentiment", ["--hidden-size", 9], ["--hidden-size 9", "has 8"]),
        ("sentiment", ["--cell", "gru", "--pooling", "mean"], ["--cell gru, --pooling mean", "lstm, max"]),
        ("sentiment", ["--pieces", 10], ["--pieces", "tokenizer"]),
        ("sentiment", ["--mix-share", 0.3], ["--mix-share", "--mix-in"]),
        ("sentiment", ["--mix-in", "nowhere.csv"], ["nowhere.csv"]),
        ("news", ["--multi-label"], ["--multi-label True", "has False"]),
        ("regression", [], ["is a classifier", "recipes/news.py"]),
        ("tagging", [], ["is a classifier", "a tagger is trained here"]),
    ],
)
def test_contradictions_are_one_sentence(adapt, old, phones, tagged_file, tmp_path, recipe, options, words):
    data = tagged_file if recipe == "tagging" else phones
    result = adapt(recipe, "--dataset", data, "--init-from", old, *options, "--out", tmp_path / "new")
    assert result.exit_code in (1, 2), result.output
    (error,) = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    for word in words:
        assert word in error
    assert not (tmp_path / "new").exists()


def test_mistakes_of_the_model_and_the_data_are_one_sentence(adapt, old, phones, write_rows, tmp_path):
    def error(*options, recipe="sentiment"):
        result = adapt(recipe, *options, "--out", tmp_path / "new")
        assert result.exit_code in (1, 2), result.output
        return next(line for line in result.stderr.splitlines() if line.startswith("Error: "))

    assert "no model folder" in error("--dataset", phones, "--init-from", tmp_path / "none")
    damaged = shutil.copytree(old, tmp_path / "damaged")
    (damaged / "tokenizer.json").write_text("{")
    assert "damaged" in error("--dataset", phones, "--init-from", damaged)
    empty = tmp_path / "empty.csv"
    empty.write_text("text,label\n")
    assert "empty.csv" in error("--dataset", empty, "--init-from", old)
    assert "give --init-from too" in error("--dataset", phones, "--mix-in", phones)


def test_recipes_whose_models_are_not_adapted_say_why():
    from click.testing import CliRunner

    from nlprnn.tasks.train import load_recipe

    for recipe, word in (("forecasting", "longer series"), ("speech", "recordings"), ("sequences", "scaled")):
        result = CliRunner().invoke(load_recipe(recipe), ["--init-from", "model"])
        assert result.exit_code == 2
        assert word in result.stderr
