"""Stand-ins for names: a model knows one name for each role, its texts have any.

A small model of tales cannot hold on to names that are new in each tale. In its training text everybody is named by the
role alone (delexicalization: Henderson et al. 2014, Wen et al. 2015); names of a prompt become stand-ins before the
model reads it, and stand-ins become names again in what it writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

_NAME = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SENTENCE_BEGIN = re.compile(r"(?:\A|[.!?…:\n])[\"“”'‘’»«)\]]*\s*[\"“„'‘«(]*\Z")
_LAST_LETTERS = re.compile(r"[^\W\d_]*\Z")
_CERTAIN = 0.5
"""Probability of all stand-ins together from which a word that may be another is a name."""

Choose = Callable[[str, Sequence[str]], Sequence[float]]
"""(text before a name, stand-ins) -> probability of each of them there."""


class StandIns:
    """The names that each stand-in may become.

    Args:
        names: stand-in -> names, of one word each.
    """

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self.names = {stand_in: tuple(others) for stand_in, others in names.items()}

    def cast(self, prompt: str, *, is_word: Callable[[str], bool], choose: Choose, rng: Random) -> Cast:
        """Return names for all stand-ins: those of a prompt, in order, where the model expects them; others by lot.

        Args:
            prompt: any text.
            is_word: whether the model knows a word that is no name.
            choose: the model.
            rng: source of the lots.
        """
        chosen: dict[str, str] = {}
        for match in _NAME.finditer(prompt):
            name, before = match[0], prompt[: match.start()]
            if name in chosen.values() or not _is_title(name):
                continue
            common = is_word(name) or is_word(name[0].lower() + name[1:])
            if common and _SENTENCE_BEGIN.search(before):
                continue
            free = [stand_in for stand_in in self.names if stand_in not in chosen]
            if not free:
                break
            probabilities = choose(Cast(chosen).hide(before), free)
            if not common or sum(probabilities) >= _CERTAIN:
                chosen[free[max(range(len(free)), key=probabilities.__getitem__)]] = name
        return Cast(chosen | dict(self._drawn(chosen, rng)))

    def _drawn(self, chosen: Mapping[str, str], rng: Random) -> Iterator[tuple[str, str]]:
        """Yield a name for each other stand-in; no two begin with one letter, as far as there are enough."""
        used = {name[0] for name in chosen.values()}
        for stand_in, names in self.names.items():
            if stand_in not in chosen:
                name = rng.choice([name for name in names if name[0] not in used] or names)
                used.add(name[0])
                yield stand_in, name


class Cast:
    """Who is who in one text.

    Args:
        names: stand-in -> name.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = dict(names)
        self._stand_ins = {name: stand_in for stand_in, name in names.items()}
        self._held = ""

    def hide(self, text: str) -> str:
        """Return a text with stand-ins for names."""
        return _NAME.sub(lambda match: self._stand_ins.get(match[0], match[0]), text)

    def push(self, piece: str) -> str:
        """Take the next piece of what the model writes; return what is certain of it, with names for stand-ins."""
        text = self._held + piece
        last = _LAST_LETTERS.search(text)
        begun = last[0] if last else ""
        held = len(begun) if begun and any(name.startswith(begun) for name in self._names) else 0
        self._held = text[len(text) - held :]
        return self._show(text[: len(text) - held])

    def close(self) -> str:
        """Return what was held back, now that the text is complete."""
        held, self._held = self._held, ""
        return self._show(held)

    def _show(self, text: str) -> str:
        return re.sub(r"[^\W\d_]+", lambda match: self._names.get(match[0], match[0]), text)


def _is_title(word: str) -> bool:
    return word[0].isupper() and word[1:] != "" and not word.isupper()
