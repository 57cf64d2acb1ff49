"""Speech recognizer with an attention decoder."""

from __future__ import annotations

from torch import Tensor

from nlprnn.batching.row_lengths import real_positions
from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import AttentionDecoder, Bridge, ConvSubsampling, DecoderState, Embedding, RecurrentEncoder
from nlprnn.modules.protocols import Head


class SpeechSeq2Seq(PretrainedModel):
    """Recurrent encoder of sound, and a decoder with attention that writes the transcript token by token.

    Chorowski et al. 2015 ("Attention-Based Models for Speech Recognition") and Chan et al. 2016 ("Listen, Attend and
    Spell"). Unlike CTC it learns which tokens follow each other, and needs the whole clip.

    Args:
        encoder: vectors of frames to vectors in context.
        bridge: final state of the encoder to initial state of the decoder.
        embedding: tokens to vectors.
        decoder: vectors of tokens and memory to attentional vectors.
        head: an attentional vector to the logits of the V tokens.
        subsampling: features to vectors of fewer frames; None = the encoder reads the features.
        bos_id: begin of a transcript.
        eos_id: end of a transcript.

    Raises:
        ValueError: two modules do not fit each other, or begin or end are no output of the head.
    """

    def __init__(
        self,
        *,
        encoder: RecurrentEncoder,
        bridge: Bridge,
        embedding: Embedding,
        decoder: AttentionDecoder,
        head: Head,
        bos_id: int,
        eos_id: int,
        subsampling: ConvSubsampling | None = None,
    ) -> None:
        super().__init__()
        for source, size, name, expected in (
            ("the encoder", encoder.output_size, "the attention", decoder.attention.memory_size),
            ("the encoder", encoder.output_size, "the bridge", bridge.input_size),
            ("the bridge", bridge.hidden_size, "the decoder", decoder.hidden_size),
            ("the embedding", embedding.output_size, "the decoder", decoder.input_size),
            ("the decoder", decoder.output_size, "the head", head.input_size),
        ):
            if size != expected:
                raise ValueError(f"{source} gives vectors of {size}, {name} takes {expected}: make them equal")
        if subsampling is not None and subsampling.output_size != encoder.input_size:
            raise ValueError(
                f"subsampling gives vectors of {subsampling.output_size}, the encoder takes {encoder.input_size}: "
                "make them equal"
            )
        if not {bos_id, eos_id} <= set(range(head.output_size)):
            raise ValueError(f"begin {bos_id} and end {eos_id} must be among the {head.output_size} outputs")
        self.subsampling = subsampling
        self.encoder = encoder
        self.bridge = bridge
        self.embedding = embedding
        self.decoder = decoder
        self.head = head
        self.bos_id = bos_id
        self.eos_id = eos_id

    @property
    def input_size(self) -> int:
        """F, features of a frame."""
        return self.encoder.input_size if self.subsampling is None else self.subsampling.input_size

    @property
    def vocab_size(self) -> int:
        """V, number of outputs."""
        return self.head.output_size

    @property
    def frames_per_output(self) -> int:
        """Frames for each vector that the decoder attends to."""
        return 1 if self.subsampling is None else self.subsampling.subsampling

    def forward(self, features: Tensor, mask: Tensor, target: Tensor, target_mask: Tensor) -> Tensor:
        """Score the next token after each of a transcript (teacher forcing).

        Args:
            features: (B, T, F) float, normalized, T > 0.
            mask: (B, T) bool, True = real frame, the real frames of a row first.
            target: (B, L) int64, begin of the transcript first.
            target_mask: (B, L) bool, True = real token, real tokens first.

        Returns:
            logits (P, V) float of the token after each of the P real ones, row by row.
        """
        outputs, _ = self.decoder(self.embedding(target), target_mask, self.encode(features, mask))
        return self.head(outputs.flatten(0, 1).index_select(0, real_positions(target_mask)))

    def encode(self, features: Tensor, mask: Tensor) -> DecoderState:
        """Return the decoder's initial state for clips (B, T, F) float with mask (B, T) bool, True = real frame."""
        if self.subsampling is not None:
            features, mask = self.subsampling(features, mask)
        encoded, state = self.encoder(features, mask)
        return self.decoder.initial_state(encoded, mask, self.bridge(state))

    def step(self, tokens: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Read one token of each row: the step function of beam search.

        Args:
            tokens: (N,) int64.
            state: before the token.

        Returns:
            log-probabilities (N, V) float32 of the next token, and the state after this one.
        """
        output, state = self.decoder.step(self.embedding(tokens), state)
        return self.head(output).float().log_softmax(dim=1), state
