"""Attribution of a classifier's logits to tokens: gradients along a path, and attention weights."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from nlprnn.batching import SequenceArray, length_buckets, to_device
from nlprnn.models import EnsembleClassifier
from nlprnn.pipelines import Classifier

MAX_TOKENS, MAX_ROWS = 8192, 256
"""Size of a batch: tokens with padding, and rows."""


def integration_path(steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Return Gauss-Legendre points and weights on [0, 1], exact for polynomials up to degree 2 * steps - 1.

    Args:
        steps: number of points inside the interval.

    Returns:
        points (steps + 2,) float64, with both ends, whose weights are 0, and weights (steps + 2,) float64.
    """
    points, weights = np.polynomial.legendre.leggauss(steps)
    return np.concatenate([[0.0], (points + 1) / 2, [1.0]]), np.concatenate([[0.0], weights / 2, [0.0]])


def path_gradients(
    classifier: Classifier, tokens: SequenceArray, classes: np.ndarray, *, path: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return weighted gradients along the straight path from zero vectors to those of texts, times the vectors.

    Args:
        classifier: whose model is explained, on its device.
        tokens: B texts.
        classes: (B,) integer, the class of each text whose logit is differentiated.
        path: points (P,) in [0, 1] and weights (P,); the first point is 0, the last 1.

    Returns:
        scores (total,) float64 of all tokens, end to end as in `tokens`, and the logits (B, 2) float64 at the first
        and last point.
    """
    model = classifier.model.eval()
    ensemble = model if isinstance(model, EnsembleClassifier) else None
    network = classifier.network_model
    points, weights = path
    count = len(points)
    scores = np.zeros(len(tokens.values))
    ends = np.zeros((len(tokens), 2))
    # A row is a point on a text's path, so that a long text is spread over batches, and short ones share one.
    lengths = np.repeat(tokens.lengths, count)
    for rows in length_buckets(lengths, max_tokens=MAX_TOKENS, max_rows=MAX_ROWS):
        texts, steps = np.divmod(rows, count)
        # Also where the caller has switched gradients off. In evaluation mode: the encoder asks cuDNN for what a
        # backward pass needs wherever gradients are on.
        with torch.inference_mode(False), torch.enable_grad():
            ids, mask = to_device(tokens.pad(texts), classifier.device)
            vectors = network.embedding(ids).detach()  # (B, T, E)
            inputs = [vectors] if ensemble is None else [vectors, ensemble.ngrams.contributions(ids, mask)]
            point = torch.from_numpy(points[steps]).to(vectors)[:, None, None]
            moved = [(tensor * point).requires_grad_() for tensor in inputs]
            outputs = network.forward_embeddings(*network.truncate_batch(moved[0], mask))
            if ensemble is not None:
                ngram_outputs = moved[1].sum(dim=1) + ensemble.ngrams.bias
                outputs = ensemble.network_weight * outputs + ensemble.ngram_weight * ngram_outputs
            targets = torch.from_numpy(classes[texts]).to(ids.device)
            logits = log_odds(outputs / network.temperature, targets, multi_label=network.multi_label)  # (B,)
            # Rows are independent: the gradient of the sum is that of each.
            gradients = torch.autograd.grad(logits.sum(), moved)
        products = [(gradient * tensor).sum(dim=2) for gradient, tensor in zip(gradients, inputs, strict=True)]
        shares = torch.stack(products).sum(dim=0).cpu().double().numpy() * weights[steps, None]  # (B, T)
        for text, step, logit, share in zip(texts, steps, logits.detach().cpu().double().numpy(), shares, strict=True):
            tokens.row_view(text, scores)[:] += share[: tokens.lengths[text]]
            if step in (0, count - 1):
                ends[text, int(step > 0)] = logit
    return scores, ends


def attention_weights(classifier: Classifier, tokens: SequenceArray) -> np.ndarray:
    """Return the weights (total,) float64 of attention pooling, end to end as in `tokens`."""
    network = classifier.network_model.eval()
    weights = np.zeros(len(tokens.values))
    with torch.inference_mode():
        for rows in length_buckets(tokens.lengths, max_tokens=MAX_TOKENS, max_rows=MAX_ROWS):
            ids, mask = to_device(tokens.pad(rows), classifier.device)
            positions = network.kept_positions(mask).cpu().numpy()
            attention = network.attention(*network.truncate_batch(ids, mask)).cpu().double().numpy()
            for row, kept, shares in zip(rows, positions, attention, strict=True):
                count = min(tokens.lengths[row], len(kept))
                tokens.row_view(row, weights)[kept[:count]] = shares[:count]
    return weights


def log_odds(logits: Tensor, classes: Tensor, *, multi_label: bool = False) -> Tensor:
    """Return the log-odds of a class against all others, log(p / (1 - p)).

    Args:
        logits: (B, C) float, C > 1.
        classes: (B,) int64.
        multi_label: each class is against its absence, whose log-odds is the logit itself.

    Returns:
        (B,) float.
    """
    chosen = logits.gather(1, classes.unsqueeze(1)).squeeze(1)
    if multi_label:
        return chosen
    others = logits.scatter(1, classes.unsqueeze(1), float("-inf"))
    return chosen - others.logsumexp(dim=1)
