"""Names of labels, as a model keeps them."""

from __future__ import annotations

from collections.abc import Sequence

UNSURE = "unsure"
"""Answer to a text whose most likely label is not likely enough."""


def checked_labels(labels: Sequence[str]) -> list[str]:
    """Return the names of a model's labels as a list.

    Raises:
        ValueError: they are no list, one is no text, or one is given twice.
    """
    if isinstance(labels, str):
        raise ValueError(f"labels are a list of texts, got {labels!r:.100}")
    for label in labels:
        if not isinstance(label, str):
            raise ValueError(f"labels are texts, got {label!r:.100}: turn it into one")
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if list(labels).count(label) > 1)
        raise ValueError(f"the label {twice!r} is given twice: name each once")
    return list(labels)
