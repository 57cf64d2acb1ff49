"""Helpers of all grammars: slot filling, articles, capitals, and splits without duplicates."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from random import Random
from typing import TypeVar

Item = TypeVar("Item")
Words = Mapping[str, "str | tuple[str, ...]"]

SLOT = re.compile(r"\{(\w+)\}")
ARTICLE = re.compile(r"\b([Aa]) (?=(?:[aei]|o(?!ne\b)|u(?!ni|se)|hour|honest)(?i:\w))")


def fill(template: str, words: Words, rng: Random) -> str:
    """Replace each `{slot}` of `template` by its text in `words`, until no slot is left.

    A slot whose value is a tuple is drawn again at each occurrence; a slot whose value is one string is fixed.
    """
    while match := SLOT.search(template):
        value = words[match[1]]
        text = value if isinstance(value, str) else rng.choice(value)
        template = template[: match.start()] + text + template[match.end() :]
    return template


def with_articles(text: str) -> str:
    """Turn "a" into "an" before a vowel sound: "a old hour" becomes "an old hour"."""
    return ARTICLE.sub(lambda match: match[1] + "n ", text)


def upper_first(text: str) -> str:
    """Capitalize the first character and leave the rest unchanged."""
    return text[:1].upper() + text[1:]


def lines(text: str) -> tuple[str, ...]:
    """Return the non-empty lines of a word list, stripped."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def words(text: str) -> tuple[str, ...]:
    """Return the words of a list."""
    return tuple(text.split())


def normalise(text: str) -> str:
    """Lower-case a text and collapse its spaces: equal results mean duplicates."""
    return " ".join(text.lower().split())


class Distinct:
    """Set of keys seen so far, so that no item occurs twice in any split."""

    def __init__(self) -> None:
        self.seen: set[Hashable] = set()

    def take(self, count: int, draw: Callable[[], Item], keys: Callable[[Item], Iterable[Hashable]]) -> list[Item]:
        """Draw until there are `count` items none of whose keys was seen before.

        Raises RuntimeError when the grammar has too few items: after 200 draws per requested item.
        """
        taken: list[Item] = []
        draws = 0
        while len(taken) < count:
            draws += 1
            if draws > 200 * count:
                raise RuntimeError(f"the grammar gives fewer than {count} further distinct items")
            item = draw()
            item_keys = list(keys(item))
            if self.seen.isdisjoint(item_keys):
                self.seen.update(item_keys)
                taken.append(item)
        return taken
