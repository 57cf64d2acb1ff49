"""Text generation and scoring with a language model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor

from nlprnn.batching import SequenceArray, length_buckets
from nlprnn.decoding import forbid, sample, sample_numpy
from nlprnn.models import LanguageModel
from nlprnn.modules import cpu
from nlprnn.modules.cpu.numpy_step import FEW_ROWS
from nlprnn.pipelines.generation_options import GenerationOptions
from nlprnn.pipelines.int8 import make_int8
from nlprnn.pipelines.text_pipeline import TextPipeline, refuse_string
from nlprnn.pipelines.text_score import TextScore, row_nll, stepwise_nll
from nlprnn.pipelines.text_stream import TextStream
from nlprnn.text import Tokenizer

_SCORED_TOKENS, _SCORED_ROWS = 4096, 256
"""Size of a batch of texts that are scored each by itself: tokens with padding, and rows."""

Sampler = Callable[..., Iterator[Tensor] | Iterator[np.ndarray]]
"""(last tokens (N,) int64, state, length=, generator=) to the next tokens (N,) of all rows, step by step."""


class Generator(TextPipeline[LanguageModel, Tokenizer]):
    """A language model with its tokenizer: continues prompts, and scores texts."""

    model_classes = (LanguageModel,)

    def __call__(self, prompts: Sequence[str], options: GenerationOptions | None = None) -> list[str]:
        """Continue prompts, all in one batch.

        Args:
            prompts: any texts; characters outside the vocabulary are read as unknown.
            options: of sampling; None = the defaults.

        Returns:
            the continuations, without the prompts.

        Raises:
            TypeError: one string is given instead of a list.
            DeviceError: `options.int8`, and the model is not on a CPU with int8 kernels.
        """
        refuse_string(prompts, "generator([prompt])")
        options = options or GenerationOptions()
        streams = [TextStream(self.tokenizer, prompt, stop=options.stop) for prompt in prompts]
        pieces: list[list[str]] = [[] for _ in prompts]
        for tokens in self._tokens(list(prompts), options, self._sampler(len(prompts), options)) if prompts else ():
            for stream, texts, token in zip(streams, pieces, tokens, strict=True):
                texts.append(stream.push(token))
            if all(stream.ended for stream in streams):
                break
        return ["".join([*texts, stream.close()]) for stream, texts in zip(streams, pieces, strict=True)]

    def stream(self, prompt: str, options: GenerationOptions | None = None) -> Iterator[str]:
        """Continue one prompt piece by piece: together the text of a call. No piece splits a character.

        Args:
            prompt: any text.
            options: of sampling; None = the defaults.

        Raises:
            DeviceError: `options.int8`, and the model is not on a CPU with int8 kernels.
        """
        options = options or GenerationOptions()
        return self._pieces(prompt, options, self._sampler(1, options))  # raises now, not at the first piece

    def _pieces(self, prompt: str, options: GenerationOptions, sampler: Sampler) -> Iterator[str]:
        stream = TextStream(self.tokenizer, prompt, stop=options.stop)
        for (token,) in self._tokens([prompt], options, sampler):
            if piece := stream.push(token):
                yield piece
            if stream.ended:
                break
        if rest := stream.close():
            yield rest

    def encode(self, documents: Sequence[str]) -> np.ndarray:
        """Return documents as one running text of token ids, (total,) int64, each after the begin-of-text id.

        Where the tokenizer cannot write line ends, as with words, each paragraph is a document.
        """
        if not self._newline():
            documents = [paragraph for document in documents for paragraph in _paragraphs(document)]
        return self._encode_each(documents).values.astype(np.int64)

    def mean_nll(self, ids: np.ndarray, *, streams: int = 1, int8: bool = False) -> float:
        """Return the mean negative log-likelihood of each token but the first, the state carried from start to end.

        Args:
            ids: (total,) integer, running text from `encode`.
            streams: split the text into at most this many pieces that are read in parallel: faster, but each piece
                begins without memory. 1 is exact.
            int8: read token by token with int8 weights.

        Returns:
            nats per token.

        Raises:
            ValueError: the text has fewer than two tokens.
            DeviceError: `int8`, and the model is not on a CPU with int8 kernels.
        """
        if len(ids) < 2:
            raise ValueError(f"a text of {len(ids)} tokens has none that follows another")
        model = self.model.eval()
        streams = min(streams, len(ids) - 1)
        columns = (len(ids) - 1) // streams
        used = torch.as_tensor(ids[: streams * columns + 1], dtype=torch.int64)
        inputs, targets = used[:-1].view(streams, columns), used[1:].view(streams, columns)
        if int8:
            step = make_int8(model.compiled_step, self.device)
            nll = stepwise_nll(step, model.initial_state(streams), inputs, targets)
        else:
            nll = row_nll(model, inputs, targets)
        return float(nll.sum()) / (streams * columns)

    def score(self, documents: Sequence[str], *, int8: bool = False, streams: int = 1) -> TextScore:
        """Score documents as one running text.

        Args:
            documents: texts, in order.
            int8: read token by token with int8 weights.
            streams: split the text into at most this many pieces, read in parallel without memory of each other.

        Raises:
            ValueError: there is no text.
            DeviceError: `int8`, and the model is not on a CPU with int8 kernels.
        """
        ids = self.encode(documents)
        nll = self.mean_nll(ids, int8=int8, streams=streams) * (len(ids) - 1)
        return TextScore(nll, len(ids) - 1, sum(map(len, documents)), self._count_unknown(ids))

    def score_each(self, texts: Sequence[str]) -> list[TextScore]:
        """Score each text by itself, after the begin-of-text id; an empty text has no tokens and 0 nats."""
        model, rows = self.model.eval(), self._encode_each(texts)
        nll = np.zeros(len(texts))
        for batch in length_buckets(rows.lengths, max_tokens=_SCORED_TOKENS, max_rows=_SCORED_ROWS):
            ids, mask = rows.pad(batch, padding_value=self.tokenizer.pad_id)
            if ids.size(1) > 1:
                nll[batch] = row_nll(model, ids[:, :-1], ids[:, 1:], mask[:, 1:]).numpy()
        return [
            TextScore(float(nll[row]), len(ids) - 1, len(text), self._count_unknown(ids))
            for row, (text, ids) in enumerate(zip(texts, rows, strict=True))
        ]

    def _encode_each(self, texts: Sequence[str]) -> SequenceArray:
        begin = self.tokenizer.bos_id
        return SequenceArray.from_sequences([begin, *ids] for ids in self.tokenizer.encode_batch(texts))

    def _count_unknown(self, ids: np.ndarray) -> int:
        return int((ids == self.tokenizer.unk_id).sum())

    def _sampler(self, rows: int, options: GenerationOptions) -> Sampler:
        """Return the fastest sampler for this many rows."""
        forbidden, model = [self.tokenizer.pad_id, self.tokenizer.unk_id], self.model.eval()
        fast = options.int8 or (self.device.type == "cpu" and rows <= FEW_ROWS and cpu.fast_paths_enabled())
        if fast and options.only_temperature:
            numpy_step = make_int8(model.numpy_step, self.device) if options.int8 else model.numpy_step()
            return partial(sample_numpy, numpy_step, temperature=options.temperature, forbidden=forbidden)
        if options.int8:
            step = make_int8(model.compiled_step, self.device)
        else:
            step = model.compiled_step() if fast else model.step
        return partial(sample, step, logits_processors=[forbid(forbidden), *options.logits_processors()])

    def _newline(self) -> list[int]:
        """Return the ids of a line end; none where the tokenizer cannot write it."""
        ids = self.tokenizer.encode("\n")
        return [] if self.tokenizer.unk_id in ids else ids

    def _tokens(self, prompts: list[str], options: GenerationOptions, sampler: Sampler) -> Iterator[list[int]]:
        """Yield the next token of all N prompts, step by step."""
        start, device = self._newline() or [self.tokenizer.bos_id], self.device
        rows = [[*start, *ids] for ids in self.tokenizer.encode_batch(prompts)]
        before = SequenceArray.from_sequences(row[:-1] for row in rows)
        ids, mask = before.pad(np.arange(len(rows)), padding_value=self.tokenizer.pad_id)
        with torch.inference_mode():
            state = self.model(ids.to(device), mask.to(device)).state
        generator = torch.Generator(device)
        generator.seed() if options.seed is None else generator.manual_seed(options.seed)
        last = torch.tensor([row[-1] for row in rows], device=device)
        for tokens in sampler(last, state, length=options.length, generator=generator):
            yield tokens.tolist()


def _paragraphs(document: str) -> list[str]:
    return [paragraph for paragraph in re.split(r"\n\s*\n", document) if paragraph.strip()] or [document]
