from __future__ import annotations

import pytest
import torch

from nlprnn import Classifier, Generator, Tagger, Translator
from nlprnn.models import LanguageModel, Seq2Seq, TextClassifier, TokenTagger
from nlprnn.modules import (
    AttentionDecoder,
    Bridge,
    CharacterEmbedding,
    ClassificationHead,
    Embedding,
    GeneralAttention,
    LinearChainCRF,
    MaxPooling,
    RecurrentEncoder,
)
from nlprnn.text import BPETokenizer, CharacterTokenizer, SpelledWordTokenizer, WordTokenizer

TEXTS = [
    "The cat sat on the mat, and the dog did not.",
    'She said "hello" to (all) of them.',
    "你好,世界! 今天天气很好。日本語もできます。",
    "Ça va très bien 😀 👩‍👩‍👧 🎉🎉, naïve café",
]
TOKENIZERS = {
    "character": CharacterTokenizer.train(TEXTS),
    "word": WordTokenizer.train(TEXTS),
    "bpe": BPETokenizer.train(TEXTS * 2, vocab_size=290),
}


def shaken(model):
    """Weights large enough that every input makes a difference to the output."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.8)
    return model.eval()


@pytest.fixture(params=TOKENIZERS)
def tokenizer(request):
    return TOKENIZERS[request.param]


@pytest.fixture
def make_generator():
    """Build a generator whose tiny model has random weights."""

    def make(tokenizer="character", *, seed=0, **options):
        torch.manual_seed(seed)
        tokenizer = TOKENIZERS[tokenizer]
        encoder = RecurrentEncoder(4, 6, **options)
        model = LanguageModel(embedding=Embedding(tokenizer.vocab_size, 4), encoder=encoder, tied=False)
        generator = Generator(shaken(model), tokenizer)
        generator.model.output_bias.data.zero_()
        generator.model.embedding.weight.data *= 4
        return generator

    return make


@pytest.fixture
def make_classifier():
    """Build a classifier whose tiny model has random weights."""

    def make(tokenizer="word", *, max_length=50, **options):
        torch.manual_seed(0)
        tokenizer = TOKENIZERS[tokenizer]
        encoder = RecurrentEncoder(4, 3, bidirectional=True, **options)
        model = TextClassifier(
            embedding=Embedding(tokenizer.vocab_size, 4),
            encoder=encoder,
            pooling=MaxPooling(6),
            head=ClassificationHead(6, 3),
            labels=["one", "two", "three"],
            max_length=max_length,
        )
        return Classifier(shaken(model), tokenizer)

    return make


@pytest.fixture
def make_translator():
    """Build a translator whose tiny model has random weights and ends its sentences soon."""

    def make(tokenizer="bpe", *, seed=0, max_length=30, **options):
        torch.manual_seed(seed)
        tokenizer = TOKENIZERS[tokenizer]
        encoder = RecurrentEncoder(4, 3, bidirectional=True, **options)
        model = Seq2Seq(
            source_embedding=Embedding(tokenizer.vocab_size, 4),
            encoder=encoder,
            bridge=Bridge(encoder.output_size, 5),
            decoder=AttentionDecoder(4, 5, 4, attention=GeneralAttention(5, encoder.output_size), **options),
            max_length=max_length,
        )
        translator = Translator(shaken(model), tokenizer)
        model.source_embedding.weight.data *= 3
        model.output_bias.data[tokenizer.eos_id] = 5.0
        return translator

    return make


@pytest.fixture
def log_probabilities():
    """Score a translation in one go."""

    def score(translator, source, ids):
        """(len(ids) + 1, V) float64: of each token of a translation and of the end after it, read in one go."""
        ends = [translator.tokenizer.bos_id, *ids]
        sources = torch.from_numpy(translator.encode_source([source])[0]).long()[None]
        target = torch.tensor([ends])
        with torch.inference_mode():
            vectors = translator.model(sources, torch.ones_like(sources, dtype=torch.bool), target, target >= 0)
            return translator.model.logits(vectors).double().log_softmax(dim=1)

    return score


@pytest.fixture
def make_tagger():
    """Build a tagger whose tiny model has random weights."""

    def make(*, labels=("O", "B-X", "I-X"), characters=True, crf=True, max_word_length=10):
        torch.manual_seed(0)
        tokenizer = SpelledWordTokenizer.train(TEXTS)
        spelled = CharacterEmbedding(tokenizer.characters.vocab_size, 3, 2) if characters else None
        encoder = RecurrentEncoder(4 + (spelled.output_size if spelled else 0), 3, bidirectional=True)
        model = TokenTagger(
            embedding=Embedding(tokenizer.vocab_size, 4, word_dropout=0.5),
            characters=spelled,
            encoder=encoder,
            head=ClassificationHead(encoder.output_size, len(labels)),
            crf=LinearChainCRF(len(labels), scheme_labels=labels) if crf else None,
            labels=labels,
            max_word_length=max_word_length,
        )
        tagger = Tagger(shaken(model), tokenizer)
        output = tagger.model.head.layers[-1]
        output.weight.data *= 6
        output.bias.data.zero_()
        return tagger

    return make
