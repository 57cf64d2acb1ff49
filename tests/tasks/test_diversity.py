"""Size and redundancy of texts, by which models are planned."""

from __future__ import annotations

import bz2
import random

import pytest

from nlprnn.data import load_table, load_text
from nlprnn.tasks import diversity as module
from nlprnn.tasks.diversity import Diversity

RNG = random.Random(1)
TEXTS = ["".join(RNG.choices("abcdefgh ", k=100)) for _ in range(200)]


def test_compressed_size_is_that_of_one_file():
    diversity = Diversity.of(TEXTS)
    assert diversity.kilobytes == len(bz2.compress("".join(f"{text}\n" for text in TEXTS).encode())) / 1000
    assert Diversity.of(iter(TEXTS)) == diversity
    assert diversity.characters == 20_000


def test_repetition_adds_little_and_leaves_no_single_words():
    once, often = Diversity.of(TEXTS), Diversity.of(TEXTS * 5)
    assert often.kilobytes < 2.5 * once.kilobytes
    assert often.words == 5 * once.words
    assert (once.single_words > 0.5, often.single_words) == (True, 0)


def test_single_words_are_a_share_of_the_distinct_ones():
    diversity = Diversity.of(["the cat saw the dog.", "The cat, été"])
    assert diversity.words == 8
    assert diversity.single_words == pytest.approx(4 / 6)  # saw, dog, The, été; not: the, cat


def test_of_long_texts_a_sample_is_measured(monkeypatch):
    whole = Diversity.of(TEXTS)
    monkeypatch.setattr(module, "LARGEST_SAMPLE", 5_050)
    sampled = Diversity.of(TEXTS)
    assert sampled.characters == whole.characters
    assert (sampled.kilobytes, sampled.words) == pytest.approx((whole.kilobytes, whole.words), rel=0.1)


def test_texts_that_cannot_be_encoded_or_are_empty_have_a_size():
    assert Diversity.of(["a\udc80"]).kilobytes > 0
    for empty in ([], [""]):
        assert (Diversity.of(empty).words, Diversity.of(empty).single_words) == (0, 0)


def test_grammars_have_closed_vocabularies():
    assert Diversity.of(load_text("stories")["train"]).closed
    assert Diversity.of(load_table("translation", {"source": "en", "target": "de"})["train"]["target"]).closed
    assert not Diversity.of(TEXTS).closed
