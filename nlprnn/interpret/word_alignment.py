"""Soft word alignment: the attention of a translation from word to word, aggregated from that of its subwords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from tokenizers import Regex, pre_tokenizers

from nlprnn.html_fragments import grid
from nlprnn.pipelines import Translation, Translator
from nlprnn.text import Tokenizer
from nlprnn.text.tokenizer import REPLACEMENT, SPECIAL_TOKENS
from nlprnn.text.word_rules import WORD

_WORDS = pre_tokenizers.Split(Regex(WORD), "removed", invert=True)


@dataclass(frozen=True)
class WordAttention:
    """Attention from word to word.

    Attributes:
        source: S words, the end of the sentence last.
        target: T words.
        weights: (T, S) float, the share of its attention that each target word gives to each source word.
    """

    source: list[str]
    target: list[str]
    weights: np.ndarray

    def _repr_html_(self) -> str:
        """A grid of the weights, as a notebook shows it."""
        return grid(self.target, self.source, self.weights.tolist())


def word_attention(translator: Translator, translation: Translation) -> WordAttention:
    """Aggregate the attention of the best translation from subwords to words.

    Attention to a word is the sum over its subwords, attention of a word their mean (Clark et al. 2019, "What Does
    BERT Look At?").

    Args:
        translator: has made the translation.
        translation: has attention (`TranslationOptions.attention`), and at least one token.

    Raises:
        ValueError: the translation has no attention.
    """
    best = translation.candidates[0]
    if best.attention is None:
        raise ValueError("the translation has no attention: translate with TranslationOptions(attention=True)")
    source_ids = translator.encode_source([translation.source])[0].tolist()
    source = [*whole_words(translator.tokenizer, source_ids[:-1]), (SPECIAL_TOKENS[translator.tokenizer.eos_id], 1)]
    target = whole_words(translator.tokenizer, best.ids)
    weights = np.add.reduceat(best.attention, _first_tokens(source), axis=1)
    weights = np.add.reduceat(weights, _first_tokens(target), axis=0) / np.array([[count] for _, count in target])
    return WordAttention([word for word, _ in source], [word for word, _ in target], weights)


def whole_words(tokenizer: Tokenizer, ids: Sequence[int]) -> list[tuple[str, int]]:
    """Group tokens into words, in any script; a token that spans several words joins them.

    Args:
        tokenizer: of the ids.
        ids: one or more token ids.

    Returns:
        words, each with the number of its tokens.
    """
    texts = tokenizer.decode_batch([ids[:end] for end in range(1, len(ids) + 1)])
    # Characters are counted without spaces, which decoding may move; half a character does not count yet.
    visible = [index for index, character in enumerate(texts[-1]) if not character.isspace()]
    word_ends = {sum(index < end for index in visible) for _, (_, end) in _WORDS.pre_tokenize_str(texts[-1])}
    words: list[tuple[str, int]] = []
    first, shown = 0, 0
    for count, text in enumerate(texts, 1):
        is_last = count == len(ids)
        read = len(visible) if is_last else len("".join(text.rstrip(REPLACEMENT).split()))
        if is_last or (read > shown and read in word_ends):
            # Invisible tokens, such as a lone space, go with the next word or the last.
            words.append((texts[-1][visible[shown] : visible[read - 1] + 1] if read > shown else "", count - first))
            first, shown = count, read
    if len(words) > 1 and not words[-1][0]:
        _, extra = words.pop()
        words[-1] = (words[-1][0], words[-1][1] + extra)
    return words


def _first_tokens(words: Sequence[tuple[str, int]]) -> list[int]:
    """Return the index of the first token of each word."""
    return [0, *accumulate(count for _, count in words[:-1])]
