"""Bidirectional language model that pretrains an encoder."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import Embedding, LockedDropout, RecurrentEncoder, RecurrentState


class BidirectionalLMOutput(NamedTuple):
    """Outputs of a bidirectional language model, up to the output layer.

    Attributes:
        forwards: (B, T, E) float, vectors that predict the token after each.
        backwards: (B, T, E) float, vectors that predict the token before each.
        state: final state of both directions; backwards it is of the first token.
    """

    forwards: Tensor
    backwards: Tensor
    state: RecurrentState


class BidirectionalLanguageModel(PretrainedModel):
    """Forward and backward language models in the first layer of an encoder and its embedding.

    Dai & Le 2015 ("Semi-supervised Sequence Learning") initialise a classifier with a language model's weights; the
    loss of both directions under one output layer is that of Peters et al. 2018 ("Deep contextualized word
    representations"). The output layer is tied to the embedding's trained table (Press & Wolf 2017). Deeper layers of a
    bidirectional encoder see both sides of a token, so that they could only copy it: they are left out.

    Embedding and encoder layer are those that are passed in, not copies.

    Args:
        embedding: token ids to vectors.
        encoder: bidirectional.
        output_dropout: probability of locked dropout on the encoder's outputs.

    Raises:
        ValueError: the encoder is unidirectional, or sizes do not fit.
    """

    def __init__(self, *, embedding: Embedding, encoder: RecurrentEncoder, output_dropout: float = 0.0) -> None:
        super().__init__()
        if not encoder.bidirectional:
            raise ValueError("two directions are trained: build the encoder with bidirectional=True")
        if embedding.output_size != encoder.input_size:
            raise ValueError(
                f"the embedding gives vectors of {embedding.output_size}, the encoder takes {encoder.input_size}: "
                "make them equal"
            )
        self.embedding = embedding
        self.encoder = encoder.first_layer()
        self.output_dropout = output_dropout
        self._dropout = LockedDropout(output_dropout)
        self.projections = nn.ModuleList(nn.Linear(encoder.hidden_size, embedding.embedding_dim) for _ in range(2))
        self.output_bias = nn.Parameter(torch.zeros(len(embedding.weight)))

    @property
    def output_layer(self) -> tuple[Tensor, Tensor]:
        """Weight (U, E) and bias (U,) of the output layer, for the U trained rows of the embedding."""
        return self.embedding.weight, self.output_bias

    def forward(self, ids: Tensor, state: RecurrentState | None = None) -> BidirectionalLMOutput:
        """Run over running text.

        Args:
            ids: (B, T) int64, all of them real tokens.
            state: initial state of both directions; None = zeros.
        """
        outputs, state = self.encoder(self.embedding(ids), state=state)
        forwards, backwards = self._dropout(outputs).chunk(2, dim=2)
        return BidirectionalLMOutput(self.projections[0](forwards), self.projections[1](backwards), state)

    @staticmethod
    def forward_state(state: tuple[Tensor, Tensor | None] | None) -> RecurrentState | None:
        """Keep the forward half of a state; the backward direction of the next text starts from zeros.

        Args:
            state: hidden (B, 2, H) and cell (B, 2, H) or None, as a `RecurrentState` or a plain tuple.
        """
        if state is None:
            return None
        hidden, cell = state
        return RecurrentState(hidden, cell).map(
            lambda tensor: torch.cat([tensor[:, :1], torch.zeros_like(tensor[:, 1:])], dim=1)
        )
