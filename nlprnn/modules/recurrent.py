"""Stacked recurrent layers: vectors of tokens -> vectors of tokens that know their context."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.modules.dropout import LockedDropout, check_probability
from nlprnn.modules.recurrent_layer import CELLS, Cell, build_layer, run_layer
from nlprnn.modules.recurrent_step import step_layer
from nlprnn.modules.state import RecurrentState


class RecurrentEncoder(nn.Module):
    """A stack of recurrent layers in one or two directions.

    The Elman RNN (Elman 1990), the LSTM (Hochreiter & Schmidhuber 1997, with forget gates, Gers et al. 2000)
    and the GRU (Cho et al. 2014), with PyTorch's equations and weights: the layers are `nn.LSTM`, `nn.GRU` or
    `nn.RNN` modules of one layer each.

    Args:
        input_size: E, width of the input vectors.
        hidden_size: H, width of the state in each direction.
        cell: "lstm", "gru" or "rnn".
        num_layers: L, layers on top of each other.
        bidirectional: D = 2 directions instead of 1; outputs are concatenated.
        nonlinearity: of the plain RNN, "tanh" or "relu"; the other cells have none to choose.
        dropout: probability of plain dropout between layers.
        locked_dropout: probability of dropout between layers with one mask a sequence (Gal & Ghahramani 2016).
        weight_dropout: probability of dropping a recurrent weight for a whole batch (Merity et al. 2018).

    Raises:
        ValueError: a size is not positive, the cell is unknown, or a probability is not in [0, 1).
    """

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
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.cell = cell
        self.num_layers = num_layers
        self.bidirectional = bidirectional
        self.nonlinearity = nonlinearity
        self.dropout = check_probability("dropout", dropout)
        self.locked_dropout = check_probability("locked_dropout", locked_dropout)
        self.weight_dropout = check_probability("weight_dropout", weight_dropout)
        self._locked = LockedDropout(locked_dropout)
        self.layers = nn.ModuleList(
            build_layer(
                cell,
                input_size if index == 0 else self.output_size,
                hidden_size,
                bidirectional=bidirectional,
                nonlinearity=nonlinearity,
            )
            for index in range(num_layers)
        )

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
            if index > 0:
                x = self._locked(functional.dropout(x, self.dropout, self.training))
            start = None if state is None else state.layer(index, self.directions)
            x, layer_state = run_layer(layer, self._weights(layer), x, mask, start)
            states.append(layer_state)
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
            if index > 0:
                x = self._locked(functional.dropout(x, self.dropout, self.training).unsqueeze(1)).squeeze(1)
            before, cell = state.hidden[:, index], None if state.cell is None else state.cell[:, index]
            x, cell = step_layer(layer.mode, self._weights(layer), x, before, cell)
            hidden.append(x)
            cells.append(cell)
        return x, RecurrentState(torch.stack(hidden, dim=1), torch.stack(cells, dim=1) if self.cell == "lstm" else None)

    def initial_state(self, like: Tensor) -> RecurrentState:
        """Return the state of zeros for as many rows as `like` has, with its device and dtype."""
        zeros = like.new_zeros(like.size(0), self.num_layers * self.directions, self.hidden_size)
        return RecurrentState(zeros, zeros if self.cell == "lstm" else None)

    def _weights(self, layer: nn.RNNBase) -> list[Tensor]:
        """The layer's weights in PyTorch's order, the recurrent ones dropped out in training."""
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
