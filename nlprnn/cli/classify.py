"""`nlprnn classify`: labels with probabilities for texts from anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlprnn.cli.errors import FriendlyCommand
from nlprnn.cli.texts import Text, is_piped, standard_input_lines
from nlprnn.devices import DEVICES
from nlprnn.errors import DataError

if TYPE_CHECKING:
    from nlprnn.pipelines import Classifier, Prediction


@click.command(cls=FriendlyCommand, context_settings={"show_default": True})
@click.option("--model", metavar="MODEL", required=True, help="Model folder or Hub id.")
@click.option("--file", "path", type=click.Path(path_type=Path), help="Read texts from a file, one a line.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a text, with all probabilities.")
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where the model runs.")
@click.argument("texts", nargs=-1, type=Text())
def classify(model: str, path: Path | None, as_json: bool, device: str, texts: tuple[str, ...]) -> None:
    """Label TEXTS, or the lines of a file or of standard input. One line out for each text in.

    \b
    nlprnn classify --model runs/sentiment "Not at all boring." "A waste of time."
    nlprnn classify --model runs/sentiment --file reviews.txt --json > labels.jsonl
    cat reviews.txt | nlprnn classify --model runs/sentiment
    """
    if path is not None and texts:
        raise click.UsageError("give texts or --file, not both")
    if path is not None:
        lines: Iterable[str] = _lines(path)
    elif texts:
        lines = texts
    elif not is_piped():
        raise click.UsageError("there is nothing to classify: give texts, --file, or a pipe")
    else:
        lines = standard_input_lines()
    classifier = _load(model, device)
    width = max(len(label) for label in classifier.model.labels)
    for text, prediction in classifier.pair(lines):
        click.echo(_as_json(text, prediction) if as_json else _as_line(text, prediction, width))


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text file, plain or packed with gzip, without their ends."""
    from nlprnn.data.readers import read_lines

    empty = True
    for line in read_lines(path):
        empty = False
        yield line.rstrip("\r\n")
    if empty:
        raise DataError(f"{path} is empty: give a file with one text a line")


def _as_json(text: str, prediction: Prediction) -> str:
    probabilities = {label: round(value, 6) for label, value in prediction.probabilities.items()}
    record = {"text": text, "label": prediction.label, "probability": round(prediction.probability, 6)}
    return json.dumps({**record, "probabilities": probabilities}, ensure_ascii=False)


def _as_line(text: str, prediction: Prediction, width: int) -> str:
    # A text with line ends inside must not look like several.
    return f"{prediction.label:<{width}}  {prediction.probability:6.1%}  {' '.join(text.splitlines())}"


def _load(model: str, device: str) -> Classifier:
    from nlprnn.errors import ModelError
    from nlprnn.pipelines import Classifier, load

    classifier = load(model, device=device)
    if not isinstance(classifier, Classifier):
        raise ModelError(f"{model} is no classifier: try nlprnn generate --model {model}")
    return classifier
