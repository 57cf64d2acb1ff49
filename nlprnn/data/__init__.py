"""Data sets as splits: tables, pairs, running text and tagged sentences, from a sample, the Hub, a folder or a file.

Importing this package loads nothing; using a name loads its module.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlprnn.data.labels import label_names
    from nlprnn.data.load import load_split, load_splits, load_table
    from nlprnn.data.read_options import ReadOptions
    from nlprnn.data.report import DataReport
    from nlprnn.data.running_text import Documents, load_documents, load_documents_split, load_text, load_text_split
    from nlprnn.data.tagged import load_tagged, load_tagged_split, tag_labels

_MODULES = {
    "DataReport": "report",
    "Documents": "running_text",
    "ReadOptions": "read_options",
    "label_names": "labels",
    "load_documents": "running_text",
    "load_documents_split": "running_text",
    "load_split": "load",
    "load_splits": "load",
    "load_table": "load",
    "load_tagged": "tagged",
    "load_tagged_split": "tagged",
    "load_text": "running_text",
    "load_text_split": "running_text",
    "tag_labels": "tagged",
}

__all__ = [
    "DataReport",
    "Documents",
    "ReadOptions",
    "label_names",
    "load_documents",
    "load_documents_split",
    "load_split",
    "load_splits",
    "load_table",
    "load_tagged",
    "load_tagged_split",
    "load_text",
    "load_text_split",
    "tag_labels",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
