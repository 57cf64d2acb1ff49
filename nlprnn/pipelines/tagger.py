"""Texts or words -> the label of each word, and the spans that the labels tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from nlprnn.batching import SequenceArray, WordCharArray, adaptive_batches, length_buckets
from nlprnn.errors import ModelError
from nlprnn.models.tagger import TokenTagger
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.tagging_schemes import find_spans, is_span_scheme
from nlprnn.text import WordCharTokenizer


@dataclass(frozen=True)
class Span:
    """Successive words of a text that belong together, such as a name.

    Attributes:
        label: what they are, such as "PER".
        text: as it stands in the text.
        start: place of its first character in the text.
        end: place behind its last character.
        first: number of its first word, from 0.
        last: number of its last word.
    """

    label: str
    text: str
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True)
class TaggedText:
    """What a tagger says of one text.

    Attributes:
        text: that was given; of words that were given, all with spaces between.
        tokens: its words.
        labels: of each word.
        places: of each word in the text, where it begins and the place behind its end.
        spans: what the labels tell, in their order; none where each label tells of its own word alone.
    """

    text: str
    tokens: list[str]
    labels: list[str]
    places: list[tuple[int, int]]
    spans: list[Span]


class Tagger(Pipeline[TokenTagger]):
    """A tagger of words with its tokenizer.

    Args:
        model: works on ids of words and of their characters.
        tokenizer: as the model was trained with.
        folder: where both come from.

    Raises:
        ModelError: the tokenizer is of another kind, or knows more characters than the model.
    """

    model_classes = (TokenTagger,)

    def __init__(self, model: TokenTagger, tokenizer: WordCharTokenizer, *, folder: Path | None = None) -> None:
        where = "the tokenizer" if folder is None else f"the tokenizer in {folder}"
        if not isinstance(tokenizer, WordCharTokenizer):
            raise ModelError(
                f"{where} is a {type(tokenizer).__name__}, a tagger needs a WordCharTokenizer: "
                "the files are of different models"
            )
        known = tokenizer.characters.vocab_size
        if model.characters is not None and known > model.characters.num_embeddings:
            raise ModelError(
                f"{where} knows {known} characters, the model {model.characters.num_embeddings}: "
                "the files are of different models"
            )
        super().__init__(model, tokenizer, folder=folder)
        self.tokenizer: WordCharTokenizer = tokenizer

    @property
    def is_span_tagger(self) -> bool:
        """Whether labels tell spans, rather than a tag for each word by itself."""
        return is_span_scheme(self.model.labels)

    def __call__(self, texts: Sequence[str] | Sequence[Sequence[str]]) -> list[TaggedText]:
        """Tag texts, or sentences that are cut into words already, in their order.

        Raises:
            TypeError: one string is given instead of a list.
        """
        if isinstance(texts, str):
            raise TypeError("give a list of texts, even for one: tagger([text])")
        return list(self.tag(texts))

    def tag(self, texts: Iterable[str] | Iterable[Sequence[str]]) -> Iterator[TaggedText]:
        """Tag any number of texts in constant memory; yield one after the other, in their order."""
        for chunk in adaptive_batches(texts):
            cut = [self._cut(text) for text in chunk]
            labels = self.labels(self.encode([tokens for _, tokens, _ in cut]))
            for (text, tokens, places), own in zip(cut, labels, strict=True):
                yield TaggedText(text, tokens, own, places, self._spans(text, places, own))

    def encode(self, sentences: Sequence[Sequence[str]]) -> WordCharArray:
        """Turn the words of sentences into ids; of a long word the model's `max_word_length` characters are read."""
        different = list(dict.fromkeys(chain.from_iterable(sentences)))
        number = {word: index for index, word in enumerate(different)}
        spellings = [spelling[: self.model.max_word_length] for spelling in self.tokenizer.encode_chars(different)]
        numbers = [[number[word] for word in words] for words in sentences]
        return WordCharArray.from_sequences(self.tokenizer.encode_words(sentences), numbers, spellings)

    def labels(self, rows: WordCharArray) -> list[list[str]]:
        """Choose the labels of each sentence's words."""
        found: list[list[str]] = [[] for _ in range(len(rows))]
        with torch.inference_mode():
            for batch, scores, mask in self._scored(rows):
                paths, lengths = self.model.decode(scores, mask).tolist(), mask.sum(dim=1).tolist()
                for row, path, length in zip(batch.tolist(), paths, lengths, strict=True):
                    found[row] = [self.model.labels[label] for label in path[:length]]
        return found

    def nats(self, rows: WordCharArray, labels: SequenceArray) -> float:
        """Mean negative log-likelihood of the right labels, a word.

        Args:
            rows: sentences.
            labels: the number of each word's label.
        """
        total = 0.0
        with torch.inference_mode():
            for batch, scores, mask in self._scored(rows):
                right, _ = labels.pad(batch)
                total += self.model.nats(scores, mask, right.to(scores.device)).item()
        return total / max(1, int(rows.lengths.sum()))

    def _scored(self, rows: WordCharArray) -> Iterator[tuple[np.ndarray, Tensor, Tensor]]:
        """Batches of sentences: their rows (B,), scores (B, T, C) and mask (B, T)."""
        self.model.eval()
        for batch in length_buckets(rows.lengths, max_tokens=16_384, max_rows=256):
            ids, mask, spellings, places = (part.to(self.device) for part in rows.pad(batch))
            yield batch, self.model(ids, mask, spellings, places).float(), mask

    def _cut(self, text: str | Sequence[str]) -> tuple[str, list[str], list[tuple[int, int]]]:
        """The text, its words, and their places."""
        if isinstance(text, str):
            found = self.tokenizer.word_offsets(text)
            return text, [word for word, _, _ in found], [(start, end) for _, start, end in found]
        places, start = [], 0
        for word in text:
            places.append((start, start + len(word)))
            start += len(word) + 1
        return " ".join(text), list(text), places

    def _spans(self, text: str, places: Sequence[tuple[int, int]], labels: Sequence[str]) -> list[Span]:
        if not self.is_span_tagger:
            return []
        found = []
        for kind, first, behind in find_spans(labels):
            start, end = places[first][0], places[behind - 1][1]
            found.append(Span(kind, text[start:end], start, end, first, behind - 1))
        return found
