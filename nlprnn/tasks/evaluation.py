"""What `nlprnn evaluate` asks of the scorer of each kind of model, and what it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from nlprnn.data.table_split import Split


@dataclass(frozen=True)
class EvaluationRequest:
    """What is to be scored, and how: the options of the command line."""

    dataset: str
    split: str | None
    text_field: str | None
    label_field: str | None
    label_separator: str | None
    token_field: str | None
    tag_field: str | None
    errors: int
    source: str | None
    target: str | None
    beam: int
    length_penalty: float
    quantize: str | None
    lowercase: bool
    tokenize: str


@dataclass(frozen=True)
class EvaluationResult:
    """Scores for programs, the same as lines for people, and what the model said of each row."""

    scores: dict[str, Any]
    lines: list[str]
    outputs: list[str]


def log_split_size(part: Split, what: str) -> None:
    """Tell on standard error what is scored, before it takes its time, and which fields it was taken from."""
    from nlprnn.data.column_roles import PART
    from nlprnn.data.labels import NAME

    taken: dict[str, list[str]] = {}
    for role, column in part.columns.items():
        if role != NAME:
            taken.setdefault(role.partition(PART)[0], []).append(column)
    told = ", ".join(f"{role} {','.join(columns)}" for role, columns in taken.items() if columns != [role])
    click.echo(f"{part.origin}: {len(part.rows):,} {what}" + (f" ({told})" if told else ""), err=True)
