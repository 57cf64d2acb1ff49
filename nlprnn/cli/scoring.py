"""What `nlprnn evaluate` asks of the scorer of each kind of model, and what it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from nlprnn.data.parts import Part


@dataclass(frozen=True)
class Request:
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
class Report:
    """Scores for programs, the same as lines for people, and what the model said of each row."""

    scores: dict[str, Any]
    lines: list[str]
    outputs: list[str]


def say_size(part: Part, what: str) -> None:
    """Tell on standard error what is scored, before it takes its time."""
    click.echo(f"{part.origin}: {len(part.rows):,} {what}", err=True)
