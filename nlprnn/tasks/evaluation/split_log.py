"""Log of what is scored, before it takes its time."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from nlprnn.data.column_roles import PART
from nlprnn.data.labels import NAME

if TYPE_CHECKING:
    from nlprnn.data.table_split import Split

logger = logging.getLogger(__name__)


def log_split(split: Split, unit: str) -> None:
    """Log the size of a split, and the columns that were detected.

    Args:
        split: the rows.
        unit: what a row is, in the plural.
    """
    columns: dict[str, list[str]] = {}
    for role, column in split.columns.items():
        if role != NAME:
            columns.setdefault(role.partition(PART)[0], []).append(column)
    named = ", ".join(f"{role} {','.join(names)}" for role, names in columns.items() if names != [role])
    logger.info("%s: %s %s%s", split.origin, f"{len(split.rows):,}", unit, f" ({named})" if named else "")
