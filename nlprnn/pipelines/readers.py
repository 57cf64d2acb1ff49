"""Texts -> what a text reader's head gives: what the pipelines of classifiers and regressors share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import torch

from nlprnn.data.batching import TokenArray, length_buckets, pad_rows
from nlprnn.models.text_reader import TextReader
from nlprnn.pipelines.pipeline import Pipeline

Reader = TypeVar("Reader", bound=TextReader)


class ReaderPipeline(Pipeline[Reader]):
    """A text reader with its tokenizer."""

    def encode(self, texts: Sequence[str]) -> TokenArray:
        """Turn texts into token ids, cut to what the model reads of a long one."""
        return TokenArray.from_sequences(map(self.model.cut, self.tokenizer.encode_batch(texts)))

    def outputs(self, tokens: TokenArray, *, alone: bool = False) -> np.ndarray:
        """Read encoded texts: (rows, C) float32, what the model gives, in their order; `alone`: without n-grams."""
        outputs = np.zeros((len(tokens), self.model.head.num_classes), dtype=np.float32)
        self.model.eval()
        with torch.inference_mode():
            for rows in length_buckets(tokens.lengths, max_tokens=32_768, max_rows=512):
                ids, mask = pad_rows(tokens, rows, padding_id=self.tokenizer.pad_id)
                outputs[rows] = self.model(ids.to(self.device), mask.to(self.device), alone=alone).float().cpu().numpy()
        return outputs
