"""Sentences in one language -> sentences in another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nlprnn.batching import SequenceArray, adaptive_batches, length_buckets
from nlprnn.decoding.beam import beam_search
from nlprnn.decoding.ensemble import EnsembleState, ensemble
from nlprnn.decoding.hypotheses import Hypothesis
from nlprnn.decoding.logits_processors import LogitsProcessor, forbid, forced_prefix, no_repeat_ngram
from nlprnn.decoding.options import BeamOptions
from nlprnn.decoding.penalties import average_length_penalty, coverage_penalty
from nlprnn.decoding.step import Step
from nlprnn.errors import DataError, DeviceError, ModelError
from nlprnn.models.seq2seq import Seq2Seq
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.pipelines.translation_options import TranslationOptions
from nlprnn.pipelines.translation_result import Candidate, Translation
from nlprnn.text import Tokenizer

_BATCH_ROWS, _BATCH_TOKENS = 64, 4096
"""Sentences searched at once, and source tokens with padding."""

_BATCH_HYPOTHESES = 640
"""Hypotheses kept at once, each with scores as wide as the vocabulary: a wide beam takes fewer sentences."""

_WORTH_FOLDING = 256
"""Sentences from which the table that a faster step needs is made in less time than it saves."""


class Translator(Pipeline[Seq2Seq]):
    """A sequence-to-sequence model with its tokenizer, which source and target share.

    Args:
        model: works on token ids.
        tokenizer: text <-> token ids, as the model was trained with.
        folder: where both come from.
        others: further models with the same tokenizer; the probabilities of all are averaged.
        int8: search with weights of eight bits, several times as fast for one sentence on a CPU, at a small loss.

    Raises:
        DeviceError: the models are not on the CPU, or this PyTorch has no integer kernels for it, with `int8`.
    """

    model_classes = (Seq2Seq,)

    def __init__(
        self,
        model: Seq2Seq,
        tokenizer: Tokenizer,
        *,
        folder: Path | None = None,
        others: Sequence[Seq2Seq] = (),
        int8: bool = False,
    ) -> None:
        super().__init__(model, tokenizer, folder=folder)
        self.models = [model, *others]
        self._int8 = [_int8_step(model) for model in self.models] if int8 else None

    @classmethod
    def ensemble(cls, translators: Sequence[Translator], *, int8: bool | None = None) -> Translator:
        """Make one translator of several; the first one's tokenizer, folder and longest source count.

        Args:
            translators: at least one.
            int8: as the constructor's; None = as the first one has it.

        Raises:
            ValueError: there are none.
            ModelError: two have different tokenizers or vocabularies.
            DeviceError: as the constructor.
        """
        if not translators:
            raise ValueError("an ensemble is made of at least one translator")
        first, *rest = translators
        vocabulary = _saved(first.tokenizer) if rest else None
        for other in rest:
            if _saved(other.tokenizer) != vocabulary or other.model.vocab_size != first.model.vocab_size:
                raise ModelError(
                    f"{other.folder} has another tokenizer than {first.folder}: only models that were trained with one "
                    "and the same can translate together"
                )
        model, *others = [model for translator in translators for model in translator.models]
        int8 = first._int8 is not None if int8 is None else int8
        return cls(model, first.tokenizer, folder=first.folder, others=others, int8=int8)

    def save(self, folder: str | Path, *, half: bool = False) -> None:
        """Write model and tokenizer into a folder that `nlprnn.load` reads; `half` stores float16 weights.

        Raises:
            ModelError: it is an ensemble, which no single folder holds.
        """
        if len(self.models) > 1:
            raise ModelError(f"an ensemble of {len(self.models)} models cannot be saved as one: save each by itself")
        super().save(folder, half=half)

    def __call__(self, texts: Sequence[str], options: TranslationOptions | None = None) -> list[str]:
        """Translate sentences, in their order; an empty one stays empty.

        Raises:
            TypeError: one string is given instead of a list.
            DataError: the prefix cannot be kept to.
            ValueError: an option is out of range.
        """
        if isinstance(texts, str):
            raise TypeError("give a list of sentences, even for one: translator([sentence])")
        return [translation.text for translation in self.translate(texts, options)]

    def translate(self, texts: Iterable[str], options: TranslationOptions | None = None) -> Iterator[Translation]:
        """Translate any number of sentences in constant memory, in their order; a file gives its lines.

        Raises:
            TypeError: one string is given instead of several.
            DataError: the prefix cannot be kept to.
            ValueError: an option is out of range.
        """
        if isinstance(texts, str):
            raise TypeError("give several sentences, or a list of one: translator.translate([sentence])")
        options = options or TranslationOptions()
        for chunk in adaptive_batches(texts):
            sources = self.encode_source(chunk)
            found = self.search(sources, options)
            for text, ids, hypotheses in zip(chunk, sources, found, strict=True):
                yield self._translation(text, ids, hypotheses)

    def encode_source(self, texts: Sequence[str]) -> SequenceArray:
        """Turn sentences into token ids with an end mark, cut to the model's `max_length`.

        White space of any kind and length is one space, and none at the ends, as in translations that come out.
        """
        limit, end = self.model.max_length - 1, self.tokenizer.eos_id
        return SequenceArray.from_sequences([*ids[:limit], end] for ids in self.tokenizer.encode_batch(_lines(texts)))

    def encode_target(self, texts: Sequence[str]) -> SequenceArray:
        """Turn translations into token ids between begin and end mark, cut as sources are."""
        limit, begin, end = self.model.max_length - 1, self.tokenizer.bos_id, self.tokenizer.eos_id
        ids = self.tokenizer.encode_batch(_lines(texts))
        return SequenceArray.from_sequences([begin, *row[:limit], end] for row in ids)

    def search(self, sources: SequenceArray, options: TranslationOptions) -> list[list[Hypothesis]]:
        """Find the token ids of translations, best first, for each row of sources; none for an empty sentence."""
        wanted = self._beam_options(options)
        found: list[list[Hypothesis]] = [[] for _ in range(len(sources))]
        full = np.flatnonzero(sources.lengths > 1)
        steps = self._steps(len(full))
        most = max(1, min(_BATCH_ROWS, _BATCH_HYPOTHESES // options.beam_size))
        for rows in length_buckets(sources.lengths[full], max_tokens=_BATCH_TOKENS, max_rows=most):
            rows = full[rows]
            for row, hypotheses in zip(rows, self._search_batch(sources, rows, wanted, steps), strict=True):
                found[row] = hypotheses
        return found

    def nats(self, sources: SequenceArray, targets: SequenceArray) -> float:
        """Mean negative log-probability of each target token, the end mark included.

        Of an ensemble it is the first model's, and always that of its own weights, not of eight bits.

        Raises:
            ValueError: there are no rows.
        """
        if not len(targets):
            raise ValueError("there are no pairs to score")
        device = self.device
        total, count = 0.0, 0
        self.model.eval()
        lengths = np.stack([targets.lengths, sources.lengths], axis=1)
        with torch.inference_mode():
            for rows in length_buckets(lengths, max_tokens=_BATCH_TOKENS, max_rows=256):
                source, source_mask = (part.to(device) for part in sources.pad(rows))
                target, target_mask = (part.to(device) for part in targets.pad(rows))
                read = target_mask[:, 1:]
                logits = self.model.logits(self.model(source, source_mask, target[:, :-1], read))
                total += float(functional.cross_entropy(logits.float(), target[:, 1:][read], reduction="sum"))
                count += int(read.sum())
        return total / count

    def _steps(self, sentences: int) -> list[Step]:
        """The models' steps, the fastest there are for so many sentences."""
        if self._int8 is not None:
            return self._int8
        fast = self.device.type == "cpu" and sentences >= _WORTH_FOLDING
        return [model.eval().compiled_step() if fast else model.step for model in self.models]

    def _search_batch(
        self, sources: SequenceArray, rows: np.ndarray, options: BeamOptions, steps: list[Step]
    ) -> list[list[Hypothesis]]:
        source, mask = (part.to(self.device) for part in sources.pad(rows))
        with torch.inference_mode():
            states = tuple(model.eval().encode(source, mask) for model in self.models)
        begin = torch.full((len(rows),), self.tokenizer.bos_id, device=self.device)
        # Sub-words of a language that the tokenizer knows less well are shorter, so more of them are needed.
        wanted = replace(options, max_length=options.max_length + 2 * mask.sum(dim=1))
        if len(states) == 1:
            return beam_search(steps[0], begin, states[0], options=wanted, attention=lambda s: s.attention)
        step = ensemble(steps)
        return beam_search(step, begin, EnsembleState(states), options=wanted, attention=_mean_attention)

    def _beam_options(self, options: TranslationOptions) -> BeamOptions:
        """What to look for in a batch; its `max_length` is for an empty source, and grows with the source."""
        # A model may have more rows than its tokenizer has tokens: they mean nothing.
        nothing = range(self.tokenizer.vocab_size, self.model.vocab_size)
        never = [self.tokenizer.pad_id, self.tokenizer.unk_id, self.tokenizer.bos_id, *nothing]
        filters: list[LogitsProcessor] = [forbid(never)]
        if options.no_repeat_ngram:
            filters.append(no_repeat_ngram(options.no_repeat_ngram))
        prefix = self._prefix(options)
        if prefix:
            filters.append(forced_prefix(torch.tensor([prefix]).expand(_BATCH_ROWS, -1), self.tokenizer.pad_id))
        return BeamOptions(
            eos_id=self.tokenizer.eos_id,
            max_length=len(prefix) + 50,
            beam_size=options.beam_size,
            n_best=options.n_best,
            length_penalty=average_length_penalty(options.length_penalty),
            coverage_penalty=coverage_penalty(options.coverage_penalty) if options.coverage_penalty else None,
            filters=filters,
            early_stopping=options.early_stopping,
            return_attention=options.attention,
        )

    def _prefix(self, options: TranslationOptions) -> list[int]:
        """The ids of the prefix, which other options must leave possible."""
        [text] = _lines([options.prefix])  # as sentences are read and written
        ids, size = self.tokenizer.encode(text), options.no_repeat_ngram
        if unknown := self.tokenizer.unknown(text):
            raise DataError(f"the prefix {options.prefix!r} has {unknown[0]!r}, which the model does not know")
        ngrams = [tuple(ids[begin : begin + size]) for begin in range(len(ids) - size + 1)] if size else []
        if len(set(ngrams)) < len(ngrams):
            told = f"the prefix {options.prefix!r} repeats {size} tokens, which no_repeat_ngram {size} forbids"
            raise DataError(f"{told}: take a greater one, or shorten the prefix")
        return ids

    def _translation(self, text: str, ids: np.ndarray, hypotheses: Sequence[Hypothesis]) -> Translation:
        if not hypotheses:
            return Translation(text, [], [Candidate("", 0.0, [], [])])
        candidates = []
        for found, decoded in zip(hypotheses, self.tokenizer.decode_batch([h.tokens for h in hypotheses]), strict=True):
            attention = None if found.attention is None else found.attention[:, : len(ids)].float().cpu().numpy()
            [line] = _lines([decoded])  # one sentence in, one line out
            tokens = self.tokenizer.pieces(found.tokens)
            candidates.append(Candidate(line, found.score, found.tokens, tokens, attention))
        cut = len(ids) == self.model.max_length and len(self.tokenizer.encode(*_lines([text]))) >= len(ids)
        return Translation(text, self.tokenizer.pieces(ids.tolist()), candidates, cut)


def _lines(texts: Sequence[str]) -> list[str]:
    return [" ".join(text.split()) for text in texts]


def _int8_step(model: Seq2Seq) -> Step:
    if model.output_bias.device.type != "cpu":
        raise DeviceError("int8 runs on the CPU alone: choose the device cpu, or leave int8 out")
    try:
        return model.eval().compiled_step(int8=True)
    except RuntimeError as error:
        raise DeviceError(str(error)) from error


def _saved(tokenizer: Tokenizer) -> dict[str, bytes]:
    """All there is to know of a tokenizer: its files."""
    with TemporaryDirectory() as folder:
        tokenizer.save(folder)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def _mean_attention(state: EnsembleState) -> Tensor:
    return torch.stack([part.attention for part in state.members]).mean(dim=0)
