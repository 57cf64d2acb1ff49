"""N-grams beside a network: they are left out where they do not lower the validation loss, and read whole texts."""

from __future__ import annotations

import numpy as np
import pytest
from torch.nn import functional

from nlprnn.data import DataReport
from nlprnn.metrics import ACCURACY
from nlprnn.models import EnsembleClassifier, TextClassifier
from nlprnn.modules import Embedding, MaxPooling, OutputHead, RecurrentEncoder
from nlprnn.pipelines import Classifier
from nlprnn.tasks.labelled_texts import LabelledTexts
from nlprnn.tasks.ngrams import NgramFit
from nlprnn.text import WordTokenizer

TEXTS = ["so good " + "filler " * 20 + "great", "so bad " + "filler " * 20 + "awful"] * 20


def fit(validation_targets, *, texts=TEXTS):
    """Fit n-grams beside an untrained network that reads three words."""
    rows = {"train": texts, "validation": texts}
    targets = {"train": np.arange(len(texts)) % 2, "validation": validation_targets}
    data = LabelledTexts(rows, targets, ["good", "bad"], DataReport((), (), {}, {}))
    tokenizer = WordTokenizer.train(texts)
    encoder = RecurrentEncoder(4, 4)
    network = TextClassifier(
        embedding=Embedding(tokenizer.vocab_size, 4),
        encoder=encoder,
        pooling=MaxPooling(4),
        head=OutputHead(4, 2),
        labels=data.labels,
        max_length=3,
    ).eval()
    classifier = Classifier(network, tokenizer)
    return classifier, NgramFit(classifier, data.encode(tokenizer), data, order=2, criterion=functional.cross_entropy)


def test_ngrams_that_help_are_combined_with_the_network_and_read_all_words():
    targets = np.arange(len(TEXTS)) % 2
    classifier, ngrams = fit(targets)
    ensemble = ngrams.ensemble(classifier)
    assert isinstance(ensemble.model, EnsembleClassifier)
    assert (ensemble.model.max_length, classifier.model.max_length) == (20_000, 3)
    texts = ["filler " * 30 + "great", "filler " * 30 + "awful"]
    assert [prediction.label for prediction in ensemble(texts)] == ["good", "bad"]
    (line,) = ngrams.compare(classifier, ensemble, ACCURACY, rows={"validation": slice(None)})
    assert line.endswith("both 100")


def test_ngrams_that_mislead_are_left_out():
    classifier, ngrams = fit(1 - np.arange(len(TEXTS)) % 2)  # words tell the opposite of what they did in training
    assert ngrams.ensemble(classifier) is classifier
    (line,) = ngrams.compare(classifier, classifier, ACCURACY, rows={"validation": slice(None)})
    assert line.split()[-2:] == ["n-grams", "0"]


def test_words_of_single_texts_count_where_there_are_no_others():
    texts = [f"word{number} label{number}" for number in range(6)]
    _, ngrams = fit(np.arange(6) % 2, texts=texts)
    assert ngrams.ngrams.num_ngrams == 3 * len(texts)
    assert ngrams.outputs("train").argmax(dim=1).tolist() == pytest.approx([0, 1] * 3)
