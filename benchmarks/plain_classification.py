"""Classification in plain PyTorch, as a usual user writes it from the tutorials: what `nlprnn` is measured against.

A bidirectional LSTM over packed sequences, max pooling, random batches of 64 from a `DataLoader`, words by a regular
expression and a dictionary. `benchmarks/classification.py` runs it. Shapes: B batch, T time, C classes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader

BATCH = 64
_WORD = re.compile(r"\w+|[^\w\s]")
_PAD, _UNKNOWN = 0, 1


class PlainClassifier(nn.Module):
    """Embedding, bidirectional LSTM, max pooling, linear layer.

    Args:
        vocab_size: words.
        num_classes: C.
        embedding_size: width of a word's vector.
        hidden_size: of each direction.
    """

    def __init__(self, vocab_size: int, num_classes: int, *, embedding_size: int, hidden_size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size, padding_idx=_PAD)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.5)
        self.head = nn.Linear(2 * hidden_size, num_classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Score texts: ids (B, T) int64, lengths (B,) int64 on the CPU -> logits (B, C) float."""
        packed = pack_padded_sequence(
            self.dropout(self.embedding(ids)), lengths, batch_first=True, enforce_sorted=False
        )
        outputs, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, padding_value=float("-inf"))
        return self.head(self.dropout(outputs.amax(dim=1)))


def words_of(text: str) -> list[str]:
    """Lower-cased words and marks."""
    return _WORD.findall(text.lower())


def vocabulary(texts: Sequence[str], *, min_frequency: int = 2) -> dict[str, int]:
    """Word -> id, of words that come often enough."""
    counts = Counter(word for text in texts for word in words_of(text))
    kept = [word for word, count in counts.most_common() if count >= min_frequency]
    return {word: number for number, word in enumerate(kept, start=2)}


def encode(text: str, words: dict[str, int]) -> Tensor:
    """Ids (T,) int64 of a text; one unknown word for none at all."""
    return torch.tensor([words.get(word, _UNKNOWN) for word in words_of(text)] or [_UNKNOWN])


def _collate(rows: list[tuple[Tensor, int]]) -> tuple[Tensor, Tensor, Tensor]:
    ids, labels = zip(*rows, strict=True)
    return pad_sequence(ids, batch_first=True), torch.tensor([len(row) for row in ids]), torch.tensor(labels)


def train_epoch(model: PlainClassifier, optimizer: torch.optim.Optimizer, rows: Sequence[tuple[Tensor, int]]) -> None:
    """One pass over encoded texts with their labels, in random batches."""
    model.train()
    for ids, lengths, labels in DataLoader(rows, batch_size=BATCH, shuffle=True, collate_fn=_collate):
        loss = functional.cross_entropy(model(ids, lengths), labels)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()


@torch.no_grad()
def classify(model: PlainClassifier, texts: Sequence[str], words: dict[str, int]) -> Iterator[int]:
    """Texts -> the number of each one's class, in batches in the given order."""
    model.eval()
    for begin in range(0, len(texts), BATCH):
        rows = [encode(text, words) for text in texts[begin : begin + BATCH]]
        lengths = torch.tensor([len(row) for row in rows])
        yield from model(pad_sequence(rows, batch_first=True), lengths).argmax(dim=1).tolist()
