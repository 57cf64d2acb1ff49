"""Recognition with an attention decoder: it learns, and transcribes each clip as if it were alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import nlprnn
from nlprnn.audio import FeatureOptions
from nlprnn.batching import SequenceArray, TranscribedBatch
from nlprnn.errors import ModelError, OptionError
from nlprnn.pipelines import Recognizer, Seq2SeqRecognizer, SpeechProcessor, TranscriptionOptions
from nlprnn.tasks.speech.model import build_recognizer, loss_of
from nlprnn.tasks.speech.options import SpeechOptions
from nlprnn.text import WordTokenizer

WORDS = ["yes", "no", "stop", "go"]
PROCESSOR = SpeechProcessor(
    features=FeatureOptions.speech(sample_rate=1000, num_mels=len(WORDS), low_frequency=0.0),
    tokenizer=WordTokenizer.train([" ".join(WORDS)]),
    statistics="none",
)


def clips(number, rng):
    """Clips of one to three words, each of some frames in which its feature is large, and their transcripts."""
    features, texts = [], []
    for _ in range(number):
        words = rng.integers(len(WORDS), size=rng.integers(1, 4))
        frames = np.repeat(words, rng.integers(3, 7, size=len(words)))
        features.append((np.eye(len(WORDS))[frames] + 0.1 * rng.normal(size=(len(frames), 4))).astype(np.float32))
        texts.append(" ".join(WORDS[word] for word in words))
    return SequenceArray.from_sequences(features, dtype=np.float32), texts


@pytest.fixture(scope="module")
def recognizer():
    torch.manual_seed(0)
    options = SpeechOptions(decoder="attention", hidden_size=24, num_layers=1, channels=0, subsampling=1, dropout=0.0)
    network = build_recognizer(PROCESSOR, 1.0, options)
    rng, model, compute_loss = np.random.default_rng(0), network.model.train(), loss_of(network)
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(120):
        features, texts = clips(32, rng)
        targets = SequenceArray.from_sequences(PROCESSOR.tokenizer.encode_batch(texts))
        rows = np.arange(32)
        loss = compute_loss(model, TranscribedBatch(*features.pad(rows), *targets.pad(rows)), None).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network


def test_clips_are_learnt(recognizer):
    features, texts = clips(60, np.random.default_rng(1))
    spoken = recognizer.transcribe_features(features, TranscriptionOptions(beam_size=2))
    assert np.mean([one.text == text for one, text in zip(spoken, texts, strict=True)]) > 0.8
    assert all(0.0 < one.confidence <= 1.0 for one in spoken)


def test_transcripts_do_not_depend_on_the_batch(recognizer):
    features, _ = clips(8, np.random.default_rng(2))
    options = TranscriptionOptions(beam_size=3, n_best=2)
    together = recognizer.transcribe_features(features, options)
    for row, one in zip(features, together, strict=True):
        (alone,) = recognizer.transcribe_features([row], options)
        assert alone.text == one.text
        assert alone.confidence == pytest.approx(one.confidence, rel=1e-4)
        assert len(one.alternatives) == 2


def test_empty_clip_has_no_text(recognizer):
    (empty,) = recognizer.transcribe_features([np.zeros((0, 4), np.float32)])
    assert (empty.text, empty.is_silent) == ("", True)


def test_low_confidence_is_rejected(recognizer):
    noise = [np.full((9, 4), 0.5, np.float32)]
    (one,) = recognizer.transcribe_features(noise, TranscriptionOptions(reject=0.999))
    assert (one.text, one.rejected) == ("", True)


def test_what_needs_ctc_is_refused(recognizer):
    for option in ({"words": ["yes"]}, {"hotwords": ["yes"]}, {"timestamps": True}):
        with pytest.raises(OptionError, match="train one with --decoder ctc"):
            recognizer.transcribe_features([np.zeros((3, 4), np.float32)], TranscriptionOptions(**option))
    with pytest.raises(ModelError, match="whole recording"):
        recognizer.stream()


def test_folder_loads_as_the_same_pipeline(recognizer, tmp_path):
    recognizer.save(tmp_path)
    loaded = nlprnn.load(tmp_path, device="cpu")
    assert isinstance(loaded, Seq2SeqRecognizer)
    features, _ = clips(3, np.random.default_rng(3))
    assert loaded.transcribe_features(features) == recognizer.transcribe_features(features)
    with pytest.raises(ModelError, match="not for Recognizer"):
        Recognizer.load(tmp_path)
