"""What each token of a text says for or against a class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from nlprnn.batching import SequenceArray, adaptive_batches, length_buckets
from nlprnn.errors import ModelError
from nlprnn.pipelines.classifier import Classifier
from nlprnn.text.tokenizer import valid_unicode

Method = Literal["integrated-gradients", "gradient-x-input", "attention"]
METHODS: tuple[Method, ...] = get_args(Method)
STEPS = 32
"""By default. In 19 of 20 texts of the sample data the scores then miss their sum by less than 1 %; at 16, by 3 %."""

_MOST_TEXTS, _MOST_TOKENS, _MOST_ROWS = 64, 8192, 256


@dataclass(frozen=True)
class Saliency:
    """Scores of a text's tokens.

    Attributes:
        text: as it was given, but for lone surrogates.
        prediction: the likeliest class.
        label: the class that the scores are about.
        probability: of `label`, 0 to 1.
        tokens: T pieces of the text that the model reads.
        spans: begin and end of each token in `text`, counted in characters; None where the tokenizer cannot tell.
        unknown: T bools, True = not in the vocabulary, so the score is that of any unknown word.
        scores: (T,) float64, above 0 speaks for `label`; of attention, shares that sum to 1.
        logit: the log-odds of `label`; None of attention.
        baseline: the same where every vector is zero; None of attention.
        gap: by how much integrated gradients miss their sum, which is `logit - baseline`; None of other methods.
        truncated_at: index in `tokens` at which the text is truncated: len(tokens) where they are its beginning, 0
            where they are its end; None = the model reads all of it.
    """

    text: str
    prediction: str
    label: str
    probability: float
    tokens: list[str]
    spans: list[tuple[int, int]] | None
    unknown: list[bool]
    scores: np.ndarray
    logit: float | None
    baseline: float | None
    gap: float | None
    truncated_at: int | None

    @property
    def truncated(self) -> bool:
        """Whether the text is longer than the model reads."""
        return self.truncated_at is not None


def explain(
    classifier: Classifier,
    texts: Iterable[str],
    *,
    method: Method = "integrated-gradients",
    label: str | None = None,
    steps: int = STEPS,
) -> Iterator[Saliency]:
    """Score the tokens of any number of texts in constant memory, in their order.

    Gradients are those of the logit of a class in its own sense, the log-odds log(p / (1 - p)), since a number added
    to all outputs of a model changes nothing that it says. They are taken with respect to the vectors that the
    embedding gives, in evaluation mode; a token's score is the sum over its vector. The baseline is the vector of
    zeros, which is also that of padding. What n-grams say goes the same way, from nothing, and to their tokens alike.

    - "integrated-gradients" (Sundararajan et al. 2017, "Axiomatic Attribution for Deep Networks"): the mean gradient
      on the way from the baseline to the text, times the vector. The scores sum to what the text adds to the logit.
    - "gradient-x-input" (Shrikumar et al. 2016, "Not Just a Black Box"): the gradient at the text, times the vector;
      quick, and rough where the model is not linear.
    - "attention": the weights of attention pooling. They tell what is read, not what it speaks for (Jain & Wallace
      2019, "Attention is not Explanation").

    Args:
        classifier: whose answers are to be explained.
        texts: any texts.
        method: one of `METHODS`.
        label: the class to explain; None = the likeliest of each text. Attention knows no classes.
        steps: places on the way where integrated gradients look.

    Raises:
        ModelError: attention is asked of a model without attention pooling, or the model has a single class.
        ValueError: the method or label is unknown, or steps is not positive.
    """
    labels = classifier.model.labels
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}: choose one of {', '.join(METHODS)}")
    if label is not None and label not in labels:
        raise ValueError(f"unknown label {label!r}: choose one of {', '.join(labels)}")
    if steps < 1:
        raise ValueError(f"steps must be positive, got {steps}")
    if method == "attention" and not classifier.model.has_attention:
        raise ModelError(
            f"the model pools with {type(classifier.model.pooling).__name__}, which has no attention to show: choose "
            "another method, or train with --pooling attention"
        )
    if len(labels) < 2 and not classifier.model.multi_label:
        raise ModelError(f"the model knows the single class {labels[0]!r}: there is nothing to explain")
    # A function of its own, so that the checks above come at once and not with the first text.
    return _explained(classifier, texts, method, label, steps)


def _explained(
    classifier: Classifier, texts: Iterable[str], method: Method, label: str | None, steps: int
) -> Iterator[Saliency]:
    model, tokenizer = classifier.model, classifier.tokenizer
    path = None if method == "attention" else _path(method, steps)
    for chunk in adaptive_batches(texts, max_size=_MOST_TEXTS):
        chunk = list(map(valid_unicode, chunk))
        tokens = classifier.encode(chunk)
        logits = classifier.outputs(tokens)
        classes = logits.argmax(axis=1)
        predictions = [model.labels[index] for index in classes]
        if label is not None:
            classes = np.full_like(classes, model.labels.index(label))
        probabilities = model.probabilities(torch.from_numpy(logits)).numpy()
        if path is None:
            scores, ends = attention_weights(classifier, tokens), None
        else:
            scores, ends = path_gradients(classifier, tokens, classes, path=path)
        for row, text in enumerate(chunk):
            own = scores[tokens.offsets[row] : tokens.offsets[row + 1]]
            baseline, logit = (None, None) if ends is None else map(float, ends[row])
            spans, pieces = tokenizer.spans(text), tokenizer.tokens(text)
            yield Saliency(
                text=text,
                prediction=predictions[row],
                label=model.labels[classes[row]],
                probability=float(probabilities[row, classes[row]]),
                tokens=list(model.truncate_tokens(pieces)),
                spans=None if spans is None else list(model.truncate_tokens(spans)),
                unknown=(tokens[row] == tokenizer.unk_id).tolist(),
                scores=own,
                logit=logit,
                baseline=baseline,
                gap=float(own.sum()) - (logit - baseline) if method == "integrated-gradients" else None,
                truncated_at=model.head_length if len(pieces) > len(own) else None,
            )


def _path(method: Method, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Places (P,) on the way from baseline (0) to text (1), both of them among these, and the places' weights (P,)."""
    if method == "gradient-x-input":
        return np.array([0.0, 1.0]), np.array([0.0, 1.0])
    places, weights = np.polynomial.legendre.leggauss(steps)  # exact for polynomials up to degree 2 * steps - 1
    return np.concatenate([[0.0], (places + 1) / 2, [1.0]]), np.concatenate([[0.0], weights / 2, [0.0]])


def path_gradients(
    classifier: Classifier, tokens: SequenceArray, classes: np.ndarray, *, path: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Weigh gradients on straight ways from vectors of zeros to those of texts; times the vectors, token by token.

    Args:
        classifier: its model and device.
        tokens: B texts.
        classes: (B,) integer, the class of each text whose logit is differentiated.
        path: places (P,) in [0, 1] and weights (P,); the first place is 0, the last 1.

    Returns:
        scores (total,) float64 of all tokens, end to end as in `tokens`, and the logits (B, 2) float64 at the first
        and last place.
    """
    model = classifier.model.eval()
    places, weights = path
    count = len(places)
    scores = np.zeros(len(tokens.values))
    ends = np.zeros((len(tokens), 2))
    # A row is a place on a text's way, so that a long text is spread over batches, and short ones share one.
    lengths = np.repeat(tokens.lengths, count)
    for rows in length_buckets(lengths, max_tokens=_MOST_TOKENS, max_rows=_MOST_ROWS):
        texts, steps = np.divmod(rows, count)
        # Also where the caller has switched gradients off. The mode is that of evaluation: the encoder asks cuDNN for
        # what a backward pass needs wherever gradients are on.
        with torch.inference_mode(False), torch.enable_grad():
            ids, mask = (part.to(classifier.device) for part in tokens.pad(texts))
            vectors = model.embedding(ids).detach()  # (B, T, E)
            inputs = [vectors] if model.ngrams is None else [vectors, model.ngrams.shares(ids, mask)]
            place = torch.from_numpy(places[steps]).to(vectors)[:, None, None]
            moved = [(part * place).requires_grad_() for part in inputs]
            outputs, chosen = model.forward_embeddings(moved[0], mask), torch.from_numpy(classes[texts]).to(ids.device)
            if model.ngrams is not None:
                outputs = outputs + model.ngrams.bias + moved[1].sum(dim=1)
            logits = log_odds(outputs, chosen, multi_label=model.multi_label)  # (B,)
            # Rows know nothing of each other: the gradient of the sum is that of each.
            gradients = torch.autograd.grad(logits.sum(), moved)
        found = sum((gradient * part).sum(dim=2) for gradient, part in zip(gradients, inputs, strict=True))  # (B, T)
        found = found.cpu().double().numpy() * weights[steps, None]
        for text, step, logit, own in zip(texts, steps, logits.detach().cpu().double().numpy(), found, strict=True):
            scores[tokens.offsets[text] : tokens.offsets[text + 1]] += own[: tokens.lengths[text]]
            if step in (0, count - 1):
                ends[text, int(step > 0)] = logit
    return scores, ends


def attention_weights(classifier: Classifier, tokens: SequenceArray) -> np.ndarray:
    """Return the weights (total,) float64 of attention pooling, end to end as in `tokens`."""
    model = classifier.model.eval()
    found = np.zeros(len(tokens.values))
    with torch.inference_mode():
        for rows in length_buckets(tokens.lengths, max_tokens=_MOST_TOKENS, max_rows=_MOST_ROWS):
            ids, mask = (part.to(classifier.device) for part in tokens.pad(rows))
            weights = model.attention(ids, mask).cpu().double().numpy()
            for row, own in zip(rows, weights, strict=True):
                found[tokens.offsets[row] : tokens.offsets[row + 1]] = own[: tokens.lengths[row]]
    return found


def log_odds(logits: Tensor, classes: Tensor, *, multi_label: bool = False) -> Tensor:
    """Log-odds of a class against all others: logits (B, C) float, C > 1, classes (B,) int64 -> (B,) float.

    With `multi_label` each class stands against its own absence, and the logit says it already.
    """
    own = logits.gather(1, classes.unsqueeze(1)).squeeze(1)
    if multi_label:
        return own
    others = logits.scatter(1, classes.unsqueeze(1), float("-inf"))
    return own - others.logsumexp(dim=1)
