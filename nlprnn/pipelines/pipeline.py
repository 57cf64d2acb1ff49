"""A model and its tokenizer as one thing that is saved and shared."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Generic, TypeVar

import torch

from nlprnn.models.pretrained import PretrainedModel
from nlprnn.serialization.atomic_files import write_text
from nlprnn.serialization.hub import push
from nlprnn.text import Tokenizer

CARD_FILE = "README.md"
SCORES_FILE = "scores.json"

Model = TypeVar("Model", bound=PretrainedModel)


class Pipeline(Generic[Model]):
    """Base of what takes and returns text.

    Args:
        model: works on token ids.
        tokenizer: text <-> token ids, as the model was trained with.
        folder: where both come from; its model card and scores go along when they are saved or pushed.
    """

    model_classes: ClassVar[tuple[type[PretrainedModel], ...]]

    def __init__(self, model: Model, tokenizer: Tokenizer, *, folder: Path | None = None) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.folder = folder

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return next(self.model.parameters()).device

    def save(self, folder: str | Path, *, half: bool = False) -> None:
        """Write model and tokenizer into a folder that `nlprnn.load` reads; `half` stores float16 weights."""
        self.model.save_pretrained(folder, half=half)
        self.tokenizer.save(folder)
        for name in (CARD_FILE, SCORES_FILE):
            if self.folder is not None and (self.folder / name).is_file() and not (Path(folder) / name).exists():
                write_text(Path(folder) / name, (self.folder / name).read_text(encoding="utf-8"))

    def push_to_hub(self, repo_id: str, *, private: bool | None = None, token: str | None = None) -> str:
        """Put model and tokenizer on the Hugging Face Hub, where `nlprnn.load(repo_id)` finds them.

        Args:
            repo_id: "owner/name"; is made where it is missing.
            private: for a new repository; None = the owner's default.
            token: of the Hub; None = that of `hf auth login`.

        Returns:
            the address of the commit.
        """
        return push(self.save, repo_id, private=private, token=token)
