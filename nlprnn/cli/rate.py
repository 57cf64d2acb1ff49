"""`nlprnn rate`: a number for each text from anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import click

from nlprnn.cli.load_model import load_as
from nlprnn.cli.text_io import given_texts
from nlprnn.devices import DEVICES
from nlprnn.friendly_command import FriendlyCommand


@click.command(cls=FriendlyCommand, context_settings={"show_default": True})
@click.option("--model", metavar="MODEL", required=True, help="Model folder or Hub id.")
@click.option("--file", "path", type=click.Path(path_type=Path), help="Read texts from a file, one a line.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a text.")
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where the model runs.")
@click.argument("texts", nargs=-1)
def rate(model: str, path: Path | None, as_json: bool, device: str, texts: tuple[str, ...]) -> None:
    """Give TEXTS, or the lines of a file or of standard input, their numbers. One line out for each text in.

    \b
    nlprnn rate --model runs/regression "The staff was superb."
    nlprnn rate --model runs/regression --file reviews.txt --json > numbers.jsonl
    """
    from nlprnn.pipelines import Regressor

    lines = given_texts(texts, path, "rate")
    regressor = load_as(Regressor, model, device)
    for text, number in regressor.predict_iter(lines):
        if as_json:
            rounded = float(regressor.format(number, extra_digits=4))
            click.echo(json.dumps({"text": text, "number": rounded}, ensure_ascii=False))
        else:
            click.echo(f"{regressor.format(number):>8}  {' '.join(text.splitlines())}")
