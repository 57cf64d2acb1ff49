"""Every pipeline takes texts in any sequence, and names the row that is no text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from nlprnn.interpret import explain
from nlprnn.models import BidirectionalLanguageModel, TextRegressor
from nlprnn.modules import Embedding, MaxPooling, OutputHead, RecurrentEncoder
from nlprnn.pipelines import GenerationOptions, Regressor, TextEncoder
from nlprnn.text import WordTokenizer

TEXTS = ["The cat sat.", "", "The dog did not."]
TOKENIZER = WordTokenizer.train(TEXTS)


@pytest.fixture(params=["classify", "explain", "rate", "tag", "translate", "generate", "score", "score each", "encode"])
def call(request, make_classifier, make_tagger, make_translator, make_generator):
    """A function from texts to a list of answers that can be compared."""
    torch.manual_seed(0)
    embedding, encoder = Embedding(TOKENIZER.vocab_size, 4), RecurrentEncoder(4, 3, bidirectional=True)
    if request.param == "rate":
        model = TextRegressor(embedding=embedding, encoder=encoder, pooling=MaxPooling(6), head=OutputHead(6, 1))
        return Regressor(model.eval(), TOKENIZER)
    if request.param == "encode":
        encode = TextEncoder(BidirectionalLanguageModel(embedding=embedding, encoder=encoder).eval(), TOKENIZER)
        return lambda texts: [vectors.tolist() for vectors in encode(texts)]
    calls = {
        "classify": lambda: make_classifier(),
        "explain": lambda: lambda texts: [one.scores.tolist() for one in explain(make_classifier(), texts, steps=2)],
        "tag": lambda: make_tagger(),
        "translate": lambda: make_translator(),
        "generate": lambda: lambda texts: make_generator()(texts, GenerationOptions(length=3, temperature=0)),
        "score": lambda: lambda texts: [make_generator().score(texts)],
        "score each": lambda: make_generator().score_each,
    }
    return calls[request.param]()


def test_all_kinds_of_sequences_have_the_same_answers(call):
    answers = call(TEXTS)
    for texts in (tuple(TEXTS), iter(TEXTS), np.array(TEXTS), pd.Series(TEXTS, index=[3, 3, 1])):
        assert call(texts) == answers


@pytest.mark.parametrize("value", [None, float("nan"), 5, b"cat"])
def test_rows_that_are_no_text_are_named(call, value):
    with pytest.raises(TypeError, match=r"text 2 \(counted from 0\)"):
        call([*TEXTS[:2], value])


def test_tables_and_strings_are_refused(call):
    for table in (pd.DataFrame({"id": [1, 2, 3], "text": TEXTS}), "The cat", {"text": TEXTS}, None):
        with pytest.raises(TypeError, match="give a list"):
            call(table)


def test_prompts_are_strings(make_generator):
    for prompt in (None, ["The cat"]):
        with pytest.raises(TypeError, match="not a string"):
            make_generator().stream(prompt)
