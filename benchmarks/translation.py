"""Training and beam-search speed of a translator, against a plain PyTorch script and the machine's peak.

python benchmarks/translation.py [--threads 2]

The plain script is `plain_translation.py`; the limit is that of the fp32 matrix products alone (`limits.py`). All
get the same random pairs with lengths like those of image captions; search is forced to take as many steps as the
target has tokens. Sizes: encoder 2 x 256, decoder 512, embeddings 256, vocabulary 8,000, one layer each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
import limits
import numpy as np
import plain_translation as plain
import torch
from measurement import Limit, Row, benchmark, pace, rate
from peers.process import peer_ways, peers_folder_option, peers_option

from nlprnn.batching import BucketBatches, PairBatch, SequenceArray, length_buckets
from nlprnn.decoding import BeamOptions, Step, average_length_penalty, beam_search
from nlprnn.models import Seq2Seq
from nlprnn.modules import AttentionDecoder, Bridge, Embedding, GeneralAttention, RecurrentEncoder
from nlprnn.training.losses import translation_loss

SIZES = limits.Sizes()
BEAM = 5


def build() -> Seq2Seq:
    """Build the plain script's model without input feeding, so that the decoder reads the target in one call."""
    width, hidden = SIZES.embedding, SIZES.hidden
    embeddings = [Embedding(SIZES.vocab, width, std=width**-0.5) for _ in range(2)]
    encoder = RecurrentEncoder(width, hidden // 2, bidirectional=True)
    decoder = AttentionDecoder(width, hidden, hidden, attention=GeneralAttention(hidden, encoder.output_size))
    return Seq2Seq(
        source_embedding=embeddings[0],
        target_embedding=embeddings[1],
        encoder=encoder,
        bridge=Bridge(encoder.output_size, hidden),
        decoder=decoder,
        tied=False,
    )


def arrays(pairs: list[plain.Pair]) -> tuple[SequenceArray, SequenceArray]:
    """Return the sources, and the targets with BOS and EOS."""
    sources = SequenceArray.from_sequences(source for source, _ in pairs)
    return sources, SequenceArray.from_sequences([plain.BOS, *target, plain.EOS] for _, target in pairs)


def training_steps(model: Seq2Seq, pairs: list[plain.Pair]) -> Iterator[int]:
    """Train on token-budget batches of 64 sentences on average; yield the batch size of each step, without end."""
    sources, targets = arrays(pairs)
    lengths = np.stack([targets.lengths, sources.lengths], axis=1)

    def collate(rows: np.ndarray) -> PairBatch:
        return PairBatch(*sources.pad(rows), *targets.pad(rows))

    batches = BucketBatches(lengths, collate, max_tokens=round(64 * lengths.sum(axis=1).mean()), max_rows=256)
    optimizer, loss = torch.optim.AdamW(model.parameters(), fused=True), translation_loss()
    while True:
        for batch in batches:
            loss(model.train(), batch, None).loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            yield len(batch.source)


def plain_steps(model: plain.PlainTranslator, pairs: list[plain.Pair]) -> Iterator[int]:
    """Train the plain script's model on random batches of 64; yield the batch size of each step, without end."""
    optimizer = torch.optim.Adam(model.parameters())
    model.train()
    while True:
        for batch in plain.random_batches(pairs, 64):
            plain.train_step(model, optimizer, batch)
            yield len(batch[0])


def search(model: Seq2Seq, pairs: list[plain.Pair], *, batch_size: int, step: Step | None = None) -> None:
    """Translate to the lengths of the targets.

    The default step is that of `Translator`; for many sentences it is compiled first, and that time is included.
    """
    sources, targets = arrays(pairs)
    step = step or model.compiled_step(input_table=len(pairs) >= 256)
    with torch.inference_mode():
        for rows in length_buckets(sources.lengths, max_tokens=1 << 30, max_rows=batch_size):
            state = model.encode(*sources.pad(rows))
            options = BeamOptions(
                eos_id=plain.EOS,
                max_length=torch.from_numpy(targets.lengths[rows] - 2),
                beam_size=BEAM,
                length_penalty=average_length_penalty(),
                early_stopping=True,
            )
            beam_search(step, torch.full((len(rows),), plain.BOS), state, options=options)


@benchmark(quick={"seconds": 0.5, "sentences": 40})
@click.option("--seconds", default=8.0, help="Duration of a timing of training in seconds.")
@click.option(
    "--sentences", default=320, help="Number of sentences to translate per round; a tenth of them one at a time."
)
@peers_option
@peers_folder_option
def main(seconds: float, sentences: int, peers: Sequence[str], peers_folder: Path) -> Iterator[Row]:
    """Train a translator and translate with beam search, in nlprnn and in a plain PyTorch script."""
    pairs = plain.random_pairs(4096 + sentences)
    train, test = pairs[sentences:], pairs[:sentences]
    source, target = (round(sum(len(pair[side]) for pair in test) / len(test)) for side in (0, 1))
    sizes = {"embedding": SIZES.embedding, "hidden": SIZES.hidden, "vocabulary": SIZES.vocab, "beam": BEAM}
    others = partial(peer_ways, peers, folder=peers_folder, **sizes)
    ours, baseline = training_steps(build(), train), plain_steps(plain.PlainTranslator(), train)
    yield Row(
        name="training, 64 sentences",
        unit="sentences/s",
        ways={
            "nlprnn": lambda: pace(ours, seconds),
            "plain": lambda: pace(baseline, seconds),
            **others("training", pairs=train, batch_size=64, steps=max(1, round(seconds))),
        },
        limit=Limit(limits.training_flop(source, target + 1, SIZES), partial(limits.training_rate, SIZES)),
        note="others: input feeding; plain: random batches; JoeyNMT: batches of similar lengths, packed sequences",
    )
    yield from search_rows(test, limits.decoding_flop(source, target + 1, SIZES, BEAM), others)


def search_rows(test: list[plain.Pair], flop: int, others: Callable[..., dict[str, Any]]) -> Iterator[Row]:
    """Yield the rows of beam search: `test` in batches of 64, and a tenth of it one at a time.

    Args:
        test: pairs to translate.
        flop: of a sentence.
        others: returns the peers' ways of a job with settings.
    """
    model, baseline = build().eval(), plain.PlainTranslator()
    with torch.no_grad():
        model.output_bias[plain.EOS] = -50.0  # no EOS before the maximum length, where nothing else is allowed
    int8 = model.compiled_step(int8=True)
    for batch_size, pairs in ((64, test), (1, test[: max(1, len(test) // 10)])):
        searches = {
            "nlprnn": partial(search, model, pairs, batch_size=batch_size),
            "nlprnn int8": partial(search, model, pairs, batch_size=batch_size, step=int8),
            "plain": partial(plain.translate_all, baseline, pairs, batch_size=batch_size),
        }
        yield Row(
            name=f"beam {BEAM}, {f'batches of {batch_size}' if batch_size > 1 else 'one at a time'}",
            unit="sentences/s",
            ways={
                **{name: partial(rate, len(pairs), work) for name, work in searches.items()},
                **others("search", pairs=pairs, batch_size=batch_size),
            },
            limit=Limit(flop, partial(limits.step_rate, batch_size * BEAM, SIZES)),
            note="others: input feeding; plain: batches in input order; JoeyNMT: each batch to its mean length",
        )


if __name__ == "__main__":
    main()
