"""Activation functions s, and their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ActivationName = Literal["identity", "sigmoid", "tanh", "relu"]


class Activation(NamedTuple):
    """An activation function, elementwise on arrays of any shape.

    Attributes:
        value: s(a).
        slope: ds/da as a function of the value s(a), which the forward pass has at hand.
    """

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


def sigmoid(a: Array) -> Array:
    """Return sigma(a) = 1 / (1 + exp(-a)) = (1 + tanh(a / 2)) / 2, of which the latter never overflows."""
    return 0.5 * (1.0 + np.tanh(0.5 * a))


def softmax(a: Array) -> Array:
    """Return exp(a_k) / sum_j exp(a_j), over the last axis; subtracting the maximum changes no ratio."""
    exponentials = np.exp(a - a.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


_ACTIVATIONS = {
    "identity": Activation(lambda a: a, lambda s: np.ones_like(s)),
    "sigmoid": Activation(sigmoid, lambda s: s * (1.0 - s)),
    "tanh": Activation(np.tanh, lambda s: 1.0 - s**2),
    "relu": Activation(lambda a: np.maximum(a, 0.0), lambda s: (s > 0.0).astype(np.float64)),
}


def activation(name: ActivationName) -> Activation:
    """Return the activation of a name.

    Raises:
        ValueError: there is none of this name.
    """
    if name not in _ACTIVATIONS:
        raise ValueError(f"unknown activation {name!r}: choose one of {', '.join(_ACTIVATIONS)}")
    return _ACTIVATIONS[name]
