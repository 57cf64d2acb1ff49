"""The log-likelihood that a language model assigns to text."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from nlprnn.models import LanguageModel
from nlprnn.modules import RecurrentState
from nlprnn.pipelines.text_windows import read_windows

_MAX_LOGITS = 1 << 22
"""Logits of one matrix product: a token has as many as the vocabulary."""


@dataclass(frozen=True)
class TextScore:
    """How likely a text is under a language model.

    To a model with a closed vocabulary all unknown words are one token, often a likely one, which leaves open which
    word it is. So figures of the text as a whole, and of its characters, add the NLL of the unknown tokens' spelling
    (`Tokenizer.spelling_nll`), as in a model with an open vocabulary (Mielke & Eisner 2019, "Spell Once, Summon
    Anywhere"). Figures of tokens count each as one token, and compare only with the same vocabulary: see their share.

    Attributes:
        nll: negative log-likelihood of the whole text with the spelling of unknown tokens, in nats.
        tokens: number of tokens that were scored.
        characters: number of characters of the text.
        unknown: number of tokens outside the vocabulary.
        spelling_nll: part of `nll` that is the spelling of unknown tokens, in nats.
    """

    nll: float
    tokens: int
    characters: int
    unknown: int
    spelling_nll: float = 0.0

    @property
    def unknown_percent(self) -> float:
        """Share of the tokens that are outside the vocabulary, in percent; 0 where there is none."""
        return 100.0 * self.unknown / max(1, self.tokens)

    @property
    def nll_per_token(self) -> float:
        """Mean negative log-likelihood of a token, without spelling, in nats; 0 where there is none."""
        return (self.nll - self.spelling_nll) / max(1, self.tokens)

    @property
    def nll_per_character(self) -> float:
        """`nll` over the number of characters, in nats; 0 without any."""
        return self.nll / max(1, self.characters)

    @property
    def bits_per_character(self) -> float:
        """`nll` over the number of characters, in bits; 0 without any."""
        return self.nll_per_character / math.log(2)

    @property
    def perplexity(self) -> float:
        """Perplexity per token, without spelling: exp of the mean negative log-likelihood; at most exp(700)."""
        return math.exp(min(self.nll_per_token, 700.0))


def row_nll(model: LanguageModel, inputs: Tensor, targets: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return the negative log-likelihood of each row's targets, read from an empty state in windows that fit.

    Args:
        model: in evaluation mode.
        inputs: (B, T) int64, the tokens before `targets`, on any device.
        targets: (B, T) int64.
        mask: (B, T) bool, True = real token, of both; None = all are real.

    Returns:
        (B,) float64, in nats, on the CPU.
    """
    total = torch.zeros(len(inputs), dtype=torch.float64)
    with torch.inference_mode():
        for window, output in read_windows(model, inputs, mask):
            target = targets[:, window].to(output.vectors.device)
            nll = _token_nll(model, output.vectors.flatten(0, 1), target.flatten()).view(target.shape).cpu()
            total += (nll if mask is None else nll * mask[:, window]).double().sum(dim=1)  # MPS has no float64
    return total


def stepwise_nll(
    step: Callable[[Tensor, RecurrentState], tuple[Tensor, RecurrentState]],
    state: RecurrentState,
    inputs: Tensor,
    targets: Tensor,
) -> Tensor:
    """Return the negative log-likelihood of each row's targets, read token by token.

    Args:
        step: ids (B,) and state to log-probabilities (B, V) of the next token and the next state, on the CPU.
        state: before the first token.
        inputs: (B, T) int64, the tokens before `targets`.
        targets: (B, T) int64.

    Returns:
        (B,) float64, in nats.
    """
    total = torch.zeros(len(inputs), dtype=torch.float64)
    with torch.inference_mode():
        for token, target in zip(inputs.t().contiguous(), targets.t(), strict=True):
            log_probabilities, state = step(token, state)
            total -= log_probabilities.gather(1, target.unsqueeze(1)).squeeze(1).double()
    return total


def _token_nll(model: LanguageModel, vectors: Tensor, targets: Tensor) -> Tensor:
    """Return the negative log-likelihood (P,) float of targets (P,), from the vectors (P, O) of the model."""
    size = max(1, _MAX_LOGITS // model.vocab_size)
    chunks = zip(vectors.split(size), targets.split(size), strict=True)
    return torch.cat(
        [functional.cross_entropy(model.logits(chunk), target, reduction="none") for chunk, target in chunks]
    )
