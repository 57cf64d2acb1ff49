"""What pipelines from sound to text have in common: reading, splitting at pauses, silence, batches of segments."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, ClassVar, Self, TypeVar, overload

import numpy as np

from nlprnn.audio import extract_features, stream_audio
from nlprnn.audio.segments import Segment, split_at_pauses
from nlprnn.batching import SequenceArray
from nlprnn.errors import DataError, ModelError
from nlprnn.models.pretrained import PretrainedModel
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.pipelines.speech_processor import SpeechProcessor
from nlprnn.pipelines.speech_stream import RecognizerStream
from nlprnn.pipelines.transcript import Transcript, concatenate
from nlprnn.pipelines.transcription_options import TranscriptionOptions

Sound = str | Path | bytes | BinaryIO | np.ndarray
"""A sound file, its bytes, or a waveform (N,) float32 at the model's sample rate."""

_SILENT = 1e-4
"""Largest sample of a segment that is silent, so that a network which has never had such a one need not read it."""

_BATCH_SEGMENTS = 32

_ADAPTATION_SEGMENTS = 200
"""Segments of a speaker's recordings that are enough."""

ModelT = TypeVar("ModelT", bound=PretrainedModel)


class SpeechPipeline(Pipeline[ModelT, SpeechProcessor]):
    """Base of the pipelines from sound to text; a subclass transcribes features."""

    has_times: ClassVar[bool] = True
    """Whether words have times, which those of an attention decoder have not."""

    def adapted(self, sounds: Iterable[Sound]) -> Self:
        """Return the recognizer for one speaker, whose recordings define what features are normalized by.

        Their transcripts need not be known. Of many segments a random sample is used, always the same.

        Args:
            sounds: of the speaker.

        Raises:
            DataError: a file is missing, damaged or no sound, or nothing can be heard in them.
            ModelError: the model was not trained with statistics of speakers.
        """
        if self.processor.statistics != "speaker":
            raise ModelError(
                "this model does not adapt to speakers: train one with --normalize speaker, and recordings whose "
                "speakers are known"
            )
        rng = np.random.default_rng(0)
        waveforms: list[np.ndarray] = []
        audible = (segment for sound in sounds for segment in self.split(sound) if _is_audible(segment))
        for number, segment in enumerate(audible):  # reservoir sampling: folders are in the order of their words
            if number < _ADAPTATION_SEGMENTS:
                waveforms.append(segment.waveform)
            elif (replaced := int(rng.integers(number + 1))) < _ADAPTATION_SEGMENTS:
                waveforms[replaced] = segment.waveform
        if not waveforms:
            raise DataError("nothing can be heard in the recordings of the speaker: give others")
        return type(self)(self.model, self._adapted_processor(waveforms), folder=self.folder)

    def _adapted_processor(self, waveforms: Sequence[np.ndarray]) -> SpeechProcessor:
        """Return the processor of a speaker with waveforms (N,) float32, in which something can be heard."""
        return self.processor.adapted(extract_features(waveform, self.processor.features) for waveform in waveforms)

    @abstractmethod
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
            OptionError: an option does not fit the model.
        """

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
        segments = ((segment, last) for sound in sounds for segment, last in _with_last(self.split(sound)))
        while batch := list(islice(segments, _BATCH_SEGMENTS)):
            audible = [segment.waveform for segment, _ in batch if _is_audible(segment)]
            features = [self.processor(waveform) for waveform in audible]
            seconds = [len(waveform) / rate for waveform in audible]
            decoded = iter(self.transcribe_features(features, options, seconds=seconds))
            for segment, last in batch:
                if _is_audible(segment):
                    yield next(decoded).shifted(segment.start / rate), last
                else:
                    yield Transcript("", 1.0, len(segment.waveform) / rate), last

    def split(self, sound: Sound) -> Iterator[Segment]:
        """Yield a recording in segments of at most 20 s, which end where it is most quiet.

        Raises:
            DataError: a file is missing, damaged or no sound.
        """
        rate = self.processor.features.sample_rate
        blocks = [sound] if isinstance(sound, np.ndarray) else stream_audio(sound, rate)
        return split_at_pauses(blocks, rate)

    def stream(self, options: TranscriptionOptions | None = None) -> RecognizerStream:
        """Return a stream that transcribes speech as it is spoken.

        Args:
            options: of the final transcript; None = defaults.

        Raises:
            ModelError: the model needs the whole recording.
        """
        raise ModelError(
            "a model with an attention decoder needs the whole recording: train one with --decoder ctc "
            "--no-bidirectional, which transcribes a stream"
        )


def _is_audible(segment: Segment) -> bool:
    return bool(np.abs(segment.waveform).max(initial=0.0) > _SILENT)


def _with_last(segments: Iterator[Segment]) -> Iterator[tuple[Segment, bool]]:
    """Yield each segment, and whether it is the last one."""
    current = next(segments)
    for following in segments:
        yield current, False
        current = following
    yield current, True
