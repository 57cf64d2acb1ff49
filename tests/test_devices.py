from __future__ import annotations

import os

import pytest
import torch

from nlprnn.devices import DEVICES, limit_kernel_cache, resolve_device
from nlprnn.errors import DeviceError


def with_devices(monkeypatch, *, cuda, mps):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "best"), [(True, True, "cuda"), (False, True, "mps"), (True, False, "cuda"), (False, False, "cpu")]
)
def test_auto_is_the_fastest_available_device(monkeypatch, cuda, mps, best):
    with_devices(monkeypatch, cuda=cuda, mps=mps)
    assert resolve_device("auto") == torch.device(best)
    assert resolve_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_unavailable_device_is_an_error_with_a_mend(monkeypatch, name):
    with_devices(monkeypatch, cuda=False, mps=False)
    with pytest.raises(DeviceError, match=f"{name}.*cpu or auto"):
        resolve_device(name)


def test_unknown_device_error_lists_the_known_ones():
    with pytest.raises(DeviceError, match="'gpu'") as caught:
        resolve_device("gpu")
    assert all(name in str(caught.value) for name in DEVICES)


def test_kernel_cache_is_limited_unless_the_user_set_it(monkeypatch):
    monkeypatch.delenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", raising=False)
    for value, expected in ((None, "64"), ("7", "7")):
        if value is not None:
            monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", value)
        limit_kernel_cache()
        assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == expected
        monkeypatch.delenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY")
