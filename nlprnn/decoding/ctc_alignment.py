"""Alignments of connectionist temporal classification: frames to tokens, and the best one of a known text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class AlignedToken:
    """Frames of one token.

    Attributes:
        token: its id.
        start: first frame.
        end: frame after the last.
        log_prob: mean log-probability of the token in these frames.
    """

    token: int
    start: int
    end: int
    log_prob: float


def frames_needed(tokens: Sequence[int]) -> int:
    """Return the least number of frames of a text: its tokens, and a blank between two that are equal."""
    return len(tokens) + sum(first == second for first, second in pairwise(tokens))


def align_ctc(log_probs: np.ndarray, tokens: Sequence[int], *, blank: int = 0) -> list[AlignedToken]:
    """Return the most likely alignment of a text (Viterbi).

    Args:
        log_probs: (T, V) float, of each frame.
        tokens: ids of the text, without blanks.
        blank: id of the blank.

    Returns:
        the frames of each token, in order.

    Raises:
        ValueError: the text needs more frames than there are.
    """
    frames, count = len(log_probs), len(tokens)
    if frames_needed(tokens) > frames:
        raise ValueError(f"{count} tokens need {frames_needed(tokens)} frames, there are {frames}")
    if not count:
        return []
    states = np.full(2 * count + 1, blank)
    states[1::2] = tokens
    emitted = log_probs[:, states]  # (T, S)
    skips = np.zeros(len(states), bool)  # from the token before, over the blank
    skips[3::2] = states[3::2] != states[1:-2:2]
    best = np.full(len(states), -np.inf)
    best[:2] = emitted[0, :2]
    back = np.zeros((frames, len(states)), np.int8)
    for frame in range(1, frames):
        before = np.stack([best, _shifted(best, 1), np.where(skips, _shifted(best, 2), -np.inf)])
        back[frame] = before.argmax(axis=0)
        best = before.max(axis=0) + emitted[frame]
    state = len(states) - 1 - int(best[-2] > best[-1])
    path = np.zeros(frames, np.int64)
    for frame in range(frames - 1, -1, -1):
        path[frame] = state
        state -= int(back[frame, state])
    aligned = []
    for index, token in enumerate(tokens):
        at = np.flatnonzero(path == 2 * index + 1)
        mean = float(log_probs[at, token].mean())
        aligned.append(AlignedToken(int(token), int(at[0]), int(at[-1]) + 1, mean))
    return aligned


def ctc_log_likelihood(log_probs: np.ndarray, tokens: Sequence[int], *, blank: int = 0) -> float:
    """Return the log-likelihood of a text, the sum over all its alignments (Graves et al. 2006), in nats.

    Args:
        log_probs: (T, V) float, of each frame.
        tokens: ids of the text, without blanks.
        blank: id of the blank.
    """
    states = np.full(2 * len(tokens) + 1, blank)
    states[1::2] = tokens
    skips = np.zeros(len(states), bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    alpha = np.full(len(states), -np.inf)
    alpha[0] = 0.0  # before the first frame
    for frame, row in enumerate(log_probs.astype(np.float64)):
        second = np.where(skips, _shifted(alpha, 2), -np.inf) if frame else np.full(len(states), -np.inf)
        alpha = np.logaddexp(np.logaddexp(alpha, _shifted(alpha, 1)), second) + row[states]
    return float(np.logaddexp.reduce(alpha[-2:]))


def _shifted(values: np.ndarray, by: int) -> np.ndarray:
    return np.concatenate([np.full(by, -np.inf), values[:-by]])[: len(values)]
