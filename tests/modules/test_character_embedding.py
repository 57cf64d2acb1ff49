from __future__ import annotations

import pytest
import torch

from nlprnn.modules import CharacterEmbedding
from nlprnn.modules.character_embedding import NETWORKS


@pytest.fixture(params=NETWORKS)
def make(request):
    def build(**options):
        torch.manual_seed(0)
        return CharacterEmbedding(9, 4, 3, network=request.param, **options).double().eval()

    return build


WORDS = torch.tensor([[3, 4, 5, 6], [7, 0, 0, 0], [0, 0, 0, 0], [8, 2, 0, 0]])


def test_batch_and_padding_invariance(make):
    embedding = make(kernel_size=3)
    vectors = embedding(WORDS)
    assert vectors.shape == (4, embedding.output_size)
    for row, word in enumerate(WORDS):
        single = word[word > 0].unsqueeze(0)
        torch.testing.assert_close(embedding(single), vectors[row : row + 1], rtol=0, atol=1e-10)
    wider = torch.nn.functional.pad(WORDS, (0, 3))
    torch.testing.assert_close(embedding(wider), vectors, rtol=0, atol=1e-10)
    assert not vectors[2].any()


def test_every_character_and_their_order_matter(make):
    embedding = make(kernel_size=5)
    words = torch.tensor([[3, 4, 5], [5, 4, 3], [3, 4, 6], [8, 4, 5]])
    vectors = embedding(words)
    assert len({tuple(vector) for vector in vectors.tolist()}) == 4


@pytest.mark.parametrize("shape", [(0, 3), (2, 0), (0, 0)])
def test_empty_input_gives_zeros(make, shape):
    vectors = make()(torch.zeros(shape, dtype=torch.int64))
    assert vectors.shape == (shape[0], make().output_size)
    assert not vectors.any()


def test_lstm_gives_the_final_states():
    torch.manual_seed(0)
    embedding = CharacterEmbedding(9, 4, 3)
    outputs, state = embedding.encoder(embedding.table(WORDS), WORDS > 0)
    torch.testing.assert_close(embedding(WORDS), state.hidden.flatten(1))
    assert outputs.size(2) == embedding.output_size == 6


def test_cnn_gives_the_maximum_of_each_filter():
    torch.manual_seed(0)
    embedding = CharacterEmbedding(9, 4, 2, network="cnn")
    weight, bias = embedding.encoder.weight, embedding.encoder.bias
    vectors = torch.nn.functional.pad(embedding.table(torch.tensor([7, 5])), (0, 0, 1, 1))  # (4, E)
    seen = [(weight * vectors[position : position + 3].T).sum(dim=(1, 2)) + bias for position in range(2)]
    torch.testing.assert_close(embedding(torch.tensor([[7, 5, 0]]))[0], torch.stack(seen).amax(dim=0).clamp(min=0))


def test_dropout_and_gradients(make):
    embedding = make(dropout=0.5)
    assert torch.equal(embedding(WORDS), embedding(WORDS))
    embedding.train()
    assert not torch.equal(embedding(WORDS), embedding(WORDS))
    embedding(WORDS).square().sum().backward()
    assert all(parameter.grad.any() for parameter in embedding.parameters())


def test_character_dropout_trains_unknown_characters(make):
    embedding = make(character_dropout=0.5)
    assert torch.equal(embedding(WORDS), embedding(WORDS))
    embedding.train()
    embedding(WORDS).sum().backward()
    assert embedding.table.weight.grad[embedding.unknown_id].any()
    assert not embedding.table.weight.grad[embedding.padding_id].any()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"network": "gru"}, "'gru'.*lstm, cnn"),
        ({"hidden_size": 0}, "hidden_size 0"),
        ({"embedding_dim": 0}, "9 x 0"),
        ({"kernel_size": 2}, "odd.*2"),
        ({"dropout": 1.0}, "dropout.*1.0"),
        ({"character_dropout": -1.0}, "character_dropout.*-1.0"),
    ],
)
def test_invalid_arguments_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        CharacterEmbedding(**{"num_embeddings": 9, "embedding_dim": 4, "hidden_size": 3, **options})
