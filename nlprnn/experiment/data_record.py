"""The record of a run's data: what a resumed run reads must be what it began with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlprnn.errors import TrainingError

if TYPE_CHECKING:
    from nlprnn.data.report import DataReport


def data_record(report: DataReport) -> dict[str, Any]:
    """Return the report of what was read, with a fingerprint of the rows of each split, as JSON can hold them."""
    return {**report.to_mapping(), "fingerprints": report.fingerprints()}


def check_unchanged(folder: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Check that the data of a resumed run have not changed.

    Args:
        folder: of the run.
        before: `data_record` of the time when it began; what an older version did not record is not compared.
        now: `data_record` of what was read now.

    Raises:
        TrainingError: names each split that has changed.
    """
    changes = list(_changes(before, now))
    if changes:
        raise TrainingError(
            f"the data of the run in {folder} have changed since it began: {'; '.join(changes)}: restore them to "
            "resume, or begin another run with another --out"
        )


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    splits, fingerprints = before.get("splits", {}), before.get("fingerprints", {})
    for name in dict.fromkeys([*splits, *(now["splits"] if splits else ())]):
        rows, rows_now = splits.get(name, 0), now["splits"].get(name, 0)
        if rows != rows_now:
            yield f"{name} had {rows:,} rows and has {rows_now:,}"
        elif fingerprints.get(name, now["fingerprints"][name]) != now["fingerprints"][name]:
            yield f"{name} has other contents in its {rows:,} rows"
