"""Adaptation of language models, and of encoders that are pretrained as such, to further text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nlprnn.experiment import Run
from nlprnn.pipelines import Generator, TextEncoder
from nlprnn.tasks.adaptation.grown_model import GrownModel
from nlprnn.tasks.adaptation.grown_vocabulary import (
    GrownWords,
    add_vectors,
    frequent_words,
    grow_characters,
    grow_words,
)
from nlprnn.tasks.adaptation.mixing import mixed_report, with_old_validation
from nlprnn.tasks.adaptation.start import Start, explicit_values, mixed_in_options, score_before
from nlprnn.tasks.evaluation.language_model import main_metrics
from nlprnn.tasks.language_model import LanguageModelOptions, first_rows, text_rows
from nlprnn.tasks.pretraining import PretrainingOptions
from nlprnn.tasks.text_corpus import TextCorpus
from nlprnn.text import CharacterTokenizer, Tokenizer, WordTokenizer

_FREQUENT = 2
"""Frequency from which a word-level language model learns a new word."""


def adapted_corpus(
    corpus: TextCorpus, start: Start[Any] | None, options: LanguageModelOptions | PretrainingOptions
) -> TextCorpus:
    """Return running text for further training of a model, with documents of `--mix-in`.

    Args:
        corpus: the new text.
        start: the former model; None = the text is returned as it is.
        options: of the recipe, with those of the model.

    Raises:
        DataError: the data to mix in are missing, damaged or too short to split.
    """
    if start is None or options.mix_in is None:
        return corpus
    old = mixed_in_options(options, start).load()
    requested = sum(map(len, corpus.texts["train"])) * options.mix_share / (1 - options.mix_share)
    drawn = drawn_documents(old.texts["train"], round(requested), seed=options.seed)
    texts = with_old_validation(corpus.texts, [*corpus.texts["train"], *drawn], old.texts["validation"])
    report = mixed_report(corpus.report, old.report, len(drawn))
    return replace(corpus, texts=texts, documents=len(texts["train"]), report=report)


def drawn_documents(documents: Sequence[str], characters: int, *, seed: int) -> list[str]:
    """Draw documents at random until they have a number of characters; the last one is truncated.

    Args:
        documents: to draw from.
        characters: in all; fewer where fewer are available.
        seed: of the choice.
    """
    drawn: list[str] = []
    for row in np.random.default_rng(seed).permutation(len(documents)):
        if characters <= 0:
            break
        drawn.append(documents[row][:characters])
        characters -= len(drawn[-1])
    return drawn


def adapted_generator(
    run: Run,
    build: Callable[[], Generator],
    start: Start[Generator] | None,
    corpus: TextCorpus,
    options: LanguageModelOptions,
) -> Generator:
    """Return the language model to train: a new one, or a former one with new characters or words.

    The scores of a former one are logged. Its subwords stay as they are, for they can write any text.

    Args:
        run: which is begun or resumed.
        build: a new language model.
        start: the former one; None = there is none.
        corpus: from `adapted_corpus`.
        options: of the recipe; those that are given replace dropout probabilities of the model.
    """
    if start is None:
        return run.pipeline(build)

    def adapt() -> Generator:
        grown, tokenizer = GrownModel(start.pipeline.model, start.origin.model), start.pipeline.tokenizer
        for path, value in explicit_values(start, options).items():
            grown.set(path, value)
        words = _grown_tokens(tokenizer, corpus.texts["train"])
        if words is None:
            run.log(f"the {tokenizer.vocab_size:,} tokens of {start.origin.model} stay as they are")
            return Generator(grown.build(), tokenizer)
        grown.grow_embedding("embedding", words)
        grown.grow_output(words, tokenizer.unk_id)
        run.log(words.describe())
        return Generator(grown.build(), words.tokenizer)

    generator = run.pipeline(adapt)
    score_before(
        run,
        start,
        lambda split, rows: main_metrics(generator.score(first_rows(corpus.texts[split], rows))),
        {split: text_rows(corpus.texts[split]) for split in corpus.held_out},
    )
    return generator


def _grown_tokens(tokenizer: Tokenizer, texts: Sequence[str]) -> GrownWords[Any] | None:
    """The tokens with those of further texts; None = they can write all texts, or cannot grow."""
    if isinstance(tokenizer, CharacterTokenizer):
        return grow_characters(tokenizer, texts)
    if isinstance(tokenizer, WordTokenizer):
        return grow_words(tokenizer, frequent_words(tokenizer, texts, min_frequency=_FREQUENT))
    return None


def adapted_encoder(
    run: Run,
    build: Callable[[], TextEncoder],
    start: Start[TextEncoder] | None,
    corpus: TextCorpus,
    options: PretrainingOptions,
) -> TextEncoder:
    """Return the encoder to pretrain: a new one, or a former one with new words.

    Args:
        run: which is begun or resumed.
        build: a new encoder.
        start: the former one; None = there is none.
        corpus: from `adapted_corpus`.
        options: of the recipe; those that are given replace dropout probabilities of the model.

    Raises:
        OptionError: the encoder has no pretrained vectors, or of another size, and `--vectors` is given.
        DataError: the file of vectors is missing, damaged, or of other vectors.
    """
    if start is None:
        return run.pipeline(build)

    def adapt() -> TextEncoder:
        name, tokenizer = start.origin.model, start.pipeline.processor
        grown = GrownModel(start.pipeline.model, name)
        for path, value in explicit_values(start, options).items():
            grown.set(path, value)
        new = frequent_words(tokenizer, corpus.texts["train"], min_frequency=options.min_frequency)
        words = grow_words(tokenizer, new, num_trained=grown.call["embedding"].get("num_trained"))
        if options.vectors is not None:
            words = add_vectors(words, options.vectors, tokenizer, grown.fixed_vectors("embedding"), name)
        grown.grow_output(words, tokenizer.unk_id)
        grown.grow_embedding("embedding", words)
        run.log(f"sizes and words of {name}, learning rate {options.learning_rate:.2g}; {words.describe()}")
        return TextEncoder(grown.build(), words.tokenizer)

    return run.pipeline(adapt)
