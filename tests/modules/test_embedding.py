from __future__ import annotations

import pytest
import torch

from nlprnn.modules import Embedding
from nlprnn.modules.dropout import drop_words


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.AdamW])
def test_padding_row_stays_zero(optimizer):
    embedding = Embedding(5, 3, padding_id=2)
    before = embedding.weight.detach().clone()
    steps = optimizer(embedding.parameters(), lr=0.1)
    for _ in range(3):
        steps.zero_grad()
        (embedding(torch.tensor([[0, 2, 4, 2]])) - 1).square().sum().backward()
        steps.step()
    assert not embedding.weight[2].any()
    assert (embedding.weight[0] != before[0]).all()


def test_batches_and_single_rows():
    embedding = Embedding(5, 3)
    ids = torch.tensor([[1, 4], [3, 0]])
    assert torch.equal(embedding(ids), embedding.weight[ids])
    assert torch.equal(embedding(ids[0]), embedding.weight[ids[0]])


@pytest.mark.parametrize("std", [1.0, 0.1])
def test_initial_standard_deviation(std):
    assert Embedding(1000, 20, std=std).weight.std().item() == pytest.approx(std, rel=0.03)


def test_word_dropout_rate_without_padding():
    ids = torch.randint(2, 50, (200, 100))
    ids[:, 60:] = 0
    dropped = drop_words(ids, probability=0.3, replacement=1, padding_id=0)
    assert not dropped[:, 60:].any()
    changed = dropped != ids
    assert (dropped[changed] == 1).all()
    assert changed[:, :60].float().mean().item() == pytest.approx(0.3, abs=0.015)  # 3.6 standard deviations
    assert changed[:, :60].float().mean(dim=1).std() > 0.03  # single words, not whole rows or columns
    assert changed[:, :60].float().mean(dim=0).std() > 0.015


def test_word_dropout_gives_the_unknown_vector():
    embedding = Embedding(10, 3, padding_id=0, unknown_id=7, word_dropout=0.5)
    ids = torch.tensor([[2, 3, 4, 5, 0, 0]]).repeat(50, 1)
    vectors = embedding(ids)
    unknown = (vectors == embedding.weight[7]).all(dim=2)
    kept = (vectors == embedding.weight[ids]).all(dim=2)
    assert (unknown ^ kept).all()
    assert 0.3 < unknown[:, :4].float().mean() < 0.7
    assert torch.equal(embedding.eval()(ids), embedding.weight[ids])


def test_locked_dropout_is_constant_over_time():
    ids = torch.full((8, 6), 3)
    plain = Embedding(10, 20, dropout=0.5)(ids) == 0
    locked = Embedding(10, 20, locked_dropout=0.5)(ids) == 0
    assert 0.4 < plain.float().mean() < 0.6
    assert 0.3 < locked.float().mean() < 0.7
    assert not (plain == plain[:, :1]).all()
    assert (locked == locked[:, :1]).all()
    assert not (locked == locked[:1]).all()


def test_row_dropout_drops_a_token_everywhere():
    embedding = Embedding(200, 5, row_dropout=0.25)
    ids = torch.arange(1, 200).repeat(3, 2)  # each token six times
    out = embedding(ids)
    dropped = (out == 0).all(dim=2)
    assert torch.equal(dropped, dropped[:1, :199].repeat(3, 2))
    assert 0.15 < dropped.float().mean() < 0.35
    torch.testing.assert_close(out[~dropped], embedding.weight[ids][~dropped] / 0.75)
    assert not torch.equal(embedding(ids), out)
    out.sum().backward()
    assert torch.equal((embedding.weight.grad[1:] == 0).all(dim=1), dropped[0, :199])


@pytest.mark.parametrize("option", ["dropout", "locked_dropout", "row_dropout", "word_dropout"])
def test_no_dropout_in_evaluation(option):
    embedding = Embedding(10, 20, **{option: 0.5})
    ids = torch.randint(0, 10, (4, 5))
    assert not torch.equal(embedding(ids), embedding.weight[ids])
    assert torch.equal(embedding.eval()(ids), embedding.weight[ids])


def test_pretrained_vectors_initialise_the_table():
    embedding = Embedding(4, 3)
    vectors = torch.randn(4, 3)
    embedding.load_vectors(vectors)
    assert torch.equal(embedding.weight[1:], vectors[1:])
    assert not embedding.weight[0].any()
    assert embedding.weight.requires_grad
    with pytest.raises(ValueError, match=r"\(4, 2\).*\(4, 3\)"):
        embedding.load_vectors(torch.randn(4, 2))


def test_fixed_channel_is_not_trained():
    embedding = Embedding(4, 3, pretrained_dim=2)
    vectors = torch.randn(4, 2)
    embedding.load_vectors(vectors)
    out = embedding(torch.tensor([[1, 3, 0]]))
    assert embedding.output_size == 5
    assert torch.equal(out[0, :2, 3:], vectors[[1, 3]])
    assert torch.equal(out[0, :, :3], embedding.weight[[1, 3, 0]])
    assert not out[0, 2].any()
    assert [name for name, _ in embedding.named_parameters()] == ["weight"]
    assert "pretrained" in embedding.state_dict()
    with pytest.raises(ValueError, match=r"\(4, 3\).*\(4, 2\)"):
        embedding.load_vectors(torch.randn(4, 3))


def test_words_with_fixed_vectors_only():
    embedding = Embedding(6, 3, pretrained_dim=2, num_trained=4)
    embedding.load_vectors(torch.randn(6, 2))
    out = embedding(torch.tensor([[3, 4, 5]]))[0]
    assert embedding.weight.shape == (4, 3)
    assert torch.equal(out[:, :3], embedding.weight[[3, 1, 1]])
    assert torch.equal(out[:, 3:], embedding.pretrained[3:])


def test_word_dropout_leaves_the_fixed_channel():
    embedding = Embedding(50, 3, pretrained_dim=2, word_dropout=0.5)
    embedding.load_vectors(torch.randn(50, 2))
    ids = torch.arange(2, 50).repeat(1, 20)
    out = embedding.train()(ids)
    dropped = (out[..., :3] == embedding.weight[1]).all(dim=-1)
    assert 0.4 < dropped.float().mean() < 0.6
    assert torch.equal(out[..., 3:], embedding.pretrained[ids])


def test_frozen_table_has_no_gradient():
    embedding = Embedding(4, 3, frozen=True)
    embedding.load_vectors(torch.ones(4, 3))
    assert not embedding(torch.tensor([[1]])).requires_grad
    assert embedding.weight[1].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"num_embeddings": 0}, "0 x 3"),
        ({"embedding_dim": -1}, "5 x -1"),
        ({"pretrained_dim": -2}, "-2 fixed"),
        ({"num_trained": 3}, "num_trained 3.*5 rows.*pretrained_dim 0"),
        ({"num_trained": 6, "pretrained_dim": 2}, "num_trained 6.*5 rows"),
        ({"padding_id": 5}, "padding_id 5.*5 rows"),
        ({"unknown_id": -1}, "unknown_id -1.*5 rows"),
        ({"word_dropout": 1.0}, "word_dropout.*1.0"),
        ({"dropout": -0.1}, "dropout.*-0.1"),
        ({"locked_dropout": 2}, "locked_dropout.*2"),
    ],
)
def test_invalid_arguments_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        Embedding(**{"num_embeddings": 5, "embedding_dim": 3, **options})


@pytest.mark.parametrize("options", [{}, {"pretrained_dim": 2}, {"pretrained_dim": 2, "num_trained": 4}], ids=str)
def test_table_has_no_dropout_in_training(options):
    embedding = Embedding(6, 3, dropout=0.5, locked_dropout=0.5, row_dropout=0.5, word_dropout=0.5, **options)
    if options:
        embedding.load_vectors(torch.randn(6, 2))
    table = embedding.table()
    assert embedding.training
    assert torch.equal(table, embedding.eval()(torch.arange(6)))
