"""Recognition of a file of labels beside a file of texts, which are line-aligned and no files of one class each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path

from nlprnn.data.formats.lines import open_bytes
from nlprnn.errors import DataError

_TEXT_NAMES = frozenset(
    [
        "x",
        "text",
        "texts",
        "data",
        "sentence",
        "sentences",
        "doc",
        "docs",
        "document",
        "documents",
        "review",
        "reviews",
        "tweet",
        "tweets",
        "input",
        "inputs",
    ]
)
_LABEL_NAMES = frozenset(
    ["y", "label", "labels", "target", "targets", "class", "classes", "category", "categories", "gold"]
)
_HEAD_BYTES = 8_192
_LONGEST_LABEL = 40


def check_no_label_file(names: Mapping[Path, str]) -> None:
    """Refuse files of which one has the labels of another's lines, by their names or their lines.

    Args:
        names: files that could be of one class each -> their classes.

    Raises:
        DataError: two of them belong together line by line.
    """
    label_files = {path for path in names if _holds_labels(path)}
    for texts, labels in permutations(names, 2):
        by_lines = labels in label_files and texts not in label_files and _lines(texts) == _lines(labels)
        if by_lines or _are_named_so(names[texts], names[labels]):
            raise DataError(
                f"{texts.parent}: {texts.name} and {labels.name} look like texts and the label of each line, rather "
                "than a file a class; join them as one table, such as a .tsv with the columns text and label"
            )


def _are_named_so(texts: str, labels: str) -> bool:
    """Whether two names are the same but for words that mean texts and labels: "x" and "y", "a_text" and "a_labels"."""
    words, others = (set(re.split(r"[^a-z]+", name.lower())) for name in (texts, labels))
    return words - others <= _TEXT_NAMES and others - words <= _LABEL_NAMES and bool(words - others and others - words)


def _holds_labels(path: Path) -> bool:
    """Whether the first lines are short, and few of them differ."""
    with open_bytes(path) as file:
        lines = file.read(_HEAD_BYTES).splitlines()[:-1]
    return 0 < len(set(lines)) * 2 <= len(lines) and all(len(line) <= _LONGEST_LABEL for line in lines)


def _lines(path: Path) -> int:
    """Number of lines to the last one that is not blank."""
    with open_bytes(path) as file:
        return max((number for number, line in enumerate(file, start=1) if not line.isspace()), default=0)
