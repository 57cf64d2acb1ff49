from __future__ import annotations

import pytest
import torch

from nlprnn import Regressor, load
from nlprnn.models import EnsembleRegressor, TextRegressor
from nlprnn.models.ngram_linear import NgramLinear, ngram_keys
from nlprnn.modules import Embedding, MaxPooling, OutputHead, RecurrentEncoder
from nlprnn.text import WordTokenizer

TEXTS = ["the cat sat on the mat", "", "a dog", "the cat " * 30]


@pytest.fixture
def regressor():
    torch.manual_seed(0)
    tokenizer = WordTokenizer.train(TEXTS)
    model = TextRegressor(
        embedding=Embedding(tokenizer.vocab_size, 4),
        encoder=RecurrentEncoder(4, 3),
        pooling=MaxPooling(3),
        head=OutputHead(3, 1),
        mean=100.0,
        std=5.0,
        max_length=20,
    )
    return Regressor(model.eval(), tokenizer)


@pytest.fixture
def ensemble(regressor):
    ids = torch.tensor([regressor.tokenizer.encode(TEXTS[0])])
    vocab_size = regressor.tokenizer.vocab_size
    keys = ngram_keys(ids, torch.ones_like(ids).bool(), order=2, vocab_size=vocab_size, unknown_id=1).unique()[1:]
    ngrams = NgramLinear(len(keys), 1, order=2, vocab_size=vocab_size)
    ngrams.load_ngrams(keys, torch.ones(len(keys)))
    ngrams.load_weights(torch.randn(len(keys), 1), torch.randn(1))
    model = EnsembleRegressor(network=regressor.model, ngrams=ngrams, network_weight=0.5, ngram_weight=2.0)
    return Regressor(model.eval(), regressor.tokenizer)


def test_numbers_are_batch_invariant_and_in_the_unit_of_the_data(regressor):
    together = regressor(TEXTS)
    for text, number in zip(TEXTS, together, strict=True):
        assert regressor([text])[0] == pytest.approx(number, abs=1e-4)
        assert 70 < number < 130
    assert list(regressor.predict_iter(TEXTS)) == list(zip(TEXTS, together, strict=True))
    assert regressor([]) == []


def test_long_texts_are_truncated(regressor):
    assert regressor.network_model.max_length == 20
    assert regressor(["the cat " * 30]) == regressor(["the cat " * 10])


def test_network_leaves_out_the_ngrams(regressor, ensemble):
    assert regressor.network is regressor
    assert ensemble(TEXTS) != regressor(TEXTS)
    assert ensemble.network(TEXTS) == regressor(TEXTS)
    assert ensemble.network_model is regressor.model


@pytest.mark.parametrize("name", ["regressor", "ensemble"])
def test_regressor_round_trip(request, name, tmp_path):
    pipeline = request.getfixturevalue(name)
    pipeline.save(tmp_path)
    loaded = load(tmp_path, device="cpu")
    assert isinstance(loaded, Regressor)
    assert type(loaded.model) is type(pipeline.model)
    assert loaded(TEXTS) == pipeline(TEXTS)


def test_numbers_are_formatted_to_a_thousandth_of_the_deviation(regressor):
    assert regressor.format(101.23456) == "101.23"
    assert regressor.format(101.23456, extra_digits=2) == "101.2346"
    assert regressor.format(1234567.8) == "1234567.8"


def test_single_strings_are_errors(regressor):
    with pytest.raises(TypeError, match=r"regressor\(\[text\]\)"):
        regressor("the cat")
