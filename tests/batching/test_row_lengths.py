from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import numpy as np
import pytest
import torch

from nlprnn.batching import SequenceArray, to_device
from nlprnn.batching.row_lengths import (
    count_tokens,
    drop_first,
    host_values,
    real_positions,
    repeat_rows,
    row_lengths,
    true_positions,
    with_row_lengths,
)

ROWS = [[5, 6, 7], [], [8], [9, 4]]
META = torch.device("meta")


def padded():
    return SequenceArray.from_sequences(ROWS).pad(np.arange(4))


def test_collated_batches_keep_their_lengths():
    ids, mask = padded()
    for tensor in (ids, mask, to_device(ids, META), to_device(mask, META)):
        assert row_lengths(tensor).tolist() == [3, 0, 1, 2]
    assert row_lengths(mask & True) is None


@pytest.mark.parametrize("derive", [drop_first, repeat_rows, lambda mask: mask])
def test_lengths_of_derived_masks_are_those_of_their_values(derive):
    mask = derive(padded()[1])
    plain = mask.clone()
    assert row_lengths(plain) is None
    assert row_lengths(mask).tolist() == plain.sum(dim=1).tolist()
    assert count_tokens(mask) == count_tokens(plain) == int(plain.sum())
    assert torch.equal(real_positions(mask), plain.flatten().nonzero().squeeze(1))
    assert row_lengths(derive(plain)) is None


def test_positions_on_a_device_need_no_values(monkeypatch):
    """The sort that a GPU takes in place of `nonzero`, whose result has a size that depends on values."""
    assert true_positions(torch.zeros(9, dtype=torch.bool, device=META), 4).shape == (4,)
    flags = torch.rand(50) < 0.4
    expected = flags.nonzero().squeeze(1)
    monkeypatch.setattr(torch.Tensor, "device", property(lambda self: META))
    assert torch.equal(true_positions(flags, len(expected)), expected)


class Pair(NamedTuple):
    left: torch.Tensor
    right: list


class Movable:
    def to(self, device):
        return ("moved", device)


def test_batches_move_with_their_structure():
    ids, _ = padded()
    batch = {"pair": Pair(ids, [ids, "text", 3]), "none": None, "other": Movable()}
    moved = to_device(OrderedDict(batch), META)
    assert type(moved) is OrderedDict
    assert list(moved) == list(batch)
    assert isinstance(moved["pair"], Pair)
    assert moved["pair"].left.device == moved["pair"].right[0].device == META
    assert moved["pair"].right[1:] == ["text", 3]
    assert moved["none"] is None
    assert moved["other"] == ("moved", META)
    assert to_device(ids, torch.device("cpu")) is ids


def test_values_on_the_cpu_stay_known():
    ids, _ = padded()
    for tensor in (ids, to_device(ids, META)):
        np.testing.assert_array_equal(host_values(tensor), ids.numpy())
    assert host_values(torch.zeros(2, device=META)) is None
    assert row_lengths(with_row_lengths(ids.clone(), None)) is None
