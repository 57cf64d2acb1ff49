"""What each word of a translation attended to: sub-words joined into words, and their attention with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from tokenizers import Regex, pre_tokenizers

from nlprnn.pipelines.translation_result import Translation
from nlprnn.pipelines.translator import Translator
from nlprnn.text import Tokenizer
from nlprnn.text.tokenizer import REPLACEMENT, SPECIAL_TOKENS
from nlprnn.text.word_rules import WORD

_WORDS = pre_tokenizers.Split(Regex(WORD), "removed", invert=True)


@dataclass(frozen=True)
class WordAttention:
    """Attention from word to word.

    Attributes:
        source: S words, the mark of the end last.
        target: T words.
        weights: (T, S) float, what share of its attention each target word gave to each source word.
    """

    source: list[str]
    target: list[str]
    weights: np.ndarray


def word_attention(translator: Translator, translation: Translation) -> WordAttention:
    """Join the attention of sub-words of the best translation into that of words.

    Attention to a word is the sum over its sub-words, attention of a word their mean (Clark et al. 2019, "What Does
    BERT Look At?").

    Args:
        translator: what translated.
        translation: has attention (`TranslationOptions.attention`), and at least one token.
    """
    best = translation.candidates[0]
    source_ids = translator.encode_source([translation.source])[0].tolist()
    source = [*whole_words(translator.tokenizer, source_ids[:-1]), (SPECIAL_TOKENS[translator.tokenizer.eos_id], 1)]
    target = whole_words(translator.tokenizer, best.ids)
    weights = np.add.reduceat(best.attention, _starts(source), axis=1)
    weights = np.add.reduceat(weights, _starts(target), axis=0) / np.array([[count] for _, count in target])
    return WordAttention([word for word, _ in source], [word for word, _ in target], weights)


def whole_words(tokenizer: Tokenizer, ids: Sequence[int]) -> list[tuple[str, int]]:
    """Join tokens into words, in any script: a seam between two tokens is one between words, or closed up.

    Args:
        tokenizer: the ids' own.
        ids: one or more token ids.

    Returns:
        words, each with the number of its tokens.
    """
    texts = tokenizer.decode_batch([ids[:end] for end in range(1, len(ids) + 1)])
    # Places are counted without spaces, which decoding may set anew; half a character is none yet.
    places = [index for index, character in enumerate(texts[-1]) if not character.isspace()]
    found = _WORDS.pre_tokenize_str(texts[-1])
    ends = {sum(place < end for place in places) for _, (_, end) in found}
    words: list[tuple[str, int]] = []
    first, shown = 0, 0
    for count, text in enumerate(texts, 1):
        read = len("".join(text.rstrip(REPLACEMENT).split()))
        if count == len(ids):
            read = len(places)
        if (read > shown and read in ends) or count == len(ids):
            # Tokens that nothing is to be seen of, such as a lone space, go with the next word or the last.
            words.append((texts[-1][places[shown] : places[read - 1] + 1] if read > shown else "", count - first))
            first, shown = count, read
    if len(words) > 1 and not words[-1][0]:
        _, extra = words.pop()
        words[-1] = (words[-1][0], words[-1][1] + extra)
    return words


def _starts(words: Sequence[tuple[str, int]]) -> list[int]:
    """The first token of each word."""
    return [0, *accumulate(count for _, count in words[:-1])]
