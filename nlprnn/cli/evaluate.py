"""`nlprnn evaluate`: the scores of a model of any kind on a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from nlprnn.cli.load_model import kind_of, load_any, load_translator
from nlprnn.cli.tables import result_lines
from nlprnn.cli.text_io import OutputFile, print_json, shorten
from nlprnn.cli.verb import DEVICE, MODELS, json_option, verb
from nlprnn.errors import escape_line_ends
from nlprnn.experiment.options import click_options, option_fields
from nlprnn.experiment.run_file import check_split, trained_columns, trained_reading
from nlprnn.friendly_command import RenamedOption
from nlprnn.serialization.atomic_files import write_text
from nlprnn.tasks import evaluation

_DATASET = click.Option(["--dataset"], required=True, help="Dataset: a sample's name, a Hub id, a folder or a file.")
_PREDICTIONS = RenamedOption(
    ["--predictions"],
    type=OutputFile(),
    help="File to write translations or labels to, one a row.",
    formerly="--out",
)
_TEXT_WIDTH = 100
_OPTIONS = {parameter.name: parameter for task in evaluation.TASK_OPTIONS for parameter in click_options(task)}


@verb(MODELS, _DATASET, *_OPTIONS.values(), _PREDICTIONS, json_option("one object with all scores"), DEVICE)
def evaluate(
    models: tuple[str, ...], dataset: str, predictions: Path | None, as_json: bool, device: str, **values: Any
) -> None:
    """Score a model: BLEU and chrF of translations, F1 of labels and spans, errors of numbers, NLL of text, WER.

    \b
    nlprnn evaluate --model runs/translation --dataset translation
    nlprnn evaluate --model runs/translation --model runs/translation-2 --dataset test.jsonl --source en --target de
    nlprnn evaluate --model runs/sentiment --dataset reviews.csv --text-field body --label-field stars
    nlprnn evaluate --model runs/sentiment --dataset reviews.csv --show-errors 10
    nlprnn evaluate --model runs/tagging --dataset names.conll --tag-field 4
    nlprnn evaluate --model runs/text_generation --dataset my_novel.txt --json
    """
    pipeline = load_any(models[0], device) if len(models) == 1 else load_translator(models, device)
    kind = evaluation.evaluation_options(pipeline)
    fitting = {field.name for field in option_fields(kind)}
    if kind is not evaluation.LanguageModelEvaluationOptions:
        fitting.add("predictions")
    for name in sorted({"predictions", *_OPTIONS} - fitting):
        if click.get_current_context().get_parameter_source(name) is not ParameterSource.DEFAULT:
            noun = kind_of(pipeline)
            option = name.replace("_", "-")
            raise click.UsageError(f"--{option} is not supported for {noun}s ({models[0]} is a {noun})")
    folder = Path(models[0])
    trained = {name: value for name, value in trained_reading(folder, dataset).items() if values.get(name) is None}
    options = kind(**{name: value for name, value in (values | trained).items() if name in fitting})
    check_split(folder, dataset, options.split)
    result = evaluation.evaluate(pipeline, dataset, options, trained_columns=trained_columns(folder))
    for error in result.scores.get("errors", ()):
        error["text"] = shorten(error["text"], _TEXT_WIDTH)
    if as_json:
        print_json(result.scores)
    else:
        print(*result_lines(result.scores), sep="\n")
    if predictions is not None:  # after the scores, which are not to be lost where the disk is full
        write_text(predictions, "".join(escape_line_ends(line) + "\n" for line in result.predictions))
