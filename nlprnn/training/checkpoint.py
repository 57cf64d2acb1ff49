"""The state of a training as one safetensors file: tensors as they are, everything else as JSON in its header."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from nlprnn.errors import TrainingError
from nlprnn.serialization.atomic_files import replacing

_STATE = "state"


def save_checkpoint(path: Path, state: Mapping[str, Any]) -> None:
    """Write nested dictionaries, lists and tuples of tensors and plain values, in one step.

    Raises:
        OSError: the disk is full or the folder cannot be written.
        TypeError: a value is neither a tensor nor plain.
    """
    tensors: dict[str, Tensor] = {}
    header = {_STATE: json.dumps(_encode(state, tensors))}
    with replacing(path) as temporary:
        # Not save_file: a full disk would not be an OSError there, and nobody else could read the file.
        temporary.write_bytes(save(tensors, metadata=header))


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read what `save_checkpoint` wrote; tensors come on the CPU, tuples as lists.

    Raises:
        TrainingError: the file is missing or damaged.
    """
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dictionary
            return _decode(json.loads(file.metadata()[_STATE]), tensors)
    except FileNotFoundError:
        raise TrainingError(f"there is no checkpoint {path} to resume from: start without --resume") from None
    except (SafetensorError, KeyError, TypeError, ValueError, RecursionError, OSError) as error:
        raise TrainingError(f"the checkpoint {path} is damaged ({error}): start anew with another --out") from error


def random_state() -> dict[str, Any]:
    """Return the states of the global generators of Python, NumPy and torch, CUDA's included."""
    python = random.getstate()
    numpy = np.random.get_state(legacy=False)
    return {
        "python": [python[0], list(python[1]), python[2]],
        "numpy": {**numpy, "state": {**numpy["state"], "key": numpy["state"]["key"].tolist()}},
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def set_random_state(state: Mapping[str, Any]) -> None:
    """Put the global generators back to what `random_state` returned."""
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(internal), gauss))
    numpy = state["numpy"]
    key = np.asarray(numpy["state"]["key"], dtype=np.uint32)
    np.random.set_state({**numpy, "state": {**numpy["state"], "key": key}})
    torch.set_rng_state(state["torch"])
    if torch.cuda.is_available() and len(state["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["cuda"])


def _encode(value: Any, tensors: dict[str, Tensor]) -> Any:
    if isinstance(value, Tensor):
        name = f"tensor{len(tensors)}"
        # A copy: safetensors refuses tensors that share memory, as tied weights and views do.
        tensors[name] = value.detach().cpu().clone(memory_format=torch.contiguous_format)
        return {"tensor": name}
    if isinstance(value, Mapping):
        # Pairs, because the keys of an optimizer's state are numbers, which JSON would turn into strings.
        for key in value:
            if not isinstance(key, int | str):
                raise TypeError(f"a checkpoint cannot hold a {type(key).__name__} as a key")
        return {"items": [[key, _encode(item, tensors)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return [_encode(item, tensors) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a checkpoint cannot hold a {type(value).__name__}")


def _decode(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    if isinstance(value, dict):
        if "tensor" in value:
            return tensors[value["tensor"]]
        return {key: _decode(item, tensors) for key, item in value["items"]}
    if isinstance(value, list):
        return [_decode(item, tensors) for item in value]
    return value
