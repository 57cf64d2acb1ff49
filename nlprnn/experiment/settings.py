"""Settings files: options of a recipe in TOML, one `option = value` a line, taken with `--config FILE`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from nlprnn.errors import DataError, NlprnnError, OptionError
from nlprnn.experiment.options import Options, option_fields
from nlprnn.resources import recipes_folder


def settings_names() -> list[str]:
    """Return the names of the settings files that come with the recipes."""
    try:
        return sorted(path.stem for path in (recipes_folder() / "settings").glob("*.toml"))
    except NlprnnError:
        return []


def find_settings(name: str) -> Path:
    """Return a settings file: the path of one, else the name of one that comes with the recipes.

    Raises:
        DataError: there is no such file.
    """
    path = Path(name).expanduser()
    if path.is_file():
        return path
    if name in settings_names():
        return recipes_folder() / "settings" / f"{name}.toml"
    raise DataError(f"--config {name}: no such file, and no settings of that name ({', '.join(settings_names())})")


def read_settings(path: Path, cls: type[Options]) -> dict[str, Any]:
    """Read a settings file and return its options by name; options that it lacks are left out.

    Args:
        path: a TOML file of `option = value` lines, options with underscores or hyphens.
        cls: the options that may be set.

    Raises:
        DataError: the file is missing or not TOML; names the line.
        OptionError: an option is unknown or does not fit; names the file, the option and the nearest known one.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"{path} is not TOML: {error}") from None
    try:
        options = cls.from_mapping(values)
    except OptionError as error:
        raise OptionError(f"{path}: {error}") from None
    named = {name.replace("-", "_") for name in values}
    return {field.name: getattr(options, field.name) for field in option_fields(cls) if field.name in named}
