"""Recurrent cells: the equations of one time step, and their derivatives.

B is the batch size, E the size of an input x_t, H that of a hidden state h_t, G the number of gates. The weights have
the names, shapes and order of PyTorch's:

    W = weight_ih (G * H, E)   b = bias_ih (G * H,)    of the input
    U = weight_hh (G * H, H)   d = bias_hh (G * H,)    of the state

so that W_h [h_{t-1}, x_t] + b_h of textbooks is U h_{t-1} + W x_t with b_h = b + d. A row of an array is an example:
the product W x_t of each is `x @ W.T`. In the formulas * is elementwise, and dL/dh, the gradient of the loss L, has the
shape of h and the name `d_h`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from nlprnn.reference.activations import ActivationName, Array, activation, sigmoid

Weights = dict[str, Array]
"""Weights by name, or their gradients."""

State = tuple[Array, ...]
"""The hidden state h (B, H), and of an LSTM the cell state c (B, H), too."""

Cache = tuple[Array, ...]
"""What the backward pass of a step needs of its forward pass."""


class StepGradients(NamedTuple):
    """Gradients of the loss to all that a step reads.

    Attributes:
        x: dL/dx_t, (B, E).
        state: dL/dh_{t-1}, and of an LSTM dL/dc_{t-1}, (B, H) each.
        weights: the share of this step in dL/dW, dL/dU, dL/db and dL/dd.
    """

    x: Array
    state: State
    weights: Weights


class Cell(Protocol):
    """A recurrent cell.

    Attributes:
        gates: G.
        states: number of arrays in a state.
    """

    gates: int
    states: int

    def forward(self, weights: Weights, x: Array, state: State) -> tuple[State, Cache]:
        """Return the state after x (B, E), from the state before, and what `backward` needs."""
        ...

    def backward(self, weights: Weights, cache: Cache, d_state: State) -> StepGradients:
        """Return the gradients of a step, from the gradients (B, H) to the state after it."""
        ...


class SimpleRNN:
    """Simple recurrent network (Elman 1990): h_t = s(W x_t + b + U h_{t-1} + d), G = 1.

    Args:
        nonlinearity: s, "tanh", "sigmoid" or "relu".

    Raises:
        ValueError: there is no such activation.
    """

    gates, states = 1, 1

    def __init__(self, nonlinearity: ActivationName = "tanh") -> None:
        self.s = activation(nonlinearity)

    def forward(self, weights: Weights, x: Array, state: State) -> tuple[State, Cache]:
        """Compute h_t = s(a) with a = W x_t + b + U h_{t-1} + d, (B, H)."""
        (h,) = state
        a_x, a_h = _products(weights, x, h)
        h_next = self.s.value(a_x + a_h)
        return (h_next,), (x, h, h_next)

    def backward(self, weights: Weights, cache: Cache, d_state: State) -> StepGradients:
        """Compute dL/da = dL/dh_t * s'(a), from which the gradients to W, U, b, d, x_t and h_{t-1} follow."""
        x, h, h_next = cache
        d_a = d_state[0] * self.s.slope(h_next)
        d_x, d_h, gradients = _product_gradients(weights, x, h, d_a, d_a)
        return StepGradients(d_x, (d_h,), gradients)


class LSTM:
    """Long short-term memory (Hochreiter & Schmidhuber 1997; with forget gates, Gers et al. 2000), G = 4.

    a = W x_t + b + U h_{t-1} + d, (B, 4 H), has the blocks a_i, a_f, a_g, a_o:

        i = sigma(a_i)   input gate       g = tanh(a_g)   candidate
        f = sigma(a_f)   forget gate      o = sigma(a_o)  output gate
        c_t = f * c_{t-1} + i * g         cell state
        h_t = o * tanh(c_t)               hidden state
    """

    gates, states = 4, 2

    def forward(self, weights: Weights, x: Array, state: State) -> tuple[State, Cache]:
        """Compute c_t = f * c_{t-1} + i * g and h_t = o * tanh(c_t), (B, H) each."""
        h, c = state
        a_x, a_h = _products(weights, x, h)
        a_i, a_f, a_g, a_o = np.split(a_x + a_h, 4, axis=1)
        i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
        c_next = f * c + i * g
        tanh_c = np.tanh(c_next)
        return (o * tanh_c, c_next), (x, h, c, i, f, g, o, tanh_c)

    def backward(self, weights: Weights, cache: Cache, d_state: State) -> StepGradients:
        """Compute dL/dc_{t-1} = dL/dc_t * f, which an open forget gate passes undiminished, and the rest.

        c_t is read by c_{t+1} and by h_t: dL/dc_t = (from c_{t+1}) + dL/dh_t * o * (1 - tanh(c_t)^2).
        """
        x, h, c, i, f, g, o, tanh_c = cache
        d_h, d_c = d_state
        d_o = d_h * tanh_c  # h_t = o * tanh(c_t)
        d_c = d_c + d_h * o * (1.0 - tanh_c**2)
        d_i, d_f, d_g = d_c * g, d_c * c, d_c * i  # c_t = f * c_{t-1} + i * g
        d_a = np.concatenate(
            # sigma' = sigma (1 - sigma), tanh' = 1 - tanh^2
            [d_i * i * (1.0 - i), d_f * f * (1.0 - f), d_g * (1.0 - g**2), d_o * o * (1.0 - o)],
            axis=1,
        )
        d_x, d_h, gradients = _product_gradients(weights, x, h, d_a, d_a)
        return StepGradients(d_x, (d_h, d_c * f), gradients)


class GRU:
    """Gated recurrent unit (Cho et al. 2014) in the convention of PyTorch and cuDNN, G = 3.

    u = W x_t + b has the blocks u_r, u_z, u_n, and v = U h_{t-1} + d the blocks v_r, v_z, v_n, (B, H) each:

        r = sigma(u_r + v_r)              reset gate
        z = sigma(u_z + v_z)              update gate, which keeps the state where it is 1
        n = tanh(u_n + r * v_n)           candidate
        h_t = (1 - z) * n + z * h_{t-1}

    In the paper the reset gate acts before the product, U_n (r * h_{t-1}), and here after it, bias included, so that
    one product serves all three gates. Chung et al. 2014 and many textbooks write z for what is 1 - z here.
    """

    gates, states = 3, 1

    def forward(self, weights: Weights, x: Array, state: State) -> tuple[State, Cache]:
        """Compute h_t = (1 - z) * n + z * h_{t-1}, (B, H)."""
        (h,) = state
        u, v = _products(weights, x, h)
        (u_r, u_z, u_n), (v_r, v_z, v_n) = np.split(u, 3, axis=1), np.split(v, 3, axis=1)
        r, z = sigmoid(u_r + v_r), sigmoid(u_z + v_z)
        n = np.tanh(u_n + r * v_n)
        return ((1.0 - z) * n + z * h,), (x, h, r, z, n, v_n)

    def backward(self, weights: Weights, cache: Cache, d_state: State) -> StepGradients:
        """Compute dL/dh_{t-1} = dL/dh_t * z + U^T dL/dv, which z = 1 passes undiminished, and the rest."""
        x, h, r, z, n, v_n = cache
        (d_h_next,) = d_state
        d_n, d_z = d_h_next * (1.0 - z), d_h_next * (h - n)  # h_t = (1 - z) * n + z * h_{t-1}
        d_u_n = d_n * (1.0 - n**2)  # n = tanh(u_n + r * v_n)
        d_r, d_v_n = d_u_n * v_n, d_u_n * r
        d_gates = [d_r * r * (1.0 - r), d_z * z * (1.0 - z)]  # of u_r and v_r, and of u_z and v_z
        d_u, d_v = np.concatenate([*d_gates, d_u_n], axis=1), np.concatenate([*d_gates, d_v_n], axis=1)
        d_x, d_h, gradients = _product_gradients(weights, x, h, d_u, d_v)
        return StepGradients(d_x, (d_h + d_h_next * z,), gradients)


CELLS: dict[str, Callable[[], Cell]] = {"rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}
"""Cells by the names that `RecurrentEncoder` has for them."""


def _products(weights: Weights, x: Array, h: Array) -> tuple[Array, Array]:
    """Compute u = W x + b and v = U h + d, (B, G * H) each."""
    return x @ weights["weight_ih"].T + weights["bias_ih"], h @ weights["weight_hh"].T + weights["bias_hh"]


def _product_gradients(weights: Weights, x: Array, h: Array, d_u: Array, d_v: Array) -> tuple[Array, Array, Weights]:
    """Return the gradients to x, h and the weights from those to u = W x + b and v = U h + d.

    dL/dx = W^T dL/du, dL/dh = U^T dL/dv, and summed over the batch dL/dW = sum dL/du x^T, dL/dU = sum dL/dv h^T,
    dL/db = sum dL/du, dL/dd = sum dL/dv.
    """
    gradients = {"weight_ih": d_u.T @ x, "weight_hh": d_v.T @ h, "bias_ih": d_u.sum(axis=0), "bias_hh": d_v.sum(axis=0)}
    return d_u @ weights["weight_ih"], d_v @ weights["weight_hh"], gradients
