"""Models that have grown: old rows bit for bit, and the old predictions on old input."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlprnn import Classifier, Generator, Tagger
from nlprnn.models import BidirectionalLanguageModel, TextClassifier
from nlprnn.modules import Embedding, LinearChainCRF, MaxPooling, OutputHead, RecurrentEncoder
from nlprnn.tasks.adaptation.grown_model import GrownModel
from nlprnn.tasks.adaptation.grown_vocabulary import grow_characters, grow_words
from nlprnn.text import WordPieceTokenizer, WordTokenizer

MANY = settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])  # they build anew
TEXTS = ["The cat sat on the mat, and the dog did not.", "She said hello to all of them.", "A cat, a dog, a mat."]
NEW = ["tram", "harbour", "cat", "ship"]


@MANY
@given(new=st.lists(st.sampled_from(["tram", "harbour", "cat", "sat", "naïve", "ship"]), max_size=6))
def test_a_classifier_predicts_as_before(make_classifier, new):
    former = make_classifier()
    grown = GrownModel(former.model, "former")
    words = grow_words(former.tokenizer, new)
    grown.grow_embedding("embedding", words)
    model = Classifier(grown.build(), words.tokenizer)
    before, after = former.model.embedding.weight, model.model.embedding.weight
    assert torch.equal(before, after[: len(before)])
    assert len(after) == len(before) + len(set(new) - set(former.tokenizer.words))
    texts = [*TEXTS, "a tram to the harbour"]  # a new word is read as the unknown word was
    assert np.array_equal(model.outputs(model.encode(texts)), former.outputs(former.encode(texts)))


@pytest.mark.parametrize("several", [False, True])
def test_new_labels_leave_the_logits_of_the_old_ones(make_classifier, several):
    former = make_classifier()
    labels = [*former.model.labels, "four", "five"]
    grown = GrownModel(former.model, "former")
    new = () if several else range(3)
    grown.set_labels(labels, [[0], [1], [2], new, new])
    model = Classifier(grown.build(), former.tokenizer)
    before, after = (one.outputs(one.encode(TEXTS)) for one in (former, model))
    assert np.allclose(after[:, :3], before, atol=1e-6)
    if several:
        assert np.allclose(after[:, 3:], -2.0)
    else:
        assert (after.argmax(axis=1) == before.argmax(axis=1)).all()
        assert np.allclose(after[:, 3], before.mean(axis=1), atol=1e-5)
    assert former.model.labels == labels[:3]


def test_words_of_fixed_vectors_become_trained_ones():
    rng = np.random.default_rng(0)
    tokenizer = WordTokenizer.train(TEXTS).extended(["tram", "harbour"])
    size, trained = tokenizer.vocab_size, tokenizer.vocab_size - 2
    embedding = Embedding(size, 3, pretrained_dim=2, num_trained=trained)
    embedding.load_vectors(torch.from_numpy(rng.standard_normal((size, 2), dtype=np.float32)))
    encoder = RecurrentEncoder(5, 4, bidirectional=True)
    head, pooling = OutputHead(8, 2), MaxPooling(8)
    model = TextClassifier(embedding=embedding, encoder=encoder, pooling=pooling, head=head, labels=["a", "b"]).eval()
    former = Classifier(model, tokenizer)
    grown = GrownModel(model, "former")
    words = grow_words(tokenizer, ["harbour", "ship"], num_trained=trained)
    grown.grow_embedding("embedding", words)
    after = Classifier(grown.build(), words.tokenizer)
    assert words.num_trained == trained + 2
    assert words.tokenizer.words[trained:] == ["harbour", "ship", "tram"]
    assert torch.equal(after.model.embedding.weight[:trained], embedding.weight)
    texts = ["the tram sat", "a ship in the harbour", "the cat"]
    assert np.allclose(after.outputs(after.encode(texts)), former.outputs(former.encode(texts)), atol=1e-6)


def test_a_new_word_is_the_mean_of_its_pieces():
    texts = ["walking talking walked talked"] * 3 + ["walks stalks balks chalked"]
    tokenizer = WordPieceTokenizer.train(texts, min_frequency=2, num_pieces=40)
    (ids,) = tokenizer.encode_batch(["stalks"])
    assert len(ids) > 1
    words = grow_words(tokenizer, ["stalks", "walking"])
    new = words.tokenizer.encode_batch(["stalks"])[0]
    assert new == [tokenizer.vocab_size]
    assert list(words.pieces.values()) == [ids]


@MANY
@given(new=st.lists(st.sampled_from("øßЖ你tx"), min_size=1, max_size=5))
def test_a_language_model_predicts_as_before(make_generator, new):
    former = make_generator()
    grown = GrownModel(former.model, "former")
    characters = grow_characters(former.tokenizer, new)
    grown.grow_embedding("embedding", characters)
    grown.grow_output(characters, former.tokenizer.unk_id)
    model = Generator(grown.build(), characters.tokenizer)
    ids = torch.from_numpy(former.encode([TEXTS[0]])).long()[None]
    with torch.inference_mode():
        before, after = (
            one.logits(one(ids).vectors).double().log_softmax(dim=-1) for one in (former.model, model.model)
        )
    unknown = former.tokenizer.unk_id
    kept = [index for index in range(before.size(-1)) if index != unknown]
    assert torch.allclose(after[..., kept], before[..., kept], atol=1e-6)
    shared = torch.cat([after[..., unknown, None], after[..., before.size(-1) :]], dim=-1).logsumexp(dim=-1)
    assert torch.allclose(shared, before[..., unknown], atol=1e-6)


def test_a_tied_output_layer_grows_with_its_embedding():
    tokenizer = WordTokenizer.train(TEXTS)
    encoder = RecurrentEncoder(4, 3, bidirectional=True)
    model = BidirectionalLanguageModel(embedding=Embedding(tokenizer.vocab_size, 4), encoder=encoder).eval()
    grown, words = GrownModel(model, "former"), grow_words(tokenizer, NEW)
    grown.grow_output(words, tokenizer.unk_id)
    grown.grow_embedding("embedding", words)
    after = grown.build()
    vectors = torch.randn(5, 4)
    before, new = (torch.addmm(b, vectors, w.T).log_softmax(1) for w, b in (model.output_layer, after.output_layer))
    kept = [index for index in range(tokenizer.vocab_size) if index != tokenizer.unk_id]
    assert torch.allclose(before[:, kept], new[:, kept], atol=1e-6)


@MANY
@given(new=st.lists(st.sampled_from(NEW), max_size=4), kinds=st.sampled_from([(), ("Y",), ("Y", "Z")]))
def test_a_tagger_scores_as_before(make_tagger, new, kinds):
    former = make_tagger()
    labels = ["O", "B-X", "I-X", *(f"{prefix}-{kind}" for kind in kinds for prefix in "BI")]
    similar = [[0], [1], [2], *[[1], [2]] * len(kinds)]
    grown = GrownModel(former.model, "former")
    grown.set_labels(labels, similar)
    grown.set_crf(labels, similar)
    words = grow_words(former.tokenizer, new)
    grown.grow_embedding("embedding", words)
    model = Tagger(grown.build(), words.tokenizer)
    before, after = former.model.crf, model.model.crf
    assert torch.equal(after.transitions[:3, :3], before.transitions)
    assert torch.equal(after.start[:3], before.start)
    assert torch.equal(after.end[:3], before.end)
    assert isinstance(after, LinearChainCRF)
    assert after.scheme_labels == labels
    rows = [text.split() for text in TEXTS]
    scores = [next(one._scored(one.encode(rows)))[1][..., :3] for one in (former, model)]
    assert torch.allclose(*scores, atol=1e-6)
    if not kinds:
        assert model.labels(model.encode(rows)) == former.labels(former.encode(rows))


def test_growing_changes_nothing_of_the_former_model(make_tagger):
    former = make_tagger()
    before = copy.deepcopy(former.model.state_dict())
    grown = GrownModel(former.model, "former")
    characters = grow_characters(former.tokenizer.characters, "øЖ")
    grown.grow_embedding("characters", characters, table="characters.table")
    grown.set("head.dropout", 0.9)
    after = grown.build()
    assert after.characters.num_embeddings == former.model.characters.num_embeddings + 2
    assert after.head.dropout == 0.9
    assert former.model.head.dropout == 0.0
    for name, tensor in former.model.state_dict().items():
        assert torch.equal(tensor, before[name])
