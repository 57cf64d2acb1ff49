"""Arrangements of direct speech: tag before, behind or within the words, or something done before they are spoken."""

from __future__ import annotations

import re
from random import Random

from grammars.common import lines

VERBS = {
    "say": "said",
    "ask": "asked",
    "answer": "[answered|replied|said]",
    "whisper": "[whispered|murmured|said softly]",
    "cry": "[cried|called|shouted|called out]",
    "boast": "[boasted|said proudly|bragged]",
    "grumble": "[grumbled|muttered|growled]",
    "beg": "[begged|pleaded]",
}
CONTRACTIONS = dict(
    pair.split(": ")
    for pair in lines("""
I am: I'm
I will: I'll
I shall: I'll
I have: I've
do not: don't
Do not: Don't
does not: doesn't
cannot: can't
is not: isn't
will not: won't
you are: you're
You are: You're
you will: you'll
we are: we're
We are: We're
it is: it's
It is: It's
that is: that's
That is: That's
""")
)
CONTRACTED = re.compile(r"\b(?:" + "|".join(CONTRACTIONS) + r")\b(?= \w)")


def arrange(speaker: str, hearer: str | None, mood: str, words: str, rng: Random) -> str:
    """Return a template for words that an actor speaks.

    Args:
        speaker: role of the speaker.
        hearer: role of the actor who listens, or None.
        mood: key of `VERBS`.
        words: what is spoken; ` // ` marks where the speaker may pause.
        rng: source of the arrangement.
    """
    verb = VERBS[mood]
    subject = f"{{{speaker}}}"
    behind = f"{verb} {{{speaker}.n}}"
    if hearer and mood in ("say", "whisper") and rng.random() < 0.35:
        behind += f" to {{{hearer}.o}}"
    if rng.random() < 0.6:
        words = CONTRACTED.sub(lambda match: CONTRACTIONS[match[0]], words)
    first, _, second = words.partition(" // ")
    whole = f"{first} {second}".strip()
    form = rng.randrange(5)
    if form == 0 and second and mood != "ask":
        return f'"{_before_tag(first)}"~ {behind}<manner>. "{second}"'
    if form == 1:
        return f'{subject} <beat>. "{whole}"'
    if form == 2:
        return f'{subject} <beat>. "{_before_tag(whole)}"~ {subject} {verb}.'
    if form == 3 and hearer and mood == "ask":
        return f'{subject} {verb} {{{hearer}.o}}, "{whole}"'
    if form == 3 and hearer:
        return f'{subject} [turned|bent|leaned] [|a little ]to {{{hearer}.o}}<manner>. "{whole}"'
    return f'"{_before_tag(whole)}"~ {behind}<manner>.'


def _before_tag(words: str) -> str:
    """Return words as they end before a tag: with a comma in place of a full stop."""
    return words[:-1] + "," if words.endswith(".") else words
