"""`nlprnn translate`: sentences into another language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlprnn.cli.answers import OUT, Kind, open_answers
from nlprnn.cli.inputs import read_inputs
from nlprnn.cli.load_model import load_translator
from nlprnn.cli.text_io import OutputFile, for_terminal, truncation_warning
from nlprnn.cli.unknown_words import TEXT_COLUMNS, UnknownWordsWarning, text_facts
from nlprnn.cli.verb import DEVICE, FILE, MODELS, TEXTS, json_option, verb
from nlprnn.errors import DataError
from nlprnn.experiment.options import option
from nlprnn.experiment.table_options import TextFileOptions
from nlprnn.tasks.evaluation import SearchOptions

if TYPE_CHECKING:
    from nlprnn.pipelines import Translation, Translator


@dataclass(frozen=True, kw_only=True)
class _Options(SearchOptions, TextFileOptions):
    coverage_penalty: float = option(0.0, min=0, max=100, help="Coverage penalty: weight of unattended source words.")
    no_repeat_ngram: int = option(
        0, min=0, help="Size in subwords of n-grams that no translation repeats; 0 allows repetition."
    )
    prefix: str | None = option(None, help="Prefix of every translation.")
    exact: bool = option(
        False, help="Exact search without early stopping: until no live hypothesis can beat the finished ones."
    )
    n_best: int = option(1, min=1, help="Number of different translations of each sentence, at most --beam.")


_ATTENTION = click.Option(
    ["--attention", "picture"],
    type=OutputFile(),
    help="Attention picture of the words of one sentence (.png, .pdf, .svg).",
)


@verb(
    MODELS, FILE, _Options, OUT, json_option("one object a sentence, with all translations"), _ATTENTION, DEVICE, TEXTS
)
def translate(
    models: tuple[str, ...],
    path: Path | None,
    options: _Options,
    out: Path | None,
    as_json: bool,
    picture: Path | None,
    device: str,
    texts: tuple[str, ...],
) -> None:
    """Translate TEXTS, or the rows of a table, or the lines of a file or of standard input. One line out for each in.

    With --n-best above 1 a line gives several lines, best first: its number ||| score ||| translation.

    \b
    nlprnn translate --model runs/translation "A dog runs." "Two men sleep."
    nlprnn translate --model runs/translation --file test.en --beam 10 > test.de
    nlprnn translate --model runs/translation --file shop.csv --text-field title --out shop.de.csv
    cat test.en.gz | gunzip | nlprnn translate --model runs/translation --json
    nlprnn translate --model runs/translation --attention dog.png "A dog runs."
    """
    from nlprnn.pipelines import TranslationOptions

    n_best = options.n_best
    if n_best > options.beam:
        raise click.UsageError(f"--n-best {n_best} needs --beam {n_best} or more, which is {options.beam}")
    inputs = read_inputs(texts, path, options, models[0], key="source")
    lines = inputs.texts if picture is None else _one_sentence(inputs.texts, picture)
    search = TranslationOptions(
        beam_size=options.beam,
        n_best=n_best,
        length_penalty=options.length_penalty,
        coverage_penalty=options.coverage_penalty,
        no_repeat_ngram=options.no_repeat_ngram,
        early_stopping=not options.exact,
        prefix=options.prefix or "",
        attention=picture is not None,
    )
    translator = load_translator(models, device, int8=options.quantize == "int8")
    max_length = translator.model.max_length - 1  # one token is the end of the sentence
    columns: dict[str, Kind] = {"translation": "text", "score": "number"}
    columns |= {"candidates": "json"} if n_best > 1 else {}
    columns |= TEXT_COLUMNS
    with (
        truncation_warning(max_length) as truncated,
        UnknownWordsWarning(rows=inputs.table is not None) as unknown,
        open_answers(inputs, columns, out=out, as_json=as_json, key="source") as answers,
    ):
        for number, translation in enumerate(translator.translate(lines, search), 1):
            unknown.add(translation.unknown_words, empty=translation.empty)
            if translation.truncated:
                truncated.append(number)
            if answers.structured:
                answers.add(translation.source, _record(translation, n_best))
            else:
                answers.skip(translation.source)
                _print_candidates(translation, number, n_best)
            if picture is not None:
                _draw(translator, translation, picture)


def _record(translation: Translation, n_best: int) -> dict[str, Any]:
    """Return the translation with its score, and all candidates where there may be several."""
    candidates = [{"translation": one.text, "score": round(one.score, 6)} for one in translation.candidates]
    rest = {"candidates": candidates} if n_best > 1 else {}
    return {**candidates[0], **rest, **text_facts(translation)}


def _print_candidates(translation: Translation, number: int, n_best: int) -> None:
    if n_best == 1:
        print(for_terminal(translation.text))
        return
    for one in translation.candidates:
        print(f"{number} ||| {one.score:.4f} ||| {for_terminal(one.text)}")


def _one_sentence(lines: Iterable[str], picture: Path) -> list[str]:
    """Return the only line, after a check that its picture can be drawn."""
    from nlprnn.interpret import check_picture

    check_picture(picture)
    first = list(islice(lines, 2))
    if len(first) != 1 or not first[0].strip():
        raise click.UsageError("--attention draws one sentence: give one that is not empty")
    return first


def _draw(translator: Translator, translation: Translation, picture: Path) -> None:
    from nlprnn.interpret.attention_plot import plot_attention
    from nlprnn.interpret.word_alignment import word_attention

    if not translation.candidates[0].ids:
        raise DataError(f"the translation is empty: there is no attention to draw, and no {picture}")
    plot_attention(word_attention(translator, translation), picture)
    click.echo(f"Attention: {picture}", err=True)
