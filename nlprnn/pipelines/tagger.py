"""Tagging: texts, or words, to the label of each word, and the spans that the labels describe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import Tensor

from nlprnn.batching import SequenceArray, WordCharArray, adaptive_batches, length_buckets, to_device
from nlprnn.errors import ModelError
from nlprnn.html_fragments import escaped, heat, marked, paragraph
from nlprnn.models import TokenTagger
from nlprnn.pipelines.int8 import int8_model
from nlprnn.pipelines.text_pipeline import TextPipeline, shortened_labels, tokenizer_source
from nlprnn.tagging_schemes import OUTSIDE, find_spans, is_span_scheme
from nlprnn.text import WordCharTokenizer
from nlprnn.text.inputs import TextInputs
from nlprnn.text.invisible import is_invisible

_BATCH_TOKENS, _BATCH_ROWS = 16_384, 256
"""Size of a batch: words with padding, and sentences."""

_LONGEST = 1024
"""Words that are read as one sequence; no sentence has as many, but a file without line ends is one text."""

_SENTENCE_ENDS = frozenset(".!?…。！？।")


@dataclass(frozen=True, slots=True)
class Span:
    """Successive words of a text that belong together, such as a name.

    Attributes:
        label: the kind of span, such as "PER".
        text: its characters in the text.
        start: index of its first character in the text.
        end: index after its last character.
        first: index of its first word.
        last: index of its last word.
    """

    label: str
    text: str
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True)
class TaggedText:
    """Prediction of a tagger for one text.

    Attributes:
        text: the input; words that were given as such are joined by spaces.
        tokens: its words.
        labels: of each word.
        offsets: of each word in the text: index of its first character, and index after its last.
        spans: the spans that the labels describe, in order; none where each label describes one word.
        unknown_words: share of the words that the vocabulary of the model has not, 0 to 1. A model with a character
            network still reads their letters.
    """

    text: str
    tokens: list[str]
    labels: list[str]
    offsets: list[tuple[int, int]]
    spans: list[Span]
    unknown_words: float = 0.0

    @property
    def empty(self) -> bool:
        """Whether the text has no words."""
        return not self.tokens

    def _repr_html_(self) -> str:
        """The text with its spans marked, or each word with its label below, as a notebook shows it."""
        pieces, end = [], 0
        words = [(start, stop, label) for (start, stop), label in zip(self.offsets, self.labels, strict=True)]
        spans = [(span.start, span.end, span.label) for span in self.spans]
        for start, stop, label in spans if self.spans or set(self.labels) <= {OUTSIDE} else words:
            name = f'<sub style="opacity:.75"> {escaped(label)}</sub>'
            pieces += [escaped(self.text[end:start]), marked(self.text[start:stop], heat(0.5), label), name]
            end = stop
        return paragraph("".join([*pieces, escaped(self.text[end:])]))


class Tagger(TextPipeline[TokenTagger, WordCharTokenizer]):
    """A tagger of words with its tokenizer.

    Args:
        model: reads ids of words and of their characters.
        tokenizer: words to ids, as in training.
        folder: where both come from.

    Raises:
        ModelError: the tokenizer is of another kind, or has more words or characters than the model.
    """

    model_classes = (TokenTagger,)

    def __init__(self, model: TokenTagger, tokenizer: WordCharTokenizer, *, folder: Path | None = None) -> None:
        if not isinstance(tokenizer, WordCharTokenizer):
            raise ModelError(
                f"{tokenizer_source(folder)} is a {type(tokenizer).__name__}, a tagger needs a WordCharTokenizer: "
                "the files are of different models"
            )
        super().__init__(model, tokenizer, folder=folder)
        known = tokenizer.characters.vocab_size
        if model.characters is not None and known > model.characters.num_embeddings:
            raise ModelError(
                f"{tokenizer_source(folder)} has {known} characters, the model {model.characters.num_embeddings}: "
                "the files are of different models"
            )

    def quantized(self) -> Self:
        """Return this pipeline with int8 weights in embeddings and large layers; for what is raised see `Pipeline`."""
        return type(self)(int8_model(self.model), self.tokenizer, folder=self.folder)

    @property
    def is_span_tagger(self) -> bool:
        """Whether the labels describe spans, rather than each word by itself."""
        return is_span_scheme(self.model.labels)

    def describe(self) -> list[str]:
        """Return the labels."""
        return [shortened_labels(self.model.labels)]

    def __call__(self, texts: Iterable[str] | Iterable[Sequence[str]]) -> list[TaggedText]:
        """Tag texts, or sentences that are split into words already, in order.

        Raises:
            TypeError: the texts are one string or a table, or a text or a word is missing or no string.
        """
        return list(self.tag(texts))

    def tag(self, texts: Iterable[str] | Iterable[Sequence[str]]) -> Iterator[TaggedText]:
        """Tag any number of texts, or of sentences in words, in constant memory; yield one by one, in order.

        Of a text of more than 1024 words, sections are read independently of each other, which end with a sentence
        where there is one.
        """
        for batch in adaptive_batches(TextInputs(texts, "tagger([text])", words=True)):
            sentences = [self._split(text) for text in batch]
            sections = [_sections(tokens) for _, tokens, _ in sentences]
            rows = self.encode(list(chain.from_iterable(sections)))
            shares, predicted = iter(self._unknown_words(rows.words)), iter(self.labels(rows))
            for (text, tokens, offsets), pieces in zip(sentences, sections, strict=True):
                unknown = sum(len(section) * next(shares) for section in pieces) / max(1, len(tokens))
                labels = list(chain.from_iterable(next(predicted) for _ in pieces))
                yield TaggedText(text, tokens, labels, offsets, self._spans(text, offsets, labels), unknown)

    def encode(self, sentences: Sequence[Sequence[str]]) -> WordCharArray:
        """Return the ids of words and of their characters, of which the model's `max_word_length` are kept."""
        distinct = list(dict.fromkeys(chain.from_iterable(sentences)))
        index = {word: number for number, word in enumerate(distinct)}
        spellings = [characters[: self.model.max_word_length] for characters in self.tokenizer.encode_chars(distinct)]
        numbers = [[index[word] for word in words] for words in sentences]
        return WordCharArray.from_sequences(self.tokenizer.encode_words(sentences), numbers, spellings)

    def labels(self, rows: WordCharArray) -> list[list[str]]:
        """Predict the labels of the words of encoded sentences."""
        return self.labels_with_penalties(rows, [self.model.outside_penalty])[0]

    def labels_with_penalties(self, rows: WordCharArray, penalties: Sequence[float]) -> list[list[list[str]]]:
        """Predict the labels of the words of encoded sentences with each of some penalties of the label `O`."""
        predicted: list[list[list[str]]] = [[[] for _ in range(len(rows))] for _ in penalties]
        with torch.inference_mode():
            for batch, scores, mask in self._scored(rows):
                lengths = mask.sum(dim=1).tolist()
                for sentences, penalty in zip(predicted, penalties, strict=True):
                    paths = self.model.decode(scores, mask, outside_penalty=penalty).tolist()
                    for row, path, length in zip(batch.tolist(), paths, lengths, strict=True):
                        sentences[row] = [self.model.labels[label] for label in path[:length]]
        return predicted

    def mean_nll(self, rows: WordCharArray, labels: SequenceArray) -> float:
        """Return the mean negative log-likelihood of the labels of a word, in nats.

        Args:
            rows: encoded sentences.
            labels: the target label of each word, as an index into the model's labels.
        """
        total = 0.0
        with torch.inference_mode():
            for batch, scores, mask in self._scored(rows):
                targets, _ = labels.pad(batch)
                total += self.model.nll(scores, mask, targets.to(scores.device)).item()
        return total / max(1, int(rows.lengths.sum()))

    def _scored(self, rows: WordCharArray) -> Iterator[tuple[np.ndarray, Tensor, Tensor]]:
        """Yield batches of sentences: their rows (B,), scores (B, T, C) and mask (B, T)."""
        self.model.eval()
        for batch in length_buckets(rows.lengths, max_tokens=_BATCH_TOKENS, max_rows=_BATCH_ROWS):
            ids, mask, spellings, indices = to_device(rows.pad(batch), self.device)
            yield batch, self.model(ids, mask, spellings, indices).float(), mask

    def _split(self, text: str | Sequence[str]) -> tuple[str, list[str], list[tuple[int, int]]]:
        """Return the text, its words, and their offsets."""
        if isinstance(text, str):
            words = [] if is_invisible(text) else self.tokenizer.word_offsets(text)
            return text, [word for word, _, _ in words], [(start, end) for _, start, end in words]
        offsets, start = [], 0
        for word in text:
            offsets.append((start, start + len(word)))
            start += len(word) + 1
        return " ".join(text), list(text), offsets

    def _spans(self, text: str, offsets: Sequence[tuple[int, int]], labels: Sequence[str]) -> list[Span]:
        if not self.is_span_tagger:
            return []
        spans = []
        for label, first, stop in find_spans(labels):
            start, end = offsets[first][0], offsets[stop - 1][1]
            spans.append(Span(label, text[start:end], start, end, first, stop - 1))
        return spans


def _sections(tokens: list[str]) -> list[list[str]]:
    """Return the words of a text in sections of at most `_LONGEST`, which end with a sentence where they can."""
    sections, start = [], 0
    while len(tokens) - start > _LONGEST:
        latest = start + _LONGEST
        ends = (end for end in range(latest, latest - _LONGEST // 2, -1) if tokens[end - 1] in _SENTENCE_ENDS)
        end = next(ends, latest)
        sections.append(tokens[start:end])
        start = end
    return [*sections, tokens[start:]]
