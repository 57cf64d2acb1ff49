"""`nlprnn tag`: names, or the label of each word, in texts from anywhere."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlprnn.cli.load_model import load_as
from nlprnn.cli.text_io import given_texts
from nlprnn.devices import DEVICES
from nlprnn.friendly_command import FriendlyCommand

if TYPE_CHECKING:
    from nlprnn.pipelines import TaggedText

_WORD = re.compile("[^ \t]+")  # as in files of columns, where words may hold any other space


@click.command(cls=FriendlyCommand, context_settings={"show_default": True})
@click.option("--model", metavar="MODEL", required=True, help="Model folder or Hub id.")
@click.option("--file", "path", type=click.Path(path_type=Path), help="Read texts from a file, one a line.")
@click.option("--tokenized", is_flag=True, help="Texts are cut into words already, with spaces between them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a text, with words, labels and spans.")
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where the model runs.")
@click.argument("texts", nargs=-1)
def tag(model: str, path: Path | None, tokenized: bool, as_json: bool, device: str, texts: tuple[str, ...]) -> None:
    """Find names in TEXTS, or the lines of a file or of standard input. One line out for each text in.

    Spans stand in brackets, with what they are; a tagger of single words puts its label behind each.

    \b
    nlprnn tag --model runs/tagging "Emma Torsson flew to Lindford on Monday."
    nlprnn tag --model runs/tagging --file news.txt --json > names.jsonl
    cat news.txt | nlprnn tag --model runs/tagging
    """
    from nlprnn.batching import PendingStream
    from nlprnn.pipelines import Tagger

    lines = given_texts(texts, path, "tag")
    tagger = load_as(Tagger, model, device)
    given = PendingStream(map(_WORD.findall, lines), lines) if tokenized else lines
    show = _as_json if as_json else _with_spans if tagger.is_span_tagger else _with_labels
    for tagged in tagger.tag(given):
        click.echo(show(tagged))


def _as_json(tagged: TaggedText) -> str:
    record = {"text": tagged.text, "tokens": tagged.tokens, "labels": tagged.labels}
    return json.dumps({**record, "spans": [asdict(span) for span in tagged.spans]}, ensure_ascii=False)


def _with_spans(tagged: TaggedText) -> str:
    """The text as it is, with spans in brackets."""
    parts, end = [], 0
    for span in tagged.spans:
        label = f" {span.label}" if span.label else ""
        parts += [tagged.text[end : span.start], f"[{span.text}{label}]"]
        end = span.end
    return _on_one_line("".join([*parts, tagged.text[end:]]))


def _with_labels(tagged: TaggedText) -> str:
    return _on_one_line(" ".join(f"{word}/{label}" for word, label in zip(tagged.tokens, tagged.labels, strict=True)))


def _on_one_line(text: str) -> str:
    # A text with line ends inside must not look like several.
    return " ".join(text.splitlines())
