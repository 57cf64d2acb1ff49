"""Rules of who may be mentioned in a text: one of a group, by a pronoun that fits, and not before the introduction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from torch import Tensor

from nlprnn.decoding.logits_processors import History, LogitsProcessor
from nlprnn.decoding.recent_text import RecentText

_NO_LETTERS = re.compile(r"[\W\d_]+")
_FAR = 6
_REMEMBERED = 500
"""Sets of tokens whose penalties are kept: they change with each mention, not with each token."""

_CLAUSE_END = re.compile(r"[.!?…\n\"“”]")


@dataclass(frozen=True)
class Introduction:
    """Words whose first mention follows one of others.

    Attributes:
        words: those that are introduced; free as long as neither they nor anybody of the agreements is in the text.
        after: words of which one stands shortly before the first mention, in the same sentence.
        reach: number of words before the mention among which it stands.
        confirmed_by, contradicted_by: words such as "boy" and "girl"; where the last one of them, up to `_FAR` words
            before the first mention, contradicts it, it breaks the rule, that of the first one of a text too.
    """

    words: tuple[str, ...]
    after: tuple[str, ...]
    reach: int
    confirmed_by: tuple[str, ...] = ()
    contradicted_by: tuple[str, ...] = ()

    def is_contradicted(self, before: Sequence[str]) -> bool:
        """Return whether the last words of a sentence contradict a first mention after them."""
        telling = (word for word in reversed(before[-_FAR:]) if word in self.confirmed_by + self.contradicted_by)
        return next(telling, None) in self.contradicted_by


@dataclass(frozen=True, kw_only=True)
class MentionRules:
    """Rules on words.

    Attributes:
        groups: of words of which a text has one alone, the first.
        agreements: pronoun, or another word -> words of which the text must have one, if it has any of those of the
            other entries.
        introductions: of names and nouns.
    """

    groups: tuple[tuple[str, ...], ...] = ()
    agreements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    introductions: tuple[Introduction, ...] = ()

    def contradicted(self, text: str) -> frozenset[str]:
        """Return the words whose first mention the last sentence of a text contradicts."""
        before = _last_clause(text)
        wrong = (rule.words for rule in self.introductions if rule.is_contradicted(before))
        return frozenset(word for words in wrong for word in words)


NO_RULES = MentionRules()


def _last_clause(text: str) -> list[str]:
    """Return the words since the last sentence or quotation; what a text ends with comes last, "" after a sign."""
    return _NO_LETTERS.split(_CLAUSE_END.split(text)[-1])


def mention_penalty(rules: MentionRules, recent: RecentText, prompts: Sequence[str], penalty: float) -> LogitsProcessor:
    """Lower the scores of tokens that make a word against a rule.

    Args:
        rules: on words.
        recent: text of the rows.
        prompts: text before the first token, of each row of the first batch.
        penalty: in nats.
    """
    mentions, tokens = _Mentions(rules), _WordTokens(recent.token_texts)
    followers = [_Follower(mentions, recent.token_texts, prompt) for prompt in prompts]

    @lru_cache(maxsize=_REMEMBERED)
    def penalties(next_words: frozenset[str], same_words: frozenset[str], begun: str) -> Tensor:
        ids = [*tokens.beginning(next_words, after_letters=bool(begun)), *tokens.ending(same_words, begun)]
        return torch.zeros(len(recent.token_texts)).index_fill_(0, torch.tensor(ids, dtype=torch.int64), penalty)

    def apply(scores: Tensor, history: History) -> Tensor:
        of_rows = []
        for row, ids, text in zip(history.rows.tolist(), history.tokens.tolist(), recent(history), strict=True):
            seen = followers[row].seen(ids)
            *before, begun = _last_clause(text)
            before = [word for word in before if word]
            next_words = mentions.wrong(seen, [*before, begun] if begun else before)
            same_words = mentions.wrong(seen, before) if begun else next_words
            of_rows.append(penalties(next_words, same_words, begun))
        return scores - torch.stack(of_rows).to(scores)

    return apply


class _Mentions:
    """Rules with each word in its two forms, with a small and a capital letter."""

    def __init__(self, rules: MentionRules) -> None:
        self._groups = [[_forms([word]) for word in group] for group in rules.groups]
        self._agreements = [(_forms([word]), _forms(others)) for word, others in rules.agreements.items()]
        self._anybody = frozenset().union(*(others for _, others in self._agreements))
        self._introductions = [(_forms(rule.words), rule) for rule in rules.introductions]
        members = (member for group in self._groups for member in group)
        relevant = frozenset().union(self._anybody, *(words for words, _ in self._introductions), *members)
        self.forms = {word: _forms([word]) | {word[0].lower() + word[1:]} & relevant for word in relevant}

        self._always_wrong = lru_cache(maxsize=_REMEMBERED)(self._compute_always_wrong)

    def _compute_always_wrong(self, seen: frozenset[str]) -> frozenset[str]:
        wrong: set[str] = set()
        for group in self._groups:
            if any(not seen.isdisjoint(member) for member in group):
                wrong.update(word for member in group if seen.isdisjoint(member) for word in member)
        if not seen.isdisjoint(self._anybody):
            wrong.update(word for words, others in self._agreements if seen.isdisjoint(others) for word in words)
        return frozenset(wrong)

    def wrong(self, seen: frozenset[str], before: Sequence[str]) -> frozenset[str]:
        """Return the words that break a rule after a text with these words, the last ones in the sentence `before`."""
        wrong = self._always_wrong(seen)
        for words, rule in self._introductions:
            introduced = not set(rule.after).isdisjoint(before[-rule.reach :])
            if rule.is_contradicted(before) or not (introduced or seen.isdisjoint(words | self._anybody)):
                wrong |= words - seen
        return wrong


class _Follower:
    """Relevant words of a text that grows by a token at a time; of another text they are gathered again."""

    def __init__(self, mentions: _Mentions, token_texts: Sequence[str], prompt: str) -> None:
        self._forms, self._token_texts = mentions.forms, token_texts
        self._prompt = prompt
        self._tokens: list[int] | None = None
        self._seen: frozenset[str] = frozenset()
        self._end = ""

    def seen(self, tokens: list[int]) -> frozenset[str]:
        """Return the relevant words of the prompt and of tokens, in both of their forms."""
        if tokens and tokens[:-1] == self._tokens:
            text = self._end + self._token_texts[tokens[-1]]
        elif tokens != self._tokens:
            text, self._seen = self._prompt + "".join(map(self._token_texts.__getitem__, tokens)), frozenset()
        else:
            return self._seen
        words = _NO_LETTERS.split(text)
        self._tokens, self._end = tokens, words[-1]
        self._seen = self._seen.union(*(self._forms[word] for word in words if word in self._forms))
        return self._seen


class _WordTokens:
    """Tokens by their letters."""

    def __init__(self, token_texts: Sequence[str]) -> None:
        self._tokens: dict[str, list[int]] = {}
        for token, text in enumerate(token_texts):
            self._tokens.setdefault(text, []).append(token)

    def beginning(self, words: Iterable[str], *, after_letters: bool) -> Iterator[int]:
        """Yield each token that is one of some words; after letters, with the space before it alone."""
        for word in words:
            yield from self._tokens.get(" " + word, ())
            if not after_letters:
                yield from self._tokens.get(word, ())

    def ending(self, words: Iterable[str], begun: str) -> Iterator[int]:
        """Yield each token that makes one of some words of the letters with which a text ends, if it ends with any."""
        for word in words:
            if begun and word.startswith(begun) and word != begun:
                yield from self._tokens.get(word[len(begun) :], ())


def _forms(words: Iterable[str]) -> frozenset[str]:
    return frozenset(form for word in words for form in (word, word[0].upper() + word[1:]))
