"""`nlprnn classify`: labels with probabilities for texts from anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlprnn.cli.load_model import load_as
from nlprnn.cli.text_io import OutputLines, given_texts
from nlprnn.devices import DEVICES
from nlprnn.friendly_command import FriendlyCommand

if TYPE_CHECKING:
    from nlprnn.pipelines import Prediction


@click.command(cls=FriendlyCommand, context_settings={"show_default": True})
@click.option("--model", metavar="MODEL", required=True, help="Model folder or Hub id.")
@click.option("--file", "path", type=click.Path(path_type=Path), help="Read texts from a file, one a line.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a text, with all probabilities.")
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where the model runs.")
@click.argument("texts", nargs=-1)
def classify(model: str, path: Path | None, as_json: bool, device: str, texts: tuple[str, ...]) -> None:
    """Label TEXTS, or the lines of a file or of standard input. One line out for each text in.

    \b
    nlprnn classify --model runs/sentiment "Not at all boring." "A waste of time."
    nlprnn classify --model runs/sentiment --file reviews.txt --json > labels.jsonl
    cat reviews.txt | nlprnn classify --model runs/sentiment
    """
    from nlprnn.pipelines import Classifier

    lines = given_texts(texts, path, "classify")
    classifier = load_as(Classifier, model, device)
    several = classifier.model.multi_label
    width = 0 if several else max(len(label) for label in classifier.model.labels)
    output = OutputLines()
    for text, prediction in classifier.predict_iter(output.before_more_of(lines)):
        if as_json:
            output.add(_as_json(text, prediction, several=several))
        else:
            output.add(_as_line(text, prediction, several=several, width=width))
    output.write()


def _as_json(text: str, prediction: Prediction, *, several: bool) -> str:
    probabilities = {label: round(value, 6) for label, value in prediction.probabilities.items()}
    if several:
        said = {"labels": prediction.labels}
    else:
        said = {"label": prediction.label, "probability": round(prediction.probability, 6)}
    return json.dumps({"text": text, **said, "probabilities": probabilities}, ensure_ascii=False)


def _as_line(text: str, prediction: Prediction, *, several: bool, width: int) -> str:
    shown = " ".join(text.splitlines())  # a text with line ends inside must not look like several
    if not several:
        return f"{prediction.label:<{width}}  {prediction.probability:6.1%}  {shown}"
    said = ", ".join(f"{label} {prediction.probabilities[label]:.1%}" for label in prediction.labels)
    return f"{said or '(none)'}  {shown}"
