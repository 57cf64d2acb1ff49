"""Coverage of pretrained vectors, and the words that come from them."""

from __future__ import annotations

import logging
import re

import numpy as np
import pytest

from nlprnn.tasks import vocabulary
from nlprnn.tasks.vocabulary import train_vocabulary, train_word_char_vocabulary

TEXTS = ["the boat left the quay", "the quay was wet", "<user> saw <url> ! <USER>"]
PLAIN = [*TEXTS[:2], "we saw it ! it"]
WORDS = ["the", "boat", "left", "quay", "was", "wet", "<user>", "saw", "<url>", "!"]


@pytest.fixture
def vectors(tmp_path):
    def write(words, *, before=0):
        path = tmp_path / "vectors.txt"
        lines = [f"aa{number:04} 0.5 0.25" for number in range(before)] + [
            f"{word} 1 {at}" for at, word in enumerate(words)
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def trained(kind, texts, vectors, **options):
    if kind == "text":
        return train_vocabulary(texts, vectors=vectors, **{"min_frequency": 1, **options})
    return train_word_char_vocabulary(
        [text.split() for text in texts], vectors=vectors, **{"min_frequency": 1, **options}
    )


kinds = pytest.mark.parametrize("kind", ["text", "words"])


@kinds
def test_file_of_all_words_covers_all(kind, vectors, caplog):
    found = trained(kind, TEXTS, vectors(WORDS))
    assert (found.coverage.words, found.coverage.tokens) == (1, 1)
    assert found.describe().startswith("10 words, 100.0% of them with pretrained vectors (100.0%")
    assert not caplog.records


@kinds
def test_coverage_counts_words_and_tokens(kind, vectors):
    found = trained(kind, PLAIN, vectors(["the", "quay", "boat", "Left", "elsewhere"]))
    assert found.coverage.words == pytest.approx(4 / 10)
    assert found.coverage.tokens == pytest.approx(7 / 14)
    assert re.search(r"40\.0% .* \(50\.0%", found.describe())


@kinds
def test_tokens_of_rare_words_count_words_of_the_vocabulary_alone(kind, vectors):
    found = trained(kind, PLAIN, vectors(["the", "boat", "wet"]), min_frequency=2)
    assert found.coverage.words == pytest.approx(1 / 3)  # of the, quay, it
    assert found.coverage.tokens == pytest.approx(5 / 14)


@kinds
def test_low_coverage_is_a_warning(kind, vectors, caplog):
    with caplog.at_level(logging.WARNING):
        trained(kind, PLAIN, vectors(["the", "quay", "boat"]))
    (record,) = caplog.records
    assert "30.0% of the words" in record.getMessage()
    assert "vectors.txt" in record.getMessage()


@kinds
def test_words_behind_the_frequent_ones_are_read(kind, vectors, monkeypatch):
    monkeypatch.setattr(vocabulary, "MOST_FREQUENT", 3)
    found = trained(kind, TEXTS, vectors(["stranger", *WORDS], before=50), min_frequency=2)
    assert found.coverage.words == 1
    assert {"wet", "boat", "aa0002"} < set(found.tokenizer.words)
    assert not {"stranger", "aa0003"} & set(found.tokenizer.words)
    row = found.tokenizer.words.index("wet")
    assert found.embedding(4, seed=1).pretrained.shape == (found.tokenizer.vocab_size, 2)
    table, covered = found.vectors.table(found.tokenizer.words)
    assert covered[row]
    assert not np.array_equal(table[row], table[found.tokenizer.words.index("boat")])


@kinds
def test_placeholders_of_the_vectors_are_one_word(kind, vectors):
    tokenizer = trained(kind, TEXTS, vectors(["<user>", "<url>", "<number>", "<s>", "<pad>", "the"])).tokenizer
    text = "<User> and <url> <number> <pad> <s>"
    words = [word.lower() for word, _, _ in tokenizer.word_offsets(text)]
    assert words == ["<user>", "and", "<url>", "<number>", "<", "pad", ">", "<", "s", ">"]
    assert tokenizer.tokens(text) == words
    ids = tokenizer.encode("<user> <URL> <number>")
    assert tokenizer.pieces(ids) == ["<user>", "<url>", "<number>"]
    assert not {0, 2, 3} & set(tokenizer.encode(text))


def test_placeholders_are_saved(vectors, tmp_path):
    tokenizer = trained("text", TEXTS, vectors(["<user>", "the"])).tokenizer
    tokenizer.save(tmp_path / "saved")
    loaded = type(tokenizer).load(tmp_path / "saved")
    assert loaded.tokens("<user> <url>") == ["<user>", "<", "url", ">"]
    assert loaded.encode_batch(["the <user> b."] * 300) == [tokenizer.encode("the <user> b.")] * 300


def test_coverage_is_of_words_and_not_of_their_pieces(vectors):
    path = vectors(WORDS[:4])
    for least in (1, 2):
        plain, split = (train_vocabulary(PLAIN, min_frequency=least, pieces=n, vectors=path) for n in (0, 50))
        assert split.coverage == plain.coverage
        assert split.num_trained == plain.num_trained + split.num_pieces
        assert re.search(rf"^{plain.num_trained - 4} words, .*, {split.num_pieces} pieces of words$", split.describe())
    without = train_vocabulary(PLAIN, min_frequency=2, pieces=50)
    assert re.fullmatch(r"\d+ words, \d+ pieces of words", without.describe())


@kinds
def test_vocabulary_without_vectors_has_no_coverage(kind):
    found = trained(kind, TEXTS, None)
    assert found.coverage is None
    assert re.fullmatch(r"\d+ words", found.describe())
