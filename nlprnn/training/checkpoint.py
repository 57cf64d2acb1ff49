"""Checkpoints: nested plain values and tensors in one file, written atomically and read without executing code."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nlprnn.errors import TrainingError
from nlprnn.serialization.atomic_files import replacing


def save_checkpoint(path: Path, state: Mapping[str, Any]) -> None:
    """Write nested dictionaries, lists and tuples of tensors and plain values, in one step.

    Raises:
        OSError: the disk is full or the folder cannot be written.
        TypeError: a value is neither a tensor nor plain.
    """
    content = io.BytesIO()
    torch.save(_plain(state), content)
    with replacing(path) as temporary:
        temporary.write_bytes(content.getbuffer())  # torch.save would hide a full disk behind a RuntimeError


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read what `save_checkpoint` wrote, after its checksums were checked; a NamedTuple comes back as a tuple.

    The file is a zip archive, which has a CRC-32 of each tensor; torch does not check it. Tensors are on the CPU.

    Raises:
        TrainingError: the file is missing or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:  # torch.load would try older formats
            is_damaged = archive.testzip() is not None
        state = None if is_damaged else torch.load(path, map_location="cpu", weights_only=True)  # executes no code
    except (MemoryError, PermissionError):
        raise
    except FileNotFoundError:
        raise TrainingError(f"there is no checkpoint {path}") from None
    except Exception as error:  # damaged bytes can raise anything
        raise _damaged(path) from error
    if not isinstance(state, dict):
        raise _damaged(path)
    return state


def random_state() -> dict[str, Any]:
    """Return the states of the global generators of Python, NumPy and torch, CUDA's included."""
    version, words, *gauss = random.getstate()
    name, key, *rest = np.random.get_state()
    return {
        "python": (version, torch.tensor(words), *gauss),  # of 625 integers, each of which would be copied and pickled
        "numpy": (name, torch.from_numpy(key), *rest),  # a checkpoint holds tensors, not arrays
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all(),  # of no device without CUDA
    }


def set_random_state(state: Mapping[str, Any]) -> None:
    """Set the global generators to what `random_state` returned."""
    version, words, *gauss = state["python"]
    random.setstate((version, tuple(map(int, words)), *gauss))  # a tuple in checkpoints of older versions
    name, key, *rest = state["numpy"]
    np.random.set_state((name, key.numpy(), *rest))
    torch.set_rng_state(state["torch"])
    if len(state["cuda"]) == torch.cuda.device_count():  # neither, without CUDA
        torch.cuda.set_rng_state_all(state["cuda"])


def _damaged(path: Path) -> TrainingError:
    return TrainingError(f"the checkpoint {path} is damaged")


def _plain(value: Any) -> Any:
    """Return a value in which all types are such as `torch.load(weights_only=True)` reads."""
    if isinstance(value, Tensor):
        tensor = value.detach()
        is_slice = tensor.untyped_storage().nbytes() > tensor.nbytes  # the whole storage would be written with it
        return tensor.clone() if is_slice else tensor
    if isinstance(value, Mapping):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, list):
        return list(map(_plain, value))
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if value is None:
        return None
    raise TypeError(f"a checkpoint cannot hold a {type(value).__name__}")
