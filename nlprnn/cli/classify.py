"""`nlprnn classify`: labels of texts, with probabilities."""

from __future__ import annotations

from pathlib import Path

from nlprnn.cli.load_model import load_as
from nlprnn.cli.text_io import on_one_line, print_json, read_texts
from nlprnn.cli.unknown_words import UnknownWordsWarning
from nlprnn.cli.verb import DEVICE, FILE, MODEL, TEXTS, json_option, verb
from nlprnn.errors import escape_controls
from nlprnn.experiment.encoding_options import EncodingOptions


@verb(MODEL, FILE, EncodingOptions, json_option("one object a text, with all probabilities"), DEVICE, TEXTS)
def classify(
    model: str, path: Path | None, options: EncodingOptions, as_json: bool, device: str, texts: tuple[str, ...]
) -> None:
    """Label TEXTS, or the lines of a file or of standard input. One line out for each text in.

    \b
    nlprnn classify --model runs/sentiment "Not at all boring." "A waste of time."
    nlprnn classify --model runs/sentiment --file reviews.txt --json > labels.jsonl
    cat reviews.txt | nlprnn classify --model runs/sentiment
    """
    from nlprnn.pipelines import Classifier

    lines = read_texts(texts, path, options.encoding)
    classifier = load_as(Classifier, model, device)
    multi_label = classifier.model.multi_label
    names = {label: escape_controls(label) for label in classifier.model.labels}
    width = max(map(len, names.values()))
    with UnknownWordsWarning() as unknown:
        for text, prediction in classifier.predict_iter(lines):
            unknown.add(prediction.unknown_words)
            probabilities = prediction.probabilities
            if as_json:
                rounded = {label: round(value, 6) for label, value in probabilities.items()}
                best = {"label": prediction.label, "probability": round(prediction.probability, 6)}
                answer = {"labels": prediction.labels} if multi_label else best
                rest = {"probabilities": rounded, "unknown_words": round(prediction.unknown_words, 4)}
                print_json({"text": text, **answer, **rest})
            elif multi_label:
                named = ", ".join(f"{names[label]} {probabilities[label]:.1%}" for label in prediction.labels)
                print(f"{named or '(none)'}  {on_one_line(text)}")
            else:
                print(f"{names[prediction.label]:<{width}}  {prediction.probability:6.1%}  {on_one_line(text)}")
