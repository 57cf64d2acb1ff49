from __future__ import annotations

import numpy as np
import pytest

from nlprnn.decoding.bloom_filter import BloomFilter


def test_all_items_are_in_the_set_and_few_others():
    items = [f"item {number}" for number in range(5000)]
    found = BloomFilter.of(items)
    assert all(item in found for item in items)
    assert sum(f"other {number}" in found for number in range(5000)) < 100
    assert len(found.bits) < 1.3 * len(items)


def test_no_item_is_in_the_empty_set():
    assert "" not in BloomFilter.of([])


def test_order_and_repetition_do_not_matter():
    assert np.array_equal(BloomFilter.of("abc").bits, BloomFilter.of("cbaab").bits)


@pytest.mark.parametrize("bits", [np.zeros(0, np.uint8), np.zeros(3), np.zeros((2, 2), np.uint8)])
def test_bits_of_another_form_are_refused(bits):
    with pytest.raises(ValueError, match="uint8"):
        BloomFilter(bits)
