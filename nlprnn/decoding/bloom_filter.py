"""Bloom filter: a set of texts in a few bits each (Bloom 1970)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

_BITS_PER_ITEM, _HASHES = 10, 7
"""Of 1,000 texts outside the set, 8 seem to be in it."""


class BloomFilter:
    """A set of texts whose answer "yes" to whether it holds one may be wrong, and whose "no" never is.

    Args:
        bits: (bytes,) uint8, eight bits each; `of` fills them.

    Raises:
        ValueError: they are no such array.
    """

    def __init__(self, bits: NDArray[np.uint8]) -> None:
        if bits.ndim != 1 or bits.dtype != np.uint8 or not len(bits):
            raise ValueError(f"the bits of a Bloom filter are (bytes,) uint8, got {bits.shape} {bits.dtype}")
        self.bits = bits

    @classmethod
    def of(cls, items: Iterable[str]) -> BloomFilter:
        """Return the set of some texts."""
        hashes = np.array([_hashes(item) for item in set(items)], np.uint64).reshape(-1, 2)
        new = cls(np.zeros(len(hashes) * _BITS_PER_ITEM // 8 + 1, np.uint8))
        first, second = hashes.T
        for number in range(_HASHES):
            positions = (first + np.uint64(number) * second) % np.uint64(8 * len(new.bits))
            np.bitwise_or.at(
                new.bits, positions >> np.uint64(3), np.uint8(1) << (positions & np.uint64(7)).astype("u1")
            )
        return new

    def __contains__(self, item: str) -> bool:
        # Two hashes give all of them (Kirsch & Mitzenmacher 2006).
        (first, second), size = _hashes(item), 8 * len(self.bits)
        positions = (((first + number * second) & _MOST) % size for number in range(_HASHES))
        return all(self.bits[position >> 3] >> (position & 7) & 1 for position in positions)


_MOST = (1 << 64) - 1


def _hashes(item: str) -> Sequence[int]:
    digest = blake2b(item.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")
