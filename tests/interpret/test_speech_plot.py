"""Pictures of speech: words where they are spoken, and numbers where they were confused."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from nlprnn.audio import FeatureOptions
from nlprnn.interpret.confusion_plot import plot_confusion
from nlprnn.interpret.speech_plot import plot_transcript
from nlprnn.models import SpeechRecognizer
from nlprnn.modules import OutputHead, RecurrentEncoder
from nlprnn.pipelines import Recognizer, SpeechProcessor, TranscriptionOptions
from nlprnn.tasks.speech.confusion import count_confusions
from nlprnn.text import WordTokenizer


@pytest.fixture
def drawn(monkeypatch):
    """The figures that are written."""
    figures = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda figure, *a, **k: (figures.append(figure), save(figure, *a, **k)))
    return figures


class Scripted(Recognizer):
    """A recognizer that hears yes in its third output, and no in its sixth."""

    def log_probs(self, features):
        probabilities = np.full((8, self.model.vocab_size), 0.01)
        tokens = self.processor.tokenizer.encode("yes no")
        probabilities[np.arange(8), [0, 0, tokens[0], 0, 0, tokens[1], 0, 0]] = 1.0
        return [np.log(probabilities / probabilities.sum(axis=1, keepdims=True)).astype(np.float32)]


def test_words_are_written_where_they_are_spoken(drawn, tmp_path):
    tokenizer = WordTokenizer.train(["yes no"])
    features = FeatureOptions.speech(sample_rate=1000, num_mels=6, low_frequency=0.0)
    model = SpeechRecognizer(encoder=RecurrentEncoder(6, 2), head=OutputHead(2, tokenizer.vocab_size))
    recognizer = Scripted(model, SpeechProcessor(features=features, tokenizer=tokenizer))
    wave = np.random.default_rng(0).normal(size=80).astype(np.float32)
    options = TranscriptionOptions(timestamps=True)
    transcript = plot_transcript(recognizer, wave, tmp_path / "a.svg", options)
    assert transcript.text == "yes no"
    (figure,) = drawn
    for axes in figure.axes:  # above the spectrogram, and at the peaks of the probabilities
        places = {text.get_text(): text.xy[0] for text in axes.texts}
        assert places == pytest.approx({"yes": 0.025, "no": 0.055})
    assert len(figure.axes[1].lines) == 3  # two words and the blank
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_confusions_have_their_numbers(drawn, tmp_path):
    counts, names = count_confusions(["a b c", "a c", "b b x"], ["a b c", "a b c", "b a"])
    assert names == ["a", "b", "c", "x", "–"]
    expected = np.zeros((5, 5), int)
    expected[0, 0] = expected[1, 1] = expected[2, 2] = 2
    expected[1, 4] = 1  # deleted once
    assert counts.sum() == 9
    assert np.array_equal(counts[:3, :3].diagonal(), expected[:3, :3].diagonal())
    assert counts[1, 4] == 1
    plot_confusion(counts, names, tmp_path / "b.png")
    assert sorted(int(text.get_text()) for text in drawn[0].axes[0].texts) == sorted(counts[counts > 0].tolist())
