"""Ensembles of a network and an n-gram model: their outputs, folders and checks."""

from __future__ import annotations

import pytest
import torch

from nlprnn.models import EnsembleClassifier, EnsembleRegressor, NgramLinear, TextRegressor
from nlprnn.modules import Embedding, MaxPooling, OutputHead, RecurrentEncoder


def random_ngrams(outputs=2, *, vocab_size=9):
    """All words from 2 to 8, whose keys are 3 to 9, with random weights."""
    ngrams = NgramLinear(7, outputs, order=2, vocab_size=vocab_size)
    ngrams.load_ngrams(torch.arange(3, 10), torch.ones(7))
    ngrams.load_weights(torch.randn(7, outputs), torch.randn(outputs))
    return ngrams


@pytest.fixture
def ensemble(make_text_classifier):
    network = make_text_classifier()
    return EnsembleClassifier(network=network, ngrams=random_ngrams(), network_weight=0.5, ngram_weight=2.0).eval()


def test_output_is_the_weighted_sum(ensemble):
    ids, mask = torch.tensor([[2, 3, 2]]), torch.ones(1, 3, dtype=torch.bool)
    expected = 0.5 * ensemble.network(ids, mask) + 2.0 * ensemble.ngrams(ids, mask)
    torch.testing.assert_close(ensemble(ids, mask), expected)
    assert not ensemble.ngrams(ids, mask).allclose(torch.zeros(1))


@pytest.mark.parametrize("truncate", ["head", "tail", "both"])
def test_ngrams_read_more_than_the_network(make_text_classifier, truncate):
    network = make_text_classifier()
    network.max_length, network.truncate = 3, truncate
    ensemble = EnsembleClassifier(network=network, ngrams=random_ngrams(), ngram_max_length=6).eval()
    rows = [[2, 3, 4, 5, 6, 7], [8, 7, 6, 5], [4, 2], []]
    ids = torch.zeros(4, 6, dtype=torch.int64)
    for row, tokens in enumerate(rows):
        ids[row, : len(tokens)] = torch.tensor(tokens)
    outputs = ensemble(ids, ids > 0)
    for row, tokens in enumerate(rows):
        kept = torch.tensor([[*network.truncate_tokens(tokens), 0]])
        whole = torch.tensor([[*tokens, 0]])
        expected = network(kept, kept > 0) + ensemble.ngrams(whole, whole > 0)
        torch.testing.assert_close(outputs[row : row + 1], expected)
    assert (ensemble.max_length, ensemble.head_length) == (6, 6)
    assert ensemble.truncate_tokens("abcdefgh") == "abcdef"


def test_positions_of_truncation_are_those_of_single_texts(make_text_classifier):
    model = make_text_classifier()
    model.max_length, model.truncate = 3, "both"
    mask = torch.arange(6) < torch.tensor([6, 4, 2, 0])[:, None]
    kept = model.kept_positions(mask)
    for row, length in enumerate([6, 4, 2, 0]):
        expected = model.truncate_tokens(range(length))
        assert kept[row, : len(expected)].tolist() == list(expected)


def test_task_attributes_are_those_of_the_network(ensemble):
    network = ensemble.network
    assert (ensemble.labels, ensemble.multi_label, ensemble.threshold) == (network.labels, False, 0.5)
    assert (ensemble.vocab_size, ensemble.output_size) == (9, 2)
    assert ensemble.truncate_tokens("abc") == network.truncate_tokens("abc")


@pytest.mark.parametrize("half", [False, True])
def test_folder_keeps_weights_and_whole_keys(ensemble, tmp_path, half):
    ensemble.ngrams.keys += (1 << 62) + 1
    ensemble.save_pretrained(tmp_path, half=half)
    loaded = EnsembleClassifier.from_pretrained(tmp_path)
    assert loaded.ngrams.keys.equal(ensemble.ngrams.keys)
    assert (loaded.network_weight, loaded.ngram_weight) == (0.5, 2.0)
    torch.testing.assert_close(loaded.ngrams.weight, ensemble.ngrams.weight, rtol=0, atol=1e-2 if half else 0)


@pytest.mark.parametrize(
    ("ngrams", "message"),
    [
        (random_ngrams(3), "3 outputs.*2"),
        (random_ngrams(1), "1 outputs.*2"),
        (random_ngrams(vocab_size=8), "8 words.*9"),
        (random_ngrams(vocab_size=10), "10 words.*9"),
    ],
    ids=["more outputs", "fewer outputs", "fewer words", "more words"],
)
def test_unequal_sizes_are_refused(make_text_classifier, ngrams, message):
    with pytest.raises(ValueError, match=message):
        EnsembleClassifier(network=make_text_classifier(), ngrams=ngrams)


def test_regressor_gives_numbers_in_the_unit_of_the_data():
    network = TextRegressor(
        embedding=Embedding(9, 3), encoder=RecurrentEncoder(3, 4), pooling=MaxPooling(4), head=OutputHead(4, 1), std=2.0
    )
    ensemble = EnsembleRegressor(network=network, ngrams=random_ngrams(1)).eval()
    outputs = ensemble(torch.tensor([[2, 3]]), torch.ones(1, 2, dtype=torch.bool)).detach().numpy()
    assert ensemble.denormalize(outputs) == pytest.approx(2.0 * outputs[:, 0])
    assert (ensemble.mean, ensemble.std) == (0.0, 2.0)
