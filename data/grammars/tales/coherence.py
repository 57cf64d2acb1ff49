"""Coherence of a tale, of the grammar or of a model: does it keep to its people, things, places and wish?

Each score is in [0, 1]; sentences in random order lower all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from grammars.common import words
from grammars.tales.beings import ANIMAL_NAMES, BOYS, CHILDREN, GIRLS, KIN
from grammars.tales.settings import PLACE_LOOKS, PLACES, THINGS, TOWN_ENDS, TOWN_STARTS

SCORES = ("introductions", "pronouns", "things and places", "quotation marks", "wish")
MEMORY = 5
"""Sentences of a paragraph after which a pronoun no longer refers to a name."""

GENDERS = {
    **dict.fromkeys(("he", "him", "his", "himself"), "he"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "she"),
}
NAME_GENDERS = {
    **dict.fromkeys(ANIMAL_NAMES, ""),
    **dict.fromkeys(GIRLS, "she"),
    **dict.fromkeys(BOYS, "he"),
}
KIN_WORDS = "|".join(chain(*KIN.values()))
NOUN_GENDERS = {noun: gender for gender, nouns in KIN.items() for noun in nouns} | {
    noun: gender for gender, noun in CHILDREN.items()
}
NAME = r"[A-Z][a-z]+"
INTRODUCTION = re.compile(
    rf"\b[Aa]n? (?:[\w-]+ )?(?P<noun>[a-z]+) (?:named|called|by the name of|whose name (?:was|is)) (?P<name>{NAME})\b"
    rf"|(?:\b(?:[Hh]er|[Hh]is|[Mm]y)|'s) (?P<kin>{KIN_WORDS}) (?P<kin_name>{NAME})\b"
    r"|\b(?!(?:It|There|This|That|She|He|One|What|Here) was)"
    rf"(?P<first_name>{NAME}) was an? [\w-]+ (?P<first_noun>[a-z]+)\b"
)
CAPITALS = frozenset(
    words(
        "I Monday Tuesday Wednesday Thursday Friday Saturday Sunday Sundays Mondays "
        + KIN_WORDS.replace("|", " ").title()
    )
)
"""Capitalised words within a sentence that name nobody."""
TOWN = re.compile(rf"\b(?:{'|'.join(TOWN_STARTS)})(?:{'|'.join(TOWN_ENDS)})\b")
PLACE = re.compile(rf"\b(a|an|the) ({'|'.join(PLACE_LOOKS)}) ({'|'.join(PLACES)})\b")
THING = re.compile(rf"\b(a|an|the)((?: [a-z-]+)?) ([a-z-]+) ({'|'.join(THINGS)})\b")
SENTENCE = re.compile(r'.+?[.!?]"?(?=\s|$)|.+$', re.DOTALL)
WORD = re.compile(r"[A-Za-z'-]+")
WISH = re.compile(
    r"\b(?:wish|wished|wishes|(?<!for )long(?!,)|longed|longs|dreamed|want|wanted|love)\b[^.!?]*?\bto (?=[a-z])"
)
LITTLE_WORDS = frozenset(
    words(
        "the and for was had who all out not but his her its you are has how way one get that this with from have what "
        "which whom when once just like other others been were they them their more into over than though again only"
    )
)

IRREGULAR = {"seen": "see", "built": "build", "made": "make", "knew": "know", "kept": "keep", "won": "win"}


@dataclass(frozen=True)
class Person:
    """A name of a tale and what is known about it."""

    name: str
    noun: str
    first: int
    """Position of the introduction."""


@dataclass
class Genders:
    """Gender of each name: known from the name, or from the first pronoun that could only mean it."""

    by_name: dict[str, str] = field(default_factory=dict)

    def fits(self, candidates: list[str], gender: str) -> bool:
        """Return whether a pronoun of this gender can mean one of the names, the most recent last."""
        if any(self.by_name.get(name) == gender for name in candidates):
            return True
        unknown = [name for name in candidates if not self.by_name.get(name)]
        if len(unknown) == 1:
            self.by_name[unknown[0]] = gender
        return bool(unknown)


def coherence(text: str) -> dict[str, float]:
    """Return the scores of one tale, whose first line may be a title, by the names in `SCORES`."""
    first, _, rest = text.strip().partition("\n\n")
    body = rest if rest and not re.search(r'[.!?]"?$', first) else text.strip()
    people = _people(body)
    values = (
        _introduction_score(body, people),
        _pronoun_score(body, people),
        _setting_score(body),
        _quotation_score(body),
        _wish_score(body, people),
    )
    return dict(zip(SCORES, values, strict=True))


def _people(body: str) -> dict[str, Person]:
    people: dict[str, Person] = {}
    for match in INTRODUCTION.finditer(body):
        noun = match["noun"] or match["kin"] or match["first_noun"]
        name = match["name"] or match["kin_name"] or match["first_name"]
        if not TOWN.fullmatch(name):
            people.setdefault(name, Person(name, noun, match.start()))
    return people


def _mentions(text: str, people: dict[str, Person]) -> Iterator[tuple[int, str]]:
    """Yield position and name where somebody is named, or called by what they are: the (old) ferryman."""
    nouns = {person.noun: person.name for person in people.values()}
    before, last = "", ""
    for match in WORD.finditer(text):
        word = match[0].removesuffix("'s")
        if word in people:
            yield match.start(), word
        elif word in nouns and "the" in (before, last):
            yield match.start(), nouns[word]
        elif last and _is_name(word) and text[: match.start()].rstrip(" ")[-1] not in '.!?":\n':
            yield match.start(), word
        before, last = last, match[0].lower()


def _is_name(word: str) -> bool:
    """Return whether a word within a sentence is a name: one of the lists, or any other with a capital."""
    if word in NAME_GENDERS:
        return True
    return bool(re.fullmatch(NAME, word)) and word not in CAPITALS and not TOWN.fullmatch(word)


def _introduction_score(body: str, people: dict[str, Person]) -> float:
    """Return the share of mentions that come with or after an introduction."""
    return _share([name in people and at >= people[name].first for at, name in _mentions(body, people)])


def _pronoun_score(body: str, people: dict[str, Person]) -> float:
    """Return the share of pronouns outside speech with a fitting name shortly before, in the same paragraph."""
    genders = Genders(
        {name: NOUN_GENDERS.get(person.noun) or NAME_GENDERS.get(name, "") for name, person in people.items()}
    )
    fitting: list[bool] = []
    for paragraph in body.split("\n\n"):
        named: list[tuple[int, str]] = []
        quoted = False
        for index, sentence in enumerate(SENTENCE.findall(paragraph)):
            mentions = dict(_mentions(sentence, people))
            for match in re.finditer(r'"|[A-Za-z]+', sentence):
                if match[0] == '"':
                    quoted = not quoted
                named.extend((index, mentions[at]) for at in [match.start()] if at in mentions)
                gender = GENDERS.get(match[0].lower())
                if gender and not quoted:
                    recent = [name for at, name in named if index - at < MEMORY]
                    fitting.append(genders.fits(list(dict.fromkeys(recent)), gender))
    return _share(fitting)


def _setting_score(body: str) -> float:
    """Return the share of mentions of towns, places and things that agree with how they came into the tale."""
    towns = TOWN.findall(body)
    agreeing = [town == towns[0] for town in towns]
    known_sites: set[tuple[str, str]] = set()
    for article, look, noun in PLACE.findall(body):
        agreeing.append(article != "the" or (look, noun) in known_sites)
        known_sites.add((look, noun))
    materials: dict[str, set[str]] = {}
    for article, size, material, noun in THING.findall(body):
        if material not in THINGS[noun].split():
            continue
        known = materials.setdefault(noun, set())
        agreeing.append(material in known or (not known and (article != "the" or bool(size))))
        known.add(material)
    return _share(agreeing)


def _quotation_score(body: str) -> float:
    """Return the share of paragraphs in which every quotation opens, closes and ends with a mark."""
    closed = []
    for paragraph in body.split("\n\n"):
        pieces = paragraph.split('"')
        spoken = pieces[1::2]
        closed.append(len(pieces) % 2 == 1 and all(re.match(r"\S.*[,.!?]$", piece, re.DOTALL) for piece in spoken))
    return _share(closed)


def _wish_score(body: str, people: dict[str, Person]) -> float:
    """Return 1.0 if the end of the tale speaks of the wish of its beginning again, else 0.0."""
    sentences = SENTENCE.findall(body)
    begin, end = sentences[: len(sentences) * 2 // 5], sentences[-max(5, len(sentences) // 4) :]
    wishes = [sentence[match.end() :] for sentence in begin for match in [WISH.search(sentence)] if match]
    if not wishes:
        return 0.0
    wished = {word for word in map(_stem, WORD.findall(wishes[0])) if len(word) > 2 and word not in LITTLE_WORDS}
    answer = set(map(_stem, WORD.findall(" ".join(end))))
    hero, *others = [_stem(name) for name in sorted(people, key=lambda name: people[name].first)] or [""]
    answered = (wished - {hero}) & answer
    return float((len(answered) > 1 or bool(answered & set(others))) and "wish" in answer)


def _stem(word: str) -> str:
    word = IRREGULAR.get(word.lower(), word.lower())
    return re.sub(r"(?:'s|s|ed|e|d)$", "", word)


def _share(values: list[bool]) -> float:
    return sum(values) / len(values) if values else 1.0


def mean_coherence(texts: list[str]) -> dict[str, float]:
    """Return the mean of each score over texts; raises ValueError if there are none."""
    if not texts:
        raise ValueError("there are no texts to score")
    scores = [coherence(text) for text in texts]
    return {name: sum(score[name] for score in scores) / len(scores) for name in SCORES}
