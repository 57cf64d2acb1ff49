"""The end of each row's text, for logits processors that work on words rather than on tokens."""

from __future__ import annotations

from collections.abc import Sequence

from nlprnn.decoding.logits_processors import History

WINDOW = 64
"""Tokens that are read back: with subwords, more than eight words."""

_CHARACTERS = 400
"""Characters of a prompt that are read back."""

TEXT_END = "\n"
"""Text of the tokens that begin and end texts: it stands between words."""


class RecentText:
    """The end of each row's text, its prompt included.

    Args:
        token_texts: text of each token, (V,), with the spaces in it.
        prompts: text before the first token, of each row of the first batch.
    """

    def __init__(self, token_texts: Sequence[str], prompts: Sequence[str]) -> None:
        self.token_texts = token_texts
        self._prompts = [prompt[-_CHARACTERS:] for prompt in prompts]
        self._last: tuple[History, list[str]] | None = None

    def __call__(self, history: History) -> list[str]:
        """Return the end of the text of each row (N,)."""
        if self._last is None or self._last[0] is not history:  # several processors ask in one step
            tokens = history.tokens[:, -WINDOW:].tolist()
            self._last = history, [self._end(*row) for row in zip(history.rows.tolist(), tokens, strict=True)]
        return self._last[1]

    def _end(self, row: int, tokens: list[int]) -> str:
        text = "".join(map(self.token_texts.__getitem__, tokens))
        return text if len(tokens) == WINDOW else self._prompts[row] + text
