"""Concatenated clips: each clip once, of one speaker, others in each epoch, and the same in a resumed run."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.audio import Augmentation, FeatureOptions
from nlprnn.batching import SequenceArray
from nlprnn.pipelines import SpeechProcessor
from nlprnn.tasks.speech.batches import ClipBatches
from nlprnn.tasks.speech.concatenated_clips import ClipGroups, concatenate_recordings
from nlprnn.tasks.speech.recordings import Recordings
from nlprnn.text import WordTokenizer

RATE = 1000
WORDS = ["yes", "no", "stop", ""] * 8
SPEAKERS = ["ada", "bob"] * 16
PROCESSOR = SpeechProcessor(
    features=FeatureOptions.speech(sample_rate=RATE, num_mels=4, low_frequency=0.0),
    tokenizer=WordTokenizer.train(["yes no stop"]),
)


@settings(max_examples=25)
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30), st.integers(1, 5), st.integers(0, 99))
def test_each_clip_is_in_one_group_of_its_speaker(speakers, most, seed):
    groups = ClipGroups(speakers, most).groups(len(speakers), np.random.default_rng(seed))
    assert sorted(np.concatenate([[], *groups]).tolist()) == list(range(len(speakers)))
    assert all(1 <= len(group) <= most and len({speakers[clip] for clip in group}) == 1 for group in groups)


def waveforms():
    rng = np.random.default_rng(0)
    return SequenceArray.from_sequences((rng.normal(size=(32, 300)) * 3000).astype(np.int16), dtype=np.int16)


def batches(augmentation=None, **options):
    return ClipBatches(
        waveforms(), WORDS, [PROCESSOR] * len(WORDS), augmentation or Augmentation(), batch_size=8, seed=3, **options
    )


def texts(epoch):
    return sorted(
        PROCESSOR.tokenizer.decode(row[mask].tolist()) for batch in epoch for row, mask in zip(*batch[2:], strict=True)
    )


def test_epochs_concatenate_other_clips():
    concatenated = batches(clip_groups=ClipGroups(SPEAKERS, 3))
    first, second = list(concatenated), list(concatenated)
    assert texts(first) != texts(second)
    for epoch in (first, second):
        words = sorted(word for text in texts(epoch) for word in text.split())
        assert words == sorted(filter(None, WORDS))
        assert max(len(batch.features) for batch in epoch) == 4  # eight clips on average


def test_resumed_epoch_has_the_same_clips():
    whole, resumed = (batches(clip_groups=ClipGroups(SPEAKERS, 3)) for _ in range(2))
    list(whole)
    resumed.epoch, resumed.position = 1, 2
    rest = list(whole)[2:]
    again = list(resumed)
    assert len(again) == len(rest) > 0
    assert all(torch.equal(*pair) for one in zip(again, rest, strict=True) for pair in zip(*one, strict=True))


def test_some_clips_are_replaced_by_silence():
    silent = texts(batches(Augmentation(silence=0.5)))
    assert WORDS.count("") < silent.count("") < len(WORDS)
    assert texts(batches(Augmentation(silence=1.0))) == [""] * len(WORDS)


def test_recordings_are_concatenated_with_their_transcripts():
    sounds = [(np.full(100, 0.1, np.float32), RATE)] * 3
    recordings = Recordings(sounds, ["one", "", "two"], ["ada", "ada", "bob"], ["a.wav", "b.wav", "c.wav"], {})
    concatenated = concatenate_recordings(recordings, 2, RATE)
    assert sorted(" ".join(concatenated.transcripts).split()) == ["one", "two"]
    assert sorted(place for name in concatenated.locations for place in name.split(" + ")) == [
        "a.wav",
        "b.wav",
        "c.wav",
    ]
    assert sum(len(wave) for wave in concatenated.waveforms(RATE)) >= 280
    assert "3 clips concatenated" in concatenated.notes[0]
    again = concatenate_recordings(recordings, 2, RATE)
    assert list(again.locations) == list(concatenated.locations)
