"""Reviews of films, books, restaurants and products whose word order decides between praise and blame.

Both labels draw on the same adjectives, through the same constructions turned around: "never dull",
"never funny". Held-out pairs of construction and adjective occur in validation and test only.
"""

# ruff: noqa: E501 - one text a line
from __future__ import annotations

from random import Random
from typing import NamedTuple
from zlib import crc32

from grammars.common import Distinct, fill, lines, normalise, upper_first, with_articles

GOOD, BAD = 1, 0
LABELS = {GOOD: "positive", BAD: "negative"}

# Adjectives by what they describe: praise | blame.
ADJECTIVES = {
    "story": (
        "gripping clever original moving convincing funny exciting charming thoughtful surprising",
        "predictable dull clumsy confusing flat boring silly shallow tedious lifeless",
    ),
    "people": (
        "superb convincing charming funny brilliant believable lively memorable",
        "wooden flat lifeless dull forgettable unconvincing irritating tired",
    ),
    "craft": (
        "beautiful impressive inventive elegant memorable brilliant subtle splendid",
        "ugly clumsy noisy careless tired cheap uninspired crude",
    ),
    "food": (
        "delicious fresh tasty excellent superb wonderful crisp delicate",
        "bland stale greasy cold dry tasteless awful soggy",
    ),
    "service": (
        "friendly attentive helpful polite charming cheerful professional quick",
        "rude slow careless unfriendly clumsy impatient chaotic cold",
    ),
    "room": (
        "cosy elegant charming comfortable pleasant lively welcoming beautiful",
        "noisy dirty shabby gloomy cold cramped ugly dreary",
    ),
    "build": (
        "sturdy reliable solid elegant well-made impressive clever beautiful",
        "flimsy unreliable cheap clumsy ugly fragile wobbly poor",
    ),
    "use": (
        "practical handy simple intuitive pleasant clear clever",
        "awkward complicated impractical frustrating confusing useless clumsy",
    ),
}

# For each kind of review: the thing itself with its kind of adjective, then its aspects.
DOMAINS = {
    "film": (
        "film movie thriller comedy drama documentary sequel series",
        "story",
        "plot:story script:story ending:story dialogue:story opening:story actors*:people cast:people "
        "leads*:people villain:people camerawork:craft music:craft soundtrack:craft costumes*:craft",
    ),
    "book": (
        "book novel thriller biography collection debut mystery memoir",
        "story",
        "plot:story ending:story prose:craft style:craft characters*:people heroine:people narrator:people "
        "dialogues*:story chapters*:story translation:craft illustrations*:craft",
    ),
    "restaurant": (
        "restaurant bistro cafe diner tavern pizzeria",
        "room",
        "soup:food bread:food dessert:food starters*:food fish:food noodles*:food salad:food waiters*:service "
        "staff:service service:service owner:service terrace:room garden:room dining_room:room",
    ),
    "product": (
        "phone camera kettle bicycle vacuum_cleaner blender backpack tent lamp keyboard",
        "build",
        "handle:build case:build frame:build buttons*:use controls*:use menu:use manual:use design:build "
        "charger:use app:use switches*:build packaging:build",
    ),
}

# Clauses about a subject {s}: each with the sign of its adjective {a} and the sign of the whole.
# {is} and {was} agree with the subject.
PLAIN = lines("""
same {s} {is} {a}
same {s} {is} really {a}
same {s} {was} {a}
same I found {s} {a}
""")
SHORT = lines("""
other {s} {is} never {a}
other {s} {was} not {a}
other {s} {is} not at all {a}
other {s} {is} anything but {a}
other {s} {is} far from {a}
other {s} {is} hardly {a}
other nobody could call {s} {a}
other there is nothing {a} about {s}
other I do not think that {s} {is} {a}
same nobody would deny that {s} {is} {a}
same {s} {is} never less than {a}
same {s} could not have been more {a}
""")
LONG = lines("""
other I would not call {s} {a}
other {s} {was} barely {a}
other not once did {s} seem {a}
other {s} {was} said to be {a}, which is simply wrong
other I expected {s} to be {a} and was mistaken
same there is no denying that {s} {is} {a}
same I did not expect {s} to be so {a}
same it would be wrong to say that {s} {is} not {a}
""")
# Clauses with two adjectives: {a} of the clause's own sign, {b} of the other.
DOUBLE = lines("""
{s} {is} {a} rather than {b}
{s} {is} not {b} but {a}
{s} {is} less {b} than {a}
I expected {s} to be {b}, but {they} turned out {a}
{s} {was} {a}, and not {b} as I had been told
what others call {b} in {s} is really {a}
""")
# Clauses whose sign comes with the frame: {a} is praise, {b} is blame.
FRAMES = {
    GOOD: lines("""
{s} {is} less {b} than I had feared
{s} {is} more {a} than {they} look{v}
{s} {is} too {a} to be missed
{s} {is} not without faults, yet always {a}
{s} could easily have been {b}; luckily {they} {is} not
I cannot praise {s} enough
there is not a thing I would change about {s}
"""),
    BAD: lines("""
{s} {is} less {a} than I had hoped
{s} {is} less {a} than {they} look{v}
{s} {is} too {b} to be enjoyed
{s} {is} not without merits, yet always {b}
{s} could easily have been {a}; sadly {they} {is} not
I cannot praise {s} at all
there is not a thing I would keep about {s}
"""),
}
# Two clauses: {x} loses, {y} decides.
CONTRASTS = lines("""
{x}, but {y}
although {x}, {y}
even though {x}, {y}
{y}, even if {x}
{y}, although {x}
yes, {x}, and yet {y}
{x}; still, {y}
{y}, and it hardly matters that {x}
while {x}, {y}
""")
# Noun phrases instead of clauses: {p} a praised aspect, {q} a blamed one, {g} and {d} the thing itself.
NOUN_CONTRASTS = {
    GOOD: lines("""
{q}, saved by {p}
despite {q}, this is {g}
never mind {q}: this is {g}
the only bad thing about {t} is {q}
{q} cannot spoil {g}
"""),
    BAD: lines("""
{p}, wasted on {d}
despite {p}, this is {d}
never mind {p}: this is {d}
the only good thing about {t} is {p}
{p} cannot save {d}
"""),
}
CLOSINGS = {
    "film": (
        "I would gladly see it again;I was never bored;I did not want it to end;it is not a minute too long",
        "I would not see it again;I was never amused;I wanted it to end;it is an hour too long",
    ),
    "book": (
        "I could not put it down;I would read it again;I wished it were longer;I did not skip a single page",
        "I could not pick it up again;I would not read it again;I wished it were shorter;I skipped page after page",
    ),
    "restaurant": (
        "we will be back;we did not want to leave;nobody left a crumb;it is worth every penny",
        "we will not be back;we wanted to leave early;nobody ate a crumb more;it is not worth a penny",
    ),
    "product": (
        "I would buy it again;I would not want any other;it has not failed me once;it is worth the money",
        "I would not buy it again;I would rather have any other;it has failed me more than once;it is not worth the money",
    ),
}
SETTINGS = {
    "film": "I saw it on a Sunday with {who};we watched it at home last {day};{who} had chosen it for last {day}",
    "book": "I read it on the train last {day};{who} gave it to me for my birthday;I borrowed it from {who}",
    "restaurant": "we were there last {day} with {who};{who} took us there on a {day};we had a table for six",
    "product": "I bought it last {day};it was a gift from {who};I have had it for {time};I use it every {day}",
}
WORDS = {
    "who": (
        "my sister",
        "my brother",
        "an old friend",
        "my neighbour",
        "a colleague",
        "my parents",
        "my son",
    ),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "time": ("a week", "two months", "half a year", "three weeks", "a year"),
}


class Review(NamedTuple):
    """A review, its sign, and whether one of its pairs of construction and adjective is held out."""

    text: str
    sign: int
    held_out: bool


class Writer:
    """Writes one review: a domain, its thing, and what was drawn so far."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.domain = rng.choice(tuple(DOMAINS))
        things, self.kind, aspects = DOMAINS[self.domain]
        self.thing = rng.choice(things.split()).replace("_", " ")
        self.aspects = aspects.split()
        rng.shuffle(self.aspects)
        self.thing_used = False
        self.held_out = False

    def adjective(self, kind: str, sign: int, construction: str) -> str:
        """An adjective of a sign; notes whether the construction holds it out."""
        word = self.rng.choice(ADJECTIVES[kind][1 - sign].split())
        self.held_out |= is_held_out(construction, word)
        return word

    def aspect(self) -> tuple[str, str, bool]:
        """A new aspect of the thing: noun, kind of adjective, whether it is plural."""
        noun, kind = self.aspects.pop().split(":")
        return noun.rstrip("*").replace("_", " "), kind, noun.endswith("*")

    def subject(self) -> tuple[str, str, bool]:
        """The thing itself, once at most, or one of its aspects, with the article."""
        if not self.thing_used and self.rng.random() < 0.3:
            self.thing_used = True
            return f"{self.rng.choice(('the', 'this'))} {self.thing}", self.kind, False
        noun, kind, plural = self.aspect()
        return f"the {noun}", kind, plural

    def clause(self, sign: int, *, short: bool = False) -> str:
        """One clause of a sign about a new subject; a short one fits into a contrast."""
        rng = self.rng
        subject, kind, plural = self.subject()
        draw = rng.random() * (0.85 if short else 1)
        if draw < 0.85:
            construction = rng.choice(PLAIN if draw < 0.55 else SHORT if short else SHORT + LONG)
            relation, text = construction.split(" ", 1)
            adjectives = {"a": self.adjective(kind, sign if relation == "same" else 1 - sign, construction)}
        elif draw < 0.93:
            text = rng.choice(DOUBLE)
            adjectives = {"a": self.adjective(kind, sign, text), "b": self.adjective(kind, 1 - sign, text)}
        else:
            text = rng.choice(FRAMES[sign])
            adjectives = {"a": self.adjective(kind, GOOD, text), "b": self.adjective(kind, BAD, text)}
        verbs = {"is": "are", "was": "were", "they": "they", "v": ""} if plural else {}
        words = {"is": "is", "was": "was", "they": "it", "v": "s", "s": subject, **adjectives, **verbs}
        return fill(text, words, rng)

    def noun_contrast(self, sign: int) -> str:
        """ "Brilliant actors, wasted on a dull film"."""
        text = self.rng.choice(NOUN_CONTRASTS[sign])
        words = {"t": f"this {self.thing}"}
        for slot, slot_sign in (("p", GOOD), ("q", BAD)):
            if f"{{{slot}}}" in text:
                noun, kind, _ = self.aspect()
                words[slot] = f"the {self.adjective(kind, slot_sign, text)} {noun}"
        if "{g}" in text or "{d}" in text:
            words["g"] = words["d"] = f"a {self.adjective(self.kind, sign, text)} {self.thing}"
        return fill(text, words, self.rng)

    def extra(self, sign: int) -> str:
        """A second sentence: a setting without opinion, or a closing of the same sign."""
        if self.rng.random() < 0.5:
            return fill(self.rng.choice(SETTINGS[self.domain].split(";")), WORDS, self.rng)
        return self.rng.choice(CLOSINGS[self.domain][1 - sign].split(";"))


def is_held_out(construction: str, adjective: str) -> bool:
    """Whether a pair of construction and adjective is kept from train: a fixed one in twelve."""
    return crc32(f"{construction} + {adjective}".encode()) % 12 == 0 and construction not in PLAIN


def review(rng: Random) -> Review:
    """One review of one or two sentences."""
    writer, sign = Writer(rng), rng.randrange(2)
    draw = rng.random()
    if draw < 0.6:
        sentence = writer.clause(sign)
    elif draw < 0.88:
        loser, winner = writer.clause(1 - sign, short=True), writer.clause(sign, short=True)
        sentence = fill(rng.choice(CONTRASTS), {"x": loser, "y": winner}, rng)
    else:
        sentence = writer.noun_contrast(sign)
    sentences = [sentence]
    if rng.random() < 0.7:
        sentences.append(writer.extra(sign))
    text = " ".join(upper_first(with_articles(text)) + "." for text in sentences)
    return Review(text, sign, writer.held_out)


def generate(seed: int, sizes: dict[str, int]) -> dict[str, list[dict[str, str]]]:
    """All splits, `{"text": ..., "label": ...}` a row, each half positive and half negative.

    Train has no held-out pair; of validation and test, every fourth review has one.
    """
    rng, distinct = Random(seed), Distinct()

    def draw(sign: int, held_out: bool) -> Review:
        while True:
            drawn = review(rng)
            if (drawn.sign, drawn.held_out) == (sign, held_out):
                return drawn

    splits = {}
    for split, size in sizes.items():
        rows: list[Review] = []
        for sign in (GOOD, BAD):
            held_out = 0 if split == "train" else size // 8
            for count, held in ((size // 2 - held_out, False), (held_out, True)):
                rows += distinct.take(count, lambda s=sign, h=held: draw(s, h), lambda item: [normalise(item.text)])
        rng.shuffle(rows)
        splits[split] = [{"text": row.text, "label": LABELS[row.sign]} for row in rows]
    return splits
