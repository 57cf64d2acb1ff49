"""Recurrent language model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import Embedding, LockedDropout, RecurrentEncoder, RecurrentState
from nlprnn.modules.cpu.numpy_step import NumpyStep, numpy_step, torch_step

TextStart = Literal["bos", "line_end"]


class LanguageModelOutput(NamedTuple):
    """Outputs of a language model, up to its output layer.

    Attributes:
        vectors: (B, T, O) float, for the prediction of the token after each by `LanguageModel.logits`.
        state: after the last real token.
        outputs: (B, T, H) float, of the encoder.
        dropped: (B, T, H) float, of the encoder, after dropout.
    """

    vectors: Tensor
    state: RecurrentState
    outputs: Tensor
    dropped: Tensor


class LanguageModel(PretrainedModel):
    """Recurrent language model: embedding, unidirectional encoder, and an output layer tied to the embedding.

    The output layer is tied to the embedding as in Inan et al. 2017 and Press & Wolf 2017. A linear layer adapts the
    encoder's outputs where their size is not that of the embedding.

    Args:
        embedding: token ids to vectors.
        encoder: unidirectional.
        tied: share the weight of the output layer with the embedding, which trains the row of padding too.
        output_dropout: probability of locked dropout on the encoder's outputs.
        text_start: what comes before each text, in training as in generation: "bos", the begin-of-sequence token, or
            "line_end", for training data of a few long texts, which hardly teach what follows the former.

    Raises:
        ValueError: the encoder is bidirectional, sizes do not fit, or text_start is unknown.
    """

    def __init__(
        self,
        *,
        embedding: Embedding,
        encoder: RecurrentEncoder,
        tied: bool = True,
        output_dropout: float = 0.0,
        text_start: TextStart = "bos",
    ) -> None:
        super().__init__()
        if encoder.bidirectional:
            raise ValueError("a language model must not see the future: build the encoder with bidirectional=False")
        if embedding.output_size != encoder.input_size:
            raise ValueError(
                f"the embedding gives vectors of {embedding.output_size}, the encoder takes {encoder.input_size}: "
                "make them equal"
            )
        if tied and len(embedding.weight) < embedding.num_embeddings:
            raise ValueError(
                f"a tied output layer needs a trained vector of each of {embedding.num_embeddings} tokens, the "
                f"embedding has {len(embedding.weight)}: leave num_trained out, or tied"
            )
        if text_start not in get_args(TextStart):
            raise ValueError(f"unknown text_start {text_start!r}: choose bos or line_end")
        self.embedding = embedding
        self.encoder = encoder
        self.tied = tied
        self.output_dropout = output_dropout
        self.text_start = text_start
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
        """V, the number of token ids."""
        return self.embedding.num_embeddings

    @property
    def output_layer(self) -> tuple[Tensor, Tensor]:
        """Weight (V, O) and bias (V,) of the output layer."""
        return self.embedding.weight if self.output_weight is None else self.output_weight, self.output_bias

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, state: RecurrentState | None = None
    ) -> LanguageModelOutput:
        """Compute the outputs for texts, up to the output layer, which is expensive for a large vocabulary.

        Args:
            ids: (B, T) int64.
            mask: (B, T) bool, True = real token, real tokens first; None = all real.
            state: before the first token; None = zeros.
        """
        outputs, state = self.encoder(self.embedding(ids), mask, state)
        dropped = self._dropout(outputs)
        return LanguageModelOutput(self._vectors(dropped), state, outputs, dropped)

    def logits(self, vectors: Tensor) -> Tensor:
        """Return logits (..., V) float of the next token from vectors (..., O) float of `forward`."""
        weight, bias = self.output_layer
        return functional.linear(vectors, weight, bias)

    def step(self, ids: Tensor, state: RecurrentState) -> tuple[Tensor, RecurrentState]:
        """Read one token of each row: the step function of search and sampling.

        Args:
            ids: (N,) int64.
            state: before the token.

        Returns:
            log-probabilities (N, V) float of the next token, and the state after this one.
        """
        output, state = self.encoder.step(self.embedding(ids), state)
        return self.logits(self._vectors(output)).log_softmax(dim=-1), state

    def compiled_step(self, *, int8: bool = False) -> Callable[[Tensor, RecurrentState], tuple[Tensor, RecurrentState]]:
        """Return a `step` for the CPU on a snapshot of the weights, several times as fast for few rows.

        Args:
            int8: eight-bit weights.

        Raises:
            RuntimeError: this PyTorch has no integer kernels.
        """
        return torch_step(self.numpy_step(int8=int8))

    def numpy_step(self, *, int8: bool = False) -> NumpyStep:
        """Return the step on arrays that `compiled_step` wraps, with logits instead of log-probabilities.

        Args:
            int8: eight-bit weights.

        Raises:
            RuntimeError: this PyTorch has no integer kernels.
        """
        with torch.no_grad(), torch.autocast("cpu", enabled=False):
            weight, bias = self.output_layer
            layers = [(weight * weight.size(1) ** -0.5, bias)]
            if isinstance(self.projection, nn.Linear):
                layers.insert(0, (self.projection.weight, self.projection.bias))
            return numpy_step(self.encoder, self.embedding.table(), layers, int8=int8)

    def initial_state(self, rows: int) -> RecurrentState:
        """Return the state before any token, for `rows` rows."""
        return self.encoder.initial_state(self.embedding.weight.new_empty(rows, 0))

    def _vectors(self, outputs: Tensor) -> Tensor:
        """Return the inputs (..., O) of the output layer from encoder outputs (..., H)."""
        vectors = self.projection(outputs)
        # Embedding and output layer have unit scale; so have the logits of random weights then.
        return vectors * vectors.size(-1) ** -0.5
