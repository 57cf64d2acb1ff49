"""Speed of training and beam search on a device, of nlprnn and of plain PyTorch, for `gpu.py`."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from plain_classification import PlainClassifier
from plain_gpu import PlainLanguageModel, PlainTranslator
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from nlprnn.batching import LabelledBatch, PairBatch, SequenceArray, StreamBatches, to_device
from nlprnn.batching.row_lengths import count_tokens, pin
from nlprnn.decoding import BeamOptions, beam_search
from nlprnn.models import LanguageModel, Seq2Seq, TextClassifier
from nlprnn.modules import (
    AttentionDecoder,
    Bridge,
    Embedding,
    GeneralAttention,
    MaxPooling,
    OutputHead,
    RecurrentEncoder,
)
from nlprnn.training import adamw
from nlprnn.training.losses import classification_loss, language_model_loss, translation_loss
from nlprnn.training.memory import peak_memory

Loss = Callable[[nn.Module, Any], Tensor]
_DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}
_WARM_UP = 3


@dataclass(frozen=True)
class Sizes:
    """Sizes of models and batches.

    Attributes:
        vocab_size: V.
        size: of embeddings and states, H.
        rows: of a batch, B.
        longest: length of the longest sequence.
        batches: number of different batches.
    """

    vocab_size: int
    size: int
    rows: int
    longest: int
    batches: int


class Job(NamedTuple):
    """One training.

    Attributes:
        nlprnn: returns the model and the loss of nlprnn.
        plain: returns those of plain PyTorch.
        batches: that both train on.
        tokens: real tokens of each batch.
    """

    nlprnn: Callable[[], tuple[nn.Module, Loss]]
    plain: Callable[[], tuple[nn.Module, Loss]]
    batches: Sequence[Any]
    tokens: Sequence[int]


class Speed(NamedTuple):
    """Result of a measurement.

    Attributes:
        tokens: real tokens per second.
        idle: share of the time in which no kernel runs; None = not known.
        waits: synchronizations with the device in a step; None = not known.
        memory: peak in bytes.
    """

    tokens: float
    idle: float | None
    waits: float | None
    memory: float


def jobs(sizes: Sizes) -> dict[str, Job]:
    """Return the trainings by name."""
    return {
        "translation": translation_job(sizes),
        "language model": language_model_job(sizes),
        "classification": classification_job(sizes),
    }


def sequences(sizes: Sizes, *, seed: int) -> SequenceArray:
    """Return random sequences for all batches, each of similar lengths, as length buckets make them."""
    rng = np.random.default_rng(seed)
    middles = rng.integers(max(2, sizes.longest // 4), sizes.longest, size=sizes.batches).repeat(sizes.rows)
    lengths = np.clip(middles + rng.integers(-2, 3, size=len(middles)), 1, sizes.longest)
    return SequenceArray.from_sequences([rng.integers(4, sizes.vocab_size, size=length) for length in lengths])


def rows_of(sizes: Sizes) -> list[np.ndarray]:
    """Return the rows of each batch."""
    return np.split(np.arange(sizes.batches * sizes.rows), sizes.batches)


def build_translator(sizes: Sizes) -> Seq2Seq:
    """Return a translator of random weights."""
    size = sizes.size
    encoder = RecurrentEncoder(size, size // 2, bidirectional=True)
    return Seq2Seq(
        source_embedding=Embedding(sizes.vocab_size, size, std=size**-0.5),
        encoder=encoder,
        bridge=Bridge(size, size),
        decoder=AttentionDecoder(size, size, size, attention=GeneralAttention(size, size)),
    )


def translation_job(sizes: Sizes) -> Job:
    """Return the training of a translator; tokens are those of the targets."""
    sources, targets = sequences(sizes, seed=0), sequences(sizes, seed=0)
    batches = [PairBatch(*sources.pad(rows), *targets.pad(rows)) for rows in rows_of(sizes)]
    lengths = [torch.from_numpy(sources.lengths[rows]) for rows in rows_of(sizes)]

    def ours() -> tuple[nn.Module, Loss]:
        loss = translation_loss()
        return build_translator(sizes), lambda model, batch: loss(model, batch[0], None).loss

    def plain() -> tuple[nn.Module, Loss]:
        model = PlainTranslator(sizes.vocab_size, sizes.size)
        return model, lambda model, batch: model(batch[0].source, lengths[batch[1]], batch[0].target)

    return Job(ours, plain, numbered(batches), [count_tokens(batch.target_mask) for batch in batches])


def language_model_job(sizes: Sizes) -> Job:
    """Return the training of a language model of two layers."""
    ids = np.random.default_rng(0).integers(4, sizes.vocab_size, size=sizes.rows * sizes.longest * sizes.batches + 1)
    batches = list(StreamBatches(ids, batch_size=sizes.rows, length=sizes.longest))

    def ours() -> tuple[nn.Module, Loss]:
        encoder, loss = RecurrentEncoder(sizes.size, sizes.size, num_layers=2), language_model_loss()
        model = LanguageModel(embedding=Embedding(sizes.vocab_size, sizes.size), encoder=encoder)
        return model, lambda model, batch: loss(model, batch, None).loss

    def plain() -> tuple[nn.Module, Loss]:
        return PlainLanguageModel(sizes.vocab_size, sizes.size, 2), lambda model, batch: model(*batch)

    return Job(ours, plain, batches, [batch.ids.numel() for batch in batches])


def classification_job(sizes: Sizes) -> Job:
    """Return the training of a classifier of texts that are four times as long."""
    sizes = Sizes(sizes.vocab_size, sizes.size // 2, sizes.rows // 2, 4 * sizes.longest, sizes.batches)
    texts, labels = sequences(sizes, seed=0), torch.arange(sizes.batches * sizes.rows) % 2
    batches = [LabelledBatch(*texts.pad(rows), labels[torch.from_numpy(rows)]) for rows in rows_of(sizes)]
    lengths = [torch.from_numpy(texts.lengths[rows]) for rows in rows_of(sizes)]

    def ours() -> tuple[nn.Module, Loss]:
        encoder, loss = RecurrentEncoder(sizes.size, sizes.size, bidirectional=True), classification_loss()
        model = TextClassifier(
            embedding=Embedding(sizes.vocab_size, sizes.size, dropout=0.3),
            encoder=encoder,
            pooling=MaxPooling(encoder.output_size),
            head=OutputHead(encoder.output_size, 2, dropout=0.5),
            labels=["a", "b"],
        )
        return model, lambda model, batch: loss(model, batch[0], None).loss

    def plain() -> tuple[nn.Module, Loss]:
        model = PlainClassifier(sizes.vocab_size, 2, embedding_size=sizes.size, hidden_size=sizes.size)
        cross_entropy = nn.functional.cross_entropy
        return model, lambda model, batch: cross_entropy(model(batch[0].inputs, lengths[batch[1]]), batch[0].labels)

    return Job(ours, plain, numbered(batches), [count_tokens(batch.mask) for batch in batches])


def numbered(batches: list[Any]) -> list[tuple[Any, int]]:
    """Return each batch with its number, by which the plain model finds the lengths on the CPU."""
    return [(batch, number) for number, batch in enumerate(batches)]


def measure_training(
    make: Callable[[], tuple[nn.Module, Loss]], job: Job, device: torch.device, precision: str, seconds: float
) -> Speed:
    """Train for about some seconds, after a warm-up over all batches.

    Args:
        make: returns model and loss.
        job: whose batches are trained on, from page-locked memory for a GPU.
        device: to train on.
        precision: "fp32", "bf16" or "fp16".
        seconds: of the measurement.
    """
    torch.manual_seed(0)
    model, loss = make()
    model.to(device).train()
    optimizer = adamw(model.parameters(), 1e-3)
    scaler = torch.amp.GradScaler(device.type, enabled=precision == "fp16")
    batches = [pin(batch) for batch in job.batches] if device.type == "cuda" else job.batches

    def steps(count: int) -> float:
        """Take some steps; return the seconds until the device has done them."""
        began = time.perf_counter()
        for number in range(count):
            batch = to_device(batches[number % len(batches)], device)
            with torch.autocast(device.type, _DTYPES[precision]) if precision in _DTYPES else nullcontext():
                value = loss(model, batch)
            scaler.scale(value).backward()
            scaler.unscale_(optimizer)
            clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad()
        synchronize(device)
        return time.perf_counter() - began

    steps(max(_WARM_UP, len(batches)))
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    rounds = max(1, math.ceil(seconds / steps(len(batches))))
    elapsed = steps(rounds * len(batches))
    memory = peak_memory()
    idle, waits = (idle_share(steps), count_waits(steps)) if device.type == "cuda" else (None, None)
    return Speed(rounds * sum(job.tokens) / elapsed, idle, waits, memory)


def synchronize(device: torch.device) -> None:
    """Wait until the device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def count_waits(steps: Callable[[int], float]) -> float:
    """Return how often CUDA is waited for in a step."""
    with warnings.catch_warnings(record=True) as messages:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        steps(5)
        torch.cuda.set_sync_debug_mode("default")
    return sum("synchronizing" in str(message.message) for message in messages) / 5


def idle_share(steps: Callable[[int], float]) -> float:
    """Return the share of the time of five steps in which CUDA runs no kernel."""
    from torch.profiler import ProfilerActivity, profile

    steps(1)
    elapsed = steps(5)  # without the profiler, which slows the CPU
    with profile(activities=[ProfilerActivity.CUDA]) as recorded:
        steps(5)
    busy = sum(event.self_device_time_total for event in recorded.key_averages()) / 1e6
    return max(0.0, 1.0 - busy / elapsed)


def measure_search(sizes: Sizes, device: torch.device, seconds: float) -> float:
    """Return sentences per second of a beam search of size 5, of a translator of random weights."""
    torch.manual_seed(0)
    model = build_translator(sizes).to(device).eval()
    source, mask = (to_device(tensor, device) for tensor in sequences(sizes, seed=0).pad(rows_of(sizes)[0]))
    options = BeamOptions(eos_id=3, max_length=sizes.longest, beam_size=5)
    begin = torch.full((len(source),), 2, device=device)

    def search() -> None:
        with torch.inference_mode():
            state = model.encode(source, mask)
        beam_search(model.step, begin, state, options=options, attention=lambda state: state.attention)
        synchronize(device)

    search()
    began, count = time.perf_counter(), 0
    while count == 0 or time.perf_counter() - began < seconds:
        search()
        count += 1
    return count * len(source) / (time.perf_counter() - began)
