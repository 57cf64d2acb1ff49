"""Where the project's own files are: the sample data, the recipes and the bundled model.

A wheel carries copies inside the package; a checkout or editable install uses the top-level folders
beside it.
"""

from __future__ import annotations

from pathlib import Path

from nlprnn.errors import NlprnnError

_PACKAGE = Path(__file__).resolve().parent


def sample_data_folder() -> Path:
    """The folder that holds one sub-folder for each sample data set.

    Raises:
        NlprnnError: the installation is incomplete.
    """
    return _first_folder("sample data", _PACKAGE / "_data", _PACKAGE.parent / "data")


def recipes_folder() -> Path:
    """The folder that holds the recipes, one Python file each.

    Raises:
        NlprnnError: the installation is incomplete.
    """
    return _first_folder("recipes", _PACKAGE / "_recipes", _PACKAGE.parent / "recipes")


def bundled_model_folder() -> Path:
    """The folder of the small language model that comes with the package.

    Raises:
        NlprnnError: the installation is incomplete.
    """
    return _first_folder("bundled model", _PACKAGE / "assets" / "tales")


def _first_folder(content: str, *places: Path) -> Path:
    for place in places:
        if place.is_dir():
            return place
    looked = " nor ".join(str(place) for place in places)
    raise NlprnnError(f"the {content} of nlprnn cannot be found (no folder {looked}): install nlprnn anew")
