"""A model as a folder: `config.json` and `model.safetensors`, to and from the disk and the Hugging Face Hub."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from nlprnn import modules
from nlprnn.errors import ModelError
from nlprnn.serialization.atomic_files import write_json, write_text, write_weights
from nlprnn.serialization.config import from_config, to_config
from nlprnn.serialization.hub import push
from nlprnn.serialization.upgrade import upgrade_config

FORMAT_VERSION = 2
CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
_ONE_AT_A_TIME = threading.Lock()
_CARD = """---
library_name: nlprnn
tags: [nlprnn, rnn]
---

A model of nlprnn: `{name}.from_pretrained` loads it.
"""


class PretrainedModel(nn.Module):
    """Base of all models: `save_pretrained`, `from_pretrained` and `push_to_hub`, as of the Hub's other libraries.

    A subclass keeps each constructor argument as an attribute of the same name (see `nlprnn.serialization.config`).
    """

    def save_pretrained(self, save_directory: str | Path) -> None:
        """Write the model into a folder; see `save_model`."""
        save_model(self, Path(save_directory))

    @classmethod
    def from_pretrained(
        cls,
        pretrained_model_name_or_path: str | Path,
        *,
        force_download: bool = False,
        token: str | bool | None = None,
        cache_dir: str | Path | None = None,
        local_files_only: bool = False,
        revision: str | None = None,
    ) -> Self:
        """Load a model of this class from a folder or from the Hub; the arguments are those of `snapshot_download`.

        Raises:
            ModelError: the folder is not a whole model of this class.
        """
        folder = Path(pretrained_model_name_or_path)
        if not folder.is_dir():
            from huggingface_hub import snapshot_download

            downloaded = snapshot_download(
                str(pretrained_model_name_or_path),
                revision=revision,
                cache_dir=cache_dir,
                force_download=force_download,
                local_files_only=local_files_only,
                token=token,
                allow_patterns=[CONFIG_FILE, WEIGHTS_FILE],
            )
            folder = Path(downloaded)
        return load_model(folder, {cls.__name__: cls})

    def push_to_hub(
        self,
        repo_id: str,
        *,
        private: bool | None = None,
        token: str | None = None,
        commit_message: str = "Upload an nlprnn model",
    ) -> str:
        """Put the model on the Hugging Face Hub; the arguments and what is returned are those of `hub.push`."""

        def save(folder: Path) -> None:
            self.save_pretrained(folder)
            write_text(folder / "README.md", _CARD.format(name=type(self).__name__))

        return push(save, repo_id, private=private, token=token, commit_message=commit_message)


def save_model(model: nn.Module, folder: Path, *, half: bool = False) -> None:
    """Write `config.json` and `model.safetensors`, each in one step.

    Args:
        model: any model or module of this package.
        folder: is made where it is missing.
        half: store the weights in half precision, float16; loading widens them again.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    folder = Path(folder)
    write_json(folder / CONFIG_FILE, {"format_version": FORMAT_VERSION, "model": to_config(model)})
    weights = model.state_dict()
    if half:
        weights = {name: weight.half() if weight.is_floating_point() else weight for name, weight in weights.items()}
    write_weights(folder / WEIGHTS_FILE, weights)


def load_model(folder: Path, kinds: dict[str, type[nn.Module]]) -> nn.Module:
    """Build a model from its folder, on the CPU, in float32 and evaluation mode.

    Args:
        folder: holds `config.json` and `model.safetensors`.
        kinds: name -> class of the models that may come out.

    Raises:
        ModelError: a file is missing or damaged, of a newer format, or the model is of another kind.
    """
    config = read_config(folder)
    name = config["model"]["class"]
    if name not in kinds:
        raise ModelError(f"{folder} holds a {name}, needed is a {' or '.join(kinds)}")
    parts = {part: getattr(modules, part) for part in modules.__all__}
    try:
        with _skip_weight_init():
            model = from_config(config["model"], {**parts, **kinds})
    except ModelError as error:
        raise ModelError(f"{Path(folder) / CONFIG_FILE}: {error}") from error
    load_weights(model, folder / WEIGHTS_FILE)
    return model.eval()


@contextmanager
def _skip_weight_init() -> Iterator[None]:
    """Build modules without drawing their weights, which are read from a file at once: drawing takes far longer."""
    names = [name for name in vars(nn.init) if name.endswith("_") and not name.startswith("_")]
    with _ONE_AT_A_TIME:  # else two threads would each take what the other has put there for the original
        drawing = {name: getattr(nn.init, name) for name in names}
        for name, draw in drawing.items():
            setattr(nn.init, name, _except_in_thread(threading.get_ident(), draw))
        try:
            yield
        finally:
            for name, draw in drawing.items():
                setattr(nn.init, name, draw)


def _except_in_thread(ident: int, draw: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """What draws weights in all threads but one: the others may build models meanwhile that are to be trained."""

    def maybe_draw(tensor: Tensor, *args: Any, **options: Any) -> Tensor:
        return tensor if threading.get_ident() == ident else draw(tensor, *args, **options)

    return maybe_draw


def read_config(folder: Path) -> dict[str, Any]:
    """Read and check `config.json`.

    Raises:
        ModelError: it is missing, damaged, or of a newer format.
    """
    path = Path(folder) / CONFIG_FILE
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{folder} is not a model folder: it has no {CONFIG_FILE}") from None
    except (ValueError, OSError, RecursionError) as error:
        raise ModelError(f"{path} is damaged ({error}): save or download the model again") from error
    version = config.get("format_version") if isinstance(config, dict) else None
    call = config.get("model") if isinstance(config, dict) else None
    if not isinstance(version, int) or not isinstance(call, dict) or not isinstance(call.get("class"), str):
        raise ModelError(f"{path} is not the configuration of an nlprnn model")
    if version > FORMAT_VERSION:
        raise ModelError(f"{path} was written by a newer nlprnn (format {version}): upgrade nlprnn to read it")
    return config if version >= FORMAT_VERSION else {**config, "model": upgrade_config(call)}


def load_weights(model: nn.Module, path: Path) -> None:
    """Load a model's weights from a safetensors file; half precision is widened to the model's own.

    Raises:
        ModelError: the file is missing, damaged, or of another model.
    """
    weights = read_weights(path)
    expected: dict[str, Tensor] = model.state_dict()
    odd = sorted(expected.keys() ^ weights.keys()) or [
        name for name, tensor in expected.items() if tensor.shape != weights[name].shape
    ]
    if odd:
        raise ModelError(f"{path} does not fit its {CONFIG_FILE} (at {odd[0]}): the files are of different models")
    model.load_state_dict(weights)


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file: name -> tensor.

    Raises:
        ModelError: the file is missing or damaged.
    """
    try:
        return load_file(path)
    except FileNotFoundError:
        raise ModelError(f"{path.parent} has no {path.name}: save or download the model again") from None
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is damaged ({error}): save or download the model again") from error
