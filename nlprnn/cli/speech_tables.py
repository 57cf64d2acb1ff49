"""Errors of a speech recognizer as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nlprnn.cli.text_io import pad_names, shorten

_NAME_WIDTH = 24
_TEXT_WIDTH = 60


def speech_tables(scores: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was taken for what, the worst clips, and the error rate of each speaker, each with an empty line."""
    if confusions := scores["confusions"]:
        yield f"most frequent confusions ({len(confusions)} kinds): spoken, transcript"
        references = pad_names([one["reference"] for one in confusions], _NAME_WIDTH)
        for name, one in zip(references, confusions, strict=True):
            yield f"{one['count']:>7,}  {name}  taken for  {shorten(one['predicted'], _NAME_WIDTH)}"
        yield ""
    for title, key in (("not recognized", "deleted"), ("not spoken", "inserted")):
        if words := scores[key]:
            yield f"{title}: " + ", ".join(f"{shorten(word, _NAME_WIDTH)} ({count})" for word, count in words.items())
            yield ""
    if worst := scores["worst"]:
        yield "worst clips: errors, spoken, transcript, place"
        for one in worst:
            spoken, written = (shorten(one[key], _TEXT_WIDTH) or "-" for key in ("reference", "predicted"))
            yield f"{one['errors']:>7,}  {spoken}  |  {written}  |  {one['place']}"
        yield ""
    if speakers := scores.get("speakers"):
        yield "word error rate of each speaker"
        for name, rate in zip(pad_names(list(speakers), _NAME_WIDTH), speakers.values(), strict=True):
            yield f"{name}  {rate:6.2f}"
        yield ""
