"""Character n-grams within the words of a vocabulary: what words of one stem share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

import torch
from torch import Tensor

SHORTEST = 3
"""Characters of the shortest n-grams, a word's boundaries included."""


def character_ngrams(word: str, longest: int) -> Iterator[str]:
    """Yield the n-grams of `SHORTEST` to `longest` characters of a word with a space on either side."""
    bounded = f" {word} "
    for size in range(SHORTEST, min(longest, len(bounded)) + 1):
        yield from (bounded[begin : begin + size] for begin in range(len(bounded) - size + 1))


class SpellingTable(NamedTuple):
    """The numbers of the character n-grams of each word of a vocabulary, as often as they occur in it.

    Attributes:
        offsets: (V + 1,) int64; the n-grams of word v are `numbers[offsets[v] : offsets[v + 1]]`.
        numbers: (K,) int32: they are a good part of a model's file.
    """

    offsets: Tensor
    numbers: Tensor

    @classmethod
    def of(cls, words: Sequence[str | None], longest: int) -> tuple[Self, int]:
        """Number the n-grams of words; return their table and how many there are.

        Args:
            words: the vocabulary by ids; None = a token without n-grams.
            longest: size of the longest n-grams, in characters.
        """
        known: dict[str, int] = {}
        numbers: list[int] = []
        lengths = [0]
        for word in words:
            before = len(numbers)
            if word is not None:
                numbers += [known.setdefault(ngram, len(known)) for ngram in character_ngrams(word, longest)]
            lengths.append(len(numbers) - before)
        return cls(torch.tensor(lengths).cumsum(0), torch.tensor(numbers, dtype=torch.int32)), len(known)

    def select(self, kept: Tensor) -> Self:
        """Return the table of some n-grams, renumbered in their order.

        Args:
            kept: (G,) bool, True = is in the new table.
        """
        present = kept[self.numbers]
        before = torch.cat([present.new_zeros(1, dtype=torch.int64), present.cumsum(0)])
        renumbered = (kept.cumsum(0) - 1).int()
        return type(self)(before[self.offsets], renumbered[self.numbers[present]])

    def look_up(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return the n-grams of tokens.

        Args:
            ids: (N,) int64.

        Returns:
            (Q,) int64, the numbers of all n-grams, and (Q,) int64, the position in `ids` of the token of each.
        """
        starts, counts = self.offsets[ids], self.offsets[ids + 1] - self.offsets[ids]
        positions = torch.arange(len(ids), device=ids.device).repeat_interleave(counts)
        first = (counts.cumsum(0) - counts)[positions]
        entries = torch.arange(len(positions), device=ids.device) - first + starts[positions]
        return self.numbers[entries].long(), positions
