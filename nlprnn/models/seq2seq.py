"""Sequence-to-sequence model with attention."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.batching.row_lengths import real_positions
from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import AttentionDecoder, Bridge, DecoderState, Embedding, RecurrentEncoder
from nlprnn.modules.cpu.decoder_step import decoding_linear, prepare_for_decoding

_LARGEST_TABLE = 1 << 26
"""Most numbers in the table of the first decoder layer, 256 MB; beyond, token vectors are multiplied in each step."""


class Seq2Seq(PretrainedModel):
    """Sequence to sequence with attention (Sutskever et al. 2014; Bahdanau et al. 2015; Luong et al. 2015).

    Embeddings are multiplied by the square root of their size, so `Embedding(std=size**-0.5)` gives vectors of unit
    scale. With a table of unit scale, the steps of Adam are too small relative to it, and learning takes four times as
    long.

    Args:
        source_embedding: source ids to vectors.
        target_embedding: target ids to vectors; None = the source's, for a shared vocabulary.
        encoder: source vectors to vectors in context.
        bridge: final state of the encoder to initial state of the decoder.
        decoder: target vectors and memory to attentional vectors.
        tied: the output layer shares its weight with the target embedding (Press & Wolf 2017).
        max_length: longer sources are truncated to this number of tokens, end of sentence included.

    Raises:
        ValueError: two modules do not fit each other, or `max_length` leaves no room for a token.
    """

    def __init__(
        self,
        *,
        source_embedding: Embedding,
        target_embedding: Embedding | None = None,
        encoder: RecurrentEncoder,
        bridge: Bridge,
        decoder: AttentionDecoder,
        tied: bool = True,
        max_length: int = 512,
    ) -> None:
        super().__init__()
        if max_length < 2:
            raise ValueError(f"max_length must be at least 2, a token and the end of the sentence, got {max_length}")
        target = source_embedding if target_embedding is None else target_embedding
        for source, size, name, expected in (
            ("the source embedding", source_embedding.output_size, "the encoder", encoder.input_size),
            ("the encoder", encoder.output_size, "the attention", decoder.attention.memory_size),
            ("the encoder", encoder.output_size, "the bridge", bridge.input_size),
            ("the bridge", bridge.hidden_size, "the decoder", decoder.hidden_size),
            ("the target embedding", target.output_size, "the decoder", decoder.input_size),
        ):
            if size != expected:
                raise ValueError(f"{source} gives vectors of {size}, {name} takes {expected}: make them equal")
        if (bridge.num_layers, bridge.cell) != (decoder.num_layers, decoder.cell):
            raise ValueError(
                f"the bridge starts {bridge.num_layers} layers of {bridge.cell}, the decoder has "
                f"{decoder.num_layers} of {decoder.cell}: make them equal"
            )
        if tied and decoder.output_size != target.embedding_dim:
            raise ValueError(
                f"a tied output layer takes vectors of {target.embedding_dim}, the decoder gives "
                f"{decoder.output_size}: make them equal, or leave tied out"
            )
        if tied and len(target.weight) < target.num_embeddings:
            raise ValueError(
                f"a tied output layer needs a trained vector of each of {target.num_embeddings} tokens, the target "
                f"embedding has {len(target.weight)}: leave num_trained out, or tied"
            )
        self.source_embedding = source_embedding
        self.target_embedding = None if target_embedding is source_embedding else target_embedding
        self.encoder = encoder
        self.bridge = bridge
        self.decoder = decoder
        self.tied = tied
        self.max_length = max_length
        self.output_weight = None if tied else nn.Parameter(torch.empty(target.num_embeddings, decoder.output_size))
        self.output_bias = nn.Parameter(torch.zeros(target.num_embeddings))
        if self.output_weight is not None:
            nn.init.normal_(self.output_weight, std=decoder.output_size**-0.5)

    @property
    def vocab_size(self) -> int:
        """V, the number of target ids."""
        return self._target.num_embeddings

    @property
    def _target(self) -> Embedding:
        return self.source_embedding if self.target_embedding is None else self.target_embedding

    @property
    def output_layer(self) -> tuple[Tensor, Tensor]:
        """Weight (V, O) and bias (V,) of the output layer."""
        return self._target.weight if self.output_weight is None else self.output_weight, self.output_bias

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor, target_mask: Tensor) -> Tensor:
        """Compute the decoder's outputs for sentence pairs (teacher forcing), up to the output layer.

        The output layer is the most expensive one; it is separate, so that padding is left out before it and the loss
        can be fused with it. `logits` applies it.

        Args:
            source: (B, S) int64.
            source_mask: (B, S) bool, True = real token, real tokens first.
            target: (B, T) int64, begin of sentence first.
            target_mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            vectors (P, O) float, for the prediction of the token after each of the P real target tokens, row by row.
        """
        state = self.encode(source, source_mask)
        outputs, _ = self.decoder(_scaled(self._target, target), target_mask, state)
        return outputs.flatten(0, 1).index_select(0, real_positions(target_mask))

    def logits(self, vectors: Tensor) -> Tensor:
        """Return logits (..., V) float of the next token from vectors (..., O) float of `forward`."""
        weight, bias = self.output_layer
        return functional.linear(vectors, weight, bias)

    def encode(self, source: Tensor, source_mask: Tensor) -> DecoderState:
        """Return the decoder's initial state for sources (B, S) int64 with mask (B, S) bool, True = real token."""
        encoded, state = self.encoder(_scaled(self.source_embedding, source), source_mask)
        return self.decoder.initial_state(encoded, source_mask, self.bridge(state))

    def step(self, tokens: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Read one target token of each row: the step function of search and sampling.

        Args:
            tokens: (N,) int64.
            state: before the token.

        Returns:
            log-probabilities (N, V) float of the next token, and the state after this one.
        """
        output, state = self.decoder.step(_scaled(self._target, tokens), state)
        return self.logits(output).log_softmax(dim=1), state

    def compiled_step(
        self, *, int8: bool = False, input_table: bool = True
    ) -> Callable[[Tensor, DecoderState], tuple[Tensor, DecoderState]]:
        """Return a faster `step` for the CPU and the current weights.

        It copies those weights that it transforms: after further training, make another one. A row's result does not
        depend on the other rows, as in `step`.

        Args:
            int8: eight-bit weights of layers and output layer.
            input_table: compute the products of the first layer with all token vectors here, once, which pays for
                hundreds of sentences; not done with input feeding, or where the table would be very large.

        Raises:
            RuntimeError: this PyTorch has no integer kernels.
        """
        embedding = copy(self._target)
        embedding.training = False
        size = embedding.num_embeddings * 4 * self.decoder.hidden_size
        fold = input_table and not self.decoder.input_feeding and size <= _LARGEST_TABLE
        with torch.no_grad():
            table = embedding.table() * embedding.embedding_dim**0.5 if fold else None
            decoder = prepare_for_decoding(self.decoder, input_table=table, int8=int8)
            weight, bias = self.output_layer
            output_layer = decoding_linear(weight, bias, int8=int8, input_range=1.0)  # attentional vectors are tanhs

        def step(tokens: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
            output, state = decoder.step(tokens if fold else _scaled(embedding, tokens), state)
            return output_layer(output).log_softmax(dim=1), state

        return step


def _scaled(embedding: Embedding, ids: Tensor) -> Tensor:
    """Return vectors of unit scale from a table of the scale that an output layer has (Vaswani et al. 2017)."""
    return embedding(ids) * embedding.embedding_dim**0.5
