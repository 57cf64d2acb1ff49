"""Words of a sentence -> the scores of each word's labels."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, cat
from torch.nn import functional

from nlprnn.models.pretrained import PretrainedModel
from nlprnn.modules import CharacterEmbedding, Embedding, LinearChainCRF, OutputHead, RecurrentEncoder


class TokenTagger(PretrainedModel):
    """Word table, characters of words, recurrent encoder, a head at each word, and a CRF over neighbours.

    The bidirectional LSTM-CRF of Huang et al. 2015, with words read letter by letter beside the table as in Lample et
    al. 2016.

    Args:
        embedding: word ids -> vectors.
        encoder: vectors -> vectors in context.
        head: a vector in context -> a score for each label.
        labels: their names, in the order of the scores.
        characters: spellings -> vectors, which stand beside those of the table; None = the table alone.
        crf: scores whole sequences of labels; None = each word's label is chosen by itself.
        max_word_length: of longer words so many characters are meant to be read.

    Raises:
        ValueError: two parts do not fit each other.
    """

    def __init__(
        self,
        *,
        embedding: Embedding,
        encoder: RecurrentEncoder,
        head: OutputHead,
        labels: Sequence[str],
        characters: CharacterEmbedding | None = None,
        crf: LinearChainCRF | None = None,
        max_word_length: int = 40,
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
            told = f" and a CRF of {crf.num_labels}" if crf else ""
            raise ValueError(f"{len(labels)} labels for a head of {head.output_size}{told}: make them equal")
        if max_word_length < 1:
            raise ValueError(f"max_word_length must be positive, got {max_word_length}")
        self.embedding = embedding
        self.characters = characters
        self.encoder = encoder
        self.head = head
        self.crf = crf
        self.labels = list(labels)
        self.max_word_length = max_word_length

    @property
    def vocab_size(self) -> int:
        """V, words that the model can tell apart."""
        return self.embedding.num_embeddings

    def forward(self, ids: Tensor, mask: Tensor, spellings: Tensor, places: Tensor) -> Tensor:
        """Score the labels of each word.

        Args:
            ids: (B, T) int64, word ids, T > 0.
            mask: (B, T) bool, True = real word, real words first.
            spellings: (N, W) int64, the characters of each different word of the batch, padding behind them.
            places: (B, T) int64, which row of `spellings` each word is.

        Returns:
            scores (B, T, C) float; those on padding mean nothing.
        """
        vectors = self.embedding(ids)  # (B, T, E)
        if self.characters is not None:
            spelled = functional.embedding(places, self.characters(spellings))  # (B, T, H)
            vectors = cat([vectors, spelled], dim=2)
        outputs, _ = self.encoder(vectors, mask)
        return self.head(outputs)

    def decode(self, scores: Tensor, mask: Tensor) -> Tensor:
        """Choose the labels of whole sentences.

        Args:
            scores: (B, T, C) float, from `forward`.
            mask: (B, T) bool, True = real word, real words first.

        Returns:
            (B, T) int64, 0 on padding.
        """
        if self.crf is None:
            return scores.argmax(dim=2).masked_fill(~mask, 0)
        return self.crf.decode(scores, mask)[0]

    def nats(self, scores: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        """Negative log-likelihood of labels, summed over all words: of whole sequences with a CRF, else of each word.

        Args:
            scores: (B, T, C) float, from `forward`.
            mask: (B, T) bool, True = real word, real words first.
            labels: (B, T) int64; whatever stands on padding is not looked at.

        Returns:
            () float.
        """
        if self.crf is None:
            return functional.cross_entropy(scores[mask], labels[mask], reduction="sum")
        return -self.crf.log_likelihood(scores, mask, labels).sum()
