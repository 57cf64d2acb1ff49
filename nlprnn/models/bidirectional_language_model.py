"""Bidirectional language model, which pretrains an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import Embedding, LockedDropout, RecurrentEncoder, RecurrentState


class BidirectionalLMOutput(NamedTuple):
    """Outputs of both directions, up to the output layer.

    Attributes:
        forwards: (B, T, E) float, for the prediction of the token after each.
        backwards: (B, T, E) float, for the prediction of the token before each.
        state: after the last token; its backward half is of the first.
    """

    forwards: Tensor
    backwards: Tensor
    state: RecurrentState


class BidirectionalLanguageModel(PretrainedModel):
    """Two language models, one in each direction, in the first layer of an encoder and its embedding.

    Dai & Le 2015 ("Semi-supervised Sequence Learning") start a classifier from a language model's weights; the loss
    of both directions under one output layer is that of Peters et al. 2018 ("Deep contextualized word
    representations"). The output layer is tied to the embedding's trained table (Press & Wolf 2017). Deeper layers
    of a bidirectional encoder see both sides of a token, so that they could only copy it: they are not trained.

    The embedding and the encoder's first layer are shared with any other model that holds them.

    Args:
        embedding: token ids to vectors.
        encoder: bidirectional; its first layer is trained.
        output_dropout: probability of locked dropout on the encoder's outputs.

    Raises:
        ValueError: the encoder has one direction, or sizes do not fit.
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
        width = embedding.embedding_dim
        self.projections = nn.ModuleList(nn.Linear(encoder.hidden_size, width) for _ in range(2))
        self.output_bias = nn.Parameter(torch.zeros(len(embedding.weight)))

    @property
    def output_layer(self) -> tuple[Tensor, Tensor]:
        """Weight (U, E) and bias (U,) of the output layer; U rows of the embedding are trained."""
        return self.embedding.weight, self.output_bias

    def forward(self, ids: Tensor, state: RecurrentState | None = None) -> BidirectionalLMOutput:
        """Compute the outputs of both directions over running text.

        Args:
            ids: (B, T) int64, all of them real tokens.
            state: initial state of each direction; None = zeros.
        """
        outputs, state = self.encoder(self.embedding(ids), state=state)
        forwards, backwards = self._dropout(outputs).chunk(2, dim=2)
        return BidirectionalLMOutput(self.projections[0](forwards), self.projections[1](backwards), state)

    @staticmethod
    def forward_state(state: Sequence[Tensor | None] | None) -> RecurrentState | None:
        """Return a state whose forward half is kept and whose backward half is zero, as before another window.

        Args:
            state: hidden state and cell state, each (B, 2, H) or None.
        """
        if state is None:
            return None
        hidden, cell = state
        assert hidden is not None
        keep = torch.tensor([[1.0], [0.0]]).to(hidden)  # (2, 1)
        return RecurrentState(hidden * keep, None if cell is None else cell * keep)
