"""The options for the columns of a table, of every command that reads some."""

from __future__ import annotations

from dataclasses import dataclass

from nlprnn.errors import OptionError
from nlprnn.experiment.encoding_options import EncodingOptions
from nlprnn.experiment.options import option


@dataclass(frozen=True, kw_only=True)
class HeaderOptions(EncodingOptions):
    """How the columns of a table are named.

    Raises:
        OptionError: a column is named twice, or names are given for a table that has them.
    """

    header: bool | None = option(
        None, auto="recognised", help="Whether the first line of a table names its columns, or is data."
    )
    columns: str | None = option(
        None, help="Names of the columns of a table without a header, separated by commas (label,text)."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.header and self.columns:
            raise OptionError("--columns names the columns of a table without a header: leave out --header")
        if self.columns is not None and len(set(self.column_names)) < len(self.column_names):
            raise OptionError(f"--columns {self.columns} names a column twice: name each once")

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names in `columns`, without white space around them."""
        return tuple(name.strip() for name in (self.columns or "").split(",")) if self.columns else ()


@dataclass(frozen=True, kw_only=True)
class TextFileOptions(HeaderOptions):
    """How the texts of a file are read, a row or a line each.

    Raises:
        OptionError: the file is to be read both as a table and line by line.
    """

    text_field: str | None = option(
        None,
        auto="as in training, else guessed",
        help="Column of the text in a table, or several to concatenate (title,body).",
    )
    lines: bool = option(False, help="Lines as texts, each as it is, even of a file that is a table.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lines and self.of_table:
            raise OptionError("--lines reads a file line by line, and no table: leave out --text-field and the like")

    @property
    def of_table(self) -> bool:
        """Whether an option describes a table."""
        return self.text_field is not None or self.columns is not None or self.header is not None
