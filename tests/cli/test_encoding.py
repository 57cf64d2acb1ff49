"""`--encoding` of the verbs that read texts, with the sentences of the recipes."""

from __future__ import annotations

import json

import pytest

VERBS = {
    "classify": "classifier_folder",
    "explain": "classifier_folder",
    "rate": "regressor_folder",
    "tag": "tagger_folder",
    "translate": "translator_folder",
    "score": "generator_folder",
}
TEXTS = ["a good café", "ça va", "fünf €"]


@pytest.fixture(params=VERBS)
def call(request, nlprnn_command):
    """Call a verb for JSON, and give the texts in it."""

    def call(*arguments, **options):
        result = nlprnn_command(*call.command, "--json", *arguments, **options)
        assert result.exit_code == 0, (result.output, result.exception)
        records = map(json.loads, result.stdout.splitlines())
        return [record["source" if request.param == "translate" else "text"] for record in records]

    call.command = [request.param, "--model", request.getfixturevalue(VERBS[request.param])]
    call.command += ["--per-line"] if request.param == "score" else []
    call.file = [] if request.param == "score" else ["--file"]
    return call


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-be", "utf-8"])
def test_file_is_read_in_its_encoding(call, tmp_path, encoding):
    (tmp_path / "in.txt").write_bytes("\r\n".join(TEXTS).encode(encoding))
    assert call(*call.file, tmp_path / "in.txt", "--encoding", encoding) == TEXTS


def test_standard_input_is_read_in_its_encoding(call):
    assert call("--encoding", "cp1252", input="\n".join(TEXTS).encode("cp1252")) == TEXTS


def test_mistakes_are_one_sentence(call, fails, tmp_path):
    (tmp_path / "in.txt").write_bytes("good\ncafé\n".encode("cp1252"))
    file = [*call.file, tmp_path / "in.txt"]
    fails(*call.command, *file, words=["in.txt, line 2", "0xE9", "give its encoding, such as --encoding cp1252"])
    fails(*call.command, *file, "--encoding", "ascii", words=["in.txt, line 2", "is not ascii"])
    fails(*call.command, *file, "--encoding", "utf8-ish", words=["--encoding utf8-ish is unknown: give a name such as"])
    fails(
        *call.command, "--encoding", "ascii", input=b"a\n\xe9", words=["standard input, line 2 is not ascii", "check"]
    )
    fails(*call.command, "--encoding", "utf-16", input=b"a", words=["standard input is not read as utf-16", "--file"])


def test_archive_in_an_encoding_is_no_text(call, fails, tmp_path):
    (tmp_path / "in.txt").write_bytes(b"PK\x03\x04 packed")
    fails(*call.command, *call.file, tmp_path / "in.txt", "--encoding", "cp1252", words=["in.txt", ".zip archive"])


def test_encoding_of_texts_on_the_command_line(fails, classifier_folder):
    call = ("classify", "--model", classifier_folder, "--encoding", "cp1252")
    fails(*call, "good", words=["--encoding", "--file", "leave it out"])


def test_whole_file_is_scored_in_its_encoding(nlprnn_command, generator_folder, tmp_path):
    text = "Once upon a café €"
    for name, encoding in (("a.txt", "cp1252"), ("b.txt", "utf-8")):
        (tmp_path / name).write_bytes(text.encode(encoding))
    call = ("score", "--model", generator_folder, "--json")
    expected = json.loads(nlprnn_command(*call, tmp_path / "b.txt").stdout)
    for options, source in (
        (("--encoding", "cp1252", tmp_path / "a.txt"), {}),
        (("--encoding", "cp1252"), {"input": text.encode("cp1252")}),
    ):
        record = json.loads(nlprnn_command(*call, *options, **source).stdout)
        assert {**record, "file": None} == {**expected, "file": None}
