"""A prompt -> text that goes on from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nlprnn.batching import SequenceArray, length_buckets
from nlprnn.decoding.logits_processors import forbid
from nlprnn.decoding.numpy_sampling import sample_arrays
from nlprnn.decoding.sampling import sample
from nlprnn.errors import DeviceError
from nlprnn.models.language_model import FEW_ROWS, LanguageModel
from nlprnn.pipelines.generation_options import GenerationOptions
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.pipelines.text_score import TextScore
from nlprnn.pipelines.text_stream import TextStream

_SCORED_TOKENS = 4096
"""Tokens read at once for scoring, all rows together."""

_SCORED_NUMBERS = 1 << 22
"""Logits at once for scoring: a token has as many as the vocabulary."""

Made = TypeVar("Made")

Sampler = Callable[..., Iterator[Tensor] | Iterator[np.ndarray]]
"""(last tokens (N,) int64, state, length=, generator=) -> the next tokens (N,) of each row, one after the other."""


class Generator(Pipeline[LanguageModel]):
    """A language model with its tokenizer."""

    model_classes = (LanguageModel,)

    def __call__(self, prompts: Sequence[str], options: GenerationOptions | None = None) -> list[str]:
        """Continue all prompts side by side.

        Args:
            prompts: any texts; characters that the model does not know are read as unknown.
            options: how they go on; None = the defaults.

        Returns:
            the continuations, without the prompts.

        Raises:
            TypeError: one string is given instead of a list.
            DeviceError: eight bits are asked for, and the model is not on a CPU that has kernels for them.
        """
        if isinstance(prompts, str):
            raise TypeError("give a list of prompts, even for one: generator([prompt])")
        options = options or GenerationOptions()
        texts = [TextStream(self.tokenizer, prompt, stop=options.stop) for prompt in prompts]
        pieces: list[list[str]] = [[] for _ in prompts]
        for tokens in self._tokens(list(prompts), options, self._sampler(len(prompts), options)) if prompts else ():
            for text, own, token in zip(texts, pieces, tokens, strict=True):
                own.append(text.push(token))
            if all(text.ended for text in texts):
                break
        return ["".join([*own, text.close()]) for text, own in zip(texts, pieces, strict=True)]

    def stream(self, prompt: str, options: GenerationOptions | None = None) -> Iterator[str]:
        """Continue one prompt piece by piece, as a call does with the same options. No piece splits a character."""
        options = options or GenerationOptions()
        return self._pieces(prompt, options, self._sampler(1, options))  # what can be wrong is so at once

    def _pieces(self, prompt: str, options: GenerationOptions, draw: Sampler) -> Iterator[str]:
        text = TextStream(self.tokenizer, prompt, stop=options.stop)
        for (token,) in self._tokens([prompt], options, draw):
            if piece := text.push(token):
                yield piece
            if text.ended:
                break
        if rest := text.close():
            yield rest

    def encode(self, documents: Sequence[str]) -> np.ndarray:
        """Turn documents into one running text, (total,) int64: each begins with the id of a text's beginning.

        Where the tokenizer cannot write the end of a line, as with words, each paragraph is a text of its own.
        """
        if not self._newline():
            documents = [part for document in documents for part in _paragraphs(document)]
        return self._from_the_beginning(documents).values.astype(np.int64)

    def nats(self, ids: np.ndarray, *, streams: int = 1, int8: bool = False) -> float:
        """Mean negative log-probability of each token but the first, the state carried from start to end.

        Args:
            ids: (total,) integer, running text from `encode`.
            streams: cut the text into at most so many pieces that are read side by side: faster, but each piece
                begins without memory. 1 is exact.
            int8: with weights of eight bits, token by token.

        Returns:
            nats per token.

        Raises:
            ValueError: the text has under two tokens.
            DeviceError: as a call, with `int8`.
        """
        if len(ids) < 2:
            raise ValueError(f"a text of {len(ids)} tokens has none that follows another")
        streams = min(streams, len(ids) - 1)
        columns = (len(ids) - 1) // streams
        used = torch.as_tensor(ids[: streams * columns + 1], dtype=torch.int64)
        inputs, targets = used[:-1].view(streams, columns), used[1:].view(streams, columns)
        found = self._stepped_nats(inputs, targets) if int8 else self._row_nats(inputs, targets)
        return float(found.sum()) / (streams * columns)

    def score(self, documents: Sequence[str], *, int8: bool = False, streams: int = 1) -> TextScore:
        """Score documents as one running text, the state carried from start to end; see `nats`.

        Raises:
            ValueError: there is no text.
        """
        ids = self.encode(documents)
        nats = self.nats(ids, int8=int8, streams=streams) * (len(ids) - 1)
        unknown = int((ids == self.tokenizer.unk_id).sum())
        return TextScore(nats, len(ids) - 1, sum(map(len, documents)), unknown)

    def score_each(self, texts: Sequence[str]) -> list[TextScore]:
        """Score each text on its own, from a text's beginning; an empty text has no tokens and no nats."""
        rows = self._from_the_beginning(texts)
        nats = np.zeros(len(texts))
        for chosen in length_buckets(rows.lengths, max_tokens=_SCORED_TOKENS, max_rows=256):
            ids, mask = rows.pad(chosen, padding_value=self.tokenizer.pad_id)
            if ids.size(1) > 1:
                nats[chosen] = self._row_nats(ids[:, :-1], ids[:, 1:], mask[:, 1:]).numpy()
        unknown = [int((rows[row] == self.tokenizer.unk_id).sum()) for row in range(len(texts))]
        sizes = zip(texts, nats, rows.lengths, unknown, strict=True)
        return [TextScore(float(nat), int(length) - 1, len(text), missing) for text, nat, length, missing in sizes]

    def _from_the_beginning(self, texts: Sequence[str]) -> SequenceArray:
        begin = self.tokenizer.bos_id
        return SequenceArray.from_sequences([begin, *ids] for ids in self.tokenizer.encode_batch(texts))

    def _row_nats(self, inputs: Tensor, targets: Tensor, mask: Tensor | None = None) -> Tensor:
        """Negative log-probability of each row's targets, (B,) float64; all of (B, T), the mask of both."""
        self.model.eval()
        device, rows = self.device, len(inputs)
        length, state = max(1, _SCORED_TOKENS // rows), None
        total = torch.zeros(rows, dtype=torch.float64)
        with torch.inference_mode():
            for begin in range(0, inputs.size(1), length):
                window = slice(begin, begin + length)
                real = None if mask is None else mask[:, window].to(device)
                read = self.model(inputs[:, window].to(device), real, state)
                state, wanted = read.state, targets[:, window].to(device)
                nats = self._token_nats(read.vectors.flatten(0, 1), wanted.flatten()).view(wanted.shape)
                total += (nats if real is None else nats * real).cpu().double().sum(dim=1)  # MPS has no float64
        return total

    def _token_nats(self, vectors: Tensor, targets: Tensor) -> Tensor:
        """(P, O) and (P,) -> (P,), so many rows of logits at a time as fit."""
        size = max(1, _SCORED_NUMBERS // self.model.vocab_size)
        parts = zip(vectors.split(size), targets.split(size), strict=True)
        return torch.cat(
            [functional.cross_entropy(self.model.logits(part), wanted, reduction="none") for part, wanted in parts]
        )

    def _stepped_nats(self, inputs: Tensor, targets: Tensor) -> Tensor:
        step, state = self._laid_out(self.model.eval().compiled_step, int8=True), self.model.initial_state(len(inputs))
        total = torch.zeros(len(inputs), dtype=torch.float64)
        with torch.inference_mode():
            for token, wanted in zip(inputs.t().contiguous(), targets.t(), strict=True):
                scores, state = step(token, state)
                total -= scores.gather(1, wanted.unsqueeze(1)).squeeze(1).double()
        return total

    def _sampler(self, rows: int, options: GenerationOptions) -> Sampler:
        """What draws the tokens of so many rows, the fastest there is."""
        forbidden, model, int8 = [self.tokenizer.pad_id, self.tokenizer.unk_id], self.model.eval(), options.int8
        fast = int8 or (self.device.type == "cpu" and rows <= FEW_ROWS)
        if fast and options.only_temperature:
            numpy_step = self._laid_out(model.numpy_step, int8=int8)
            return partial(sample_arrays, numpy_step, temperature=options.temperature, forbidden=forbidden)
        step = self._laid_out(model.compiled_step, int8=int8) if fast else model.step
        return partial(sample, step, filters=[forbid(forbidden), *options.filters()])

    def _laid_out(self, make: Callable[..., Made], *, int8: bool) -> Made:
        """A step of the model with weights laid out for it."""
        if int8 and self.device.type != "cpu":
            raise DeviceError("int8 runs on the CPU alone: choose the device cpu, or leave int8 out")
        try:
            return make(int8=int8)
        except RuntimeError as error:
            raise DeviceError(str(error)) from error

    def _newline(self) -> list[int]:
        """The end of a line; nothing where the tokenizer cannot write it."""
        ids = self.tokenizer.encode("\n")
        return [] if self.tokenizer.unk_id in ids else ids

    def _tokens(self, prompts: list[str], options: GenerationOptions, draw: Sampler) -> Iterator[list[int]]:
        """Draw tokens for all prompts, N a time."""
        start, device = self._newline() or [self.tokenizer.bos_id], self.device
        rows = [[*start, *ids] for ids in self.tokenizer.encode_batch(prompts)]
        before = SequenceArray.from_sequences(row[:-1] for row in rows)
        ids, mask = before.pad(np.arange(len(rows)), padding_value=self.tokenizer.pad_id)
        with torch.inference_mode():
            state = self.model(ids.to(device), mask.to(device)).state
        chance = torch.Generator(device)
        chance.seed() if options.seed is None else chance.manual_seed(options.seed)
        last = torch.tensor([row[-1] for row in rows], device=device)
        for drawn in draw(last, state, length=options.length, generator=chance):
            yield drawn.tolist()


def _paragraphs(document: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", document) if part.strip()] or [document]
