"""`nlprnn translate`: sentences from anywhere into another language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlprnn.cli.beam_options import models_option, search_options
from nlprnn.cli.load_model import load_translator
from nlprnn.cli.text_io import OutputFile, given_texts, tell_of_cuts
from nlprnn.devices import DEVICES
from nlprnn.errors import DataError
from nlprnn.friendly_command import FriendlyCommand

if TYPE_CHECKING:
    from nlprnn.pipelines import Translation, TranslationOptions, Translator


@click.command(cls=FriendlyCommand, context_settings={"show_default": True})
@models_option
@click.option("--file", "path", type=click.Path(path_type=Path), help="Read sentences from a file, one a line.")
@search_options
@click.option(
    "--coverage-penalty", type=click.FloatRange(0, 100), default=0.0, help="Weight of source words left unattended."
)
@click.option("--no-repeat-ngram", type=click.IntRange(min=0), default=0, help="Repeat no so many sub-words; 0 = may.")
@click.option("--prefix", default="", help="What every translation begins with.", show_default=False)
@click.option("--exact", is_flag=True, help="Search until nothing better can come, rather than until enough has ended.")
@click.option("--n-best", type=click.IntRange(min=1), default=1, help="Translations of each sentence, at most --beam.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a sentence, with all translations.")
@click.option(
    "--attention",
    "picture",
    type=OutputFile(),
    help="Draw what the words of one sentence attended to (.png, .pdf, .svg).",
)
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where the model runs.")
@click.argument("texts", nargs=-1)
def translate(
    models: tuple[str, ...],
    path: Path | None,
    beam: int,
    length_penalty: float,
    quantize: str | None,
    coverage_penalty: float,
    no_repeat_ngram: int,
    prefix: str,
    exact: bool,
    n_best: int,
    as_json: bool,
    picture: Path | None,
    device: str,
    texts: tuple[str, ...],
) -> None:
    """Translate TEXTS, or the lines of a file or of standard input. One line out for each line in.

    With --n-best above 1 a line gives several lines, best first: its number ||| score ||| translation.

    \b
    nlprnn translate --model runs/translation "A dog runs." "Two men sleep."
    nlprnn translate --model runs/translation --file test.en --beam 10 > test.de
    cat test.en.gz | gunzip | nlprnn translate --model runs/translation --json
    nlprnn translate --model runs/translation --attention dog.png "A dog runs."
    """
    from nlprnn.pipelines import TranslationOptions

    if n_best > beam:
        raise click.UsageError(f"--n-best {n_best} takes --beam {n_best} or more, it is {beam}")
    lines = given_texts(texts, path, "translate")
    if picture is not None:
        lines = _one_sentence(lines, picture)
    options = TranslationOptions(
        beam_size=beam,
        n_best=n_best,
        length_penalty=length_penalty,
        coverage_penalty=coverage_penalty,
        no_repeat_ngram=no_repeat_ngram,
        early_stopping=not exact,
        prefix=prefix,
        attention=picture is not None,
    )
    translator = load_translator(models, device, int8=quantize == "int8")
    for number, translation in enumerate(_telling_of_cuts(translator, lines, options), 1):
        shown = [_as_json(translation, n_best)] if as_json else _as_lines(number, translation, n_best)
        for line in shown:
            click.echo(line)
        if picture is not None:
            _draw(translator, translation, picture)


def _one_sentence(lines: Iterable[str], picture: Path) -> list[str]:
    """The only line, where a picture of it can be drawn."""
    from nlprnn.interpret.attention_plot import PICTURE_FORMATS

    if picture.suffix[1:].lower() not in PICTURE_FORMATS:
        raise click.UsageError(f"--attention {picture}: name a file that ends in .{', .'.join(PICTURE_FORMATS)}")
    if find_spec("matplotlib") is None:
        raise click.UsageError('--attention needs matplotlib: pip install "nlprnn[plot]"')
    first = list(islice(lines, 2))
    if len(first) != 1 or not first[0].strip():
        raise click.UsageError("--attention draws one sentence: give one, and no empty one")
    return first


def _telling_of_cuts(
    translator: Translator, lines: Iterable[str], options: TranslationOptions
) -> Iterator[Translation]:
    """Translate; at the end, or when it is broken off, tell which lines were too long to be read whole."""
    cut: list[int] = []
    try:
        for number, translation in enumerate(translator.translate(lines, options), 1):
            if translation.truncated:
                cut.append(number)
            yield translation
    finally:
        tell_of_cuts(cut, translator.model.max_length - 1)  # one is the mark of the end


def _as_lines(number: int, translation: Translation, n_best: int) -> list[str]:
    if n_best == 1:
        return [translation.text]
    return [f"{number} ||| {candidate.score:.4f} ||| {candidate.text}" for candidate in translation.candidates]


def _as_json(translation: Translation, n_best: int) -> str:
    found = [{"translation": one.text, "score": round(one.score, 6)} for one in translation.candidates]
    record = {"source": translation.source, **found[0]}
    return json.dumps({**record, "candidates": found} if n_best > 1 else record, ensure_ascii=False)


def _draw(translator: Translator, translation: Translation, picture: Path) -> None:
    from nlprnn.interpret.attention_plot import draw_attention
    from nlprnn.interpret.word_alignment import word_attention

    if not translation.candidates[0].ids:
        raise DataError(f"the translation is empty: there is no attention to draw, and no {picture}")
    draw_attention(word_attention(translator, translation), picture)
    click.echo(f"Attention: {picture}", err=True)
