"""Stacked recurrent layers: vectors of tokens -> vectors of tokens that know their context."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.modules.dropout import LockedDropout, check_probability
from nlprnn.modules.recurrent_cells import step_layer
from nlprnn.modules.recurrent_layer import CELLS, Cell, Layer, build_layer, run_layer
from nlprnn.modules.state import RecurrentState


class RecurrentEncoder(nn.Module):
    """A stack of recurrent layers in one or two directions.

    The Elman RNN (Elman 1990), the LSTM (Hochreiter & Schmidhuber 1997, with forget gates, Gers et al. 2000)
    and the GRU (Cho et al. 2014), with PyTorch's equations and weights: the layers are `nn.LSTM`, `nn.GRU` or
    `nn.RNN` modules of one layer each. Beside them minGRU and minLSTM (Feng et al. 2024, "Were RNNs All We
    Needed?"), whose gates see the input alone: several times as fast in training, but each layer can say less, so
    they want more layers, with `residual` and `layer_norm`.

    Args:
        input_size: E, width of the input vectors.
        hidden_size: H, width of the state in each direction.
        cell: "lstm", "gru", "rnn", "mingru" or "minlstm".
        num_layers: L, layers on top of each other.
        bidirectional: D = 2 directions instead of 1; outputs are concatenated.
        nonlinearity: of the plain RNN, "tanh" or "relu"; the other cells have none to choose.
        dropout: probability of plain dropout between layers.
        locked_dropout: probability of dropout between layers with one mask a sequence (Gal & Ghahramani 2016).
        weight_dropout: probability of dropping a recurrent weight for a whole batch (Merity et al. 2018); minimal
            cells have no such weights.
        residual: add a layer's input to its output (He et al. 2016) wherever both are equally wide.
        layer_norm: normalise what each layer reads, and what the last one gives (Ba et al. 2016; before the layer
            as in Xiong et al. 2020, "On Layer Normalization in the Transformer Architecture").

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
        nonlinearity: Literal["tanh", "relu"] = "tanh",
        dropout: float = 0.0,
        locked_dropout: float = 0.0,
        weight_dropout: float = 0.0,
        residual: bool = False,
        layer_norm: bool = False,
    ) -> None:
        super().__init__()
        if cell not in CELLS:
            raise ValueError(f"unknown cell {cell!r}: choose one of {', '.join(CELLS)}")
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"unknown nonlinearity {nonlinearity!r}: choose tanh or relu")
        if min(input_size, hidden_size, num_layers) < 1:
            raise ValueError(
                f"sizes must be positive, got input_size {input_size}, hidden_size {hidden_size}, "
                f"num_layers {num_layers}"
            )
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
        self.layers = nn.ModuleList(
            build_layer(cell, width, hidden_size, bidirectional=bidirectional, nonlinearity=nonlinearity)
            for width in widths[:-1]
        )
        self.norms = nn.ModuleList(nn.LayerNorm(width) if layer_norm else nn.Identity() for width in widths)

    @property
    def directions(self) -> int:
        """D, 1 or 2."""
        return 2 if self.bidirectional else 1

    @property
    def output_size(self) -> int:
        """D * H, width of an output vector."""
        return self.directions * self.hidden_size

    def forward(
        self, x: Tensor, mask: Tensor | None = None, state: RecurrentState | None = None
    ) -> tuple[Tensor, RecurrentState]:
        """Read whole sequences.

        Args:
            x: (B, T, E) float.
            mask: (B, T) bool, True = real token, the real tokens of a row first; None = all real.
            state: where to start; None = zeros.

        Returns:
            outputs (B, T, D * H) float, zero on padding, and the state after the last real token of each row.
            A row of padding alone gives zeros and the state it started from.

        Raises:
            ValueError: x, mask and state do not fit each other or the encoder.
        """
        self._check(x, mask, state)
        if x.size(1) == 0:
            return x.new_zeros(x.size(0), 0, self.output_size), state or self.initial_state(x)
        if mask is not None and bool(mask.all()):
            mask = None
        if mask is not None:
            x = x.masked_fill(~mask.unsqueeze(2), 0.0)  # whatever stands on padding, NaN too, it says nothing
        states = []
        for index, layer in enumerate(self.layers):
            read = self._read(index, x)
            start = None if state is None else state.layer(index, self.directions)
            outputs, layer_state = run_layer(layer, self._weights(layer), read, mask, start)
            x = self._joined(x, outputs)
            states.append(layer_state)
        x = self.norms[-1](x)
        if self.layer_norm and mask is not None:
            x = x * mask.unsqueeze(2)  # the norm's bias stands on padding
        hidden = torch.cat([s.hidden for s in states], dim=1)  # (B, L * D, H)
        cell = torch.cat([s.cell for s in states], dim=1) if self.cell == "lstm" else None
        return x, RecurrentState(hidden, cell)

    def step(self, x: Tensor, state: RecurrentState) -> tuple[Tensor, RecurrentState]:
        """Read one token of each row; equal to `forward` over that token.

        Args:
            x: (N, E) float.
            state: the state before the token.

        Returns:
            output (N, H) float and the state after the token.

        Raises:
            ValueError: the encoder is bidirectional, so the future would be needed.
        """
        if self.bidirectional:
            raise ValueError("a bidirectional encoder cannot go step by step: build it with bidirectional=False")
        hidden, cells = [], []
        for index, layer in enumerate(self.layers):
            read = self._read(index, x.unsqueeze(1)).squeeze(1)
            before, cell = state.hidden[:, index], None if state.cell is None else state.cell[:, index]
            output, cell = step_layer(layer.mode, self._weights(layer), read, before, cell)
            x = self._joined(x, output)
            hidden.append(output)
            cells.append(cell)
        cells = torch.stack(cells, dim=1) if self.cell == "lstm" else None
        return self.norms[-1](x), RecurrentState(torch.stack(hidden, dim=1), cells)

    def initial_state(self, like: Tensor) -> RecurrentState:
        """Return the state of zeros for as many rows as `like` has, with its device and dtype."""
        zeros = like.new_zeros(like.size(0), self.num_layers * self.directions, self.hidden_size)
        return RecurrentState(zeros, zeros if self.cell == "lstm" else None)

    def first_layer(self) -> RecurrentEncoder:
        """Return an encoder of the first layer alone, with the very same weights."""
        alone = RecurrentEncoder(
            self.input_size,
            self.hidden_size,
            cell=self.cell,
            bidirectional=self.bidirectional,
            nonlinearity=self.nonlinearity,
            weight_dropout=self.weight_dropout,
            residual=self.residual,
            layer_norm=self.layer_norm,
        )
        alone.layers[0], alone.norms[0] = self.layers[0], self.norms[0]
        return alone

    def _read(self, index: int, x: Tensor) -> Tensor:
        """What layer `index` reads of (B, T, E or D * H): normalised, and dropped out between layers."""
        x = self.norms[index](x)
        return x if index == 0 else self._locked(functional.dropout(x, self.dropout, self.training))

    def _joined(self, x: Tensor, outputs: Tensor) -> Tensor:
        """A layer's outputs, with what it read beside them where that is asked for and as wide."""
        return x + outputs if self.residual and x.size(-1) == outputs.size(-1) else outputs

    def _weights(self, layer: Layer) -> list[Tensor]:
        """The layer's weights in PyTorch's order, the recurrent ones dropped out in training."""
        if not self.weight_dropout:
            return [weight for direction in layer.all_weights for weight in direction]
        weights = []
        for input_weight, recurrent_weight, *biases in layer.all_weights:
            dropped = functional.dropout(recurrent_weight, self.weight_dropout, self.training)
            weights += [input_weight, dropped, *biases]
        return weights

    def _check(self, x: Tensor, mask: Tensor | None, state: RecurrentState | None) -> None:
        if x.dim() != 3 or x.size(2) != self.input_size:
            raise ValueError(f"the encoder reads (B, T, {self.input_size}), got {tuple(x.shape)}")
        if mask is not None and mask.shape != x.shape[:2]:
            raise ValueError(f"the mask {tuple(mask.shape)} does not fit the input {tuple(x.shape)}")
        if mask is not None and mask.dtype != torch.bool:
            raise ValueError(f"the mask is {mask.dtype}, needed is torch.bool: take mask.bool()")
        if mask is not None and bool((mask[:, 1:] & ~mask[:, :-1]).any()):
            raise ValueError("a row of the mask has padding before a real token: put the real tokens first")
        expected = (x.size(0), self.num_layers * self.directions, self.hidden_size)
        if state is not None and tuple(state.hidden.shape) != expected:
            raise ValueError(f"the state is {tuple(state.hidden.shape)}, needed is {expected}")
        if state is not None and (state.cell is not None) != (self.cell == "lstm"):
            raise ValueError(f"the state is of another cell than {self.cell}: an LSTM's has hidden and cell parts")

    def extra_repr(self) -> str:  # noqa: D102 - PyTorch documents it
        return f"cell={self.cell}, weight_dropout={self.weight_dropout}"
