"""Log of what is scored, before it takes its time."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlprnn.data.table import Split

logger = logging.getLogger(__name__)


def log_split(split: Split, unit: str) -> None:
    """Log the size of a split, and the columns that were detected.

    Args:
        split: the rows.
        unit: what a row is, in the plural.
    """
    named = ", ".join(f"{role} {column}" for role, column in split.columns.items() if str(column) != role)
    logger.info("%s: %s %s%s", split.origin, f"{len(split.rows):,}", unit, f" ({named})" if named else "")
