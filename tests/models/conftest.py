from __future__ import annotations

import pytest
import torch

from nlprnn.models import LanguageModel, Seq2Seq, TextClassifier
from nlprnn.modules import AttentionDecoder, Bridge, ClassificationHead, Embedding, MaxPooling, RecurrentEncoder
from nlprnn.modules.attention import ATTENTIONS


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.fixture
def make_classifier():
    """Build a tiny classifier, ready to use."""

    def make(*, pooling=MaxPooling, bidirectional=True, hidden_size=0, labels=("no", "yes"), **options):
        encoder = RecurrentEncoder(3, 4, bidirectional=bidirectional, **options)
        pool = pooling(encoder.output_size)
        return TextClassifier(
            embedding=Embedding(9, 3),
            encoder=encoder,
            pooling=pool,
            head=ClassificationHead(pool.output_size, len(labels), hidden_size=hidden_size),
            labels=labels,
        ).eval()

    return make


@pytest.fixture
def make_language_model():
    """Build a tiny language model, ready to use."""

    def make(*, tied=True, hidden_size=4, output_dropout=0.0, embedding_size=3, **options):
        return LanguageModel(
            embedding=Embedding(9, embedding_size),
            encoder=RecurrentEncoder(embedding_size, hidden_size, **options),
            tied=tied,
            output_dropout=output_dropout,
        ).eval()

    return make


@pytest.fixture
def make_seq2seq():
    """Build a tiny model from sequences to sequences, ready to use: 9 source tokens, 9 or 11 target tokens."""

    def make(
        *,
        cell="lstm",
        source_cell="lstm",
        layers=1,
        attention="general",
        feeding=False,
        shared=True,
        tied=True,
        **options,
    ):
        encoder = RecurrentEncoder(3, 2, cell=source_cell, num_layers=layers, bidirectional=True)
        reads = ATTENTIONS[attention](4, encoder.output_size)
        return Seq2Seq(
            source_embedding=Embedding(9, 3),
            target_embedding=None if shared else Embedding(11, 5),
            encoder=encoder,
            bridge=Bridge(encoder.output_size, 4, num_layers=layers, cell=cell),
            decoder=AttentionDecoder(
                3 if shared else 5,
                4,
                (3 if shared else 5) if tied else 6,
                attention=reads,
                cell=cell,
                num_layers=layers,
                input_feeding=feeding,
                **options,
            ),
            tied=tied,
        ).eval()

    return make


@pytest.fixture
def batch():
    """Ids and mask of three rows of unequal length, one of padding alone."""
    mask = torch.arange(5) < torch.tensor([5, 0, 2])[:, None]
    return torch.randint(1, 9, (3, 5)) * mask, mask
