"""Sentences in one language -> sentences in another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nlprnn.data.batching import TokenArray, length_buckets, pad_rows
from nlprnn.decoding.beam import beam_search
from nlprnn.decoding.constraints import forced_prefix, no_repeat_ngram
from nlprnn.decoding.defaults import BEAM_SIZE, LENGTH_PENALTY
from nlprnn.decoding.ensemble import EnsembleState, ensemble
from nlprnn.decoding.hypotheses import Hypothesis
from nlprnn.decoding.options import BeamOptions
from nlprnn.decoding.penalties import average_length_penalty, coverage_penalty
from nlprnn.decoding.scores import ScoreFilter, forbid
from nlprnn.decoding.step import Step
from nlprnn.errors import DataError, DeviceError, ModelError
from nlprnn.models.seq2seq import Seq2Seq
from nlprnn.pipelines.chunks import growing_chunks
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.text import Tokenizer

_BATCH_ROWS, _BATCH_TOKENS = 64, 4096
"""Sentences searched at once, and source tokens with padding."""

_BATCH_HYPOTHESES = 640
"""Hypotheses kept at once, each with scores as wide as the vocabulary: a wide beam takes fewer sentences."""


@dataclass(frozen=True, kw_only=True)
class TranslationOptions:
    """How translations are searched for.

    Attributes:
        beam_size: K, hypotheses kept; 1 = greedy.
        n_best: translations wanted of each sentence, at most K.
        length_penalty: log-probabilities are divided by length^this before hypotheses are compared; 0 = not at all.
        coverage_penalty: weight of Wu et al. 2016's penalty for source words that nothing attended to.
        no_repeat_ngram: forbid to repeat so many tokens in a row; 0 = repeat at will.
        early_stopping: end a sentence once K hypotheses have ended, rather than when none can win any more.
        prefix: what every translation must begin with.
        attention: return what each token attended to.
    """

    beam_size: int = BEAM_SIZE
    n_best: int = 1
    length_penalty: float = LENGTH_PENALTY
    coverage_penalty: float = 0.0
    no_repeat_ngram: int = 0
    early_stopping: bool = True
    prefix: str = ""
    attention: bool = False


@dataclass(frozen=True)
class Candidate:
    """One translation of a sentence.

    Attributes:
        text: in plain words.
        score: what translations are ranked by: log-probability over length penalty, plus coverage penalty.
        ids: its token ids, without the mark of the end.
        tokens: its sub-words.
        attention: (tokens, source tokens) float32 where asked for.
    """

    text: str
    score: float
    ids: list[int]
    tokens: list[str]
    attention: np.ndarray | None = None


@dataclass(frozen=True)
class Translation:
    """What a translator says of one sentence.

    Attributes:
        source: the sentence.
        source_tokens: its sub-words, as the model read them, the end of sentence last.
        candidates: translations, best first, at least one.
        cut: the sentence was longer than the model reads, and its rest was not translated.
    """

    source: str
    source_tokens: list[str]
    candidates: list[Candidate]
    cut: bool = False

    @property
    def text(self) -> str:
        """The best translation, on one line."""
        return self.candidates[0].text


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

    model_class = Seq2Seq

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
        self._steps = [_int8_step(model) if int8 else model.step for model in self.models]

    @classmethod
    def ensemble(cls, translators: Sequence[Translator], *, int8: bool = False) -> Translator:
        """Make one translator of several; the first one's tokenizer, folder and longest source count.

        Raises:
            ModelError: two have different tokenizers or vocabularies.
            DeviceError: as the constructor.
        """
        first, *others = translators
        vocabulary = _saved(first.tokenizer)
        for other in others:
            if _saved(other.tokenizer) != vocabulary or other.model.vocab_size != first.model.vocab_size:
                raise ModelError(
                    f"{other.folder} has another tokenizer than {first.folder}: only models that were trained with one "
                    "and the same can translate together"
                )
        models = [other.model for other in others]
        return cls(first.model, first.tokenizer, folder=first.folder, others=models, int8=int8)

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
        """Translate any number of sentences in constant memory, in their order.

        Raises:
            DataError: the prefix cannot be kept to.
            ValueError: an option is out of range.
        """
        options = options or TranslationOptions()
        for chunk in growing_chunks(texts):
            sources = self.encode_source(chunk)
            found = self.search(sources, options)
            for text, ids, hypotheses in zip(chunk, sources, found, strict=True):
                yield self._translation(text, ids, hypotheses)

    def encode_source(self, texts: Sequence[str]) -> TokenArray:
        """Turn sentences into token ids with an end mark, cut to the model's `max_length`; white space is no token."""
        limit, end = self.model.max_length - 1, self.tokenizer.eos_id
        texts = ["" if text.isspace() else text for text in texts]
        return TokenArray.from_sequences([*ids[:limit], end] for ids in self.tokenizer.encode_batch(texts))

    def encode_target(self, texts: Sequence[str]) -> TokenArray:
        """Turn translations into token ids between begin and end mark, cut as sources are."""
        limit, begin, end = self.model.max_length - 1, self.tokenizer.bos_id, self.tokenizer.eos_id
        return TokenArray.from_sequences([begin, *ids[:limit], end] for ids in self.tokenizer.encode_batch(texts))

    def search(self, sources: TokenArray, options: TranslationOptions) -> list[list[Hypothesis]]:
        """Find the token ids of translations, best first, for each row of sources; none for an empty sentence."""
        found: list[list[Hypothesis]] = [[] for _ in range(len(sources))]
        full = np.flatnonzero(sources.lengths > 1)
        most = max(1, min(_BATCH_ROWS, _BATCH_HYPOTHESES // max(1, options.beam_size)))
        for rows in length_buckets(sources.lengths[full], max_tokens=_BATCH_TOKENS, max_rows=most):
            rows = full[rows]
            for row, hypotheses in zip(rows, self._search_batch(sources, rows, options), strict=True):
                found[row] = hypotheses
        return found

    def nats(self, sources: TokenArray, targets: TokenArray) -> float:
        """Mean negative log-probability of each target token, the end mark included."""
        device = self.device
        total, count = 0.0, 0
        self.model.eval()
        lengths = np.stack([targets.lengths, sources.lengths], axis=1)
        with torch.inference_mode():
            for rows in length_buckets(lengths, max_tokens=_BATCH_TOKENS, max_rows=256):
                source, source_mask = (part.to(device) for part in pad_rows(sources, rows))
                target, target_mask = (part.to(device) for part in pad_rows(targets, rows))
                read = target_mask[:, 1:]
                logits = self.model.logits(self.model(source, source_mask, target[:, :-1], read))
                total += float(functional.cross_entropy(logits.float(), target[:, 1:][read], reduction="sum"))
                count += int(read.sum())
        return total / count

    def _search_batch(
        self, sources: TokenArray, rows: np.ndarray, options: TranslationOptions
    ) -> list[list[Hypothesis]]:
        source, mask = (part.to(self.device) for part in pad_rows(sources, rows))
        with torch.inference_mode():
            states = tuple(model.eval().encode(source, mask) for model in self.models)
        begin = torch.full((len(rows),), self.tokenizer.bos_id, device=self.device)
        wanted = self._beam_options(options, lengths=mask.sum(dim=1))
        if len(states) == 1:
            return beam_search(self._steps[0], begin, states[0], options=wanted, attention=lambda s: s.attention)
        step = ensemble(self._steps)
        return beam_search(step, begin, EnsembleState(states), options=wanted, attention=_mean_attention)

    def _beam_options(self, options: TranslationOptions, *, lengths: Tensor) -> BeamOptions:
        """What to look for, given the lengths (B,) of the sources."""
        filters: list[ScoreFilter] = [forbid([self.tokenizer.pad_id, self.tokenizer.unk_id, self.tokenizer.bos_id])]
        if options.no_repeat_ngram:
            filters.append(no_repeat_ngram(options.no_repeat_ngram))
        prefix = self._prefix(options)
        if prefix:
            filters.append(forced_prefix(torch.tensor([prefix]).expand(len(lengths), -1), self.tokenizer.pad_id))
        return BeamOptions(
            eos_id=self.tokenizer.eos_id,
            # Sub-words of a language that the tokenizer knows less well are shorter, so more of them are needed.
            max_length=len(prefix) + 2 * lengths + 50,
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
        ids, size = self.tokenizer.encode(options.prefix), options.no_repeat_ngram
        if unknown := self.tokenizer.unknown(options.prefix):
            raise DataError(f"the prefix {options.prefix!r} has {unknown[0]!r}, which the model does not know")
        ngrams = [tuple(ids[begin : begin + size]) for begin in range(len(ids) - size + 1)] if size else []
        if len(set(ngrams)) < len(ngrams):
            raise DataError(f"the prefix {options.prefix!r} repeats {size} tokens, which is forbidden: allow it to")
        return ids

    def _translation(self, text: str, ids: np.ndarray, hypotheses: Sequence[Hypothesis]) -> Translation:
        if not hypotheses:
            return Translation(text, [], [Candidate("", 0.0, [], [])])
        candidates = []
        for found, decoded in zip(hypotheses, self.tokenizer.decode_batch([h.tokens for h in hypotheses]), strict=True):
            attention = None if found.attention is None else found.attention[:, : len(ids)].float().cpu().numpy()
            line = " ".join(decoded.split())  # one sentence in, one line out
            tokens = self.tokenizer.pieces(found.tokens)
            candidates.append(Candidate(line, found.score, found.tokens, tokens, attention))
        cut = len(ids) == self.model.max_length and len(self.tokenizer.encode(text)) >= len(ids)
        return Translation(text, self.tokenizer.pieces(ids.tolist()), candidates, cut)


def _int8_step(model: Seq2Seq) -> Step:
    if model.output_bias.device.type != "cpu":
        raise DeviceError("int8 runs on the CPU alone: choose cpu as the device, or leave int8 out")
    try:
        return model.int8_step()
    except RuntimeError as error:
        raise DeviceError(str(error)) from error


def _saved(tokenizer: Tokenizer) -> dict[str, bytes]:
    """All there is to know of a tokenizer: its files."""
    with TemporaryDirectory() as folder:
        tokenizer.save(folder)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def _mean_attention(state: EnsembleState) -> Tensor:
    return torch.stack([part.attention for part in state.members]).mean(dim=0)
