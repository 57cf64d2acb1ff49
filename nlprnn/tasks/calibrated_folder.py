"""Calibration in a model folder: in `config.json`, which is replaced as one file, so that it is whole at any time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from nlprnn.errors import ModelError
from nlprnn.pipelines import Classifier
from nlprnn.serialization.model_files import CONFIG_FILE, WEIGHTS_FILE
from nlprnn.serialization.model_folder import read_config, replace_config, weight_types
from nlprnn.serialization.registry import REGISTRY

RECORD = "calibration"
"""Name in `config.json` of what was measured, and of the decisions before."""


def read_calibration(folder: Path) -> dict[str, Any]:
    """Return the record of the calibration of a model in a folder; {} without one.

    Raises:
        ModelError: the configuration is missing or damaged.
    """
    record = read_config(folder).get(RECORD)
    return record if isinstance(record, dict) else {}


def write_calibration(
    classifier: Classifier, folder: Path, figures: Mapping[str, Any], *, former: Mapping[str, Any]
) -> None:
    """Write a classifier's decisions into the folder that it comes from.

    Args:
        classifier: calibrated.
        folder: of the model.
        figures: of the calibration.
        former: decisions before it; those before the first one are kept.

    Raises:
        ModelError: the folder is of an older format.
        OSError: the folder cannot be written.
    """
    kept = read_calibration(folder).get("former", dict(former))
    _replace_config(classifier, folder, {RECORD: {**figures, "former": kept}})


def write_calibrated_copy(
    classifier: Classifier, folder: Path, figures: Mapping[str, Any], *, former: Mapping[str, Any]
) -> None:
    """Write a calibrated classifier into a new folder, in one step.

    Args:
        classifier: calibrated, with the folder that it comes from.
        folder: is made; an empty one may exist.
        figures: of the calibration.
        former: decisions before it.

    Raises:
        ModelError: the folder holds something.
        OSError: the disk is full or the folder cannot be written.
    """
    check_new(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        source = classifier.folder
        half = source is not None and torch.float16 in weight_types(source / WEIGHTS_FILE)
        classifier.save(temporary, half=half)
        write_calibration(classifier, temporary, figures, former=former)
        temporary.chmod(0o755)  # that of the system for new folders, rather than of temporary ones
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_new(folder: Path) -> None:
    """Check that a folder does not exist, or is empty.

    Raises:
        ModelError: it holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ModelError(f"{folder} exists and is not empty: name a new folder with --out")


def undo_calibration(classifier: Classifier, folder: Path) -> None:
    """Restore the decisions of a classifier before its first calibration, in its folder too.

    Raises:
        ModelError: the folder has no calibration, or what is in it is damaged.
        OSError: the folder cannot be written.
    """
    former = read_calibration(folder).get("former")
    if former is None:
        raise ModelError(f"{folder} has no calibration that could be undone")
    try:
        classifier.model.decide(**former)
    except (TypeError, ValueError):
        raise ModelError(f"{folder / CONFIG_FILE} is damaged (its calibration): copy the folder again") from None
    _replace_config(classifier, folder, {})


def _replace_config(classifier: Classifier, folder: Path, facts: Mapping[str, Any]) -> None:
    classes = REGISTRY.extended([type(classifier.model)]).modules
    replace_config(classifier.model, folder, classes, facts)
