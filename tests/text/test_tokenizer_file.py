"""Tokenizer files from anybody: what is damaged, or would take endless time or memory, is refused in one sentence."""

from __future__ import annotations

import json
import time

import pytest

from nlprnn.errors import ModelError
from nlprnn.text import BPETokenizer, SentencePieceTokenizer, WordCharTokenizer, WordTokenizer, load_tokenizer

TEXT = "The quick brown fox doesn't jump over the lazy dog."
NFC = {"type": "NFC"}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("word")
    WordTokenizer.train([TEXT]).save(folder)
    return json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))


@pytest.fixture
def load(saved, tmp_path):
    """Load a tokenizer whose file has other values."""

    def call(**values):
        WordTokenizer.train([TEXT]).save(tmp_path)
        (tmp_path / "tokenizer.json").write_text(json.dumps(saved | values))
        return load_tokenizer(tmp_path)

    return call


def replace(content, **pattern):
    return {"type": "Replace", "pattern": pattern, "content": content}


def split(pattern):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


def sequence(*steps):
    return {"type": "Sequence", "normalizers": list(steps)}


ENDLESS = {
    "a long content": ({"normalizer": replace("a" * 10**6, String="a")}, "very long texts"),
    "content that doubles": ({"normalizer": sequence(*[replace("aa", String="a")] * 40)}, "very long texts"),
    "content between characters": ({"normalizer": sequence(*[replace("aa", Regex="")] * 5)}, "very long texts"),
    "a long beginning": ({"normalizer": {"type": "Prepend", "prepend": "a" * 10**6}}, "very long texts"),
    "padding": (
        {
            "padding": {
                "strategy": {"Fixed": 10**9},
                "direction": "Right",
                "pad_to_multiple_of": None,
                "pad_id": 0,
                "pad_type_id": 0,
                "pad_token": "<pad>",
            }
        },
        "pads or truncates",
    ),
    "nested quantifiers": ({"pre_tokenizer": split(r"(a+)+$")}, "endless time"),
    "nested quantifiers of a word": ({"pre_tokenizer": split(r"(?=((?:fox)+)+c)")}, "endless time"),
    "many wildcards": ({"pre_tokenizer": split(r".*.*.*.*.*~")}, "endless time"),
    "a pattern of a replacement": ({"normalizer": replace("b", Regex=r"(a|a)+$")}, "endless time"),
    "a table of characters": ({"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}}, "charsmap"),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_endless_rules_are_refused(load, kind, capfd):
    values, words = ENDLESS[kind]
    began = time.process_time()
    with pytest.raises(ModelError, match=words) as caught:
        load(**values)
    assert "tokenizer.json" in str(caught.value)
    assert time.process_time() - began < 3


def vocabulary(saved, **changes):
    return {"model": saved["model"] | {"vocab": saved["model"]["vocab"] | changes}}


def test_ids_with_a_gap_are_refused(saved, load):
    with pytest.raises(ModelError, match="ids"):
        load(**vocabulary(saved, fox=1000))
    with pytest.raises(ModelError, match="ids"):
        load(**vocabulary(saved, fox=saved["model"]["vocab"]["dog"]))


def test_vocabulary_without_its_unknown_token_is_refused(saved, load):
    with pytest.raises(ModelError, match="UNK"):
        load(model=saved["model"] | {"unk_token": "nothing"})


@pytest.mark.parametrize("kind", [WordTokenizer, WordCharTokenizer])
def test_rules_may_be_none(kind, tmp_path):
    kind.train([TEXT]).save(tmp_path)
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"normalizer": None, "pre_tokenizer": None}))
    tokenizer = load_tokenizer(tmp_path)
    assert tokenizer.tokens("the Dog") == ["the Dog"]
    assert tokenizer.unknown("the Dog") == ["the Dog"]
    assert tokenizer.word_offsets("the Dog") == [("the Dog", 0, 7)]
    assert tokenizer.encode("the") == [tokenizer.words.index("the")]
    assert tokenizer.normalize("The") == "The"
    if kind is WordCharTokenizer:
        assert tokenizer.encode_words([["the", "The"]]) == [[tokenizer.words.index("the"), tokenizer.unk_id]]


def test_other_rules_load(load):
    tokenizer = load(normalizer=sequence(NFC, replace("-", Regex=" +")), pre_tokenizer=split("-"))
    assert tokenizer.tokens("the  fox") == ["the", "-", "fox"]


def test_bpe_vocabulary_that_is_not_of_bytes(tmp_path):
    BPETokenizer.train([TEXT], vocab_size=262).save(tmp_path)
    path = tmp_path / "tokenizer.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["model"]["vocab"]["\u732b"] = len(content["model"]["vocab"])
    path.write_text(json.dumps(content), encoding="utf-8")
    tokenizer = load_tokenizer(tmp_path)
    unknown, known = tokenizer.unknown_and_known
    assert (unknown[-1], known[-1]) == (0, 1)
    assert len(tokenizer.pieces(range(tokenizer.vocab_size))) == tokenizer.vocab_size


def test_sentencepiece_with_bytes_that_are_no_text(tmp_path):
    SentencePieceTokenizer.train([TEXT] * 20, vocab_size=290).save(tmp_path)
    path = tmp_path / "tokenizer.model"
    content = path.read_bytes()
    changed = content.replace(b"\n\x01T\x15", b"\n\x01\xff\x15")  # a piece of one byte
    assert changed != content
    path.write_bytes(changed)
    with pytest.raises(ModelError, match=r"tokenizer\.model.*UTF-8"):
        load_tokenizer(tmp_path)
