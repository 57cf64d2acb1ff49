from __future__ import annotations

import numpy as np
import pytest
import torch

import nlprnn
from nlprnn.models import BidirectionalLanguageModel
from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.pipelines import TextEncoder
from nlprnn.text import WordTokenizer

TEXTS = ["the cat sat on the mat", "", "a dog"]


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    tokenizer = WordTokenizer.train(TEXTS)
    model = BidirectionalLanguageModel(
        embedding=Embedding(tokenizer.vocab_size, 4), encoder=RecurrentEncoder(4, 3, bidirectional=True)
    )
    return TextEncoder(model.eval(), tokenizer)


def test_each_word_has_a_vector_independent_of_the_batch(encoder):
    vectors = encoder(TEXTS)
    assert [one.shape for one in vectors] == [(6, 6), (0, 6), (2, 6)]
    for text, together in zip(TEXTS, vectors, strict=True):
        np.testing.assert_allclose(encoder([text])[0], together, atol=1e-6)
    assert encoder([]) == []


def test_text_encoder_round_trip(encoder, tmp_path):
    encoder.save(tmp_path)
    loaded = nlprnn.load(tmp_path, device="cpu")
    assert isinstance(loaded, TextEncoder)
    np.testing.assert_array_equal(loaded(TEXTS)[0], encoder(TEXTS)[0])


def test_single_strings_are_errors(encoder):
    with pytest.raises(TypeError, match=r"encoder\(\[text\]\)"):
        encoder("the cat")
