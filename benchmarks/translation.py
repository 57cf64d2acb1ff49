"""Training and beam-search speed of a translator, against a plain PyTorch script and the machine's peak.

python benchmarks/translation.py [--threads 2]

Three things are measured in turn, for several rounds, so that other load on the machine affects them equally: the
plain script (`plain_translation.py`), nlprnn with the same sizes, and the fp32 matrix products alone (`limits.py`). All
get the same random pairs with lengths like those of image captions; search is forced to take as many steps as the
target has tokens. Sizes: encoder 2 x 256, decoder 512, embeddings 256, vocabulary 8,000, one layer each.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import click
import limits
import numpy as np
import plain_translation as plain
import torch
from comparison import Job, print_comparison

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


def search(model: Seq2Seq, pairs: list[plain.Pair], *, batch_size: int, step: Step | None = None) -> float:
    """Translate to the lengths of the targets; return sentences per second.

    The default step is that of `Translator`; for many sentences it is compiled first, and that time is included.
    """
    began = time.perf_counter()
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
    return len(pairs) / (time.perf_counter() - began)


def pace(steps: Iterator[int], seconds: float) -> float:
    """Run training steps for `seconds`; return sentences per second."""
    began, sentences = time.perf_counter(), 0
    while (spent := time.perf_counter() - began) < seconds:
        sentences += next(steps)
    return sentences / spent


@click.command(context_settings={"show_default": True})
@click.option("--threads", default=2, help="CPU threads.")
@click.option("--rounds", default=3, help="Timed rounds, after one that warms up.")
@click.option("--seconds", default=8.0, help="Duration of a timing of training in seconds.")
@click.option(
    "--sentences", default=320, help="Number of sentences to translate per round; a tenth of them one at a time."
)
def main(threads: int, rounds: int, seconds: float, sentences: int) -> None:
    """Print sentences per second of both, their ratio, and nlprnn's share of the machine's peak."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    pairs = plain.random_pairs(4096 + sentences)
    train, test = pairs[sentences:], pairs[:sentences]
    one_by_one = test[: sentences // 10]
    ours, baseline = build().eval(), plain.PlainTranslator()
    with torch.no_grad():
        ours.output_bias[plain.EOS] = -50.0  # no EOS before the maximum length, where nothing else is allowed
    int8 = ours.compiled_step(int8=True)
    our_steps, baseline_steps = training_steps(build(), train), plain_steps(plain.PlainTranslator(), train)
    tokens = [sum(len(pair[side]) for pair in test) / len(test) for side in (0, 1)]
    work = (round(tokens[0]), round(tokens[1]) + 1)
    training, decoding = limits.training_flop(*work, SIZES), limits.decoding_flop(*work, SIZES, BEAM)
    jobs = {
        "training, 64 sentences": Job(
            lambda: pace(our_steps, seconds),
            lambda: pace(baseline_steps, seconds),
            lambda: max(limits.measured_rates(SIZES).values()) / training,
        ),
        f"beam {BEAM}, batches of 64": Job(
            lambda: search(ours, test, batch_size=64),
            lambda: plain.decoding_rate(baseline, test, batch_size=64),
            lambda: limits.step_rate(64 * BEAM, SIZES) / decoding,
        ),
        f"beam {BEAM}, one at a time": Job(
            lambda: search(ours, one_by_one, batch_size=1),
            lambda: plain.decoding_rate(baseline, one_by_one, batch_size=1),
            lambda: limits.step_rate(BEAM, SIZES) / decoding,
        ),
        f"beam {BEAM}, one at a time, int8": Job(
            lambda: search(ours, one_by_one, batch_size=1, step=int8),
            lambda: plain.decoding_rate(baseline, one_by_one, batch_size=1),
            lambda: limits.step_rate(BEAM, SIZES) / decoding,
        ),
    }
    click.echo(
        f"{work[0]} source and {work[1]} target tokens, {threads} threads, torch {torch.__version__}; sentences/s"
    )
    print_comparison(jobs, rounds)


if __name__ == "__main__":
    main()
