"""What training makes small: functions from (model, batch, carried state) to a loss."""

from __future__ import annotations

from typing import Any

import torch
from accelerate.utils import extract_model_from_parallel
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.training.output_loss import output_loss
from nlprnn.training.protocols import ComputeLoss, LossOutput

CLASS_WEIGHTS = {"none": 0.0, "root": 0.5, "balanced": 1.0}
"""Name -> power of a class's inverse frequency in the weight of its texts."""


def inverse_frequency(counts: Tensor, kind: str) -> Tensor | None:
    """Weigh classes by how rare they are, so that the mean weight of a text is 1.

    Args:
        counts: (C,) int64, texts of each class. A class without any weighs nothing.
        kind: "balanced" lets all classes count alike (King & Zeng 2001, "Logistic Regression in Rare Events Data"),
            "root" takes the square root of these weights, for where few texts would count too much; "none".

    Returns:
        (C,) float32, or None for "none".

    Raises:
        ValueError: the kind is unknown.
    """
    if kind not in CLASS_WEIGHTS:
        raise ValueError(f"unknown class weights {kind!r}: choose one of {', '.join(CLASS_WEIGHTS)}")
    if kind == "none":
        return None
    there = counts > 0
    weights = torch.where(there, counts.clamp(min=1).double() ** -CLASS_WEIGHTS[kind], 0.0)
    return (weights * counts.sum() / (weights * counts).sum()).float()


def classification_loss(
    *, weights: Tensor | None = None, label_smoothing: float = 0.0, r_drop: float = 0.0
) -> ComputeLoss:
    """Cross-entropy of a classifier on batches with `ids`, `mask` and `labels`.

    Args:
        weights: (C,) float, how much a text of each class counts in the mean over a batch; None = all alike.
        label_smoothing: probability spread over all classes (Szegedy et al. 2016).
        r_drop: weight of the divergence between two readings of each text under different dropout (Liang et al.
            2021, "R-Drop"); 0 = one reading. It takes twice the time and helps where texts are few.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        ids, mask, labels = _twice(batch) if r_drop else batch
        logits = model(ids, mask)  # (B, C), or (2 * B, C)
        own = None if weights is None else weights.to(logits.device)
        loss = functional.cross_entropy(logits, labels, weight=own, label_smoothing=label_smoothing)
        if r_drop:
            loss = loss + r_drop * symmetric_divergence(*logits.chunk(2))
        return LossOutput(loss, batch.ids.numel())

    return compute


def multi_label_loss(*, r_drop: float = 0.0) -> ComputeLoss:
    """Binary cross-entropy of each label on batches with `ids`, `mask` and `labels` (B, C) float, 1 = has the label.

    Args:
        r_drop: as for `classification_loss`; the divergence is the mean over the labels.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        ids, mask, labels = _twice(batch) if r_drop else batch
        logits = model(ids, mask)
        loss = functional.binary_cross_entropy_with_logits(logits, labels)
        if r_drop:
            # Two classes a label, "has it" and "has it not", whose logits are the label's and 0.
            pairs = torch.stack([logits, torch.zeros_like(logits)], dim=-1).flatten(0, 1)  # (2 * B * C, 2)
            loss = loss + r_drop * symmetric_divergence(*pairs.chunk(2))
        return LossOutput(loss, batch.ids.numel())

    return compute


def regression_loss(*, r_drop: float = 0.0) -> ComputeLoss:
    """Mean squared error of a regressor on batches with `ids`, `mask` and `labels` (B,) float, in standard units.

    Args:
        r_drop: weight of the mean squared difference of two readings of each text under different dropout: R-Drop
            (Liang et al. 2021) for normal distributions of one width; 0 = one reading.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        ids, mask, numbers = _twice(batch) if r_drop else batch
        outputs = model(ids, mask).squeeze(1)
        loss = functional.mse_loss(outputs, numbers)
        if r_drop:
            loss = loss + r_drop * functional.mse_loss(*outputs.chunk(2))
        return LossOutput(loss, batch.ids.numel())

    return compute


def _twice(batch: Any) -> tuple[Tensor, ...]:
    """Each part of a batch twice, for R-Drop."""
    return tuple(torch.cat([part, part]) for part in batch)


def translation_loss(*, label_smoothing: float = 0.0, r_drop: float = 0.0) -> ComputeLoss:
    """Cross-entropy of the next target token on batches with `source`, `target` and their masks.

    Args:
        label_smoothing: probability spread over the whole vocabulary (Szegedy et al. 2016).
        r_drop: weight of the divergence between two readings of each pair (Liang et al. 2021); 0 = one reading.
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        source, source_mask, target, target_mask = _twice(batch) if r_drop else batch
        read = target_mask[:, 1:]  # one token shorter: what follows the end is not asked
        vectors = model(source, source_mask, target[:, :-1], read)  # (P, O), or (2 * P, O)
        layer = extract_model_from_parallel(model).output_layer
        loss = output_loss(vectors, *layer, target[:, 1:][read], label_smoothing=label_smoothing, r_drop=r_drop)
        return LossOutput(loss, int(batch.target_mask.sum()))

    return compute


def symmetric_divergence(first: Tensor, second: Tensor) -> Tensor:
    """Mean over the rows of the Kullback-Leibler divergences of two distributions from each other, halved.

    Args:
        first: (B, C) float, logits.
        second: the same.

    Returns:
        () float, in nats.
    """
    p, q = first.log_softmax(dim=1), second.log_softmax(dim=1)
    return 0.5 * ((p.exp() - q.exp()) * (p - q)).sum(dim=1).mean()


def language_model_loss(
    *, label_smoothing: float = 0.0, activation: float = 0.0, temporal_activation: float = 0.0
) -> ComputeLoss:
    """Cross-entropy of the next token on batches with `ids` and `targets`, the state carried on.

    Truncated back-propagation through time (Williams & Peng 1990): the gradient ends at the batch's first token.

    Args:
        label_smoothing: probability spread over the whole vocabulary (Szegedy et al. 2016).
        activation: weight of the mean square of the last layer's outputs, after dropout (Merity et al. 2017,
            "Revisiting Activation Regularization for Language RNNs").
        temporal_activation: weight of the mean square of the change of the outputs, before dropout, from one token
            to the next (the same).
    """

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        own = extract_model_from_parallel(model)
        if isinstance(state, list):  # as a checkpoint gives it back
            state = own.initial_state(len(batch.ids))._make(state)
        read = model(batch.ids, state=state)
        vectors, targets = read.vectors.flatten(0, 1), batch.targets.flatten()
        loss = output_loss(vectors, *own.output_layer, targets, label_smoothing=label_smoothing)
        if activation:
            loss = loss + activation * read.dropped.square().mean()
        if temporal_activation and batch.ids.size(1) > 1:
            loss = loss + temporal_activation * read.outputs.diff(dim=1).square().mean()
        return LossOutput(loss, batch.ids.numel(), read.state.detach())

    return compute
