"""`nlprnn tag`: spans such as names in texts, or the label of each word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlprnn.cli.answers import OUT, Kind, open_answers
from nlprnn.cli.inputs import read_inputs
from nlprnn.cli.load_model import load_as
from nlprnn.cli.text_io import on_one_line
from nlprnn.cli.unknown_words import TEXT_COLUMNS, UnknownWordsWarning, text_facts
from nlprnn.cli.verb import DEVICE, FILE, TEXTS, bundled_model_option, json_option, verb
from nlprnn.errors import escape_controls
from nlprnn.experiment.quantization_options import QuantizationOptions
from nlprnn.experiment.table_options import TextFileOptions

if TYPE_CHECKING:
    from nlprnn.pipelines import TaggedText

_WORD = re.compile("[^ \t]+")  # as in CoNLL files, where words may hold any other white space
_TOKENIZED = click.Option(["--tokenized"], is_flag=True, help="Input in words already, separated by spaces.")


@dataclass(frozen=True, kw_only=True)
class TagOptions(QuantizationOptions, TextFileOptions):
    """How texts are read, and the weights held."""


@verb(
    bundled_model_option("names"),
    FILE,
    TagOptions,
    OUT,
    _TOKENIZED,
    json_option("one object a text, with words, labels and spans"),
    DEVICE,
    TEXTS,
)
def tag(
    model: str,
    path: Path | None,
    options: TagOptions,
    out: Path | None,
    tokenized: bool,
    as_json: bool,
    device: str,
    texts: tuple[str, ...],
) -> None:
    """Tag the words of TEXTS, or of the rows of a table, or of the lines of a file or of standard input.

    Spans such as names are put in brackets with their label; a tagger of single words puts a label after each word.

    \b
    nlprnn tag --model runs/tagging "Emma Torsson flew to Lindford on Monday."
    nlprnn tag --model runs/tagging --file news.parquet --text-field body --out names.parquet
    nlprnn tag --model runs/tagging --file news.txt --json > names.jsonl
    cat news.txt | nlprnn tag --model runs/tagging
    """
    from nlprnn.batching import PendingStream
    from nlprnn.pipelines import Tagger

    inputs = read_inputs(texts, path, options, model)
    tagger = load_as(Tagger, model, device, quantize=options.quantize)
    sentences: Iterable[str] | Iterable[Sequence[str]] = inputs.texts
    if tokenized:
        sentences = PendingStream(map(_WORD.findall, inputs.texts), inputs.texts)
    columns: dict[str, Kind] = {"tokens": "texts", "labels": "texts", "spans": "json", **TEXT_COLUMNS}
    with (
        UnknownWordsWarning(rows=inputs.table is not None, letters=tagger.model.characters is not None) as unknown,
        open_answers(inputs, columns, out=out, as_json=as_json) as answers,
    ):
        for tagged in tagger.tag(sentences):
            unknown.add(tagged.unknown_words, empty=tagged.empty)
            if answers.structured:
                spans = [asdict(span) for span in tagged.spans]
                record = {"tokens": tagged.tokens, "labels": tagged.labels, "spans": spans}
                answers.add(tagged.text, {**record, **text_facts(tagged)})
                continue
            answers.skip(tagged.text)
            if tagger.is_span_tagger:
                print(on_one_line(_with_brackets(tagged)))
            else:
                pairs = zip(tagged.tokens, tagged.labels, strict=True)
                print(on_one_line(" ".join(f"{word}/{escape_controls(label)}" for word, label in pairs)))


def _with_brackets(tagged: TaggedText) -> str:
    """Return the text as it is, with spans in brackets."""
    pieces, end = [], 0
    for span in tagged.spans:
        label = f" {escape_controls(span.label)}" if span.label else ""
        pieces += [tagged.text[end : span.start], f"[{span.text}{label}]"]
        end = span.end
    return "".join([*pieces, tagged.text[end:]])
