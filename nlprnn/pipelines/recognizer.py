"""Speech recognition: sound to text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, overload

import numpy as np
import torch

from nlprnn.audio import stream_audio
from nlprnn.audio.segments import Segment, split_at_pauses
from nlprnn.batching import SequenceArray, length_buckets, to_device
from nlprnn.decoding.ctc import CTCHypothesis, greedy_search, prefix_beam_search
from nlprnn.decoding.ctc_alignment import ctc_log_likelihood
from nlprnn.errors import ModelError
from nlprnn.models import SpeechRecognizer
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.pipelines.speech_processor import SpeechProcessor
from nlprnn.pipelines.speech_stream import RecognizerStream
from nlprnn.pipelines.speech_times import timed_tokens, timed_words
from nlprnn.pipelines.transcript import TimedText, Transcript, concatenate
from nlprnn.pipelines.transcription_options import TranscriptionOptions

Sound = str | Path | bytes | BinaryIO | np.ndarray
"""A sound file, its bytes, or a waveform (N,) float32 at the model's sample rate."""

_SILENT = 1e-4
"""Largest sample of a segment that is silent, so that a network which has never had such a one need not read it."""

_BATCH_SEGMENTS = 32
_BATCH_FRAMES = 60_000


class Recognizer(Pipeline[SpeechRecognizer, SpeechProcessor]):
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

    @overload
    def __call__(self, inputs: Sound, /) -> str: ...  # type: ignore[overload-overlap]

    @overload
    def __call__(self, inputs: Sequence[Sound], /) -> list[str]: ...

    def __call__(self, inputs: Sound | Sequence[Sound], /) -> str | list[str]:
        """Transcribe one recording, or each of several, in order.

        Raises:
            DataError: a file is missing, damaged or no sound.
        """
        if isinstance(inputs, list | tuple):
            return [transcript.text for transcript in self.transcribe(inputs)]
        return next(self.transcribe([inputs])).text  # type: ignore[list-item]

    @property
    def output_seconds(self) -> float:
        """Seconds from one output of the model to the next."""
        return self.model.frames_per_output * self.processor.features.frame_seconds

    def transcribe(self, sounds: Iterable[Sound], options: TranscriptionOptions | None = None) -> Iterator[Transcript]:
        """Transcribe any number of recordings of any length in constant memory; yield one by one, in order.

        A recording of more than 20 s is split at its most quiet places.

        Raises:
            DataError: a file is missing, damaged or no sound.
            OptionError: an option does not fit the model.
        """
        options = options or TranscriptionOptions()
        pending: list[Transcript] = []
        for transcript, is_last in self._segments(sounds, options):
            pending.append(transcript)
            if is_last:
                yield concatenate(pending)
                pending = []

    def _segments(self, sounds: Iterable[Sound], options: TranscriptionOptions) -> Iterator[tuple[Transcript, bool]]:
        """Yield the transcript of each segment, and whether it is the last of its recording."""
        rate = self.processor.features.sample_rate
        segments = ((segment, last) for sound in sounds for segment, last in _with_last(self._split(sound)))
        while batch := list(islice(segments, _BATCH_SEGMENTS)):
            audible = [segment.waveform for segment, _ in batch if _is_audible(segment)]
            features = [self.processor(waveform) for waveform in audible]
            seconds = [len(waveform) / rate for waveform in audible]
            decoded = iter(self.decode(self.log_probs(features), options, seconds=seconds))
            for segment, last in batch:
                if _is_audible(segment):
                    yield next(decoded).shifted(segment.start / rate), last
                else:
                    yield Transcript("", 1.0, len(segment.waveform) / rate), last

    def _split(self, sound: Sound) -> Iterator[Segment]:
        rate = self.processor.features.sample_rate
        blocks = [sound] if isinstance(sound, np.ndarray) else stream_audio(sound, rate)
        return split_at_pauses(blocks, rate)

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
        if text and confidence < options.reject:
            return Transcript("", confidence, seconds, rejected=True)
        tokens: tuple[TimedText, ...] = ()
        words: tuple[TimedText, ...] = ()
        if options.timestamps:
            tokens = timed_tokens(log_probs, best.tokens, self.processor, self.output_seconds)
            words = timed_words(tokens, text)
        alternatives = tuple((decode(one.tokens).strip(), one.score) for one in hypotheses)
        return Transcript(text, confidence, seconds, words, tokens, alternatives, rejected=not hypotheses)


def _is_audible(segment: Segment) -> bool:
    return bool(np.abs(segment.waveform).max(initial=0.0) > _SILENT)


def _with_last(segments: Iterator[Segment]) -> Iterator[tuple[Segment, bool]]:
    """Yield each segment, and whether it is the last one."""
    current = next(segments)
    for following in segments:
        yield current, False
        current = following
    yield current, True
