"""Translation in plain PyTorch as written from the tutorials: the baseline of `translation.py`.

An attention model with input feeding (Luong et al. 2015), trained on random batches step by step, and two beam
searches: one sentence at a time, and batched. Keys are projected once per batch, in training and in search.
It runs on the CPU.

Shapes: B batch, T target time, S source length, E embedding, H hidden, V vocabulary, K beam width, N = B*K rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader

PAD, BOS, EOS = 0, 2, 3

Pair = tuple[list[int], list[int]]
"""Token ids of a source and of its target, both without BOS and EOS."""


class Memory(NamedTuple):
    """Attention memory: values (N, S, H), projected keys (N, S, H), mask (N, S) bool, True = real token."""

    values: Tensor
    keys: Tensor
    mask: Tensor


class State(NamedTuple):
    """Decoder state: hidden state, cell state and input feed (the last attentional vector); each (N, H)."""

    hidden: Tensor
    cell: Tensor
    input_feed: Tensor


class PlainTranslator(nn.Module):
    """Bidirectional LSTM encoder, LSTMCell decoder with input feeding and general attention (Luong et al. 2015).

    Args:
        vocab_size: vocabulary size V of source and target.
        embedding_size: embedding size E.
        hidden_size: hidden size H of the decoder; each direction of the encoder has half of it.
    """

    def __init__(self, vocab_size: int = 8000, embedding_size: int = 256, hidden_size: int = 512) -> None:
        super().__init__()
        self.source_embedding = nn.Embedding(vocab_size, embedding_size, padding_idx=PAD)
        self.target_embedding = nn.Embedding(vocab_size, embedding_size, padding_idx=PAD)
        self.encoder = nn.LSTM(embedding_size, hidden_size // 2, batch_first=True, bidirectional=True)
        self.bridge_hidden = nn.Linear(hidden_size, hidden_size)
        self.bridge_cell = nn.Linear(hidden_size, hidden_size)
        self.decoder = nn.LSTMCell(embedding_size + hidden_size, hidden_size)
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)
        self.attentional_layer = nn.Linear(2 * hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocab_size)

    def encode(self, source: Tensor, lengths: Tensor) -> tuple[Memory, State]:
        """Encode sources (B, S) int64 of lengths (B,) int64; return the memory and the initial decoder state."""
        packed = pack_padded_sequence(self.source_embedding(source), lengths, batch_first=True, enforce_sorted=False)
        outputs, (hidden, cell) = self.encoder(packed)
        values, _ = pad_packed_sequence(outputs, batch_first=True)  # (B, S, H)
        hidden = self.bridge_hidden(torch.cat([hidden[0], hidden[1]], dim=1)).tanh()
        cell = self.bridge_cell(torch.cat([cell[0], cell[1]], dim=1))
        return Memory(values, self.key(values), source != PAD), State(hidden, cell, torch.zeros_like(hidden))

    def step(self, embedded: Tensor, state: State, memory: Memory) -> State:
        """Advance by one target embedding (N, E); the new `input_feed` is the input of the output layer."""
        hidden, cell = self.decoder(torch.cat([embedded, state.input_feed], dim=1), (state.hidden, state.cell))
        scores = torch.bmm(memory.keys, hidden.unsqueeze(2)).squeeze(2)  # (N, S)
        weights = scores.masked_fill(~memory.mask, float("-inf")).softmax(dim=1)
        context = torch.bmm(weights.unsqueeze(1), memory.values).squeeze(1)  # (N, H)
        return State(hidden, cell, self.attentional_layer(torch.cat([hidden, context], dim=1)).tanh())

    def forward(self, source: Tensor, lengths: Tensor, target: Tensor) -> Tensor:
        """Return logits (B, T, V) by teacher forcing of target (B, T) int64, which begins with BOS."""
        memory, state = self.encode(source, lengths)
        outputs = []
        for embedded in self.target_embedding(target).unbind(1):
            state = self.step(embedded, state, memory)
            outputs.append(state.input_feed)
        return self.output(torch.stack(outputs, dim=1))

    def next_log_probs(self, tokens: Tensor, state: State, memory: Memory) -> tuple[Tensor, State]:
        """Read target tokens (N,) int64; return log-probabilities (N, V) of the next tokens, and the new state."""
        state = self.step(self.target_embedding(tokens), state, memory)
        return self.output(state.input_feed).log_softmax(dim=1), state


def padded(rows: Sequence[list[int]]) -> Tensor:
    """Pad lists of ids to (B, T) int64."""
    return pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=PAD)


def collate(pairs: list[Pair]) -> tuple[Tensor, ...]:
    """Pad pairs to source (B, S), lengths (B,), decoder input (B, T) and target (B, T), all int64."""
    sources, targets = zip(*pairs, strict=True)
    inputs, outputs = [[BOS, *target] for target in targets], [[*target, EOS] for target in targets]
    return padded(sources), torch.tensor([len(source) for source in sources]), padded(inputs), padded(outputs)


def train_step(model: PlainTranslator, optimizer: torch.optim.Optimizer, batch: tuple[Tensor, ...]) -> float:
    """Update the model on a batch of `collate`; return the mean negative log-likelihood per token (nats)."""
    source, lengths, inputs, target = batch
    logits = model(source, lengths, inputs)
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=PAD)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def random_batches(pairs: list[Pair], batch_size: int) -> Iterator[tuple[Tensor, ...]]:
    """Yield shuffled batches, epoch after epoch, without end."""
    order = torch.Generator().manual_seed(0)
    loader = DataLoader(pairs, batch_size, shuffle=True, collate_fn=collate, drop_last=True, generator=order)
    while True:
        yield from loader


def force_lengths(log_probs: Tensor, length: int, steps: Tensor) -> None:
    """Force hypotheses to end after `steps` (B,) tokens, by masking log-probabilities (B, K, V) of token `length`."""
    log_probs[:, :, EOS].masked_fill_((length < steps).unsqueeze(1), float("-inf"))
    for sentence in steps.eq(length).nonzero().flatten().tolist():
        log_probs[sentence, :, :EOS] = log_probs[sentence, :, EOS + 1 :] = float("-inf")


def sort_out(words: list[int], beam_size: int) -> tuple[list[int], list[int]]:
    """Return the ranks among the best 2K candidates that end a hypothesis, and the K ranks that continue."""
    ended = [rank for rank, word in enumerate(words[:beam_size]) if word == EOS]
    going = [rank for rank, word in enumerate(words) if word != EOS]
    return ended, going[:beam_size]


Hypothesis = tuple[float, list[int]]
"""Mean log-probability of the tokens including EOS, and the tokens without EOS."""


def start(model: PlainTranslator, sources: list[list[int]], beam_size: int) -> tuple[Memory, State]:
    """Encode a batch of sources and repeat each K times; return memory and initial state of N rows."""
    memory, state = model.encode(padded(sources), torch.tensor([len(source) for source in sources]))
    memory = Memory(*(tensor.repeat_interleave(beam_size, dim=0) for tensor in memory))
    return memory, State(*(tensor.repeat_interleave(beam_size, dim=0) for tensor in state))


@torch.inference_mode()
def beam_search(
    model: PlainTranslator, source: list[int], *, beam_size: int = 5, max_length: int = 60, steps: int | None = None
) -> Hypothesis:
    """Translate one sentence; stop at K finished hypotheses or `max_length` tokens.

    `steps` forces all hypotheses to end with exactly that number of tokens, EOS included.
    """
    memory, state = start(model, [source], beam_size)
    tokens = torch.full((beam_size, 1), BOS)
    scores = torch.full((beam_size,), -1e9)  # the rows are equal at first: only one may propose candidates
    scores[0] = 0.0
    finished: list[Hypothesis] = []
    for length in range(1, (max_length if steps is None else steps) + 1):
        log_probs, state = model.next_log_probs(tokens[:, -1], state, memory)
        if steps is not None:
            force_lengths(log_probs.unsqueeze(0), length, torch.tensor([steps]))
        vocab_size = log_probs.size(1)
        best, indices = (scores.unsqueeze(1) + log_probs).flatten().topk(2 * beam_size)
        rows, words = indices // vocab_size, indices % vocab_size
        ended, going = sort_out(words.tolist(), beam_size)
        finished += [(best[rank].item() / length, tokens[rows[rank], 1:].tolist()) for rank in ended]
        if len(finished) >= beam_size:
            return max(finished)
        scores, rows, words = best[going], rows[going], words[going]
        tokens = torch.cat([tokens[rows], words.unsqueeze(1)], dim=1)
        state = State(*(tensor.index_select(0, rows) for tensor in state))
    return max([*finished, *zip((scores / length).tolist(), tokens[:, 1:].tolist(), strict=True)])


@torch.inference_mode()
def batched_beam_search(
    model: PlainTranslator,
    sources: list[list[int]],
    *,
    beam_size: int = 5,
    max_length: int = 60,
    steps: list[int] | None = None,
) -> list[Hypothesis]:
    """Translate a batch of sentences; stop when each has K finished hypotheses, or at `max_length` tokens."""
    size = len(sources)
    memory, state = start(model, sources, beam_size)
    first_rows = torch.arange(size).unsqueeze(1) * beam_size  # (B, 1)
    tokens = torch.full((size * beam_size, 1), BOS)
    scores = torch.full((size, beam_size), -1e9)
    scores[:, 0] = 0.0
    finished: list[list[Hypothesis]] = [[] for _ in sources]
    for length in range(1, (max_length if steps is None else max(steps)) + 1):
        log_probs, state = model.next_log_probs(tokens[:, -1], state, memory)
        vocab_size = log_probs.size(1)
        log_probs = log_probs.view(size, beam_size, vocab_size)
        if steps is not None:
            force_lengths(log_probs, length, torch.tensor(steps))
        best, indices = (scores.unsqueeze(2) + log_probs).flatten(1).topk(2 * beam_size, dim=1)  # (B, 2K)
        rows, words = first_rows + indices // vocab_size, indices % vocab_size
        kept = []  # B lists of K ranks
        for index, candidates in enumerate(words.tolist()):
            ended, going = sort_out(candidates, beam_size)
            kept.append(going)
            if len(finished[index]) < beam_size:
                for rank in ended:
                    hypothesis = tokens[rows[index, rank], 1:].tolist()
                    finished[index].append((best[index, rank].item() / length, hypothesis))
        if all(len(hypotheses) >= beam_size for hypotheses in finished):
            break
        ranks = torch.tensor(kept)
        scores = best.gather(1, ranks)
        rows, words = rows.gather(1, ranks).flatten(), words.gather(1, ranks).flatten()  # (N,)
        tokens = torch.cat([tokens[rows], words.unsqueeze(1)], dim=1)
        state = State(*(tensor.index_select(0, rows) for tensor in state))
    live = tokens[:, 1:].unflatten(0, (size, beam_size)).tolist()
    for index, hypotheses in enumerate(finished):
        if len(hypotheses) < beam_size:
            hypotheses += zip((scores[index] / length).tolist(), live[index], strict=True)
    return [max(hypotheses) for hypotheses in finished]


def translate_all(model: PlainTranslator, pairs: list[Pair], *, batch_size: int, beam_size: int = 5) -> None:
    """Translate the sources to the lengths of their targets.

    A batch size of 1 uses the search of one sentence at a time. Batches are in input order, unsorted.
    """
    model.eval()
    for start_row in range(0, len(pairs), batch_size):
        sources, targets = zip(*pairs[start_row : start_row + batch_size], strict=True)
        steps = [len(target) + 1 for target in targets]
        if batch_size == 1:
            beam_search(model, sources[0], beam_size=beam_size, steps=steps[0])
        else:
            batched_beam_search(model, list(sources), beam_size=beam_size, steps=steps)


def random_pairs(count: int, *, vocab_size: int = 8000, seed: int = 0) -> list[Pair]:
    """Draw random sentence pairs with lengths like Multi30k's: 5 to 35 tokens, mean 14.5, similar in a pair."""
    random = np.random.default_rng(seed)
    source = random.lognormal(np.log(13.8), 0.31, count)
    target = source * random.lognormal(0.0, 0.12, count)
    lengths = np.stack([source, target], axis=1).round().astype(int).clip(5, 35)
    return [tuple(random.integers(EOS + 1, vocab_size, length).tolist() for length in pair) for pair in lengths]
