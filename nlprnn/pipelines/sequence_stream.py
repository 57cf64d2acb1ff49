"""Answers while a sequence of features is measured, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from nlprnn.errors import ModelError
from nlprnn.modules import ConcatPooling, LastPooling, MaxPooling, MeanPooling, RecurrentEncoder, RecurrentState

if TYPE_CHECKING:
    from nlprnn.pipelines.sequence_pipeline import SequencePipeline


class SequenceStream:
    """Outputs of a model for a sequence whose steps arrive one by one, in constant memory and time for each.

    After each step they are those of all steps until then; `max_length` of the model has no effect.

    Args:
        pipeline: of a model of one direction whose pooling is last, mean, max or concat.

    Raises:
        ModelError: the model needs the whole sequence.
    """

    def __init__(self, pipeline: SequencePipeline[Any]) -> None:
        encoder, pooling = pipeline.model.encoder, pipeline.model.pooling
        if not isinstance(encoder, RecurrentEncoder) or encoder.bidirectional:
            raise ModelError("a model of both directions needs whole sequences: train one with --no-bidirectional")
        if not isinstance(pooling, LastPooling | MeanPooling | MaxPooling | ConcatPooling):
            raise ModelError(
                f"{type(pooling).__name__} needs whole sequences: train with --pooling last, mean, max or concat"
            )
        self._pipeline = pipeline
        self._encoder = encoder
        self._pooling = pooling
        self._steps = 0
        self._known = np.full(pipeline.processor.num_features, np.nan)
        self._state: RecurrentState | None = None
        self._sum = self._max = torch.zeros(1, encoder.output_size, device=pipeline.device)

    def step(self, features: Any) -> np.ndarray:
        """Read one step, and return the outputs (1, C) float32 of all steps until now.

        Args:
            features: (D,) numbers, NaN = missing.

        Raises:
            DataError: they are of another number than in training, or infinite.
        """
        processor, model = self._pipeline.processor, self._pipeline.model
        values = processor.checked_step(features, place=f"step {self._steps + 1}")
        filled = np.where(np.isnan(values), self._known, values)
        self._known = filled
        before = np.stack([filled, values])  # what is missing in the second is carried forward from the first
        inputs = torch.from_numpy(processor.process(before, np.array([0, 2]))[1:]).to(self._pipeline.device)
        model.eval()
        with torch.inference_mode():
            vectors = model.embedding(inputs.unsqueeze(0)).squeeze(0)  # (1, E)
            state = self._encoder.initial_state(vectors) if self._state is None else self._state
            output, self._state = self._encoder.step(vectors, state)
            self._max = output if not self._steps else torch.maximum(self._max, output)
            self._sum = self._sum + output
            self._steps += 1
            return model.head(self._pooled(output)).float().cpu().numpy()

    def _pooled(self, last: Tensor) -> Tensor:
        """Return what the pooling gives for the steps until now, (1, P)."""
        mean = self._sum / self._steps
        if isinstance(self._pooling, ConcatPooling):
            return torch.cat([last, self._max, mean], dim=1)
        if isinstance(self._pooling, MeanPooling):
            return mean
        return self._max if isinstance(self._pooling, MaxPooling) else last
