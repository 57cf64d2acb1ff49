"""Clauses in English and German: verb forms, auxiliaries, and the word orders of both languages."""

from __future__ import annotations

from dataclasses import dataclass

from grammars.translation_phrases import Phrase
from grammars.translation_words import MODALS, VERBS

# Parts of the German middle field, in order; a complement belongs to one of them. Pronouns come first,
# definite before indefinite, "nicht" after definite objects and before places.
MIDDLE_FIELD = (
    "pronoun",
    "definite dative",
    "time",
    "indefinite dative",
    "definite accusative",
    "not",
    "place",
    "indefinite accusative",
    "goal",
)
REFLEXIVE = {"1sg": "mich", "3sg": "sich", "1pl": "uns", "3pl": "sich"}
AUXILIARIES = {"haben": ("habe", "hat", "haben"), "sein": ("bin", "ist", "sind")}


@dataclass(frozen=True)
class Verb:
    """One verb of the lexicon; English forms, German forms, frame, classes of its subject, flags."""

    base: str
    third: str
    progressive: str
    past: str
    prefix: str
    infinitive: str
    first_singular: str
    third_singular: str
    participle: str
    auxiliary: str
    frame: str
    subjects: tuple[str, ...]
    flags: str

    def german(self, person: str) -> str:
        """The finite present form without prefix."""
        plural = "sind" if self.infinitive == "sein" else self.infinitive
        return {"1sg": self.first_singular, "3sg": self.third_singular}.get(person, plural)

    def zu_infinitive(self) -> str:
        """The infinitive with "zu", which goes between prefix and stem: "aufzumachen"."""
        return f"{self.prefix}zu{self.infinitive}" if self.prefix else f"zu {self.infinitive}"


def parse_verb(line: str) -> Verb:
    """One line of VERBS."""
    *english, german, first, third, participle, auxiliary, frame, subjects, flags = line.split()
    prefix, infinitive = german.split("|") if "|" in german else ("", german)
    forms = [form.replace("_", " ") for form in english]
    classes = tuple(subjects.split("+"))
    return Verb(*forms, prefix, infinitive, first, third, participle, auxiliary, frame, classes, flags)


ALL_VERBS = tuple(parse_verb(line) for line in VERBS)
BE = parse_verb("be is being was sein bin ist gewesen sein c person+animal sg")


@dataclass(frozen=True)
class Modal:
    """A modal verb or the future auxiliary; `inverts`: whether English questions begin with it."""

    third: str
    other: str
    german_singular: str
    german_plural: str
    inverts: bool


MODAL = {
    name: Modal(third, other, singular, plural, inverts == "yes")
    for name, third, other, singular, plural, inverts in (line.split("|") for line in MODALS)
}


@dataclass(frozen=True)
class Complement:
    """An object, place or time: its German place in the middle field and its text in both languages."""

    field: str
    en: str
    de: str


@dataclass(frozen=True)
class Clause:
    """A subject, a verb in a tense (progressive, simple, past, or a modal), and complements in English order.

    `before_verb` is an English adverb such as "often" whose German stands among the complements.
    """

    subject: Phrase
    verb: Verb
    tense: str
    complements: tuple[Complement, ...] = ()
    negative: bool = False
    before_verb: str = ""


def be(person: str, past: bool = False) -> str:
    """The form of "to be" for a person."""
    if past:
        return "was" if person in ("1sg", "3sg") else "were"
    return {"1sg": "am", "3sg": "is"}.get(person, "are")


def english_verb(clause: Clause, *, question: bool) -> tuple[str, str]:
    """The auxiliary (empty if there is none) and the rest of the English verb."""
    verb, person, third = clause.verb, clause.subject.person, clause.subject.person == "3sg"
    if clause.tense in MODAL:
        modal = MODAL[clause.tense]
        text = modal.third if third else modal.other.replace("are", "am") if person == "1sg" else modal.other
        auxiliary, _, rest = text.partition(" ")
        return auxiliary, f"{rest} {verb.base}".strip()
    if verb is BE:
        return be(person, clause.tense == "past"), ""
    if clause.tense == "progressive":
        return be(person), verb.progressive
    if question or clause.negative:
        do = "did" if clause.tense == "past" else "does" if third else "do"
        return do, verb.base
    if clause.tense == "past":
        return "", verb.past
    return "", verb.third if third else verb.base


def join(*texts: str) -> str:
    """Join the non-empty texts with spaces."""
    return " ".join(filter(None, texts))


def english(clause: Clause, *, question: bool = False, subject: bool = True) -> str:
    """The clause in English, without capital and full stop."""
    auxiliary, rest = english_verb(clause, question=question)
    negation = "not" if clause.negative else ""
    if auxiliary == "can" and negation:
        auxiliary, negation = "cannot", ""
    tail = [complement.en for complement in clause.complements]
    named = clause.subject.en if subject else ""
    if question:
        return join(auxiliary, named, negation, clause.before_verb, rest, *tail)
    return join(named, auxiliary, negation, clause.before_verb, rest, *tail)


def german_verb(clause: Clause) -> tuple[str, str]:
    """Return the finite verb and the end of a main clause: prefix, participle or infinitive."""
    verb, person = clause.verb, clause.subject.person
    if clause.tense in MODAL:
        modal = MODAL[clause.tense]
        finite = modal.german_singular if person.endswith("sg") else modal.german_plural
        if finite == "wird" and person == "1sg":
            finite = "werde"
        return finite, verb.prefix + verb.infinitive
    if clause.tense == "past" and verb is BE:
        return ("war" if person.endswith("sg") else "waren"), ""
    if clause.tense == "past":
        first, third, plural = AUXILIARIES[verb.auxiliary]
        return {"1sg": first, "3sg": third}.get(person, plural), verb.participle
    return verb.german(person), verb.prefix


def middle_field(clause: Clause) -> str:
    """The German complements in their order, with "nicht" if the clause is negative."""
    chosen = list(clause.complements)
    if clause.negative:
        chosen = [deny(complement) for complement in chosen]
    if clause.negative and chosen == list(clause.complements):
        chosen.append(Complement("not", "", "nicht"))
    return join(*(complement.de for field in MIDDLE_FIELD for complement in chosen if complement.field == field))


def deny(complement: Complement) -> Complement:
    """An indefinite object with "kein" in place of "ein"; anything else as it is."""
    if complement.field == "indefinite accusative" and complement.de.startswith("ein"):
        return Complement(complement.field, complement.en, "k" + complement.de)
    return complement


def _subject_and_reflexive(clause: Clause) -> str:
    """Subject and reflexive pronoun after the verb or conjunction: "er sich", but "sich das Kind"."""
    subject = clause.subject.german("nom")
    if "r" not in clause.verb.flags:
        return subject
    reflexive = REFLEXIVE[clause.subject.person]
    return f"{subject} {reflexive}" if clause.subject.pronoun else f"{reflexive} {subject}"


def german_main(clause: Clause, *, front: str = "") -> str:
    """Verb second: "Der Mann macht heute das Fenster auf", or after a front: "Heute macht der Mann ..."."""
    finite, end = german_verb(clause)
    if front:
        return join(front, finite, _subject_and_reflexive(clause), middle_field(clause), end)
    reflexive = REFLEXIVE[clause.subject.person] if "r" in clause.verb.flags else ""
    return join(clause.subject.german("nom"), finite, reflexive, middle_field(clause), end)


def german_question(clause: Clause) -> str:
    """Verb first: "Macht der Mann das Fenster auf"."""
    finite, end = german_verb(clause)
    return join(finite, _subject_and_reflexive(clause), middle_field(clause), end)


def german_final(clause: Clause) -> str:
    """Verb last: "der Mann das Fenster aufmacht", "der Mann das Fenster aufgemacht hat"."""
    finite, end = german_verb(clause)
    verb = end + finite if end and end == clause.verb.prefix else join(end, finite)
    return join(_subject_and_reflexive(clause), middle_field(clause), verb)


def german_zu(clause: Clause) -> str:
    """Infinitive without subject: "das Fenster aufzumachen"."""
    reflexive = REFLEXIVE[clause.subject.person] if "r" in clause.verb.flags else ""
    return join(reflexive, middle_field(clause), clause.verb.zu_infinitive())
