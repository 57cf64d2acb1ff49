"""Penalty on runs of words that occur in the training text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

import torch
from torch import Tensor

from nlprnn.decoding.logits_processors import History, LogitsProcessor
from nlprnn.decoding.recent_text import RecentText

RUN_LENGTH = 8
"""Words of a run."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CANDIDATES = 8
"""Most likely tokens that are looked at: others are hardly ever drawn."""


class Runs(Protocol):
    """A set of runs of words, each of them in lower case with a space between two words."""

    def __contains__(self, run: str) -> bool: ...


def runs_of(text: str) -> Iterator[str]:
    """Yield the runs of `RUN_LENGTH` words of a text, in lower case and without signs."""
    words = _WORD.findall(text.lower())
    return map(" ".join, zip(*(words[start:] for start in range(RUN_LENGTH)), strict=False))


def copied_run_penalty(runs: Runs, recent: RecentText, penalty: float) -> LogitsProcessor:
    """Lower the scores of likely tokens that would end a run of the training text.

    A token that only begins the last word of a run counts where its letters are that word. What the model is certain
    of remains the most likely.

    Args:
        runs: of the training text, from `runs_of`.
        recent: text of the rows.
        penalty: in nats; 0 = none.

    Raises:
        ValueError: the penalty is negative.
    """
    if not penalty >= 0.0:
        raise ValueError(f"the penalty on copied runs must be 0 or more, got {penalty}")

    def apply(scores: Tensor, history: History) -> Tensor:
        rows, columns = [], []
        candidates = scores.topk(min(_CANDIDATES, scores.size(1)), dim=1).indices.tolist()
        for row, (text, tokens) in enumerate(zip(recent(history), candidates, strict=True)):
            end = _last_words(text)
            copying = [token for token in tokens if _ends_run(end, recent.token_texts[token], runs)]
            rows += [row] * len(copying)
            columns += copying
        if not rows:
            return scores
        scores = scores.clone()
        scores[torch.tensor(rows), torch.tensor(columns)] -= penalty
        return scores

    return apply


def _last_words(text: str) -> str:
    """Return the end of a text, from its last words on, in lower case."""
    text = text.lower()
    starts = [match.start() for match in _WORD.finditer(text)]
    return text[starts[-RUN_LENGTH] :] if len(starts) >= RUN_LENGTH else text


def _ends_run(text: str, token_text: str, runs: Runs) -> bool:
    """Return whether the last word of a text with a token is the last of a run; a token of signs alone ends none."""
    if not any(map(str.isalpha, token_text)):
        return False
    words = _WORD.findall(text + token_text.lower())[-RUN_LENGTH:]
    return len(words) == RUN_LENGTH and " ".join(words) in runs
