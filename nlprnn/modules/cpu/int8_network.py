"""Networks over whole sequences with eight-bit weights: the embedding tables and large recurrent layers of a model.

What is left, attention, output layers and n-grams, is small and stays as it is. So do recurrent layers of few units,
which PyTorch's fused kernels compute faster. The results of a row depend on other rows, and on their
number, by the rounding of floats alone: with AVX-512, PyTorch's sigmoid has other last bits for another memory layout,
which may move a state to the next of its levels. Padding changes nothing.
"""

from __future__ import annotations

from copy import copy
from typing import TypeVar

import torch
from torch import Tensor, nn

from nlprnn.modules.cpu.int8_linear import Int8Linear
from nlprnn.modules.embedding import Embedding
from nlprnn.modules.packing import Packing
from nlprnn.modules.recurrent import RecurrentEncoder
from nlprnn.modules.recurrent_cells import BOUNDED, MINIMAL, update, update_minimal
from nlprnn.modules.recurrent_layer import Layer
from nlprnn.modules.state import RecurrentState

_LEVELS = 127

_FEWEST = 1 << 18
"""Recurrent weights of a direction from which eight bits are faster: an LSTM of 256 units in batches, of 512 always."""

Model = TypeVar("Model", bound=nn.Module)


def with_int8_weights(model: Model) -> Model:
    """Return a model for inference alone that shares all modules but embeddings and large recurrent layers: int8 ones.

    Args:
        model: on the CPU, in evaluation; is unchanged.

    Raises:
        RuntimeError: this PyTorch has no integer kernels.
    """
    replaced = copy(model)
    replaced._modules = {name: module and _int8_module(module) for name, module in model._modules.items()}
    return replaced


def weight_bytes(model: nn.Module) -> int:
    """Return the memory of a model's weights in bytes, of eight-bit weights too."""
    total = sum(tensor.numel() * tensor.element_size() for tensor in model.state_dict().values())
    return total + sum(module.packed_bytes for module in model.modules() if isinstance(module, Int8Linear))


def _int8_module(module: nn.Module) -> nn.Module:
    if type(module) is Embedding:
        return Int8Embedding(module)
    if type(module) is RecurrentEncoder:
        sizes = [weight.numel() for layer in module.layers for weights in layer.all_weights for weight in weights[:2]]
        return Int8Encoder(module) if max(sizes) >= _FEWEST else module
    return with_int8_weights(module)


class Int8Embedding(nn.Module):
    """Embedding table of eight-bit numbers with one scale for each token, a quarter of the size.

    Args:
        embedding: whose vectors in evaluation are taken.
    """

    vectors: Tensor
    scales: Tensor

    def __init__(self, embedding: Embedding) -> None:
        super().__init__()
        table = embedding.table().detach().float()
        scales = table.abs().amax(dim=1, keepdim=True).clamp(min=torch.finfo(torch.float32).tiny) / _LEVELS
        self.num_embeddings, self.output_size = embedding.num_embeddings, embedding.output_size
        self.padding_id = embedding.padding_id
        self.register_buffer("vectors", (table / scales).round().to(torch.int8))
        self.register_buffer("scales", scales)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the vectors (..., E) float32 of tokens (...) int64."""
        return self.vectors[ids] * self.scales[ids]


class Int8Encoder(nn.Module):
    """Stacked recurrent layers with eight-bit weights, token by token over packed rows.

    Args:
        encoder: in evaluation.

    Raises:
        RuntimeError: this PyTorch has no integer kernels.
    """

    def __init__(self, encoder: RecurrentEncoder) -> None:
        super().__init__()
        self.input_size, self.output_size = encoder.input_size, encoder.output_size
        self.bidirectional, self.residual = encoder.bidirectional, encoder.residual
        self.norms = encoder.norms
        self.layers = nn.ModuleList(_Int8Layer(layer) for layer in encoder.layers)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, RecurrentState]:
        """Run over whole sequences from states of zeros.

        Args:
            x: (B, T, E) float32, T > 0.
            mask: (B, T) bool, True = real token, real tokens first; None = all real.

        Returns:
            outputs (B, T, D * H) float32, zero on padding, and the state after the last real token of each row.
        """
        mask = x.new_ones(x.shape[:2], dtype=torch.bool) if mask is None else mask
        packing = Packing.of(mask)
        packed, states = packing.pack(x), []  # (P, E)
        for norm, layer in zip(self.norms, self.layers, strict=False):
            outputs, final = layer(norm(packed), packing.sizes.tolist())
            packed = packed + outputs if self.residual and packed.shape == outputs.shape else outputs
            states.append(final)
        ended = RecurrentState.concatenate(states).select(packing.inverse)
        ended = ended.map(lambda state: state * mask.any(dim=1)[:, None, None])
        return packing.unpack(self.norms[-1](packed), mask), ended


class _Int8Layer(nn.Module):
    """One layer in one or two directions."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.mode, self.hidden_size = layer.mode, layer.hidden_size
        inputs, states = [], []
        for weights in layer.all_weights:
            if self.mode in MINIMAL:
                inputs.append(Int8Linear(*weights))
                continue
            input_weight, recurrent_weight, input_bias, recurrent_bias = weights
            inputs.append(Int8Linear(input_weight, input_bias))
            input_range = 1.0 if self.mode in BOUNDED else None
            states.append(Int8Linear(recurrent_weight, recurrent_bias, input_range=input_range))
        self.from_input, self.from_state = nn.ModuleList(inputs), nn.ModuleList(states)

    def forward(self, x: Tensor, sizes: list[int]) -> tuple[Tensor, RecurrentState]:
        """Run over packed tokens x (P, E), of `sizes` rows at each time step; return (P, D * H) and (B, D, H)."""
        outputs = x.new_empty(len(x), len(self.from_input), self.hidden_size)
        final = [self._run(x, sizes, outputs[:, direction], direction) for direction in range(outputs.size(1))]
        hidden, cells = (torch.stack(states, dim=1) for states in zip(*final, strict=True))
        return outputs.flatten(1), RecurrentState(hidden, cells if self.mode == "LSTM" else None)

    def _run(self, x: Tensor, sizes: list[int], outputs: Tensor, direction: int) -> tuple[Tensor, Tensor]:
        """Fill the outputs (P, H) of a direction; return the states (B, H) of its rows after their last token."""
        from_input = self.from_input[direction](x)  # (P, gates * H)
        hidden, cell = x.new_zeros(2, sizes[0], self.hidden_size)
        pieces = list(zip(from_input.split(sizes), outputs.split(sizes), strict=True))
        for gates, out in pieces[:: -1 if direction else 1]:  # rows begin late where time runs backwards
            rows = len(gates)
            h = hidden[:rows]
            if self.mode in MINIMAL:
                h = update_minimal(self.mode, gates, h)
            else:
                c = cell[:rows] if self.mode == "LSTM" else None
                h, c = update(self.mode, gates, self.from_state[direction](h), h, c)
                if c is not None:
                    cell[:rows] = c
            hidden[:rows] = h
            out.copy_(h)
        return hidden, cell
