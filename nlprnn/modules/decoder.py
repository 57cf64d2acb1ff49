"""A recurrent decoder that reads a memory by attention: the whole target at once, or token by token."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.modules.attention import Attention, Memory
from nlprnn.modules.cpu.linear import Int8Linear, Linear
from nlprnn.modules.dropout import check_probability
from nlprnn.modules.recurrent import RecurrentEncoder
from nlprnn.modules.recurrent_cells import StepLayer
from nlprnn.modules.recurrent_layer import Cell
from nlprnn.modules.state import RecurrentState

_Run = Callable[[RecurrentEncoder, Tensor, RecurrentState], tuple[Tensor, RecurrentState]]


class DecoderState(NamedTuple):
    """What a decoder knows after some tokens, batch first.

    Attributes:
        recurrent: (N, L, H) states of its layers.
        memory: what it attends to, B rows; each serves N / B successive rows of the state.
        attention: (N, S) float, weights of the last token.
        fed: (N, O) float, the last output, which input feeding feeds; None without.
    """

    recurrent: RecurrentState
    memory: Memory
    attention: Tensor
    fed: Tensor | None = None

    def select(self, indices: Tensor) -> DecoderState:
        """Return the rows `indices` (N',) int64.

        Where rows of one sentence stand together and are equally many, as in beam search, they go on sharing their
        row of the memory. Otherwise each gets its own.
        """
        return DecoderState(
            self.recurrent.select(indices),
            self._memory_of(indices),
            self.attention.index_select(0, indices),
            None if self.fed is None else self.fed.index_select(0, indices),
        )

    def _memory_of(self, indices: Tensor) -> Memory:
        rows = self.memory.mask.size(0)
        if rows < 2:  # whoever stays reads the only one
            return self.memory
        sentences = indices // (self.attention.size(0) // rows)
        # Mostly all sentences go on: one question to the device then, three where some have left.
        share, rest = divmod(len(sentences), rows)
        everyone = torch.arange(rows, device=sentences.device).repeat_interleave(share)
        if share and not rest and bool((sentences == everyone).all()):
            return self.memory
        kept, counts = sentences.unique_consecutive(return_counts=True)
        return self.memory.select(sentences if bool((counts != counts[:1]).any()) else kept)


class AttentionDecoder(nn.Module):
    """Recurrent layers over the target, attention over the source, and a layer that joins what both say.

    As in Luong et al. 2015 the first layer's output asks, and the top layer's output and the context give the
    attentional vector tanh(W [h; c]). Further layers see the context as well, as in GNMT (Wu et al. 2016), and add
    to the layer below (residual connections). No layer needs what attention said of the token before, so the whole
    target is read at once, unless input feeding (Luong et al. 2015) is asked for, which goes token by token.

    Args:
        input_size: E, width of the target's vectors.
        hidden_size: H, width of a layer, equal to the attention's `query_size`.
        output_size: O, width of the attentional vector.
        attention: reads the memory.
        cell: "lstm", "gru" or "rnn".
        num_layers: L.
        input_feeding: the last attentional vector is part of the first layer's input.
        dropout: probability of plain dropout after each layer, on contexts and on attentional vectors.
        weight_dropout: probability of dropping a recurrent weight for a whole batch (Merity et al. 2018), or with
            input feeding for a token of the whole batch.

    Raises:
        ValueError: a size or probability is out of range, or the attention does not fit.
    """

    dropout_probabilities = ("dropout",)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        *,
        attention: Attention,
        cell: Cell = "lstm",
        num_layers: int = 1,
        input_feeding: bool = False,
        dropout: float = 0.0,
        weight_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if attention.query_size != hidden_size:
            raise ValueError(
                f"the attention takes queries of {attention.query_size}, the decoder's are {hidden_size}: "
                "make them equal"
            )
        if min(output_size, num_layers) < 1:
            raise ValueError(f"sizes must be positive, got output_size {output_size}, num_layers {num_layers}")
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.output_size = output_size
        self.cell = cell
        self.num_layers = num_layers
        self.input_feeding = input_feeding
        self.dropout = check_probability("dropout", dropout)
        self.weight_dropout = weight_dropout
        self.attention = attention
        context = attention.output_size
        widths = [input_size + (output_size if input_feeding else 0), *[hidden_size + context] * (num_layers - 1)]
        self.layers = nn.ModuleList(
            RecurrentEncoder(width, hidden_size, cell=cell, weight_dropout=weight_dropout) for width in widths
        )
        self.join = Linear(hidden_size + context, output_size)

    def initial_state(self, encoded: Tensor, mask: Tensor, recurrent: RecurrentState) -> DecoderState:
        """Return the state before the first token.

        Args:
            encoded: (B, S, M) float, what to attend to.
            mask: (B, S) bool, True = real token.
            recurrent: (B, L, H), where the layers start.

        Raises:
            ValueError: one of them does not fit the decoder or the others.
        """
        expected = (encoded.size(0), self.num_layers, self.hidden_size)
        if tuple(recurrent.hidden.shape) != expected or (recurrent.cell is not None) != (self.cell == "lstm"):
            raise ValueError(
                f"the layers of this {self.cell} start from {expected}, got {tuple(recurrent.hidden.shape)} "
                f"with{'out' if recurrent.cell is None else ''} a cell state"
            )
        fed = encoded.new_zeros(encoded.size(0), self.output_size) if self.input_feeding else None
        return DecoderState(recurrent, self.attention.memory(encoded, mask), encoded.new_zeros(mask.shape), fed)

    def forward(self, x: Tensor, mask: Tensor | None, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Read whole targets.

        Args:
            x: (B, T, E) float, T > 0.
            mask: (B, T) bool, True = real token, the real tokens of a row first; None = all real.
            state: where to start.

        Returns:
            attentional vectors (B, T, O), to be ignored on padding, and the state after each row's last real token.

        Raises:
            ValueError: x, mask and state do not fit each other or the decoder.
        """
        if x.dim() != 3 or x.size(2) != self.input_size or (mask is not None and mask.shape != x.shape[:2]):
            raise ValueError(
                f"the decoder reads (B, T, {self.input_size}) with a mask (B, T), got {tuple(x.shape)} with "
                f"{None if mask is None else tuple(mask.shape)}"
            )
        if mask is not None and bool(mask.all()):
            mask = None
        if self.input_feeding:
            return self._token_by_token(x, mask, state)
        outputs, weights, recurrent = self._read(x, state, lambda layer, source, start: layer(source, mask, start))
        if mask is None:
            last = weights[:, -1]
        else:
            rows, lengths = torch.arange(len(mask), device=mask.device), mask.sum(dim=1)
            last = weights[rows, (lengths - 1).clamp(min=0)].where((lengths > 0).unsqueeze(1), state.attention)
        return outputs, DecoderState(recurrent, state.memory, last)

    def step(self, x: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Read one token of each row; equal to `forward` over that token.

        Args:
            x: (N, E) float.
            state: the state before the token.

        Returns:
            attentional vectors (N, O), and the state after the token.
        """
        source = x if state.fed is None else torch.cat([x, state.fed], dim=1)
        output, weights, recurrent = self._read(source, state, lambda layer, source, start: layer.step(source, start))
        return output, DecoderState(recurrent, state.memory, weights, None if state.fed is None else output)

    def prepare_for_decoding(self, *, table: Tensor | None = None, int8: bool = False) -> AttentionDecoder:
        """Return a decoder that only goes step by step, with this one's weights of now laid out for that.

        The attention is shared with this one and stays as it is. With eight bits, layers of cells whose states lie
        between -1 and 1 are to start from such states, as a `Bridge` gives them.

        Args:
            table: (V, E) float, the vector of each token: `step` then takes ids (N,) int64. None = it takes vectors.
            int8: weights of eight bits, for the CPU.

        Raises:
            ValueError: there is a table, and input feeding gives the first layer more to read than the token.
            RuntimeError: this PyTorch has no integer kernels.
        """
        if self.input_feeding and table is not None:
            raise ValueError("with input feeding the first layer reads more than the token: leave the table out")
        first, *above = (layer.layers[0] for layer in self.layers)
        steps = copy(self)
        steps.training = False
        steps._modules = dict(self._modules)
        steps.layers = nn.ModuleList(
            [StepLayer(first, table=table, int8=int8), *(StepLayer(layer, int8=int8) for layer in above)]
        )
        if int8:
            steps.join = Int8Linear(self.join.weight, self.join.bias)
        return steps

    def _read(self, x: Tensor, state: DecoderState, run: _Run) -> tuple[Tensor, Tensor, RecurrentState]:
        """Go up through the layers, with whole targets or one token of each row.

        Args:
            x: (B, T, E) or (N, E) float, input of the first layer.
            state: where to start.
            run: (layer, its input, its start) -> its outputs and its state after them.

        Returns:
            attentional vectors (B, T, O) or (N, O), weights (B, T, S) or (N, S), and where the layers ended.
        """
        outputs, ended = run(self.layers[0], x, state.recurrent.layer(0, 1))
        hidden, states = self._dropped(outputs), [ended]
        contexts, weights = self.attention(hidden, state.memory)
        contexts = self._dropped(contexts)
        for index in range(1, self.num_layers):
            source = torch.cat([hidden, contexts], dim=-1)
            outputs, ended = run(self.layers[index], source, state.recurrent.layer(index, 1))
            hidden = hidden + self._dropped(outputs)
            states.append(ended)
        joined = torch.tanh(self.join(torch.cat([hidden, contexts], dim=-1)))
        return self._dropped(joined), weights, _stacked(states)

    def _token_by_token(self, x: Tensor, mask: Tensor | None, state: DecoderState) -> tuple[Tensor, DecoderState]:
        outputs = []
        for index, token in enumerate(x.unbind(1)):
            output, after = self.step(token, state)
            state = after if mask is None else _where(mask[:, index], after, state)
            outputs.append(output)
        return torch.stack(outputs, dim=1), state

    def _dropped(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training)


def _stacked(layers: list[RecurrentState]) -> RecurrentState:
    """States of single layers (N, 1, H) -> (N, L, H)."""
    cells = None if layers[0].cell is None else torch.cat([layer.cell for layer in layers], dim=1)
    return RecurrentState(torch.cat([layer.hidden for layer in layers], dim=1), cells)


def _where(real: Tensor, after: DecoderState, before: DecoderState) -> DecoderState:
    """The state after a token in the rows (N,) where it is real, else the one before."""

    def choose(new: Tensor | None, old: Tensor | None) -> Tensor | None:
        return None if new is None else torch.where(real.view(-1, *[1] * (new.dim() - 1)), new, old)

    recurrent = RecurrentState(*map(choose, after.recurrent, before.recurrent))
    attention, fed = choose(after.attention, before.attention), choose(after.fed, before.fed)
    return DecoderState(recurrent, after.memory, attention, fed)
