"""`nlprnn classify`: labels of texts, with probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from nlprnn.cli.answers import OUT, Kind, open_answers
from nlprnn.cli.inputs import read_inputs
from nlprnn.cli.load_model import load_as
from nlprnn.cli.sequence_answers import classify_sequences, read_for, reads_features
from nlprnn.cli.text_io import on_one_line
from nlprnn.cli.unknown_words import TEXT_COLUMNS, UnknownWordsWarning, text_facts
from nlprnn.cli.verb import DEVICE, FILE, TEXTS, bundled_model_option, json_option, verb
from nlprnn.errors import escape_controls
from nlprnn.experiment.options import option
from nlprnn.experiment.quantization_options import QuantizationOptions
from nlprnn.experiment.table_options import TextFileOptions


@dataclass(frozen=True, kw_only=True)
class ClassifyOptions(QuantizationOptions, TextFileOptions):
    """How texts are read, and from which probability they get a label."""

    threshold: float | None = option(
        None, above=0, below=1, auto="the model's", help="Probability from which a text has a label, of several labels."
    )
    abstain: float | None = option(
        None,
        min=0,
        max=1,
        auto="the model's, if it was calibrated for a precision",
        help="Probability below which the answer is `unsure`, of one label a text; 0 always gives a label.",
    )


@verb(
    bundled_model_option("sentiment"),
    FILE,
    ClassifyOptions,
    OUT,
    json_option("one object a text, with all probabilities"),
    DEVICE,
    TEXTS,
)
def classify(
    model: str,
    path: Path | None,
    options: ClassifyOptions,
    out: Path | None,
    as_json: bool,
    device: str,
    texts: tuple[str, ...],
) -> None:
    """Label TEXTS, or the rows of a table, or the lines of a file or of standard input. One line out for each text in.

    \b
    nlprnn classify --model runs/sentiment "Not at all boring." "A waste of time."
    nlprnn classify --model runs/sentiment --file reviews.csv --text-field body --out labelled.csv
    nlprnn classify --model runs/sentiment --file reviews.txt --json > labels.jsonl
    nlprnn classify --model runs/sentiment --abstain 0.9 "It was a film."
    cat reviews.txt | nlprnn classify --model runs/sentiment
    nlprnn classify --model runs/sequences --file gestures.parquet
    """
    from nlprnn.models import UNSURE
    from nlprnn.pipelines import Classifier

    if reads_features(model):
        if options.quantize is not None:
            raise click.UsageError("--quantize is not for this model, which reads sequences of vectors")
        if options.threshold is not None:
            raise click.UsageError("--threshold is not for this model, which gives a sequence one label")
        sequences = read_for(model, texts, path, options)
        abstain = options.abstain, UNSURE
        classify_sequences(model, sequences, abstain=abstain, out=out, as_json=as_json, device=device)
        return
    inputs = read_inputs(texts, path, options, model)
    classifier = load_as(Classifier, model, device, quantize=options.quantize)
    multi_label = classifier.model.multi_label
    try:
        predictions = classifier.predict_iter(inputs.texts, threshold=options.threshold, abstain=options.abstain)
    except ValueError as error:  # an option that is not for this model
        raise click.UsageError(f"--{error}") from error
    abstains = bool(classifier.model.abstain if options.abstain is None else options.abstain)
    names = {label: escape_controls(label) for label in (*classifier.model.labels, *[UNSURE] * abstains)}
    width = max(map(len, names.values()))
    columns: dict[str, Kind] = {"labels": "texts"} if multi_label else {"label": "text", "probability": "number"}
    columns |= TEXT_COLUMNS
    with (
        UnknownWordsWarning(rows=inputs.table is not None) as unknown,
        open_answers(inputs, columns, out=out, as_json=as_json) as answers,
    ):
        for text, prediction in predictions:
            unknown.add(prediction.unknown_words, empty=prediction.empty)
            probabilities = prediction.probabilities
            if answers.structured:
                rounded = {label: round(value, 6) for label, value in probabilities.items()}
                best = {"label": prediction.label, "probability": round(prediction.probability, 6)}
                answer = {"labels": prediction.labels} if multi_label else best
                answers.add(text, {**answer, "probabilities": rounded, **text_facts(prediction)})
                continue
            answers.skip(text)
            if multi_label:
                named = ", ".join(f"{names[label]} {probabilities[label]:.1%}" for label in prediction.labels)
                print(f"{named or '(none)'}  {on_one_line(text)}")
            else:
                print(f"{names[prediction.label]:<{width}}  {prediction.probability:6.1%}  {on_one_line(text)}")
