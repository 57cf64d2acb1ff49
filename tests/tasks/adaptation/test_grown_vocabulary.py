"""Vocabularies that have grown, with the vectors of a file in the units of the model."""

from __future__ import annotations

from itertools import islice, product

import numpy as np
import pytest

import nlprnn
from nlprnn import Classifier
from nlprnn.errors import DataError, OptionError
from nlprnn.tasks.adaptation.grown_model import GrownModel
from nlprnn.tasks.adaptation.grown_vocabulary import add_vectors, frequent_words, grow_characters, grow_words
from nlprnn.tasks.vocabulary import train_vocabulary
from nlprnn.text import CharacterTokenizer

WORDS = [f"word{letter}{other}" for letter in "abcdef" for other in "uvwxyz"]
NEW = ["tram", "harbour"]


def write_vectors(path, words, *, seed=0, size=4, spread=3.0):
    values = np.random.default_rng(seed).standard_normal((len(words), size)) * spread + 1
    lines = (f"{word} {' '.join(f'{value:.6f}' for value in row)}\n" for word, row in zip(words, values, strict=True))
    path.write_text("".join(lines))
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The file that a model was trained with, and one with two words more whose other vectors are the same."""
    folder = tmp_path_factory.mktemp("vectors")
    longer = write_vectors(folder / "longer.txt", [*WORDS, *NEW])
    (folder / "file.txt").write_text("".join(longer.read_text().splitlines(keepends=True)[: len(WORDS)]))
    return folder / "file.txt", longer


@pytest.fixture(scope="module")
def former(files):
    """The tokenizer of a model with vectors, and these in the units of the model, of half precision."""
    vocabulary = train_vocabulary([" ".join(WORDS[:20])], min_frequency=1, vectors=files[0])
    fixed = vocabulary.embedding(3, seed=1).pretrained.half().float().numpy()
    return vocabulary.tokenizer, fixed, vocabulary.num_trained


def test_new_words_get_their_vectors_in_the_units_of_the_model(files, former):
    tokenizer, fixed, trained = former
    words = grow_words(tokenizer, ["tram", "worda"], num_trained=trained)
    grown = add_vectors(words, files[1], tokenizer, fixed, "former")
    assert "harbour" in grown.tokenizer.words  # from the file alone
    rows = dict(zip(grown.vector_rows.tolist(), grown.vectors, strict=True))
    table = np.loadtxt(files[1], usecols=range(1, 5))
    expected = (table[len(WORDS)] - table[: len(WORDS)].mean(axis=0)) / table[: len(WORDS)].std(axis=0)
    assert rows[grown.tokenizer.words.index("tram")] == pytest.approx(expected, abs=0.01)
    assert np.array_equal(grown.rows[: len(words.rows)], words.rows)


def test_other_vectors_are_refused(files, former, tmp_path):
    tokenizer, fixed, trained = former
    words = grow_words(tokenizer, NEW, num_trained=trained)
    other = write_vectors(tmp_path / "other.txt", WORDS, seed=5)
    with pytest.raises(DataError, match="other vectors than those of former"):
        add_vectors(words, other, tokenizer, fixed, "former")
    longer = write_vectors(tmp_path / "size.txt", WORDS, size=5)
    with pytest.raises(OptionError, match=r"vectors of 5 numbers, former of 4"):
        add_vectors(words, longer, tokenizer, fixed, "former")
    with pytest.raises(OptionError, match=r"former none: leave it out"):
        add_vectors(words, files[0], tokenizer, np.empty((0, 0)), "former")


def test_vectors_are_those_of_a_model_that_had_a_beginning_of_their_file(tmp_path):
    words = ["".join(letters) for letters in islice(product("abcdefghijklmnopqrstuvwxyz", repeat=3), 8_000)]
    write_vectors(tmp_path / "beginning.txt", words[:5_000])
    write_vectors(rare := tmp_path / "rare.txt", words[5_000:], spread=0.5)
    (whole := tmp_path / "whole.txt").write_text((tmp_path / "beginning.txt").read_text() + rare.read_text())
    vocabulary = train_vocabulary([" ".join(words)], min_frequency=1, vectors=tmp_path / "beginning.txt")
    fixed = vocabulary.embedding(3, seed=1).pretrained.numpy()
    former = grow_words(vocabulary.tokenizer, NEW)
    assert add_vectors(former, whole, vocabulary.tokenizer, fixed, "former").tokenizer.words[-2:] == NEW


def test_frequent_words_are_those_of_the_rules_of_the_tokenizer(former):
    tokenizer = former[0]
    texts = ["The Tram, the tram!", "A tram", "naïve the"]
    assert frequent_words(tokenizer, texts, min_frequency=2) == ["the", "tram"]
    special = grow_words(tokenizer, frequent_words(tokenizer, ["<unk>"], min_frequency=1))
    assert special.number == 0


def test_characters_keep_their_ids():
    words = grow_characters(CharacterTokenizer.train(["abc"]), ["cab", "zß"])
    assert words.tokenizer.characters == ["a", "b", "c", "z", "ß"]
    assert words.rows[-2:].tolist() == [words.tokenizer.unk_id] * 2
    assert words.number == 2


def test_the_bundled_classifier_grows_and_answers_as_before():
    former = nlprnn.load("sentiment", device="cpu")
    grown = GrownModel(former.model, "sentiment")
    call = grown.call["embedding"]
    words = grow_words(former.tokenizer, ["camcorder", "nokia", "film", "zzz"], num_trained=call["num_trained"])
    grown.grow_embedding("embedding", words)
    model = Classifier(grown.build(), words.tokenizer)
    texts = ["I loved it", "This camcorder is not good.", "a dull film zzz"]
    for one, other in zip(model(texts), former(texts), strict=True):
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)
