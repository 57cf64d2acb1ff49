"""Token ids -> vectors."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.modules.dropout import LockedDropout, check_probability, drop_words


class Embedding(nn.Module):
    """A table of one vector a token, with the dropouts that belong to it.

    Args:
        num_embeddings: V, rows of the table.
        embedding_dim: E, width of a vector.
        padding_id: its vector is zero and stays so.
        unknown_id: what word dropout puts in a token's place.
        word_dropout: probability that a token is replaced by `unknown_id` in training (Iyyer et al. 2015).
        dropout: probability of plain dropout on the vectors.
        locked_dropout: probability of dropout with one mask a sequence (Gal & Ghahramani 2016).
        frozen: the table is not trained.
        std: standard deviation of the random start. 1 suits language models; small values suit classifiers of few
            texts, where the start of a rare word is noise.

    Raises:
        ValueError: a size is not positive, an id is outside the table, or a probability is not in [0, 1).
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        *,
        padding_id: int = 0,
        unknown_id: int = 1,
        word_dropout: float = 0.0,
        dropout: float = 0.0,
        locked_dropout: float = 0.0,
        frozen: bool = False,
        std: float = 1.0,
    ) -> None:
        super().__init__()
        if num_embeddings < 1 or embedding_dim < 1:
            raise ValueError(f"an embedding table needs positive sizes, got {num_embeddings} x {embedding_dim}")
        for name, token_id in (("padding_id", padding_id), ("unknown_id", unknown_id)):
            if not 0 <= token_id < num_embeddings:
                raise ValueError(f"{name} {token_id} is outside the table of {num_embeddings} rows")
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_id = padding_id
        self.unknown_id = unknown_id
        self.word_dropout = check_probability("word_dropout", word_dropout)
        self.dropout = check_probability("dropout", dropout)
        self.locked_dropout = check_probability("locked_dropout", locked_dropout)
        self.frozen = frozen
        self.std = std
        self.weight = nn.Parameter(torch.empty(num_embeddings, embedding_dim), requires_grad=not frozen)
        self._locked = LockedDropout(locked_dropout)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the table from a normal distribution; the row of padding is zero."""
        nn.init.normal_(self.weight, std=self.std)
        with torch.no_grad():
            self.weight[self.padding_id].zero_()

    @property
    def output_size(self) -> int:
        """E, the width of a vector."""
        return self.embedding_dim

    def load_vectors(self, vectors: Tensor) -> None:
        """Put pretrained vectors in the table's place; the row of padding is set to zero.

        Args:
            vectors: (V, E) float32.

        Raises:
            ValueError: the shape is not that of the table.
        """
        if vectors.shape != self.weight.shape:
            raise ValueError(
                f"the vectors are {tuple(vectors.shape)}, the table is {tuple(self.weight.shape)}: "
                "build the table with the size of the vectors"
            )
        with torch.no_grad():
            self.weight.copy_(vectors)
            self.weight[self.padding_id].zero_()

    def forward(self, ids: Tensor) -> Tensor:
        """Look up the vectors of tokens.

        Args:
            ids: (B, T) or (N,) int64.

        Returns:
            (B, T, E) or (N, E) float32.
        """
        if self.training and self.word_dropout:
            ids = drop_words(
                ids, probability=self.word_dropout, replacement=self.unknown_id, padding_id=self.padding_id
            )
        vectors = functional.embedding(ids, self.weight, padding_idx=self.padding_id)
        vectors = functional.dropout(vectors, self.dropout, self.training)
        return self._locked(vectors) if vectors.dim() == 3 else vectors

    def extra_repr(self) -> str:  # noqa: D102 - PyTorch documents it
        return f"{self.num_embeddings}, {self.embedding_dim}, frozen={self.frozen}"
