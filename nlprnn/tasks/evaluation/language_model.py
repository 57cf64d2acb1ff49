"""Evaluation of language models: negative log-likelihood, bits per character and perplexity."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING

from nlprnn.data import ReadOptions, load_documents_split
from nlprnn.errors import DataError
from nlprnn.tasks.evaluation.options import LanguageModelEvaluationOptions
from nlprnn.tasks.evaluation.result import EvaluationResult
from nlprnn.tasks.evaluation.split_log import log_split

if TYPE_CHECKING:
    from nlprnn.pipelines import Generator, TextScore

logger = logging.getLogger(__name__)

_INT8_STREAMS = 64
"""Pieces that int8 weights, which read token by token, read side by side."""


def language_model_metrics(score: TextScore) -> dict[str, float]:
    """Return the figures of a score: NLL of a token and of a character, in nats and in bits, and perplexity.

    Those of characters count the characters of unknown tokens, those of tokens do not: their share is given too.
    """
    return {
        "nats_per_token": score.nll_per_token,
        "bits_per_token": score.nll_per_token / math.log(2),
        "nats_per_character": score.nll_per_character,
        "bits_per_character": score.bits_per_character,
        "perplexity": score.perplexity,
        "unknown_percent": score.unknown_percent,
        "unknown_tokens": score.unknown,
        "tokens": score.tokens,
        "characters": score.characters,
    }


def main_metrics(score: TextScore) -> dict[str, float]:
    """Return the figures of a score that a training reports."""
    return {
        "loss": score.nll_per_token,
        "bits_per_character": score.bits_per_character,
        "perplexity": score.perplexity,
        "unknown_percent": score.unknown_percent,
    }


def evaluate_language_model(
    generator: Generator, dataset: str, options: LanguageModelEvaluationOptions, reading: ReadOptions
) -> EvaluationResult:
    """Score a language model on running text, its state carried from one token to the next.

    Raises:
        DataError: the data are missing, damaged or without text.
        DeviceError: int8 is requested, and the model is not on a CPU that has kernels for it.
    """
    split = load_documents_split(dataset, text_field=options.text_field, split=options.split, options=reading)
    documents = split.texts
    log_split(split)
    if not any(documents):
        raise DataError(f"{dataset}: there is no text to score")
    int8 = options.quantize == "int8"
    if int8:
        logger.info("Read in %d pieces side by side, each from the initial state", _INT8_STREAMS)
    score = generator.score(documents, int8=int8, streams=_INT8_STREAMS if int8 else 1)
    log_unknown_tokens(score)
    return EvaluationResult(language_model_metrics(score))


def log_unknown_tokens(score: TextScore, name: str = "") -> None:
    """Warn of tokens that the model does not know; `name` is that of the text."""
    if score.unknown:
        share = f"{score.unknown:,} of {score.tokens:,} tokens"
        logger.warning(
            "%s%s are unknown to the model: perplexity counts each as one token, bits per character all letters",
            f"{name}: " if name else "",
            share,
        )
