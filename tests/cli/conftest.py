from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from nlprnn import Classifier, Generator, Regressor, Tagger, Translator
from nlprnn.batching import SequenceArray
from nlprnn.cli.main import main
from nlprnn.models import LanguageModel, Seq2Seq, TextClassifier, TextRegressor, TokenTagger
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
from nlprnn.text import BPETokenizer, CharacterTokenizer, WordCharTokenizer, WordTokenizer

PAIRS = [
    ("a dog runs.", "ein Hund rennt."),
    ("two men sleep in the garden.", "zwei Männer schlafen im Garten."),
    ("the bakery is open.", "die Bäckerei ist offen."),
    ("a child reads.", "طفل يقرأ."),
    ("你好,世界!", "Hallo, Welt!"),
]
STORY = "Once upon a time there was a fox.\nThe fox said: no!\n"
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
        head=OutputHead(encoder.output_size, 3),
        labels=["bad", "good", "mixed"],
        max_length=50,
    )
    folder = tmp_path_factory.mktemp("models") / "classifier"
    Classifier(model, tokenizer).save(folder)
    return folder


@pytest.fixture(scope="session")
def regressor_folder(tmp_path_factory):
    """A model folder with an untrained regressor."""
    torch.manual_seed(0)
    tokenizer = WordTokenizer.train(["a good film", "a bad plot"])
    model = TextRegressor(
        embedding=Embedding(tokenizer.vocab_size, 4),
        encoder=RecurrentEncoder(4, 3),
        pooling=MaxPooling(3),
        head=OutputHead(3, 1),
        mean=10.0,
        std=2.0,
    )
    folder = tmp_path_factory.mktemp("models") / "regressor"
    Regressor(model, tokenizer).save(folder)
    return folder


def make_generator(tokenizer):
    """An untrained language model."""
    torch.manual_seed(0)
    embedding = Embedding(tokenizer.vocab_size, 6)
    model = LanguageModel(embedding=embedding, encoder=RecurrentEncoder(6, 8), output_dropout=0.0)
    with torch.no_grad():  # it never ends a text, so that lengths can be counted
        model.output_bias[[tokenizer.bos_id, tokenizer.eos_id]] = -1e4
    return Generator(model, tokenizer)


@pytest.fixture(scope="session")
def generator_folder(tmp_path_factory):
    """A model folder with an untrained language model of characters."""
    folder = tmp_path_factory.mktemp("models") / "generator"
    make_generator(CharacterTokenizer.train([STORY])).save(folder)
    return folder


@pytest.fixture(scope="session")
def subword_generator_folder(tmp_path_factory):
    """A model folder with an untrained language model of subwords."""
    folder = tmp_path_factory.mktemp("models") / "subwords"
    make_generator(BPETokenizer.train([STORY] * 2, vocab_size=300)).save(folder)
    return folder


def make_translator(pairs=PAIRS, *, steps=0, seed=0):
    """A tiny translator, which learns a few sentences by heart in `steps` steps."""
    torch.manual_seed(seed)
    tokenizer = BPETokenizer.train([text for pair in pairs for text in pair] * 2, vocab_size=300)
    encoder = RecurrentEncoder(16, 16, bidirectional=True)
    model = Seq2Seq(
        source_embedding=Embedding(tokenizer.vocab_size, 16),
        encoder=encoder,
        bridge=Bridge(encoder.output_size, 16),
        decoder=AttentionDecoder(16, 16, 16, attention=GeneralAttention(16, encoder.output_size)),
        max_length=40,
    )
    translator = Translator(model, tokenizer)
    rows = np.arange(len(pairs))
    source = translator.encode_source([source for source, _ in pairs]).pad(rows)
    target = translator.encode_target([target for _, target in pairs]).pad(rows)
    read = target[1][:, 1:]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(steps):
        logits = model.logits(model(*source, target[0][:, :-1], read))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits, target[0][:, 1:][read]).backward()
        optimizer.step()
    return translator


@pytest.fixture(scope="session")
def translator_folders(tmp_path_factory):
    """Folders with tiny translators: "one" knows `PAIRS`; "two" has the same tokenizer, "other" has not."""
    root = tmp_path_factory.mktemp("translators")
    make_translator(steps=60).save(root / "one")
    make_translator(seed=1).save(root / "two")
    make_translator(PAIRS[:1]).save(root / "other")
    return root


@pytest.fixture
def translator_folder(translator_folders):
    """A folder with a tiny translator that knows `PAIRS` by heart."""
    return translator_folders / "one"


@pytest.fixture(scope="session")
def pairs():
    """The sentences that the tiny translator knows, with their translations."""
    return PAIRS


NAMES = [
    (["Anna", "Berg", "left", "Rome", "on", "Monday", "."], ["B-PER", "I-PER", "O", "B-LOC", "O", "O", "O"]),
    (["Ask", "Anna", "."], ["O", "B-PER", "O"]),
    (["It", "rains", "."], ["O", "O", "O"]),
    (["Rome", "and", "Paris", "sleep"], ["B-LOC", "O", "B-LOC", "O"]),
]


def make_tagger(sentences, labels, *, steps=60):
    """A tiny tagger, which learns a few sentences by heart."""
    torch.manual_seed(0)
    tokenizer = WordCharTokenizer.train_on_words([words for words, _ in sentences])
    spelled = CharacterEmbedding(tokenizer.characters.vocab_size, 4, 4)
    encoder = RecurrentEncoder(8 + spelled.output_size, 8, bidirectional=True)
    model = TokenTagger(
        embedding=Embedding(tokenizer.vocab_size, 8),
        characters=spelled,
        encoder=encoder,
        head=OutputHead(encoder.output_size, len(labels)),
        crf=LinearChainCRF(len(labels), scheme_labels=labels),
        labels=labels,
    )
    tagger = Tagger(model, tokenizer)
    rows = np.arange(len(sentences))
    batch = tagger.encode([words for words, _ in sentences]).pad(rows)
    targets = SequenceArray.from_sequences([[labels.index(tag) for tag in tags] for _, tags in sentences])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(steps):
        optimizer.zero_grad()
        model.nll(model(*batch), batch.mask, targets.pad(rows)[0]).backward()
        optimizer.step()
    return tagger


@pytest.fixture(scope="session")
def tagger_folder(tmp_path_factory):
    """A model folder with a tiny tagger that knows `NAMES` by heart."""
    folder = tmp_path_factory.mktemp("models") / "tagger"
    make_tagger(NAMES, ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]).save(folder)
    return folder


@pytest.fixture(scope="session")
def word_tagger_folder(tmp_path_factory):
    """A model folder with a tiny tagger of parts of speech."""
    folder = tmp_path_factory.mktemp("models") / "word_tagger"
    make_tagger([(["dogs", "sleep"], ["NOUN", "VERB"]), (["sleep"], ["VERB"])], ["NOUN", "VERB"]).save(folder)
    return folder


@pytest.fixture(scope="session")
def names():
    """The sentences that the tiny tagger knows, with their tags."""
    return NAMES


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


@pytest.fixture
def isolated_cache(tmp_path_factory, monkeypatch):
    """Keep the tables that tests make out of the user's cache."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("cache"))


@pytest.fixture
def write(tmp_path):
    """Write rows of two columns as JSON lines and return the path."""

    def call(name, columns, rows):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows))
        return path

    return call


@pytest.fixture
def evaluate(nlprnn_command):
    """Call `nlprnn evaluate` with model, data set and further arguments, which must work; return click's result."""

    def call(model, dataset, *arguments):
        result = nlprnn_command("evaluate", "--model", model, "--dataset", dataset, *arguments)
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    return call
