"""Pipelines of text: their processor is a tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
import torch

from nlprnn.batching import SequenceArray, length_buckets, to_device
from nlprnn.errors import ModelError
from nlprnn.models import (
    EnsembleClassifier,
    EnsembleRegressor,
    LanguageModel,
    Seq2Seq,
    TextClassifier,
    TextRegressor,
    TokenTagger,
)
from nlprnn.pipelines.int8 import int8_model
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.text import Tokenizer

_LABELS_SHOWN = 5

TextClassifierModel = TextClassifier | EnsembleClassifier
TextRegressorModel = TextRegressor | EnsembleRegressor
TokenModel = TypeVar(
    "TokenModel", bound=LanguageModel | Seq2Seq | TextClassifierModel | TextRegressorModel | TokenTagger
)
TokenizerT = TypeVar("TokenizerT", bound=Tokenizer)
PooledModel = TypeVar("PooledModel", bound=TextClassifierModel | TextRegressorModel)


class TextPipeline(Pipeline[TokenModel, TokenizerT]):
    """A model of token ids with its tokenizer.

    Args:
        model: reads token ids.
        tokenizer: text to token ids, as in training.
        folder: where both come from.

    Raises:
        ModelError: the tokenizer has more ids than the model.
    """

    def __init__(self, model: TokenModel, tokenizer: TokenizerT, *, folder: Path | None = None) -> None:
        super().__init__(model, tokenizer, folder=folder)
        if tokenizer.vocab_size > model.vocab_size:
            raise ModelError(
                f"{tokenizer_source(folder)} has {tokenizer.vocab_size} ids, the model {model.vocab_size}: "
                "the files are of different models"
            )

    @property
    def tokenizer(self) -> TokenizerT:
        """The tokenizer, which is the processor of a text pipeline."""
        return self.processor

    def _are_empty(self, tokens: SequenceArray) -> list[bool]:
        """Return whether the model reads nothing of each encoded text, which is then answered by its biases alone."""
        return (tokens.lengths == 0).tolist()

    def _unknown_words(self, tokens: SequenceArray) -> list[float]:
        """Return the share of unknown words of each encoded text, 0 to 1 (`Tokenizer.count_words`); 0 of none."""
        unknown, known = map(tokens.row_sums, self.tokenizer.count_words(tokens.values))
        return (unknown / np.maximum(1, unknown + known)).tolist()


class PooledTextPipeline(TextPipeline[PooledModel, Tokenizer]):
    """A model that reads a whole text into one vector of outputs: what classifiers and regressors share."""

    def quantized(self) -> Self:
        """Return this pipeline with int8 weights in embeddings and large layers; for what is raised see `Pipeline`."""
        return type(self)(int8_model(self.model), self.tokenizer, folder=self.folder)

    def encode(self, texts: Sequence[str]) -> SequenceArray:
        """Return the token ids of texts, each truncated to what the model reads of it."""
        return self.truncate(SequenceArray.from_sequences(self.tokenizer.encode_batch(texts)))

    def truncate(self, tokens: SequenceArray) -> SequenceArray:
        """Return encoded texts, each truncated to what the model reads of it."""
        return tokens.truncate(self.model.max_length, head=self.model.head_length)

    def outputs(self, tokens: SequenceArray) -> np.ndarray:
        """Return the outputs of the model for encoded texts, whole or truncated, (rows, C) float32, in order."""
        tokens = self.truncate(tokens)
        outputs = np.zeros((len(tokens), self.model.output_size), dtype=np.float32)
        self.model.eval()
        with torch.inference_mode():
            for rows in length_buckets(tokens.lengths, max_tokens=32_768, max_rows=512):
                ids, mask = to_device(tokens.pad(rows, padding_value=self.tokenizer.pad_id), self.device)
                outputs[rows] = self.model(ids, mask).float().cpu().numpy()
        return outputs


def tokenizer_source(folder: Path | None) -> str:
    """Return the name of a tokenizer in messages."""
    return "the tokenizer" if folder is None else f"the tokenizer in {folder}"


def shortened_labels(labels: Sequence[str]) -> str:
    """Return the number of labels and the first few of them."""
    more = ", ..." if len(labels) > _LABELS_SHOWN else ""
    return f"{len(labels)} labels: {', '.join(labels[:_LABELS_SHOWN])}{more}"
