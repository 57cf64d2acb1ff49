"""Speed of text generation, against the loops that are usually written and the bound of memory bandwidth.

python benchmarks/generation.py [--threads 2]

One character-level LSTM of two layers of 512, embedding 128, 65 characters, random weights, temperature 0.8:

- "nn.LSTM": the layers as one `nn.LSTM`, called with one character at a time;
- "LSTMCell": one `nn.LSTMCell` a layer, as a careful user would write it;
- nlprnn: `Generator.stream` from prompt to text, in fp32 and with int8 weights.

The loops sample with `torch.multinomial` under `inference_mode` and keep the ids; nlprnn returns text. The bound is
the memory bandwidth of this machine over the bytes of the weights that one character reads: smaller weights stay in
the cache and can beat it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click
import torch
from measurement import Limit, Row, benchmark, rate
from peaks import bandwidth
from peers.process import peer_ways, peers_folder_option, peers_option
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


@benchmark(rounds=6, quick={"length": 100, "rows": 8})
@click.option("--length", default=1000, help="Number of characters of a single text; a tenth of it for many texts.")
@click.option("--rows", default=64, help="Number of texts generated in parallel.")
@peers_option
@peers_folder_option
def main(length: int, rows: int, peers: Sequence[str], peers_folder: Path) -> Iterator[Row]:
    """Generate one text and many texts, with nlprnn and with the loops that are usually written."""
    generator = make_generator()
    sizes = {"vocabulary": generator.model.vocab_size, "embedding": 128, "hidden": 512, "temperature": TEMPERATURE}
    for count, size in ((1, length), (rows, max(1, length // 10))):
        work = {
            "nlprnn": partial(with_nlprnn, generator, count, size, int8=False),
            "nlprnn int8": partial(with_nlprnn, generator, count, size, int8=True),
            "nn.LSTM": partial(with_lstm, generator.model, count, size),
            "LSTMCell": partial(with_cells, generator.model, count, size),
        }
        yield Row(
            name="one text" if count == 1 else f"{count} texts in parallel",
            unit="characters/s",
            ways={
                **{name: partial(rate, count * size, call) for name, call in work.items()},
                **peer_ways(peers, "generation", folder=peers_folder, rows=count, length=size, **sizes),
            },
            limit=Limit(bytes_per_character(generator) / count, bandwidth, "bytes"),
            note="nlprnn reads a prompt and decodes to text; limit: fp32 weights read from memory",
        )


if __name__ == "__main__":
    main()
