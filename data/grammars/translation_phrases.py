"""Noun phrases in English and German: gender, number, case, articles and adjective endings."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from grammars.common import with_articles
from grammars.translation_words import ADJECTIVES, NAMES, NOUNS

CASES = ("nom", "acc", "dat", "gen")
COLUMNS = {"m": 0, "f": 1, "n": 2, "pl": 3}


def endings(rows: str) -> dict[str, tuple[str, ...]]:
    """Read "er e es e, en e es e, ..." as the endings of m, f, n, pl for each case; "-" is no ending."""
    table = [tuple("" if cell == "-" else cell for cell in row.split()) for row in rows.split(",")]
    return dict(zip(CASES, table, strict=True))


DEFINITE = endings("der die das die, den die das die, dem der dem den, des der des der")
RELATIVE = endings("der die das die, den die das die, dem der dem denen, dessen deren dessen deren")
DIESER = endings("er e es e, en e es e, em er em en, es er es er")
EIN = endings("- e - e, en e - e, em er em en, es er es er")
WEAK = endings("e e e en, en e e en, en en en en, en en en en")
MIXED = endings("er e es en, en e es en, en en en en, en en en en")
STRONG = endings("er e es e, en e es e, em er em en, en er en er")

POSSESSIVES = {"my": "mein", "his": "sein", "her": "ihr", "our": "unser", "their": "ihr"}
NUMBERS = {"two": "zwei", "three": "drei", "four": "vier", "five": "fünf", "ten": "zehn"}
CONTRACTIONS = {
    "in dem": "im",
    "an dem": "am",
    "von dem": "vom",
    "zu dem": "zum",
    "zu der": "zur",
    "in das": "ins",
}


@dataclass(frozen=True)
class Noun:
    """One noun of the lexicon; `gender` is m, f or n."""

    en: str
    en_plural: str
    gender: str
    de: str
    genitive: str
    plural: str
    classes: frozenset[str]

    def german(self, case: str, plural: bool) -> str:
        """The inflected noun: dative plural -n, genitive, and the -n of weak masculines."""
        if plural:
            return self.plural + ("n" if case == "dat" and self.plural[-1] not in "ns" else "")
        weak = self.gender == "m" and self.genitive.endswith("n")
        return self.genitive if case == "gen" or (weak and case != "nom") else self.de


@dataclass(frozen=True)
class Phrase:
    """A noun phrase in both languages.

    `person` is 1sg, 3sg, 1pl or 3pl; `column` is the gender m, f, n, or pl, for pronouns that refer to it.
    """

    en: str
    en_object: str
    de: dict[str, str]
    person: str
    column: str
    definite: bool = True
    pronoun: bool = False
    article: str = ""

    def german(self, case: str) -> str:
        """The phrase in a case: nom, acc, dat or gen."""
        return self.de[case]


def parse_noun(line: str) -> Noun:
    """One line of NOUNS."""
    en, en_plural, gender, de, genitive, plural, *classes = line.split()
    english = (en.replace("_", " "), en_plural.replace("_", " "))
    return Noun(*english, gender, de, genitive, plural, frozenset(classes))


LEXICON = tuple(parse_noun(line) for line in NOUNS)
BY_CLASS = {name: tuple(n for n in LEXICON if name in n.classes) for noun in LEXICON for name in noun.classes}


def _pronoun(en: str, en_object: str, german: str, person: str, column: str) -> Phrase:
    forms = dict(zip(CASES, german.split(), strict=False))
    return Phrase(en, en_object, forms, person, column, pronoun=True)


PRONOUNS = (
    _pronoun("I", "me", "ich mich mir", "1sg", "m"),
    _pronoun("he", "him", "er ihn ihm", "3sg", "m"),
    _pronoun("she", "her", "sie sie ihr", "3sg", "f"),
    _pronoun("we", "us", "wir uns uns", "1pl", "pl"),
    _pronoun("they", "them", "sie sie ihnen", "3pl", "pl"),
)


def name(word: str) -> Phrase:
    """A person by first name."""
    return Phrase(word, word, {**dict.fromkeys(CASES, word), "gen": word + "s"}, "3sg", "f", article="name")


def adjective_for(noun: Noun, rng: Random) -> tuple[str, str] | None:
    """An English adjective and the German stem that go with the noun, or None if there is none."""
    fitting = [entry for entry in map(str.split, ADJECTIVES) if noun.classes.intersection(entry[3:])]
    if not fitting:
        return None
    chosen = rng.choice(fitting)
    return chosen[0], chosen[2]


def determiners(article: str, case: str, column: str) -> tuple[str, str]:
    """The German determiner for the English `article`, and the ending of an adjective after it."""
    at = COLUMNS[column]
    if article == "the":
        return DEFINITE[case][at], WEAK[case][at]
    if article in ("this", "these"):
        return "dies" + DIESER[case][at], WEAK[case][at]
    if article in ("a", "no") or article in POSSESSIVES:
        stem = {"a": "ein", "no": "kein"}.get(article) or POSSESSIVES[article]
        return stem + EIN[case][at], MIXED[case][at]
    if article == "many":
        return {"dat": "vielen", "gen": "vieler"}.get(case, "viele"), STRONG[case][at]
    return NUMBERS.get(article, ""), STRONG[case][at]


def noun_phrase(noun: Noun, article: str, *, plural: bool, adjective: tuple[str, str] | None = None) -> Phrase:
    """Build determiner, adjective and noun in both languages.

    `article` is the English determiner: the, this, these, a, no, many, a number or a possessive.
    """
    column = "pl" if plural else noun.gender
    german = {}
    for case in CASES:
        determiner, ending = determiners(article, case, column)
        words = [determiner, adjective[1] + ending if adjective else "", noun.german(case, plural)]
        german[case] = " ".join(word for word in words if word)
    english = [article, adjective[0] if adjective else "", noun.en_plural if plural else noun.en]
    text = with_articles(" ".join(word for word in english if word))
    definite = article not in {"a", "no", "many", *NUMBERS}
    return Phrase(text, text, german, "3pl" if plural else "3sg", column, definite, article=article)


def owned(owner: Phrase, noun: Noun, *, adjective: tuple[str, str] | None = None) -> Phrase:
    """A genitive: "the old man's car" is "das Auto des alten Mannes", "Anna's car" is "Annas Auto"."""
    english = " ".join(word for word in (owner.en + "'s", adjective[0] if adjective else "", noun.en) if word)
    if owner.article == "name":
        bare = noun_phrase(noun, "", plural=False, adjective=adjective)
        german = {case: f"{owner.de['gen']} {bare.de[case]}" for case in CASES}
    else:
        thing = noun_phrase(noun, "the", plural=False, adjective=adjective)
        german = {case: f"{thing.de[case]} {owner.de['gen']}" for case in CASES}
    return Phrase(english, english, german, "3sg", noun.gender)


def prepositional(german_preposition: str, case: str, phrase: Phrase) -> str:
    """German preposition and phrase, contracted where German contracts: "in dem Haus" is "im Haus"."""
    text = f"{german_preposition} {phrase.german(case)}"
    first, second, *rest = text.split(" ", 2)
    pair = f"{first} {second}"
    return " ".join([CONTRACTIONS[pair], *rest]) if pair in CONTRACTIONS and rest else text


def choose_phrase(classes: tuple[str, ...], rng: Random, *, articles: tuple[str, ...] = ()) -> Phrase:
    """A noun phrase of one of the classes; its determiner is one of `articles` if they are given."""
    noun = rng.choice(BY_CLASS[rng.choice(classes)])
    singular, plural = (
        ["the"] * 7 + ["a"] * 5 + ["this"],
        ["the"] * 6 + ["two"] * 2 + ["three", "many", "these"],
    )
    if "kin" in noun.classes:
        singular, plural = ["the"] * 4 + ["a"] + list(POSSESSIVES) * 2, ["the"] * 2 + list(POSSESSIVES)
    elif noun.classes & {"thing", "animal", "event"}:
        singular += list(POSSESSIVES)
        plural += ["four", "five", "ten", "my", "our", "her"]
    if articles:
        is_plural, article = False, rng.choice(articles)
    else:
        is_plural = rng.random() < 0.25 and not noun.classes & {"event", "in", "goal", "parent"}
        article = rng.choice(plural if is_plural else singular)
    adjective = adjective_for(noun, rng) if rng.random() < 0.28 else None
    return noun_phrase(noun, article, plural=is_plural, adjective=adjective)


def choose_person(rng: Random, classes: tuple[str, ...] = ("person",)) -> Phrase:
    """A subject or person object: a pronoun, a name or a noun phrase."""
    draw = rng.random()
    if "person" in classes or "kin" in classes:
        if draw < 0.2:
            return rng.choice(PRONOUNS)
        if draw < 0.3:
            return name(rng.choice(NAMES))
    if draw < 0.34 and "person" in classes:
        return owned(_owner(rng), rng.choice(BY_CLASS["kin"]))
    return choose_phrase(classes, rng)


def _owner(rng: Random) -> Phrase:
    if rng.random() < 0.5:
        return name(rng.choice(NAMES))
    return choose_phrase(("kin",), rng, articles=("the", "my", "our", "this"))


def choose_object(classes: tuple[str, ...], rng: Random, *, pronouns: bool) -> Phrase:
    """An object of one of the classes; persons may be pronouns if `pronouns`, things may be owned."""
    chosen = rng.choice(classes)
    if chosen in ("person", "kin"):
        person = choose_person(rng, (chosen,))
        while person.pronoun and not pronouns:
            person = choose_person(rng, (chosen,))
        return person
    if chosen in ("thing", "wear", "device", "repair") and rng.random() < 0.15:
        noun = rng.choice(BY_CLASS[chosen])
        return owned(_owner(rng), noun, adjective=adjective_for(noun, rng) if rng.random() < 0.25 else None)
    return choose_phrase((chosen,), rng)
