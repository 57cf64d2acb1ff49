"""Tokens as they are drawn -> text as soon as it can be shown."""

from __future__ import annotations

from collections.abc import Sequence

from nlprnn.text.tokenizer import REPLACEMENT, Tokenizer

_CONTEXT = 8
"""Tokens decoded again before new ones, since they decide on the space between."""

_MOST_DECODED = 32
"""Tokens decoded again before all but the context are taken as they are."""


class TextStream:
    """One text on its way: characters are never split, and nothing of a stop text is shown.

    Args:
        tokenizer: of the model that draws.
        prompt: what stands before.
        stop: texts that end this one: it ends before the one that is complete first.

    Attributes:
        ended: no token has a meaning any more: the model ended the text, or a stop text came.
    """

    def __init__(self, tokenizer: Tokenizer, prompt: str, *, stop: Sequence[str] = ()) -> None:
        self._tokenizer = tokenizer
        self._ids = tokenizer.encode(prompt)[-_CONTEXT:]
        self._before = tokenizer.decode(self._ids)  # the text of the ids that are shown
        self._stop = stop
        self._held = ""  # may be the beginning of a stop text
        self._alone: dict[int, str] = {}  # of tokens whose text hangs on no other, where nothing may be held back
        self.ended = False

    def push(self, token: int) -> str:
        """Take the next token; return what can be shown now, often nothing."""
        if self.ended:
            return ""
        if (known := self._alone.get(token)) is not None:
            return known
        if token in (self._tokenizer.bos_id, self._tokenizer.eos_id):
            self.ended = True
            return ""
        special = token in (self._tokenizer.pad_id, self._tokenizer.unk_id)
        if not special and (alone := self._tokenizer.context_free_text(token)) is not None:
            return self._released(alone) if self._stop else self._alone.setdefault(token, alone)
        self._ids.append(token)
        text = self._tokenizer.decode(self._ids)
        piece = _after(self._before, text)
        # A replacement character at the end: the bytes of one character are still coming.
        if not piece or piece.endswith(REPLACEMENT):
            return ""
        self._before = text
        if len(self._ids) > _MOST_DECODED:
            self._ids = self._ids[-_CONTEXT:]
            self._before = self._tokenizer.decode(self._ids)
        return self._released(piece)

    def close(self) -> str:
        """Return what was held back; the text is complete then."""
        rest = self._released(_after(self._before, self._tokenizer.decode(self._ids)))
        if not self._stopped:
            rest, self._held = rest + self._held, ""
        return rest

    @property
    def _stopped(self) -> bool:
        return self.ended and any(self._held.startswith(stop) for stop in self._stop)

    def _released(self, piece: str) -> str:
        """What is certain to stand before any stop text."""
        if self._stopped:
            return ""
        text = self._held + piece
        found = [place for stop in self._stop if (place := text.find(stop)) >= 0]
        if found:
            self.ended = True
            cut = min(found)
        else:
            cut = len(text) - max((_overlap(text, stop) for stop in self._stop), default=0)
        self._held = text[cut:]
        return text[:cut]


def _after(before: str, text: str) -> str:
    """What `text` adds to `before`, with which it begins but for spaces."""
    if text.startswith(before):
        return text[len(before) :]
    # What came last has moved a space before it, as a closing quotation mark does: count what is no space.
    missing = len(before) - before.count(" ")
    for end, character in enumerate(text):
        if missing == 0:
            return text[end:]
        missing -= character != " "
    return ""


def _overlap(text: str, stop: str) -> int:
    """Characters at the end of `text` with which `stop` begins."""
    return next((size for size in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:size])), 0)
