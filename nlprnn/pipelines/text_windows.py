"""Texts of any length read by a language model in windows, with the memory of one window."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from nlprnn.models import LanguageModel
from nlprnn.models.language_model import LanguageModelOutput
from nlprnn.modules import RecurrentState

MAX_TOKENS = 4096
"""Tokens of one forward pass, all rows together."""


def read_windows(
    model: LanguageModel, ids: Tensor, mask: Tensor | None = None
) -> Iterator[tuple[slice, LanguageModelOutput]]:
    """Yield the columns of each window and the model's outputs there, the state carried from window to window.

    Args:
        model: in evaluation mode.
        ids: (B, T) int64, on any device.
        mask: (B, T) bool, True = real token, real tokens first; None = all are real.
    """
    device, state = next(model.parameters()).device, None
    length = max(1, MAX_TOKENS // len(ids))
    for begin in range(0, ids.size(1), length):
        window = slice(begin, begin + length)
        real = None if mask is None else mask[:, window].to(device)
        output = model(ids[:, window].to(device), real, state)
        state = output.state
        yield window, output


def final_state(model: LanguageModel, ids: Tensor, mask: Tensor) -> RecurrentState:
    """Return the state after the last real token of each row; arguments as of `read_windows`, T at least 1."""
    state: RecurrentState
    for _, output in read_windows(model, ids, mask):
        state = output.state
    return state
