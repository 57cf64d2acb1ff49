"""One line out for each line in, whatever line ends a text or a label holds."""

from __future__ import annotations

import json
import sys

import pytest
import torch

from nlprnn import Classifier, Tagger
from nlprnn.cli.text_io import for_terminal, on_one_line, print_json
from nlprnn.errors import escape_line_ends
from nlprnn.models import TextClassifier, TokenTagger
from nlprnn.modules import Embedding, LinearChainCRF, MaxPooling, OutputHead, RecurrentEncoder
from nlprnn.text import CharacterTokenizer, WordCharTokenizer, WordTokenizer
from nlprnn.text.invisible import is_invisible

LINE_ENDS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
LABELS = [f"left{end}right" for end in ("\n", "\r\n", "\u2028")]


@pytest.mark.parametrize("end", LINE_ENDS)
def test_line_ends_are_escaped(end):
    text = f"one{end}two \\ three é"
    assert len(escape_line_ends(text).splitlines()) == len(on_one_line(text).splitlines()) == 1
    assert escape_line_ends(text) == f"one{repr(end)[1:-1]}two \\ three é"


@pytest.mark.parametrize("end", LINE_ENDS)
def test_json_is_one_line_with_the_same_text(end, capsys):
    print_json({f"a{end}": f"b{end}é"})
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == 1
    assert json.loads(printed) == {f"a{end}": f"b{end}é"}


@pytest.fixture(scope="module", params=[False, True], ids=["one label", "several labels"])
def classifier_of_lines(tmp_path_factory, request):
    torch.manual_seed(0)
    tokenizer = WordTokenizer.train(["good bad film"])
    model = TextClassifier(
        embedding=Embedding(tokenizer.vocab_size, 4),
        encoder=RecurrentEncoder(4, 3, bidirectional=True),
        pooling=MaxPooling(6),
        head=OutputHead(6, 3),
        labels=LABELS,
        multi_label=request.param,
    )
    folder = tmp_path_factory.mktemp("models") / "lines"
    Classifier(model, tokenizer).save(folder)
    return folder


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_labels_with_line_ends_are_one_line(nlprnn_command, classifier_of_lines, options):
    texts = ["good film", "", "bad\u2028film\x85", "\u200b"]
    result = nlprnn_command("classify", "--model", classifier_of_lines, *options, input="\n".join(texts).encode())
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) == len(texts)
    if options:
        records = [json.loads(line) for line in lines]
        assert [record["text"] for record in records] == texts
        assert set(records[0]["probabilities"]) == set(LABELS)


def test_predictions_and_names_are_one_line_each(nlprnn_command, classifier_of_lines, tmp_path):
    rows = [{"text": f"good film {number}", "label": label} for number, label in enumerate(LABELS * 2)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    call = ("--model", classifier_of_lines, "--dataset", tmp_path / "rows.jsonl", "--predictions", tmp_path / "out.txt")
    assert nlprnn_command("evaluate", *call).exit_code == 0
    assert len((tmp_path / "out.txt").read_text(encoding="utf-8").splitlines()) == len(rows)
    shown = nlprnn_command("info", classifier_of_lines).stdout
    assert sum("left" in line for line in shown.splitlines()) == 1


@pytest.mark.parametrize("labels", [["O", "B-a\nb", "I-a\nb"], ["x\r\ny", "z\nz"]], ids=["spans", "words"])
def test_tags_with_line_ends_are_one_line(nlprnn_command, tmp_path, labels):
    torch.manual_seed(1)
    tokenizer = WordCharTokenizer.train(["Emma left for Lindford"])
    embedding, encoder = Embedding(tokenizer.vocab_size, 4), RecurrentEncoder(4, 3, bidirectional=True)
    model = TokenTagger(
        embedding=embedding,
        encoder=encoder,
        head=OutputHead(6, len(labels)),
        labels=labels,
        crf=LinearChainCRF(len(labels)),
    )
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=2)
    Tagger(model.eval(), tokenizer).save(tmp_path)
    texts = ["Emma left for Lindford", "left Emma\u2028Lindford", "\u200b", "", "\u3164\ufe0f\u034f"]
    result = nlprnn_command("tag", "--model", tmp_path, input="".join(f"{text}\n" for text in texts).encode())
    assert result.exit_code == 0, result.stderr
    assert len(result.stdout.splitlines()) == len(texts)
    assert "\\n" in result.stdout
    assert all(is_invisible(line) for line in result.stdout.splitlines()[2:])


def test_invisible_lines_are_translated_to_empty_ones(nlprnn_command, translator_folder):
    invisible = ["\u200b", "\xad\xad", "\u200b \u200d", "\ufeff\u2060", "\u3164", " \t", "\U000e0020\ufe0f"]
    lines = [line for text in invisible for line in ("a dog runs.", text)]
    result = nlprnn_command("translate", "--model", translator_folder, input="\n".join([*lines, "end"]).encode())
    assert result.exit_code == 0, result.stderr
    printed = result.stdout.split("\n")[:-1]
    assert len(printed) == len(lines) + 1
    assert printed[1::2] == [""] * len(invisible)
    alone = nlprnn_command("translate", "--model", translator_folder, "a dog runs.").stdout
    assert [line + "\n" for line in printed[:-1:2]] == [alone] * len(invisible)


def test_lines_are_scored_on_one_line_each(nlprnn_command, generator_folder):
    texts = ["once\x85upon", "a\u2028time", "fox"]
    result = nlprnn_command("score", "--model", generator_folder, "--per-line", input="\n".join(texts).encode())
    assert result.exit_code == 0, result.stderr
    assert len(result.stdout.splitlines()) == len(texts)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_controls_do_not_reach_a_terminal(monkeypatch, is_terminal):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal, raising=False)
    text = "red \x1b[31m\tbell \x07 \x9b2J"
    assert on_one_line(text + "\r\n") == (r"red \x1b[31m" + "\t" + r"bell \x07 \x9b2J" if is_terminal else text)
    assert for_terminal("a\nb") == "a\nb"


def test_controls_in_labels_errors_and_warnings_are_escapes(nlprnn_command, make_text_classifier, tmp_path):
    model = make_text_classifier(labels=["\x1b[31mred", "\x9bblue"])
    Classifier(model, CharacterTokenizer("abcde")).save(tmp_path / "a\x1bb")
    for arguments in (
        ["classify", "--model", tmp_path / "a\x1bb", "bad"],
        ["info", tmp_path / "a\x1bb"],
        ["tag", "--model", tmp_path / "a\x1bb", "bad"],
        ["explain", "--model", tmp_path / "a\x1bb", "bad"],
    ):
        result = nlprnn_command(*arguments)
        assert not {"\x1b", "\x9b"} & set(result.output)
        assert "Traceback" not in result.output
    assert r"a\x1bb is a classifier" in nlprnn_command("tag", "--model", tmp_path / "a\x1bb", "bad").stderr
