"""Ensembles of a network and a linear model on n-grams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
from torch import Tensor

from nlprnn.models.ngram_linear import NgramLinear
from nlprnn.models.pretrained import PretrainedModel
from nlprnn.models.text_classifier import TextClassifier
from nlprnn.models.text_model import TextModel
from nlprnn.models.text_regressor import TextRegressor

Network = TypeVar("Network", bound=TextModel)
Item = TypeVar("Item")


class NgramEnsemble(PretrainedModel, Generic[Network]):
    """Weighted sum of the outputs of a recurrent network and of a linear model on n-grams.

    The network generalises over words and their order; the n-grams memorise which of them go with which output, and
    help where the network has seen too little. On long texts both together beat either (Mesnil et al. 2015, "Ensemble
    of Generative and Discriminative Techniques for Sentiment Analysis of Movie Reviews"; Cheng et al. 2016, "Wide &
    Deep Learning for Recommender Systems"). Each is trained by itself. The n-gram model, which is fast, reads more of
    a long text than the network.

    Args:
        network: a text classifier or regressor.
        ngrams: with as many outputs, over the same vocabulary.
        network_weight: factor of the network's outputs.
        ngram_weight: factor of the n-gram model's outputs.
        ngram_max_length: number of tokens of a text, the first ones, that the n-gram model reads; of these the network
            reads what its own limit leaves. None = the n-gram model reads what the network reads.

    Raises:
        ValueError: network and n-grams do not fit each other, or `ngram_max_length` is not positive.
    """

    def __init__(
        self,
        *,
        network: Network,
        ngrams: NgramLinear,
        network_weight: float = 1.0,
        ngram_weight: float = 1.0,
        ngram_max_length: int | None = None,
    ) -> None:
        super().__init__()
        if (ngrams.num_outputs, ngrams.vocab_size) != (network.output_size, network.vocab_size):
            raise ValueError(
                f"the n-grams have {ngrams.num_outputs} outputs and {ngrams.vocab_size} words, the network "
                f"{network.output_size} and {network.vocab_size}: make them equal"
            )
        if ngram_max_length is not None and ngram_max_length < 1:
            raise ValueError(f"ngram_max_length must be at least 1, got {ngram_max_length}")
        self.network = network
        self.ngrams = ngrams
        self.network_weight = network_weight
        self.ngram_weight = ngram_weight
        self.ngram_max_length = ngram_max_length

    @property
    def vocab_size(self) -> int:
        """V, tokens in the vocabulary."""
        return self.network.vocab_size

    @property
    def output_size(self) -> int:
        """C, number of outputs."""
        return self.network.output_size

    @property
    def max_length(self) -> int:
        """Number of tokens that the model reads of a text that is longer."""
        return self.ngram_max_length or self.network.max_length

    @property
    def head_length(self) -> int:
        """Number of tokens kept from the beginning of a text that is too long; see `TextModel.head_length`."""
        return self.ngram_max_length or self.network.head_length

    def truncate_tokens(self, tokens: Sequence[Item]) -> Sequence[Item]:
        """Return what the model reads of a text; see `TextModel.truncate_tokens`."""
        return (
            self.network.truncate_tokens(tokens) if self.ngram_max_length is None else tokens[: self.ngram_max_length]
        )

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Score texts.

        Args:
            ids: (B, T) int64, token ids, T > 0.
            mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            (B, C) float.
        """
        network_outputs = self.network(*self.network.truncate_batch(ids, mask))
        return self.network_weight * network_outputs + self.ngram_weight * self.ngrams(ids, mask)


class EnsembleClassifier(NgramEnsemble[TextClassifier]):
    """Ensemble of a `TextClassifier` and a linear model on n-grams; see `NgramEnsemble`."""

    @property
    def labels(self) -> list[str]:
        """Names of the classes, in the order of the logits."""
        return self.network.labels

    @property
    def multi_label(self) -> bool:
        """Whether a text may have any number of labels."""
        return self.network.multi_label

    @property
    def threshold(self) -> float | list[float]:
        """Probability from which a text has a label, with `multi_label`: one for all labels, or one for each."""
        return self.network.threshold

    @property
    def thresholds(self) -> np.ndarray:
        """Probability from which a text has each label, (C,) float64, with `multi_label`."""
        return self.network.thresholds

    @property
    def temperature(self) -> float:
        """Divisor of the summed logits in `probabilities`; the network keeps it, but it is that of the ensemble."""
        return self.network.temperature

    @property
    def abstain(self) -> float | None:
        """Probability of the most likely class below which the answer is `UNSURE`; None = never."""
        return self.network.abstain

    def decide(self, *, threshold: float | Sequence[float], temperature: float, abstain: float | None) -> None:
        """Set how outputs become answers; see `TextClassifier.decide`."""
        self.network.decide(threshold=threshold, temperature=temperature, abstain=abstain)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probabilities (..., C) float of the classes from logits (..., C) float."""
        return self.network.probabilities(logits)


class EnsembleRegressor(NgramEnsemble[TextRegressor]):
    """Ensemble of a `TextRegressor` and a linear model on n-grams; see `NgramEnsemble`."""

    @property
    def mean(self) -> float:
        """Mean of the training numbers."""
        return self.network.mean

    @property
    def std(self) -> float:
        """Standard deviation of the training numbers."""
        return self.network.std

    def denormalize(self, outputs: np.ndarray) -> np.ndarray:
        """Return numbers (rows,) float64 in the data's unit from outputs (rows, 1) float of `forward`."""
        return self.network.denormalize(outputs)

    def normalize(self, numbers: np.ndarray) -> np.ndarray:
        """Return the targets (rows,) float32 of `forward` from numbers (rows,) float64 in the data's unit."""
        return self.network.normalize(numbers)
