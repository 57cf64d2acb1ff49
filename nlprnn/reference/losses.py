"""Loss functions, and their gradients to the outputs of a network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nlprnn.reference.activations import Array, softmax
from nlprnn.reference.layer import Mask


def squared_error(outputs: Array, targets: Array, mask: Mask | None = None) -> tuple[float, Array]:
    """Compute the mean squared error L = 1/N sum (y - t)^2, with dL/dy = 2 (y - t) / N.

    Args:
        outputs: y, (..., O).
        targets: t, (..., O); constants, to which no gradient goes.
        mask: (...), True = counts; None = all. N is the number of outputs that count.

    Returns:
        L, and dL/dy (..., O).
    """
    counted = np.ones(outputs.shape[:-1], dtype=bool) if mask is None else mask
    difference = np.where(counted[..., None], outputs - targets, 0.0)
    number = counted.sum() * outputs.shape[-1]
    return float((difference**2).sum() / number), 2.0 * difference / number


def cross_entropy(logits: Array, targets: NDArray[np.int64], mask: Mask | None = None) -> tuple[float, Array]:
    """Compute the cross-entropy L = -1/N sum log p_target (nats), p = softmax(y), and dL/dy = (p - e_target) / N.

    e_target is the one-hot vector of the target class.

    Args:
        logits: y, (..., C).
        targets: the class of each, (...).
        mask: (...), True = counts; None = all. N is the number of rows that count.

    Returns:
        L, and dL/dy (..., C).
    """
    counted = np.ones(targets.shape, dtype=bool) if mask is None else mask
    one_hot = np.eye(logits.shape[-1])[np.where(counted, targets, 0)]
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))  # log softmax(y), never the log of a 0
    loss = -np.where(counted, (log_p * one_hot).sum(axis=-1), 0.0).sum() / counted.sum()
    return float(loss), np.where(counted[..., None], softmax(logits) - one_hot, 0.0) / counted.sum()
