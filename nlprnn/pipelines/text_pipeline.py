"""Texts -> what a text reader's head gives: what the pipelines of classifiers and regressors share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import torch

from nlprnn.batching import SequenceArray, length_buckets
from nlprnn.models.text_model import TextModel
from nlprnn.pipelines.pipeline import Pipeline

Reader = TypeVar("Reader", bound=TextModel)


class TextPipeline(Pipeline[Reader]):
    """A text reader with its tokenizer."""

    def encode(self, texts: Sequence[str]) -> SequenceArray:
        """Turn texts into token ids, cut to what the model reads of a long one."""
        return SequenceArray.from_sequences(map(self.model.truncate_tokens, self.tokenizer.encode_batch(texts)))

    def outputs(self, tokens: SequenceArray, *, alone: bool = False) -> np.ndarray:
        """Read encoded texts: (rows, C) float32, what the model gives, in their order; `alone`: without n-grams."""
        outputs = np.zeros((len(tokens), self.model.head.output_size), dtype=np.float32)
        self.model.eval()
        with torch.inference_mode():
            for rows in length_buckets(tokens.lengths, max_tokens=32_768, max_rows=512):
                ids, mask = tokens.pad(rows, padding_value=self.tokenizer.pad_id)
                outputs[rows] = self.model(ids.to(self.device), mask.to(self.device), alone=alone).float().cpu().numpy()
        return outputs
