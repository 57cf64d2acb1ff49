"""Options of translation, and the beam search that they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from nlprnn.decoding import (
    BeamOptions,
    LogitsProcessor,
    average_length_penalty,
    coverage_penalty,
    forbid,
    forced_prefix,
    no_repeat_ngram,
)
from nlprnn.decoding.defaults import BEAM_SIZE, LENGTH_PENALTY
from nlprnn.errors import DataError
from nlprnn.text import Tokenizer
from nlprnn.text.invisible import is_invisible

_EXTRA_TOKENS = 50
"""Target tokens allowed for an empty source."""


@dataclass(frozen=True, kw_only=True)
class TranslationOptions:
    """Options of beam search for translations.

    Attributes:
        beam_size: K, hypotheses kept per sentence; 1 = greedy search, with early stopping.
        n_best: translations returned per sentence, at most K; fewer where hypotheses of the beam have the same text.
        length_penalty: exponent of the length by which log-probabilities are divided before hypotheses are compared;
            0 = not divided.
        coverage_penalty: weight of the penalty for source words that got little attention (Wu et al. 2016).
        no_repeat_ngram: never repeat an n-gram of this many tokens; 0 = no such limit.
        early_stopping: end a sentence once K hypotheses have ended, rather than when none can win any more.
        prefix: what every translation must begin with.
        attention: return the attention of each token to the source.
    """

    beam_size: int = BEAM_SIZE
    n_best: int = 1
    length_penalty: float = LENGTH_PENALTY
    coverage_penalty: float = 0.0
    no_repeat_ngram: int = 0
    early_stopping: bool = True
    prefix: str = ""
    attention: bool = False


def beam_options(options: TranslationOptions, tokenizer: Tokenizer, *, vocab_size: int, max_rows: int) -> BeamOptions:
    """Return the options of the search in a batch; its `max_length` is for an empty source, to be raised by the source.

    Args:
        options: of the translations.
        tokenizer: of the model.
        vocab_size: V of the model, which may be larger than the tokenizer's; no further id is ever chosen.
        max_rows: sentences of a batch, at most.

    Raises:
        DataError: the prefix has unknown tokens, or repeats an n-gram.
        ValueError: an option is out of range.
    """
    unused = range(tokenizer.vocab_size, vocab_size)
    processors: list[LogitsProcessor] = [forbid([tokenizer.pad_id, tokenizer.unk_id, tokenizer.bos_id, *unused])]
    if options.no_repeat_ngram:
        processors.append(no_repeat_ngram(options.no_repeat_ngram))
    prefix = _prefix_ids(options, tokenizer)
    if prefix:
        processors.append(forced_prefix(torch.tensor([prefix]).expand(max_rows, -1), tokenizer.pad_id))
    return BeamOptions(
        eos_id=tokenizer.eos_id,
        max_length=len(prefix) + _EXTRA_TOKENS,
        beam_size=options.beam_size,
        n_best=options.n_best,
        length_penalty=average_length_penalty(options.length_penalty),
        coverage_penalty=coverage_penalty(options.coverage_penalty) if options.coverage_penalty else None,
        logits_processors=processors,
        early_stopping=options.early_stopping,
        return_attention=options.attention,
    )


def one_line(text: str) -> str:
    """Return a sentence as translators read and write it: all white space is one space, none at the ends.

    A sentence of invisible characters alone is empty.
    """
    return "" if is_invisible(text) else " ".join(text.split())


def _prefix_ids(options: TranslationOptions, tokenizer: Tokenizer) -> list[int]:
    """Return the ids of the prefix, checked against the other options."""
    text, size = one_line(options.prefix), options.no_repeat_ngram
    ids = tokenizer.encode(text)
    if unknown := tokenizer.unknown(text):
        raise DataError(f"the prefix {options.prefix!r} has {unknown[0]!r}, which the model does not know")
    if size and _repeats(ids, size):
        raise DataError(
            f"the prefix {options.prefix!r} repeats {size} tokens, which no_repeat_ngram {size} forbids: take a "
            "greater one, or shorten the prefix"
        )
    return ids


def _repeats(ids: Sequence[int], size: int) -> bool:
    ngrams = [tuple(ids[begin : begin + size]) for begin in range(len(ids) - size + 1)]
    return len(set(ngrams)) < len(ngrams)
