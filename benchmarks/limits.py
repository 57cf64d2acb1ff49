"""Upper bounds of translation speed: FLOP of a sentence, and the peak rate of fp32 matrix products.

python benchmarks/limits.py [--threads 1]

The products are those of an LSTM encoder of one layer and two directions, an LSTM decoder of one layer, general
attention and an output layer, in the cheapest order: keys are projected once per sentence, the output layer reads real
tokens only, nothing is spent on padding. Element-wise operations, embeddings and the optimizer count as free, so that
a bound in sentences per second, which is peak FLOP/s over FLOP per sentence, cannot be exceeded in fp32.

Target lengths include EOS. A product (M, K) @ (K, N) is 2 M K N FLOP.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import click
import torch


class Sizes(NamedTuple):
    """Sizes of the model: hidden size of the decoder, half of it for each direction of the encoder."""

    embedding: int = 256
    hidden: int = 512
    vocab: int = 8000
    input_feeding: bool = False


def decoder_weights(sizes: Sizes) -> dict[str, tuple[int, int]]:
    """Return the shapes (inner, columns) of the weight products of one row for one target token, by name."""
    input_feed = sizes.hidden if sizes.input_feeding else 0
    return {
        "gates": (sizes.embedding + input_feed + sizes.hidden, 4 * sizes.hidden),
        "readout": (2 * sizes.hidden, sizes.hidden),
        "output layer": (sizes.hidden, sizes.vocab),
    }


def encoder_flop(source_length: int, sizes: Sizes) -> int:
    """Return the FLOP to encode a sentence: both directions, projected keys, and the bridge to the decoder."""
    direction = sizes.hidden // 2
    gates = 2 * 2 * (sizes.embedding + direction) * 4 * direction
    keys = 2 * sizes.hidden**2
    bridge = 2 * 2 * sizes.hidden**2
    return source_length * (gates + keys) + bridge


def step_flop(source_length: int, sizes: Sizes, rows: int = 1) -> int:
    """Return the FLOP of one decoder step of `rows` rows, as in beam search: weight products and attention."""
    weights = sum(2 * inner * columns for inner, columns in decoder_weights(sizes).values())
    attention = 2 * 2 * source_length * sizes.hidden  # scores, then contexts
    return rows * (weights + attention)


def training_flop(source_length: int, target_length: int, sizes: Sizes) -> int:
    """Return the FLOP of a sentence pair in training: forward, and twice as much backward."""
    return 3 * (encoder_flop(source_length, sizes) + target_length * step_flop(source_length, sizes))


def decoding_flop(source_length: int, target_length: int, sizes: Sizes, beam_size: int = 5) -> int:
    """Return the FLOP to translate a sentence by beam search in `target_length` steps."""
    return encoder_flop(source_length, sizes) + target_length * step_flop(source_length, sizes, beam_size)


def fastest(work: Callable[[], None], seconds: float) -> float:
    """Call `work` repeatedly for `seconds`, at least three times; return the seconds of the fastest call."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < until:
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
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


def step_rate(rows: int, sizes: Sizes) -> float:
    """Return the FLOP/s of the weight products of one decoder step of `rows` rows: the bound of plain products."""
    return product_rate(rows, list(decoder_weights(sizes).values()))


def measured_rates(sizes: Sizes, batch_size: int = 64, target_length: int = 16) -> dict[str, float]:
    """Return the FLOP/s of a training step's products, (M, K) @ (K, N), by name; the best is the machine's peak."""
    tokens, hidden, vocab = batch_size * target_length, sizes.hidden, sizes.vocab
    shapes = {
        "output layer": (tokens, hidden, vocab),
        "output layer, gradient of its input": (tokens, vocab, hidden),
        "output layer, gradient of its weight": (hidden, tokens, vocab),
        "gates, inputs of all tokens": (tokens, sizes.embedding, 4 * hidden),
        "gates, one step": (batch_size, hidden, 4 * hidden),
        "readout": (tokens, 2 * hidden, hidden),
    }
    return {f"{name} ({m} x {k}) @ ({k} x {n})": product_rate(m, [(k, n)]) for name, (m, k, n) in shapes.items()}


@click.command(context_settings={"show_default": True})
@click.option("--threads", default=1, help="CPU threads.")
@click.option("--source-length", default=14, help="Number of source tokens.")
@click.option("--target-length", default=16, help="Number of target tokens including EOS.")
def main(threads: int, source_length: int, target_length: int) -> None:
    """Print the rates of the products, and the resulting bounds in sentences per second."""
    torch.set_num_threads(threads)
    sizes = Sizes()
    rates = measured_rates(sizes)
    steps = {rows: step_rate(rows, sizes) for rows in (5, 64, 320)}
    for name, rate in rates.items():
        click.echo(f"{name:66}{rate / 1e9:7.1f} GFLOP/s")
    for rows, rate in steps.items():
        click.echo(f"{f'decoder step of {rows} rows':66}{rate / 1e9:7.1f} GFLOP/s")
    peak = max(*rates.values(), *steps.values())
    training = training_flop(source_length, target_length, sizes)
    decoding = decoding_flop(source_length, target_length, sizes)
    click.echo(f"\n{source_length} source and {target_length} target tokens, {threads} threads, sentences/s")
    for name, flop, rate in (
        ("training, at peak", training, peak),
        ("beam 5, at peak", decoding, peak),
        ("beam 5, at the rate of a step of 320 rows (64 sentences)", decoding, steps[320]),
        ("beam 5, at the rate of a step of 5 rows (one sentence)", decoding, steps[5]),
    ):
        click.echo(f"{name:57}{flop / 1e9:5.2f} GFLOP {rate / flop:7.1f}")


if __name__ == "__main__":
    main()
