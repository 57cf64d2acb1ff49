"""Decoder step on a CPU: an `AttentionDecoder` prepared for decoding token by token."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.modules.cpu.int8_linear import Int8Linear
from nlprnn.modules.cpu.linear import FewRowLinear
from nlprnn.modules.decoder import AttentionDecoder
from nlprnn.modules.recurrent import RecurrentEncoder
from nlprnn.modules.recurrent_cells import BOUNDED, MINIMAL, update, update_minimal
from nlprnn.modules.recurrent_layer import Layer
from nlprnn.modules.state import RecurrentState


def prepare_for_decoding(
    decoder: AttentionDecoder, *, input_table: Tensor | None = None, int8: bool
) -> AttentionDecoder:
    """Return a decoder for `step` alone, in evaluation, with the current weights of the given one.

    It shares the attention and all weights that it need not transform. With eight bits, layers of cells whose states
    lie between -1 and 1 must start from such states, as a `Bridge` gives them.

    Args:
        decoder: is unchanged.
        input_table: (V, E) float, the vector of each token: `step` then takes ids (N,) int64, and the products of the
            first layer with all vectors are computed here, once. None: `step` takes vectors.
        int8: eight-bit weights.

    Raises:
        ValueError: a table is given, but with input feeding the first layer reads more than the token.
        RuntimeError: this PyTorch has no integer kernels.
    """
    if decoder.input_feeding and input_table is not None:
        raise ValueError("with input feeding the first layer reads more than the token: leave the table out")
    first, *others = (encoder.layers[0] for encoder in decoder.layers)
    layers = [
        _StepLayer(first, input_table=input_table, int8=int8),
        *(_StepLayer(layer, int8=int8) for layer in others),
    ]
    prepared = copy(decoder)
    prepared._modules = dict(decoder._modules)
    prepared.training = False
    prepared.layers = cast("list[RecurrentEncoder]", nn.ModuleList(layers))
    attentional_layer = decoding_linear(decoder.attentional_layer.weight, decoder.attentional_layer.bias, int8=int8)
    prepared.attentional_layer = cast("nn.Linear", attentional_layer)
    return prepared


class _StepLayer(nn.Module):
    """One unidirectional layer, token by token; see `prepare_for_decoding`."""

    def __init__(self, layer: Layer, *, input_table: Tensor | None = None, int8: bool) -> None:
        super().__init__()
        self.mode = layer.mode
        weights = [weight.detach() for weight in layer.all_weights[0]]
        input_weight, input_bias = weights[:: len(weights) // 2]
        self.from_state: nn.Module | None = None
        if self.mode not in MINIMAL:
            input_range = 1.0 if self.mode in BOUNDED else None
            self.from_state = decoding_linear(weights[1], weights[3], int8=int8, input_range=input_range)
        self.from_input: Callable[[Tensor], Tensor] = (
            decoding_linear(input_weight, input_bias, int8=int8)
            if input_table is None
            else partial(torch.index_select, functional.linear(input_table, input_weight, input_bias), 0)
        )

    def step(self, x: Tensor, state: RecurrentState) -> tuple[Tensor, RecurrentState]:
        """Advance by one token of each row.

        Args:
            x: (N, E) float vectors, or (N,) int64 ids with a table.
            state: (N, 1, H) before.

        Returns:
            hidden state (N, H), and the state (N, 1, H) after.
        """
        h, c = state.hidden[:, 0], None if state.cell is None else state.cell[:, 0]
        if self.from_state is None:
            h = update_minimal(self.mode, self.from_input(x), h)
        else:
            h, c = update(self.mode, self.from_input(x), self.from_state(h), h, c)
        return h, RecurrentState(h, c).map(lambda tensor: tensor.unsqueeze(1))


def decoding_linear(weight: Tensor, bias: Tensor, *, int8: bool, input_range: float | None = None) -> nn.Module:
    """Return a linear layer for few rows: with eight-bit weights, or float ones that share memory with the given."""
    return Int8Linear(weight, bias, input_range=input_range) if int8 else FewRowLinear(weight, bias)
