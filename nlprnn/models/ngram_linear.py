"""Linear model on the n-grams of a text, weighted by TF-IDF."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional


class NgramFeatures(NamedTuple):
    """The n-grams of a batch of texts: a sparse (B, F) matrix of P entries in the order of the texts, and positions.

    Attributes:
        rows: (P,) int64, the text of each entry.
        columns: (P,) int64, the n-gram of each entry.
        values: (P,) float32, the n-gram's weight in the text; those of a text have norm 1.
        entries: (Q,) int64, the entry of each occurrence of an n-gram.
        starts: (Q,) int64, b * T + t where each occurrence begins.
        sizes: (Q,) int64, the number of tokens of each occurrence.
    """

    rows: Tensor
    columns: Tensor
    values: Tensor
    entries: Tensor
    starts: Tensor
    sizes: Tensor


class NgramLinear(nn.Module):
    """Linear model on the n-grams of a text.

    Features are TF-IDF with 1 + log(count) (Salton & Buckley 1988, "Term-Weighting Approaches in Automatic Text
    Retrieval"), normalised per text. It has no parameters, only buffers, which a convex solver fits.

    Args:
        num_ngrams: F, number of n-grams.
        num_outputs: C.
        order: length of the longest n-grams, in tokens.
        vocab_size: V, larger than every token id.
        unknown_id: n-grams with this token are ignored.

    Raises:
        ValueError: a size is not positive, or V and the order are too large to number the n-grams.
    """

    keys: Tensor
    idf: Tensor
    weight: Tensor
    bias: Tensor

    def __init__(self, num_ngrams: int, num_outputs: int, *, order: int, vocab_size: int, unknown_id: int = 1) -> None:
        super().__init__()
        if min(num_ngrams, num_outputs, order, vocab_size) < 1:
            raise ValueError(
                f"sizes must be positive, got num_ngrams {num_ngrams}, num_outputs {num_outputs}, order {order}, "
                f"vocab_size {vocab_size}"
            )
        if order > longest_order(vocab_size):
            raise ValueError(f"n-grams of {order} among {vocab_size:,} tokens are too many: take shorter ones")
        self.num_ngrams = num_ngrams
        self.num_outputs = num_outputs
        self.order = order
        self.vocab_size = vocab_size
        self.unknown_id = unknown_id
        self.register_buffer("keys", torch.zeros(num_ngrams, dtype=torch.int64))
        self.register_buffer("idf", torch.ones(num_ngrams))
        self.register_buffer("weight", torch.zeros(num_ngrams, num_outputs))
        self.register_buffer("bias", torch.zeros(num_outputs))

    def load_ngrams(self, keys: Tensor, idf: Tensor) -> None:
        """Set the n-grams.

        Args:
            keys: (F,) int64 from `ngram_keys`, in ascending order.
            idf: (F,) float, inverse document frequency of each.
        """
        self.keys.copy_(keys)
        self.idf.copy_(idf)

    def load_weights(self, weight: Tensor, bias: Tensor) -> None:
        """Set weight (F, C) float and bias (C,) float."""
        self.weight.copy_(weight)
        self.bias.copy_(bias)

    def features(self, ids: Tensor, mask: Tensor) -> NgramFeatures:
        """Compute the features of texts.

        Args:
            ids: (B, T) int64.
            mask: (B, T) bool, True = real token.
        """
        keys = ngram_keys(ids, mask, order=self.order, vocab_size=self.vocab_size, unknown_id=self.unknown_id)
        columns = torch.searchsorted(self.keys, keys).clamp(max=self.num_ngrams - 1)
        rows, slots = (self.keys[columns] == keys).nonzero(as_tuple=True)
        pairs, entries, counts = torch.unique(
            rows * self.num_ngrams + columns[rows, slots], return_inverse=True, return_counts=True
        )
        texts, columns = pairs // self.num_ngrams, pairs % self.num_ngrams
        values = (1.0 + counts.log()) * self.idf[columns]
        norms = values.new_zeros(len(ids)).index_add_(0, texts, values.square()).sqrt()
        starts, sizes = rows * ids.size(1) + slots % ids.size(1), slots // ids.size(1) + 1
        return NgramFeatures(texts, columns, values / norms[texts], entries, starts, sizes)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Score texts.

        Args:
            ids: (B, T) int64.
            mask: (B, T) bool, True = real token.

        Returns:
            (B, C) float; the bias alone for a text without known n-grams.
        """
        features = self.features(ids, mask)
        offsets = torch.searchsorted(features.rows, torch.arange(len(ids), device=ids.device))
        values = features.values.to(self.weight.dtype)
        sums = functional.embedding_bag(features.columns, self.weight, offsets, mode="sum", per_sample_weights=values)
        return sums + self.bias

    def contributions(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Attribute the outputs to tokens: an n-gram counts equally for its occurrences and the tokens of each.

        Args:
            ids: (B, T) int64.
            mask: (B, T) bool, True = real token.

        Returns:
            (B, T, C) float; their sum over T plus the bias equals the outputs of `forward`.
        """
        features = self.features(ids, mask)
        counts = torch.bincount(features.entries, minlength=len(features.rows))[features.entries]
        share = features.values[features.entries] / (counts * features.sizes)
        shares = self.weight[features.columns[features.entries]] * share.unsqueeze(1)  # (Q, C)
        total = shares.new_zeros(ids.numel(), self.num_outputs)
        for offset in range(self.order):
            covered = features.sizes > offset
            total.index_add_(0, features.starts[covered] + offset, shares[covered])
        return total.unflatten(0, ids.shape)

    def extra_repr(self) -> str:  # noqa: D102 - PyTorch documents it
        return f"{self.num_ngrams}, {self.num_outputs}, order={self.order}"


def longest_order(vocab_size: int) -> int:
    """Return the longest n-grams of V tokens that can all be numbered in 63 bits."""
    return int(63 / math.log2(vocab_size + 1))


def ngram_keys(ids: Tensor, mask: Tensor, *, order: int, vocab_size: int, unknown_id: int) -> Tensor:
    """Number the n-grams of texts: those of one token that begin at each position, then those of two, and so on.

    Args:
        ids: (B, T) int64.
        mask: (B, T) bool, True = real token.
        order: N, the longest; at most `longest_order(V)`.
        vocab_size: V, larger than every id.
        unknown_id: n-grams with this token are ignored.

    Returns:
        (B, N * T) int64, the same number for equal n-grams only; -1 for no n-gram.
    """
    known = mask & (ids != unknown_id)
    digits = torch.where(known, ids + 1, 0)  # to the base V + 1; 0 is no token
    key, complete, keys = digits, known, [torch.where(known, digits, -1)]
    for size in range(1, order):
        following = functional.pad(digits[:, size:], (0, min(size, ids.size(1))))
        key, complete = key * (vocab_size + 1) + following, complete & (following > 0)
        keys.append(torch.where(complete, key, -1))
    return torch.cat(keys, dim=1)
