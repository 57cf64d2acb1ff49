"""The options for reading files that every command with a dataset has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from nlprnn.data.integer_labels import parse_label_names
from nlprnn.data.read_options import ReadOptions
from nlprnn.experiment.options import option
from nlprnn.experiment.table_options import HeaderOptions


@dataclass(frozen=True, kw_only=True)
class ReadingOptions(HeaderOptions):
    """How the files of a dataset are read."""

    split_field: str | None = option(
        None,
        auto="split, fold, set or such, where its values are names of splits",
        help="Column of a single table that names the split of each row, or none.",
    )

    def read_options(self, **more: Any) -> ReadOptions:
        """Return the options for reading; `more` are fields of `ReadOptions` that a task has options for."""
        header = False if self.columns else self.header
        return ReadOptions(
            encoding=self.encoding, header=header, columns=self.column_names, split_field=self.split_field, **more
        )


@dataclass(frozen=True, kw_only=True)
class LabelReadingOptions(ReadingOptions):
    """How the files of texts with labels are read."""

    label_names: str | None = option(
        None,
        help="Names of labels that are the numbers 0, 1, ..., or marks: separated by commas (bad,good), or a file of "
        "them, one a line or in JSON.",
    )

    def read_options(self, **more: Any) -> ReadOptions:
        """Return the options for reading; `more` are fields of `ReadOptions` that a task has options for."""
        names = () if self.label_names is None else parse_label_names(self.label_names, "--label-names")
        return super().read_options(label_names=names, **more)


@dataclass(frozen=True, kw_only=True)
class TagReadingOptions(ReadingOptions):
    """How the files of tagged sentences are read."""

    token_field: str | None = option(
        None, auto="guessed", help="Column of the words: its name, or its number in a file of columns."
    )
    tag_field: str | None = option(
        None, auto="guessed", help="Column of the tags: its name, or its number in a file of columns."
    )
    sentence_field: str | None = option(
        None, auto="guessed", help="Column that numbers the sentences of a table with a word a row."
    )
    tag_names: str | None = option(
        None,
        help="Names of tags that are the numbers 0, 1, ...: separated by commas (O,B-PER,I-PER), or a file of them, "
        "one a line or in JSON.",
    )
    scheme: Literal["auto", "spans", "words"] = option(
        "auto",
        help="Scheme of tags: spans (B-PER, I-PER, O), where tags without B- or I- are spans too, or words alone.",
    )

    def read_options(self, **more: Any) -> ReadOptions:
        """Return the options for reading; `more` are fields of `ReadOptions` that a task has options for."""
        names = () if self.tag_names is None else parse_label_names(self.tag_names, "--tag-names")
        more |= {"sentence_field": self.sentence_field, "scheme": self.scheme}
        return super().read_options(label_names=names, **more)
