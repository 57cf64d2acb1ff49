from __future__ import annotations

import pytest
import torch

from nlprnn.models import TokenTagger
from nlprnn.modules import CharacterEmbedding, Embedding, LinearChainCRF, OutputHead, RecurrentEncoder

LABELS = ["O", "B-X", "I-X"]


def modules(**other):
    defaults = {
        "embedding": Embedding(9, 3),
        "characters": CharacterEmbedding(7, 2, 2),
        "encoder": RecurrentEncoder(7, 4, bidirectional=True),
        "head": OutputHead(8, 3),
        "crf": LinearChainCRF(3, scheme_labels=LABELS),
        "labels": LABELS,
    }
    return {**defaults, **other}


def batch(lengths, *, width=None):
    """Words, a mask, five spellings of which the first is empty, and which of them each word has."""
    torch.manual_seed(1)
    mask = torch.arange(width or max(1, *lengths)) < torch.tensor(lengths)[:, None]
    spellings = torch.randint(1, 7, (5, 4)) * (torch.arange(4) < torch.tensor([0, 4, 1, 2, 3])[:, None])
    return torch.randint(1, 9, mask.shape) * mask, mask, spellings, torch.randint(1, 5, mask.shape) * mask


@pytest.mark.parametrize("crf", [None, LinearChainCRF(3)])
@pytest.mark.parametrize("network", [None, "lstm", "cnn"])
def test_batch_and_padding_invariance(crf, network):
    torch.manual_seed(0)
    characters = None if network is None else CharacterEmbedding(7, 2, 2, network=network)
    encoder = RecurrentEncoder(3 + (characters.output_size if characters else 0), 4, bidirectional=True)
    model = TokenTagger(**modules(crf=crf, characters=characters, encoder=encoder)).double().eval()
    lengths = [5, 0, 2, 1]
    ids, mask, spellings, indices = batch(lengths, width=7)
    scores = model(ids, mask, spellings, indices)
    labels = torch.randint(3, mask.shape)
    predicted, total = model.decode(scores, mask), 0.0
    for row, length in enumerate(lengths):
        single_row = slice(row, row + 1), slice(0, max(1, length))
        single = model(ids[single_row], mask[single_row], spellings, indices[single_row])
        torch.testing.assert_close(single[:, :length], scores[row : row + 1, :length], rtol=0, atol=1e-10)
        assert torch.equal(model.decode(single, mask[single_row])[:, :length], predicted[row : row + 1, :length])
        total += model.nll(single, mask[single_row], labels[single_row]).item()
    assert not predicted[~mask].any()
    assert model.nll(scores, mask, labels).item() == pytest.approx(total, abs=1e-9)


@pytest.mark.parametrize("crf", [None, LinearChainCRF(3)])
def test_penalty_of_the_outside_label_acts_in_decoding_alone(crf):
    torch.manual_seed(0)
    model, mask = TokenTagger(**modules(crf=crf)), torch.ones(4, 6, dtype=torch.bool)
    scores, labels = torch.randn(4, 6, 3), torch.randint(3, (4, 6))
    free, nll = model.decode(scores, mask), model.nll(scores, mask, labels)
    assert (free == 0).any()
    assert torch.equal(model.decode(scores, mask, outside_penalty=-99.0), torch.zeros_like(free))
    model.outside_penalty = 99.0
    assert model.decode(scores, mask).all()
    assert torch.equal(model.decode(scores, mask, outside_penalty=0.0), free)
    assert model.nll(scores, mask, labels) == nll


def test_unknown_word_is_read_by_its_characters():
    torch.manual_seed(0)
    model = TokenTagger(**modules()).eval()
    ids, mask, spellings, indices = batch([3])
    ids.fill_(1)
    other = indices.clone()
    other[0, 1] = indices[0, 1] % 4 + 1
    assert not torch.allclose(model(ids, mask, spellings, indices), model(ids, mask, spellings, other))


def test_decode_without_crf_is_argmax():
    model = TokenTagger(**modules(crf=None)).eval()
    mask = torch.tensor([[True, True, False]])
    scores = torch.tensor([[[0.0, 1, 2], [3, 0, 0], [0, 9, 0]]])
    assert model.decode(scores, mask).tolist() == [[2, 0, 0]]
    legal = TokenTagger(**modules()).eval().decode(scores, mask)[0, 0].item()
    assert legal != 2


def test_every_parameter_has_a_gradient():
    torch.manual_seed(0)
    model = TokenTagger(**modules())
    ids, mask, spellings, indices = batch([5, 0, 2])
    scores = model(ids, mask, spellings, indices)
    model.nll(scores, mask, torch.randint(3, mask.shape)).backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in model.parameters())


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ({"characters": None}, "vectors of 3.*takes 7"),
        ({"characters": CharacterEmbedding(7, 2, 3)}, "vectors of 9.*takes 7"),
        ({"head": OutputHead(6, 3)}, "gives vectors of 8.*takes 6"),
        ({"head": OutputHead(9, 3)}, "gives vectors of 8.*takes 9"),
        ({"head": OutputHead(8, 4)}, "3 labels for a head of 4 and a CRF of 3"),
        ({"crf": LinearChainCRF(2)}, "3 labels for a head of 3 and a CRF of 2"),
        ({"crf": LinearChainCRF(4)}, "3 labels for a head of 3 and a CRF of 4"),
        ({"crf": None, "labels": ["A"]}, "1 labels for a head of 3:"),
        ({"crf": None, "labels": [*"ABCD"]}, "4 labels for a head of 3:"),
        ({"labels": [*"ABCD"]}, "4 labels for a head of 3 and a CRF of 3"),
        ({"max_word_length": 0}, "max_word_length.*0"),
    ],
)
def test_mismatched_modules_are_refused(module, words):
    with pytest.raises(ValueError, match=words):
        TokenTagger(**modules(**module))
    TokenTagger(**modules())


def test_saved_tagger_is_equal(tmp_path):
    torch.manual_seed(0)
    model = TokenTagger(**modules()).eval()
    model.save_pretrained(tmp_path)
    loaded = TokenTagger.from_pretrained(tmp_path)
    assert loaded.crf.scheme_labels == LABELS
    scores = model(*batch([4, 2]))
    torch.testing.assert_close(loaded(*batch([4, 2])), scores)
    assert torch.equal(loaded.decode(scores, batch([4, 2])[1]), model.decode(scores, batch([4, 2])[1]))
