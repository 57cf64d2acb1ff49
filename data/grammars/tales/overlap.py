"""Share of a text's runs of eight words that occur in a corpus: how much a grammar, or a model, repeats itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

WORD = re.compile(r"[A-Za-z'-]+")
RUN_LENGTH = 8


def runs(text: str, length: int = RUN_LENGTH) -> Iterator[tuple[str, ...]]:
    """Yield the runs of adjacent words of a text, in lower case and without punctuation."""
    words = WORD.findall(text.lower())
    return zip(*(words[start:] for start in range(length)), strict=False)


def overlap(texts: Iterable[str], corpus: Iterable[str], length: int = RUN_LENGTH) -> float:
    """Return the share of the runs of `texts` that occur in any text of `corpus`, in [0, 1].

    Args:
        texts: the texts to measure; their runs are kept in memory.
        corpus: the texts to compare with, read once and one by one.
        length: words of a run.
    """
    measured = [run for text in texts for run in runs(text, length)]
    candidates = set(measured)
    repeated: set[tuple[str, ...]] = set()
    for text in corpus:
        repeated.update(candidates.intersection(runs(text, length)))
    return sum(run in repeated for run in measured) / len(measured) if measured else 0.0
