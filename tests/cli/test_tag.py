"""`nlprnn tag`, as a user calls it."""

from __future__ import annotations

import gzip
import json

import pytest

import nlprnn


@pytest.fixture
def tag(nlprnn_command, tagger_folder):
    def call(*arguments, model=tagger_folder, **options):
        result = nlprnn_command("tag", "--model", model, *arguments, **options)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout.split("\n")[:-1]

    return call


def test_spans_are_put_in_brackets(tag):
    assert tag("Anna Berg left  Rome on Monday.", "It rains.", "", "Rome and Paris sleep") == [
        "[Anna Berg PER] left  [Rome LOC] on Monday.",
        "It rains.",
        "",
        "[Rome LOC] and [Paris LOC] sleep",
    ]


def test_word_labels_follow_their_words(tag, word_tagger_folder):
    assert tag("dogs  sleep", "", model=word_tagger_folder) == ["dogs/NOUN sleep/VERB", ""]


def test_json_has_words_labels_and_spans(tag, tagger_folder):
    texts = ["Anna Berg left Rome on Monday.", "", "Ωμέγα \u2028 好", 'a "quoted" \\ text']
    records = [json.loads(line) for line in tag("--json", *texts)]
    for record, tagged in zip(records, nlprnn.load(tagger_folder)(texts), strict=True):
        assert (record["text"], record["tokens"], record["labels"]) == (tagged.text, tagged.tokens, tagged.labels)
        assert len(record["spans"]) == len(tagged.spans)
    person, place = records[0]["spans"]
    assert person == {"label": "PER", "text": "Anna Berg", "start": 0, "end": 9, "first": 0, "last": 1}
    assert records[0]["text"][place["start"] : place["end"]] == place["text"] == "Rome"


def test_tokenized_input_keeps_its_words(tag):
    assert json.loads(tag("--json", "--tokenized", "don't  stop.")[0])["tokens"] == ["don't", "stop."]
    assert json.loads(tag("--json", "don't stop.")[0])["tokens"] == ["do", "n't", "stop", "."]
    assert tag("--tokenized", "", " Ask  Anna . ") == ["", "Ask [Anna PER] ."]


ODD_LINES = ["first", "", "   ", "Rome " * 2_000, "tab\there", "\u2028", "last\x0c one", "好看的电影"]


@pytest.mark.parametrize("source", ["file", "packed", "pipe"])
def test_one_line_per_input_line_in_order(tag, tmp_path, source):
    data = ("\r\n".join(ODD_LINES) + "\n").encode()
    path = tmp_path / ("texts.txt.gz" if source == "packed" else "texts.txt")
    path.write_bytes(gzip.compress(data) if source == "packed" else data)
    call = {"input": data} if source == "pipe" else {}
    arguments = () if source == "pipe" else ("--file", path)
    assert [json.loads(line)["text"] for line in tag("--json", *arguments, **call)] == ODD_LINES
    assert len(tag(*arguments, **call)) == len(ODD_LINES)
    assert tag(*arguments, **call)[1] == ""


def test_text_with_line_ends_is_one_line(tag):
    assert tag("Ask\nAnna.", "It\r\nrains.") == ["Ask [Anna PER].", "It rains."]


def test_empty_pipe_gives_no_lines(tag):
    assert tag(input=b"") == []


def test_wrong_options(fails, tagger_folder, classifier_folder, tmp_path):
    fails("tag", "--model", tagger_folder, "--file", tmp_path / "x.txt", "Anna", words=["--file"])
    fails("tag", "--model", tagger_folder, "--jsn", "Anna", words=["--jsn", "--json"])
    fails("tag", "--model", tmp_path / "none", "Anna", words=[tmp_path / "none"])
    fails("tag", "--model", tagger_folder, "--file", tmp_path / "none.txt", words=["none.txt"])
    fails("tag", "--model", tagger_folder, input=b"good\n\xff\n", words=["standard input, line 2", "UTF-8"])


def test_model_of_another_kind_names_its_verb(fails, tagger_folder, classifier_folder):
    fails("tag", "--model", classifier_folder, "Anna", words=["is a classifier", "a tagger", "nlprnn classify"])
    fails("classify", "--model", tagger_folder, "Anna", words=["is a tagger", "a classifier", "nlprnn tag"])


def test_info_shows_the_labels(nlprnn_command, tagger_folder):
    shown = nlprnn_command("info", tagger_folder).stdout
    for word in ("TokenTagger", "WordCharTokenizer", "O, B-LOC, I-LOC, B-PER, I-PER"):
        assert word in shown
