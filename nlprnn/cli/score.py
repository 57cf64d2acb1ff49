"""`nlprnn score`: how likely a language model finds a text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlprnn.cli.load_model import load_as
from nlprnn.cli.stdin import StandardInput, is_piped
from nlprnn.cli.text_io import given_texts
from nlprnn.devices import DEVICES
from nlprnn.errors import DataError
from nlprnn.friendly_command import FriendlyCommand

if TYPE_CHECKING:
    from nlprnn.pipelines import Generator, TextScore


@click.command(cls=FriendlyCommand, context_settings={"show_default": True})
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option(
    "--model", metavar="MODEL", help="Model folder or Hub id; the bundled teller of fairy tales if not given."
)
@click.option(
    "--per-line", is_flag=True, help="Score each line on its own: nats, bits per character, and the line, with tabs."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, or a line with --per-line.")
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where the model runs.")
def score(files: tuple[Path, ...], model: str | None, per_line: bool, as_json: bool, device: str) -> None:
    """Tell how likely a language model finds texts: the lower the bits per character, the likelier.

    A file is read as one text, the model's memory carried from start to end. Lines on their own (--per-line) are
    each read from a text's beginning, so that they can be compared. Without a file, standard input is read.

    \b
    nlprnn score novel.txt
    nlprnn score --model runs/text_generation --per-line candidates.txt
    echo "The king went into the forest." | nlprnn score
    """
    from nlprnn.pipelines import Generator
    from nlprnn.resources import bundled_model_folder

    if not files and not is_piped():
        raise click.UsageError("there is nothing to score: give a file, or a pipe")
    if files == (Path("-"),):
        files = ()
    generator = load_as(Generator, bundled_model_folder() if model is None else model, device)
    if per_line:
        lines = chain.from_iterable(given_texts((), file, "score") for file in files) if files else None
        _score_lines(generator, StandardInput() if lines is None else lines, as_json=as_json)
        return
    for file in files or [None]:
        _score_file(generator, file, as_json=as_json)


def _score_file(generator: Generator, file: Path | None, *, as_json: bool) -> None:
    from nlprnn.data.readers import read_text

    name = "standard input" if file is None else str(file)
    text = "\n".join(StandardInput()) if file is None else read_text(file)
    if not text.strip():
        raise DataError(f"{name} has no text to score: give a file with text")
    found = generator.score([text])
    figures = _figures(found)
    if found.unknown:
        share = f"{found.unknown:,} of {found.tokens:,} tokens"
        click.echo(f"Warning: {name}: {share} are unknown to the model, and scored as such", err=True)
    if as_json:
        click.echo(json.dumps({"file": name, **figures}, ensure_ascii=False))
        return
    click.echo(name)
    for key, value in figures.items():
        click.echo(f"  {key.replace('_', ' '):<18}  {value:,.6g}")


def _score_lines(generator: Generator, lines: Iterator[str], *, as_json: bool) -> None:
    from nlprnn.batching import adaptive_batches

    for chunk in adaptive_batches(lines):
        for line, found in zip(chunk, generator.score_each(chunk), strict=True):
            if as_json:
                click.echo(json.dumps({"text": line, **_figures(found)}, ensure_ascii=False))
            else:
                click.echo(f"{found.nats:.4f}\t{found.bits_per_character:.4f}\t{line}")


def _figures(score: TextScore) -> dict[str, Any]:
    names = ("nats", "tokens", "characters", "nats_per_token", "nats_per_character", "bits_per_character", "perplexity")
    return {name: getattr(score, name) for name in names}
