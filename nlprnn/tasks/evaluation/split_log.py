"""Log of what is scored, before it takes its time."""

from __future__ import annotations

import logging

from nlprnn.data.column_roles import counted
from nlprnn.data.report import DataReport, ReadRows

logger = logging.getLogger(__name__)


def log_split(split: ReadRows) -> None:
    """Log what was read of the rows to score: file, format, columns, rows that were left out."""
    logger.info("%s\n  scored: %s", DataReport.of({"scored": split}).render(), counted(len(split), "row"))
