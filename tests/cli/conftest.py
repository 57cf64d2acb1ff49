from __future__ import annotations

import pytest
import torch
from click.testing import CliRunner

from nlprnn import Classifier, Generator
from nlprnn.cli.main import main
from nlprnn.models import LanguageModel, TextClassifier
from nlprnn.modules import ClassificationHead, Embedding, MaxPooling, RecurrentEncoder
from nlprnn.text import CharacterTokenizer, WordTokenizer

TEXTS = ["a good film", "a bad film", "a dull plot , poorly told", "great fun"]


@pytest.fixture(scope="session")
def classifier_folder(tmp_path_factory):
    """A model folder with an untrained classifier of three labels."""
    torch.manual_seed(0)
    tokenizer = WordTokenizer.train(TEXTS, min_frequency=1)
    embedding = Embedding(tokenizer.vocab_size, 6)
    encoder = RecurrentEncoder(6, 5, bidirectional=True)
    model = TextClassifier(
        embedding=embedding,
        encoder=encoder,
        pooling=MaxPooling(encoder.output_size),
        head=ClassificationHead(encoder.output_size, 3),
        labels=["bad", "good", "mixed"],
        max_length=50,
    )
    folder = tmp_path_factory.mktemp("models") / "classifier"
    Classifier(model, tokenizer).save(folder)
    return folder


@pytest.fixture(scope="session")
def generator_folder(tmp_path_factory):
    """A model folder with an untrained language model of characters."""
    torch.manual_seed(0)
    tokenizer = CharacterTokenizer.train(["Once upon a time there was a fox.\nThe fox said: no!\n"])
    embedding = Embedding(tokenizer.vocab_size, 6)
    model = LanguageModel(embedding=embedding, encoder=RecurrentEncoder(6, 8), output_dropout=0.0)
    with torch.no_grad():  # it never ends a text, so that lengths can be counted
        model.output_bias[[tokenizer.bos_id, tokenizer.eos_id]] = -1e4
    folder = tmp_path_factory.mktemp("models") / "generator"
    Generator(model, tokenizer).save(folder)
    return folder


@pytest.fixture
def nlprnn_command():
    """Call the command with arguments, and with standard input where given; return click's result."""

    def call(*arguments, **options):
        return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="nlprnn", **options)

    return call


@pytest.fixture
def fails(nlprnn_command):
    """Call the command, which must fail with one error line that holds each of the words; return the line."""

    def call(*arguments, words, **options):
        result = nlprnn_command(*arguments, **options)
        assert result.exit_code in (1, 2), result.output
        assert isinstance(result.exception, SystemExit), repr(result.exception)
        assert "Traceback" not in result.output
        errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
        # A sentence is one line; before it there may be click's two lines on usage.
        assert len(errors) == 1
        assert result.stderr.endswith(errors[0] + "\n")
        for word in words:
            assert str(word) in errors[0]
        return errors[0]

    return call
