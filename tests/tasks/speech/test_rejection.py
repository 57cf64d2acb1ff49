"""The confidence below which transcripts are rejected: between right ones, other words and noise."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nlprnn.audio import FeatureOptions
from nlprnn.batching import SequenceArray
from nlprnn.models import SpeechRecognizer
from nlprnn.modules import OutputHead, RecurrentEncoder
from nlprnn.pipelines import Recognizer, SpeechProcessor
from nlprnn.tasks.speech.rejection import Rejection, best_threshold, fit_rejection
from nlprnn.text import WordTokenizer


def test_threshold_separates_right_from_wrong():
    wrong = {"other words": np.array([0.0, 0.1, 0.2, 0.95]), "noise and silence": np.zeros(3)}
    rejection = best_threshold(np.array([0.8, 0.9, 0.99, 1.0]), wrong)
    assert rejection.threshold == pytest.approx(0.4)  # the geometric mean of 0.2 and 0.8
    assert rejection.accepted == 1.0
    assert rejection.false_accepts == {"other words": 0.25, "noise and silence": 0.0}
    assert "25.0% of other words, 0.0% of noise and silence" in rejection.describe()


class Scripted(Recognizer):
    """A recognizer whose features are the logits of its tokens, so that a clip says what it is."""

    def log_probs(self, features):
        return [torch.from_numpy(np.array(row)).log_softmax(dim=1).numpy() for row in features]


@pytest.fixture
def recognizer():
    tokenizer = WordTokenizer.train(["yes no"])
    options = FeatureOptions.speech(sample_rate=1000, num_mels=tokenizer.vocab_size, low_frequency=0.0)
    encoder = RecurrentEncoder(tokenizer.vocab_size, 2)
    model = SpeechRecognizer(encoder=encoder, head=OutputHead(2, tokenizer.vocab_size))
    processor = SpeechProcessor(
        features=options, tokenizer=tokenizer, statistics="none", words=("yes", "no"), one_word=True
    )
    return Scripted(model, processor)


def clips(recognizer, *texts):
    tokenizer = recognizer.processor.tokenizer
    frames = [np.eye(tokenizer.vocab_size, dtype=np.float32)[tokenizer.encode(text) or [0]] * 9 for text in texts]
    return SequenceArray.from_sequences(frames, dtype=np.float32)


def test_validation_clips_define_the_rejection(recognizer):
    rejection = fit_rejection(recognizer, clips(recognizer, "yes", "no", "no", ""), ["yes", "no", "no", ""])
    assert isinstance(rejection, Rejection)
    assert rejection.accepted == 1.0
    assert rejection.false_accepts["other words"] == 0.0
    assert 0.0 < rejection.threshold < 1.0


def test_no_right_transcript_has_no_confidence(recognizer):
    assert fit_rejection(recognizer, clips(recognizer, "no", "no"), ["yes", "yes"]) is None
