"""Recognition of speech while it is spoken."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from nlprnn.audio import FrameStream
from nlprnn.errors import ModelError
from nlprnn.models import SpeechRecognizer
from nlprnn.pipelines.speech_processor import SpeechProcessor
from nlprnn.pipelines.transcript import Transcript

_TAIL_SECONDS = 0.3
"""Silence after the end of a stream, so that its last word is not lost."""


class RecognizerStream:
    """A stream of samples that is transcribed as it arrives; `Recognizer.stream` makes it.

    Args:
        model: its encoder has one direction.
        processor: its features are not normalized by their utterance, or by a speaker who is not known.
        decode: (log-probabilities (T, V) float32, seconds of sound) -> final transcript.

    Raises:
        ModelError: the recognizer needs the whole recording.
    """

    def __init__(
        self, model: SpeechRecognizer, processor: SpeechProcessor, decode: Callable[[np.ndarray, float], Transcript]
    ) -> None:
        if not model.is_streaming or processor.statistics == "utterance":
            raise ModelError(
                "this model needs the whole recording: train one with --no-bidirectional, which transcribes a stream"
            )
        if processor.statistics == "speaker":
            raise ModelError(
                "this model needs to know who speaks: adapt it to recordings of the speaker first (--adapt)"
            )
        self._model = model.eval()
        self._processor = processor
        self._decode = decode
        self._device = next(model.parameters()).device
        self._frames = FrameStream(processor.features, warp=processor.warp)
        self._samples = 0
        like = torch.zeros(1, device=self._device)
        self._state = model.initial_state(like)
        self._log_probs: list[np.ndarray] = []
        self._tokens: list[int] = []
        self._last = processor.blank

    @property
    def log_probs(self) -> np.ndarray:
        """The log-probabilities (T, V) float32 so far."""
        empty = np.zeros((0, self._model.vocab_size), np.float32)
        return np.concatenate([empty, *self._log_probs])

    def accept(self, samples: np.ndarray) -> str:
        """Read samples (N,) float32 at the model's sample rate; return the text so far, by greedy search."""
        self._samples += len(samples)
        self._read(self._frames.accept(samples), last=False)
        return self._processor.tokenizer.decode(self._tokens).strip()

    def finish(self) -> Transcript:
        """Return the transcript of the whole stream; it accepts no more samples."""
        seconds = self._samples / self._processor.features.sample_rate
        tail = round(_TAIL_SECONDS * self._processor.features.sample_rate)
        self._read(self._frames.accept(np.zeros(tail, np.float32)), last=False)
        self._read(self._frames.finish(), last=True)
        return self._decode(self.log_probs, seconds)

    def _read(self, features: np.ndarray, *, last: bool) -> None:
        normalized = torch.from_numpy(self._processor.normalize(features)).unsqueeze(0)
        with torch.inference_mode():
            log_probs, self._state = self._model.step(normalized.to(self._device), self._state, last=last)
        scores = log_probs[0].cpu().numpy()
        self._log_probs.append(scores)
        for token in scores.argmax(axis=1).tolist():
            if token not in (self._last, self._processor.blank):
                self._tokens.append(token)
            self._last = token
