"""The share of unknown words of a text: in Python, in JSON, and a warning where it is large."""

from __future__ import annotations

import json

import pytest

import nlprnn
from nlprnn.cli.unknown_words import UnknownWordsWarning

VERBS = {
    "classify": (
        "classifier_folder",
        ["a good film", "a zzz film zzz", "", "zzz", "zzz yyy film"],
        [0, 0.5, 0, 1, 2 / 3],
    ),
    "rate": ("regressor_folder", ["a good film", "a zzz film zzz", "", "zzz", "zzz yyy film"], [0, 0.5, 0, 1, 2 / 3]),
    "tag": ("tagger_folder", ["Anna left Rome", "Anna zzz Rome zzz", "", "zzz", "zzz yyy Rome"], [0, 0.5, 0, 1, 2 / 3]),
    "translate": ("translator_folder", ["a dog runs.", "a dog 😀", "", "ק", "ק ש"], [0, None, 0, 1, 1]),
}


@pytest.fixture(params=VERBS)
def verb(request):
    """A verb, its model, texts of which the fourth is the first with most words unknown, and their shares or None."""
    folder, texts, shares = VERBS[request.param]
    return request.param, request.getfixturevalue(folder), texts, shares


@pytest.fixture
def run(nlprnn_command):
    def call(verb, folder, *arguments, **options):
        result = nlprnn_command(verb, "--model", folder, *arguments, **options)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout.split("\n")[:-1], result.stderr

    return call


def test_json_has_the_share_of_each_text(run, verb):
    name, folder, texts, shares = verb
    lines, _ = run(name, folder, "--json", *texts)
    actual = [json.loads(line)["unknown_words"] for line in lines]
    assert len(actual) == len(texts)
    for share, expected in zip(actual, shares, strict=True):
        assert share == round(share, 4)
        assert 0 < share < 0.5 if expected is None else share == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("source", ["arguments", "file", "pipe"])
def test_one_warning_names_the_first_line_its_share_and_the_reasons(run, verb, tmp_path, source):
    name, folder, texts, _ = verb
    content = "".join(f"{text}\n" for text in texts).encode()
    (tmp_path / "lines.txt").write_bytes(content)
    if source == "pipe":
        lines, errors = run(name, folder, input=content)
    else:
        lines, errors = run(name, folder, *(texts if source == "arguments" else ("--file", tmp_path / "lines.txt")))
    assert len(lines) == len(texts)
    empty, errors = errors.split("\n", 1)
    assert empty == "Warning: no text that the model reads, so that the answer means nothing: line 3"
    assert errors.count("\n") == 1
    assert errors.startswith("Warning: 100% of the words of line 4 are unknown to the model")
    for word in ("1 other line of 5", "language", "script", "spaces"):
        assert word in errors
    assert ("letters" in errors) == (name == "tag")


def test_half_of_the_words_give_no_warning_and_empty_texts_another(run, verb):
    name, folder, texts, _ = verb
    assert run(name, folder, *texts[:2])[1] == ""
    lines, errors = run(name, folder, *texts[:3], "  ", "\u200b")
    assert len(lines) == 5
    assert errors.count("\n") == 1
    assert errors.endswith(": lines 3, 4, 5\n")
    records = [json.loads(line) for line in run(name, folder, "--json", *texts[:3], "  ")[0]]
    assert [record.get("empty") for record in records] == [None, None, True, True]


@pytest.mark.parametrize("verb", ["classify", "tag"])
def test_empty_rows_of_a_table_are_named_once(run, verb, tmp_path, request):
    path = tmp_path / "table.csv"
    path.write_text(f'text\n{VERBS[verb][1][0]}\n"  "\n')
    _, errors = run(verb, request.getfixturevalue(VERBS[verb][0]), "--file", path)
    assert errors.count("Warning") == 1
    assert f"answered as empty text: 1 row, the first is {path}, line 3" in errors


def test_many_lines_give_one_warning_and_keep_their_order(run, classifier_folder):
    texts = [f"zzz{number} film" + " yyy" * (number % 3) for number in range(3_000)]
    lines, errors = run("classify", classifier_folder, "--json", input="\n".join(texts).encode())
    assert [json.loads(line)["text"] for line in lines] == texts
    assert errors.count("\n") == 1
    assert "66.7% of the words of line 2 are" in errors
    assert "1,999 other lines of 3,000" in errors


def test_results_in_python_have_the_share(classifier_folder, regressor_folder, tagger_folder, translator_folder):
    texts = ["zzz film"] * 3 + ["", "zzz"]
    shares = [0.5, 0.5, 0.5, 0.0, 1.0]
    assert [one.unknown_words for one in nlprnn.load(classifier_folder)(texts)] == shares
    rated = list(nlprnn.load(regressor_folder).rate(texts))
    assert [one.unknown_words for one in rated] == shares
    assert [one.text for one in rated] == texts
    tagger = nlprnn.load(tagger_folder)
    assert [one.unknown_words for one in tagger([["Rome", "zzz"], [], ["zzz"]])] == [0.5, 0.0, 1.0]
    translated = nlprnn.load(translator_folder).translate(["a dog runs.", "", "ק"])
    assert [one.unknown_words for one in translated] == [0.0, 0.0, 1.0]


def test_words_that_the_model_does_not_read_do_not_count(classifier_folder):
    (prediction,) = nlprnn.load(classifier_folder)(["film " * 50 + "zzz " * 200])  # it reads 50 words
    assert prediction.unknown_words == 0


def test_warning_of_one_line_and_of_an_interrupted_stream(capsys):
    with UnknownWordsWarning() as unknown:
        for share in (0.5, 0.75, 0.0):
            unknown.add(share)
    error = capsys.readouterr().err
    assert error.startswith("Warning: 75% of the words of line 2 are unknown to the model: another language")
    assert error.count("\n") == 1

    def interrupted():
        with UnknownWordsWarning(letters=True) as unknown:
            unknown.add(0.504)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "50.4% of the words of line 1 are unknown to the model, which reads their letters alone:" in (
        capsys.readouterr().err
    )
    with UnknownWordsWarning():
        pass
    assert capsys.readouterr().err == ""
