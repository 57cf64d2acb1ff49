"""Optimizers, and gradient clipping."""

from __future__ import annotations

import numpy as np

from nlprnn.reference.cells import Weights


class GradientDescent:
    """Gradient descent with L2 regularisation: w <- w - eta (dL/dw + lambda w).

    lambda w is the gradient of lambda / 2 * |w|^2, which is added to the loss.

    Args:
        learning_rate: eta.
        l2: lambda.
    """

    def __init__(self, learning_rate: float, *, l2: float = 0.0) -> None:
        self.learning_rate = learning_rate
        self.l2 = l2

    def update(self, weights: Weights, gradients: Weights) -> Weights:
        """Return the weights after w <- w - eta (dL/dw + lambda w)."""
        return {name: w - self.learning_rate * (gradients[name] + self.l2 * w) for name, w in weights.items()}


class Adam:
    """Adam (Kingma & Ba 2015) with L2 regularisation. With g = dL/dw + lambda w in update number k:

        m <- beta_1 m + (1 - beta_1) g           mean of the gradients
        v <- beta_2 v + (1 - beta_2) g^2         mean of their squares
        w <- w - eta (m / (1 - beta_1^k)) / (sqrt(v / (1 - beta_2^k)) + epsilon)

    m and v begin with zeros; the divisions by 1 - beta^k undo what that takes from the means.

    Args:
        learning_rate: eta.
        betas: beta_1 and beta_2.
        epsilon: least denominator.
        l2: lambda.
    """

    def __init__(
        self,
        learning_rate: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        l2: float = 0.0,
    ) -> None:
        self.learning_rate = learning_rate
        self.betas = betas
        self.epsilon = epsilon
        self.l2 = l2
        self._updates = 0
        self._m: Weights = {}
        self._v: Weights = {}

    def update(self, weights: Weights, gradients: Weights) -> Weights:
        """Return the weights after w <- w - eta (m / (1 - beta_1^k)) / (sqrt(v / (1 - beta_2^k)) + epsilon)."""
        (beta_1, beta_2), after = self.betas, {}
        self._updates += 1
        for name, w in weights.items():
            g = gradients[name] + self.l2 * w
            m = self._m[name] = beta_1 * self._m.get(name, 0.0) + (1.0 - beta_1) * g
            v = self._v[name] = beta_2 * self._v.get(name, 0.0) + (1.0 - beta_2) * g**2
            m_corrected, v_corrected = m / (1.0 - beta_1**self._updates), v / (1.0 - beta_2**self._updates)
            after[name] = w - self.learning_rate * m_corrected / (np.sqrt(v_corrected) + self.epsilon)
        return after


def global_norm(gradients: Weights) -> float:
    """Return |g| = sqrt(sum of the squares of all components of all gradients)."""
    return float(np.sqrt(sum((g**2).sum() for g in gradients.values())))


def clip_by_norm(gradients: Weights, limit: float) -> Weights:
    """Return g * min(1, limit / |g|) with the global norm |g| (Pascanu et al. 2013): the direction stays."""
    norm = global_norm(gradients)
    return {name: g * (limit / norm) for name, g in gradients.items()} if norm > limit else gradients


def clip_by_value(gradients: Weights, limit: float) -> Weights:
    """Return min(max(g, -limit), limit) for each component: the direction may change."""
    return {name: np.clip(g, -limit, limit) for name, g in gradients.items()}
