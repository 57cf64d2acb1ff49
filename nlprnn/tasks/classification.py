"""What the recipes of classification share: options of a network, labelled texts, and vectors of words."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import click
import torch

from nlprnn.experiment.run import Run
from nlprnn.experiment.run_folder import PRETRAINING
from nlprnn.models import BidirectionalLanguageModel
from nlprnn.models.text_model import TextModel
from nlprnn.modules import Embedding
from nlprnn.modules.pooling import POOLINGS
from nlprnn.modules.recurrent_layer import Cell
from nlprnn.pipelines import Classifier, Regressor
from nlprnn.tasks.labelled_texts import LabelledTexts
from nlprnn.tasks.pretraining import pretrain, pretrained_words, start_from
from nlprnn.text import WordTokenizer, read_vectors
from nlprnn.training.fine_tuning import discriminative_groups
from nlprnn.training.metrics_log import read_metrics
from nlprnn.training.schedules import cosine, slanted_triangular

SIZE = click.IntRange(min=1)
RATE, POSITIVE = click.FloatRange(min=0), click.FloatRange(min=0, min_open=True)
PROBABILITY = click.FloatRange(0, 1, max_open=True)
_UNFREEZE = 0.1
"""Part of the training after which each part below the head begins to learn, where it is pretrained."""

_OPTIONS = (
    click.option("--text-field", help="Field with the text, or several (title,body); guessed if not given."),
    click.option("--label-field", help="Field with the label; guessed if not given."),
    click.option(
        "--vectors", type=click.Path(path_type=Path), help="Pretrained word vectors; the first 100,000 are read."
    ),
    click.option("--min-frequency", type=SIZE, default=2, help="Words seen less often in training are unknown."),
    click.option("--max-length", type=SIZE, default=2048, help="Words read of a text."),
    click.option("--embedding-size", type=SIZE, default=128, help="Width of a word's trained vector."),
    click.option("--cell", type=click.Choice(["lstm", "gru", "rnn"]), default="lstm", help="Recurrent cell."),
    click.option("--hidden-size", type=SIZE, default=128, help="Width of a recurrent layer, in each direction."),
    click.option("--layers", type=SIZE, default=1, help="Recurrent layers."),
    click.option("--pooling", type=click.Choice(list(POOLINGS)), default="max", help="Words -> the text's vector."),
    click.option("--dropout", type=PROBABILITY, default=0.5, help="Between layers and on the text's vector."),
    click.option("--embedding-dropout", type=PROBABILITY, default=0.3, help="On word vectors."),
    click.option(
        "--word-dropout", type=PROBABILITY, help="Words made unknown in training.  [default: 0.3; 0.6 with vectors]"
    ),
    click.option("--r-drop", type=RATE, default=1.0, help="Weight of R-Drop; 0 halves the time."),
    click.option("--batch-size", type=SIZE, default=64, help="Most texts of a batch."),
    click.option(
        "--learning-rate",
        type=POSITIVE,
        help="Highest rate, after warm-up.  [default: 2e-3; 1e-2 with --tuning gradual]",
    ),
    click.option(
        "--pretrain",
        type=click.IntRange(min=0),
        is_flag=False,
        flag_value=4,
        default=0,
        help="Train the encoder as a language model first, for so many epochs (4 if no number is given), on half of "
        "--max-minutes.",
    ),
    click.option(
        "--pretrain-from",
        type=click.Path(path_type=Path),
        help="Folder of another run with --pretrain: begin with its words and language models.",
    ),
    click.option(
        "--unlabelled", multiple=True, help="More text for --pretrain: a file, a folder or a data set; repeatable."
    ),
    click.option(
        "--tuning",
        type=click.Choice(["together", "gradual"]),
        default="together",
        help="After --pretrain: all learns at one rate, or what lies below the head begins later and learns slower.",
    ),
    click.option(
        "--ngrams",
        type=click.IntRange(min=0),
        default=0,
        help="Put a linear model beside the network, on n-grams of up to so many words; 2 suits long texts. "
        "It is fitted first, beyond --max-minutes.",
    ),
)


@dataclass(frozen=True)
class ClassifierOptions:
    """The options that recipes of classification share; `--help` tells what they mean."""

    text_field: str | None
    label_field: str | None
    vectors: Path | None
    min_frequency: int
    max_length: int
    embedding_size: int
    cell: Cell
    hidden_size: int
    layers: int
    pooling: str
    dropout: float
    embedding_dropout: float
    word_dropout: float | None
    r_drop: float
    batch_size: int
    learning_rate: float | None
    pretrain: int
    pretrain_from: Path | None
    unlabelled: tuple[str, ...]
    tuning: str
    ngrams: int

    @property
    def starts_pretrained(self) -> bool:
        """Whether the encoder has learnt the language before."""
        return bool(self.pretrain or self.pretrain_from)


def classifier_options(main: Callable[..., None]) -> Callable[..., None]:
    """Add the shared options to a recipe's `main(run, options, **own options)`."""

    @functools.wraps(main)
    def grouped(run: Run, **given: Any) -> None:
        options = ClassifierOptions(**{field.name: given.pop(field.name) for field in fields(ClassifierOptions)})
        if options.unlabelled and not options.pretrain:
            raise click.UsageError("--unlabelled gives text to --pretrain, which is missing")
        if options.tuning == "gradual" and not options.starts_pretrained:
            raise click.UsageError("--tuning gradual is for what --pretrain has trained, which is missing")
        if options.pretrain and run.max_minutes:
            run = replace(run, max_minutes=run.max_minutes / 2)
        main(run, options, **given)

    return functools.reduce(lambda command, option: option(command), reversed(_OPTIONS), grouped)


def pretrained_minutes(
    run: Run, options: ClassifierOptions, data: LabelledTexts, pipeline: Classifier | Regressor
) -> float:
    """Pretrain the encoder, where that is asked for; return the minutes it took.

    Raises:
        DataError: there is too little text.
        ModelError: what to begin with is missing, damaged or of another size.
    """
    if run.resume:  # the checkpoint holds what it gave, and a longer run must not begin it again
        records = read_metrics(run.folder / PRETRAINING)
        return records[-1]["minutes"] if records else 0.0
    if not options.starts_pretrained:
        return 0.0
    model, tokenizer = pipeline.model, pipeline.tokenizer
    languages = BidirectionalLanguageModel(embedding=model.embedding, encoder=model.encoder, output_dropout=0.2)
    if options.pretrain_from:
        start_from(options.pretrain_from, languages, tokenizer.words)
    if not options.pretrain:
        return 0.0
    held_out = data.texts["validation"]
    return pretrain(run, languages, tokenizer, texts=data.to_read, held_out=held_out, epochs=options.pretrain)


def build_optimizer(options: ClassifierOptions, model: TextModel) -> torch.optim.Optimizer:
    """Return AdamW (Loshchilov & Hutter 2019), of one rate as Dai & Le 2015 tune, or gradually as ULMFiT."""
    gradual = options.tuning == "gradual"
    rate = options.learning_rate or (1e-2 if gradual else 2e-3)
    parameters: Any = model.parameters()
    if gradual:
        parts = [[model.pooling, model.head], model.encoder, model.embedding]
        parameters = discriminative_groups(parts, rate, unfreeze=_UNFREEZE)
    return torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01, fused=True)


def schedule(options: ClassifierOptions) -> dict[str, Any]:
    """Return how the rate goes, as `TrainingOptions` takes it."""
    return {"schedule": slanted_triangular} if options.tuning == "gradual" else {"schedule": cosine, "warmup": 0.05}


def evaluation_command(run: Run, options: ClassifierOptions, split: str, separator: str = ";") -> str:
    """Return the command that scores the model, `MODEL`, on a split of its data, class by class."""
    words = ["--dataset", run.dataset, "--split", split]
    for name, field in (("--text-field", options.text_field), ("--label-field", options.label_field)):
        words += [] if field is None else [name, field]
    words += [] if separator == ";" else ["--label-separator", separator]
    return f"nlprnn evaluate --model MODEL {shlex.join(words)}"


def word_embedding(run: Run, options: ClassifierOptions, texts: Sequence[str]) -> tuple[WordTokenizer, Embedding]:
    """Make the vocabulary of the texts to train on, and the vectors of its words.

    Raises:
        DataError: the file of pretrained vectors is missing or damaged.
    """
    pretrained = read_vectors(options.vectors).standardized() if options.vectors else None
    frequent = options.min_frequency
    known = pretrained_words(options.pretrain_from)
    tokenizer = WordTokenizer.train(texts, min_frequency=frequent, extra_words=known)
    num_trained = tokenizer.vocab_size
    if pretrained:  # words that training never shows are known by their vectors
        tokenizer = WordTokenizer.train(texts, min_frequency=frequent, extra_words=[*known, *pretrained.words])
    word_dropout = options.word_dropout
    if word_dropout is None:
        word_dropout = 0.6 if pretrained else 0.3
    embedding = Embedding(
        tokenizer.vocab_size,
        options.embedding_size,
        pretrained_dim=pretrained.dimension if pretrained else 0,
        num_trained=num_trained,
        std=0.1,
        dropout=options.embedding_dropout,
        word_dropout=word_dropout,
    )
    if pretrained:
        table, found = pretrained.table(tokenizer.words, seed=run.seed)
        embedding.load_vectors(torch.from_numpy(table))
        run.say(f"vectors for {found[1:num_trained].mean():.1%} of the {num_trained - 4:,} words of the training texts")
    return tokenizer, embedding
