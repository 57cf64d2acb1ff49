"""`--ngrams`: a bag of n-grams that stands beside a recurrent reader, fitted before it and weighed after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nlprnn.batching import SequenceArray
from nlprnn.errors import DataError
from nlprnn.experiment.run import Run
from nlprnn.metrics import Metric
from nlprnn.models import TextRegressor
from nlprnn.models.text_model import TextModel
from nlprnn.modules import NgramLinear
from nlprnn.modules.ngram_linear import longest_order, ngram_keys
from nlprnn.pipelines import Classifier, Regressor
from nlprnn.tasks.labelled_texts import EncodedTexts
from nlprnn.training.lbfgs import Criterion, fit_best_linear, fit_scales, log_count_ratios, sparse_rows

_FEWEST_TEXTS = 2
"""With fewer texts an n-gram is remembered, not learnt."""

_MOST_WEIGHTS = 1 << 24
"""Of n-grams times outputs, 64 MB; the solver holds a dozen of such. The rarest n-grams go first."""

_STRENGTHS = (0.25, 1.0, 4.0, 16.0, 64.0, 256.0)
"""Inverse penalties to choose from, as scikit-learn's C: a text's loss counts so much beside the weights' size."""

_SPLITS = ("train", "validation")
_SIDES = ("reader", "n-grams", "both")
_ROWS = 256


@dataclass(frozen=True)
class FittedNgrams:
    """What n-grams speak for by themselves: weight (F, C) and bias (C,) float, and the loss they were fitted by."""

    weight: Tensor
    bias: Tensor
    criterion: Criterion

    def outputs(self, ngrams: NgramLinear, tokens: SequenceArray) -> Tensor:
        """Score encoded texts by their n-grams alone, (rows, C) float."""
        return _features(ngrams, tokens) @ self.weight + self.bias


def fit_ngrams(
    run: Run, pipeline: Classifier | Regressor, encoded: EncodedTexts, *, order: int, criterion: Criterion
) -> FittedNgrams | None:
    """Put a bag of n-grams beside the pipeline's reader, and fit what it says.

    Args:
        run: is told how it goes.
        pipeline: its model is changed in place.
        encoded: the texts.
        order: the longest n-grams, in words; 0 = none, and nothing is done.
        criterion: mean loss of outputs.

    Raises:
        DataError: no n-gram stands in two texts, or the n-grams are too long.
    """
    if order == 0:
        return None
    model, train = pipeline.model, encoded.tokens["train"]
    if order > (most := longest_order(model.vocab_size)):
        raise DataError(
            f"n-grams of {order} among {model.vocab_size:,} words are too many: give --ngrams {most} at most"
        )
    keys, idf, found = _common_ngrams(model, train, order=order, unknown_id=pipeline.tokenizer.unk_id)
    if len(keys) == 0:
        raise DataError(f"no word stands in {_FEWEST_TEXTS} training texts of {run.dataset}: leave --ngrams out")
    outputs = model.head.output_size
    model.ngrams = NgramLinear(
        len(keys), outputs, order=order, vocab_size=model.vocab_size, unknown_id=pipeline.tokenizer.unk_id
    )
    model.ngrams.load_ngrams(torch.from_numpy(keys), torch.from_numpy(idf))
    rest = f", the most frequent of {found:,}" if len(keys) < found else ""
    run.say(f"fitting {len(keys):,} n-grams of up to {order} words{rest}")
    sides = [(_features(model.ngrams, encoded.tokens[split]), _targets(model, encoded, split)) for split in _SPLITS]
    penalties = [1.0 / (strength * len(train)) for strength in _STRENGTHS]
    scales = None if isinstance(model, TextRegressor) else _scales(*sides[0], outputs)
    fitted = fit_best_linear(
        *sides[0], criterion, outputs=outputs, penalties=penalties, held_out=sides[1], scales=scales
    )
    model.ngrams.load_weights(*fitted)  # at once: a model that is stopped and never weighed has them too
    return FittedNgrams(*fitted, criterion)


def final_scores(
    run: Run, pipeline: Classifier | Regressor, encoded: EncodedTexts, fitted: FittedNgrams | None, *, metric: Metric
) -> dict[str, dict[str, float]]:
    """Score a trained pipeline on all splits but the one it was trained on.

    Where there are n-grams, they and the reader are weighed first, so that their sum has the least loss on validation,
    and the whole is saved.

    Args:
        run: is told what each of the two can do alone.
        pipeline: as `fit_ngrams` left it, its reader trained; is changed in place.
        encoded: the texts.
        fitted: what `fit_ngrams` returned.
        metric: which score is told of the two and of both.
    """
    splits, model = [split for split in encoded.tokens if split != "train"], pipeline.model
    reader = {split: pipeline.outputs(encoded.tokens[split], alone=True) for split in splits}
    if fitted is None:
        return {split: encoded.compute_metrics(model, reader[split], split) for split in splits}
    ngrams = {split: fitted.outputs(model.ngrams, encoded.tokens[split]).numpy() for split in splits}
    parts = [torch.from_numpy(side["validation"]) for side in (reader, ngrams)]
    own, others = fit_scales(parts, _targets(model, encoded, "validation"), fitted.criterion)
    with torch.no_grad():
        for parameter in model.head.layers[-1].parameters():
            parameter.mul_(own)
    model.ngrams.load_weights(others * fitted.weight, others * fitted.bias)
    pipeline.save(run.folder)
    scores = {}
    for split in splits:
        both = own * reader[split] + others * ngrams[split]
        told = [encoded.compute_metrics(model, outputs, split) for outputs in (reader[split], ngrams[split], both)]
        values = [of[metric.name] for of in told]
        figures = "   ".join(f"{side} {value:.4g}" for side, value in zip(_SIDES, values, strict=True))
        run.say(f"{split:<12}{metric.name}: {figures}")
        scores[split] = told[-1]
    return scores


def _common_ngrams(
    model: TextModel, tokens: SequenceArray, *, order: int, unknown_id: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Keys (F,) int64 of n-grams that stand in several texts, ascending, their inverse frequencies, and how many do."""
    found = []
    for ids, mask in _batches(tokens):
        keys = ngram_keys(ids, mask, order=order, vocab_size=model.vocab_size, unknown_id=unknown_id).sort(dim=1).values
        first = functional.pad(keys[:, 1:] != keys[:, :-1], (1, 0), value=True)  # each counts once a text
        found.append(keys[first & (keys >= 0)].numpy())
    keys, texts = np.unique(np.concatenate(found), return_counts=True)
    most = _MOST_WEIGHTS // model.head.output_size
    chosen = np.flatnonzero(texts >= _FEWEST_TEXTS)
    chosen = np.sort(chosen[np.argsort(-texts[chosen], kind="stable")[:most]])
    idf = (np.log((1 + len(tokens)) / (1 + texts[chosen])) + 1.0).astype(np.float32)
    return keys[chosen], idf, int((texts >= _FEWEST_TEXTS).sum())


def _features(ngrams: NgramLinear, tokens: SequenceArray) -> Tensor:
    """The n-grams of encoded texts, sparse (rows, F), in their order."""
    parts, begin, device = [], 0, ngrams.keys.device
    for ids, mask in _batches(tokens):
        found = ngrams.features(ids.to(device), mask.to(device))
        parts.append((found.rows + begin, found.columns, found.values))
        begin += len(ids)
    entries = [torch.cat(part).cpu() for part in zip(*parts, strict=True)]
    return sparse_rows(*entries, shape=(len(tokens), ngrams.num_ngrams))


def _scales(features: Tensor, labels: Tensor, outputs: int) -> Tensor:
    """How much an n-gram may speak for a label (F, C): the more, the less it stands in texts with and without it alike.

    Halfway between weights that are all penalised alike and those of NBSVM (Wang & Manning 2012), which are scaled by
    the log-count ratio alone; on validation of SST-2, AG News and R8 its loss is below that of either.
    """
    shown = labels if labels.dim() == 2 else functional.one_hot(labels, outputs)
    return 1.0 + log_count_ratios(features, shown.float()).abs()


def _batches(tokens: SequenceArray) -> Iterator[tuple[Tensor, Tensor]]:
    """Ids and mask of encoded texts, in their order."""
    rows = np.arange(len(tokens))
    return (tokens.pad(rows[begin : begin + _ROWS]) for begin in range(0, len(rows), _ROWS))


def _targets(model: TextModel, encoded: EncodedTexts, split: str) -> Tensor:
    """What the outputs should be, as the loss wants it."""
    gold = encoded.gold[split]
    return torch.from_numpy(model.normalize(gold)[:, None] if isinstance(model, TextRegressor) else gold)
