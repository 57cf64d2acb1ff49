"""Speech recognition: sound to text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from nlprnn.audio import extract_features
from nlprnn.batching import SequenceArray, length_buckets, to_device
from nlprnn.decoding.ctc import CTCHypothesis, greedy_search, prefix_beam_search
from nlprnn.decoding.ctc_alignment import ctc_log_likelihood
from nlprnn.errors import ModelError
from nlprnn.models import SpeechRecognizer
from nlprnn.pipelines.speech_pipeline import SpeechPipeline
from nlprnn.pipelines.speech_processor import SpeechProcessor
from nlprnn.pipelines.speech_stream import RecognizerStream
from nlprnn.pipelines.speech_times import timed_tokens, timed_words
from nlprnn.pipelines.transcript import TimedText, Transcript
from nlprnn.pipelines.transcription_options import TranscriptionOptions

_BATCH_FRAMES = 60_000

_WARPS = (0.84, 0.88, 0.92, 0.96, 1.0, 1.04, 1.08, 1.12, 1.16, 1.2)
"""Factors of the frequencies of a speaker's voice, of which the most likely is chosen."""

_WARP_DEVIATION = 0.06
"""Standard deviation of the prior of the warp, without which a few words choose an extreme one."""

_LEAST_LOG = -100.0
"""Log-likelihood of a recording in which nothing is recognized."""


class Recognizer(SpeechPipeline[SpeechRecognizer]):
    """A speech recognizer with its features and its alphabet.

    Args:
        model: scores tokens at frames.
        processor: sound to features, tokens to text.
        folder: where both come from.

    Raises:
        ModelError: model and processor do not fit each other.
    """

    model_classes = (SpeechRecognizer,)

    def __init__(self, model: SpeechRecognizer, processor: SpeechProcessor, *, folder: Path | None = None) -> None:
        super().__init__(model, processor, folder=folder)
        sizes = (processor.features.size, processor.tokenizer.vocab_size, processor.blank)
        if sizes != (model.input_size, model.vocab_size, model.blank):
            raise ModelError(
                f"the processor has {sizes[0]} features, {sizes[1]} tokens and blank {sizes[2]}, the model "
                f"{model.input_size}, {model.vocab_size} and {model.blank}: the files are of different models"
            )

    @property
    def output_seconds(self) -> float:
        """Seconds from one output of the model to the next."""
        return self.model.frames_per_output * self.processor.features.frame_seconds

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
            seconds: of sound of each clip; None = those of its outputs.

        Raises:
            OptionError: an option does not fit the model.
        """
        return self.decode(self.log_probs(features), options, seconds=seconds)

    def log_probs(self, features: Sequence[np.ndarray] | SequenceArray) -> list[np.ndarray]:
        """Return the log-probabilities (T', V) float32 of each clip, in order.

        Args:
            features: normalized, (T, F) float32 of each clip.
        """
        if not isinstance(features, SequenceArray):
            features = SequenceArray.from_sequences(features, dtype=np.float32)
        outputs: list[np.ndarray] = [np.zeros((0, self.model.vocab_size), np.float32)] * len(features)
        if not len(features.values):
            return outputs
        self.model.eval()
        with torch.inference_mode():
            for rows in length_buckets(features.lengths, max_tokens=_BATCH_FRAMES, max_rows=64):
                batch, mask = to_device(features.pad(rows), self.device)
                log_probs, real = self.model(batch, mask)
                lengths = real.sum(dim=1).tolist()
                for row, length, output in zip(rows.tolist(), lengths, log_probs.cpu().numpy(), strict=True):
                    outputs[row] = output[:length].copy()
        return outputs

    def _adapted_processor(self, waveforms: Sequence[np.ndarray]) -> SpeechProcessor:
        """Return the processor of a speaker, at the warp that is most likely given what is recognized under it.

        That is vocal tract length normalization (Lee & Rose 1998), with a Gaussian prior.
        """
        options = TranscriptionOptions(one_word=self.processor.one_word and bool(self.processor.words))
        best, highest = self.processor, -math.inf
        for warp in _WARPS:
            rows = [extract_features(waveform, self.processor.features, warp=warp) for waveform in waveforms]
            processor = self.processor.adapted(rows, warp=warp)
            transcripts = self.transcribe_features([processor.normalize(row) for row in rows], options)
            scores = [one.alternatives[0][1] if one.alternatives else _LEAST_LOG for one in transcripts]
            score = sum(scores) - 0.5 * ((warp - 1.0) / _WARP_DEVIATION) ** 2
            if score > highest:
                best, highest = processor, score
        return best

    def stream(self, options: TranscriptionOptions | None = None) -> RecognizerStream:
        """Return a stream that transcribes speech as it is spoken.

        Args:
            options: of the final transcript; None = defaults.

        Raises:
            ModelError: the model needs the whole recording.
        """
        return RecognizerStream(
            self.model,
            self.processor,
            lambda log_probs, seconds: self.decode([log_probs], options, seconds=[seconds])[0],
        )

    def decode(
        self,
        log_probs: Sequence[np.ndarray],
        options: TranscriptionOptions | None = None,
        *,
        seconds: Sequence[float] | None = None,
    ) -> list[Transcript]:
        """Return the transcripts of clips.

        Args:
            log_probs: (T', V) float32 of each clip, from `log_probs`.
            options: of the search; None = defaults.
            seconds: of sound of each clip; None = those of its outputs.

        Raises:
            OptionError: an option does not fit the model.
        """
        options = options or TranscriptionOptions()
        if seconds is None:
            seconds = [len(row) * self.output_seconds for row in log_probs]
        lengths = np.array([len(row) for row in log_probs], np.int64)
        padded = np.zeros((len(log_probs), int(lengths.max(initial=0)), self.model.vocab_size), np.float32)
        for row, values in zip(padded, log_probs, strict=True):
            row[: len(values)] = values
        if options.is_greedy(self.processor):
            results = [[one] for one in greedy_search(padded, lengths, blank=self.processor.blank)]
        else:
            results = prefix_beam_search(padded, lengths, options.search(self.processor))
        rows = zip(log_probs, results, seconds, strict=True)
        return [self._transcript(row, hypotheses, options, length) for row, hypotheses, length in rows]

    def _transcript(
        self,
        log_probs: np.ndarray,
        hypotheses: Sequence[CTCHypothesis],
        options: TranscriptionOptions,
        seconds: float,
    ) -> Transcript:
        decode = self.processor.tokenizer.decode
        best = hypotheses[0] if hypotheses else CTCHypothesis((), -math.inf, -math.inf)
        confidence = math.exp(ctc_log_likelihood(log_probs, best.tokens, blank=self.processor.blank))
        text = decode(best.tokens).strip()
        if confidence < options.reject:
            return Transcript("", confidence, seconds, rejected=True)
        tokens: tuple[TimedText, ...] = ()
        words: tuple[TimedText, ...] = ()
        if options.timestamps:
            tokens = timed_tokens(log_probs, best.tokens, self.processor, self.output_seconds)
            words = timed_words(tokens, text)
        alternatives = tuple((decode(one.tokens).strip(), one.score) for one in hypotheses)
        return Transcript(text, confidence, seconds, words, tokens, alternatives, rejected=not hypotheses)
