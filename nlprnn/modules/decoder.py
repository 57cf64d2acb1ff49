"""Recurrent decoder with attention: the whole target in one pass, or token by token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.modules.attention import Attention, Memory
from nlprnn.modules.dropout import check_probability
from nlprnn.modules.input_types import check_padded_batch, check_state_type
from nlprnn.modules.masks import drop_full_mask
from nlprnn.modules.recurrent import RecurrentEncoder
from nlprnn.modules.recurrent_layer import Cell
from nlprnn.modules.sizes import check_sizes
from nlprnn.modules.state import RecurrentState

_RunLayer = Callable[[RecurrentEncoder, Tensor, RecurrentState], tuple[Tensor, RecurrentState]]


class DecoderState(NamedTuple):
    """State of an attention decoder between two tokens, batch first.

    Attributes:
        recurrent: (N, L, H) states of its layers.
        memory: what it attends to, B rows; each serves N / B successive rows of the state.
        attention: (N, S) float, attention weights of the last token.
        input_feed: (N, O) float, the last output, with input feeding; None without.
    """

    recurrent: RecurrentState
    memory: Memory
    attention: Tensor
    input_feed: Tensor | None = None

    def select(self, indices: Tensor) -> DecoderState:
        """Return the rows `indices` (N',) int64.

        Where the rows of each sentence are adjacent and equally many, as in beam search, they go on sharing their row
        of the memory. Otherwise each has a separate one.
        """
        return DecoderState(
            self.recurrent.select(indices),
            self._select_memory(indices),
            self.attention.index_select(0, indices),
            None if self.input_feed is None else self.input_feed.index_select(0, indices),
        )

    def _select_memory(self, indices: Tensor) -> Memory:
        rows = self.memory.mask.size(0)
        if rows < 2:  # all remaining rows read the only one
            return self.memory
        sentences = indices // (self.attention.size(0) // rows)
        # In most steps no sentence leaves: this waits for the device once then, and three times where some have left.
        share, rest = divmod(len(sentences), rows)
        everyone = torch.arange(rows, device=sentences.device).repeat_interleave(share)
        if share and not rest and bool((sentences == everyone).all()):
            return self.memory
        kept, counts = sentences.unique_consecutive(return_counts=True)
        return self.memory.select(sentences if bool((counts != counts[:1]).any()) else kept)


class AttentionDecoder(nn.Module):
    """Recurrent layers over the target, attention over the source, and an attentional layer that combines both.

    As in Luong et al. 2015 the output of the first layer is the query, and the output of the top layer and the context
    give the attentional vector tanh(W [h; c]). Further layers read the context as well, as in GNMT (Wu et al. 2016),
    and have residual connections. No layer depends on the attention of the token before, so the whole target is read in
    one pass, except with input feeding (Luong et al. 2015), which goes token by token.

    Args:
        input_size: E, size of the target's vectors.
        hidden_size: H, size of a layer, equal to the attention's `query_size`.
        output_size: O, size of the attentional vector.
        attention: over the memory.
        cell: "lstm", "gru", "rnn", "mingru" or "minlstm".
        num_layers: L.
        input_feeding: the last attentional vector is part of the first layer's input.
        dropout: dropout probability after each layer, on contexts and on attentional vectors.
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
        check_sizes(output_size=output_size, num_layers=num_layers)
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
        layers = nn.ModuleList(
            RecurrentEncoder(width, hidden_size, cell=cell, weight_dropout=weight_dropout) for width in widths
        )
        self.layers = cast("Sequence[RecurrentEncoder]", layers)
        self.attentional_layer = nn.Linear(hidden_size + context, output_size)

    def initial_state(self, encoded: Tensor, mask: Tensor, recurrent: RecurrentState) -> DecoderState:
        """Return the state before the first token.

        Args:
            encoded: (B, S, M) float, what to attend to.
            mask: (B, S) bool, True = real token.
            recurrent: (B, L, H), initial states of the layers.

        Raises:
            TypeError: one of them is of another type.
            ValueError: one of them does not fit the decoder or the others.
        """
        check_padded_batch(encoded, mask)
        check_state_type(recurrent, RecurrentState)
        expected = (encoded.size(0), self.num_layers, self.hidden_size)
        if tuple(recurrent.hidden.shape) != expected or (recurrent.cell is not None) != (self.cell == "lstm"):
            raise ValueError(
                f"the layers of this {self.cell} start from {expected}, got {tuple(recurrent.hidden.shape)} "
                f"with{'out' if recurrent.cell is None else ''} a cell state"
            )
        input_feed = encoded.new_zeros(encoded.size(0), self.output_size) if self.input_feeding else None
        return DecoderState(recurrent, self.attention.memory(encoded, mask), encoded.new_zeros(mask.shape), input_feed)

    def forward(self, x: Tensor, mask: Tensor | None, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Run over whole targets.

        Args:
            x: (B, T, E) float, T > 0.
            mask: (B, T) bool, True = real token, the real tokens of a row first; None = all real.
            state: initial state.

        Returns:
            attentional vectors (B, T, O), undefined on padding, and the state after each row's last real token.

        Raises:
            TypeError: x is a `PackedSequence`, or the state is of another type.
            ValueError: x, mask and state do not fit each other or the decoder.
        """
        check_padded_batch(x, mask)
        check_state_type(state, DecoderState)
        if x.dim() != 3 or x.size(2) != self.input_size or (mask is not None and mask.shape != x.shape[:2]):
            raise ValueError(
                f"the decoder reads (B, T, {self.input_size}) with a mask (B, T), got {tuple(x.shape)} with "
                f"{None if mask is None else tuple(mask.shape)}"
            )
        mask = drop_full_mask(mask)
        if self.input_feeding:
            return self._run_token_by_token(x, mask, state)
        outputs, weights, recurrent = self._run(x, state, lambda layer, source, start: layer(source, mask, start))
        if mask is None:
            last = weights[:, -1]
        else:
            rows, lengths = torch.arange(len(mask), device=mask.device), mask.sum(dim=1)
            last = weights[rows, (lengths - 1).clamp(min=0)].where((lengths > 0).unsqueeze(1), state.attention)
        return outputs, DecoderState(recurrent, state.memory, last)

    def step(self, x: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Advance by one token of each row; equal to `forward` over that token.

        Args:
            x: (N, E) float.
            state: the state before the token.

        Returns:
            attentional vectors (N, O), and the state after the token.

        Raises:
            TypeError: x is a `PackedSequence`, or the state is of another type.
        """
        check_padded_batch(x)
        check_state_type(state, DecoderState)
        feed = state.input_feed
        source = x if feed is None else torch.cat([x, feed], dim=1)
        output, weights, recurrent = self._run(source, state, lambda layer, source, start: layer.step(source, start))
        return output, DecoderState(recurrent, state.memory, weights, None if feed is None else output)

    def _run(self, x: Tensor, state: DecoderState, run_layer: _RunLayer) -> tuple[Tensor, Tensor, RecurrentState]:
        """Run all layers over whole targets, or over one token of each row.

        Args:
            x: (B, T, E) or (N, E) float, input of the first layer.
            state: initial state.
            run_layer: takes a layer, its input and its initial state, and returns its outputs and its final state.

        Returns:
            attentional vectors (B, T, O) or (N, O), weights (B, T, S) or (N, S), and the final states of the layers.
        """
        outputs, final = run_layer(self.layers[0], x, state.recurrent.layer(0, 1))
        hidden, states = self._dropout(outputs), [final]
        contexts, weights = self.attention(hidden, state.memory)
        contexts = self._dropout(contexts)
        for index in range(1, self.num_layers):
            source = torch.cat([hidden, contexts], dim=-1)
            outputs, final = run_layer(self.layers[index], source, state.recurrent.layer(index, 1))
            hidden = hidden + self._dropout(outputs)
            states.append(final)
        attentional = torch.tanh(self.attentional_layer(torch.cat([hidden, contexts], dim=-1)))
        return self._dropout(attentional), weights, RecurrentState.concatenate(states)

    def _run_token_by_token(self, x: Tensor, mask: Tensor | None, state: DecoderState) -> tuple[Tensor, DecoderState]:
        outputs = []
        for index, token in enumerate(x.unbind(1)):
            output, after = self.step(token, state)
            state = after if mask is None else _where(mask[:, index], after, state)
            outputs.append(output)
        return torch.stack(outputs, dim=1), state

    def _dropout(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training)


def _where(real: Tensor, after: DecoderState, before: DecoderState) -> DecoderState:
    """Return the state after a token in the rows (N,) where it is real, and the state before it elsewhere."""
    rows, input_feed = real.unsqueeze(1), None
    if after.input_feed is not None and before.input_feed is not None:
        input_feed = torch.where(rows, after.input_feed, before.input_feed)
    attention = torch.where(rows, after.attention, before.attention)
    return DecoderState(after.recurrent.where(real, before.recurrent), after.memory, attention, input_feed)
