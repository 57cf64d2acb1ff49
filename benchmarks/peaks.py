"""Peaks of the machine: rate of fp32 matrix products at given shapes, and memory bandwidth."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import torch

SQUARE = 1024
"""Rows, inner size and columns of the product whose rate is printed with every benchmark."""


def clock() -> float:
    """Return seconds since an arbitrary moment: processor time with one thread, otherwise wall-clock time.

    Processor time is what other work on the machine affects least; with several threads it would count their waiting.
    """
    return time.process_time() if torch.get_num_threads() == 1 else time.perf_counter()


def fastest(work: Callable[[], object], seconds: float) -> float:
    """Call `work` repeatedly for `seconds`, at least three times; return the seconds of the fastest call."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < until:
        began = clock()
        work()
        times.append(clock() - began)
    return min(times)


def product_rate(rows: int, products: list[tuple[int, int]], seconds: float = 1.0) -> float:
    """Return the FLOP/s of products (rows, inner) @ (inner, columns) in sequence, with torch's current threads.

    The best of three layouts counts: the weight stored as (columns, inner), as in `nn.Linear`; as (inner, columns);
    and the transposed product, weight (columns, inner) times input (inner, rows).
    """
    inputs = [torch.randn(rows, inner) for inner, _ in products]
    outputs = [torch.empty(rows, columns) for _, columns in products]
    linear = [torch.randn(columns, inner).t() for inner, columns in products]
    stored = [weight.contiguous() for weight in linear]
    transposed = [
        (weight.t(), x.t(), torch.empty(weight.size(1), rows)) for x, weight in zip(inputs, linear, strict=True)
    ]
    flop = sum(2 * rows * inner * columns for inner, columns in products)
    layouts = [zip(inputs, weights, outputs, strict=True) for weights in (linear, stored)]
    return max(flop / fastest(partial(_multiply, list(calls)), seconds / 3) for calls in (*layouts, transposed))


def _multiply(calls: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]) -> None:
    for left, right, out in calls:
        torch.mm(left, right, out=out)


def square_rate() -> float:
    """Return the FLOP/s of a square product that fits into the cache: about the peak of the processor."""
    return product_rate(SQUARE, [(SQUARE, SQUARE)], 0.3)


def bandwidth(seconds: float = 0.3) -> float:
    """Return the bytes per second at which a matrix of 256 MB, far larger than the cache, is read.

    The better of the matrix-vector products of PyTorch and of NumPy counts.
    """
    matrix, vector = torch.ones(16384, 4096), torch.ones(4096)
    arrays = matrix.numpy(), vector.numpy()
    products = (lambda: torch.mv(matrix, vector)), (lambda: arrays[0] @ arrays[1])
    return matrix.nbytes / min(fastest(product, seconds / 2) for product in products)
