"""Explanations of models whose answer is known, and what holds for those of any model."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from nlprnn import Classifier
from nlprnn.errors import ModelError
from nlprnn.interpret import attribution, explain
from nlprnn.interpret.attribution import attention_weights, log_odds
from nlprnn.interpret.saliency import METHODS
from nlprnn.models import EnsembleClassifier, TextClassifier
from nlprnn.models.ngram_linear import NgramLinear, ngram_keys
from nlprnn.modules import AttentionPooling, Embedding, MeanPooling, OutputHead, RecurrentEncoder
from nlprnn.text import BPETokenizer, SentencePieceTokenizer, WordTokenizer

WORDS = ["the", "cat", "sat", "on", "mat", "and", "dog", "did", "not", "she", "said", "hello", "to", "all", "of", "it"]
TEXTS = ["the cat sat", "", "the dog did not say zzz to it , and the mat", "hello", "  ", "cat " * 200]


class Elementwise(nn.Module):
    """An encoder that sees each token alone."""

    bidirectional = False

    def __init__(self, size, function):
        super().__init__()
        self.input_size = self.output_size = size
        self.function = function

    def forward(self, vectors, mask):
        return self.function(vectors), None


def two_channel_classifier(encoder, *, pooling=MeanPooling, labels=("bad", "good"), **options):
    """A classifier whose embedding has trained vectors and fixed ones beside them."""
    torch.manual_seed(1)
    tokenizer = WordTokenizer.train([" ".join(WORDS)], extra_words=["say"])
    embedding = Embedding(
        tokenizer.vocab_size, 3, pretrained_dim=2, num_trained=tokenizer.vocab_size - 1, word_dropout=0.5, dropout=0.5
    )
    embedding.load_vectors(torch.randn(tokenizer.vocab_size, 2))
    pool = pooling(encoder.output_size)
    head = OutputHead(pool.output_size, len(labels), dropout=0.5)
    nn.init.normal_(head.layers[-1].bias)
    model = TextClassifier(
        embedding=embedding, encoder=encoder, pooling=pool, head=head, labels=labels, max_length=50, **options
    )
    return Classifier(model, tokenizer)


def recurrent_classifier(cell="lstm", **options):
    """A deep recurrent one, shaken so that it is far from linear, with attention pooling unless told otherwise."""
    torch.manual_seed(0)
    encoder = RecurrentEncoder(5, 6, cell=cell, num_layers=2, bidirectional=True, dropout=0.5, weight_dropout=0.5)
    options = {"pooling": AttentionPooling, "labels": ("one", "two", "three"), **options}
    classifier = two_channel_classifier(encoder, **options)
    with torch.no_grad():
        for parameter in classifier.model.parameters():
            parameter.normal_(std=0.6)
        classifier.model.embedding.weight[0].zero_()
    return classifier


def head_difference(classifier):
    """The weights of the second class less those of the first."""
    first, second = classifier.model.head.layers[-1].weight.detach()
    return second - first


@pytest.mark.parametrize("method", ["integrated-gradients", "gradient-x-input"])
def test_linear_model_scores_are_exact_shares(method):
    classifier = two_channel_classifier(Elementwise(5, lambda x: x))
    difference = head_difference(classifier)
    for found in explain(classifier, TEXTS, method=method, label="good"):
        ids = torch.tensor(classifier.tokenizer.encode(found.text)[:50], dtype=torch.int64)
        vectors = classifier.model.embedding(ids).detach()
        assert found.scores == pytest.approx((vectors @ difference / max(1, len(ids))).numpy(), abs=1e-6)
        assert found.logit - found.baseline == pytest.approx(found.scores.sum(), abs=1e-5)
        bias = classifier.model.head.layers[-1].bias.detach()
        assert found.baseline == pytest.approx(float(bias[1] - bias[0]), abs=1e-6)


@pytest.mark.parametrize("steps", [1, 2, 9])
def test_integrated_gradients_are_exact_on_a_quadratic(steps):
    classifier = two_channel_classifier(Elementwise(5, torch.square))
    [found] = explain(classifier, ["the dog did not say zzz"], label="good", steps=steps)
    [rough] = explain(classifier, ["the dog did not say zzz"], label="good", method="gradient-x-input")
    ids = torch.tensor(classifier.tokenizer.encode(found.text))
    squares = classifier.model.embedding(ids).detach().square()
    assert found.scores == pytest.approx((squares @ head_difference(classifier) / len(ids)).numpy(), abs=1e-5)
    assert rough.scores == pytest.approx(2 * found.scores, abs=1e-5)
    assert found.gap == pytest.approx(0, abs=1e-5)
    assert rough.gap is None


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_integrated_gradients_are_complete(cell):
    classifier = recurrent_classifier(cell)
    gaps = {}
    for steps in (2, 100):
        found = list(explain(classifier, TEXTS[:-1], label="two", steps=steps))
        for one in found:
            assert one.scores.sum() == pytest.approx(one.logit - one.baseline + one.gap)
        gaps[steps] = max(abs(one.gap) for one in found)
    assert gaps[100] < 1e-3
    assert gaps[100] < gaps[2]
    assert max(abs(one.logit - one.baseline) for one in found) > 0.1


def with_pairs(classifier, **weights):
    """An ensemble of a classifier and an n-gram model on all n-grams of `TEXTS`, with random weights."""
    model, tokenizer = classifier.model, classifier.tokenizer
    ids, mask = classifier.encode(TEXTS).pad(np.arange(len(TEXTS)))
    keys = ngram_keys(ids, mask, order=2, vocab_size=tokenizer.vocab_size, unknown_id=tokenizer.unk_id).unique()[1:]
    ngrams = NgramLinear(len(keys), len(model.labels), order=2, vocab_size=tokenizer.vocab_size)
    ngrams.load_ngrams(keys, torch.ones(len(keys)))
    ngrams.load_weights(torch.randn(len(keys), len(model.labels)), torch.randn(len(model.labels)))
    return Classifier(EnsembleClassifier(network=model, ngrams=ngrams, **weights), tokenizer)


@pytest.mark.parametrize("method", ["integrated-gradients", "gradient-x-input"])
def test_ngram_scores_are_exact_shares(method):
    classifier = with_pairs(two_channel_classifier(Elementwise(5, lambda x: 0 * x)))
    for found in explain(classifier, TEXTS, method=method, label="good"):
        ids = torch.tensor([classifier.tokenizer.encode(found.text)[:50]], dtype=torch.int64)
        shares = classifier.model.ngrams.contributions(ids, torch.ones_like(ids, dtype=torch.bool))[0]
        assert found.scores == pytest.approx((shares[:, 1] - shares[:, 0]).numpy(), abs=1e-5)
        assert bool(found.scores.any()) == bool(found.tokens)


@pytest.mark.parametrize("limit", [None, 120], ids=["equal limits", "longer for n-grams"])
def test_integrated_gradients_are_complete_with_ngrams(limit):
    classifier = with_pairs(recurrent_classifier(), network_weight=0.7, ngram_weight=1.5, ngram_max_length=limit)
    for found in explain(classifier, TEXTS, steps=300):
        assert len(found.scores) == len(found.tokens) <= (limit or 50)
        assert abs(found.gap) < 2e-3
        assert found.logit == pytest.approx(np.log(found.probability / (1 - found.probability)), abs=1e-2)


def test_attention_is_zero_where_only_the_ngrams_read():
    network = recurrent_classifier()
    ensemble = with_pairs(network, ngram_max_length=120)
    (alone,), (both,) = (list(explain(one, ["cat " * 70 + "sat"], method="attention")) for one in (network, ensemble))
    assert (len(alone.tokens), len(both.tokens)) == (50, 71)
    assert both.scores == pytest.approx(np.concatenate([alone.scores, np.zeros(21)]), abs=1e-6)


def test_logit_is_the_log_odds_of_the_probability():
    classifier = recurrent_classifier()
    for text, found, prediction in zip(TEXTS, explain(classifier, TEXTS), classifier(TEXTS), strict=True):
        assert (found.text, found.label, found.prediction) == (text, prediction.label, prediction.label)
        assert found.probability == pytest.approx(prediction.probability, abs=1e-6)
        assert found.logit == pytest.approx(np.log(found.probability / (1 - found.probability)), abs=1e-4)


def test_scores_are_invariant_to_a_shift_of_logits():
    classifier = recurrent_classifier()
    [before] = explain(classifier, ["the cat sat on zzz"])
    head = classifier.model.head.layers[-1]
    with torch.no_grad():
        head.weight += torch.randn(1, head.in_features)
    [after] = explain(classifier, ["the cat sat on zzz"])
    assert after.scores == pytest.approx(before.scores, abs=1e-4)


def test_log_odds_stay_finite_near_one():
    logits = torch.tensor([[80.0, -80.0, 0.0], [0.0, 0.0, 0.0]], requires_grad=True)
    found = log_odds(logits, torch.tensor([0, 2]))
    assert found.tolist() == pytest.approx([80, -np.log(2)])
    found.sum().backward()
    assert logits.grad.isfinite().all()


def test_scores_of_two_classes_are_opposite():
    classifier = recurrent_classifier(labels=("bad", "good"))
    pair = [list(explain(classifier, TEXTS, label=label)) for label in ("bad", "good")]
    for bad, good in zip(*pair, strict=True):
        assert bad.scores == pytest.approx(-good.scores, abs=1e-5)
        assert bad.probability + good.probability == pytest.approx(1)
        assert bad.prediction == good.prediction


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_scores_are_batch_invariant(monkeypatch, method, cell):
    classifier = recurrent_classifier(cell)
    texts, options = TEXTS * 4, {"method": method, "steps": 8}
    together = list(explain(classifier, texts, **options))
    monkeypatch.setattr(attribution, "MAX_TOKENS", 64)  # steps of one text in several batches
    monkeypatch.setattr(attribution, "MAX_ROWS", 7)
    for text, found in zip(texts[:6], together[-6:], strict=True):
        [alone] = explain(classifier, [text], **options)
        assert alone.scores == pytest.approx(found.scores, abs=2e-5)
        assert alone.logit == pytest.approx(found.logit, abs=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_no_dropout_and_no_gradients_remain(method):
    classifier = recurrent_classifier()
    [before] = explain(classifier, ["the cat sat on the mat"], method=method)
    classifier.model.train()
    with torch.inference_mode():
        [after] = explain(classifier, ["the cat sat on the mat"], method=method)
    assert after.scores.tolist() == before.scores.tolist()
    assert all(parameter.grad is None for parameter in classifier.model.parameters())


def test_attention_is_the_pooling_weights():
    classifier = recurrent_classifier()
    model = classifier.model.eval()
    for found in explain(classifier, TEXTS, method="attention"):
        assert (found.logit, found.baseline, found.gap) == (None, None, None)
        if not found.tokens:
            assert not len(found.scores)
            continue
        assert found.scores.sum() == pytest.approx(1)
        ids = torch.tensor([classifier.tokenizer.encode(found.text)[:50]])
        outputs, _ = model.encoder(model.embedding(ids), None)
        weights = model.pooling.weights(outputs, torch.ones_like(ids, dtype=torch.bool))[0]
        assert found.scores == pytest.approx(weights.detach().numpy(), abs=1e-6)
        vector = torch.from_numpy(found.scores).float() @ outputs[0]
        assert torch.allclose(vector, model.pooling(outputs, torch.ones_like(ids, dtype=torch.bool))[0], atol=1e-5)
    assert attention_weights(classifier, classifier.encode([])).shape == (0,)


def test_decisive_word_gets_the_highest_score():
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    tokenizer = WordTokenizer.train([" ".join([*WORDS, "superb"])])
    encoder = RecurrentEncoder(8, 8, bidirectional=True)
    model = TextClassifier(
        embedding=Embedding(tokenizer.vocab_size, 8, std=0.3),
        encoder=encoder,
        pooling=AttentionPooling(16),
        head=OutputHead(16, 2),
        labels=["dull", "good"],
    )

    def texts(number):
        rows = [list(rng.choice(WORDS, 9)) for _ in range(number)]
        for row in rows[: number // 2]:
            row[rng.integers(9)] = "superb"
        return [" ".join(row) for row in rows], torch.arange(number) < number // 2

    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(50):
        rows, gold = texts(32)
        logits = model(torch.tensor(tokenizer.encode_batch(rows)), torch.ones(32, 9, dtype=torch.bool))
        optimizer.zero_grad()
        nn.functional.cross_entropy(logits, gold.long()).backward()
        optimizer.step()
    for found in explain(Classifier(model, tokenizer), texts(40)[0][:20]):
        assert found.prediction == "good"
        assert found.tokens[int(found.scores.argmax())] == "superb"
        assert found.scores.max() > 0


def test_long_texts_are_marked_as_truncated():
    classifier = recurrent_classifier()
    long, fits = explain(classifier, ["cat " * 100, "cat " * 50])
    assert (long.truncated, fits.truncated) == (True, False)
    assert len(long.tokens) == len(long.scores) == len(long.spans) == len(long.unknown) == 50
    assert long.scores == pytest.approx(fits.scores, abs=1e-6)
    assert long.text == "cat " * 100


@pytest.mark.parametrize(("truncate", "truncated_at"), [("head", 50), ("tail", 0), ("both", 25)])
def test_tokens_are_those_the_model_reads(truncate, truncated_at):
    classifier = recurrent_classifier()
    classifier.model.truncate = truncate
    words = [WORDS[n % len(WORDS)] for n in range(90)]
    read = list(classifier.model.truncate_tokens(words))
    long, fits = explain(classifier, [" ".join(words), " ".join(read)])
    assert (long.truncated_at, fits.truncated_at) == (truncated_at, None)
    assert long.tokens == fits.tokens == read
    assert long.scores == pytest.approx(fits.scores, abs=1e-6)
    assert [long.text[begin:end] for begin, end in long.spans] == read


def test_tokens_have_offsets_and_unknown_marks():
    [found] = explain(recurrent_classifier(), ["The cat\n said:  zzz! say"])
    assert found.tokens == ["the", "cat", "said", ":", "zzz", "!", "say"]
    assert [found.text[begin:end] for begin, end in found.spans] == ["The", "cat", "said", ":", "zzz", "!", "say"]
    assert found.unknown == [False, False, False, True, True, True, False]


@pytest.mark.parametrize("tokenizer", [BPETokenizer, SentencePieceTokenizer])
def test_subwords_are_explained(tokenizer):
    tokenizer = tokenizer.train([" ".join(WORDS)] * 3, vocab_size=300)
    model = TextClassifier(
        embedding=Embedding(tokenizer.vocab_size, 4),
        encoder=RecurrentEncoder(4, 3),
        pooling=MeanPooling(3),
        head=OutputHead(3, 2),
        labels=["a", "b"],
    )
    [found] = explain(Classifier(model, tokenizer), ["the cat 世"])
    assert len(found.tokens) == len(found.scores) > 4
    assert (found.spans is None) == isinstance(tokenizer, SentencePieceTokenizer)
    assert not any(found.unknown)


@pytest.mark.parametrize("method", METHODS)
def test_texts_stream_in_order_and_as_they_arrive(method):
    taken = []

    def source():
        for number in range(300):
            taken.append(f"the cat said {WORDS[number % 16]}")
            yield taken[-1]

    found = explain(recurrent_classifier(), source(), method=method, steps=2)
    first = next(found)
    assert len(taken) < 300
    assert [first.text, *(one.text for one in found)] == taken


def test_invalid_arguments_raise_immediately():
    classifier = two_channel_classifier(Elementwise(5, lambda x: x))
    with pytest.raises(ModelError, match=r"MeanPooling.*--pooling attention"):
        explain(classifier, ["x"], method="attention")
    with pytest.raises(ModelError, match="single class 'only'"):
        explain(two_channel_classifier(Elementwise(5, lambda x: x), labels=("only",)), ["x"])
    with pytest.raises(ValueError, match=r"'lime'.*integrated-gradients"):
        explain(classifier, ["x"], method="lime")
    with pytest.raises(ValueError, match=r"'fine'.*bad, good"):
        explain(classifier, ["x"], label="fine")
    with pytest.raises(ValueError, match="positive, got 0"):
        explain(classifier, ["x"], steps=0)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_gpu_matches_cpu(cell):
    classifier = recurrent_classifier(cell)
    here = [found for method in METHODS for found in explain(classifier, TEXTS, method=method)]
    classifier.model.cuda()
    there = [found for method in METHODS for found in explain(classifier, TEXTS, method=method)]
    for one, other in zip(here, there, strict=True):
        assert other.scores == pytest.approx(one.scores, abs=1e-2)  # cuDNN multiplies in TF32
