"""A prompt -> text that goes on from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch.nn import functional

from nlprnn.data.batching import TokenArray, pad_rows
from nlprnn.decoding.defaults import LENGTH, TEMPERATURE
from nlprnn.decoding.sampling import sample
from nlprnn.decoding.scores import ScoreFilter, forbid, temperature, top_k, top_p
from nlprnn.models.language_model import LanguageModel
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.text.tokenizers import REPLACEMENT

_SCORED_TOKENS = 4096
"""Tokens scored at once, all streams together: a row of logits is as wide as the vocabulary."""

_CONTEXT = 8
"""Tokens decoded again before a new one, since they decide on the space between."""


class Generator(Pipeline[LanguageModel]):
    """A language model with its tokenizer."""

    model_class = LanguageModel

    def __call__(
        self,
        prompts: Sequence[str],
        *,
        length: int = LENGTH,
        temperature: float = TEMPERATURE,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
    ) -> list[str]:
        """Continue all prompts side by side.

        Args:
            prompts: any texts; characters that the model does not know are read as unknown.
            length: tokens to add, at most; a model that has learnt where texts end may end sooner.
            temperature: below 1 more likely, above 1 more surprising text; 0 = always the likeliest token.
            top_k: choose among so many likeliest tokens; None = all.
            top_p: choose among the likeliest tokens that together have this probability; None = all.
            seed: the same seed gives the same text; None = another text each time.

        Returns:
            the continuations, without the prompts.

        Raises:
            TypeError: one string is given instead of a list.
            ValueError: an option is out of range.
        """
        if isinstance(prompts, str):
            raise TypeError("give a list of prompts, even for one: generator([prompt])")
        filters = self._filters(temperature, top_k, top_p)
        rows: list[list[int]] = [[] for _ in prompts]
        ended = np.zeros(len(prompts), dtype=bool)
        for tokens in self._tokens(list(prompts), length, filters, seed) if prompts else ():
            ended |= np.isin(tokens, (self.tokenizer.bos_id, self.tokenizer.eos_id))
            if ended.all():
                break
            for row in np.flatnonzero(~ended):
                rows[row].append(int(tokens[row]))
        return ["".join(self._pieces(p, iter(row))) for p, row in zip(prompts, rows, strict=True)]

    def stream(
        self,
        prompt: str,
        *,
        length: int = LENGTH,
        temperature: float = TEMPERATURE,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
    ) -> Iterator[str]:
        """Continue one prompt piece by piece; the arguments are those of a call. A piece never splits a character."""
        filters = self._filters(temperature, top_k, top_p)

        def tokens() -> Iterator[int]:
            for drawn in self._tokens([prompt], length, filters, seed):
                if drawn[0] in (self.tokenizer.bos_id, self.tokenizer.eos_id):
                    return
                yield int(drawn[0])

        return self._pieces(prompt, tokens())

    def encode(self, documents: Sequence[str]) -> np.ndarray:
        """Turn documents into one running text, (total,) int64: each begins with the id of a text's beginning."""
        rows = [[self.tokenizer.bos_id, *ids] for ids in self.tokenizer.encode_batch(documents)]
        return TokenArray.from_sequences(rows).ids.astype(np.int64)

    def nats(self, ids: np.ndarray, *, streams: int = 1) -> float:
        """Mean negative log-probability of each token but the first, the state carried from start to end.

        Args:
            ids: (total,) integer, running text from `encode`.
            streams: cut the text into at most so many pieces that are read side by side: faster, but each piece
                begins without memory. 1 is exact.

        Returns:
            nats per token.

        Raises:
            ValueError: the text has under two tokens.
        """
        if len(ids) < 2:
            raise ValueError(f"a text of {len(ids)} tokens has none that follows another")
        streams = min(streams, len(ids) - 1)
        columns = (len(ids) - 1) // streams
        device = self.device
        used = torch.as_tensor(ids[: streams * columns + 1], dtype=torch.int64, device=device)
        inputs, targets = used[:-1].view(streams, columns), used[1:].view(streams, columns)
        self.model.eval()
        length = max(1, _SCORED_TOKENS // streams)
        total, state = 0.0, None
        with torch.inference_mode():
            for begin in range(0, columns, length):
                window = slice(begin, begin + length)
                logits, state = self.model(inputs[:, window], state=state)
                wanted = targets[:, window].flatten()
                total += float(functional.cross_entropy(logits.flatten(0, 1), wanted, reduction="sum"))
        return total / (streams * columns)

    def _filters(self, heat: float, k: int | None, p: float | None) -> list[ScoreFilter]:
        filters = [forbid([self.tokenizer.pad_id, self.tokenizer.unk_id]), temperature(heat)]
        if k is not None:
            filters.append(top_k(k))
        if p is not None:
            filters.append(top_p(p))
        return filters

    def _start(self) -> list[int]:
        """What stands before every prompt: a new line where the tokenizer has one, else the beginning of a text."""
        newline = self.tokenizer.encode("\n")
        return newline if newline and self.tokenizer.unk_id not in newline else [self.tokenizer.bos_id]

    def _tokens(
        self, prompts: list[str], length: int, filters: list[ScoreFilter], seed: int | None
    ) -> Iterator[np.ndarray]:
        """Draw tokens for all prompts, (N,) int64 a time."""
        model, start = self.model.eval(), self._start()
        device = self.device
        rows = [[*start, *ids] for ids in self.tokenizer.encode_batch(prompts)]
        before = TokenArray.from_sequences(row[:-1] for row in rows)
        ids, mask = pad_rows(before, np.arange(len(rows)), padding_id=self.tokenizer.pad_id)
        with torch.inference_mode():
            _, state = model(ids.to(device), mask.to(device))
        chance = torch.Generator(device)
        chance.seed() if seed is None else chance.manual_seed(seed)
        last = torch.tensor([row[-1] for row in rows], device=device)
        for drawn in sample(model.step, last, state, length=length, filters=filters, generator=chance):
            yield drawn.cpu().numpy()

    def _pieces(self, prompt: str, tokens: Iterator[int]) -> Iterator[str]:
        """Decode drawn tokens as they come, together with what stands before, which decides on spaces."""
        ids = self.tokenizer.encode(prompt)
        shown = len(ids)
        for token in tokens:
            ids.append(token)
            piece = self._hidden_part(ids, shown)
            # A replacement character at the end: the bytes of one character are still coming.
            if piece and not piece.endswith(REPLACEMENT):
                yield piece
                shown = len(ids)
        if rest := self._hidden_part(ids, shown):
            yield rest

    def _hidden_part(self, ids: list[int], shown: int) -> str:
        """The text of all ids but the first `shown`, as it stands after them."""
        context = max(0, shown - _CONTEXT)
        before, text = self.tokenizer.decode_batch([ids[context:shown], ids[context:]])
        if text.startswith(before):
            return text[len(before) :]
        # What came last has moved a space before it, as a closing quotation mark does: count what is no space.
        missing = len(before) - before.count(" ")
        for end, character in enumerate(text):
            if missing == 0:
                return text[end:]
            missing -= character != " "
        return ""
