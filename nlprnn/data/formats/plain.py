"""Plain text: a text a line, or fastText's lines of labels and a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nlprnn.data.formats.lines import read_lines, text_encoding
from nlprnn.data.formats.source import Dialect
from nlprnn.data.read_options import ReadOptions

_LABEL_PREFIX = "__label__"
_LABEL = re.compile(rf"(?<!\S){_LABEL_PREFIX}(\S*)\s*")


def read_plain(path: Path, options: ReadOptions) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, row) for each line with a text; a row has a `text`, and in fastText's format a `label`.

    As fastText reads it, each word that begins with `__label__` is a label, wherever it stands. The label is None on a
    line without such, and a list where there are several.

    Raises:
        DataError: the file is damaged.
    """
    labelled: bool | None = None
    for number, line in enumerate(read_lines(path, options.encoding), start=1):
        text = line.strip()
        if not text:
            continue
        if labelled is None:
            labelled = text.startswith(_LABEL_PREFIX)
        if not labelled:
            yield number, {"text": line.rstrip("\r\n")}
            continue
        labels = [match.group(1) for match in _LABEL.finditer(text)]
        yield (
            number,
            {
                "text": _LABEL.sub("", text).strip() if labels else text,
                "label": labels if len(labels) > 1 else labels[0] if labels else None,
            },
        )


def plain_dialect(path: Path, options: ReadOptions) -> Dialect:
    """Return the form in which a file is written: with labels, or without."""
    first = next((line for line in read_lines(path, options.encoding) if not line.isspace()), "")
    return Dialect(
        "fastText lines" if first.lstrip().startswith(_LABEL_PREFIX) else "a text a line",
        text_encoding(path, options.encoding),
    )
