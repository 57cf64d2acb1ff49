"""Eight-bit weights of exported graphs, and what they cost in score."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlprnn.batching import SequenceArray, length_buckets
from nlprnn.errors import ModelError
from nlprnn.pipelines import Classifier, Regressor

_OPERATORS = ("LSTM", "MatMul", "Gather")
_MOST_TOKENS, _MOST_ROWS = 8192, 64


@dataclass(frozen=True)
class Int8Scores:
    """Score of a model before and after.

    Attributes:
        metric: `accuracy`, `micro_f1` or `rmse`.
        exact: of the model.
        int8: of the graph with eight-bit weights.
    """

    metric: str
    exact: float
    int8: float

    @property
    def loss(self) -> float:
        """Points of accuracy or F1, or percent of the RMSE, by which the graph is worse; negative if better."""
        if self.metric != "rmse":
            return self.exact - self.int8
        if not self.exact:
            return math.inf if self.int8 else 0.0
        return 100.0 * (self.int8 / self.exact - 1.0)


def quantize_graph(path: Path) -> None:
    """Replace a graph by one whose LSTMs, products and tables have eight-bit weights."""
    quantized = path.with_suffix(".int8.onnx")
    handlers = logging.root.handlers[:]
    with _quiet(logging.WARNING):  # advice on graphs of another kind
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(path, quantized, op_types_to_quantize=list(_OPERATORS), weight_type=QuantType.QInt8)
    logging.root.handlers[:] = handlers  # the library adds one, which would write each message again
    quantized.replace(path)


def score_int8(pipeline: Classifier | Regressor, path: Path, data: Any, most_loss: float, **options: Any) -> Int8Scores:
    """Compare a graph of eight-bit weights with its model.

    Args:
        pipeline: the model.
        path: of the graph.
        data: with labels or numbers; see `Pipeline.evaluate`.
        most_loss: in the unit of `Int8Scores.loss`.
        options: of the evaluation.

    Raises:
        ModelError: the graph loses more.
        NlprnnError: the data or an option do not fit.
    """
    metric = "rmse" if isinstance(pipeline, Regressor) else "micro_f1" if pipeline.model.multi_label else "accuracy"
    graph = copy(pipeline)
    vars(graph)["outputs"] = _outputs(pipeline, path)
    exact = pipeline.evaluate(data, **options).scores[metric]
    with _quiet(logging.INFO):  # what was read has been reported
        int8 = graph.evaluate(data, **options).scores[metric]
    result = Int8Scores(metric, float(exact), float(int8))
    if not result.loss <= most_loss:
        raise ModelError(
            f"int8 weights change {metric} from {result.exact:.4g} to {result.int8:.4g}, more than --most-loss "
            f"{most_loss:g}: nothing is written; export without --quantize, or allow more"
        )
    return result


def _outputs(pipeline: Classifier | Regressor, path: Path) -> Callable[[SequenceArray], np.ndarray]:
    """Return the function that computes by a graph what `PooledTextPipeline.outputs` computes by the model."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    mean, std = (pipeline.model.mean, pipeline.model.std) if isinstance(pipeline, Regressor) else (0.0, 1.0)

    def outputs(tokens: SequenceArray) -> np.ndarray:
        result = np.zeros((len(tokens), pipeline.model.output_size), np.float32)
        for rows in length_buckets(tokens.lengths, max_tokens=_MOST_TOKENS, max_rows=_MOST_ROWS):
            ids, _ = tokens.pad(rows, padding_value=pipeline.tokenizer.pad_id)
            inputs = {"ids": ids.numpy(), "lengths": tokens.lengths[rows].astype(np.int64)}
            (values,) = session.run([session.get_outputs()[0].name], inputs)
            result[rows] = values.reshape(len(rows), -1)
        return (result - mean) / std  # numbers of a regressor are in the unit of the data

    return outputs


@contextmanager
def _quiet(level: int) -> Iterator[None]:
    """Drop log messages of a level and below."""
    before = logging.root.manager.disable
    logging.disable(level)
    try:
        yield
    finally:
        logging.disable(before)
