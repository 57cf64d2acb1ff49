"""An n-gram model beside the network: fitted before it, combined with it after training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nlprnn.batching import SequenceArray
from nlprnn.errors import DataError
from nlprnn.metrics import Metric
from nlprnn.models import EnsembleClassifier, EnsembleRegressor
from nlprnn.models.ngram_linear import NgramLinear, longest_order
from nlprnn.pipelines import Classifier, Regressor
from nlprnn.tasks.common_ngrams import batches, find_common_ngrams
from nlprnn.tasks.labelled_texts import LONGEST, LabelledTexts
from nlprnn.tasks.text_metrics import text_metrics
from nlprnn.text.tokenizer import SPECIAL_TOKENS
from nlprnn.training.lbfgs import Criterion, fit_best_linear, fit_scales, log_count_ratios, sparse_rows

_MAX_WEIGHTS = 1 << 24
"""Of n-grams times outputs, 64 MB; the solver holds a dozen copies. The rarest n-grams are left out first."""

_STRENGTHS = (0.25, 1.0, 4.0, 16.0, 64.0, 256.0)
"""Inverse penalties to choose from, as scikit-learn's C: the weight of a text's loss beside that of the weights."""

_LEAST_GAIN = 0.01
"""Share by which n-grams have to lower the validation loss: the weights are fitted to it too."""

PipelineT = TypeVar("PipelineT", Classifier, Regressor)


class NgramFit:
    """N-grams of the training texts, and the weights of a linear model on them.

    Args:
        pipeline: of the network; its vocabulary and outputs are those of the n-gram model.
        tokens: split -> ids of its texts, whole; the network reads what it does not truncate.
        data: the texts' targets.
        order: of the longest n-grams, in words.
        char_order: of the longest n-grams of characters within words; 0 = none.
        criterion: mean loss of outputs; convex.

    Attributes:
        ngrams: the fitted model.
        num_frequent: n-grams of enough training texts, of which `ngrams` has the most frequent.

    Raises:
        DataError: the order is too large for the vocabulary.
    """

    def __init__(
        self,
        pipeline: Classifier | Regressor,
        tokens: Mapping[str, SequenceArray],
        data: LabelledTexts,
        *,
        order: int,
        char_order: int = 0,
        criterion: Criterion,
    ) -> None:
        model, unknown_id = pipeline.model, pipeline.tokenizer.unk_id
        if order > (longest := longest_order(model.vocab_size)):
            raise DataError(
                f"n-grams of order {order} in a vocabulary of {model.vocab_size:,} words are too many: give --ngrams "
                f"{longest} at most"
            )
        self.pipeline, self.tokens, self.data, self.criterion = pipeline, tokens, data, criterion
        self._fitted_data = data.for_ngrams
        self._fitted_tokens = tokens if self._fitted_data is data else self._fitted_data.encode(pipeline.tokenizer)
        train_tokens = self._fitted_tokens["train"]
        outputs = max(1, len(data.labels))
        common = find_common_ngrams(
            train_tokens,
            _words(pipeline),
            order=order,
            char_order=char_order,
            unknown_id=unknown_id,
            limit=_MAX_WEIGHTS // outputs,
        )
        self.num_frequent = common.num_frequent
        self.ngrams = NgramLinear(
            len(common.idf),
            outputs,
            order=order,
            vocab_size=model.vocab_size,
            unknown_id=unknown_id,
            num_char_ngrams=common.num_char_ngrams,
            num_spellings=len(common.spellings.numbers) if common.spellings else 0,
        )
        self.ngrams.load_ngrams(common.keys, common.idf, common.spellings)
        features = {split: self._features(self._fitted_tokens[split]) for split in ("train", "validation")}
        train = self._targets("train")
        weight, bias = fit_best_linear(
            features["train"],
            train,
            criterion,
            outputs=outputs,
            penalties=[1.0 / (strength * len(train_tokens)) for strength in _STRENGTHS],
            held_out=(features["validation"], self._targets("validation")),
            scales=_scales(features["train"], train, outputs) if data.labels else None,
        )
        self.ngrams.load_weights(weight, bias)
        self._weight, self._bias = weight, bias  # on the CPU, wherever the module is moved to

    def describe(self) -> str:
        """Return one line on the fitted n-grams."""
        rest = f", the most frequent of {self.num_frequent:,}" if self.ngrams.num_ngrams < self.num_frequent else ""
        return f"n-grams: {self.ngrams.describe()}{rest}"

    def ensemble(self, pipeline: PipelineT) -> PipelineT:
        """Return the trained network and the n-gram model as one, weighted for the least validation loss.

        Args:
            pipeline: of the trained network; it is returned itself where the n-grams do not lower the validation loss.
        """
        tokens = self._fitted_tokens["validation"]
        outputs = [torch.from_numpy(pipeline.outputs(tokens)), self._outputs(tokens)]
        targets = self._targets("validation")
        network_weight, ngram_weight = fit_scales(outputs, targets, self.criterion)
        (network_scale,) = fit_scales(outputs[:1], targets, self.criterion)
        both = network_weight * outputs[0] + ngram_weight * outputs[1]
        if self.criterion(both, targets) > (1 - _LEAST_GAIN) * self.criterion(network_scale * outputs[0], targets):
            return pipeline
        weights = {"network_weight": network_weight, "ngram_weight": ngram_weight}
        shared: dict[str, Any] = {**weights, "ngrams": self.ngrams, "ngram_max_length": LONGEST}
        if isinstance(pipeline, Classifier):
            classifier = EnsembleClassifier(network=pipeline.network_model, **shared)
            return Classifier(classifier.to(pipeline.device), pipeline.tokenizer)
        regressor = EnsembleRegressor(network=pipeline.network_model, **shared)
        return Regressor(regressor.to(pipeline.device), pipeline.tokenizer)

    def compare(
        self, network: PipelineT, ensemble: PipelineT, metric: Metric, *, rows: Mapping[str, np.ndarray | slice]
    ) -> Iterator[str]:
        """Yield a line for each split: the metric of the network, of the n-grams, and of both if these are used.

        Args:
            network: the trained network alone.
            ensemble: what `ensemble` returned.
            metric: to report.
            rows: held-out split -> those of its rows to score.
        """
        width = max([12, *(len(split) + 2 for split in rows)])
        for split, chosen in rows.items():
            tokens = self.tokens[split].select(chosen)
            outputs = {"network": network.outputs(tokens), "n-grams": self._outputs(tokens).numpy()}
            if isinstance(model := ensemble.model, EnsembleClassifier | EnsembleRegressor):
                outputs["both"] = model.network_weight * outputs["network"] + model.ngram_weight * outputs["n-grams"]
            targets = self.data.targets[split][chosen]
            scores = {name: text_metrics(network, values, targets)[metric.name] for name, values in outputs.items()}
            figures = "   ".join(f"{name} {score:.4g}" for name, score in scores.items())
            yield f"{split:<{width}}{metric.name}: {figures}"

    def outputs(self, split: str) -> Tensor:
        """Return the outputs (rows, C) float of the n-gram model alone."""
        return self._outputs(self.tokens[split])

    def _outputs(self, tokens: SequenceArray) -> Tensor:
        return self._features(tokens) @ self._weight + self._bias

    def _features(self, tokens: SequenceArray) -> Tensor:
        """The n-grams of texts, sparse (rows, F), in their order."""
        entries: list[tuple[Tensor, Tensor, Tensor]] = []
        begin = 0
        for ids, mask in batches(tokens):
            device = self.ngrams.keys.device
            batch = self.ngrams.features(ids.to(device), mask.to(device))
            entries.append((batch.rows.cpu() + begin, batch.columns.cpu(), batch.values.cpu()))
            begin += len(ids)
        rows, columns, values = (torch.cat(pieces) for pieces in zip(*entries, strict=True))
        return sparse_rows(rows, columns, values, shape=(begin, self.ngrams.num_ngrams))

    def _targets(self, split: str) -> Tensor:
        """The targets of a split as the criterion takes them; numbers in standard units, (rows, 1)."""
        targets = self._fitted_data.targets[split]
        if isinstance(self.pipeline, Regressor):
            return torch.from_numpy(self.pipeline.model.normalize(targets)[:, None])
        return torch.from_numpy(targets)


def _scales(features: Tensor, targets: Tensor, outputs: int) -> Tensor:
    """Per-feature, per-class scaling from NBSVM log-count ratios, (F, C).

    Halfway between weights that all have one penalty and those of NBSVM (Wang & Manning 2012), which are scaled by
    the log-count ratio alone; on the validation splits of SST-2, AG News and R8 its loss is below that of either.
    """
    one_hot = targets if targets.dim() == 2 else functional.one_hot(targets, outputs)
    return 1.0 + log_count_ratios(features, one_hot.float()).abs()


def _words(pipeline: Classifier | Regressor) -> Sequence[str | None]:
    """The vocabulary by ids; None = a special token."""
    tokenizer = pipeline.tokenizer
    return [None if token in SPECIAL_TOKENS else token for token in tokenizer.pieces(range(tokenizer.vocab_size))]
