"""Options for reading files: how bytes become text, cells and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReadOptions:
    """Options of the user for reading a dataset.

    Attributes:
        encoding: encoding of text files, a name that Python knows ("cp1252", "utf-16"); None = UTF-8, or that of a
            byte order mark.
        header: whether the first line of a table names its columns; None = recognised.
        columns: names of the columns of a table without a header; () = numbers.
        split_field: column that names the split of each row, where the dataset is one table; "none" = no column,
            None = guessed.
        label_separator: separator of labels in a string.
        label_names: names of integer labels or tags, in their order; () = the integers themselves.
        sentence_field: column that numbers the sentences of a table with a word a row; None = guessed.
        scheme: whether tags are "spans", single "words", or "auto" = recognised.
        trained_columns: role -> column that a model was trained on; it comes before a guess where a dataset has it.
        types: role -> type of its cells, if it is not the role's usual one.
        streaming: whether Parquet files and sets of the Hub are read as they are needed, with no copy on disk.
    """

    encoding: str | None = None
    header: bool | None = None
    columns: tuple[str, ...] = ()
    split_field: str | None = None
    label_separator: str = ";"
    label_names: tuple[str, ...] = ()
    sentence_field: str | None = None
    scheme: str = "auto"
    trained_columns: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    streaming: bool = False
