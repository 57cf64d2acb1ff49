"""Greedy search: always the likeliest token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from torch import Tensor

from nlprnn.decoding.beam import beam_search
from nlprnn.decoding.hypotheses import Hypothesis
from nlprnn.decoding.options import BeamOptions
from nlprnn.decoding.step import Selected, Step


def greedy_search(
    step: Step[Selected],
    tokens: Tensor,
    state: Selected,
    *,
    options: BeamOptions,
    attention: Callable[[Selected], Tensor] | None = None,
) -> list[list[Hypothesis]]:
    """Take the likeliest token of each row until it is the end; arguments, result and errors are `beam_search`'s.

    This is a beam of one that stops at the first end: rows are never reordered, so the state is only selected from
    when a row ends. Of the options, beam_size, n_best and early_stopping are not looked at. Where the end is exactly
    as likely as the likeliest other token, it is taken.
    """
    alone = replace(options, beam_size=1, n_best=1, early_stopping=True)
    return beam_search(step, tokens, state, options=alone, attention=attention)
