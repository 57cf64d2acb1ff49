"""Speech recognizer with connectionist temporal classification."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import ConvSubsampling, RecurrentEncoder, RecurrentState
from nlprnn.modules.protocols import Head


class RecognizerState(NamedTuple):
    """State of a recognizer between two chunks of a stream.

    Attributes:
        frames: frames that the convolutions still read; empty without subsampling.
        encoder: of the recurrent layers.
    """

    frames: list[Tensor]
    encoder: RecurrentState


class SpeechRecognizer(PretrainedModel):
    """Recurrent network whose outputs for frames are sequences of tokens and blanks.

    Graves et al. 2006 ("Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with Recurrent
    Neural Networks"), with the convolutions of Amodei et al. 2016 ("Deep Speech 2") in front of the recurrent layers.

    Args:
        encoder: vectors of frames to vectors in context, in one direction for a stream.
        head: a vector in context to the logits of the V tokens, the blank among them.
        subsampling: features to vectors of fewer frames; None = the encoder reads the features.
        blank: id of the blank.

    Raises:
        ValueError: two modules do not fit each other, or the blank is no output of the head.
    """

    def __init__(
        self,
        *,
        encoder: RecurrentEncoder,
        head: Head,
        subsampling: ConvSubsampling | None = None,
        blank: int = 0,
    ) -> None:
        super().__init__()
        if subsampling is not None and subsampling.output_size != encoder.input_size:
            raise ValueError(
                f"subsampling gives vectors of {subsampling.output_size}, the encoder takes {encoder.input_size}: "
                "make them equal"
            )
        if encoder.output_size != head.input_size:
            raise ValueError(
                f"the encoder gives vectors of {encoder.output_size}, the head takes {head.input_size}: make them equal"
            )
        if not 0 <= blank < head.output_size:
            raise ValueError(f"the blank is {blank}, the head has {head.output_size} outputs: choose one of them")
        self.subsampling = subsampling
        self.encoder = encoder
        self.head = head
        self.blank = blank

    @property
    def input_size(self) -> int:
        """F, features of a frame."""
        return self.encoder.input_size if self.subsampling is None else self.subsampling.input_size

    @property
    def vocab_size(self) -> int:
        """V, number of outputs, the blank among them."""
        return self.head.output_size

    @property
    def frames_per_output(self) -> int:
        """Frames for each output."""
        return 1 if self.subsampling is None else self.subsampling.subsampling

    @property
    def is_streaming(self) -> bool:
        """Whether outputs depend on earlier frames alone, so that a stream can be recognized."""
        return not self.encoder.bidirectional

    def forward(self, features: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Score the tokens at each output frame.

        Args:
            features: (B, T, F) float, normalized, T > 0.
            mask: (B, T) bool, True = real frame, the real frames of a row first.

        Returns:
            log-probabilities (B, T', V) float32, arbitrary on padding, and mask (B, T') bool.
        """
        if self.subsampling is not None:
            features, mask = self.subsampling(features, mask)
        outputs, _ = self.encoder(features, mask)
        return self.head(outputs).float().log_softmax(dim=-1), mask

    def initial_state(self, like: Tensor) -> RecognizerState:
        """Return the state before a stream, for as many rows as `like` (B, ...) has."""
        frames = [] if self.subsampling is None else self.subsampling.initial_state(like)
        return RecognizerState(frames, self.encoder.initial_state(like))

    def step(self, features: Tensor, state: RecognizerState, *, last: bool = False) -> tuple[Tensor, RecognizerState]:
        """Read a chunk of a stream; all chunks together give the outputs of `forward`.

        Args:
            features: (B, t, F) float, t may be 0.
            state: after the chunk before.
            last: no chunk follows.

        Returns:
            log-probabilities (B, t', V) float32 of the output frames that are complete, and the state.

        Raises:
            ValueError: the encoder is bidirectional, and needs the whole clip.
        """
        if not self.is_streaming:
            raise ValueError("a bidirectional recognizer needs whole clips: train one with --no-bidirectional")
        frames = state.frames
        if self.subsampling is not None:
            features, frames = self.subsampling.step(features, frames, last=last)
        outputs, encoder = self.encoder(features, None, state.encoder)
        return self.head(outputs).float().log_softmax(dim=-1), RecognizerState(frames, encoder)
