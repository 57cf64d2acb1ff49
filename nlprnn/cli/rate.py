"""`nlprnn rate`: a number for each text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from nlprnn.cli.answers import OUT, Kind, open_answers
from nlprnn.cli.inputs import read_inputs
from nlprnn.cli.load_model import load_as
from nlprnn.cli.sequence_answers import rate_sequences, read_for, reads_features
from nlprnn.cli.text_io import on_one_line
from nlprnn.cli.unknown_words import TEXT_COLUMNS, UnknownWordsWarning, text_facts
from nlprnn.cli.verb import DEVICE, FILE, MODEL, TEXTS, json_option, verb
from nlprnn.experiment.quantization_options import QuantizationOptions
from nlprnn.experiment.table_options import TextFileOptions


@dataclass(frozen=True, kw_only=True)
class RateOptions(QuantizationOptions, TextFileOptions):
    """How texts are read, and the weights held."""


@verb(MODEL, FILE, RateOptions, OUT, json_option("one object a text"), DEVICE, TEXTS)
def rate(
    model: str,
    path: Path | None,
    options: RateOptions,
    out: Path | None,
    as_json: bool,
    device: str,
    texts: tuple[str, ...],
) -> None:
    """Predict the number of each of TEXTS, or of the rows of a table, or of the lines of a file or of standard input.

    \b
    nlprnn rate --model runs/regression "The staff was superb."
    nlprnn rate --model runs/regression --file reviews.csv --out rated.csv
    nlprnn rate --model runs/regression --file reviews.txt --json > numbers.jsonl
    nlprnn rate --model runs/sequences --file recordings.parquet
    """
    from nlprnn.pipelines import Regressor

    if reads_features(model):
        if options.quantize is not None:
            raise click.UsageError("--quantize is not for this model, which reads sequences of vectors")
        sequences = read_for(model, texts, path, options)
        rate_sequences(model, sequences, out=out, as_json=as_json, device=device)
        return
    inputs = read_inputs(texts, path, options, model)
    regressor = load_as(Regressor, model, device, quantize=options.quantize)
    columns: dict[str, Kind] = {"number": "number", **TEXT_COLUMNS}
    with (
        UnknownWordsWarning(rows=inputs.table is not None) as unknown,
        open_answers(inputs, columns, out=out, as_json=as_json) as answers,
    ):
        for rated in regressor.rate(inputs.texts):
            unknown.add(rated.unknown_words, empty=rated.empty)
            if answers.structured:
                number = float(regressor.format(rated.number, extra_digits=4))
                answers.add(rated.text, {"number": number, **text_facts(rated)})
            else:
                answers.skip(rated.text)
                print(f"{regressor.format(rated.number):>8}  {on_one_line(rated.text)}")
