"""Linear model on the n-grams of a text, of words and of characters within words, weighted by TF-IDF."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.models.character_ngrams import SpellingTable


class NgramFeatures(NamedTuple):
    """The n-grams of a batch of texts: a sparse (B, F) matrix of P entries in the order of the texts, and positions.

    Attributes:
        rows: (P,) int64, the text of each entry.
        columns: (P,) int64, the n-gram of each entry.
        values: (P,) float32, the n-gram's weight in the text; a text's n-grams of words have norm 1, and so have those
            of characters.
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

    Character n-grams within words, if there are some, tell what a rare word has in common with others. They are
    retrieved by the id of the word, so that only words of the vocabulary have them.

    Args:
        num_ngrams: F, number of n-grams, those of characters included.
        num_outputs: C.
        order: length of the longest n-grams of words, in tokens.
        vocab_size: V, larger than every token id.
        unknown_id: n-grams with this token are ignored.
        num_char_ngrams: number of character n-grams, the last ones; 0 = none.
        num_spellings: K, entries of the table of the words' character n-grams.

    Raises:
        ValueError: a size is not positive, or V and the order are too large to number the n-grams.
    """

    keys: Tensor
    idf: Tensor
    weight: Tensor
    bias: Tensor
    spelling_offsets: Tensor
    spelling_numbers: Tensor

    def __init__(
        self,
        num_ngrams: int,
        num_outputs: int,
        *,
        order: int,
        vocab_size: int,
        unknown_id: int = 1,
        num_char_ngrams: int = 0,
        num_spellings: int = 0,
    ) -> None:
        super().__init__()
        if min(num_ngrams - num_char_ngrams, num_outputs, order, vocab_size) < 1:
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
        self.num_char_ngrams = num_char_ngrams
        self.num_spellings = num_spellings
        self.register_buffer("keys", torch.zeros(num_ngrams - num_char_ngrams, dtype=torch.int64))
        self.register_buffer("idf", torch.ones(num_ngrams))
        self.register_buffer("weight", torch.zeros(num_ngrams, num_outputs))
        self.register_buffer("bias", torch.zeros(num_outputs))
        if num_char_ngrams:
            self.register_buffer("spelling_offsets", torch.zeros(vocab_size + 1, dtype=torch.int64))
            self.register_buffer("spelling_numbers", torch.zeros(num_spellings, dtype=torch.int32))

    def load_ngrams(self, keys: Tensor, idf: Tensor, spellings: SpellingTable | None = None) -> None:
        """Set the n-grams.

        Args:
            keys: int64 from `ngram_keys`, in ascending order, of the n-grams of words.
            idf: (F,) float, inverse document frequency of each; of those of characters last.
            spellings: the character n-grams of the words; None = there are none.
        """
        self.keys.copy_(keys)
        self.idf.copy_(idf)
        if spellings is not None:
            self.spelling_offsets.copy_(spellings.offsets)
            self.spelling_numbers.copy_(spellings.numbers)

    @property
    def spellings(self) -> SpellingTable | None:
        """The character n-grams of the words; None = there are none."""
        return SpellingTable(self.spelling_offsets, self.spelling_numbers) if self.num_char_ngrams else None

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
        columns, starts, sizes = self._occurrences(ids, mask)
        rows = starts // ids.size(1)
        pairs, entries, counts = torch.unique(rows * self.num_ngrams + columns, return_inverse=True, return_counts=True)
        texts, columns = pairs // self.num_ngrams, pairs % self.num_ngrams
        values = (1.0 + counts.log()) * self.idf[columns]
        kinds = 2 * texts + (columns >= len(self.keys))  # words and characters are normalised apart
        norms = values.new_zeros(2 * len(ids)).index_add_(0, kinds, values.square()).sqrt()
        return NgramFeatures(texts, columns, values / norms[kinds], entries, starts, sizes)

    def _occurrences(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Column, start and size (Q,) int64 of each occurrence of an n-gram, as `NgramFeatures` has them."""
        keys = ngram_keys(ids, mask, order=self.order, vocab_size=self.vocab_size, unknown_id=self.unknown_id)
        columns = torch.searchsorted(self.keys, keys).clamp(max=len(self.keys) - 1)
        rows, slots = (self.keys[columns] == keys).nonzero(as_tuple=True)
        columns, starts, sizes = (
            columns[rows, slots],
            rows * ids.size(1) + slots % ids.size(1),
            slots // ids.size(1) + 1,
        )
        if self.spellings is None:
            return columns, starts, sizes
        tokens = (mask & (ids != self.unknown_id)).flatten().nonzero().squeeze(1)
        numbers, positions = self.spellings.look_up(ids.flatten()[tokens])
        return (
            torch.cat([columns, numbers + len(self.keys)]),
            torch.cat([starts, tokens[positions]]),
            torch.cat([sizes, torch.ones_like(numbers)]),
        )

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

    def describe(self) -> str:
        """Return the number of n-grams and their kinds."""
        of_words = f"{len(self.keys):,} of up to {self.order} words"
        return f"{of_words}, {self.num_char_ngrams:,} of characters" if self.num_char_ngrams else of_words

    def extra_repr(self) -> str:  # noqa: D102 - PyTorch documents it
        return f"{self.num_ngrams}, {self.num_outputs}, order={self.order}, num_char_ngrams={self.num_char_ngrams}"


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
