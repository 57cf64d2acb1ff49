"""Models on disk and on the Hugging Face Hub."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Self, TypeVar

from torch import nn

from nlprnn.errors import ModelError
from nlprnn.serialization.atomic_files import write_text
from nlprnn.serialization.checksums import CHECKSUMS_FILE
from nlprnn.serialization.hub import push
from nlprnn.serialization.model_files import CONFIG_FILE, WEIGHTS_FILE
from nlprnn.serialization.model_folder import read_config, read_model, read_untrained_model, write_model
from nlprnn.serialization.registry import REGISTRY

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

    def save_pretrained(self, save_directory: str | Path, *, half: bool = False) -> None:
        """Write the model into a folder: `config.json` and `model.safetensors`, in one step.

        Args:
            save_directory: is made where it is missing.
            half: store the weights in half precision, float16; loading widens them again.

        Raises:
            ModelError: the model has a module of a class that is neither nlprnn's nor registered.
            OSError: the disk is full or the folder cannot be written.
        """
        write_model(self, Path(save_directory), REGISTRY.extended([type(self)]).modules, half=half)

    @classmethod
    def from_pretrained(
        cls,
        pretrained_model_name_or_path: str | Path,
        *,
        classes: Iterable[type[nn.Module]] = (),
        force_download: bool = False,
        token: str | bool | None = None,
        cache_dir: str | Path | None = None,
        local_files_only: bool = False,
        revision: str | None = None,
    ) -> Self:
        """Load a model of this class from a folder or from the Hub.

        Args:
            pretrained_model_name_or_path: a folder, or "owner/name" on the Hub.
            classes: a user's classes that the model is made of, besides the registered ones.
            force_download: download again what is in the cache.
            token: of the Hub; None = that of `hf auth login`.
            cache_dir: folder of downloads; None = that of `huggingface_hub`.
            local_files_only: use only the cache, no network.
            revision: branch, tag or commit.

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
                allow_patterns=[CONFIG_FILE, WEIGHTS_FILE, CHECKSUMS_FILE],
            )
            folder = Path(downloaded)
        return load_model(folder, cls, classes=classes)

    def push_to_hub(
        self,
        repo_id: str,
        *,
        private: bool | None = None,
        token: str | None = None,
        commit_message: str = "Upload an nlprnn model",
    ) -> str:
        """Upload the model to the Hugging Face Hub.

        Args:
            repo_id: "owner/name"; is created where it is missing.
            private: visibility of a new repository; None = the owner's default.
            token: of the Hub; None = that of `hf auth login`.
            commit_message: of the upload.

        Returns:
            the address of the commit.
        """

        def save(folder: Path) -> None:
            self.save_pretrained(folder)
            write_text(folder / "README.md", _CARD.format(name=type(self).__name__))

        return push(save, repo_id, private=private, token=token, commit_message=commit_message)


Model = TypeVar("Model", bound=PretrainedModel)


def load_model(
    folder: Path, *expected: type[Model], classes: Iterable[type[nn.Module]] = (), trained: bool = True
) -> Model:
    """Build a model from its folder, on the CPU, in float32 and evaluation mode.

    Args:
        folder: holds `config.json` and `model.safetensors`.
        expected: classes of the models that may come out.
        classes: a user's classes that the model is made of, besides the registered ones.
        trained: load the weights; without, they are arbitrary, and the folder needs none.

    Raises:
        ModelError: a file is missing or damaged, of a newer format, names an unknown class, or the model is of
            another class than expected.
    """
    name = read_config(folder)["model"]["class"]
    if name not in [cls.__name__ for cls in expected]:
        needed = " or ".join(cls.__name__ for cls in expected)
        raise ModelError(f"{folder} holds a {name}, needed is a {needed}")
    read = read_model if trained else read_untrained_model
    model = read(folder, REGISTRY.extended([*expected, *classes]).modules)
    assert isinstance(model, expected)
    return model
