"""Translation: sentences in one language to sentences in another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nlprnn.batching import SequenceArray, adaptive_batches, length_buckets, to_device
from nlprnn.batching.row_lengths import drop_first, real_positions
from nlprnn.decoding import BeamOptions, EnsembleState, Hypothesis, Step, beam_search, ensemble_step
from nlprnn.errors import ModelError
from nlprnn.models import Seq2Seq
from nlprnn.modules import DecoderState, cpu
from nlprnn.pipelines.int8 import make_int8
from nlprnn.pipelines.text_pipeline import TextPipeline
from nlprnn.pipelines.translation_options import TranslationOptions, beam_options, one_line
from nlprnn.pipelines.translation_result import Candidate, Translation
from nlprnn.text import Tokenizer
from nlprnn.text.inputs import TextInputs

_BATCH_ROWS, _BATCH_TOKENS = 64, 4096
"""Size of a batch in search: sentences, and source tokens with padding."""

_BATCH_HYPOTHESES = 640
"""Hypotheses of a batch, each with scores as wide as the vocabulary: a wide beam takes fewer sentences."""

_SCORED_ROWS = 256
"""Pairs of a batch that is scored."""

_WORTH_INPUT_TABLE = 256
"""Sentences from which the table that a faster step needs is computed in less time than it saves."""


class Translator(TextPipeline[Seq2Seq, Tokenizer]):
    """A sequence-to-sequence model with its tokenizer, which source and target share.

    Args:
        model: reads and writes token ids.
        tokenizer: text to token ids, as in training.
        folder: where both come from.
        others: further models with the same tokenizer; the probabilities of all are averaged.
        int8: search with int8 weights, several times as fast for one sentence on a CPU, at a small loss.

    Raises:
        ModelError: the tokenizer has more ids than the model.
        DeviceError: `int8`, and the models are not on a CPU with int8 kernels.
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
        self._int8: list[Step[DecoderState]] | None = None
        if int8:
            self._int8 = [make_int8(one.eval().compiled_step, one.output_bias.device) for one in self.models]

    def quantized(self) -> Translator:
        """Return this translator with int8 weights in its search; for what is raised see `Pipeline.quantized`."""
        return Translator.ensemble([self], int8=True)

    @classmethod
    def ensemble(cls, translators: Sequence[Translator], *, int8: bool | None = None) -> Translator:
        """Combine translators into one; tokenizer, folder and longest source are those of the first.

        Args:
            translators: at least one.
            int8: as for the constructor; None = as the first one has it.

        Raises:
            ValueError: there are none.
            ModelError: two have different tokenizers or vocabularies.
            DeviceError: `int8`, and the models are not on a CPU with int8 kernels.
        """
        if not translators:
            raise ValueError("an ensemble is made of at least one translator")
        first, *rest = translators
        vocabulary = _files(first.tokenizer) if rest else None
        for other in rest:
            if _files(other.tokenizer) != vocabulary or other.model.vocab_size != first.model.vocab_size:
                raise ModelError(
                    f"{other.folder} has another tokenizer than {first.folder}: only models that were trained with one "
                    "and the same can translate together"
                )
        model, *others = [model for translator in translators for model in translator.models]
        int8 = first._int8 is not None if int8 is None else int8
        return cls(model, first.tokenizer, folder=first.folder, others=others, int8=int8)

    def save(self, folder: str | Path, *, half: bool = False) -> None:
        """Write model and tokenizer into a folder that `load` reads; `half` stores float16 weights.

        Raises:
            ModelError: it is an ensemble, which no single folder holds.
        """
        if len(self.models) > 1:
            raise ModelError(f"an ensemble of {len(self.models)} models cannot be saved as one: save each by itself")
        super().save(folder, half=half)

    def __call__(self, texts: Iterable[str], options: TranslationOptions | None = None) -> list[str]:
        """Translate sentences, in order; an empty one stays empty.

        Args:
            texts: the sentences.
            options: of the search; None = the defaults.

        Raises:
            TypeError: the sentences are one string or a table, or one is missing or no string.
            DataError: the prefix has unknown tokens, or repeats an n-gram.
            ValueError: an option is out of range.
        """
        return [translation.text for translation in self.translate(texts, options)]

    def translate(self, texts: Iterable[str], options: TranslationOptions | None = None) -> Iterator[Translation]:
        """Translate any number of sentences in constant memory, in order; an open file gives its lines.

        Args:
            texts: the sentences.
            options: of the search; None = the defaults.

        Raises:
            TypeError: the sentences are one string or a table, or one is missing or no string.
            DataError: the prefix has unknown tokens, or repeats an n-gram.
            ValueError: an option is out of range.
        """
        options = options or TranslationOptions()
        n_best = options.n_best
        if n_best > 1:  # some may be equal texts in other subwords
            options = replace(options, n_best=max(n_best, options.beam_size))
        for batch in adaptive_batches(TextInputs(texts, "translator([sentence])")):
            sources = self.encode_source(batch)
            rows = zip(batch, sources, self.search(sources, options), self._unknown_words(sources), strict=True)
            for text, ids, hypotheses, unknown_words in rows:
                yield replace(self._translation(text, ids, hypotheses, n_best), unknown_words=unknown_words)

    def encode_source(self, texts: Sequence[str]) -> SequenceArray:
        """Return the token ids of sentences and their end, truncated to the model's `max_length`.

        White space of any kind and length is one space, and none at the ends, as in the translations.
        """
        limit, end = self.model.max_length - 1, self.tokenizer.eos_id
        ids = self.tokenizer.encode_batch(list(map(one_line, texts)))
        return SequenceArray.from_sequences([*row[:limit], end] for row in ids)

    def encode_target(self, texts: Sequence[str]) -> SequenceArray:
        """Return the token ids of translations between begin and end, truncated as sources are."""
        limit, begin, end = self.model.max_length - 1, self.tokenizer.bos_id, self.tokenizer.eos_id
        ids = self.tokenizer.encode_batch(list(map(one_line, texts)))
        return SequenceArray.from_sequences([begin, *row[:limit], end] for row in ids)

    def search(self, sources: SequenceArray, options: TranslationOptions) -> list[list[Hypothesis]]:
        """Return the best hypotheses for each row of sources, best first; none for an empty sentence."""
        results: list[list[Hypothesis]] = [[] for _ in range(len(sources))]
        vocab_size = self.model.vocab_size
        beam = beam_options(options, self.tokenizer, vocab_size=vocab_size, max_rows=_BATCH_ROWS)
        full = np.flatnonzero(sources.lengths > 1)
        steps = self._steps(len(full))
        max_rows = max(1, min(_BATCH_ROWS, _BATCH_HYPOTHESES // options.beam_size))
        for batch in length_buckets(sources.lengths[full], max_tokens=_BATCH_TOKENS, max_rows=max_rows):
            rows = full[batch]
            for row, hypotheses in zip(rows, self._search_batch(sources, rows, beam, steps), strict=True):
                results[row] = hypotheses
        return results

    def mean_nll(self, sources: SequenceArray, targets: SequenceArray) -> float:
        """Return the mean negative log-likelihood of each target token, the end included, in nats.

        Of an ensemble it is that of the first model, and always with its float weights, never int8.

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
            for rows in length_buckets(lengths, max_tokens=_BATCH_TOKENS, max_rows=_SCORED_ROWS):
                source, source_mask = to_device(sources.pad(rows), device)
                target, target_mask = to_device(targets.pad(rows), device)
                mask = drop_first(target_mask)
                logits = self.model.logits(self.model(source, source_mask, target[:, :-1], mask))
                real = target[:, 1:].flatten().index_select(0, real_positions(mask))
                total += float(functional.cross_entropy(logits.float(), real, reduction="sum"))
                count += len(real)
        return total / count

    def _steps(self, sentences: int) -> list[Step[DecoderState]]:
        """Return the models' fastest steps for this many sentences."""
        if self._int8 is not None:
            return self._int8
        if self.device.type != "cpu" or not cpu.fast_paths_enabled():
            return [model.eval().step for model in self.models]
        input_table = sentences >= _WORTH_INPUT_TABLE
        return [model.eval().compiled_step(input_table=input_table) for model in self.models]

    def _search_batch(
        self, sources: SequenceArray, rows: np.ndarray, options: BeamOptions, steps: list[Step[DecoderState]]
    ) -> list[list[Hypothesis]]:
        source, mask = to_device(sources.pad(rows), self.device)
        with torch.inference_mode():
            states = tuple(model.eval().encode(source, mask) for model in self.models)
        begin = torch.full((len(rows),), self.tokenizer.bos_id, device=self.device)
        # Subwords of a language that the tokenizer knows less well are shorter, so more of them are needed.
        options = replace(options, max_length=options.max_length + 2 * mask.sum(dim=1))
        if len(states) == 1:
            return beam_search(steps[0], begin, states[0], options=options, attention=lambda state: state.attention)
        step = ensemble_step(steps)
        return beam_search(step, begin, EnsembleState(states), options=options, attention=_mean_attention)

    def _translation(self, text: str, ids: np.ndarray, hypotheses: Sequence[Hypothesis], n_best: int) -> Translation:
        """Return the n best of a sentence's hypotheses, without those whose text a better one has."""
        if not hypotheses:
            return Translation(text, [], [Candidate("", 0.0, [], [])])
        decoded = map(one_line, self.tokenizer.decode_batch([hypothesis.tokens for hypothesis in hypotheses]))
        best: dict[str, Hypothesis] = {}
        for target, one in zip(decoded, hypotheses, strict=True):
            best.setdefault(target, one)
        candidates = []
        for target, one in islice(best.items(), n_best):
            attention = None if one.attention is None else one.attention[:, : len(ids)].float().cpu().numpy()
            tokens = self.tokenizer.pieces(one.tokens)
            candidates.append(Candidate(target, one.score, one.tokens, tokens, attention))
        full = len(ids) == self.model.max_length
        truncated = full and len(self.tokenizer.encode(one_line(text))) >= len(ids)
        return Translation(text, self.tokenizer.pieces(ids.tolist()), candidates, truncated)


def _files(tokenizer: Tokenizer) -> dict[str, bytes]:
    """Return the files of a tokenizer, which hold all that it knows."""
    with TemporaryDirectory() as folder:
        tokenizer.save(folder)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def _mean_attention(state: EnsembleState[DecoderState]) -> Tensor:
    return torch.stack([member.attention for member in state.members]).mean(dim=0)
