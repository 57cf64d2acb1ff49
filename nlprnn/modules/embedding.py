"""Token embedding."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.modules.dropout import LockedDropout, check_probability, drop_words
from nlprnn.modules.input_types import check_padded_batch


class Embedding(nn.Module):
    """Embedding table of tokens, with its dropouts.

    Pretrained vectors either initialise the table (`load_vectors`), or are a second, fixed channel: the two channels of
    Kim 2014 ("Convolutional Neural Networks for Sentence Classification"). Words with a fixed vector only have the last
    ids, and are unknown in the trained channel. Word dropout affects the trained channel only, so that the network
    learns to rely on the other for words that are new to it.

    Args:
        num_embeddings: V, vocabulary size.
        embedding_dim: E, size of a trained vector.
        pretrained_dim: P, size of the fixed vectors; 0 = none.
        num_trained: U, rows of the trained table, for the first U ids; None = V. Fewer need fixed vectors.
        padding_id: its vector is initialised to zero, and stays zero unless an output layer shares the table.
        unknown_id: replacement of word dropout.
        word_dropout: probability of replacing a token by `unknown_id` in training (Iyyer et al. 2015).
        dropout: dropout probability of the vectors.
        locked_dropout: probability of dropout with one mask per sequence (Gal & Ghahramani 2016).
        row_dropout: probability of dropping a token's trained vector everywhere in a batch: the embedding dropout of
            Gal & Ghahramani 2016 and Merity et al. 2018.
        frozen: the table is not trained.
        std: standard deviation of the initial vectors. 1 suits language models; small values suit classifiers of few
            texts, where the initial vector of a rare word is noise.

    Raises:
        ValueError: a size is not positive, an id is outside the table, or a probability is not in [0, 1).
    """

    dropout_probabilities = ("word_dropout", "dropout", "row_dropout")

    pretrained: Tensor | None

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        *,
        pretrained_dim: int = 0,
        num_trained: int | None = None,
        padding_id: int = 0,
        unknown_id: int = 1,
        word_dropout: float = 0.0,
        dropout: float = 0.0,
        locked_dropout: float = 0.0,
        row_dropout: float = 0.0,
        frozen: bool = False,
        std: float = 1.0,
    ) -> None:
        super().__init__()
        if num_embeddings < 1 or embedding_dim < 1 or pretrained_dim < 0:
            sizes = f"{num_embeddings} x {embedding_dim}, {pretrained_dim} fixed"
            raise ValueError(f"an embedding table needs positive sizes, got {sizes}")
        rows = num_embeddings if num_trained is None else num_trained
        if not 1 <= rows <= num_embeddings or (rows < num_embeddings and not pretrained_dim):
            raise ValueError(
                f"num_trained {rows} does not fit {num_embeddings} rows with pretrained_dim {pretrained_dim}: "
                "only rows that have fixed vectors can do without trained ones"
            )
        for name, token_id in (("padding_id", padding_id), ("unknown_id", unknown_id)):
            if not 0 <= token_id < rows:
                raise ValueError(f"{name} {token_id} is outside the table of {rows} rows")
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.pretrained_dim = pretrained_dim
        self.num_trained = num_trained
        self.padding_id = padding_id
        self.unknown_id = unknown_id
        self.word_dropout = check_probability("word_dropout", word_dropout)
        self.dropout = check_probability("dropout", dropout)
        self.locked_dropout = check_probability("locked_dropout", locked_dropout)
        self.row_dropout = check_probability("row_dropout", row_dropout)
        self.frozen = frozen
        self.std = std
        self.weight = nn.Parameter(torch.empty(rows, embedding_dim), requires_grad=not frozen)
        self.register_buffer("pretrained", torch.zeros(num_embeddings, pretrained_dim) if pretrained_dim else None)
        self._locked = LockedDropout(locked_dropout)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the table from a normal distribution, except for the zero row of padding."""
        nn.init.normal_(self.weight, std=self.std)
        with torch.no_grad():
            self.weight[self.padding_id].zero_()

    @property
    def output_size(self) -> int:
        """E + P, size of a token's vector."""
        return self.embedding_dim + self.pretrained_dim

    def load_vectors(self, vectors: Tensor) -> None:
        """Load pretrained vectors into the fixed channel, or without one into the table.

        Args:
            vectors: (V, P) or (U, E) float32; the row of padding is set to zero.

        Raises:
            ValueError: the shape is not that of the channel or table.
        """
        target = self.weight if self.pretrained is None else self.pretrained
        if vectors.shape != target.shape:
            raise ValueError(
                f"the vectors are {tuple(vectors.shape)}, needed are {tuple(target.shape)}: "
                "build the embedding with the size of the vectors"
            )
        with torch.no_grad():
            target.copy_(vectors)
            target[self.padding_id].zero_()

    def table(self) -> Tensor:
        """Return the vectors of all tokens in evaluation, (V, E + P) float32."""
        kept = self.trained_ids(torch.arange(self.num_embeddings, device=self.weight.device))
        vectors = self.weight[kept]
        return vectors if self.pretrained is None else torch.cat([vectors, self.pretrained], dim=1)

    def trained_ids(self, ids: Tensor) -> Tensor:
        """Return ids of any shape with those that have no row in the trained table replaced by the unknown id."""
        return ids if self.num_trained is None else ids.masked_fill(ids >= self.num_trained, self.unknown_id)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the vectors of tokens.

        Args:
            ids: (B, T) or (N,) int64.

        Returns:
            (B, T, E + P) or (N, E + P) float32.

        Raises:
            TypeError: ids are a `PackedSequence`, or no tensor.
        """
        check_padded_batch(ids)
        kept = self.trained_ids(ids)
        if self.training and self.word_dropout:
            kept = drop_words(
                kept, probability=self.word_dropout, replacement=self.unknown_id, padding_id=self.padding_id
            )
        vectors = functional.embedding(kept, self.weight, padding_idx=self.padding_id)
        if self.training and self.row_dropout:
            rows = functional.dropout(self.weight.new_ones(len(self.weight), 1), self.row_dropout)
            vectors = vectors * functional.embedding(kept, rows)
        if self.pretrained is not None:
            vectors = torch.cat([vectors, functional.embedding(ids, self.pretrained)], dim=-1)
        vectors = functional.dropout(vectors, self.dropout, self.training)
        return self._locked(vectors) if vectors.dim() == 3 else vectors

    def extra_repr(self) -> str:  # noqa: D102 - PyTorch documents it
        return f"{self.num_embeddings}, {self.embedding_dim}, frozen={self.frozen}"
