"""Ensembles of a recurrent network and a linear n-gram model: the weighted sum of their outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from numpy.typing import NDArray
from torch import Tensor

from nlprnn.models.pretrained import PretrainedModel
from nlprnn.models.text_classifier import TextClassifier
from nlprnn.models.text_model import Item
from nlprnn.models.text_regressor import TextRegressor
from nlprnn.modules import NgramLinear

Network = TypeVar("Network", TextClassifier, TextRegressor)


class NgramEnsemble(PretrainedModel, Generic[Network]):
    """A network and an n-gram model on the same token ids.

    A network generalises over words and their order; a bag of n-grams remembers which of them go with which label,
    and is right where the network has seen too few examples. On long texts both together beat either (Mesnil et al.
    2015, "Ensemble of Generative and Discriminative Techniques for Sentiment Analysis of Movie Reviews").

    Args:
        network: a trained model.
        ngrams: a fitted model with as many outputs.
        network_weight: factor of the network's outputs.
        ngram_weight: factor of the n-gram model's outputs.

    Raises:
        ValueError: the two differ in outputs or vocabulary.
    """

    def __init__(
        self, *, network: Network, ngrams: NgramLinear, network_weight: float = 1.0, ngram_weight: float = 1.0
    ) -> None:
        super().__init__()
        if (ngrams.num_outputs, ngrams.vocab_size) != (network.output_size, network.vocab_size):
            raise ValueError(
                f"the n-gram model has {ngrams.num_outputs} outputs and {ngrams.vocab_size} words, the network "
                f"{network.output_size} and {network.vocab_size}: make them equal"
            )
        self.network: Network = network
        self.ngrams = ngrams
        self.network_weight = network_weight
        self.ngram_weight = ngram_weight

    @property
    def vocab_size(self) -> int:
        """V, the number of token ids."""
        return self.network.vocab_size

    @property
    def output_size(self) -> int:
        """C, the number of outputs."""
        return self.network.output_size

    def truncate_tokens(self, tokens: Sequence[Item]) -> Sequence[Item]:
        """Keep the tokens of a text that the model reads, as its network does."""
        return self.network.truncate_tokens(tokens)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the weighted sum of the outputs of both.

        Args:
            ids: (B, T) int64, T > 0.
            mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            (B, C) float.
        """
        return self.network_weight * self.network(ids, mask) + self.ngram_weight * self.ngrams(ids, mask)


class EnsembleClassifier(NgramEnsemble[TextClassifier]):
    """A text classifier and an n-gram model: the weighted sum of their logits."""

    @property
    def labels(self) -> list[str]:
        """Names of the classes, in the order of the logits."""
        return self.network.labels

    @property
    def multi_label(self) -> bool:
        """Whether a text has any number of the labels."""
        return self.network.multi_label

    @property
    def threshold(self) -> float:
        """Probability from which a label is predicted, with `multi_label`."""
        return self.network.threshold

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probabilities (..., C) float of logits (..., C) float."""
        return self.network.probabilities(logits)


class EnsembleRegressor(NgramEnsemble[TextRegressor]):
    """A text regressor and an n-gram model: the weighted sum of their outputs in standard units."""

    @property
    def mean(self) -> float:
        """Mean of the training data's numbers."""
        return self.network.mean

    @property
    def std(self) -> float:
        """Standard deviation of the training data's numbers."""
        return self.network.std

    def denormalize(self, outputs: NDArray) -> NDArray:
        """Return the numbers (rows,) float64 in the unit of the data, of outputs (rows, 1) float."""
        return self.network.denormalize(outputs)

    def normalize(self, numbers: NDArray) -> NDArray:
        """Return numbers (rows,) of the data in standard units, (rows,) float32."""
        return self.network.normalize(numbers)
