"""The errors that nlprnn raises on purpose.

Each carries one sentence for the person at the terminal: what is wrong, where, and the mend.
The command line prints that sentence and exits with code 1; nothing else needs to catch them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class NlprnnError(Exception):
    """Base of all errors below: catch this to catch them all."""


class DataError(NlprnnError, ValueError):
    """A data set, file, field or label is missing, empty, damaged or of the wrong kind."""


class ModelError(NlprnnError, ValueError):
    """A model folder or file is missing, damaged, or of another kind than needed."""


class TrainingError(NlprnnError, RuntimeError):
    """Training cannot start or continue: NaN loss, an occupied output folder, a checkpoint of another run."""


class DeviceError(NlprnnError, ValueError):
    """The requested device is unknown or not available."""


class OptionError(NlprnnError, ValueError):
    """An option is unknown, of the wrong type, or out of range."""


def is_panic(error: BaseException) -> bool:
    """Return whether an error is the one with which a library in Rust stops; it is no `Exception`."""
    return type(error).__name__ == "PanicException"


def list_names(names: Sequence[str], *, limit: int = 10) -> str:
    """Return names in quotes for a message; of many, the first few."""
    return ", ".join(map(repr, names[:limit])) + (" ..." if len(names) > limit else "")


def escape_line_ends(name: str) -> str:
    """Write the line ends inside a name, such as a label, as escapes: one line stays one."""
    return "".join(repr(character)[1:-1] if character.splitlines() == [""] else character for character in name)


def escape_controls(name: str) -> str:
    """Write the line ends and control characters in a name as escapes, but for tabs: none can steer a terminal."""
    return escape_line_ends(_CONTROL.sub(lambda control: repr(control[0])[1:-1], name))


def escape_controls_of_lines(text: str) -> str:
    """Write the control characters in a text as escapes, but for tabs and line ends."""
    return "\n".join(map(escape_controls, text.split("\n")))
