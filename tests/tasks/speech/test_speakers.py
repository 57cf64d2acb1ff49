"""Processors of speakers: what a microphone adds to all clips of a speaker is taken out, what differs stays."""

from __future__ import annotations

import numpy as np
import pytest

from nlprnn.audio import FeatureOptions, Normalization, extract_features
from nlprnn.batching import SequenceArray
from nlprnn.errors import OptionError
from nlprnn.pipelines import SpeechProcessor
from nlprnn.tasks.speech.data import as_floats
from nlprnn.tasks.speech.model import build_processor
from nlprnn.tasks.speech.options import SpeechOptions
from nlprnn.tasks.speech.recordings import Recordings
from nlprnn.tasks.speech.speakers import clip_features, clip_processors
from nlprnn.text import WordTokenizer

RATE, CLIPS = 2000, 6
SPEAKERS = ["ada"] * CLIPS + ["bob"] * CLIPS
OPTIONS = SpeechOptions(normalize="speaker", num_mels=8)


def waveforms():
    """Clips of two seconds by one speaker, and the same clips by a microphone with more treble."""
    clips = np.random.default_rng(0).normal(size=(CLIPS, 2 * RATE)).cumsum(axis=1)
    treble = np.diff(clips, axis=1, append=0.0)
    both = [*(2000 * clips / clips.std()), *(2000 * treble / treble.std())]
    return SequenceArray.from_sequences([clip.astype(np.int16) for clip in both], dtype=np.int16)


def recordings(speakers):
    return Recordings([b""] * len(SPEAKERS), ["yes", "no"] * CLIPS, speakers, [""] * len(SPEAKERS), {})


def test_microphone_of_a_speaker_is_taken_out():
    processor = build_processor(recordings(SPEAKERS), waveforms(), RATE, OPTIONS)
    ada, bob = np.split(clip_features(processor, waveforms(), SPEAKERS).values, 2)
    assert np.abs(ada - bob).mean() < 0.25
    training = build_processor(recordings(SPEAKERS), waveforms(), RATE, SpeechOptions(num_mels=8))
    ada, bob = np.split(clip_features(training, waveforms(), SPEAKERS).values, 2)
    assert np.abs(ada - bob).mean() > 0.6


def test_any_speaker_is_the_average_of_speakers():
    processor = build_processor(recordings(SPEAKERS), waveforms(), RATE, OPTIONS)
    features = [extract_features(as_floats(clip), processor.features) for clip in waveforms()]
    means = [np.concatenate(rows).mean(axis=0) for rows in (features[:CLIPS], features[CLIPS:])]
    assert processor.normalization.mean == pytest.approx(np.mean(means, axis=0), abs=1e-4)


def test_clips_of_a_speaker_have_one_processor():
    average = Normalization(np.zeros(8, np.float32), np.ones(8, np.float32))
    processor = SpeechProcessor(
        features=FeatureOptions.speech(sample_rate=RATE, num_mels=8),
        tokenizer=WordTokenizer.train(["yes no"]),
        statistics="speaker",
        normalization=average,
    )
    processors = clip_processors(processor, waveforms(), SPEAKERS)
    assert [one is processors[0] for one in processors] == [True] * CLIPS + [False] * CLIPS
    assert clip_processors(processor, waveforms(), ()) == [processor] * len(SPEAKERS)


def test_statistics_of_speakers_need_speakers():
    with pytest.raises(OptionError, match="--speaker-field"):
        build_processor(recordings(()), waveforms(), RATE, OPTIONS)
