"""Text generation and scoring with a language model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from nlprnn.batching import SequenceArray, length_buckets
from nlprnn.decoding import LogitsProcessor, forbid, sample, sample_numpy
from nlprnn.models import LanguageModel
from nlprnn.modules import cpu
from nlprnn.modules.cpu.numpy_step import FEW_ROWS
from nlprnn.pipelines.generated_text import GeneratedText, prompt_seeds, random_generators
from nlprnn.pipelines.generation_options import GenerationOptions
from nlprnn.pipelines.guidance import Guidance
from nlprnn.pipelines.int8 import make_int8
from nlprnn.pipelines.stand_ins import Cast
from nlprnn.pipelines.text_guide import TextGuide
from nlprnn.pipelines.text_pipeline import TextPipeline
from nlprnn.pipelines.text_score import TextScore, row_nll, stepwise_nll
from nlprnn.pipelines.text_stream import TextStream, readable_prompt
from nlprnn.pipelines.text_windows import final_state
from nlprnn.text import Tokenizer
from nlprnn.text.inputs import TextInputs

_SCORED_TOKENS, _SCORED_ROWS = 4096, 256
"""Size of a batch of texts that are scored each by itself: tokens with padding, and rows."""

Sampler = Callable[..., Iterator[Tensor] | Iterator[np.ndarray]]
"""(last tokens (N,) int64, state, length=, generator=) to the next tokens (N,) of all rows, step by step."""


class Generator(TextPipeline[LanguageModel, Tokenizer]):
    """A language model with its tokenizer: continues prompts, and scores texts.

    Args:
        model: reads token ids.
        tokenizer: text to token ids, as in training.
        folder: where both come from.
        guide: what decoding knows of the training text; None = that of the folder, if it has one.

    Raises:
        ModelError: the tokenizer has more ids than the model, or the guide of the folder is damaged.
    """

    model_classes = (LanguageModel,)

    def __init__(
        self,
        model: LanguageModel,
        tokenizer: Tokenizer,
        *,
        folder: Path | None = None,
        guide: TextGuide | None = None,
    ) -> None:
        super().__init__(model, tokenizer, folder=folder)
        self.guide = TextGuide.load(folder) if guide is None and folder is not None else guide

    def _save_processor(self, folder: Path) -> None:
        super()._save_processor(folder)
        if self.guide is not None:
            self.guide.save(folder)

    def __call__(self, prompts: Iterable[str], options: GenerationOptions | None = None) -> list[str]:
        """Continue prompts, all in one batch.

        Args:
            prompts: any texts; characters outside the vocabulary are read as unknown.
            options: of sampling; None = the defaults.

        Returns:
            the continuations, without the prompts.

        Raises:
            TypeError: the prompts are one string or a table, or one is missing or no string.
            DeviceError: `options.int8`, and the model is not on a CPU with int8 kernels.
        """
        prompts = list(TextInputs(prompts, "generator([prompt])"))
        options = options or GenerationOptions()
        if not prompts:
            return []
        texts, sampler = self._begin(prompts, options)
        pieces: list[list[str]] = [[] for _ in prompts]
        for tokens in self._tokens(texts, options, sampler):
            for text, written, token in zip(texts, pieces, tokens, strict=True):
                written.append(text.push(token))
            if all(text.stream.ended for text in texts):
                break
        return ["".join([*written, text.close()]) for text, written in zip(texts, pieces, strict=True)]

    def stream(self, prompt: str, options: GenerationOptions | None = None) -> Iterator[str]:
        """Continue one prompt piece by piece: together the text of a call. No piece splits a character.

        Args:
            prompt: any text.
            options: of sampling; None = the defaults.

        Raises:
            TypeError: the prompt is no string.
            DeviceError: `options.int8`, and the model is not on a CPU with int8 kernels.
        """
        prompts = list(TextInputs([prompt], "generator.stream(prompt)"))
        options = options or GenerationOptions()
        (text,), sampler = self._begin(prompts, options)  # raises now, not at the first piece
        return self._pieces(text, options, sampler)

    def _pieces(self, text: GeneratedText, options: GenerationOptions, sampler: Sampler) -> Iterator[str]:
        for (token,) in self._tokens([text], options, sampler):
            if piece := text.push(token):
                yield piece
            if text.stream.ended:
                break
        if rest := text.close():
            yield rest

    def _begin(self, prompts: Sequence[str], options: GenerationOptions) -> tuple[list[GeneratedText], Sampler]:
        """Return the texts that continue prompts, and what samples their tokens."""
        guidance = self._guidance if options.guided else None
        whole_after = options.length if options.whole_sentences else None
        texts = []
        for prompt, seed in zip(prompts, prompt_seeds(prompts, options.seed), strict=True):
            cast = Cast({}) if guidance is None else guidance.cast(prompt, seed)
            read, stop = cast.hide(prompt), tuple(map(cast.hide, options.stop))
            stream = TextStream(self.tokenizer, read, stop=stop, whole_after=whole_after)
            texts.append(GeneratedText(read, seed, cast, stream))
        processors = [] if guidance is None else guidance.logits_processors([text.prompt for text in texts])
        return texts, self._sampler(len(texts), options, processors)

    @cached_property
    def _guidance(self) -> Guidance | None:
        if self.guide is None:
            return None
        return Guidance(self.guide, self.model.eval(), self.tokenizer, self._start())

    def encode(self, documents: Iterable[str]) -> np.ndarray:
        """Return documents as one running text of token ids, (total,) int64, each after the model's `text_start`.

        Where the tokenizer cannot write line ends, as with words, each paragraph is a document.
        """
        documents = list(TextInputs(documents, "generator.encode([text])"))
        return self._encode_each(self._texts(documents)).values.astype(np.int64)

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

    def score(self, documents: Iterable[str], *, int8: bool = False, streams: int = 1) -> TextScore:
        """Score documents as one running text.

        Args:
            documents: texts, in order.
            int8: read token by token with int8 weights.
            streams: split the text into at most this many pieces, read in parallel without memory of each other.

        Raises:
            ValueError: there is no text.
            DeviceError: `int8`, and the model is not on a CPU with int8 kernels.
        """
        documents = list(TextInputs(documents, "generator.score([text])"))
        texts = self._texts(documents)
        rows = self._encode_each(texts)
        ids = rows.values.astype(np.int64)
        nll = self.mean_nll(ids, int8=int8, streams=streams) * (len(ids) - 1)
        unknown = [self._unknown(text, row) for text, row in zip(texts, rows, strict=True)]
        spelling_nll = sum(spelling for _, spelling in unknown)
        characters, count = sum(map(len, documents)), sum(number for number, _ in unknown)
        return TextScore(nll + spelling_nll, len(ids) - 1, characters, count, spelling_nll)

    def score_each(self, texts: Iterable[str]) -> list[TextScore]:
        """Score each text by itself, after the model's `text_start`; an empty text has no tokens and 0 nats."""
        texts = list(TextInputs(texts, "generator.score_each([text])"))
        model, rows = self.model.eval(), self._encode_each(texts)
        nll = np.zeros(len(texts))
        for batch in length_buckets(rows.lengths, max_tokens=_SCORED_TOKENS, max_rows=_SCORED_ROWS):
            ids, mask = rows.pad(batch, padding_value=self.tokenizer.pad_id)
            if ids.size(1) > 1:
                nll[batch] = row_nll(model, ids[:, :-1], ids[:, 1:], mask[:, 1:]).numpy()
        scores = []
        for text, row, model_nll in zip(texts, rows, nll.tolist(), strict=True):
            unknown, spelling_nll = self._unknown(text, row)
            scores.append(TextScore(model_nll + spelling_nll, len(row) - 1, len(text), unknown, spelling_nll))
        return scores

    def _texts(self, documents: Sequence[str]) -> Sequence[str]:
        """Return documents, or their paragraphs where the tokenizer cannot write line ends."""
        if self._newline() is not None:
            return documents
        return [paragraph for document in documents for paragraph in _paragraphs(document)]

    def _encode_each(self, texts: Sequence[str]) -> SequenceArray:
        """Return the ids of each text, after the id that comes before each."""
        start = self._start()
        return SequenceArray.from_sequences([start, *ids] for ids in self.tokenizer.encode_batch(texts))

    def _unknown(self, text: str, ids: np.ndarray) -> tuple[int, float]:
        """Return number and spelling NLL of the unknown tokens of a text with these ids, start id included."""
        (positions,) = np.nonzero(ids == self.tokenizer.unk_id)
        if not len(positions):
            return 0, 0.0
        tokens = self.tokenizer.tokens(text)
        return len(positions), sum(self.tokenizer.spelling_nll(tokens[position - 1]) for position in positions)

    def _sampler(self, rows: int, options: GenerationOptions, guidance: Sequence[LogitsProcessor]) -> Sampler:
        """Return the fastest sampler for this many rows and these logits processors of a guide."""
        forbidden, model = [self.tokenizer.pad_id, self.tokenizer.unk_id], self.model.eval()
        fast = options.int8 or (self.device.type == "cpu" and rows <= FEW_ROWS and cpu.fast_paths_enabled())
        if fast and options.only_temperature and not guidance:
            numpy_step = make_int8(model.numpy_step, self.device) if options.int8 else model.numpy_step()
            return partial(sample_numpy, numpy_step, temperature=options.temperature, forbidden=forbidden)
        if options.int8:
            step = make_int8(model.compiled_step, self.device)
        else:
            step = model.compiled_step() if fast else model.step
        processors = [forbid(forbidden), *guidance, *options.logits_processors()]
        return partial(sample, step, logits_processors=processors)

    def _start(self) -> int:
        """Return the id that comes before each text."""
        newline = self._newline() if self.model.text_start == "line_end" else None
        return self.tokenizer.bos_id if newline is None else newline

    def _newline(self) -> int | None:
        """Return the id of a line end; None where the tokenizer cannot write it."""
        ids = self.tokenizer.encode("\n")  # subwords may have a space before it
        return ids[-1] if ids and self.tokenizer.unk_id not in ids else None

    def _tokens(
        self, texts: Sequence[GeneratedText], options: GenerationOptions, sampler: Sampler
    ) -> Iterator[list[int]]:
        """Yield the next token of all N texts, step by step."""
        device, prompts = self.device, [text.prompt for text in texts]
        distinct = list(dict.fromkeys(prompts))  # equal ones are read once
        rows = list(self._encode_each([readable_prompt(self.tokenizer, prompt) for prompt in distinct]))
        before = SequenceArray.from_sequences(row[:-1] for row in rows)
        ids, mask = before.pad(np.arange(len(rows)), padding_value=self.tokenizer.pad_id)
        number = {prompt: index for index, prompt in enumerate(distinct)}
        copies = torch.tensor([number[prompt] for prompt in prompts], device=device)
        with torch.inference_mode():
            state = final_state(self.model, ids, mask).select(copies)
        last = torch.tensor([int(row[-1]) for row in rows], device=device)[copies]
        generators = random_generators([text.seed for text in texts], device)
        for tokens in sampler(last, state, length=options.most_tokens, generator=generators):
            yield tokens.tolist()


def _paragraphs(document: str) -> list[str]:
    return [paragraph for paragraph in re.split(r"\n\s*\n", document) if paragraph.strip()] or [document]
