"""Streaming decoding: tokens one by one to text as soon as it can be shown."""

from __future__ import annotations

from collections.abc import Sequence

from nlprnn.text.sentence_end import SentenceEnd
from nlprnn.text.tokenizer import REPLACEMENT, Tokenizer

_CONTEXT = 8
"""Tokens decoded again before new ones, since they decide on the space between."""

_MAX_DECODED = 32
"""Tokens decoded again at most; then all but the context are final."""


class TextStream:
    """The text of tokens that are generated one by one: no character is split, and no stop text shown.

    Args:
        tokenizer: of the model that generates.
        prompt: the text before the first token.
        stop: texts that end this one, which ends before the first of them that is complete.
        whole_after: number of tokens after which prose ends with its sentence, other text immediately; None = never.

    Attributes:
        ended: the model has ended the text, a stop text is complete, or the sentence is; further tokens are ignored.
    """

    def __init__(
        self, tokenizer: Tokenizer, prompt: str, *, stop: Sequence[str] = (), whole_after: int | None = None
    ) -> None:
        self._tokenizer = tokenizer
        readable = readable_prompt(tokenizer, prompt)
        self._ids = tokenizer.encode(readable)[-_CONTEXT:]
        self._has_space = "" != readable != prompt  # the space before the first word
        self._left = whole_after
        self._sentence = None if whole_after is None else SentenceEnd(prompt)
        self._shown = tokenizer.decode(self._ids)  # the text of the ids that has been returned
        self._stop = stop
        self._held = ""  # may be the beginning of a stop text
        self._cache: dict[int, str] = {}  # of tokens whose text depends on no other, without stop texts
        self.ended = False

    def push(self, token: int) -> str:
        """Take the next token; return what can be shown now, often nothing."""
        piece = "" if self.ended else self._without_space(self._next(token))
        if self._left is not None and self._sentence is not None:
            self._left -= 1
            self._sentence.push(piece)
            if self._left <= 0 and (self._sentence.is_here or not self._sentence.in_prose):
                self.ended = True
        return piece

    def _without_space(self, piece: str) -> str:
        """Return the piece without the space that the prompt ends with, if it is the first."""
        if not (piece and self._has_space):
            return piece
        self._has_space = False
        return piece.removeprefix(" ")

    def _next(self, token: int) -> str:
        if (cached := self._cache.get(token)) is not None:
            return cached
        if token in (self._tokenizer.bos_id, self._tokenizer.eos_id):
            self.ended = True
            return ""
        special = token in (self._tokenizer.pad_id, self._tokenizer.unk_id)
        if not special and (piece := self._tokenizer.context_free_text(token)) is not None:
            return self._release(piece) if self._stop else self._cache.setdefault(token, piece)
        self._ids.append(token)
        text = self._tokenizer.decode(self._ids)
        piece = _suffix(self._shown, text)
        # A replacement character at the end: the bytes of one character are still coming.
        if not piece or piece.endswith(REPLACEMENT):
            return ""
        self._shown = text
        if len(self._ids) > _MAX_DECODED:
            self._ids = self._ids[-_CONTEXT:]
            self._shown = self._tokenizer.decode(self._ids)
        return self._release(piece)

    def close(self) -> str:
        """Return what was held back, now that the text is complete, and the mark of a quotation that is open."""
        rest = self._release(_suffix(self._shown, self._tokenizer.decode(self._ids)))
        if not self._stopped:
            rest, self._held = rest + self._held, ""
        if self._sentence is None:
            return rest
        self._sentence.push(rest)
        return rest + self._sentence.open_quotation

    @property
    def _stopped(self) -> bool:
        return self.ended and any(self._held.startswith(stop) for stop in self._stop)

    def _release(self, piece: str) -> str:
        """Return what is certain to come before any stop text, of the held text and a piece; hold the rest."""
        if self._stopped:
            return ""
        text = self._held + piece
        stops = [index for stop in self._stop if (index := text.find(stop)) >= 0]
        if stops:
            self.ended = True
            end = min(stops)
        else:
            end = len(text) - max((_overlap(text, stop) for stop in self._stop), default=0)
        self._held = text[end:]
        return text[:end]


def readable_prompt(tokenizer: Tokenizer, prompt: str) -> str:
    """Return what a model reads of a prompt: no spaces at its end where a space belongs to the word after it."""
    return prompt.rstrip(" ") if tokenizer.space_before_words else prompt


def _suffix(before: str, text: str) -> str:
    """Return what `text` adds to `before`, its beginning but for spaces."""
    if text.startswith(before):
        return text[len(before) :]
    # The last token has moved a space before it, as a closing quotation mark does: count the other characters.
    missing = len(before) - before.count(" ")
    for end, character in enumerate(text):
        if missing == 0:
            return text[end:]
        missing -= character != " "
    return ""


def _overlap(text: str, stop: str) -> int:
    """Return the length of the longest proper beginning of `stop` at the end of `text`."""
    return next((size for size in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:size])), 0)
