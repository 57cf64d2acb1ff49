"""The log-likelihood that a language model assigns to a text."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class TextScore:
    """How likely a model finds a text.

    Attributes:
        nats: negative log-probability of the whole text.
        tokens: it was scored in.
        characters: it has.
        unknown: tokens that the model does not know, scored as unknown.
    """

    nats: float
    tokens: int
    characters: int
    unknown: int

    @property
    def nats_per_token(self) -> float:
        """Mean negative log-probability of a token; 0 where there is none."""
        return self.nats / max(1, self.tokens)

    @property
    def nats_per_character(self) -> float:
        """Negative log-probability over the characters; 0 where there is none."""
        return self.nats / max(1, self.characters)

    @property
    def bits_per_character(self) -> float:
        """The same in bits."""
        return self.nats_per_character / math.log(2)

    @property
    def perplexity(self) -> float:
        """Of a token; as large as a float can be where it would be larger."""
        return math.exp(min(self.nats_per_token, 700.0))
