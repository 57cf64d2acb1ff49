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
    """Read what `save_checkpoint` wrote; tensors are on the CPU, a NamedTuple is a tuple.

    Raises:
        TrainingError: the file is missing, damaged or of an older nlprnn.
    """
    damaged = TrainingError(f"the checkpoint {path} is damaged: start again with another --out")
    if not path.exists():
        raise _missing(path)
    if not zipfile.is_zipfile(path):  # torch.load would try older formats
        raise damaged
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)  # which refuses to execute code
    except MemoryError:
        raise
    except Exception as error:  # damaged bytes can raise anything
        raise damaged from error
    if not isinstance(state, dict):
        raise damaged
    return state


def random_state() -> dict[str, Any]:
    """Return the states of the global generators of Python, NumPy and torch, CUDA's included."""
    name, key, *rest = np.random.get_state()
    return {
        "python": random.getstate(),
        "numpy": (name, torch.from_numpy(key), *rest),  # a checkpoint holds tensors, not arrays
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all(),  # of no device without CUDA
    }


def set_random_state(state: Mapping[str, Any]) -> None:
    """Set the global generators to what `random_state` returned."""
    random.setstate(state["python"])
    name, key, *rest = state["numpy"]
    np.random.set_state((name, key.numpy(), *rest))
    torch.set_rng_state(state["torch"])
    if len(state["cuda"]) == torch.cuda.device_count():  # neither, without CUDA
        torch.cuda.set_rng_state_all(state["cuda"])


def _missing(path: Path) -> TrainingError:
    older = path.with_suffix(".safetensors")
    if older.exists():
        return TrainingError(
            f"the checkpoint {older} is of an older nlprnn and cannot be resumed: start again with another --out"
        )
    return TrainingError(f"there is no checkpoint {path} to resume from: start without --resume")


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
