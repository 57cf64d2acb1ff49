"""Models of plain PyTorch with cuDNN's recurrent layers: the baseline of `gpu.py`.

They have the sizes of the models of nlprnn, read whole targets in one call, pack sequences with lengths on the CPU, and
compute the logits of all positions, padding included, in one product.

Shapes: B batch, T time, S source length, H hidden, V vocabulary.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

PAD = 0


class PlainTranslator(nn.Module):
    """Bidirectional LSTM encoder, LSTM decoder, general attention (Luong et al. 2015), shared embedding.

    Args:
        vocab_size: vocabulary size V.
        size: size of embeddings and of the decoder, H; each direction of the encoder has half of it.
    """

    def __init__(self, vocab_size: int, size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, size, padding_idx=PAD)
        self.encoder = nn.LSTM(size, size // 2, batch_first=True, bidirectional=True)
        self.bridges = nn.ModuleList(nn.Linear(size, size) for _ in range(2))
        self.decoder = nn.LSTM(size, size, batch_first=True)
        self.key = nn.Linear(size, size, bias=False)
        self.attentional_layer = nn.Linear(2 * size, size)
        self.output_bias = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, source: Tensor, lengths: Tensor, target: Tensor) -> Tensor:
        """Return the mean negative log-likelihood of target (B, T) int64, which begins with BOS.

        Args:
            source: (B, S) int64.
            lengths: (B,) int64 on the CPU, of the sources.
            target: (B, T) int64.
        """
        packed = pack_padded_sequence(self.embedding(source), lengths, batch_first=True, enforce_sorted=False)
        outputs, state = self.encoder(packed)
        values, _ = pad_packed_sequence(outputs, batch_first=True)
        start = [bridge(final.transpose(0, 1).flatten(1)) for bridge, final in zip(self.bridges, state, strict=True)]
        hidden, _ = self.decoder(
            self.embedding(target[:, :-1]), (start[0].tanh().unsqueeze(0), start[1].unsqueeze(0).contiguous())
        )
        scores = torch.bmm(hidden, self.key(values).transpose(1, 2))
        weights = scores.masked_fill((source == PAD).unsqueeze(1), -1e4).softmax(dim=2)
        context = torch.bmm(weights.to(values.dtype), values)
        vectors = torch.tanh(self.attentional_layer(torch.cat([hidden, context], dim=2)))
        logits = functional.linear(vectors, self.embedding.weight, self.output_bias)
        return functional.cross_entropy(logits.flatten(0, 1).float(), target[:, 1:].flatten(), ignore_index=PAD)


class PlainLanguageModel(nn.Module):
    """LSTM language model whose output layer shares the weights of the embedding.

    Args:
        vocab_size: vocabulary size V.
        size: size of embeddings and layers, H.
        num_layers: layers on top of each other.
    """

    def __init__(self, vocab_size: int, size: int, num_layers: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, size)
        self.encoder = nn.LSTM(size, size, num_layers, batch_first=True)
        self.output_bias = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, ids: Tensor, targets: Tensor) -> Tensor:
        """Return the mean negative log-likelihood of targets (B, T) int64 after ids (B, T) int64."""
        hidden, _ = self.encoder(self.embedding(ids))
        logits = functional.linear(hidden, self.embedding.weight, self.output_bias)
        return functional.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())
