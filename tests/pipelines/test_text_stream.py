"""Streaming decoding that ends with a whole sentence."""

from __future__ import annotations

import pytest

from nlprnn.pipelines.text_stream import TextStream
from nlprnn.text import CharacterTokenizer

TEXTS = {
    "One. Two was here. Three": (6, "One. Two was here."),
    'One. "No. Yes," he said. Then': (8, 'One. "No. Yes," he said.'),
    'He said, "It is so." Then': (1, "H"),
    "So it was. It is 3.5 m, not 4. Yes.": (12, "So it was. It is 3.5 m, not 4. Yes."),
    "no sentence, nowhere": (5, "no se"),
    "def f(x):\n    return x. y\n": (10, "def f(x):\n"),
    "“So. It is.” No. “Yes. No.” One": (14, "“So. It is.” No."),
    "One! Two.\n\nThree. Four": (9, "One! Two."),
}


@pytest.fixture(scope="module")
def tokenizer():
    return CharacterTokenizer.train([*TEXTS, "«»"])


def streamed(tokenizer, text, **options):
    stream, written = TextStream(tokenizer, "", **options), ""
    for token in tokenizer.encode(text):
        written += stream.push(token)
        if stream.ended:
            break
    return written + stream.close()


@pytest.mark.parametrize("text", TEXTS)
def test_prose_ends_with_a_sentence_and_other_text_at_once(tokenizer, text):
    length, expected = TEXTS[text]
    assert streamed(tokenizer, text, whole_after=length) == expected
    assert streamed(tokenizer, text) == text


@pytest.mark.parametrize("marks", ['""', "“”", "«»"])
def test_open_quotation_is_closed(tokenizer, marks):
    text = f"So. {marks[0]}Then one"
    assert streamed(tokenizer, text, whole_after=5) == text + marks[1]
    assert streamed(tokenizer, f"{text}\n\nNo", whole_after=40) == f"{text}\n\nNo"


def test_sentence_of_the_prompt_counts(tokenizer):
    stream = TextStream(tokenizer, "It was so. One", whole_after=2)
    assert "".join(map(stream.push, tokenizer.encode(" two so. Then"))) == " two so."


def test_stop_text_comes_before_the_sentence(tokenizer):
    assert streamed(tokenizer, "One. Two was here. Three", whole_after=6, stop=("was",)) == "One. Two "
