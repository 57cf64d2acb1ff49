"""The option for the encoding of text files, of every command that reads some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nlprnn.errors import OptionError
from nlprnn.experiment.options import Options, option


@dataclass(frozen=True, kw_only=True)
class EncodingOptions(Options):
    """How the bytes of text files are read.

    Raises:
        OptionError: Python does not know the encoding.
    """

    section: ClassVar[str] = "Data"

    encoding: str | None = option(
        None, auto="UTF-8, or that of a byte order mark", help="Encoding of text files, such as cp1252 or utf-16."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.encoding is not None:
            try:
                "".encode(self.encoding)
            except (LookupError, UnicodeError):  # the latter of "undefined"
                unknown = f"--encoding {self.encoding} is unknown"
                raise OptionError(f"{unknown}: give a name such as utf-8, cp1252 or utf-16") from None
