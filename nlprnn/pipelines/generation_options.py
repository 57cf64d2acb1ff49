"""Options of text generation."""

from __future__ import annotations

from dataclasses import dataclass

from nlprnn.decoding import LogitsProcessor, repetition_penalty, temperature, top_k, top_p
from nlprnn.decoding.defaults import LENGTH, TEMPERATURE

_SENTENCE = 32
"""Tokens that a sentence may take beyond the length, at least: with subwords most sentences are shorter."""

REPETITION_WINDOW = 64
"""Tokens that a repetition penalty looks back on: with characters, all of them would soon be penalised equally."""


@dataclass(frozen=True, kw_only=True)
class GenerationOptions:
    """Options of sampling, checked on construction.

    Attributes:
        length: number of tokens to generate, at most; a model that has learnt where texts end may end sooner.
        temperature: divides the logits: below 1 more likely, above 1 more surprising text; 0 = always the most
            likely token.
        top_k: sample from the k most likely tokens; None = from all.
        top_p: sample from the most likely tokens that together have this probability (Holtzman et al. 2020); None =
            from all.
        repetition_penalty: above 1, tokens of the last `REPETITION_WINDOW` become less likely (Keskar et al. 2019).
        whole_sentences: end prose with a sentence and its quotation marks closed, after up to a quarter more tokens
            than `length`, or 32; text without sentences ends after `length` tokens.
        stop: texts at which generation ends; they are not part of the result.
        seed: of the random numbers: with one seed a prompt always has one text, alone or among other prompts (prompts
            that are equal have different texts, the first of them the one that it has alone); None = another text
            each time.
        int8: use int8 weights; on the CPU alone.
        guided: follow the guide of the model, where it has one: names of the prompt stay, no word is invented, and few
            runs of words are those of the training text.

    Raises:
        ValueError: a value is out of range.
    """

    length: int = LENGTH
    temperature: float = TEMPERATURE
    top_k: int | None = None
    top_p: float | None = None
    repetition_penalty: float = 1.0
    whole_sentences: bool = False
    stop: tuple[str, ...] = ()
    seed: int | None = None
    int8: bool = False
    guided: bool = True

    def __post_init__(self) -> None:
        if isinstance(self.stop, str) or not all(self.stop):
            raise ValueError("stop is a tuple of texts that are not empty")
        if self.length < 0:
            raise ValueError(f"length must be 0 or more, got {self.length}")
        self.logits_processors()

    @property
    def most_tokens(self) -> int:
        """Number of tokens after which every text ends."""
        return self.length + (max(self.length // 4, _SENTENCE) if self.whole_sentences else 0)

    @property
    def only_temperature(self) -> bool:
        """Whether the temperature alone changes the model's distribution."""
        return self.top_k is None and self.top_p in (None, 1.0) and self.repetition_penalty == 1.0

    def logits_processors(self) -> list[LogitsProcessor]:
        """Return the functions that turn the model's log-probabilities into those to sample from, in order."""
        processors = [temperature(self.temperature)]
        if self.repetition_penalty != 1.0:
            processors.insert(0, repetition_penalty(self.repetition_penalty, window=REPETITION_WINDOW))
        if self.top_k is not None:
            processors.append(top_k(self.top_k))
        if self.top_p is not None:
            processors.append(top_p(self.top_p))
        return processors
