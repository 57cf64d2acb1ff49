"""Guidance of one generation: what a `TextGuide` makes of its prompts and of each next token."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from random import Random

import torch

from nlprnn.decoding import LogitsProcessor
from nlprnn.decoding.copied_runs import copied_run_penalty
from nlprnn.decoding.known_words import WordList, known_words, words_of
from nlprnn.decoding.mention_rules import mention_penalty
from nlprnn.decoding.recent_text import TEXT_END, RecentText
from nlprnn.errors import ModelError
from nlprnn.models import LanguageModel
from nlprnn.pipelines.stand_ins import Cast
from nlprnn.pipelines.text_guide import TextGuide
from nlprnn.pipelines.text_stream import readable_prompt
from nlprnn.pipelines.text_windows import final_state
from nlprnn.text import CharacterTokenizer, Tokenizer
from nlprnn.text.tokenizer import SPECIAL_TOKENS

COPIED_RUN_PENALTY = 2.5
"""Nats that a token loses which would end a run of eight words of the training text."""

MENTION_PENALTY = 10.0
"""Nats that a token loses which mentions somebody against the rules."""


class Guidance:
    """A guide with the model and the tokenizer that it guides.

    Args:
        guide: of the training text.
        model: in evaluation mode.
        tokenizer: of the model.
        start: id before each text.

    Raises:
        ModelError: the tokenizer does not keep spaces, so that texts of tokens tell no words apart.
    """

    def __init__(self, guide: TextGuide, model: LanguageModel, tokenizer: Tokenizer, start: int) -> None:
        if not (tokenizer.space_before_words or isinstance(tokenizer, CharacterTokenizer)):
            raise ModelError("a guide needs a model of characters or subwords: leave it out for one of words")
        self._guide, self._model, self._tokenizer, self._start = guide, model, tokenizer, start

    def cast(self, prompt: str, seed: int | None) -> Cast:
        """Return who is who in the text of a prompt.

        Args:
            prompt: any text.
            seed: of the names that the prompt does not give; None = others each time.
        """
        if self._guide.stand_ins is None:
            return Cast({})
        rng = Random(None if seed is None else f"{seed} names")
        return self._guide.stand_ins.cast(prompt, is_word=self._known.__contains__, choose=self._probabilities, rng=rng)

    def logits_processors(self, prompts: Sequence[str]) -> list[LogitsProcessor]:
        """Return what forbids invented words, and lowers copied runs and mentions against the rules.

        Args:
            prompts: with stand-ins; their words count as known.
        """
        readable = [readable_prompt(self._tokenizer, prompt) for prompt in prompts]
        recent, lists = RecentText(self._token_texts, readable), [self._words(prompt) for prompt in prompts]
        return [
            known_words(lists, recent),
            copied_run_penalty(self._guide.runs, recent, COPIED_RUN_PENALTY),
            mention_penalty(self._guide.rules, recent, readable, MENTION_PENALTY),
        ]

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self._guide.words)

    @cached_property
    def _all_words(self) -> tuple[str, ...]:
        names = () if self._guide.stand_ins is None else self._guide.stand_ins.names
        return *self._guide.words, *names

    @cached_property
    def _token_texts(self) -> list[str]:
        pieces = self._tokenizer.pieces(range(self._tokenizer.vocab_size))
        return [
            TEXT_END if token < len(SPECIAL_TOKENS) else text.replace("▁", " ") for token, text in enumerate(pieces)
        ]

    @cached_property
    def _word_list(self) -> WordList:
        return WordList(self._all_words, self._token_texts)

    def _words(self, prompt: str) -> WordList:
        new = [word for word in words_of(prompt) if word not in self._word_list]
        return WordList([*self._all_words, *new], self._token_texts) if new else self._word_list

    def _probabilities(self, before: str, words: Sequence[str]) -> list[float]:
        """Return the probability of the first token of each word after a text; of those that contradict it, 0."""
        *earlier, last = [self._start, *self._tokenizer.encode(readable_prompt(self._tokenizer, before))]
        first = [self._tokenizer.encode(word)[0] for word in words]
        device = next(self._model.parameters()).device
        with torch.inference_mode():
            state = self._model.initial_state(1)
            if earlier:
                ids = torch.tensor([earlier])
                state = final_state(self._model, ids, torch.ones_like(ids, dtype=torch.bool))
            scores, _ = self._model.step(torch.tensor([last], device=device), state)
        barred = self._guide.rules.contradicted(before)
        values = zip(words, scores[0].exp()[first].tolist(), strict=True)
        return [0.0 if word in barred else value for word, value in values]
