"""`nlprnn classify`: labels of texts, with probabilities."""

from __future__ import annotations

from pathlib import Path

from nlprnn.cli.answers import OUT, Kind, open_answers
from nlprnn.cli.inputs import read_inputs
from nlprnn.cli.load_model import load_as
from nlprnn.cli.text_io import on_one_line
from nlprnn.cli.unknown_words import UnknownWordsWarning
from nlprnn.cli.verb import DEVICE, FILE, MODEL, TEXTS, json_option, verb
from nlprnn.errors import escape_controls
from nlprnn.experiment.table_options import TextFileOptions


@verb(MODEL, FILE, TextFileOptions, OUT, json_option("one object a text, with all probabilities"), DEVICE, TEXTS)
def classify(
    model: str,
    path: Path | None,
    options: TextFileOptions,
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
    cat reviews.txt | nlprnn classify --model runs/sentiment
    """
    from nlprnn.pipelines import Classifier

    inputs = read_inputs(texts, path, options, model)
    classifier = load_as(Classifier, model, device)
    multi_label = classifier.model.multi_label
    names = {label: escape_controls(label) for label in classifier.model.labels}
    width = max(map(len, names.values()))
    columns: dict[str, Kind] = {"labels": "texts"} if multi_label else {"label": "text", "probability": "number"}
    columns["unknown_words"] = "number"
    with UnknownWordsWarning() as unknown, open_answers(inputs, columns, out=out, as_json=as_json) as answers:
        for text, prediction in classifier.predict_iter(inputs.texts):
            unknown.add(prediction.unknown_words)
            probabilities = prediction.probabilities
            if answers.structured:
                rounded = {label: round(value, 6) for label, value in probabilities.items()}
                best = {"label": prediction.label, "probability": round(prediction.probability, 6)}
                answer = {"labels": prediction.labels} if multi_label else best
                rest = {"probabilities": rounded, "unknown_words": round(prediction.unknown_words, 4)}
                answers.add(text, {**answer, **rest})
                continue
            answers.skip(text)
            if multi_label:
                named = ", ".join(f"{names[label]} {probabilities[label]:.1%}" for label in prediction.labels)
                print(f"{named or '(none)'}  {on_one_line(text)}")
            else:
                print(f"{names[prediction.label]:<{width}}  {prediction.probability:6.1%}  {on_one_line(text)}")
