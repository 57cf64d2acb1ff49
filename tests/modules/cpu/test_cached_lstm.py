"""Words looked up say what the layer says of their vectors."""

from __future__ import annotations

import pytest
import torch

from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.modules.cpu.cached_lstm import cached_lstm_forward, supports_cached_lstm


def parts(*, rows=40, longest=9, pretrained=0, **options):
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
def test_outputs_are_those_of_the_encoder(bidirectional, pretrained):
    embedding, encoder, ids, mask = parts(bidirectional=bidirectional, pretrained=pretrained)
    with torch.inference_mode():
        assert supports_cached_lstm(embedding, encoder, ids, mask)
        outputs = cached_lstm_forward(embedding, encoder, ids, mask)
        torch.testing.assert_close(outputs, encoder(embedding(ids), mask)[0], atol=2e-6, rtol=1e-5)
    assert not outputs[~mask].any()


def test_rows_sorted_by_length_and_rows_of_padding_alone_are_no_exception():
    embedding, encoder, ids, mask = parts(bidirectional=True)
    order = mask.sum(dim=1).argsort(descending=True)
    with torch.inference_mode():
        expected = cached_lstm_forward(embedding, encoder, ids, mask)[order]
        torch.testing.assert_close(cached_lstm_forward(embedding, encoder, ids[order], mask[order]), expected)
        assert not cached_lstm_forward(embedding, encoder, ids, torch.zeros_like(mask)).any()


@pytest.mark.parametrize(
    "options",
    [{"cell": "gru"}, {"num_layers": 2}, {"layer_norm": True}, {"residual": True}, {"rows": 8}],
    ids=lambda options: next(iter(options)),
)
def test_other_encoders_and_few_rows_are_left_to_the_encoder(options):
    with torch.inference_mode():
        assert not supports_cached_lstm(*parts(**options))


def test_what_learns_drops_out_or_is_no_float32_is_left_to_the_encoder():
    embedding, encoder, ids, mask = parts()
    assert not supports_cached_lstm(embedding, encoder, ids, mask)
    with torch.inference_mode():
        assert not supports_cached_lstm(embedding.train(), encoder, ids, mask)
        assert not supports_cached_lstm(embedding.eval(), encoder.train(), ids, mask)
        assert not supports_cached_lstm(embedding, encoder.eval().double(), ids, mask)


def test_a_mask_with_padding_first_is_left_to_the_encoder_which_says_so():
    embedding, encoder, ids, mask = parts()
    with torch.inference_mode():
        assert not supports_cached_lstm(embedding, encoder, ids, mask.flip(1))


def test_parts_of_ones_own_and_parts_with_hooks_are_called_themselves():
    class Own(RecurrentEncoder):
        pass

    embedding, encoder, ids, mask = parts()
    with torch.inference_mode():
        assert not supports_cached_lstm(embedding, Own(6, 5).eval(), ids, mask)
        assert not supports_cached_lstm(embedding, torch.nn.LSTM(6, 5).eval(), ids, mask)
        handle = encoder.register_forward_hook(lambda *given: None)
        assert not supports_cached_lstm(embedding, encoder, ids, mask)
        handle.remove()
        assert supports_cached_lstm(embedding, encoder, ids, mask)
