"""Processors of the speakers of clips, for recognizers that normalize features by speakers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nlprnn.audio import extract_features
from nlprnn.batching import SequenceArray
from nlprnn.pipelines import SpeechProcessor
from nlprnn.tasks.speech.data import as_floats, extract
from nlprnn.tasks.speech.model import AnyRecognizer


def clip_processors(
    processor: SpeechProcessor,
    waveforms: SequenceArray,
    speakers: Sequence[str],
    adapt: Callable[[list[np.ndarray]], SpeechProcessor] | None = None,
) -> list[SpeechProcessor]:
    """Return the processor of each clip, adapted to all clips of its speaker.

    Args:
        processor: of a model; one that does not normalize by speakers is that of each clip.
        waveforms: (samples,) int16 of each clip.
        speakers: of each clip; () = not known, so that each clip is a speaker's only one.
        adapt: waveforms (samples,) float32 of a speaker -> processor; None = by the statistics of their features.
    """
    if processor.statistics != "speaker" or not speakers:
        return [processor] * len(waveforms)
    of_speaker: dict[str, SpeechProcessor] = {}
    for speaker in dict.fromkeys(speakers):
        rows = [row for row, name in enumerate(speakers) if name == speaker]
        clips = (as_floats(waveforms[row]) for row in rows)
        if adapt is None:
            of_speaker[speaker] = processor.adapted(extract_features(clip, processor.features) for clip in clips)
        else:
            of_speaker[speaker] = adapt(list(clips))
    return [of_speaker[speaker] for speaker in speakers]


def clip_features(processor: SpeechProcessor, waveforms: SequenceArray, speakers: Sequence[str]) -> SequenceArray:
    """Return the features (T, F) of each clip, normalized by the processor of its speaker.

    Args:
        processor: of a model.
        waveforms: (samples,) int16 of each clip.
        speakers: of each clip; () = not known.
    """
    return extract(waveforms, clip_processors(processor, waveforms, speakers))


def adapted_features(recognizer: AnyRecognizer, waveforms: SequenceArray, speakers: Sequence[str]) -> SequenceArray:
    """Return the same features by a trained recognizer, which chooses the warp of each speaker's frequencies, too.

    Args:
        recognizer: the trained model.
        waveforms: (samples,) int16 of each clip.
        speakers: of each clip; () = not known.
    """
    processors = clip_processors(
        recognizer.processor, waveforms, speakers, lambda clips: recognizer.adapted(clips).processor
    )
    return extract(waveforms, processors)
