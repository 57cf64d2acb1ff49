"""Arrangements of direct speech: tag before, behind or within the words, or something done before they are spoken."""

# ruff: noqa: E501 - one list of choices a line
from __future__ import annotations

import re
from random import Random

from grammars.common import lines

VERBS = {
    "say": "said",
    "ask": "asked",
    "answer": "[answered|replied|said]",
    "whisper": "[whispered|murmured|breathed]",
    "cry": "[cried|called|shouted|called out]",
    "boast": "[boasted|said proudly|bragged|crowed]",
    "grumble": "[grumbled|muttered|growled|complained]",
    "beg": "[begged|pleaded]",
}

# What the speaker S does, and how S speaks, by the mood; S is replaced by the role.
_BEATS = {
    "say": "nodded [slowly|at last|and smiled|for a while]|took a [deep|long|slow] breath|thought [for a moment|it over|hard|for a while]|[smiled|sighed] [a little|and sat down|and looked up]|sat down [beside|near|next to] {feature}|looked up [at the sky|at last]|wiped {S.p} [brow|nose]|looked [thoughtful|serious|pleased|at the ground]|was silent for [a moment|a while]|rubbed {S.p} [chin|nose|eyes]",
    "ask": "looked up|[tilted|shook|scratched|turned] {S.p} head|raised [one eyebrow|both eyebrows|one {S.hand}]|stood still|came [closer|a step nearer]|could not [wait any longer|keep quiet|sit still]|blinked [twice|in surprise|and sat up]|was curious|looked puzzled|turned round [slowly|at once|in surprise]",
    "whisper": "came [closer|quite close]|looked [round|over {S.p} shoulder|to the left and to the right] first|put one {S.hand} to {S.p} lips|[hardly dared|did not dare] to speak|leaned closer|waited until all was quiet|crept a little nearer|looked down|held {S.p} breath for a moment|smiled in secret",
    "cry": "jumped [up|for joy|to {S.p} feet]|threw up both {S.hand}s|could hardly [speak|breathe|believe it]|[turned|went] [pale|red]|waved both {S.hand}s|stamped on the ground|clapped {S.p} {S.hand}s|ran [forward|in a circle]|opened {S.p} mouth wide|was quite out of breath",
    "boast": "puffed out {S.p} chest|[stood|rose] on tiptoe|looked round [to see who was listening|proudly]|laughed [out loud|at them all]|put {S.p} nose in the air|[stroked|combed] {S.p} hair|clicked {S.p} tongue|climbed on {feature}",
    "grumble": "kicked [a stone|a pebble|an empty bucket]|[folded|crossed] both arms|frowned [darkly|for a while|at {feature}]|made a [sour|long|cross] face|shook {S.p} head|stared at the ground|sat down with a bump|sighed [loudly|from the heart]|pulled {S.p} hat over both ears",
    "beg": "folded both {S.hand}s|went down on [one knee|both knees]|had tears in both eyes|held out both {S.hand}s",
}
_BEATS["answer"] = _BEATS["say"]
_MANNERS = {
    "say": "||||, with a [smile|nod|laugh|wink|kind look]|, [a little|rather|very] [softly|firmly|kindly|shyly|cheerfully|slowly]|, and [smiled|nodded|meant it]|, after a [pause|while|moment]|, as if it were [nothing|quite simple|the easiest thing in the world]",
    "ask": "||||, [wide awake|full of hope|a little worried|in surprise|with big eyes|with round eyes]|, [a little|rather|very] [shyly|softly|anxiously|carefully]|, and waited|, coming closer|, looking up",
    "whisper": "||||, so that nobody else could hear|, [hardly|scarcely] moving {S.p} lips|, with [shining|wide] eyes|, very close to {feature}|, and blushed",
    "cry": "||||, [loud|loudly] enough for [everyone|the whole street]|, [quite excited|out of breath|beside {S.r}|at the top of {S.p} voice]|, so that the [windows shook|birds flew up|echo answered]|, and jumped up",
    "boast": "||||, for all to hear|, and looked round|, with {S.p} nose in the air|, and nobody laughed",
    "grumble": "||||, [half|almost] [to|at] {S.r}|, with a [sour|long|gloomy] face|, and kicked a stone|, and sat down|, but not very loudly",
    "beg": "||||, with tears in {S.p} eyes|, again and again|, on both knees",
}
_MANNERS["answer"] = _MANNERS["say"]
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
    beat, manner = (f"[{texts[mood].replace('{S.', f'{{{speaker}.')}]" for texts in (_BEATS, _MANNERS))
    subject = f"{{{speaker}}}"
    behind = f"{verb} {{{speaker}.n}}"
    if hearer and mood in ("say", "whisper") and rng.random() < 0.25:
        behind += f" to {{{hearer}.o}}"
    if rng.random() < 0.6:
        words = CONTRACTED.sub(lambda match: CONTRACTIONS[match[0]], words)
    first, _, second = words.partition(" // ")
    whole = f"{first} {second}".strip()
    form = rng.randrange(6)
    if form == 0 and second and mood != "ask":
        return f'"{_before_tag(first)}"~ {behind}{manner}. "{second}"'
    if form == 1:
        return f'{subject} {beat}. "{whole}"'
    if form == 2:
        return f'{subject} {beat}. "{_before_tag(whole)}"~ {subject} {verb}.'
    if form == 3 and hearer and mood == "ask":
        return f'{subject} {verb} {{{hearer}.o}}, "{whole}"'
    if form == 3 and hearer:
        return f'{subject} [turned|looked|bent down|leaned over] to {{{hearer}.o}}. "{whole}"'
    return f'"{_before_tag(whole)}"~ {behind}{manner}.'


def _before_tag(words: str) -> str:
    """Return words as they end before a tag: with a comma in place of a full stop."""
    return words[:-1] + "," if words.endswith(".") else words
