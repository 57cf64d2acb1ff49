"""Recognition of speech while it is spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from nlprnn.audio import FrameStream
from nlprnn.errors import ModelError
from nlprnn.pipelines.transcript import Transcript
from nlprnn.pipelines.transcription_options import TranscriptionOptions

if TYPE_CHECKING:
    from nlprnn.pipelines.recognizer import Recognizer

_TAIL_SECONDS = 0.3
"""Silence after the end of a stream, so that its last word is not lost."""


class RecognizerStream:
    """A stream of samples that is transcribed as it arrives; `Recognizer.stream` makes it.

    Args:
        recognizer: its encoder has one direction, and its features are not normalized by their utterance.
        options: of the final transcript.

    Raises:
        ModelError: the recognizer needs the whole recording.
    """

    def __init__(self, recognizer: Recognizer, options: TranscriptionOptions) -> None:
        processor = recognizer.processor
        if not recognizer.model.is_streaming or processor.statistics == "utterance":
            raise ModelError(
                "this model needs the whole recording: train one with --no-bidirectional, which transcribes a stream"
            )
        self._recognizer = recognizer
        self._options = options
        self._frames = FrameStream(processor.features)
        self._samples = 0
        like = torch.zeros(1, device=recognizer.device)
        self._state = recognizer.model.eval().initial_state(like)
        self._log_probs: list[np.ndarray] = []
        self._tokens: list[int] = []
        self._last = processor.blank

    @property
    def log_probs(self) -> np.ndarray:
        """The log-probabilities (T, V) float32 so far."""
        empty = np.zeros((0, self._recognizer.model.vocab_size), np.float32)
        return np.concatenate([empty, *self._log_probs])

    def accept(self, samples: np.ndarray) -> str:
        """Read samples (N,) float32 at the model's sample rate; return the text so far, by greedy search."""
        self._samples += len(samples)
        self._read(self._frames.accept(samples), last=False)
        return self._recognizer.processor.tokenizer.decode(self._tokens).strip()

    def finish(self) -> Transcript:
        """Return the transcript of the whole stream; it accepts no more samples."""
        seconds = self._samples / self._recognizer.processor.features.sample_rate
        tail = round(_TAIL_SECONDS * self._recognizer.processor.features.sample_rate)
        self._read(self._frames.accept(np.zeros(tail, np.float32)), last=False)
        self._read(self._frames.finish(), last=True)
        (transcript,) = self._recognizer.decode([self.log_probs], self._options, seconds=[seconds])
        return transcript

    def _read(self, features: np.ndarray, *, last: bool) -> None:
        recognizer = self._recognizer
        normalized = torch.from_numpy(recognizer.processor.normalize(features)).unsqueeze(0)
        with torch.inference_mode():
            log_probs, self._state = recognizer.model.step(normalized.to(recognizer.device), self._state, last=last)
        scores = log_probs[0].cpu().numpy()
        self._log_probs.append(scores)
        for token in scores.argmax(axis=1).tolist():
            if token not in (self._last, recognizer.processor.blank):
                self._tokens.append(token)
            self._last = token
