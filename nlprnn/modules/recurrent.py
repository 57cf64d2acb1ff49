"""Stacked recurrent layers."""

from __future__ import annotations

from collections.abc import MutableSequence
from typing import Any, Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.modules.dropout import LockedDropout, check_probability
from nlprnn.modules.input_types import check_padded_batch, check_state_type
from nlprnn.modules.masks import check_mask, drop_full_mask
from nlprnn.modules.packing import Packing
from nlprnn.modules.recurrent_cells import step_layer
from nlprnn.modules.recurrent_layer import CELLS, Cell, Layer, build_layer, run_layer
from nlprnn.modules.sizes import check_sizes
from nlprnn.modules.state import RecurrentState


class RecurrentEncoder(nn.Module):
    """Stacked recurrent layers in one or two directions.

    The RNN (Elman 1990), the LSTM (Hochreiter & Schmidhuber 1997, with forget gates, Gers et al. 2000) and the GRU (Cho
    et al. 2014) with PyTorch's equations and weights: the layers are `nn.RNN`, `nn.LSTM` or `nn.GRU` modules of one
    layer each. Also minGRU and minLSTM (Feng et al. 2024, "Were RNNs All We Needed?"), whose gates depend on the input
    only: several times as fast in training, but less expressive, so use more layers, with `residual` and `layer_norm`.

    Args:
        input_size: E, size of the input vectors.
        hidden_size: H, size of the state in each direction.
        cell: "lstm", "gru", "rnn", "mingru" or "minlstm".
        num_layers: L, layers on top of each other.
        bidirectional: D = 2 directions instead of 1; their outputs are concatenated.
        nonlinearity: "tanh", "relu" or "sigmoid", of the plain RNN; other cells ignore it.
        dropout: dropout probability between layers.
        locked_dropout: probability of dropout between layers with one mask per sequence (Gal & Ghahramani 2016).
        weight_dropout: probability of dropping a recurrent weight for a whole batch (Merity et al. 2018); minimal
            cells have no such weights.
        residual: add a layer's input to its output where both have the same size (He et al. 2016).
        layer_norm: normalise the input of each layer and the output of the last (Ba et al. 2016; before the layer as
            in Xiong et al. 2020, "On Layer Normalization in the Transformer Architecture").

    Raises:
        ValueError: a size is not positive, the cell is unknown or has no weights to drop, or a probability is not in
            [0, 1).
    """

    dropout_probabilities = ("dropout", "weight_dropout")

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        cell: Cell = "lstm",
        num_layers: int = 1,
        bidirectional: bool = False,
        nonlinearity: Literal["tanh", "relu", "sigmoid"] = "tanh",
        dropout: float = 0.0,
        locked_dropout: float = 0.0,
        weight_dropout: float = 0.0,
        residual: bool = False,
        layer_norm: bool = False,
    ) -> None:
        super().__init__()
        if cell not in CELLS:
            raise ValueError(f"unknown cell {cell!r}: choose one of {', '.join(CELLS)}")
        if nonlinearity not in ("tanh", "relu", "sigmoid"):
            raise ValueError(f"unknown nonlinearity {nonlinearity!r}: choose tanh, relu or sigmoid")
        check_sizes(input_size=input_size, hidden_size=hidden_size, num_layers=num_layers)
        if weight_dropout and cell.startswith("min"):
            raise ValueError(f"a {cell} has no recurrent weights to drop: leave weight_dropout out")
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.cell = cell
        self.num_layers = num_layers
        self.bidirectional = bidirectional
        self.nonlinearity = nonlinearity
        self.dropout = check_probability("dropout", dropout)
        self.locked_dropout = check_probability("locked_dropout", locked_dropout)
        self.weight_dropout = check_probability("weight_dropout", weight_dropout)
        self.residual = residual
        self.layer_norm = layer_norm
        self._locked = LockedDropout(locked_dropout)
        widths = [input_size, *[self.output_size] * num_layers]
        layers = nn.ModuleList(
            build_layer(cell, width, hidden_size, bidirectional=bidirectional, nonlinearity=nonlinearity)
            for width in widths[:-1]
        )
        self.layers = cast("MutableSequence[Layer]", layers)
        self.norms = nn.ModuleList(nn.LayerNorm(width) if layer_norm else nn.Identity() for width in widths)

    @classmethod
    def from_torch(cls, module: nn.RNNBase) -> RecurrentEncoder:
        """Build an encoder with copies of the weights of an `nn.RNN`, `nn.LSTM` or `nn.GRU`, whose outputs it gives.

        The dropout between layers is kept, and so are dtype, device and mode. Without `bias` the biases are zeros,
        which further training changes. The encoder has the batch first, with `batch_first=False` too, and so have
        its states (`RecurrentState.from_torch`).

        Args:
            module: of any number of layers and directions.

        Raises:
            TypeError: the module is not one of these three.
            ValueError: the module has projections (`proj_size`), which the encoder does not have.
        """
        cells: dict[str, Cell] = {"LSTM": "lstm", "GRU": "gru", "RNN_TANH": "rnn", "RNN_RELU": "rnn"}
        if not isinstance(module, nn.RNNBase) or module.mode not in cells:
            raise TypeError(f"from_torch takes an nn.RNN, nn.LSTM or nn.GRU, not a {type(module).__name__}")
        if module.proj_size:
            raise ValueError(
                f"this nn.LSTM has proj_size {module.proj_size}, and RecurrentEncoder has no projections: take one "
                "that was trained with proj_size=0"
            )
        encoder = cls(
            module.input_size,
            module.hidden_size,
            cell=cells[module.mode],
            num_layers=module.num_layers,
            bidirectional=module.bidirectional,
            nonlinearity="relu" if module.mode == "RNN_RELU" else "tanh",
            dropout=module.dropout,
        ).to(module.all_weights[0][0])
        targets = [weights for layer in encoder.layers for weights in layer.all_weights]
        with torch.no_grad():
            for target, source in zip(targets, module.all_weights, strict=True):
                for index, weight in enumerate(target):
                    weight.copy_(source[index]) if index < len(source) else weight.zero_()
        return encoder.train(module.training)

    @property
    def directions(self) -> int:
        """D, 1 or 2."""
        return 2 if self.bidirectional else 1

    @property
    def output_size(self) -> int:
        """D * H, size of an output vector."""
        return self.directions * self.hidden_size

    def forward(
        self, x: Tensor, mask: Tensor | None = None, state: RecurrentState | None = None
    ) -> tuple[Tensor, RecurrentState]:
        """Run over whole sequences.

        Args:
            x: (B, T, E) float.
            mask: (B, T) bool, True = real token, the real tokens of a row first; None = all real.
            state: initial state; None = zeros.

        Returns:
            outputs (B, T, D * H) float, zero on padding, and the state after the last real token of each row.
            A row of padding alone gives zeros and its initial state.

        Raises:
            TypeError: x is a `PackedSequence`, or the state is of another type.
            ValueError: x, mask and state do not fit each other or the encoder.
        """
        self._check(x, mask, state)
        if x.size(1) == 0:
            return x.new_zeros(x.size(0), 0, self.output_size), state or self.initial_state(x)
        mask = drop_full_mask(mask)
        if mask is not None:
            x = x.masked_fill(~mask.unsqueeze(2), 0.0)  # padding may hold anything, NaN too
        packing = None
        if mask is not None and self._prefers_packed(x):
            packing = Packing.of(mask)
        states = []
        for index, layer in enumerate(self.layers):
            start = None if state is None else state.layer(index, self.directions)
            outputs, final = run_layer(layer, self._weights(layer), self._layer_input(index, x), mask, start, packing)
            x = self._with_residual(x, outputs)
            states.append(final)
        x = self.norms[-1](x)
        if self.layer_norm and mask is not None:
            x = x * mask.unsqueeze(2)  # the bias of the norm
        return x, RecurrentState.concatenate(states)

    def step(self, x: Tensor, state: RecurrentState) -> tuple[Tensor, RecurrentState]:
        """Advance by one token of each row; equal to `forward` over that token.

        Args:
            x: (N, E) float.
            state: the state before the token.

        Returns:
            output (N, H) float and the state after the token.

        Raises:
            TypeError: x is a `PackedSequence`, or the state is of another type.
            ValueError: the encoder is bidirectional.
        """
        if self.bidirectional:
            raise ValueError("a bidirectional encoder cannot go step by step: build it with bidirectional=False")
        check_padded_batch(x)
        check_state_type(state, RecurrentState)
        states = []
        for index, layer in enumerate(self.layers):
            layer_input = self._layer_input(index, x.unsqueeze(1)).squeeze(1)
            h, c = state.hidden[:, index], None if state.cell is None else state.cell[:, index]
            h, c = step_layer(layer.mode, self._weights(layer), layer_input, h, c)
            x = self._with_residual(x, h)
            states.append(RecurrentState(h, c).map(lambda tensor: tensor.unsqueeze(1)))
        return self.norms[-1](x), RecurrentState.concatenate(states)

    def initial_state(self, like: Tensor) -> RecurrentState:
        """Return a state of zeros for as many rows as `like` has, with its device and dtype."""
        zeros = like.new_zeros(like.size(0), self.num_layers * self.directions, self.hidden_size)
        return RecurrentState(zeros, zeros if self.cell == "lstm" else None)

    def first_layer(self) -> RecurrentEncoder:
        """Return an encoder of the first layer alone, which shares its weights."""
        first = RecurrentEncoder(
            self.input_size,
            self.hidden_size,
            cell=self.cell,
            bidirectional=self.bidirectional,
            nonlinearity=self.nonlinearity,
            weight_dropout=self.weight_dropout,
            residual=self.residual,
            layer_norm=self.layer_norm,
        )
        first.layers[0], first.norms[0] = self.layers[0], self.norms[0]
        return first

    def _prefers_packed(self, x: Tensor) -> bool:
        """Return whether packed sequences are fast: on CUDA, except in minimal layers, which do not take them."""
        return x.is_cuda and not self.cell.startswith("min")

    def _layer_input(self, index: int, x: Tensor) -> Tensor:
        """Return the input of layer `index`, (B, T, E or D * H): normalised, and with dropout between layers."""
        x = self.norms[index](x)
        return x if index == 0 else self._locked(functional.dropout(x, self.dropout, self.training))

    def _with_residual(self, x: Tensor, outputs: Tensor) -> Tensor:
        """Return the outputs of a layer with input x, plus the input where there is a residual connection."""
        return x + outputs if self.residual and x.size(-1) == outputs.size(-1) else outputs

    def _weights(self, layer: Layer) -> list[Tensor]:
        """Return the layer's weights in PyTorch's order, with dropout of the recurrent ones in training."""
        if not self.weight_dropout:
            return [weight for direction in layer.all_weights for weight in direction]
        weights: list[Tensor] = []
        for input_weight, recurrent_weight, *biases in layer.all_weights:
            dropped = functional.dropout(recurrent_weight, self.weight_dropout, self.training)
            weights += [input_weight, dropped, *biases]
        return weights

    def _check(self, x: Tensor, mask: Tensor | None, state: RecurrentState | None) -> None:
        check_padded_batch(x, mask)
        if x.dim() != 3 or x.size(2) != self.input_size:
            raise ValueError(f"the encoder reads (B, T, {self.input_size}), got {tuple(x.shape)}")
        if mask is not None:
            check_mask(mask, x)
        if state is None:
            return
        check_state_type(state, RecurrentState)
        expected = (x.size(0), self.num_layers * self.directions, self.hidden_size)
        if tuple(state.hidden.shape) != expected:
            raise ValueError(f"the state is {tuple(state.hidden.shape)}, needed is {expected}")
        if (state.cell is not None) != (self.cell == "lstm"):
            raise ValueError(f"the state is of another cell than {self.cell}: an LSTM has hidden and cell states")

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        """Load the weights, or add to the errors (the last of `args`) that they are of a PyTorch layer."""
        super()._load_from_state_dict(state_dict, prefix, *args)
        if f"{prefix}weight_ih_l0" in state_dict:
            args[-1].append(
                "these are the weights of an nn.RNN, nn.LSTM or nn.GRU: load them into such a module, and build the "
                "encoder with RecurrentEncoder.from_torch(module)"
            )

    def extra_repr(self) -> str:  # noqa: D102 - PyTorch documents it
        return f"cell={self.cell}, weight_dropout={self.weight_dropout}"
