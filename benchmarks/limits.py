"""Upper bounds of translation speed: FLOP of a sentence, and the peak rate of fp32 matrix products.

python benchmarks/limits.py [--threads 2]

The products are those of an LSTM encoder of one layer and two directions, an LSTM decoder of one layer, general
attention and an output layer, in the cheapest order: keys are projected once per sentence, the output layer reads real
tokens only, nothing is spent on padding. Element-wise operations, embeddings and the optimizer count as free, so that
a bound in sentences per second, which is peak FLOP/s over FLOP per sentence, cannot be exceeded in fp32.

Target lengths include EOS. A product (M, K) @ (K, N) is 2 M K N FLOP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from measurement import Row, benchmark
from peaks import product_rate


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


def step_rate(rows: int, sizes: Sizes) -> float:
    """Return the FLOP/s of the weight products of one decoder step of `rows` rows: the bound of plain products."""
    return product_rate(rows, list(decoder_weights(sizes).values()))


def training_products(sizes: Sizes, batch_size: int = 64, target_length: int = 16) -> dict[str, tuple[int, int, int]]:
    """Return the shapes (M, K, N) of a training step's products (M, K) @ (K, N), by name."""
    tokens, hidden, vocab = batch_size * target_length, sizes.hidden, sizes.vocab
    return {
        "output layer": (tokens, hidden, vocab),
        "its input gradient": (tokens, vocab, hidden),
        "its weight gradient": (hidden, tokens, vocab),
        "gates, inputs": (tokens, sizes.embedding, 4 * hidden),
        "gates, one step": (batch_size, hidden, 4 * hidden),
        "readout": (tokens, 2 * hidden, hidden),
    }


def training_rate(sizes: Sizes) -> float:
    """Return the FLOP/s of the fastest of a training step's products: the machine's peak."""
    return max(product_rate(m, [(k, n)], 0.3) for m, k, n in training_products(sizes).values())


@benchmark()
def main() -> Iterator[Row]:
    """Multiply the matrices of a translator's training step and of its decoder steps."""
    sizes = Sizes()
    for name, (m, k, n) in training_products(sizes).items():
        rate = partial(gflops, partial(product_rate, m, [(k, n)]))
        yield Row(name=f"{name}, {m} x {k} x {n}", unit="GFLOP/s", ways={"torch.mm": rate})
    for rows in (5, 64, 320):
        rate = partial(gflops, partial(step_rate, rows, sizes))
        yield Row(name=f"decoder step, {rows} rows", unit="GFLOP/s", ways={"torch.mm": rate})


def gflops(rate: Callable[[], float]) -> float:
    """Return a rate in GFLOP/s."""
    return rate() / 1e9


if __name__ == "__main__":
    main()
