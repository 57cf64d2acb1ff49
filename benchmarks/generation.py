"""Speed of text generation, against the loops that are usually written and the bound of memory bandwidth.

python benchmarks/generation.py [--threads 2]

One character-level LSTM of two layers of 512, embedding 128, 65 characters, random weights, temperature 0.8. In turn:

- "nn.LSTM": the layers as one `nn.LSTM`, called with one character at a time;
- "LSTMCell": one `nn.LSTMCell` a layer, as a careful user would write it;
- nlprnn: `Generator.stream` from prompt to text, in fp32 and with int8 weights.

The loops sample with `torch.multinomial` under `inference_mode` and keep the ids; nlprnn returns text. The bound is
the memory bandwidth of this machine (the best of a matrix-vector product in NumPy and in PyTorch) over the bytes of
the weights that one character reads: smaller weights stay in the cache and can beat it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from statistics import median

import click
import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import Tensor, nn

from nlprnn import Generator
from nlprnn.models import LanguageModel
from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.pipelines import GenerationOptions
from nlprnn.text import CharacterTokenizer

TEMPERATURE = 0.8
PROMPT = "Once upon a time"


def make_generator() -> Generator:
    """Build a generator with the untrained model described above."""
    torch.manual_seed(0)
    tokenizer = CharacterTokenizer([chr(code) for code in range(ord(" "), ord(" ") + 61)])
    encoder = RecurrentEncoder(128, 512, num_layers=2)
    model = LanguageModel(embedding=Embedding(tokenizer.vocab_size, 128), encoder=encoder)
    model.output_bias.data[: len("pusb")] = -100.0  # never end
    return Generator(model.eval(), tokenizer)


def draw(model: LanguageModel, output: Tensor) -> Tensor:
    """Sample the next tokens (N,) int64 from the top layer's outputs (N, H) float32."""
    vectors = model.projection(output) * model.embedding.embedding_dim**-0.5
    scores = nn.functional.linear(vectors, model.embedding.weight, model.output_bias)
    return torch.multinomial((scores / TEMPERATURE).softmax(dim=1), 1).squeeze(1)


def with_lstm(model: LanguageModel, rows: int, length: int) -> None:
    """Generate `length` characters in each of `rows` rows with `nn.LSTM`, one at a time."""
    lstm = nn.LSTM(128, 512, 2, batch_first=True)
    tokens, state = torch.full((rows,), 5), None
    with torch.inference_mode():
        for _ in range(length):
            output, state = lstm(model.embedding(tokens).unsqueeze(1), state)
            tokens = draw(model, output[:, 0])


def with_cells(model: LanguageModel, rows: int, length: int) -> None:
    """Generate `length` characters in each of `rows` rows with one `nn.LSTMCell` per layer."""
    lower, upper = nn.LSTMCell(128, 512), nn.LSTMCell(512, 512)
    tokens, first, second = torch.full((rows,), 5), None, None
    with torch.inference_mode():
        for _ in range(length):
            first = lower(model.embedding(tokens), first)
            second = upper(first[0], second)
            tokens = draw(model, second[0])


def with_nlprnn(generator: Generator, rows: int, length: int, *, int8: bool) -> None:
    """Generate `length` characters in each of `rows` rows with nlprnn."""
    options = GenerationOptions(length=length, temperature=TEMPERATURE, int8=int8)
    if rows == 1:
        written = len("".join(generator.stream(PROMPT, options)))
    else:
        written = min(map(len, generator([PROMPT] * rows, options)))
    if written != length:
        raise RuntimeError(f"{written} characters were generated, {length} were requested")


def bytes_per_character(generator: Generator) -> int:
    """Return the bytes of weights that one step reads: recurrent, upper layer's input and output weights."""
    first, second = (layer.all_weights[0] for layer in generator.model.encoder.layers)
    vocabulary = generator.model.vocab_size
    return 4 * (first[1].numel() + second[0].numel() + second[1].numel() + vocabulary * second[1].size(1))


def bandwidth(seconds: float = 1.0) -> float:
    """Return the bytes per second at which a matrix far larger than the cache is read."""
    matrix, vector = np.ones((16384, 4096), dtype=np.float32), np.ones(4096, dtype=np.float32)
    tensors = torch.from_numpy(matrix), torch.from_numpy(vector)
    best, until = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < until:
        for work in (lambda: matrix @ vector, lambda: torch.mv(*tensors)):
            began = time.perf_counter()
            work()
            best = min(best, time.perf_counter() - began)
    return matrix.nbytes / best


def rate(work: Callable[[int], None], rows: int, length: int) -> float:
    """Return the characters per second of `work(length)`, which generates `rows` rows."""
    began = time.perf_counter()
    work(length)
    return rows * length / (time.perf_counter() - began)


@click.command(context_settings={"show_default": True})
@click.option("--threads", default=2, help="CPU threads of PyTorch and NumPy.")
@click.option("--length", default=1000, help="Number of characters of a single text; a tenth of it for many texts.")
@click.option("--rows", default=64, help="Number of texts generated in parallel.")
@click.option("--rounds", default=7, help="Rounds of all in turn; the first only warms up.")
def main(threads: int, length: int, rows: int, rounds: int) -> None:
    """Print the median characters per second of each, with its range, and ratios round by round."""
    torch.set_num_threads(threads)
    with threadpool_limits(threads):
        compare(length, rows, rounds, threads)


def compare(length: int, rows: int, rounds: int, threads: int) -> None:
    """Measure all ways of generating one text and `rows` texts, and print them."""
    generator = make_generator()
    for count, size in ((1, length), (rows, max(1, length // 10))):
        ways: dict[str, Callable[[int], None]] = {
            "nn.LSTM": partial(with_lstm, generator.model, count),
            "LSTMCell": partial(with_cells, generator.model, count),
            "nlprnn": partial(with_nlprnn, generator, count, int8=False),
            "nlprnn int8": partial(with_nlprnn, generator, count, int8=True),
        }
        rounds_of_rates = [{name: rate(work, count, size) for name, work in ways.items()} for _ in range(rounds)][1:]
        click.echo(
            f"{count} text{'s' if count > 1 else ''} in parallel, {threads} threads, characters per second in all"
        )
        for name in ways:
            rates = [measured[name] for measured in rounds_of_rates]
            ratios = "   ".join(
                f"{median(measured[name] / measured[other] for measured in rounds_of_rates):5.2f} x {other}"
                for other in ways
                if other != name
            )
            click.echo(f"  {name:<12}{median(rates):8,.0f}  ({min(rates):,.0f} to {max(rates):,.0f})   {ratios}")
        if count == 1:
            reads, speed = bytes_per_character(generator), bandwidth()
            bound = speed / reads
            best = median(measured["nlprnn"] for measured in rounds_of_rates)
            click.echo(
                f"  memory bandwidth {speed / 1e9:.1f} GB/s, {reads / 1e6:.1f} MB per character in fp32: bound "
                f"{bound:,.0f}; nlprnn reaches {best / bound:.0%}"
            )


if __name__ == "__main__":
    main()
