"""Loading of whichever pipeline a folder holds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from nlprnn.pipelines.pipeline import Pipeline

AnyPipeline = Pipeline[Any, Any]
"""A pipeline that takes and returns what its folder is for."""


def load(
    path_or_hub_id: str | Path,
    *,
    device: str = "auto",
    classes: Iterable[type] = (),
    quantize: Literal["int8"] | None = None,
) -> AnyPipeline:
    """Load a model folder, from the disk or the Hugging Face Hub, as the pipeline that its model is for.

    What comes out depends on the folder, so that no type checker knows more of it than a call: a sequence in, a list
    of answers out. `Classifier.load`, `Translator.load` and so on have exact types, and refuse other models.

    Args:
        path_or_hub_id: a folder that a recipe or `save` wrote, or "owner/name" on the Hub.
        device: "auto", "cpu", "cuda" or "mps".
        classes: a user's modules, processors and pipelines that the folder may name, besides the registered ones.
        quantize: "int8" = `Pipeline.quantized`, with smaller weights; None = as they are.

    Returns:
        `Classifier`, `Generator`, `Regressor`, `Tagger`, `Translator`, or a registered pipeline.

    Raises:
        ModelError: there is no such folder or Hub id, or a file in it is missing or damaged.
        DeviceError: the machine has no such device, or none with int8 kernels.
        ValueError: `quantize` is unknown.
    """
    if quantize not in (None, "int8"):
        raise ValueError(f"unknown quantize {quantize!r}: choose 'int8' or None")
    pipeline: AnyPipeline = Pipeline.load(path_or_hub_id, device=device, classes=classes)
    return pipeline if quantize is None else pipeline.quantized()
