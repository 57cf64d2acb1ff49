"""A model as a folder: `config.json` and `model.safetensors`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from nlprnn.errors import ModelError
from nlprnn.serialization.atomic_files import write_json, write_weights
from nlprnn.serialization.checksums import check_model_files, replacing_files
from nlprnn.serialization.config import check_nesting, from_config, to_config
from nlprnn.serialization.model_files import CONFIG_FILE, WEIGHTS_FILE, check_regular, damaged, read_json
from nlprnn.serialization.upgrade import upgrade_config, upgrade_weights

FORMAT_VERSION = 2
_NAMED = 5
"""Model folders that an error names."""

_HALF = (torch.float16, torch.bfloat16)

_LOCK = threading.Lock()


def write_model(model: nn.Module, folder: Path, classes: Mapping[str, type[nn.Module]], *, half: bool = False) -> None:
    """Write `config.json` and `model.safetensors` in one step, with their checksums.

    Args:
        model: any model or module.
        folder: is made where it is missing.
        classes: name -> class, all that loading will know.
        half: store the weights in half precision, float16; loading widens them again.

    Raises:
        ModelError: the model has a module of a class that loading would not know.
        OSError: the disk is full or the folder cannot be written.
    """
    config = {"format_version": FORMAT_VERSION, "model": to_config(model, classes)}
    weights = model.state_dict()
    if half:
        weights = {name: weight.half() if weight.is_floating_point() else weight for name, weight in weights.items()}
    with replacing_files(Path(folder)) as new:
        write_json(new / CONFIG_FILE, config)
        write_weights(new / WEIGHTS_FILE, weights)


def replace_config(
    model: nn.Module, folder: Path, classes: Mapping[str, type[nn.Module]], facts: Mapping[str, Any]
) -> None:
    """Replace `config.json` alone, atomically and with its checksum, by that of a model with the same weights.

    Args:
        model: that was read from the folder; values of its configuration have changed, and no sizes.
        folder: of the model.
        classes: name -> class, all that loading will know.
        facts: further entries of the file, beside the model.

    Raises:
        ModelError: the folder is of an older format, in which the weights have other names.
        OSError: the folder cannot be written.
    """
    if read_json(folder / CONFIG_FILE).get("format_version") != FORMAT_VERSION:
        raise ModelError(f"{folder} is of an older format: write the model into a new folder with --out")
    config = {"format_version": FORMAT_VERSION, "model": to_config(model, classes)}
    with replacing_files(folder) as new:
        write_json(new / CONFIG_FILE, {**config, **facts})


def read_model(folder: Path, classes: Mapping[str, type[nn.Module]]) -> nn.Module:
    """Build a model from its folder, on the CPU, in float32 and evaluation mode.

    Args:
        folder: holds `config.json` and `model.safetensors`.
        classes: name -> class, all that the folder may name.

    Raises:
        ModelError: a file is missing or damaged, of a newer format, of another model, or names an unknown class.
    """
    config, path = read_config(folder), folder / WEIGHTS_FILE
    is_old = config["format_version"] < FORMAT_VERSION
    shapes = read_shapes(path)
    outline = _build(folder, config["model"], classes, device="meta")
    if outline is not None:
        _check_fit(path, outline, upgrade_weights(shapes, config["model"]) if is_old else shapes)
    model = _build(folder, config["model"], classes, device="cpu")
    assert model is not None
    weights = read_weights(path)
    if is_old:
        weights = upgrade_weights(weights, config["model"])
    _check_fit(path, model, {name: tuple(tensor.shape) for name, tensor in weights.items()})
    _check_types(path, model, weights)
    model.load_state_dict(weights)  # half precision is widened to the model's
    check_model_files(folder)  # last, for the errors above say more
    return model.eval()


def read_untrained_model(folder: Path, classes: Mapping[str, type[nn.Module]]) -> nn.Module:
    """Build a model from its `config.json` alone, on the CPU; its weights are arbitrary until some are loaded.

    Raises:
        ModelError: the file is missing or damaged, or names an unknown class.
    """
    check_model_files(folder)
    model = _build(folder, read_config(folder)["model"], classes, device="cpu")
    assert model is not None
    return model


def _build(
    folder: Path, call: Mapping[str, Any], classes: Mapping[str, type[nn.Module]], *, device: str
) -> nn.Module | None:
    """Build the model of a configuration; on the device "meta" it takes no memory, and None is where that is not so."""
    try:
        with _skip_weight_init(), torch.device(device):
            return from_config(call, classes)
    except ModelError as error:
        # What no tensor without values can do, such as `item`, a class of a user may do when it is built.
        if device == "meta" and (isinstance(error.__cause__, NotImplementedError) or "meta" in str(error.__cause__)):
            return None
        raise ModelError(f"{Path(folder) / CONFIG_FILE}: {error}") from error


@contextmanager
def _skip_weight_init() -> Iterator[None]:
    """Build modules in this thread without initialising weights, which takes far longer than to load them.

    Other threads may meanwhile build models that are to be trained: theirs are initialised.
    """
    names = [name for name in vars(nn.init) if name.endswith("_") and not name.startswith("_")]
    with _LOCK:  # else a second thread would restore the replacements of the first
        functions = {name: getattr(nn.init, name) for name in names}
        for name, function in functions.items():
            setattr(nn.init, name, _except_in_thread(threading.get_ident(), function))
        try:
            yield
        finally:
            for name, function in functions.items():
                setattr(nn.init, name, function)


def _except_in_thread(ident: int, function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Return a function of `nn.init` that leaves tensors unchanged in one thread."""

    def initialise(tensor: Tensor, *args: Any, **options: Any) -> Tensor:
        return tensor if threading.get_ident() == ident else function(tensor, *args, **options)

    return initialise


def read_config(folder: Path) -> dict[str, Any]:
    """Read and check `config.json`.

    Raises:
        ModelError: it is missing, damaged, or of a newer format.
    """
    path = Path(folder) / CONFIG_FILE
    if not path.exists():
        raise ModelError(f"{folder} is not a model folder: {_hint(path.parent)}")
    config = read_json(path)
    version, call = config.get("format_version"), config.get("model")
    if not isinstance(version, int) or not isinstance(call, dict) or not isinstance(call.get("class"), str):
        raise ModelError(f"{path} is not the configuration of an nlprnn model")
    if version > FORMAT_VERSION:
        raise ModelError(f"{path} was written by a newer nlprnn (format {version}): upgrade nlprnn to read it")
    try:
        check_nesting(call)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None
    return config if version >= FORMAT_VERSION else {**config, "model": upgrade_config(call)}


def _hint(folder: Path) -> str:
    """Return the model folders in a folder that is none, as the recipes write them for several seeds."""
    models = sorted(config.parent for config in folder.glob(f"*/{CONFIG_FILE}"))
    if not models:
        return f"it has no {CONFIG_FILE}"
    others = f" or {len(models) - _NAMED} others" if len(models) > _NAMED else ""
    return f"it holds several, give one of them: {', '.join(map(str, models[:_NAMED]))}{others}"


def _check_fit(path: Path, model: nn.Module, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Check that the weights in a file, of these names and shapes, are those of a model."""
    expected = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    odd = sorted(expected.keys() ^ shapes.keys()) or [name for name in expected if expected[name] != shapes[name]]
    if odd:
        raise ModelError(f"{path} does not fit its {CONFIG_FILE} (at {odd[0]}): the files are of different models")


def _check_types(path: Path, model: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Check that the weights in a file are of the types of a model, or of half precision where these are floats."""
    for name, tensor in model.state_dict().items():
        dtype = weights[name].dtype
        if dtype != tensor.dtype and not (tensor.is_floating_point() and dtype in _HALF):
            raise damaged(path, f"{name} is of {dtype} instead of {tensor.dtype}")


def read_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the tensors in a safetensors file by their names, without a look at the tensors.

    Raises:
        ModelError: the file is missing or damaged.
    """
    check_regular(path)
    try:
        with safe_open(path, framework="pt") as file:
            return {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise damaged(path, str(error)) from error


def weight_types(path: Path) -> set[torch.dtype]:
    """Return the types of the numbers in a safetensors file.

    Raises:
        ModelError: the file is missing or damaged.
    """
    return {tensor.dtype for tensor in read_weights(path).values()}


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file and return its tensors by name.

    Raises:
        ModelError: the file is missing or damaged.
    """
    check_regular(path)
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise damaged(path, str(error)) from error
