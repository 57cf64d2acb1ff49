"""Contextual word vectors from a pretrained encoder."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray

from nlprnn.batching import SequenceArray, length_buckets, to_device
from nlprnn.models import BidirectionalLanguageModel
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.text import WordTokenizer
from nlprnn.text.inputs import TextInputs


class TextEncoder(Pipeline[BidirectionalLanguageModel, WordTokenizer]):
    """A pretrained encoder with its tokenizer, from `recipes/pretrain.py`.

    Its outputs are contextual word vectors (Peters et al. 2018, "Deep contextualized word representations"); other
    models start from its weights by `--init-from`.
    """

    model_classes = (BidirectionalLanguageModel,)

    def __call__(self, texts: Iterable[str], /) -> list[NDArray[np.float32]]:
        """Return the encoder's outputs (T, 2 * H) for the T words of each text, in order.

        Raises:
            TypeError: the texts are one string or a table, or one is missing or no string.
        """
        texts = list(TextInputs(texts, "encoder([text])"))
        tokens = SequenceArray.from_sequences(self.processor.encode_batch(texts))
        outputs: list[NDArray[np.float32]] = [np.empty(0, dtype=np.float32)] * len(tokens)
        self.model.eval()
        with torch.inference_mode():
            for rows in length_buckets(tokens.lengths, max_tokens=16_384, max_rows=256):
                ids, mask = to_device(tokens.pad(rows, padding_value=self.processor.pad_id), self.device)
                vectors, _ = self.model.encoder(self.model.embedding(ids), mask)
                for row, row_vectors in zip(rows.tolist(), vectors.float().cpu().numpy(), strict=True):
                    outputs[row] = row_vectors[: tokens.lengths[row]]
        return outputs
