"""`nlprnn score`: log-likelihood of texts under a language model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlprnn.cli.answers import OUT, Answers, Kind, open_answers
from nlprnn.cli.inputs import Inputs, open_table, read_inputs
from nlprnn.cli.load_model import load_as
from nlprnn.cli.stdin import StandardInput, is_piped
from nlprnn.cli.tables import score_rows
from nlprnn.cli.text_io import check_text, line_warning, on_one_line, print_json
from nlprnn.cli.verb import DEVICE, bundled_model_option, json_option, verb
from nlprnn.errors import DataError
from nlprnn.experiment.table_options import TextFileOptions

if TYPE_CHECKING:
    from nlprnn.pipelines import Generator

_FILES = click.Argument(["files"], nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
_COLUMNS: dict[str, Kind] = dict.fromkeys(
    ("nats", "nats_per_token", "perplexity", "bits_per_character", "tokens", "characters", "unknown_tokens"), "number"
)
_PER_LINE = click.Option(
    ["--per-line"],
    is_flag=True,
    help="Scores of each line, or row of a table, by itself: NLL in nats, bits per character, and the text.",
)


@verb(
    _FILES,
    bundled_model_option("tales"),
    TextFileOptions,
    _PER_LINE,
    OUT,
    json_option("one object a file, or a line with --per-line"),
    DEVICE,
)
def score(
    files: tuple[Path, ...],
    model: str,
    options: TextFileOptions,
    per_line: bool,
    out: Path | None,
    as_json: bool,
    device: str,
) -> None:
    """Compute the negative log-likelihood (NLL) of texts: the fewer bits per character, the more likely the text.

    The NLL in nats and the bits per character count the characters of tokens outside the vocabulary. The perplexity
    and other figures of tokens count each as one token, so their share is given too.

    A file is read as one text, the model's state carried from start to end; of a table, its column of texts. With
    --per-line each line, or row, is read from the initial state, so that they can be compared. Without a file,
    standard input is read.

    \b
    nlprnn score novel.txt
    nlprnn score --model runs/text_generation --per-line candidates.txt
    nlprnn score --per-line tales.csv --text-field body --out scored.csv
    echo "The king went into the forest." | nlprnn score
    """
    from nlprnn.pipelines import Generator

    if not files and not is_piped():
        raise click.UsageError("there is nothing to score: give a file, or a pipe")
    if files == (Path("-"),):
        files = ()
    if out is not None and (not per_line or len(files) > 1):
        raise click.UsageError("--out takes the scores of each row of one file: give one, and --per-line")
    generator = load_as(Generator, model, device)
    for file in files or [None]:
        if per_line:
            inputs = read_inputs((), file, options, model)
            with open_answers(inputs, _COLUMNS, out=out, as_json=as_json) as answers:
                _score_lines(generator, inputs, answers)
        elif file is None:
            _score_texts(generator, "standard input", [StandardInput(options.encoding).text()], as_json=as_json)
        else:
            _score_texts(generator, str(file), _texts(file, options, model), as_json=as_json)


def _texts(file: Path, options: TextFileOptions, model: str | Path) -> list[str]:
    """Return the texts of a table, or the whole text of another file."""
    from nlprnn.data.formats.lines import read_text

    if (table := open_table(file, options, model)) is not None:
        return [row.text for row in table.rows() if row.text]
    check_text(file, options.encoding)
    return [read_text(file, options.encoding)]


def _score_texts(generator: Generator, name: str, texts: list[str], *, as_json: bool) -> None:
    from nlprnn.tasks.evaluation.language_model import language_model_metrics, log_unknown_tokens

    if not any(map(str.strip, texts)):
        raise DataError(f"{name} has no text to score: give a file with text")
    score = generator.score(texts)
    figures = {"nats": score.nll, **language_model_metrics(score)}
    log_unknown_tokens(score, name)
    if as_json:
        print_json({"file": name, **figures})
    else:
        print(name, *(f"  {row}" for row in score_rows(figures)), sep="\n")


def _score_lines(generator: Generator, inputs: Inputs, answers: Answers) -> None:
    from nlprnn.batching import adaptive_batches
    from nlprnn.tasks.evaluation.language_model import language_model_metrics

    number = 0
    with line_warning("unknown tokens, counted by their characters (--json has their share)") as unknown:
        for batch in adaptive_batches(inputs.texts):
            for line, score in zip(batch, generator.score_each(batch), strict=True):
                number += 1
                if score.unknown:
                    unknown.append(number)
                if answers.structured:
                    answers.add(line, {"nats": score.nll, **language_model_metrics(score)})
                else:
                    answers.skip(line)
                    print(f"{score.nll:.4f}\t{score.bits_per_character:.4f}\t{on_one_line(line)}")
