from __future__ import annotations

import re

import pytest

from nlprnn import Generator, load
from nlprnn.decoding.known_words import words_of
from nlprnn.errors import ModelError
from nlprnn.pipelines import GenerationOptions
from nlprnn.pipelines.text_guide import GUIDE_FILE, RUNS_FILE, TextGuide

TEXTS = ['The cat sat. "Come," said the cat to Teo, and Teo came on a Monday. Two days went by, two long days.']
GUIDE = TextGuide.of(TEXTS, names={"Teo": ["Mia", "Zoe"]})
FREE = GenerationOptions(length=300, temperature=2.0, seed=1, guided=False)
GUIDED = GenerationOptions(length=300, temperature=2.0, seed=1)


def guided(make_generator, tokenizer="bpe"):
    plain = make_generator(tokenizer)
    return Generator(plain.model, plain.tokenizer, guide=GUIDE)


def test_words_keep_their_capital_within_sentences_alone():
    expected = "the cat sat Come said to and came on a Monday two days went by long"
    assert sorted(GUIDE.words) == sorted(expected.split())


def test_runs_are_those_of_the_text():
    assert "the cat sat come said the cat to" in GUIDE.runs
    assert "the cat sat come said the cat by" not in GUIDE.runs
    assert "cat sat come said the cat to teo" not in GUIDE.runs  # no reader sees it


@pytest.mark.parametrize("tokenizer", ["bpe", "character"])
def test_guided_text_has_known_words_and_names_alone(make_generator, tokenizer):
    generator = guided(make_generator, tokenizer)
    known = {*(word.lower() for word in GUIDE.words), "mia", "zoe", "robot"}
    texts = generator(["The robot ", "", "the cat "] * 5, GUIDED)
    words = [word.lower() for text in texts for word in words_of(text)[:-1]]  # the last one may be cut
    assert len(words) > 20
    assert {*words} <= known
    free = {word.lower() for text in generator(["The robot"], FREE) for word in words_of(text)}
    assert not free <= known


def test_streamed_text_is_that_of_a_call_also_among_others(make_generator):
    generator = guided(make_generator)
    together = generator(["The cat", "Bo said", "Bo said"], GUIDED)
    assert "".join(generator.stream("Bo said", GUIDED)) == together[1]
    assert together[1] != together[2]


def test_a_name_of_the_prompt_stands_for_its_stand_in(make_generator):
    text = " ".join(guided(make_generator, "character")(["Bo said to"] * 20, GUIDED))
    assert re.search(r"\bBo\b", text)
    assert not re.search(r"\b(Teo|Mia|Zoe)\b", text)


def test_without_a_guide_nothing_changes(make_generator):
    assert guided(make_generator)(["The cat"], FREE) == make_generator("bpe")(["The cat"], FREE)
    assert make_generator("bpe")(["The cat"], FREE) == make_generator("bpe")(["The cat"], GUIDED)


def test_guide_is_saved_with_the_model_and_replaced(make_generator, tmp_path):
    generator = guided(make_generator)
    generator.save(tmp_path)
    loaded = load(tmp_path)
    assert loaded.guide.words == GUIDE.words
    assert loaded.guide.stand_ins.names == {"Teo": ("Mia", "Zoe")}
    assert loaded(["The cat"], GUIDED) == generator(["The cat"], GUIDED)
    make_generator("bpe").save(tmp_path)
    assert load(tmp_path).guide is None


@pytest.mark.parametrize("name", [GUIDE_FILE, RUNS_FILE])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"[]", b'{"words": 1, "stand_ins": {"Teo": ""}}'])
def test_damaged_guides_are_reported(make_generator, tmp_path, name, content):
    guided(make_generator).save(tmp_path)
    (tmp_path / "checksums.json").unlink()
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=name):
        load(tmp_path)


def test_a_guide_needs_spaces_in_tokens(make_generator):
    with pytest.raises(ModelError, match="characters or subwords"):
        guided(make_generator, "word")(["The cat"])
