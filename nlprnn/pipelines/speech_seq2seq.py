"""Speech recognition with an attention decoder: sound to text by beam search."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from nlprnn.batching import SequenceArray, length_buckets, to_device
from nlprnn.decoding import BeamOptions, Hypothesis, average_length_penalty, beam_search, forbid
from nlprnn.errors import ModelError, OptionError
from nlprnn.models import SpeechSeq2Seq
from nlprnn.pipelines.speech_pipeline import SpeechPipeline
from nlprnn.pipelines.speech_processor import SpeechProcessor
from nlprnn.pipelines.transcript import Transcript
from nlprnn.pipelines.transcription_options import TranscriptionOptions

_BATCH_FRAMES, _BATCH_ROWS = 30_000, 32


class Seq2SeqRecognizer(SpeechPipeline[SpeechSeq2Seq]):
    """A speech recognizer with an attention decoder, its features and its alphabet.

    Args:
        model: scores the next token of a transcript.
        processor: sound to features, tokens to text.
        folder: where both come from.

    Raises:
        ModelError: model and processor do not fit each other.
    """

    model_classes = (SpeechSeq2Seq,)
    has_times = False

    def __init__(self, model: SpeechSeq2Seq, processor: SpeechProcessor, *, folder: Path | None = None) -> None:
        super().__init__(model, processor, folder=folder)
        sizes = (processor.features.size, processor.tokenizer.vocab_size)
        if sizes != (model.input_size, model.vocab_size):
            raise ModelError(
                f"the processor has {sizes[0]} features and {sizes[1]} tokens, the model {model.input_size} and "
                f"{model.vocab_size}: the files are of different models"
            )

    def transcribe_features(
        self,
        features: Sequence[np.ndarray] | SequenceArray,
        options: TranscriptionOptions | None = None,
        *,
        seconds: Sequence[float] | None = None,
    ) -> list[Transcript]:
        """Return the transcripts of clips, in order.

        Args:
            features: normalized, (T, F) float32 of each clip.
            options: of the search; None = defaults.
            seconds: of sound of each clip; None = those of its frames.

        Raises:
            OptionError: an option needs the alignments of CTC.
        """
        options = options or TranscriptionOptions()
        _check(options)
        if not isinstance(features, SequenceArray):
            features = SequenceArray.from_sequences(features, dtype=np.float32)
        lengths = features.lengths
        if seconds is None:
            seconds = (lengths * self.processor.features.frame_seconds).tolist()
        transcripts = [Transcript("", 1.0, length) for length in seconds]
        clips = np.flatnonzero(lengths > 0)
        for bucket in length_buckets(lengths[clips], max_tokens=_BATCH_FRAMES, max_rows=_BATCH_ROWS):
            rows = clips[bucket]
            for row, hypotheses in zip(rows.tolist(), self._search(features, rows, options), strict=True):
                transcripts[row] = self._transcript(hypotheses, options.reject, seconds[row])
        return transcripts

    def _search(
        self, features: SequenceArray, rows: np.ndarray, options: TranscriptionOptions
    ) -> list[list[Hypothesis]]:
        tokenizer = self.processor.tokenizer
        batch, mask = to_device(features.pad(rows), self.device)
        with torch.inference_mode():
            state = self.model.eval().encode(batch, mask)
        beam = BeamOptions(
            eos_id=self.model.eos_id,
            max_length=state.memory.mask.sum(dim=1),  # no language has a token for each frame
            beam_size=max(options.beam_size, options.n_best),
            n_best=options.n_best,
            length_penalty=average_length_penalty(1.0),
            logits_processors=[forbid([tokenizer.pad_id, tokenizer.unk_id, tokenizer.bos_id])],
            early_stopping=True,
        )
        begin = torch.full((len(rows),), self.model.bos_id, device=self.device)
        return beam_search(self.model.step, begin, state, options=beam)

    def _transcript(self, hypotheses: Sequence[Hypothesis], reject: float, seconds: float) -> Transcript:
        decode = self.processor.tokenizer.decode
        alternatives = tuple((decode(one.tokens).strip(), one.log_probability) for one in hypotheses)
        text, log_probability = alternatives[0]
        confidence = math.exp(log_probability)
        if confidence < reject:
            return Transcript("", confidence, seconds, rejected=True)
        return Transcript(text, confidence, seconds, alternatives=alternatives)


def _check(options: TranscriptionOptions) -> None:
    """Raise an OptionError for what only the alignments of CTC have."""
    needs_ctc = {
        "list of words": bool(options.words) or options.one_word,
        "hotwords": bool(options.hotwords),
        "language model": options.language_model is not None,
        "times": options.timestamps,
    }
    for noun, is_requested in needs_ctc.items():
        if is_requested:
            raise OptionError(f"a recognizer with an attention decoder has no {noun}: train one with --decoder ctc")
