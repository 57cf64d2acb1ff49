"""Recurrent layer over whole sequences: forward pass, and back-propagation through time.

Back-propagation through time (Werbos 1990) is the chain rule on the unrolled network: the same weights are read in
every step, so that their gradients are sums over the steps, and the gradient to a state is the sum of what comes from
the output at its step and of what the next step passes back,

    dL/dh_t = dL/dh_t (output) + (dh_{t+1}/dh_t)^T dL/dh_{t+1}.

Over k steps the Jacobians multiply, dh_{t+k}/dh_t = dh_{t+k}/dh_{t+k-1} ... dh_{t+1}/dh_t: the gradient vanishes or
explodes where their norms are below or above 1 (Bengio et al. 1994; Pascanu et al. 2013).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlprnn.reference.activations import Array
from nlprnn.reference.cells import Cache, Cell, State, Weights

Mask = NDArray[np.bool_]


class LayerRun(NamedTuple):
    """The forward pass of a layer.

    Attributes:
        outputs: h_1 ... h_T, (B, T, H), zero on padding.
        state: after the last real step of each row.
        caches: of each step.
        mask: (B, T), True = real step.
    """

    outputs: Array
    state: State
    caches: list[Cache]
    mask: Mask


class LayerGradients(NamedTuple):
    """Gradients of the loss to all that a layer reads, and to its hidden states.

    Attributes:
        weights: dL/dW, dL/dU, dL/db and dL/dd.
        x: dL/dx_t, (B, T, E).
        state: of the initial state.
        hidden: dL/dh_t, (B, T, H), what comes from all later steps included.
    """

    weights: Weights
    x: Array
    state: State
    hidden: Array


def run_forward(
    cell: Cell, weights: Weights, x: Array, *, mask: Mask | None = None, state: State | None = None
) -> LayerRun:
    """Run a layer over sequences: (h_t, c_t) = cell(x_t, h_{t-1}, c_{t-1}) for t = 1 ... T.

    On padding the state is unchanged and the output zero, so that the result of a row depends neither on its padding
    nor on the other rows.

    Args:
        cell: the equations of a step.
        weights: `weight_ih`, `weight_hh`, `bias_ih` and `bias_hh`; others are ignored.
        x: (B, T, E).
        mask: (B, T), True = real step; None = all real.
        state: initial state; None = zeros.
    """
    batch_size, length = x.shape[:2]
    hidden_size = weights["weight_hh"].shape[1]
    mask = np.ones((batch_size, length), dtype=bool) if mask is None else mask
    state = tuple(np.zeros((batch_size, hidden_size)) for _ in range(cell.states)) if state is None else state
    x = np.where(mask[:, :, None], x, 0.0)  # padding may hold anything, NaN too
    outputs, caches = np.zeros((batch_size, length, hidden_size)), []
    for t in range(length):
        real = mask[:, t, None]  # (B, 1)
        after, cache = cell.forward(weights, x[:, t], state)
        state = tuple(np.where(real, new, old) for new, old in zip(after, state, strict=True))
        outputs[:, t] = state[0] * real
        caches.append(cache)
    return LayerRun(outputs, state, caches, mask)


def run_backward(
    cell: Cell,
    weights: Weights,
    run: LayerRun,
    d_outputs: Array,
    *,
    d_state: State | None = None,
    truncate: int | None = None,
) -> LayerGradients:
    """Propagate gradients back through time, for t = T ... 1.

    Args:
        cell: the equations of a step.
        weights: those of the forward pass.
        run: the forward pass.
        d_outputs: gradients to the outputs, (B, T, H).
        d_state: gradients to the final state; None = zeros.
        truncate: truncated back-propagation through time (Williams & Peng 1990): the sequence is split into segments of
            this many steps, and dh_{t+1}/dh_t is taken as zero from one segment to the one before; None = no
            truncation. Equal to detaching the state between segments in PyTorch.
    """
    length = d_outputs.shape[1]
    d_state = tuple(np.zeros_like(array) for array in run.state) if d_state is None else d_state
    sums = {name: np.zeros_like(weights[name]) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    d_x, d_hidden = np.zeros((*d_outputs.shape[:2], weights["weight_ih"].shape[1])), np.zeros_like(d_outputs)
    for t in reversed(range(length)):
        real = run.mask[:, t, None]  # (B, 1)
        if truncate is not None and (t + 1) % truncate == 0 and t + 1 < length:
            d_state = tuple(np.zeros_like(array) for array in d_state)
        d_state = (d_state[0] + d_outputs[:, t] * real, *d_state[1:])  # the output at t is h_t
        d_hidden[:, t] = d_state[0]
        step = cell.backward(weights, run.caches[t], tuple(array * real for array in d_state))
        d_state = tuple(np.where(real, new, old) for new, old in zip(step.state, d_state, strict=True))
        d_x[:, t] = step.x
        for name, gradient in step.weights.items():
            sums[name] += gradient  # every step reads the same weights
    return LayerGradients(sums, d_x, d_state, d_hidden)
