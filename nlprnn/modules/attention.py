"""Attention: a weighted sum of memory vectors, with weights computed from a query.

The memory of a sentence is projected once (`memory`) and then read by any number of queries: those of a whole target in
training, those of one step in search. Several successive rows of queries may read the same row of the memory, as the
hypotheses of a sentence do in beam search, so that nothing is copied for them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nlprnn.modules.input_types import check_padded_batch
from nlprnn.modules.sizes import check_sizes


class Memory(NamedTuple):
    """Projected memory.

    Attributes:
        keys: (B, S, K) float, compared with queries.
        values: (B, S, M) float, summed with the attention weights.
        mask: (B, S) bool, True = real token.
    """

    keys: Tensor
    values: Tensor
    mask: Tensor

    def select(self, indices: Tensor) -> Memory:
        """Return the rows `indices` (N,) int64: reordered, repeated or left out."""
        keys, values, mask = (tensor.index_select(0, indices) for tensor in self)
        return Memory(keys, values, mask)


class Attention(nn.Module, ABC):
    """Base of attention modules; a subclass defines `_scores`.

    Args:
        query_size: H, size of a query.
        memory_size: M, size of a vector of the memory.

    Raises:
        ValueError: a size is not positive.
    """

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__()
        check_sizes(query_size=query_size, memory_size=memory_size)
        self.query_size = query_size
        self.memory_size = memory_size

    @property
    def output_size(self) -> int:
        """Size of a context vector."""
        return self.memory_size

    def memory(self, encoded: Tensor, mask: Tensor) -> Memory:
        """Project the outputs of an encoder.

        Args:
            encoded: (B, S, M) float.
            mask: (B, S) bool, True = real token; any pattern.

        Raises:
            TypeError: encoded is a `PackedSequence`, or no tensor.
            ValueError: the shapes do not fit each other or the attention.
        """
        check_padded_batch(encoded, mask)
        if encoded.dim() != 3 or encoded.size(2) != self.memory_size or mask.shape != encoded.shape[:2]:
            raise ValueError(
                f"the memory is (B, S, {self.memory_size}) with a mask (B, S), got {tuple(encoded.shape)} with "
                f"{tuple(mask.shape)}"
            )
        keys, values = self._project(encoded)
        return Memory(keys, values, mask)

    def forward(self, queries: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """Attend to the memory.

        Args:
            queries: (B, T, H) float, or (N, H) where each row of the memory serves N / B successive queries.
            memory: from `memory`, B rows.

        Returns:
            contexts (B, T, output_size) and weights (B, T, S), or (N, output_size) and (N, S). Weights are zero on
            padding and sum to 1, or to 0 where the memory is padding alone.

        Raises:
            ValueError: the queries do not fit the attention or the memory.
        """
        rows = memory.mask.size(0)
        whole = queries.dim() == 3
        group = queries.size(0) // max(1, rows)  # queries per row of the memory, if they are (N, H)
        fitting = (rows if whole else rows * group, *queries.shape[1:-1], self.query_size)
        if queries.dim() not in (2, 3) or queries.shape != fitting:
            raise ValueError(
                f"queries {tuple(queries.shape)} do not fit a memory of {rows} rows and query_size {self.query_size}"
            )
        contexts, weights = self._attend(queries if whole else queries.unflatten(0, (rows, group)), memory)
        return (contexts, weights) if whole else (contexts.flatten(0, 1), weights.flatten(0, 1))

    def _attend(self, queries: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """Return contexts (B, T, output_size) and weights (B, T, S) for queries (B, T, H)."""
        weights = masked_softmax(self._scores(queries, memory.keys), memory.mask.unsqueeze(1))
        return torch.bmm(weights, memory.values), weights

    def _project(self, encoded: Tensor) -> tuple[Tensor, Tensor]:
        """Return keys (B, S, K) and values (B, S, M) of encoder outputs (B, S, M)."""
        return encoded, encoded

    @abstractmethod
    def _scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return scores (B, T, S) of queries (B, T, H) and keys (B, S, K)."""


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Return the softmax over the last dimension where `mask` is True, zero elsewhere; never NaN.

    Args:
        scores: (..., S) float.
        mask: bool, broadcast to the scores.
    """
    # The lowest number rather than -inf: a row of padding alone then gives numbers, which the second fill replaces.
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=-1)
    return weights.masked_fill(~mask, 0.0)


class DotAttention(Attention):
    """Dot-product attention (Luong et al. 2015), or scaled dot-product attention (Vaswani et al. 2017).

    Args:
        query_size: H, size of a query.
        memory_size: M, size of a vector of the memory, equal to H.
        scaled: divide scores by sqrt(H), which keeps the softmax of wide queries soft.

    Raises:
        ValueError: the sizes differ.
    """

    def __init__(self, query_size: int, memory_size: int, *, scaled: bool = False) -> None:
        super().__init__(query_size, memory_size)
        if query_size != memory_size:
            raise ValueError(
                f"dot attention needs equal sizes, got query_size {query_size}, memory_size {memory_size}: "
                "use general attention"
            )
        self.scaled = scaled

    def _scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        if self.scaled:
            queries = queries * self.query_size**-0.5
        return torch.bmm(queries, keys.transpose(1, 2))


class GeneralAttention(Attention):
    """General (bilinear) attention (Luong et al. 2015), scaled.

    The memory is multiplied with the matrix, once, rather than the queries, which come one by one in search. Scores
    are divided by sqrt(H). The matrix could do that as well, but its weights would be so small that a step of Adam
    changes them all, and attention becomes hard before it is learnt.

    Args:
        query_size: H, size of a query.
        memory_size: M, size of a vector of the memory.
    """

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__(query_size, memory_size)
        self.key = nn.Linear(memory_size, query_size, bias=False)
        nn.init.normal_(self.key.weight, std=memory_size**-0.5)

    def _project(self, encoded: Tensor) -> tuple[Tensor, Tensor]:
        return self.key(encoded), encoded

    def _scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        return torch.bmm(queries * self.query_size**-0.5, keys.transpose(1, 2))


class AdditiveAttention(Attention):
    """Additive (Bahdanau) attention: a hidden layer over query and memory (Bahdanau et al. 2015).

    Args:
        query_size: H, size of a query.
        memory_size: M, size of a vector of the memory.
        hidden_size: A, size of the hidden layer; None = H.

    Raises:
        ValueError: a size is not positive.
    """

    def __init__(self, query_size: int, memory_size: int, *, hidden_size: int | None = None) -> None:
        super().__init__(query_size, memory_size)
        self.hidden_size = hidden_size
        size = query_size if hidden_size is None else hidden_size
        check_sizes(hidden_size=size)
        self.query = nn.Linear(query_size, size, bias=False)
        self.key = nn.Linear(memory_size, size)
        self.score = nn.Linear(size, 1, bias=False)

    def _project(self, encoded: Tensor) -> tuple[Tensor, Tensor]:
        return self.key(encoded), encoded

    def _scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        hidden = self.query(queries).unsqueeze(2) + keys.unsqueeze(1)  # (B, T, S, A)
        return self.score(hidden.tanh()).squeeze(3)


class MultiHeadAttention(Attention):
    """Multi-head attention (Vaswani et al. 2017): scaled dot products of projected queries and memories.

    The returned weights are the mean over the heads.

    Args:
        query_size: H, size of a query; a multiple of `num_heads`.
        memory_size: M, size of a vector of the memory; a multiple of `num_heads`.
        num_heads: number of heads, each with queries of size H / num_heads and values of size M / num_heads.

    Raises:
        ValueError: a size is no multiple of `num_heads`.
    """

    def __init__(self, query_size: int, memory_size: int, *, num_heads: int = 4) -> None:
        super().__init__(query_size, memory_size)
        if num_heads < 1 or query_size % num_heads or memory_size % num_heads:
            raise ValueError(
                f"query_size {query_size} and memory_size {memory_size} must be multiples of num_heads {num_heads}"
            )
        self.num_heads = num_heads
        self.query = nn.Linear(query_size, query_size, bias=False)
        self.key = nn.Linear(memory_size, query_size, bias=False)
        self.value = nn.Linear(memory_size, memory_size, bias=False)

    def _project(self, encoded: Tensor) -> tuple[Tensor, Tensor]:
        return self.key(encoded), self.value(encoded)

    def _scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return scores of all heads, (B, heads, T, S)."""
        queries = self.query(queries) * (self.query_size // self.num_heads) ** -0.5
        return torch.matmul(self._split(queries), self._split(keys).transpose(2, 3))

    def _attend(self, queries: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        weights = masked_softmax(self._scores(queries, memory.keys), memory.mask[:, None, None])
        contexts = torch.matmul(weights, self._split(memory.values))  # (B, heads, T, M / heads)
        return contexts.transpose(1, 2).flatten(2), weights.mean(dim=1)

    def _split(self, x: Tensor) -> Tensor:
        """Return x (B, T, W) as (B, heads, T, W / heads)."""
        return x.unflatten(2, (self.num_heads, -1)).transpose(1, 2)


ATTENTIONS: dict[str, type[Attention]] = {
    "general": GeneralAttention,
    "dot": DotAttention,
    "additive": AdditiveAttention,
    "multi-head": MultiHeadAttention,
}
"""Name -> class, as recipes offer them."""
