"""Tiny models, tokenizers and pipelines that tests of several rooms share."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import sys

import pytest
import torch
from hypothesis import HealthCheck, settings

from nlprnn import Classifier, Generator, Tagger, Translator
from nlprnn.models import LanguageModel, Seq2Seq, TextClassifier, TokenTagger
from nlprnn.modules import (
    AttentionDecoder,
    Bridge,
    CharacterEmbedding,
    Embedding,
    GeneralAttention,
    LinearChainCRF,
    MaxPooling,
    OutputHead,
    RecurrentEncoder,
)
from nlprnn.modules.attention import ATTENTIONS
from nlprnn.text import BPETokenizer, CharacterTokenizer, WordCharTokenizer, WordTokenizer

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

# The same examples in each run, so that a failure is repeatable, and few, since more of the same prove no more;
# `--hypothesis-profile=default` looks for new ones, and for more. How long one takes depends on what else the machine
# does.
settings.register_profile(
    "repeatable", max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")


def pytest_configure():
    """Use one thread per process, here and in those that tests start, as the suite runs one per CPU; save time.

    No test cuts the power, so thousands of small files need not wait for the disk; programs that tests start need not
    compile the package each time, whatever the environment says of bytecode; and two libraries that `accelerate` looks
    for at each step, and at each call of a model, are known to be missing.
    """
    os.fsync = lambda descriptor: None
    sys.modules.update(dict.fromkeys(("deepspeed", "lomo_optim")))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


def pytest_collection_finish():
    """Leave what the collection has made out of later garbage collections, which would look through it for nothing."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """Return one worker per CPU for the whole suite, and none for chosen files, which start sooner without."""
    if any(config.invocation_params.dir.joinpath(argument) != config.rootpath / "tests" for argument in config.args):
        return 0
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


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
def forked():
    """Start a function in a forked process with pipes, like `subprocess.Popen` a program, without loading torch again.

    The function returns the process, standard input (to write bytes to), standard output and standard error.
    """
    ends = contextlib.ExitStack()

    def start(function):
        pipes = [os.pipe(), os.pipe()[::-1], os.pipe()[::-1]]  # of each, the end of the process first

        def work():
            for number, (inner, outer) in enumerate(pipes):
                os.dup2(inner, number)
                os.close(inner)
                os.close(outer)
            sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
            function()

        process = multiprocessing.get_context("fork").Process(target=work)
        process.start()
        ends.callback(process.kill)
        for inner, _ in pipes:
            os.close(inner)
        modes = ("wb", "rb", "rb")
        return process, *(ends.enter_context(os.fdopen(pipe[1], mode)) for pipe, mode in zip(pipes, modes, strict=True))

    with ends:
        yield start


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
            head=OutputHead(6, 3),
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
        tokenizer = WordCharTokenizer.train(TEXTS)
        spelled = CharacterEmbedding(tokenizer.characters.vocab_size, 3, 2) if characters else None
        encoder = RecurrentEncoder(4 + (spelled.output_size if spelled else 0), 3, bidirectional=True)
        model = TokenTagger(
            embedding=Embedding(tokenizer.vocab_size, 4, word_dropout=0.5),
            characters=spelled,
            encoder=encoder,
            head=OutputHead(encoder.output_size, len(labels)),
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


@pytest.fixture
def make_text_classifier():
    """Build a tiny classifier, ready to use."""

    def make(*, pooling=MaxPooling, bidirectional=True, hidden_size=0, labels=("no", "yes"), **options):
        encoder = RecurrentEncoder(3, 4, bidirectional=bidirectional, **options)
        pool = pooling(encoder.output_size)
        return TextClassifier(
            embedding=Embedding(9, 3),
            encoder=encoder,
            pooling=pool,
            head=OutputHead(pool.output_size, len(labels), hidden_size=hidden_size),
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
