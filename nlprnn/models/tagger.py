"""Sequence tagger."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from nlprnn.models.label_names import checked_labels
from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import CharacterEmbedding, Embedding, LinearChainCRF
from nlprnn.modules.protocols import Head, SequenceEncoder
from nlprnn.tagging_schemes import OUTSIDE

_IGNORED = -100
"""Label of padding in the loss."""


class TokenTagger(PretrainedModel):
    """Word and character embeddings, recurrent encoder, output layer for each word, and CRF.

    The bidirectional LSTM-CRF of Huang et al. 2015 ("Bidirectional LSTM-CRF Models for Sequence Tagging"), with the
    character embeddings of Lample et al. 2016 ("Neural Architectures for Named Entity Recognition").

    Args:
        embedding: word ids to vectors.
        encoder: vectors to vectors in context.
        head: a vector in context to a score of each label.
        labels: names of the labels, in the order of the scores.
        characters: character ids of a word to a vector, concatenated to its embedding; None = embeddings alone.
        crf: scores sequences of labels; None = each word's label is predicted independently.
        max_word_length: longer words are truncated to this number of characters by the pipeline.
        outside_penalty: subtracted from the score of the label `O` in decoding, so that more spans are found; it does
            not count in `nll`.

    Raises:
        ValueError: two modules do not fit each other, or `max_word_length` is not positive.
    """

    def __init__(
        self,
        *,
        embedding: Embedding,
        encoder: SequenceEncoder,
        head: Head,
        labels: Sequence[str],
        characters: CharacterEmbedding | None = None,
        crf: LinearChainCRF | None = None,
        max_word_length: int = 40,
        outside_penalty: float = 0.0,
    ) -> None:
        super().__init__()
        width = embedding.output_size + (characters.output_size if characters else 0)
        if width != encoder.input_size:
            raise ValueError(f"words have vectors of {width}, the encoder takes {encoder.input_size}: make them equal")
        if encoder.output_size != head.input_size:
            raise ValueError(
                f"the encoder gives vectors of {encoder.output_size}, the head takes {head.input_size}: make them equal"
            )
        if not len(labels) == head.output_size == (crf.num_labels if crf else head.output_size):
            message = f" and a CRF of {crf.num_labels}" if crf else ""
            raise ValueError(f"{len(labels)} labels for a head of {head.output_size}{message}: make them equal")
        if max_word_length < 1:
            raise ValueError(f"max_word_length must be positive, got {max_word_length}")
        self.embedding = embedding
        self.characters = characters
        self.encoder = encoder
        self.head = head
        self.crf = crf
        self.labels = checked_labels(labels)
        self.max_word_length = max_word_length
        self.outside_penalty = outside_penalty

    @property
    def vocab_size(self) -> int:
        """V, the number of word ids."""
        return self.embedding.num_embeddings

    def forward(self, ids: Tensor, mask: Tensor, characters: Tensor, indices: Tensor) -> Tensor:
        """Score the labels of each word.

        Args:
            ids: (B, T) int64, word ids, T > 0.
            mask: (B, T) bool, True = real word, real words first.
            characters: (N, W) int64, character ids of each distinct word of the batch, padding last.
            indices: (B, T) int64, the row of `characters` of each word.

        Returns:
            scores (B, T, C) float, arbitrary on padding.
        """
        vectors = self.embedding(ids)  # (B, T, E)
        if self.characters is not None:
            word_chars = functional.embedding(indices, self.characters(characters))  # (B, T, H)
            vectors = torch.cat([vectors, word_chars], dim=2)
        outputs, _ = self.encoder(vectors, mask)
        return self.head(outputs)

    def decode(self, scores: Tensor, mask: Tensor, *, outside_penalty: float | None = None) -> Tensor:
        """Return the most likely labels of sentences, with the penalty of `O`.

        Args:
            scores: (B, T, C) float, from `forward`.
            mask: (B, T) bool, True = real word, real words first.
            outside_penalty: in place of the model's; None = the model's.

        Returns:
            (B, T) int64, 0 on padding.
        """
        penalty = self.outside_penalty if outside_penalty is None else outside_penalty
        if penalty:
            scores = scores - scores.new_tensor([penalty * (label == OUTSIDE) for label in self.labels])
        if self.crf is None:
            return scores.argmax(dim=2).masked_fill(~mask, 0)
        return self.crf.decode(scores, mask)[0]

    def nll(self, scores: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        """Return the summed negative log-likelihood of labels, in nats: of sequences with a CRF, else of words.

        Args:
            scores: (B, T, C) float, from `forward`.
            mask: (B, T) bool, True = real word, real words first.
            labels: (B, T) int64, arbitrary on padding.

        Returns:
            () float.
        """
        if self.crf is None:
            labels = labels.masked_fill(~mask, _IGNORED)
            scores = scores.flatten(0, 1).to(torch.promote_types(scores.dtype, torch.float32))
            return functional.cross_entropy(scores, labels.flatten(), ignore_index=_IGNORED, reduction="sum")
        return -self.crf.log_likelihood(scores, mask, labels).sum()
