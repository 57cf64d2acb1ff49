"""`nlprnn score`: log-likelihood of texts under a language model."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlprnn.cli.load_model import load_as
from nlprnn.cli.stdin import StandardInput, is_piped
from nlprnn.cli.tables import score_rows
from nlprnn.cli.text_io import check_text, line_warning, on_one_line, print_json, read_texts
from nlprnn.cli.verb import DEVICE, MODEL_OR_BUNDLED, json_option, verb
from nlprnn.errors import DataError
from nlprnn.experiment.encoding_options import EncodingOptions

if TYPE_CHECKING:
    from nlprnn.pipelines import Generator

_FILES = click.Argument(["files"], nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
_PER_LINE = click.Option(
    ["--per-line"],
    is_flag=True,
    help="Scores of each line by itself: NLL in nats, bits per character, and the line, separated by tabs.",
)


@verb(
    _FILES,
    MODEL_OR_BUNDLED,
    EncodingOptions,
    _PER_LINE,
    json_option("one object a file, or a line with --per-line"),
    DEVICE,
)
def score(
    files: tuple[Path, ...], model: str | None, options: EncodingOptions, per_line: bool, as_json: bool, device: str
) -> None:
    """Compute the negative log-likelihood (NLL) of texts: the fewer bits per character, the more likely the text.

    The NLL in nats and the bits per character count the characters of tokens outside the vocabulary. The perplexity
    and other figures of tokens count each as one token, so their share is given too.

    A file is read as one text, the model's state carried from start to end. With --per-line each line is read from
    the initial state, so that lines can be compared. Without a file, standard input is read.

    \b
    nlprnn score novel.txt
    nlprnn score --model runs/text_generation --per-line candidates.txt
    echo "The king went into the forest." | nlprnn score
    """
    from nlprnn.pipelines import Generator
    from nlprnn.resources import bundled_model_folder

    if not files and not is_piped():
        raise click.UsageError("there is nothing to score: give a file, or a pipe")
    if files == (Path("-"),):
        files = ()
    encoding = options.encoding
    generator = load_as(Generator, bundled_model_folder() if model is None else model, device)
    if per_line:
        lines = (
            chain.from_iterable(read_texts((), file, encoding) for file in files) if files else StandardInput(encoding)
        )
        _score_lines(generator, lines, as_json=as_json)
    else:
        for file in files or [None]:
            _score_file(generator, file, encoding, as_json=as_json)


def _score_file(generator: Generator, file: Path | None, encoding: str | None, *, as_json: bool) -> None:
    from nlprnn.data.formats.lines import read_text
    from nlprnn.tasks.evaluation.language_model import language_model_metrics, log_unknown_tokens

    name = "standard input" if file is None else str(file)
    if file is not None:
        check_text(file, encoding)
    text = StandardInput(encoding).text() if file is None else read_text(file, encoding)
    if not text.strip():
        raise DataError(f"{name} has no text to score: give a file with text")
    score = generator.score([text])
    figures = {"nats": score.nll, **language_model_metrics(score)}
    log_unknown_tokens(score, name)
    if as_json:
        print_json({"file": name, **figures})
    else:
        print(name, *(f"  {row}" for row in score_rows(figures)), sep="\n")


def _score_lines(generator: Generator, lines: Iterable[str], *, as_json: bool) -> None:
    from nlprnn.batching import adaptive_batches
    from nlprnn.tasks.evaluation.language_model import language_model_metrics

    number = 0
    with line_warning("unknown tokens, counted by their characters (--json has their share)") as unknown:
        for batch in adaptive_batches(lines):
            for line, score in zip(batch, generator.score_each(batch), strict=True):
                number += 1
                if score.unknown:
                    unknown.append(number)
                if as_json:
                    print_json({"text": line, "nats": score.nll, **language_model_metrics(score)})
                else:
                    print(f"{score.nll:.4f}\t{score.bits_per_character:.4f}\t{on_one_line(line)}")
