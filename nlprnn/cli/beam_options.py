"""The options of the search for translations that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from nlprnn.decoding.defaults import BEAM_SIZE, LENGTH_PENALTY

Command = TypeVar("Command", bound=Callable[..., None])

_MOST_HYPOTHESES = 1000
_STRONGEST_LENGTH_PENALTY = 5.0  # beyond, the powers of long sentences' lengths leave single precision


models_option = click.option(
    "--model",
    "models",
    metavar="MODEL",
    required=True,
    multiple=True,
    help="Model folder or Hub id; several of translation decide together.",
)
"""`--model` where one or more may be given."""


def search_options(command: Command) -> Command:
    """Add `--beam`, `--length-penalty` and `--quantize`."""
    for option in (
        click.option(
            "--quantize",
            type=click.Choice(["int8"]),
            help="Weights of eight bits: faster on a CPU, above all for one sentence, a little less exact.",
        ),
        click.option(
            "--length-penalty",
            type=click.FloatRange(0, _STRONGEST_LENGTH_PENALTY),
            default=LENGTH_PENALTY,
            help="Exponent of the length that a score is divided by; more gives longer translations.",
        ),
        click.option(
            "--beam",
            type=click.IntRange(1, _MOST_HYPOTHESES),
            default=BEAM_SIZE,
            help="Translations followed side by side; 1 = the likeliest next word each time.",
        ),
    ):
        command = option(command)
    return command
