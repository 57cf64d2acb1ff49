"""Word embedding computed from the characters of a word, so that unseen words have one too."""

from __future__ import annotations

from typing import Literal, get_args

import torch
from torch import Tensor, nn

from nlprnn.batching.row_lengths import row_lengths, with_row_lengths
from nlprnn.modules.dropout import check_probability
from nlprnn.modules.embedding import Embedding
from nlprnn.modules.pooling import LastPooling, MaxPooling
from nlprnn.modules.recurrent import RecurrentEncoder
from nlprnn.modules.sizes import check_sizes

Network = Literal["lstm", "cnn"]
NETWORKS: tuple[Network, ...] = get_args(Network)

_INITIAL_STD = 0.3


class CharacterEmbedding(nn.Module):
    """Network over the characters of each word.

    Either a bidirectional LSTM, whose final states are the vector (Ling et al. 2015; Lample et al. 2016), or a
    convolution with the maximum over the positions of the word (Ma & Hovy 2016). It reads words one by one: pass each
    distinct word of a batch once, and look up the vectors, as `nlprnn.batching.WordCharBatch` and `TokenTagger` do.

    Args:
        num_embeddings: number of characters.
        embedding_dim: size of a character's vector.
        hidden_size: H, size of the LSTM in each direction, or number of filters.
        network: "lstm" or "cnn".
        kernel_size: characters in a filter's window, an odd number; the LSTM ignores it.
        dropout: dropout probability of the characters' vectors.
        character_dropout: probability of replacing a character by `unknown_id` in training, so that the vector of
            unknown characters is trained too.
        padding_id: fills the end of shorter words.
        unknown_id: of unknown characters.

    Raises:
        ValueError: a size or probability is out of range, or the network is unknown.
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        hidden_size: int,
        *,
        network: Network = "lstm",
        kernel_size: int = 3,
        dropout: float = 0.0,
        character_dropout: float = 0.0,
        padding_id: int = 0,
        unknown_id: int = 1,
    ) -> None:
        super().__init__()
        if network not in NETWORKS:
            raise ValueError(f"unknown network {network!r}: choose one of {', '.join(NETWORKS)}")
        check_sizes(hidden_size=hidden_size)
        if kernel_size < 1 or kernel_size % 2 == 0:
            raise ValueError(f"kernel_size must be odd, so that a filter has a middle, got {kernel_size}")
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.hidden_size = hidden_size
        self.network = network
        self.kernel_size = kernel_size
        self.dropout = check_probability("dropout", dropout)
        self.character_dropout = check_probability("character_dropout", character_dropout)
        self.padding_id = padding_id
        self.unknown_id = unknown_id
        self.table = Embedding(
            num_embeddings,
            embedding_dim,
            padding_id=padding_id,
            unknown_id=unknown_id,
            word_dropout=character_dropout,
            dropout=dropout,
            std=_INITIAL_STD,
        )
        self.encoder: RecurrentEncoder | nn.Conv1d
        self._pooling: LastPooling | MaxPooling
        if network == "lstm":
            self.encoder = RecurrentEncoder(embedding_dim, hidden_size, bidirectional=True)
            self._pooling = LastPooling(self.output_size, bidirectional=True)
        else:
            self.encoder = nn.Conv1d(embedding_dim, hidden_size, kernel_size, padding=kernel_size // 2)
            self._pooling = MaxPooling(self.output_size)

    @property
    def output_size(self) -> int:
        """Size of a word's vector: 2 * H of the LSTM, H of the convolution."""
        return 2 * self.hidden_size if self.network == "lstm" else self.hidden_size

    def forward(self, characters: Tensor) -> Tensor:
        """Return the vectors of words.

        Args:
            characters: (N, W) int64, the ids of each word's characters, padding last.

        Returns:
            (N, output_size) float, zeros for a word without characters.
        """
        if not characters.numel():
            return self.table(characters).new_zeros(len(characters), self.output_size)
        mask = with_row_lengths(characters != self.padding_id, row_lengths(characters))  # (N, W)
        vectors = self.table(characters)  # (N, W, E)
        if not isinstance(self.encoder, nn.Conv1d):  # or its int8 replacement
            outputs, _ = self.encoder(vectors, mask)
        else:
            visible = vectors * mask.unsqueeze(2)  # padding after a word equals the zeros beyond the batch
            outputs = torch.relu(self.encoder(visible.transpose(1, 2))).transpose(1, 2)  # (N, W, H)
        return self._pooling(outputs, mask)
