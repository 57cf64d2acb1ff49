"""Pipelines: a model and the processor of its input as one thing, which is saved, loaded and shared."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

import torch

from nlprnn.devices import resolve_device
from nlprnn.errors import ModelError
from nlprnn.extension_points import EVALUATE
from nlprnn.models.pretrained import PretrainedModel, load_model
from nlprnn.pipelines.processors import (
    PROCESSOR_FILE,
    check_processor,
    load_processor,
    save_processor,
)
from nlprnn.pipelines.text_guide import GUIDE_FILE, RUNS_FILE
from nlprnn.serialization.atomic_files import replacing
from nlprnn.serialization.checksums import replacing_files
from nlprnn.serialization.hub import local_folder, push
from nlprnn.serialization.model_files import CONFIG_FILE, read_json
from nlprnn.serialization.model_folder import read_config
from nlprnn.serialization.registry import REGISTRY, Processor, Registry
from nlprnn.text.tokenizer import CONFIG_NAME as TOKENIZER_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

CARD_FILE = "README.md"
SCORES_FILE = "scores.json"

Model = TypeVar("Model", bound=PretrainedModel)
ProcessorT = TypeVar("ProcessorT", bound=Processor)


class Pipeline(ABC, Generic[Model, ProcessorT]):
    """Base of the pipelines: a model, and the processor that turns input into the sequences it reads.

    A subclass names its `model_classes` and answers calls. After `nlprnn.register(MyPipeline, MyModel, MyProcessor)`
    its folders load like all others.

    Args:
        model: answers for the sequences.
        processor: input to sequences, as in training: a tokenizer, a feature extractor, a scaler.
        folder: where both come from; its model card and scores are copied when they are saved or pushed.
    """

    model_classes: ClassVar[tuple[type[PretrainedModel], ...]] = ()
    """The classes of models that this pipeline takes."""

    def __init__(self, model: Model, processor: ProcessorT, *, folder: Path | None = None) -> None:
        self.model = model
        self.processor = processor
        self.folder = folder

    @abstractmethod
    def __call__(self, inputs: Sequence[Any], /) -> list[Any]:
        """Return one answer for each input, in order."""

    @property
    def device(self) -> torch.device:
        """Device of the model."""
        return next(self.model.parameters()).device

    @property
    def scores(self) -> Mapping[str, Mapping[str, Any]]:
        """Scores of each held-out split at the end of training; {} of a model that was not made by a recipe.

        Raises:
            ModelError: their file is damaged.
        """
        path = None if self.folder is None else self.folder / SCORES_FILE
        return {} if path is None or not path.is_file() else read_json(path)

    def evaluate(self, data: Any, **options: Any) -> Any:
        """Score the model on data with labels, numbers, tags or translations.

        Args:
            data: a path or Hub id, a data frame, a `Dataset`, a list of dictionaries, or two lists.
            options: those of `nlprnn evaluate`, by name: `text_field="body"`.

        Returns:
            `nlprnn.tasks.evaluation.EvaluationResult`, with `scores` and `predictions`.

        Raises:
            NlprnnError: the data or an option do not fit, in one sentence.
        """
        (evaluate,) = EVALUATE
        return evaluate(self, data, **options)

    def quantized(self) -> Self:
        """Return this pipeline with int8 weights, for inference on a CPU alone: it cannot be saved or explained.

        Raises:
            ModelError: there are none for this kind of pipeline.
            DeviceError: the model is not on a CPU with int8 kernels.
        """
        raise ModelError(f"a {type(self).__name__} cannot be quantized as a whole: leave out the quantization")

    def describe(self) -> Sequence[str]:
        """Return what there is to know of the model, a phrase each, beside its size and place."""
        return ()

    def __repr__(self) -> str:
        count = sum(parameter.numel() for parameter in self.model.parameters())
        vocab_size = getattr(self.processor, "vocab_size", None)
        ids = "" if vocab_size is None else f" with {vocab_size:,} ids"
        phrases = [*self.describe(), f"{count:,} parameters", f"{type(self.processor).__name__}{ids}"]
        phrases += [] if self.folder is None else [f"from {self.folder}"]
        return f"{type(self).__name__}({'; '.join(phrases)})"

    @classmethod
    def load(cls, path_or_hub_id: str | Path, *, device: str = "auto", classes: Iterable[type] = ()) -> Self:
        """Load a model folder, from the disk or the Hugging Face Hub, as a pipeline of this class.

        Args:
            path_or_hub_id: a folder that a recipe or `save` wrote, or "owner/name" on the Hub.
            device: "auto", "cpu", "cuda" or "mps".
            classes: a user's modules, processors and pipelines that the folder may name, besides the registered ones.

        Raises:
            ModelError: there is no such folder or Hub id, a file in it is missing or damaged, or the model is for
                another pipeline.
            DeviceError: the machine has no such device.
        """
        return cls._load(local_folder(path_or_hub_id), resolve_device(device), classes=classes, trained=True)

    @classmethod
    def _load(cls, folder: Path, device: torch.device, *, classes: Iterable[type], trained: bool) -> Self:
        name = read_config(folder)["model"]["class"]
        registry = REGISTRY.extended(classes)
        model_class, pipeline = _find(name, cls, registry, folder)
        if not issubclass(pipeline, cls):
            raise ModelError(
                f"{folder} holds a {name}, which is not for {cls.__name__}: load it with {pipeline.__name__}.load, or "
                "with nlprnn.load, which chooses the pipeline"
            )
        # Any: the folder determines their classes, and the pipeline checks that they fit.
        model: Any = load_model(folder, model_class, classes=registry.modules.values(), trained=trained)
        processor: Any = load_processor(folder, classes)
        return pipeline(model.to(device), processor, folder=folder)

    @classmethod
    def load_untrained(cls, folder: Path) -> Self:
        """Load a model folder as `load` does, on the CPU, but with arbitrary weights, to be loaded later."""
        return cls._load(folder, torch.device("cpu"), classes=(), trained=False)

    def save(self, folder: str | Path, *, half: bool = False) -> None:
        """Write model and processor into a folder that `load` reads, in one step and with checksums.

        Args:
            folder: is made where it is missing.
            half: store the weights in half precision, float16; loading widens them again.

        Raises:
            ModelError: a class of the model or of the processor is neither nlprnn's nor registered.
            OSError: the disk is full or the folder cannot be written.
        """
        check_processor(self.processor)
        folder = Path(folder)
        with replacing_files(folder) as new:
            self.model.save_pretrained(new, half=half)
            self._save_processor(new)
            # What an earlier model in this folder has left would be read instead.
            for name in (TOKENIZER_FILE, PROCESSOR_FILE, GUIDE_FILE, RUNS_FILE):
                if not (new / name).exists():
                    (folder / name).unlink(missing_ok=True)
        for name in (CARD_FILE, SCORES_FILE):
            if self.folder is not None and (self.folder / name).is_file() and not (folder / name).exists():
                with replacing(folder / name) as path:
                    shutil.copyfile(self.folder / name, path)

    def _save_processor(self, folder: Path) -> None:
        save_processor(self.processor, folder)

    def push_to_hub(self, repo_id: str, *, private: bool | None = None, token: str | None = None) -> str:
        """Upload model and processor to the Hugging Face Hub, from where `load(repo_id)` reads them.

        Args:
            repo_id: "owner/name"; is made where it is missing.
            private: for a new repository; None = the owner's default.
            token: of the Hub; None = that of `hf auth login`.

        Returns:
            the address of the commit.
        """
        return push(self.save, repo_id, private=private, token=token)


def _find(
    name: str, preferred: type[Pipeline[Any, Any]], registry: Registry, folder: Path
) -> tuple[type[PretrainedModel], type[Pipeline[Any, Any]]]:
    """Find the class of a model by its name, and the pipeline that takes it.

    A pipeline for the very class comes before one for a base of it; then the preferred one comes first, and of others
    the one that was registered last.
    """
    pipelines: list[type[Pipeline[Any, Any]]] = [preferred, *reversed(registry.pipelines.values())]
    known = {**registry.modules, **{model.__name__: model for one in pipelines for model in one.model_classes}}
    model = known.get(name)
    takers = [one for one in pipelines if model is not None and issubclass(model, one.model_classes)]
    if not takers or model is None or not issubclass(model, PretrainedModel):
        raise ModelError(
            f"{folder / CONFIG_FILE} holds a model of class {name!r}, for which no pipeline is known: upgrade nlprnn, "
            "or call nlprnn.register if the class is yours"
        )
    return model, next((one for one in takers if model in one.model_classes), takers[0])
