"""Tokens so far -> the probability of the next."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import Embedding, LockedDropout, RecurrentEncoder, RecurrentState


class LanguageModel(PretrainedModel):
    """Embedding, recurrent encoder in one direction, and an output layer tied to the embedding.

    Tying the output layer to the embedding follows Inan et al. 2017 and Press & Wolf 2017. Where the encoder is
    not as wide as the embedding, a linear layer goes between.

    Args:
        embedding: token ids -> vectors.
        encoder: one direction.
        tied: the output layer shares its weight with the embedding, and so trains the row of padding too.
        output_dropout: probability of locked dropout on the encoder's outputs.

    Raises:
        ValueError: the encoder is bidirectional, or sizes do not fit.
    """

    def __init__(
        self,
        *,
        embedding: Embedding,
        encoder: RecurrentEncoder,
        tied: bool = True,
        output_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if encoder.bidirectional:
            raise ValueError("a language model must not see the future: build the encoder with bidirectional=False")
        if embedding.output_size != encoder.input_size:
            raise ValueError(
                f"the embedding gives vectors of {embedding.output_size}, the encoder takes {encoder.input_size}: "
                "make them equal"
            )
        self.embedding = embedding
        self.encoder = encoder
        self.tied = tied
        self.output_dropout = output_dropout
        self._dropout = LockedDropout(output_dropout)
        width = embedding.embedding_dim if tied else encoder.output_size
        same = width == encoder.output_size
        self.projection = nn.Identity() if same else nn.Linear(encoder.output_size, width)
        self.output_weight = None if tied else nn.Parameter(torch.empty(embedding.num_embeddings, width))
        self.output_bias = nn.Parameter(torch.zeros(embedding.num_embeddings))
        if self.output_weight is not None:
            nn.init.normal_(self.output_weight)

    @property
    def vocab_size(self) -> int:
        """V, tokens the model can tell apart."""
        return self.embedding.num_embeddings

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, state: RecurrentState | None = None
    ) -> tuple[Tensor, RecurrentState]:
        """Score the token after each token.

        Args:
            ids: (B, T) int64.
            mask: (B, T) bool, True = real token, real tokens first; None = all real.
            state: what came before; None = nothing.

        Returns:
            logits (B, T, V) float, and the state after the last real token.
        """
        outputs, state = self.encoder(self.embedding(ids), mask, state)
        return self._logits(self._dropout(outputs)), state

    def step(self, ids: Tensor, state: RecurrentState) -> tuple[Tensor, RecurrentState]:
        """Read one token of each row; what search and sampling call.

        Args:
            ids: (N,) int64.
            state: what came before.

        Returns:
            log-probabilities (N, V) float of the next token, and the state after this one.
        """
        output, state = self.encoder.step(self.embedding(ids), state)
        return self._logits(output).log_softmax(dim=-1), state

    def initial_state(self, rows: int) -> RecurrentState:
        """Return the state before any token, for `rows` rows."""
        return self.encoder.initial_state(self.embedding.weight.new_empty(rows, 0))

    def _logits(self, outputs: Tensor) -> Tensor:
        """(..., H) -> (..., V)."""
        weight = self.embedding.weight if self.output_weight is None else self.output_weight
        # Table and output layer both stand at unit scale; this keeps the logits of random weights there too.
        return functional.linear(self.projection(outputs) * weight.size(1) ** -0.5, weight, self.output_bias)
