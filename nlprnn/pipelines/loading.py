"""A folder or Hub id -> the pipeline that fits the model."""

from __future__ import annotations

import re
from pathlib import Path

from nlprnn.devices import resolve_device
from nlprnn.errors import ModelError
from nlprnn.models.pretrained import load_model
from nlprnn.pipelines.classifier import Classifier
from nlprnn.pipelines.generator import Generator
from nlprnn.pipelines.regressor import Regressor
from nlprnn.pipelines.tagger import Tagger
from nlprnn.pipelines.translator import Translator
from nlprnn.serialization.model_folder import read_config
from nlprnn.text import load_tokenizer

AnyPipeline = Classifier | Generator | Regressor | Tagger | Translator
_PIPELINES: dict[str, type[AnyPipeline]] = {
    model.__name__: pipeline
    for pipeline in (Classifier, Generator, Regressor, Tagger, Translator)
    for model in pipeline.model_classes
}
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


def load(path_or_hub_id: str | Path, *, device: str = "auto") -> AnyPipeline:
    """Load a model folder, from the disk or the Hugging Face Hub, as what takes and returns text.

    Args:
        path_or_hub_id: a folder that a recipe or `save` wrote, or "owner/name" on the Hub.
        device: "auto", "cpu", "cuda" or "mps".

    Returns:
        `Classifier`, `Generator`, `Regressor`, `Tagger` or `Translator`, whichever the model is for.

    Raises:
        ModelError: there is no such folder or Hub id, or a file in it is missing or damaged.
        DeviceError: the device is not there.
    """
    folder = model_folder(path_or_hub_id)
    name = read_config(folder)["model"]["class"]
    if name not in _PIPELINES:
        raise ModelError(f"{folder} holds a model of class {name!r}, which this nlprnn does not know: upgrade nlprnn")
    pipeline = _PIPELINES[name]
    model = load_model(folder, *pipeline.model_classes)
    tokenizer = load_tokenizer(folder)
    if tokenizer.vocab_size > model.vocab_size:
        raise ModelError(
            f"the tokenizer in {folder} has {tokenizer.vocab_size} ids, the model {model.vocab_size}: "
            "the files are of different models"
        )
    return pipeline(model.to(resolve_device(device)), tokenizer, folder=folder)


def model_folder(path_or_hub_id: str | Path) -> Path:
    """Return the folder of a model, after download where it is on the Hub.

    Raises:
        ModelError: there is no such folder or Hub id.
    """
    folder = Path(path_or_hub_id)
    if folder.is_dir():
        return folder
    if folder.exists():
        raise ModelError(f"{folder} is a file: give the folder of the model")
    name = str(path_or_hub_id)
    if not _HUB_ID.fullmatch(name):
        raise ModelError(f"there is no model folder {name}: give the folder that a recipe wrote")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "*.safetensors", "*.model", "README.md"]))
    except Exception as error:  # the Hub's client raises many kinds, of several libraries
        raise ModelError(
            f"there is no folder {name} here, and the Hugging Face Hub cannot be reached or has no such model: "
            "check the name and the network"
        ) from error
