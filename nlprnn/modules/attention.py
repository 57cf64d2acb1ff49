"""Attention: which places of a memory a query reads, and what it reads there.

The memory of a sentence is projected once (`memory`) and then read by any number of queries: all of a target at
once in training, one a step in search. Several successive rows of queries may read the same row of the memory, as
the hypotheses of one sentence do in beam search, so that nothing is copied for them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Memory(NamedTuple):
    """What queries read, projected once.

    Attributes:
        keys: (B, S, K) float, what queries are compared with.
        values: (B, S, M) float, what is read.
        mask: (B, S) bool, True = real token.
    """

    keys: Tensor
    values: Tensor
    mask: Tensor

    def select(self, indices: Tensor) -> Memory:
        """Return the rows `indices` (N,) int64: reordered, repeated or left out."""
        return Memory(*(part.index_select(0, indices) for part in self))


class Attention(nn.Module, ABC):
    """Base of all attentions.

    Args:
        query_size: H, width of a query.
        memory_size: M, width of a vector of the memory.

    Raises:
        ValueError: a size is not positive.
    """

    def __init__(self, query_size: int, memory_size: int) -> None:
        super().__init__()
        if min(query_size, memory_size) < 1:
            raise ValueError(f"sizes must be positive, got query_size {query_size}, memory_size {memory_size}")
        self.query_size = query_size
        self.memory_size = memory_size

    @property
    def output_size(self) -> int:
        """Width of a context vector."""
        return self.memory_size

    def memory(self, encoded: Tensor, mask: Tensor) -> Memory:
        """Project what an encoder gave.

        Args:
            encoded: (B, S, M) float.
            mask: (B, S) bool, True = real token; any pattern.

        Raises:
            ValueError: the shapes do not fit each other or the attention.
        """
        if encoded.dim() != 3 or encoded.size(2) != self.memory_size or mask.shape != encoded.shape[:2]:
            raise ValueError(
                f"the memory is (B, S, {self.memory_size}) with a mask (B, S), got {tuple(encoded.shape)} with "
                f"{tuple(mask.shape)}"
            )
        return Memory(*self._project(encoded), mask)

    def forward(self, queries: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """Read the memory.

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
        group = queries.size(0) // max(1, rows)  # queries of each row of the memory, where they come as (N, H)
        fitting = (rows if whole else rows * group, *queries.shape[1:-1], self.query_size)
        if queries.dim() not in (2, 3) or queries.shape != fitting:
            raise ValueError(
                f"queries {tuple(queries.shape)} do not fit a memory of {rows} rows and query_size {self.query_size}"
            )
        contexts, weights = self._read(queries if whole else queries.unflatten(0, (rows, group)), memory)
        return (contexts, weights) if whole else (contexts.flatten(0, 1), weights.flatten(0, 1))

    def _read(self, queries: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """(B, T, H) -> contexts (B, T, output_size) and weights (B, T, S)."""
        weights = masked_softmax(self._scores(queries, memory.keys), memory.mask.unsqueeze(1))
        return torch.bmm(weights, memory.values), weights

    def _project(self, encoded: Tensor) -> tuple[Tensor, Tensor]:
        """(B, S, M) -> keys and values."""
        return encoded, encoded

    @abstractmethod
    def _scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """(B, T, H) and (B, S, K) -> (B, T, S)."""


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Softmax over the last dimension where `mask` is True; zero elsewhere, and nowhere NaN.

    Args:
        scores: (..., S) float.
        mask: bool, broadcast to the scores.
    """
    # The lowest number rather than -inf: a row of padding alone then gives numbers, which the second fill erases.
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=-1)
    return weights.masked_fill(~mask, 0.0)


class DotAttention(Attention):
    """The inner product of query and memory (Luong et al. 2015, "dot").

    Args:
        query_size: H.
        memory_size: M, equal to H.
        scaled: divide by sqrt(H) (Vaswani et al. 2017), which keeps the softmax of wide queries soft.

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
    """A bilinear form of query and memory (Luong et al. 2015, "general").

    The memory is multiplied with the matrix, once, rather than the queries, which come one by one in search. Scores
    are divided by sqrt(H), which the matrix could do as well; but then its weights would be so small that a step of
    Adam changes them all, and attention hardens before it has learnt where to look.

    Args:
        query_size: H.
        memory_size: M.
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
    """One hidden layer over query and memory (Bahdanau et al. 2015).

    Args:
        query_size: H.
        memory_size: M.
        hidden_size: A, width of the hidden layer; None = that of a query.

    Raises:
        ValueError: a size is not positive.
    """

    def __init__(self, query_size: int, memory_size: int, *, hidden_size: int | None = None) -> None:
        super().__init__(query_size, memory_size)
        self.hidden_size = hidden_size
        width = query_size if hidden_size is None else hidden_size
        if width < 1:
            raise ValueError(f"sizes must be positive, got hidden_size {width}")
        self.query = nn.Linear(query_size, width, bias=False)
        self.key = nn.Linear(memory_size, width)
        self.score = nn.Linear(width, 1, bias=False)

    def _project(self, encoded: Tensor) -> tuple[Tensor, Tensor]:
        return self.key(encoded), encoded

    def _scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        hidden = self.query(queries).unsqueeze(2) + keys.unsqueeze(1)  # (B, T, S, A)
        return self.score(hidden.tanh()).squeeze(3)


class MultiHeadAttention(Attention):
    """Several scaled inner products of projected queries and memories side by side (Vaswani et al. 2017).

    The weights that it gives back are the mean of the heads'.

    Args:
        query_size: H; a multiple of the heads.
        memory_size: M; a multiple of the heads.
        num_heads: how many, each of width H / num_heads, reading values of width M / num_heads.

    Raises:
        ValueError: a size is no multiple of the heads.
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
        """Scores of all heads, (B, heads, T, S)."""
        queries = self.query(queries) * (self.query_size // self.num_heads) ** -0.5
        return torch.matmul(self._split(queries), self._split(keys).transpose(2, 3))

    def _read(self, queries: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        weights = masked_softmax(self._scores(queries, memory.keys), memory.mask[:, None, None])
        contexts = torch.matmul(weights, self._split(memory.values))  # (B, heads, T, M / heads)
        return contexts.transpose(1, 2).flatten(2), weights.mean(dim=1)

    def _split(self, x: Tensor) -> Tensor:
        """(B, T, W) -> (B, heads, T, W / heads)."""
        return x.unflatten(2, (self.num_heads, -1)).transpose(1, 2)


ATTENTIONS: dict[str, type[Attention]] = {
    "general": GeneralAttention,
    "dot": DotAttention,
    "additive": AdditiveAttention,
    "multi-head": MultiHeadAttention,
}
"""The names that recipes know."""
