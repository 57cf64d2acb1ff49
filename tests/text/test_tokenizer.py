"""Properties of every tokenizer."""

import copy
import json
import pickle
import unicodedata

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nlprnn.errors import DataError, ModelError
from nlprnn.serialization.registry import Processor
from nlprnn.text import (
    BPETokenizer,
    CharacterTokenizer,
    SentencePieceTokenizer,
    Tokenizer,
    WordTokenizer,
    load_tokenizer,
)
from nlprnn.text.tokenizer import valid_unicode

TEXTS = [
    "The quick brown fox doesn't jump over the lazy dog.",
    "Ein Mädchen läuft über die Straße; der Hund wartet.",
    "我喜欢自然语言处理。今天天气很好！",
    "東京タワーへ行きました。",
    "ฉันรักภาษาไทย",
    "أحبُّ اللُّغةَ العربيّة",
    "שָׁלוֹם עולם",
    "मुझे हिन्दी पसंद है।",
    "👩‍👩‍👧 🇩🇪 👍🏽",
]
CLASSES = [WordTokenizer, CharacterTokenizer, BPETokenizer, SentencePieceTokenizer]
EXACT = [BPETokenizer, SentencePieceTokenizer]
TRAINED = {cls: cls.train(TEXTS * 3) for cls in CLASSES}
AWKWARD = [
    "",
    " ",
    "\0",
    "\ud800 lone \udfff",
    "a  b\t\tc\r\n\n d ",
    "<pad> <s> </s> <unk> <0x41>",
    "n't 's -lrb- '",
    "\u2028\u200b\ufeff\U0010ffff",
    "é e\u0301 \u0301",
]

every_tokenizer = pytest.mark.parametrize("tokenizer", TRAINED.values(), ids=lambda t: t.kind)
every_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.kind)
any_text = st.text(st.characters(), max_size=60)
quick = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@every_tokenizer
@given(text=any_text)
@quick
def test_encoding_has_no_padding_begin_or_end(tokenizer, text):
    ids = tokenizer.encode(text)
    assert all(0 <= index < tokenizer.vocab_size for index in ids)
    assert not {tokenizer.pad_id, tokenizer.bos_id, tokenizer.eos_id} & set(ids)
    assert len(tokenizer.tokens(text)) == len(ids)
    if "<unk>" not in text:  # which a tokenizer may know as a word
        assert bool(tokenizer.unknown(text)) == (tokenizer.unk_id in ids)


@every_tokenizer
@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_text_decodes_to_printable_text(tokenizer, text):
    tokenizer.decode(tokenizer.encode(text)).encode("utf-8")
    for piece in [*tokenizer.tokens(text), *tokenizer.unknown(text)]:
        piece.encode("utf-8")


@every_tokenizer
@given(text=any_text)
@example(text="İstanbul don’t e\u0301tude 喜欢 👩‍👩‍👧<br />")
@example(text="\ud83d\ude00 lone \udfff")
@quick
def test_offsets_are_within_the_text_and_ordered(tokenizer, text):
    offsets = tokenizer.offsets(text)
    if isinstance(tokenizer, SentencePieceTokenizer):
        assert offsets is None
        return
    assert len(offsets) == len(tokenizer.tokens(text))
    assert all(0 <= begin <= end <= len(valid_unicode(text)) for begin, end in offsets)
    assert offsets == sorted(offsets)


def test_offsets_of_words_hold_the_original_text():
    text = "The quick  brown FOX doesn’t\njump<br />über 我喜欢"
    tokenizer = TRAINED[WordTokenizer]
    written = [text[begin:end] for begin, end in tokenizer.offsets(text)]
    assert written == ["The", "quick", "brown", "FOX", "does", "n’t", "jump", "über", "我", "喜", "欢"]


@every_tokenizer
@pytest.mark.parametrize("text", ["a" * 100_000, "我" * 100_000, "don't " * 20_000, "a.b-" * 25_000, "😀" * 100_000])
def test_line_of_100000_characters_is_encoded_fast(tokenizer, text):
    assert tokenizer.encode(text)


@every_tokenizer
@given(text=any_text)
@example(text="<s> </s>")
@quick
def test_encoding_decoded_text_adds_no_special_id(tokenizer, text):
    once = tokenizer.encode(text)
    assert not {0, 2, 3} & set(tokenizer.encode(tokenizer.decode(once)))


@pytest.mark.parametrize("cls", EXACT, ids=lambda c: c.kind)
@given(text=st.text(max_size=60))
@example(text="a  b\t\tc\r\n\n d ")
@example(text="  two in front, two at the end  ")
@example(text="<pad></s> <unk> <0x41> \0")
@quick
def test_subwords_round_trip_any_text(cls, text):
    text = text.replace("\u2581", "")  # SentencePiece's mark for a space
    assert TRAINED[cls].decode(TRAINED[cls].encode(text)) == unicodedata.normalize("NFC", text)


@given(text=st.text(st.sampled_from(sorted(set("".join(TEXTS)))), max_size=200))
@quick
def test_known_characters_round_trip(text):
    tokenizer = TRAINED[CharacterTokenizer]
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.unknown(text) == []


@every_tokenizer
def test_batch_equals_its_texts_one_by_one(tokenizer):
    texts = TEXTS + AWKWARD
    rows = tokenizer.encode_batch(texts)
    assert rows == [tokenizer.encode(text) for text in texts]
    assert tokenizer.decode_batch(rows) == [tokenizer.decode(row) for row in rows]
    assert tokenizer.encode_batch([]) == tokenizer.decode_batch([]) == []


@every_tokenizer
def test_decoding_skips_padding_begin_and_end(tokenizer):
    ids = tokenizer.encode(TEXTS[0])
    assert tokenizer.decode([2, *ids, 3, 0, 0]) == tokenizer.decode(ids)
    assert tokenizer.decode([2, 3, 0]) == ""


@every_tokenizer
@pytest.mark.parametrize("outside", [-1, "vocab_size"])
def test_id_outside_the_vocabulary_is_an_error(tokenizer, outside):
    index = tokenizer.vocab_size if outside == "vocab_size" else outside
    with pytest.raises(DataError, match=rf"Id {index} is outside the vocabulary of {tokenizer.vocab_size}"):
        tokenizer.decode_batch([[5], [5, index]])


@every_class
def test_training_is_deterministic(cls, tmp_path):
    for name in ("one", "two"):
        cls.train(iter(TEXTS * 20)).save(tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 2
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@every_class
@pytest.mark.parametrize("texts", [[], ["", ""]])
def test_training_on_no_text_is_an_error(cls, texts):
    with pytest.raises(DataError, match="empty"):
        cls.train(texts)


@every_class
def test_training_on_one_string_is_an_error(cls):
    with pytest.raises(DataError, match="list"):
        cls.train("one string")


@every_tokenizer
def test_one_string_as_batch_is_an_error(tokenizer):
    with pytest.raises(DataError, match="list"):
        tokenizer.encode_batch("one string")


@every_tokenizer
def test_save_and_load_round_trip(tokenizer, tmp_path):
    tokenizer.save(tmp_path)
    for loaded in (load_tokenizer(tmp_path), type(tokenizer).load(str(tmp_path))):
        assert type(loaded) is type(tokenizer)
        assert loaded.vocab_size == tokenizer.vocab_size
        rows = tokenizer.encode_batch(TEXTS + AWKWARD)
        assert loaded.encode_batch(TEXTS + AWKWARD) == rows
        assert loaded.decode_batch(rows) == tokenizer.decode_batch(rows)


@every_tokenizer
def test_saving_replaces_another_tokenizer(tokenizer, tmp_path):
    type(tokenizer).train(["another text"] * 3).save(tmp_path / "new" / "folder")
    tokenizer.save(tmp_path / "new" / "folder")
    assert load_tokenizer(tmp_path / "new" / "folder").encode(TEXTS[0]) == tokenizer.encode(TEXTS[0])
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 2


@every_tokenizer
def test_copies_and_pickles_encode_equally(tokenizer):
    for other in (copy.deepcopy(tokenizer), pickle.loads(pickle.dumps(tokenizer))):
        assert other.encode_batch(TEXTS) == tokenizer.encode_batch(TEXTS)


@every_tokenizer
@pytest.mark.parametrize("damage", ["missing", "empty", "junk", "half", "wrong JSON"])
@pytest.mark.parametrize("which", ["configuration", "vocabulary"])
def test_damaged_file_is_named(tokenizer, damage, which, tmp_path):
    tokenizer.save(tmp_path)
    path = tmp_path / "tokenizer_config.json"
    if which == "vocabulary":
        (path,) = set(tmp_path.iterdir()) - {path}
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        new = {
            "empty": b"",
            "junk": b"\xff\xfejunk",
            "half": content[: len(content) // 2],
            "wrong JSON": b"[1]",
        }
        path.write_bytes(new[damage])
    with pytest.raises(ModelError, match=path.name):
        load_tokenizer(tmp_path)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"format_version": 99, "kind": "word"}, "upgrade"),
        ({"format_version": 1, "kind": "os.system"}, "known are word"),
        ({"format_version": 1, "kind": "unigram"}, "kind 'unigram'; known are word"),  # of an older nlprnn
        ({"format_version": 1, "kind": ["word"]}, "known are word"),
        ({"format_version": 1}, "known are word"),
        ({"kind": "word"}, "format_version"),
        ({"format_version": "1", "kind": "word"}, "format_version"),
    ],
)
def test_other_kind_or_version_is_an_error(config, message, tmp_path):
    TRAINED[WordTokenizer].save(tmp_path)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match=message):
        load_tokenizer(tmp_path)


@every_class
def test_tokenizers_are_processors(cls):
    assert issubclass(cls, Tokenizer)
    assert isinstance(TRAINED[cls], Processor)


def test_loading_with_another_class_names_both_kinds(tmp_path):
    TRAINED[WordTokenizer].save(tmp_path)
    with pytest.raises(ModelError, match="'word', not 'character'"):
        CharacterTokenizer.load(tmp_path)


def test_vocabulary_without_special_ids_is_an_error(tmp_path):
    tokenizer = TRAINED[BPETokenizer]
    tokenizer.save(tmp_path)
    path = tmp_path / "tokenizer.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"<pad>"', '"[PAD]"'), encoding="utf-8")
    with pytest.raises(ModelError, match="<pad>"):
        load_tokenizer(tmp_path)


@pytest.mark.parametrize("characters", [[], ["ab"], ["a", "a"], [1], "ab"])
def test_damaged_list_of_characters_is_an_error(characters, tmp_path):
    TRAINED[CharacterTokenizer].save(tmp_path)
    (tmp_path / "tokenizer.json").write_text(json.dumps({"characters": characters}), encoding="utf-8")
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        load_tokenizer(tmp_path)


@every_tokenizer
@given(text=any_text)
@quick
def test_context_free_text_matches_decoding(tokenizer, text):
    ids = [token for token in tokenizer.encode(text) if token != tokenizer.unk_id]
    texts = [tokenizer.context_free_text(token) for token in ids]
    if None not in texts:
        assert "".join(texts) == tokenizer.decode(ids)
    assert tokenizer.kind != "character" or None not in texts
