"""Words kept from text to text change nothing but the time."""

from __future__ import annotations

import pickle
import random

import pytest

from nlprnn.text import WordTokenizer, word_cache
from nlprnn.text.markup import blank_tags
from nlprnn.text.word_cache import WordCache

WORDS = (
    "b. mr. Ph.D. u.s. n't don't DON'T &amp; & -lrb- www.x.com http://a.b/c :) :D ;-) ... -- `` '' d' l'a qu'il a@b.co "
    "'90s 10-5 +.5 -7 x. l. e. 3.5, r&b at&t (b. <br /> < <unk> é 你好 mother-in-law 'twas dogs' \\/"
)
CONTROLS = "\t\n\x0b\x1c\x7f\x85\xa0\u2028"


def texts_of(count, seed):
    """Texts of tricky pieces, glued together with spaces, with none, and with two."""
    source = random.Random(seed)
    tricky = [*WORDS.split(), *CONTROLS]
    signs = "ab .,'-_&;:/@#$()[]\"!?<> 12nNtTsSbBM"
    draws = [lambda: source.choice(tricky), lambda: source.choice(signs), lambda: chr(source.randint(32, 126))]
    return [
        source.choice(["", " ", "  "]).join(source.choice(draws)() for _ in range(source.randint(0, 12)))
        for _ in range(count)
    ]


@pytest.mark.parametrize("lowercase", [True, False])
def test_batch_equals_texts_one_by_one(lowercase):
    texts = texts_of(1200, seed=1)
    tokenizer = WordTokenizer.train(texts, lowercase=lowercase)
    alone = [WordTokenizer(tokenizer.tokenizer).encode(text) for text in texts[:100]]
    blanked = list(map(blank_tags, texts))
    library = [encoding.ids for encoding in tokenizer.tokenizer.encode_batch(blanked, add_special_tokens=False)]
    assert tokenizer.encode_batch(texts) == library
    assert tokenizer.encode_batch(texts) == library  # now from what is kept
    assert library[:100] == alone


def test_initial_depends_on_the_next_word():
    words = ["samuel", "l.", "l", ".", "jackson", "("]
    tokenizer = WordTokenizer.train(["samuel l. jackson", "l . ("])
    rows = tokenizer.encode_batch(["samuel l. jackson", "samuel l. (", "samuel l."] * 200)
    assert [[tokenizer.words[i] for i in row] for row in rows[:3]] == [
        ["samuel", "l.", "jackson"],
        ["samuel", "l", ".", "("],
        ["samuel", "l", "."],
    ]
    assert set(words) < set(tokenizer.words)


def test_other_rules_are_not_cached():
    tokenizer = WordTokenizer.train(["a b"])
    tokenizer.tokenizer.pre_tokenizer = None
    assert tokenizer.encode_batch(["a", "a b"] * 200)[:2] == [[4], [1]]


@pytest.mark.parametrize("lowercase", [True, False])
def test_words_of_many_texts_are_cached(lowercase):
    tokenizer = WordTokenizer.train(["a b c"], lowercase=lowercase)
    tokenizer.encode_batch(["a b", "b d"] * 150)
    assert set(tokenizer._cache._known) == {"a", "b", "d"}


def test_cache_stays_bounded_and_correct(monkeypatch):
    monkeypatch.setattr(word_cache, "_MOST", 10)
    monkeypatch.setattr(word_cache, "_TEXTS", 4)
    cache = WordCache(lambda texts: [[len(word) for word in text.split()] for text in texts])
    texts = [f"{'a' * (n % 40)} {n} b{n % 3}" for n in range(100)]
    assert cache.encode(texts) == [[len(word) for word in text.split()] for text in texts]
    assert len(cache._known) <= 12


def test_encoder_with_too_many_rows_is_refused():
    cache = WordCache(lambda texts: [[1] for _ in [*texts, "one more"]])
    with pytest.raises(ValueError, match="zip"):
        cache.encode(["a b"])


def test_pickled_tokenizer_encodes_new_words():
    tokenizer = WordTokenizer.train(["a b c"])
    tokenizer.encode_batch(["a"] * 300)
    sent = pickle.loads(pickle.dumps(tokenizer))
    assert sent.encode_batch(["a b"] * 300) == tokenizer.encode_batch(["a b"] * 300)
