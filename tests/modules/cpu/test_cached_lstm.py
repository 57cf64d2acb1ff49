"""The LSTM over cached input products against the encoder."""

from __future__ import annotations

import pytest
import torch

from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.modules.cpu.cached_lstm import cached_lstm


def example(*, rows=40, longest=9, pretrained=0, **options):
    """An embedding, an encoder, and ids and mask of rows of many lengths in no order, some of them empty."""
    torch.manual_seed(0)
    embedding = Embedding(30, 6, pretrained_dim=pretrained, dropout=0.5, word_dropout=0.5).eval()
    if pretrained:
        embedding.load_vectors(torch.randn(30, pretrained))
    encoder = RecurrentEncoder(6 + pretrained, 5, **options).eval()
    for parameter in encoder.parameters():
        torch.nn.init.normal_(parameter, std=0.8)
    lengths = torch.randint(0, longest + 1, (rows,))
    mask = torch.arange(longest) < lengths[:, None]
    return embedding, encoder, torch.randint(2, 30, mask.shape), mask


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pretrained", [0, 3])
def test_outputs_equal_the_encoder(bidirectional, pretrained):
    embedding, encoder, ids, mask = example(bidirectional=bidirectional, pretrained=pretrained)
    with torch.inference_mode():
        outputs = cached_lstm(embedding, encoder, ids, mask)
        torch.testing.assert_close(outputs, encoder(embedding(ids), mask)[0], atol=2e-6, rtol=1e-5)
    assert not outputs[~mask].any()


def test_sorted_rows_and_rows_of_padding_alone():
    embedding, encoder, ids, mask = example(bidirectional=True)
    order = mask.sum(dim=1).argsort(descending=True)
    with torch.inference_mode():
        expected = cached_lstm(embedding, encoder, ids, mask)[order]
        torch.testing.assert_close(cached_lstm(embedding, encoder, ids[order], mask[order]), expected)
        assert not cached_lstm(embedding, encoder, ids, torch.zeros_like(mask)).any()


@pytest.mark.parametrize(
    "options",
    [{"cell": "gru"}, {"num_layers": 2}, {"layer_norm": True}, {"residual": True}, {"rows": 8}],
    ids=lambda options: next(iter(options)),
)
def test_other_encoders_and_few_rows_are_left_out(options):
    with torch.inference_mode():
        assert cached_lstm(*example(**options)) is None


def test_training_and_other_dtypes_are_left_out():
    embedding, encoder, ids, mask = example()
    assert cached_lstm(embedding, encoder, ids, mask) is None
    with torch.inference_mode():
        assert cached_lstm(embedding.train(), encoder, ids, mask) is None
        assert cached_lstm(embedding.eval(), encoder.train(), ids, mask) is None
        assert cached_lstm(embedding, encoder.eval().double(), ids, mask) is None


def test_mask_with_padding_first_is_left_out():
    embedding, encoder, ids, mask = example()
    with torch.inference_mode():
        assert cached_lstm(embedding, encoder, ids, mask.flip(1)) is None


def test_user_modules_and_hooks_are_left_out():
    class Subclass(RecurrentEncoder):
        pass

    embedding, encoder, ids, mask = example()
    with torch.inference_mode():
        assert cached_lstm(embedding, Subclass(6, 5).eval(), ids, mask) is None
        assert cached_lstm(embedding, torch.nn.LSTM(6, 5).eval(), ids, mask) is None
        handle = encoder.register_forward_hook(lambda *arguments: None)
        assert cached_lstm(embedding, encoder, ids, mask) is None
        handle.remove()
        assert cached_lstm(embedding, encoder, ids, mask) is not None
