from __future__ import annotations

import random

import pytest
import torch

from nlprnn import Tagger, load
from nlprnn.batching import SequenceArray
from nlprnn.errors import ModelError
from nlprnn.pipelines import tagger as tagger_module
from nlprnn.tagging_schemes import find_spans
from nlprnn.text import WordCharTokenizer

TEXTS = ["The cat sat on the mat", "", "Ça va très bien 😀, naïve", " ", "He said “hello” to them, didn’t he?", "你好"]


def test_texts_are_tagged_in_order(make_tagger):
    tagger = make_tagger()
    found = tagger(TEXTS * 20)
    assert [tagged.text for tagged in found] == TEXTS * 20
    for tagged in found:
        assert [tagged.text[start:end] for start, end in tagged.offsets] == tagged.tokens
        assert len(tagged.labels) == len(tagged.tokens)
        assert set(tagged.labels) <= set(tagger.model.labels)
    assert found[1].tokens == found[3].tokens == found[1].spans == []
    assert len({label for tagged in found for label in tagged.labels}) > 1
    assert found == tagger(TEXTS * 20)
    assert tagger([]) == []


def test_spans_follow_from_labels(make_tagger):
    found = make_tagger()(TEXTS)
    assert any(tagged.spans for tagged in found)
    for tagged in found:
        told = [(span.label, span.first, span.last + 1) for span in tagged.spans]
        assert told == find_spans(tagged.labels)
        for span in tagged.spans:
            assert tagged.text[span.start : span.end] == span.text
            assert span.text.startswith(tagged.tokens[span.first])
            assert span.text.endswith(tagged.tokens[span.last])


def test_given_words_are_not_split(make_tagger):
    words = ["doesn't", "New York", "", "(all)"]
    (tagged, empty) = make_tagger()([words, []])
    assert tagged.tokens == words
    assert tagged.text == "doesn't New York  (all)"
    assert [tagged.text[start:end] for start, end in tagged.offsets] == words
    assert empty.tokens == empty.labels == []


def test_text_and_its_words_get_equal_labels(make_tagger):
    tagger = make_tagger()
    tagged = tagger(TEXTS)
    assert [again.labels for again in tagger([text.tokens for text in tagged])] == [text.labels for text in tagged]


def test_labels_are_batch_invariant(make_tagger):
    tagger = make_tagger()
    words = ["the", "cat", "sat", "on", "mat", "hello", "them"]
    texts = [" ".join(random.Random(n).choices(words, k=n)) for n in range(30)]
    together = tagger(texts)
    assert [tagger([text])[0] for text in texts] == together
    assert tagger(texts[::-1])[::-1] == together


def test_labels_without_a_scheme_give_no_spans(make_tagger):
    tagger = make_tagger(labels=("DET", "NOUN", "VERB"))
    assert not tagger.is_span_tagger
    assert all(not tagged.spans for tagged in tagger(TEXTS))


def test_long_words_are_truncated(make_tagger):
    tagger = make_tagger(max_word_length=3)
    first, second, other = (tagger.encode([[word]]).spellings[1].tolist() for word in ("them", "the" * 9, "cat"))
    assert first == second != other


@pytest.mark.parametrize("crf", [True, False])
def test_mean_nll_of_target_labels(make_tagger, crf):
    tagger = make_tagger(crf=crf)
    sentences = [["the", "cat"], [], ["mat"]]
    rows, gold = tagger.encode(sentences), [[1, 2], [], [0]]
    total = 0.0
    for words, labels in zip(sentences, gold, strict=True):
        if words:
            batch = tagger.encode([words]).pad(torch.arange(1).numpy())
            with torch.no_grad():
                total += tagger.model.nll(tagger.model(*batch), batch.mask, torch.tensor([labels])).item()
    assert tagger.mean_nll(rows, SequenceArray.from_sequences(gold)) == pytest.approx(total / 3, rel=1e-5)


def test_dropout_never_acts_on_labels(make_tagger):
    tagger = make_tagger()
    expected = tagger(TEXTS)
    tagger.model.train()
    assert tagger(TEXTS) == expected


def test_single_strings_are_errors(make_tagger):
    with pytest.raises(TypeError, match=r"tagger\(\[text\]\)"):
        make_tagger()("the cat")


@pytest.mark.parametrize("characters", [True, False])
def test_tagger_round_trip(make_tagger, tmp_path, characters):
    tagger = make_tagger(characters=characters)
    tagger.save(tmp_path)
    loaded = load(tmp_path, device="cpu")
    assert isinstance(loaded, Tagger)
    assert loaded(TEXTS) == tagger(TEXTS)


def test_tokenizers_of_other_models_are_errors(make_tagger, make_classifier, tmp_path):
    make_tagger().save(tmp_path / "tagger")
    make_classifier("word").save(tmp_path / "classifier")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / "tagger" / name).write_bytes((tmp_path / "classifier" / name).read_bytes())
    with pytest.raises(ModelError, match=r"tagger.*tokenizer_config.json is damaged, or of another model"):
        load(tmp_path / "tagger")
    model = make_tagger().model
    rich = WordCharTokenizer.train_on_words([["".join(map(chr, range(33, 400)))]])
    with pytest.raises(ModelError, match=r"characters.*different models"):
        Tagger(model, rich)


def test_text_of_many_words_is_read_in_sections(make_tagger, monkeypatch):
    tagger = make_tagger()
    sentences = ["The cat sat on the mat .", "The dog did not .", "She said hello ."]
    whole = tagger([" ".join(sentences)])[0]
    monkeypatch.setattr(tagger_module, "_LONGEST", 8)
    parts, divided = tagger(sentences), tagger([" ".join(sentences)])[0]
    assert divided.tokens == whole.tokens
    assert divided.offsets == whole.offsets
    assert divided.labels == [label for part in parts for label in part.labels]
    assert divided.unknown_words == pytest.approx(whole.unknown_words)
    assert tagger_module._sections(["a"] * 20) == [["a"] * 8, ["a"] * 8, ["a"] * 4]
    assert tagger_module._sections([]) == [[]]
    assert len(tagger(["a " * 20])[0].labels) == 20
