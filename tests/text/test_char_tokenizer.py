import numpy as np

from nlprnn.text import CharacterTokenizer


def test_ids_follow_the_order_of_code_points():
    tokenizer = CharacterTokenizer.train(["cab", "äa\n"])
    assert tokenizer.characters == ["\n", "a", "b", "c", "ä"]
    assert tokenizer.encode("abc\nä") == [5, 6, 7, 4, 8]
    assert tokenizer.vocab_size == 9


def test_unknown_characters_decode_to_the_replacement():
    tokenizer = CharacterTokenizer.train(["hello"])
    assert tokenizer.unknown("he 😀 said: hello 😀") == [" ", "😀", "s", "a", "i", "d", ":"]
    assert tokenizer.encode("h😀") == [tokenizer.encode("h")[0], 1]
    assert tokenizer.decode(tokenizer.encode("h😀o")) == "h\ufffdo"


def test_characters_between_known_ones_are_unknown():
    tokenizer = CharacterTokenizer.train(["ac"])
    assert tokenizer.encode("abcd\U0010ffff\0") == [4, 1, 5, 1, 1, 1]


def test_rare_characters_are_left_out():
    assert CharacterTokenizer.train(["aab", "bc"], min_frequency=2).characters == ["a", "b"]


def test_nothing_is_normalized():
    tokenizer = CharacterTokenizer.train(["e\u0301é"])
    assert tokenizer.decode(tokenizer.encode("e\u0301é")) == "e\u0301é"


def test_rows_may_be_arrays():
    tokenizer = CharacterTokenizer.train(["abc"])
    assert tokenizer.decode_batch(np.array([[4, 5, 6], [4, 3, 0]])) == ["abc", "a"]
