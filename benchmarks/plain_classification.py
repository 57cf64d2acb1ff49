"""Text classification in plain PyTorch as written from the tutorials: the baseline of `classification.py`.

Words are matched by a regular expression and numbered by a dict; shuffled batches of 64 are padded by the loader's
`collate_fn`, packed into a bidirectional LSTM, and max-pooled over time. Prediction takes batches of 64 in input order.

Shapes: B batch, T time, E embedding, H hidden, C classes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader

PAD, UNKNOWN = 0, 1
WORD = re.compile(r"\w+|[^\w\s]")

Example = tuple[list[int], int]
"""Token ids of a text, and the index of its label."""


def words(text: str) -> list[str]:
    """Tokenize a text into lower-cased words and punctuation marks."""
    return WORD.findall(text.lower())


def build_vocabulary(texts: Iterable[str], *, min_frequency: int = 2) -> dict[str, int]:
    """Number the words that occur at least `min_frequency` times, from 2 on."""
    counts = Counter(word for text in texts for word in words(text))
    return {word: number for number, (word, count) in enumerate(counts.most_common(), 2) if count >= min_frequency}


def encode(text: str, vocabulary: dict[str, int]) -> list[int]:
    """Return the token ids of a text; [UNKNOWN] for an empty one, since packing accepts no empty sequences."""
    return [vocabulary.get(word, UNKNOWN) for word in words(text)] or [UNKNOWN]


class PlainClassifier(nn.Module):
    """Bidirectional LSTM classifier of one layer with max pooling.

    Args:
        vocab_size: number of words, including the two special ids.
        num_classes: number of classes C.
        embedding_size: embedding size E.
        hidden_size: hidden size H of each direction.
    """

    def __init__(self, vocab_size: int, num_classes: int, *, embedding_size: int = 128, hidden_size: int = 128) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size, padding_idx=PAD)
        self.embedding_dropout = nn.Dropout(0.3)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.5)
        self.output = nn.Linear(2 * hidden_size, num_classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Return logits (B, C) float32 for ids (B, T) int64 of lengths (B,) int64."""
        embedded = self.embedding_dropout(self.embedding(ids))
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        outputs, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, padding_value=float("-inf"))
        return self.output(self.dropout(outputs.amax(dim=1)))


def pad(rows: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """Pad lists of ids to (B, T) int64; return them with their lengths (B,) int64."""
    padded = pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=PAD)
    return padded, torch.tensor([len(row) for row in rows])


def collate(examples: list[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Pad examples to ids (B, T), lengths (B,) and labels (B,), all int64."""
    rows, labels = zip(*examples, strict=True)
    return *pad(rows), torch.tensor(labels)


def training_steps(model: PlainClassifier, examples: list[Example], *, batch_size: int = 64) -> Iterator[int]:
    """Train for an epoch on shuffled batches; yield the number of examples of each step."""
    optimizer = torch.optim.Adam(model.parameters())
    model.train()
    for ids, lengths, labels in DataLoader(examples, batch_size, shuffle=True, collate_fn=collate):
        loss = nn.functional.cross_entropy(model(ids, lengths), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield len(ids)


@torch.no_grad()
def predict(
    model: PlainClassifier, texts: Sequence[str], vocabulary: dict[str, int], *, batch_size: int = 64
) -> list[int]:
    """Return the index of each text's predicted label."""
    model.eval()
    labels: list[int] = []
    for start in range(0, len(texts), batch_size):
        batch = pad([encode(text, vocabulary) for text in texts[start : start + batch_size]])
        labels += model(*batch).argmax(dim=1).tolist()
    return labels
