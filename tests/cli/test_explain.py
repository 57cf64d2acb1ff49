"""`nlprnn explain`, as a user calls it."""

from __future__ import annotations

import io
import json
import math

import numpy as np
import pytest
import torch
from rich.console import Console

import nlprnn
from nlprnn.cli import saliency_tables
from nlprnn.cli.explain import ExplainOptions
from nlprnn.experiment.options import option_fields
from nlprnn.interpret import explain as explained
from nlprnn.interpret import saliency
from nlprnn.models import TextClassifier
from nlprnn.modules import AttentionPooling, Embedding, OutputHead, RecurrentEncoder
from nlprnn.text import WordTokenizer

TEXTS = ["A good film,\na bad   film", "", "great zzz fun"]


@pytest.fixture
def explain(nlprnn_command, classifier_folder):
    def call(*arguments, model=classifier_folder, **options):
        result = nlprnn_command("explain", "--model", model, *arguments, **options)
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    return call


@pytest.fixture(scope="module")
def attending_folder(tmp_path_factory):
    """A model folder with an untrained classifier that pools by attention."""
    torch.manual_seed(0)
    tokenizer = WordTokenizer.train(TEXTS)
    model = TextClassifier(
        embedding=Embedding(tokenizer.vocab_size, 6),
        encoder=RecurrentEncoder(6, 5),
        pooling=AttentionPooling(5),
        head=OutputHead(5, 2),
        labels=["bad", "good"],
    )
    folder = tmp_path_factory.mktemp("models") / "attending"
    nlprnn.Classifier(model, tokenizer).save(folder)
    return folder


def records(result):
    return [json.loads(line) for line in result.stdout.split("\n")[:-1]]  # not U+2028


def test_options_match_the_function():
    fields = {field.name: field for field in option_fields(ExplainOptions)}
    assert fields["steps"].default == saliency.STEPS
    assert fields["method"].choices == saliency.METHODS


@pytest.mark.parametrize("method", ["integrated-gradients", "gradient-x-input"])
def test_json_matches_the_function(explain, classifier_folder, method):
    actual = records(explain("--json", "--method", method, *TEXTS))
    for record, expected in zip(actual, explained(nlprnn.load(classifier_folder), TEXTS, method=method), strict=True):
        assert record["scores"] == pytest.approx(expected.scores, abs=1e-5)
        assert record["offsets"] == [list(span) for span in expected.spans]
        assert (record["gap"] is None) == (method == "gradient-x-input")
        for name in ("text", "prediction", "label", "tokens", "unknown"):
            assert record[name] == getattr(expected, name)
        assert record["cut"] == expected.truncated
        for name in ("probability", "logit", "baseline"):
            assert record[name] == pytest.approx(getattr(expected, name), abs=1e-5)
    assert [record["text"] for record in actual] == TEXTS
    assert actual[2]["unknown"] == [False, True, False]


def test_label_option_explains_that_class(explain):
    actual = {label: records(explain("--json", "--label", label, TEXTS[0]))[0] for label in ("bad", "good", "mixed")}
    assert sum(record["probability"] for record in actual.values()) == pytest.approx(1, abs=1e-5)
    assert len({record["prediction"] for record in actual.values()}) == 1
    for label, record in actual.items():
        assert record["label"] == label
        assert record["logit"] == pytest.approx(math.log(record["probability"] / (1 - record["probability"])), abs=1e-3)
        assert sum(record["scores"]) == pytest.approx(record["logit"] - record["baseline"], abs=0.01)


def test_columns_have_token_score_and_bar(explain):
    [record] = records(explain("--json", TEXTS[0]))
    head, *rows, account, blank = explain(TEXTS[0]).stdout.split("\n")[:-1]
    assert head.split(maxsplit=2) == [record["label"], f"{record['probability']:.1%}", "A good film, a bad film"]
    assert [row.split()[0] for row in rows] == record["tokens"]
    for row, score in zip(rows, record["scores"], strict=True):
        assert float(row.split()[1]) == pytest.approx(score, abs=1e-4)
        bar = row.split()[2] if len(row.split()) > 2 else ""
        assert set(bar) <= {"-" if score < 0 else "+"}
    assert max(row.count("+") + row.count("-") for row in rows) == 21  # the longest bar and its sign
    assert account.startswith(f"  logit {record['logit']:+.3f}, at the baseline")
    assert blank == ""
    assert "unknown to the model" in explain("zzz").stdout
    assert "more likely: " in "".join(explain("--label", label, TEXTS[0]).stdout for label in ("bad", "good", "mixed"))


def test_file_and_pipe_with_odd_lines(explain, tmp_path):
    lines = ["good", "", "   ", "good film " * 10_000, "\u2028 \x1b[31m", "好看的电影"]
    data = ("\n".join(lines) + "\n").encode()
    (tmp_path / "texts.txt").write_bytes(data)
    options = ("--json", "--steps", 2)
    for result in (explain(*options, input=data), explain(*options, "--file", tmp_path / "texts.txt")):
        assert [record["text"] for record in records(result)] == lines
        assert [record["cut"] for record in records(result)] == [False, False, False, True, False, False]
        assert len(records(result)[3]["tokens"]) == 50
        assert "Warning: truncated to the 50 tokens that the model reads: line 4\n" in result.stderr
    shown = explain("--steps", 2, "--file", tmp_path / "texts.txt").stdout
    assert "\x1b" not in shown
    assert max(map(len, shown.split("\n"))) < 120


def test_rough_integrals_give_a_warning(explain, monkeypatch):
    exact = saliency.path_gradients

    def rough(*arguments, **options):
        scores, ends = exact(*arguments, **options)
        return 10 * scores, ends

    monkeypatch.setattr(saliency, "path_gradients", rough)
    result = explain("--steps", 7, "a good film", "", "great fun")
    assert "differ from their sum by more than 5% (more --steps than 7 help): lines 1, 3\n" in result.stderr


def test_html_page_is_written(explain, tmp_path):
    result = explain("--html", tmp_path / "page.html", *TEXTS)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("<article>") == 3
    assert page.endswith("</html>\n")
    assert f"Page: {tmp_path / 'page.html'}" in result.stderr
    assert result.stdout == explain(*TEXTS).stdout


def test_attention_needs_attention_pooling(explain, fails, classifier_folder, attending_folder, tmp_path):
    call = ("--method", "attention", "--json", "--html", tmp_path / "page.html")
    for record in records(explain(*call, *TEXTS, model=attending_folder)):
        assert sum(record["scores"]) == pytest.approx(1 if record["tokens"] else 0, abs=1e-5)
        assert (record["logit"], record["baseline"], record["gap"]) == (None, None, None)
    assert "read much" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert len(explain("--method", "attention", "great fun", model=attending_folder).stdout.splitlines()) == 4
    fails("explain", "--model", classifier_folder, *call, "x", words=["MaxPooling", "--pooling attention"])


def colours(actual, **options):
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, color_system="truecolor", soft_wrap=True, **options)
    console.print(*saliency_tables.coloured(actual), sep="\n")
    return console, stream.getvalue()


def test_terminal_shows_text_in_colour(classifier_folder):
    [actual] = explained(nlprnn.load(classifier_folder), ["A good \x1b[31m film, [bold]Great[/bold] 好"])
    console, shown = colours(actual)
    assert saliency_tables.has_colour(console)
    assert "\x1b[31m" not in shown
    assert "[bold]" in saliency_tables.coloured(actual)[0].plain
    assert "48;2;29;99;216" in shown or "48;2;201;33;26" in shown  # the strongest score has the strongest colour
    signs = {bool(score < 0) for score in actual.scores if abs(score) > 0.3 * np.abs(actual.scores).max()}
    assert ("48;2;201;33;26" in shown or "48;2;251;125;117" in shown or "48;2;255;179;174" in shown) == (True in signs)
    assert not saliency_tables.has_colour(colours(actual, no_color=True)[0])
    assert not saliency_tables.has_colour(Console(file=io.StringIO()))


def test_wrong_calls(fails, classifier_folder, generator_folder, tmp_path):
    call = ("explain", "--model", classifier_folder)
    fails(*call, "--label", "god", "x", words=["--label", "'god'", "did you mean 'good'"])
    fails(*call, "--label", "zzz", "x", words=["--label", "'bad', 'good', 'mixed'"])
    fails(*call, "--method", "attention", "--label", "good", "x", words=["--label", "attention"])
    fails(*call, "--method", "gradient-x-input", "--steps", 5, "x", words=["--steps", "gradient-x-input"])
    fails(*call, "--method", "lime", "x", words=["--method", "integrated-gradients"])
    fails(*call, "--steps", 0, "x", words=["--steps"])
    fails(*call, "--html", tmp_path, "x", words=["--html", "directory"])
    fails(*call, "--file", tmp_path / "none.txt", words=["none.txt"])
    fails("explain", "--model", generator_folder, "x", words=[generator_folder, "nlprnn generate"])
    assert not (tmp_path / "page.html").exists()
