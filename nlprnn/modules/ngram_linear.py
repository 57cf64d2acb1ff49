"""Token ids -> the outputs of a linear model on n-grams, which stand beside those of a recurrent reader.

A recurrent reader generalises over words and their order; a bag of n-grams remembers which of them go with what, and
is right where the reader has seen too little. On long texts both together beat either (Mesnil et al. 2015, "Ensemble of
Generative and Discriminative Techniques for Sentiment Analysis of Movie Reviews"; Cheng et al. 2016, "Wide & Deep
Learning for Recommender Systems").
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional


class NgramFeatures(NamedTuple):
    """What n-grams a batch of texts has, in the order of the texts: a sparse (B, F) matrix, and where they stand.

    Attributes:
        rows: (P,) int64, the text of each.
        columns: (P,) int64, which n-gram it is.
        values: (P,) float32, its weight in the text; those of a text with any have length 1.
        entries: (Q,) int64, of each occurrence of an n-gram in a text, its place among the P.
        starts: (Q,) int64, b * T + t where it begins.
        sizes: (Q,) int64, of how many tokens it is.
    """

    rows: Tensor
    columns: Tensor
    values: Tensor
    entries: Tensor
    starts: Tensor
    sizes: Tensor


class NgramLinear(nn.Module):
    """Outputs of a linear model on the n-grams of a text, each counted 1 + log(count) and weighed by its rarity.

    The weights are those of TF-IDF (Salton & Buckley 1988, "Term-Weighting Approaches in Automatic Text Retrieval"),
    rows of length 1. Nothing here is a parameter: a convex problem is solved before or after the network is trained.

    Args:
        num_ngrams: F, n-grams that count.
        num_outputs: C.
        order: the longest n-grams, in tokens.
        vocab_size: V, above every token id.
        unknown_id: n-grams with this token count nothing.

    Raises:
        ValueError: a size is not positive, or V and the order are too large for an n-gram to be one number.
    """

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
        """Say which n-grams count.

        Args:
            keys: (F,) int64 from `ngram_keys`, in ascending order.
            idf: (F,) float, the weight of each.
        """
        self.keys.copy_(keys)
        self.idf.copy_(idf)

    def load_weights(self, weight: Tensor, bias: Tensor) -> None:
        """Set what the n-grams speak for: weight (F, C) float and bias (C,) float."""
        self.weight.copy_(weight)
        self.bias.copy_(bias)

    def features(self, ids: Tensor, mask: Tensor) -> NgramFeatures:
        """Find the n-grams of texts.

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
            (B, C) float; the bias alone where no n-gram is known.
        """
        found = self.features(ids, mask)
        begins = torch.searchsorted(found.rows, torch.arange(len(ids), device=ids.device))
        sums = functional.embedding_bag(found.columns, self.weight, begins, mode="sum", per_sample_weights=found.values)
        return sums + self.bias

    def shares(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Tell what each token adds to the outputs: an n-gram's part is shared by its tokens, in each of its places.

        Args:
            ids: (B, T) int64.
            mask: (B, T) bool, True = real token.

        Returns:
            (B, T, C) float; their sum over T, and the bias, is what `forward` gives.
        """
        found = self.features(ids, mask)
        counts = torch.bincount(found.entries, minlength=len(found.rows))[found.entries]
        part = found.values[found.entries] / (counts * found.sizes)
        parts = self.weight[found.columns[found.entries]] * part.unsqueeze(1)  # (Q, C)
        shares = parts.new_zeros(ids.numel(), self.num_outputs)
        for place in range(self.order):
            there = found.sizes > place
            shares.index_add_(0, found.starts[there] + place, parts[there])
        return shares.unflatten(0, ids.shape)

    def extra_repr(self) -> str:  # noqa: D102 - PyTorch documents it
        return f"{self.num_ngrams}, {self.num_outputs}, order={self.order}"


def longest_order(vocab_size: int) -> int:
    """How many of V tokens an n-gram may have for all n-grams to have numbers of 63 bits."""
    return int(63 / math.log2(vocab_size + 1))


def ngram_keys(ids: Tensor, mask: Tensor, *, order: int, vocab_size: int, unknown_id: int) -> Tensor:
    """Number the n-grams of texts: those of one token that begin at each place, then those of two, and so on.

    Args:
        ids: (B, T) int64.
        mask: (B, T) bool, True = real token.
        order: N, the longest; at most `longest_order(V)`.
        vocab_size: V, above every id.
        unknown_id: n-grams with this token are none.

    Returns:
        (B, N * T) int64, equal numbers for equal n-grams and no others; -1 where there is none.
    """
    known = mask & (ids != unknown_id)
    digits = torch.where(known, ids + 1, 0)  # to the base V + 1; 0 is no token
    key, whole, parts = digits, known, [torch.where(known, digits, -1)]
    for size in range(1, order):
        following = functional.pad(digits[:, size:], (0, min(size, ids.size(1))))
        key, whole = key * (vocab_size + 1) + following, whole & (following > 0)
        parts.append(torch.where(whole, key, -1))
    return torch.cat(parts, dim=1)
