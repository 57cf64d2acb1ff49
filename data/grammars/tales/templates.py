"""Templates with nested choices: `the [old|[very|rather] small] house`, and word classes: `<gladly>`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from random import Random

from grammars.common import upper_first
from grammars.tales.synonyms import ALTERNATIVES

WORD = re.compile(r"\{[^}]*\}|,(?= but\b)|[\w'-]+")
PHRASES: dict[str, list[str]] = {}
"""Words that may be replaced, the longest first, by their first word."""
for phrase in sorted(ALTERNATIVES, key=len, reverse=True):
    PHRASES.setdefault(phrase.split()[0], []).append(phrase)
TOKEN = re.compile(r"[\[\]|]|<\w+>")

Node = str | tuple["Sequence", ...]
Sequence = tuple[Node, ...]


@lru_cache(maxsize=100_000)
def parse(template: str) -> Sequence:
    """Return the template as a sequence of texts, class names in angle brackets, and choices (tuples of sequences).

    Words with synonyms become choices too.

    Raises ValueError where brackets do not match.
    """
    stack: list[list[list[Node]]] = [[[]]]
    end = 0
    for match in TOKEN.finditer(template):
        current = stack[-1][-1]
        current.extend(with_synonyms(template[end : match.start()]))
        end = match.end()
        if match[0] == "[":
            stack.append([[]])
        elif match[0] == "|" and len(stack) > 1:
            stack[-1].append([])
        elif match[0] == "]" and len(stack) > 1:
            choice = tuple(map(tuple, stack.pop()))
            stack[-1][-1].append(choice)
        elif match[0].startswith("<"):
            current.append(match[0])
        else:
            raise ValueError(f"unmatched {match[0]!r} at {match.start()} of {template!r}")
    if len(stack) > 1:
        raise ValueError(f"a bracket of {template!r} is not closed")
    return (*stack[0][0], *with_synonyms(template[end:]))


def with_synonyms(text: str) -> Iterator[Node]:
    """Yield a text without choices as texts and choices between words of the same meaning; slots stay."""
    end, lower = 0, text.lower() + " "
    for match in WORD.finditer(text):
        start = match.start()
        for phrase in PHRASES.get(match[0].lower(), ()):
            after = lower[start + len(phrase) : start + len(phrase) + 1]
            if start >= end and lower.startswith(phrase, start) and not (after.isalnum() or after in "'-_"):
                yield text[end:start]
                yield tuple((upper_first(word) if match[0][0].isupper() else word,) for word in ALTERNATIVES[phrase])
                end = start + len(phrase)
                break
    yield text[end:]


def expand(template: str, classes: Mapping[str, str], rng: Random) -> str:
    """Return one text of a template: each choice and each member of a class has the same probability.

    Args:
        template: the template; slots in braces stay.
        classes: template of each class, its members separated by `|`.
        rng: source of the choices.
    """
    texts: list[str] = []

    def walk(sequence: Sequence) -> None:
        for node in sequence:
            if isinstance(node, tuple):
                walk(rng.choice(node))
            elif node.startswith("<"):
                walk(parse(f"[{classes[node[1:-1]]}]"))
            else:
                texts.append(node)

    walk(parse(template))
    return "".join(texts)
