"""Folders of the project's files: sample data, recipes and the bundled models.

A wheel has copies inside the package; a checkout or editable install uses the top-level folders beside it.
"""

from __future__ import annotations

from pathlib import Path

from nlprnn.errors import NlprnnError

BUNDLED_MODELS = {
    "sentiment": "sentiment of English sentences",
    "names": "persons, places and organisations in English texts",
    "tales": "English fairy tales",
    "teller": "tales of a small world",
}
"""Name of each model that comes with the package, and what it knows."""

_PACKAGE = Path(__file__).resolve().parent


def sample_data_folder() -> Path:
    """Return the folder with one subfolder for each sample data set.

    Raises:
        NlprnnError: the installation is incomplete.
    """
    return _first_folder("sample data", _PACKAGE / "_data", _PACKAGE.parent / "data")


def recipes_folder() -> Path:
    """Return the folder of the recipes, one Python file each.

    Raises:
        NlprnnError: the installation is incomplete.
    """
    return _first_folder("recipes", _PACKAGE / "_recipes", _PACKAGE.parent / "recipes")


def bundled_model_folder(name: str = "tales") -> Path:
    """Return the folder of a model that comes with the package.

    Args:
        name: one of `BUNDLED_MODELS`.

    Raises:
        NlprnnError: the installation is incomplete.
    """
    return _first_folder(f"bundled model {name}", _PACKAGE / "assets" / name)


def is_in_package(folder: Path) -> bool:
    """Return whether a folder is inside the installed package, where nothing is to be written."""
    return folder.resolve().is_relative_to(_PACKAGE)


def _first_folder(content: str, *candidates: Path) -> Path:
    for folder in candidates:
        if folder.is_dir():
            return folder
    missing = " nor ".join(map(str, candidates))
    raise NlprnnError(f"the {content} of nlprnn cannot be found (no folder {missing}): reinstall nlprnn")
