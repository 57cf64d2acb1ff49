"""Answers of models of feature sequences, for the verbs that answer for texts with other models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlprnn.cli.answers import Kind, open_answers
from nlprnn.cli.inputs import Inputs
from nlprnn.cli.load_model import load_as
from nlprnn.cli.text_io import on_one_line, pad_names
from nlprnn.errors import escape_controls
from nlprnn.serialization.model_files import CONFIG_FILE, read_json

if TYPE_CHECKING:
    from nlprnn.experiment.table_options import TextFileOptions
    from nlprnn.tasks.sequences.feature_sequences import FeatureSequences

_KEY = "sequence"
_MODELS = ("FeatureClassifier", "FeatureRegressor")


def reads_features(model: str) -> bool:
    """Return whether a folder holds a model of feature sequences; it is not loaded."""
    path = Path(model) / CONFIG_FILE
    if not path.is_file():
        return False
    of_model = read_json(path).get("model")
    return isinstance(of_model, dict) and of_model.get("class") in _MODELS


def classify_sequences(
    model: str,
    sequences: FeatureSequences,
    *,
    abstain: tuple[float | None, str],
    out: Path | None,
    as_json: bool,
    device: str,
) -> None:
    """Label sequences, one line out for each.

    Args:
        model: folder of a classifier.
        sequences: to be labelled.
        abstain: probability below which there is no label, or None; and the answer instead.
        out: file of the answers; None = standard output.
        as_json: JSON on standard output.
        device: to run on.
    """
    from nlprnn.pipelines import SequenceClassifier

    classifier = load_as(SequenceClassifier, model, device)
    least, unsure = abstain
    columns: dict[str, Kind] = {"label": "text", "probability": "number"}
    names = [escape_controls(label) for label in (*classifier.model.labels, *([unsure] if least else []))]
    width = max(map(len, pad_names(names, 40)))
    predictions = classifier.predict(classifier.process(_checked(classifier, sequences)))
    inputs = Inputs(sequences.identities, key=_KEY)
    with open_answers(inputs, columns, out=out, as_json=as_json, key=_KEY) as answers:
        for name, prediction in zip(sequences.identities, predictions, strict=True):
            label = unsure if least is not None and prediction.probability < least else prediction.label
            if answers.structured:
                rounded = {of: round(value, 6) for of, value in prediction.probabilities.items()}
                answer = {"label": label, "probability": round(prediction.probability, 6), "probabilities": rounded}
                answers.add(name, answer)
                continue
            answers.skip(name)
            print(f"{escape_controls(label):<{width}}  {prediction.probability:6.1%}  {on_one_line(name)}")


def rate_sequences(model: str, sequences: FeatureSequences, *, out: Path | None, as_json: bool, device: str) -> None:
    """Predict the number of each of some sequences, one line out for each.

    Args:
        model: folder of a regressor.
        sequences: to be rated.
        out: file of the answers; None = standard output.
        as_json: JSON on standard output.
        device: to run on.
    """
    from nlprnn.pipelines import SequenceRegressor

    regressor = load_as(SequenceRegressor, model, device)
    columns: dict[str, Kind] = {"number": "number"}
    numbers = regressor.predict(regressor.process(_checked(regressor, sequences)))
    inputs = Inputs(sequences.identities, key=_KEY)
    with open_answers(inputs, columns, out=out, as_json=as_json, key=_KEY) as answers:
        for name, number in zip(sequences.identities, numbers.tolist(), strict=True):
            if answers.structured:
                answers.add(name, {"number": float(f"{number:.8g}")})
            else:
                answers.skip(name)
                print(f"{number:>10.5g}  {on_one_line(name)}")


def read_for(model: str, texts: Sequence[str], path: Path | None, options: TextFileOptions) -> FeatureSequences:
    """Read the sequences of a file or folder, in the columns of the model's training.

    Raises:
        click.UsageError: there is no file, or there are texts or options for them.
        DataError: the file is missing or damaged; names the place.
    """
    from nlprnn.data.read_options import ReadOptions
    from nlprnn.series.feature_processor import FeatureProcessor
    from nlprnn.tasks.sequences.columns import ColumnRequest
    from nlprnn.tasks.sequences.feature_sequences import concatenated
    from nlprnn.tasks.sequences.sources import find_sequences

    if texts or path is None or options.lines or options.text_field is not None:
        raise click.UsageError(
            f"{model} reads sequences of numbers: give a table, a .npy file or a folder of these as --file, no texts"
        )
    known = replace(FeatureProcessor.load(model).columns, target=None, subject=None)
    header = False if options.columns else options.header
    reading = ReadOptions(encoding=options.encoding, header=header, columns=options.column_names, split_field="none")
    splits = find_sequences(str(path), ColumnRequest(), reading, known=known)
    return concatenated(list(splits.values()))


def _checked(pipeline: Any, sequences: FeatureSequences) -> Any:
    pipeline.processor.check_number(len(sequences.names), sequences.origin)
    return sequences.values
