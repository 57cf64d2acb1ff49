"""`nlprnn score`, as a user calls it."""

from __future__ import annotations

import json
import math

import pytest

import nlprnn

LINES = ["Once upon a time", "", "the end ☃", "x" * 300]


@pytest.fixture
def score(nlprnn_command, generator_folder):
    def call(*arguments, **options):
        result = nlprnn_command("score", "--model", generator_folder, *arguments, **options)
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    return call


@pytest.fixture
def text_file(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes("\r\n".join([*LINES, ""]).encode())
    return path


def test_file_is_read_as_one_text(score, generator_folder, text_file):
    (actual,) = map(json.loads, score(text_file, "--json").stdout.splitlines())
    generator = nlprnn.load(generator_folder)
    text = "\n".join([*LINES, ""])
    nats = generator.mean_nll(generator.encode([text]))
    assert actual["file"] == str(text_file)
    assert actual["characters"] == actual["tokens"] == len(text)
    assert actual["nats_per_token"] == pytest.approx(nats)
    spelling = math.log(0x110000) / len(text)  # of the one unknown character
    assert actual["nats"] == pytest.approx((nats + spelling) * len(text))
    assert actual["bits_per_character"] == pytest.approx((nats + spelling) / math.log(2))
    assert actual["perplexity"] == pytest.approx(math.exp(nats))
    assert actual["unknown_tokens"] == 1
    assert actual["unknown_percent"] == pytest.approx(100 / len(text))
    assert "1 of" in score(text_file).stderr
    assert f"{nats:.6g}" in score(text_file).stdout


def test_per_line_scores_keep_order(score, generator_folder, text_file):
    rows = [line.split("\t") for line in score(text_file, "--per-line").stdout.splitlines()]
    expected = nlprnn.load(generator_folder).score_each(LINES)
    assert [row[2] for row in rows] == LINES
    assert [float(row[0]) for row in rows] == pytest.approx([one.nll for one in expected], abs=1e-3)
    assert rows[1] == ["0.0000", "0.0000", ""]
    records = [json.loads(line) for line in score(text_file, "--per-line", "--json").stdout.splitlines()]
    assert [record["text"] for record in records] == LINES
    assert [record["nats"] for record in records] == pytest.approx([one.nll for one in expected], abs=1e-3)


@pytest.mark.parametrize(
    "content",
    [
        b"one\n\ntwo",
        b"one\n\ntwo\n",
        b"one\n\n",
        b"one\r\ntwo\r\n",
        b"\xef\xbb\xbfone\n",
        b"\none",
        b"one\rtwo\r",
        b"one\r\r\n",
    ],
    ids=repr,
)
def test_pipe_scores_equal_file_scores(score, tmp_path, content):
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    piped, filed = (json.loads(score(*file, "--json", input=content).stdout) for file in ((), (path,)))
    assert (piped.pop("file"), filed.pop("file")) == ("standard input", str(path))
    assert piped == filed
    assert filed["characters"] == len(content.decode("utf-8-sig").replace("\r\n", "\n"))
    assert json.loads(score("-", "--json", input=content).stdout)["nats"] == filed["nats"]
    assert score("--per-line", input=content).stdout == score("--per-line", path).stdout


def test_unknown_tokens_of_lines_are_reported(score, text_file):
    result = score(text_file, "--per-line")
    assert "unknown tokens" in result.stderr
    assert result.stderr.rstrip().endswith("line 3")
    records = [json.loads(line) for line in score(text_file, "--per-line", "--json").stdout.splitlines()]
    assert [record["unknown_tokens"] for record in records] == [0, 0, 1, 0]
    assert records[2]["unknown_percent"] == pytest.approx(100 / len(LINES[2]))
    assert "unknown" not in score("--per-line", input=b"Once").stderr


def test_several_files_are_scored_in_order(score, text_file, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("Once")
    actual = [json.loads(line) for line in score(text_file, other, "--json").stdout.splitlines()]
    assert [record["file"] for record in actual] == [str(text_file), str(other)]
    assert actual[1]["characters"] == 4


def test_mistakes(fails, generator_folder, classifier_folder, tmp_path):
    model = ("score", "--model", generator_folder)
    (tmp_path / "empty.txt").write_bytes(b" \n")
    (tmp_path / "bytes.txt").write_bytes(b"one\nt\xffo\n")
    fails(*model, tmp_path / "none.txt", words=[tmp_path / "none.txt"])
    fails(*model, tmp_path / "empty.txt", words=[tmp_path / "empty.txt", "no text"])
    fails(*model, tmp_path / "bytes.txt", words=[tmp_path / "bytes.txt", "UTF-8"])
    fails(*model, tmp_path / "bytes.txt", "--per-line", words=[tmp_path / "bytes.txt", "UTF-8"])
    fails(*model, input=b"", words=["standard input", "no text"])
    fails(*model, input=b"\xff", words=["standard input", "UTF-8"])
    fails("score", "--model", classifier_folder, input=b"text", words=[classifier_folder, "nlprnn classify"])
