"""Draws clauses at random from the lexicon: verb, subject, tense, and the complements its frame asks for."""

from __future__ import annotations

from random import Random

from grammars.translation_clauses import ALL_VERBS, BE, MODAL, Clause, Complement, Verb
from grammars.translation_phrases import Phrase, choose_object, choose_person, choose_phrase, prepositional
from grammars.translation_words import ADJECTIVES, GOALS, PLACES

COLOURS = ("black", "white", "brown", "wild")
MODAL_NAMES = tuple(name for name in MODAL if name != "future")


def draw_tense(family: str, verb: Verb, rng: Random) -> str:
    """A tense of the family (present, past, simple, progressive, modal, future) that the verb allows."""
    if family == "modal":
        return rng.choice(MODAL_NAMES)
    if family in ("present", "progressive"):
        return "simple" if "s" in verb.flags else "progressive"
    return family


def place(rng: Random) -> Complement:
    """Where: a preposition with the dative, "in dem Garten" contracted to "im Garten"."""
    return _prepositional(rng.choice(PLACES), "place", rng)


def goal(prepositions: list[str], rng: Random) -> Complement:
    """Where to: "in den Garten", "zum Bahnhof", "durch den Wald"."""
    fitting = [line for line in GOALS if line.split()[0] in prepositions]
    return _prepositional(rng.choice(fitting), "goal", rng)


def _prepositional(line: str, field: str, rng: Random) -> Complement:
    en, de, case, noun_class = line.split()
    phrase = choose_phrase((noun_class,), rng, articles=("the",))
    return Complement(field, f"{en.replace('_', ' ')} {phrase.en}", prepositional(de, case, phrase))


def object_complement(phrase: Phrase, case: str) -> Complement:
    """A noun phrase or pronoun in the accusative or dative."""
    full = {"acc": "accusative", "dat": "dative"}[case]
    field = "pronoun" if phrase.pronoun else f"{'definite' if phrase.definite else 'indefinite'} {full}"
    return Complement(field, phrase.en_object, phrase.german(case))


def complements(verb: Verb, subject: Phrase, rng: Random) -> tuple[Complement, ...]:
    """What the verb's frame asks for, in English order."""
    frame, *details = verb.frame.split(":")
    if frame == "l":
        return (place(rng),) if rng.random() < 0.75 else ()
    if frame == "m":
        return (goal(details[0].split("+"), rng),)
    if frame in ("i", "c"):
        return ()
    if frame == "b":
        receiver = other_object(("person",), subject, rng, pronouns=True)
        gift = choose_phrase(tuple(details[0].split("+")), rng)
        return object_complement(receiver, "dat"), object_complement(gift, "acc")
    if frame == "p":
        german, case, preposition, classes = details
        phrase = other_object(tuple(classes.split("+")), subject, rng, pronouns=True)
        text = prepositional(german, case, phrase)
        return (Complement("goal", f"{preposition} {phrase.en_object}", text),)
    case = "acc" if frame == "t" else "dat"
    pronouns = " " not in verb.base or verb.base == "listen to"
    phrase = other_object(tuple(details[0].split("+")), subject, rng, pronouns=pronouns)
    complement = object_complement(phrase, case)
    keeps_place = verb.base in ("read", "buy", "sell", "eat", "repair", "wash", "draw", "look for", "help")
    return (complement, place(rng)) if keeps_place and rng.random() < 0.2 else (complement,)


def other_object(classes: tuple[str, ...], subject: Phrase, rng: Random, *, pronouns: bool) -> Phrase:
    """An object that is not the subject over again: neither "I see me" nor "the man sees the man"."""
    while True:
        phrase = choose_object(classes, rng, pronouns=pronouns)
        first_persons = phrase.person.startswith("1") and subject.person.startswith("1")
        if phrase.en != subject.en and not first_persons:
            return phrase


def draw_clause(family: str, rng: Random, *, subject: Phrase | None = None, plain: bool = False) -> Clause:
    """A clause without time; `plain` leaves out copulas and negation."""
    if not plain and family in ("present", "past", "simple", "state") and rng.random() < 0.2:
        return copular_clause("past" if family == "past" else "simple", rng, subject)
    while True:
        verb = rng.choice(ALL_VERBS)
        if not allows(verb, family):
            continue
        if subject is not None and not {"person", "kin"} & set(verb.subjects):
            continue
        chosen = subject or choose_person(rng, (rng.choice(verb.subjects),))
        if verb.base == verb.past and chosen.person != "3sg" and family in ("past", "simple", "habit"):
            continue
        tense = {"habit": "simple", "state": "simple"}.get(family) or draw_tense(family, verb, rng)
        return Clause(chosen, verb, tense, complements(verb, chosen, rng))


def allows(verb: Verb, family: str) -> bool:
    """Return whether the verb's flags allow the family of tenses."""
    if family == "past" or "p" in verb.flags:
        return family == "past" and "n" not in verb.flags
    if family == "state":
        return "s" in verb.flags
    if family in ("habit", "progressive"):
        return "s" not in verb.flags
    return family not in ("modal", "future") or "x" not in verb.flags


def copular_clause(tense: str, rng: Random, subject: Phrase | None = None) -> Clause:
    """Subject, "to be", adjective: "the house is old"."""
    while True:
        entry = rng.choice(ADJECTIVES).split()
        classes = [name for name in entry[3:] if name in ("person", "animal", "thing", "building", "read")]
        if tense == "past":
            classes = [name for name in classes if name in ("person", "animal") and entry[0] not in COLOURS]
        if not classes or (subject is not None and "person" not in classes):
            continue
        phrase = subject or without_adjective(choose_object((rng.choice(classes),), rng, pronouns=True))
        if phrase is not None:
            return Clause(phrase, BE, tense, (Complement("goal", entry[0], entry[1]),))


def without_adjective(phrase: Phrase) -> Phrase | None:
    """The phrase, or None if it holds an adjective: "the old house is new" would be odd."""
    known = {entry.split()[0] for entry in ADJECTIVES}
    return None if known.intersection(phrase.en.split()) or not phrase.definite else phrase


def can_deny(clause: Clause) -> bool:
    """Whether "not" has one plain translation: not with "must", "two books" or "a child" (dative)."""
    if clause.tense in MODAL and not MODAL[clause.tense].inverts:
        return False
    return not any(
        complement.field == "indefinite dative"
        or (complement.field == "indefinite accusative" and complement.de[:3] != "ein")
        for complement in clause.complements
    )
