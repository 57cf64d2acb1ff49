"""English sentences and their German translations: one translation for each sentence of the grammar.

English progressive is German present, with "gerade" in a main clause of its own that has no other time;
English past is German perfect; "will" is "werden".
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from grammars.common import Distinct, normalise, upper_first
from grammars.translation_choice import (
    MODAL_NAMES,
    can_deny,
    draw_clause,
    object_complement,
)
from grammars.translation_clauses import (
    BE,
    Clause,
    Complement,
    english,
    german_final,
    german_main,
    german_question,
    german_zu,
    join,
    parse_verb,
)
from grammars.translation_phrases import (
    BY_CLASS,
    COLUMNS,
    RELATIVE,
    Phrase,
    adjective_for,
    choose_person,
    choose_phrase,
    noun_phrase,
    prepositional,
)
from grammars.translation_words import COMPARATIVES, TIMES

Pair = tuple[str, str]

PUT = (
    parse_verb("put puts putting put legen lege legt gelegt haben flat person s"),
    parse_verb("put puts putting put stellen stelle stellt gestellt haben stand person s"),
    parse_verb("hang hangs hanging hung hängen hänge hängt gehängt haben hang person s"),
)
LIE = (
    parse_verb("lie lies lying lay liegen liege liegt gelegen haben flat thing s"),
    parse_verb("stand stands standing stood stehen stehe steht gestanden haben stand thing s"),
    parse_verb("hang hangs hanging hung hängen hänge hängt gehangen haben hang thing s"),
)
SURFACES = {
    "flat": (("on", "auf", "surface"), ("under", "unter", "surface"), ("next to", "neben", "surface")),
    "stand": (("on", "auf", "surface"), ("under", "unter", "surface"), ("next to", "neben", "building")),
    "hang": (("on", "an", "wall"),),
}
THAT = (
    ("I know", "ich weiß"),
    ("I think", "ich glaube"),
    ("she says", "sie sagt"),
    ("he says", "er sagt"),
    ("we hope", "wir hoffen"),
    ("they hope", "sie hoffen"),
    ("it is good", "es ist gut"),
    ("I am glad", "ich bin froh"),
    ("it is possible", "es ist möglich"),
)
WHETHER = (
    ("I do not know", "ich weiß nicht"),
    ("she wants to know", "sie will wissen"),
    ("he is asking me", "er fragt mich"),
    ("we do not know", "wir wissen nicht"),
)
CONJUNCTIONS = (
    ("because", "weil", "present", "present"),
    ("because", "weil", "past", "past"),
    ("although", "obwohl", "present", "present"),
    ("although", "obwohl", "past", "past"),
    ("when", "als", "past", "past"),
    ("while", "während", "progressive", "progressive"),
    ("if", "wenn", "modal", "simple"),
    ("as soon as", "sobald", "future", "simple"),
)
# English third person and others, German first and third person singular and plural; "to" is "zu".
ZU_MATRIX = (
    ("tries", "try", "versuche", "versucht", "versuchen"),
    ("hopes", "hope", "hoffe", "hofft", "hoffen"),
    ("promises", "promise", "verspreche", "verspricht", "versprechen"),
    ("has no time", "have no time", "habe keine Zeit", "hat keine Zeit", "haben keine Zeit"),
    ("decides", "decide", "beschließe", "beschließt", "beschließen"),
    ("forgets", "forget", "vergesse", "vergisst", "vergessen"),
)
# What takes a person with a relative clause: English, German, case.
RELATIVE_MATRIX = (
    ("I know", "ich kenne", "acc"),
    ("we are waiting for", "wir warten auf", "acc"),
    ("she is helping", "sie hilft", "dat"),
    ("he is speaking with", "er spricht mit", "dat"),
    ("this is", "das ist", "nom"),
)


def finish(english_text: str, german_text: str, mark: str = ".") -> Pair:
    """Capitals and the closing mark; a comma before it goes."""
    texts = (upper_first(text).removesuffix(",") + mark for text in (english_text, german_text))
    en, de = texts
    return en, de


def with_time(clause: Clause, en: str, de: str) -> Clause:
    """The clause with a time at the end of the English sentence and in the German middle field."""
    return replace(clause, complements=(*clause.complements, Complement("time", en, de)))


def statement(rng: Random) -> Pair:
    """One main clause: any tense, a time in front or inside, sometimes denied."""
    families = ["progressive", "past", "modal", "future", "habit", "state"]
    family = rng.choices(families, [30, 25, 18, 10, 12, 8])[0]
    clause = draw_clause(family, rng)
    if clause.verb is not BE and family != "habit" and can_deny(clause) and rng.random() < 0.15:
        clause = replace(clause, negative=True)
    if clause.verb is BE:
        clause = replace(clause, negative=rng.random() < 0.3)
        return finish(english(clause), german_main(clause))
    times = [line.split("|") for line in TIMES if family in line.split("|")[2].split()]
    if not times or (family != "habit" and rng.random() < 0.4):
        if clause.tense == "progressive" and not clause.negative and "g" not in clause.verb.flags:
            clause = with_time(clause, "", "gerade")
        return finish(english(clause), german_main(clause))
    en, de, _, position = rng.choice(times)
    if position == "verb":
        fields = {complement.field for complement in clause.complements}
        late = en == "never" and "indefinite dative" not in fields
        adverb = Complement("not" if late else "time", "", de)
        timed = replace(clause, complements=(*clause.complements, adverb), before_verb=en)
        return finish(english(timed), german_main(timed))
    if position == "front" or rng.random() < 0.45:
        return finish(f"{en} {english(clause)}", german_main(clause, front=de))
    timed = with_time(clause, en, de)
    return finish(english(timed), german_main(timed))


def yes_no_question(rng: Random) -> Pair:
    """ "Is the man opening the door?" """
    clause = _question_clause(rng)
    return finish(english(clause, question=True), german_question(clause), "?")


def _question_clause(rng: Random, *, plain: bool = False) -> Clause:
    family = rng.choice(("progressive", "past", "future", "modal", "state"))
    clause = draw_clause(family, rng, plain=plain)
    if family == "modal":
        return replace(clause, tense=rng.choice(("can", "should")))
    return clause


def question_word(rng: Random) -> Pair:
    """ "Why", "when", "where" and "who" questions."""
    clause = _question_clause(rng, plain=True)
    if rng.random() < 0.3 and not {"vehicle", "animal"} & set(clause.verb.subjects):
        interrogative = Phrase("who", "who", {"nom": "wer"}, "3sg", "m")
        question = replace(clause, subject=interrogative)
        return finish(english(question), german_main(question), "?")
    has_place = any(complement.field in ("place", "goal") for complement in clause.complements)
    words = [("why", "warum"), ("when", "wann")]
    if not has_place and clause.verb.frame[0] in "tl" and "s" not in clause.verb.flags:
        words += [("where", "wo")] * 2
    en, de = rng.choice(words)
    if en == "when" and clause.tense == "simple":
        en, de = "why", "warum"
    return finish(f"{en} {english(clause, question=True)}", german_main(clause, front=de), "?")


def object_question(rng: Random) -> Pair:
    """ "What is the girl reading?" and "Who is the girl helping?" with the dative "wem"."""
    clause = _question_clause(rng, plain=True)
    while clause.verb.frame[0] not in "td" or {"person", "kin", "animal"} & set(_object_classes(clause)) != (
        {"person"} if clause.verb.frame[0] == "d" else set()
    ):
        clause = _question_clause(rng, plain=True)
    en, de = ("who", "wem") if clause.verb.frame[0] == "d" else ("what", "was")
    question = replace(clause, complements=clause.complements[1:])
    return finish(f"{en} {english(question, question=True)}", german_main(question, front=de), "?")


def _object_classes(clause: Clause) -> list[str]:
    return clause.verb.frame.split(":")[1].split("+")


def content_clause(rng: Random) -> Pair:
    """ "I know that ..." and "I do not know whether, why, when ...": the German verb comes last."""
    clause = draw_clause(rng.choice(("present", "past", "future", "modal")), rng)
    if can_deny(clause) and rng.random() < 0.1:
        clause = replace(clause, negative=True)
    if rng.random() < 0.6:
        (en, de), (word, wort) = rng.choice(THAT), ("that", "dass")
    else:
        (en, de), words = rng.choice(WHETHER), [("whether", "ob"), ("why", "warum")]
        if clause.tense == "past" and clause.verb is not BE:
            words.append(("when", "wann"))
        word, wort = rng.choice(words)
    return finish(f"{en} {word} {english(clause)}", f"{de}, {wort} {german_final(clause)}")


def two_clauses(rng: Random) -> Pair:
    """Main clause and adverbial clause, in either order; the main verb follows a clause in front."""
    word, wort, main_family, side_family = rng.choice(CONJUNCTIONS)
    if main_family == "progressive":
        main, side = (_only_progressive(rng) for _ in range(2))
    else:
        main, side = draw_clause(main_family, rng), draw_clause(side_family, rng)
    if rng.random() < 0.4:
        german = f"{wort} {german_final(side)}, {german_main(main, front='|').removeprefix('| ')}"
        return finish(f"{word} {english(side)}, {english(main)}", german)
    return finish(f"{english(main)} {word} {english(side)}", f"{german_main(main)}, {wort} {german_final(side)}")


def _only_progressive(rng: Random) -> Clause:
    while True:
        clause = draw_clause("progressive", rng)
        if clause.tense == "progressive":
            return clause


def infinitive_clause(rng: Random) -> Pair:
    """ "The man tries to open the door": "Der Mann versucht, die Tür aufzumachen"; and "um ... zu"."""
    subject = choose_person(rng)
    third = subject.person == "3sg"
    clause = draw_clause("future", rng, subject=subject, plain=True)
    purpose = join(clause.verb.base, *(complement.en for complement in clause.complements))
    if clause.verb.frame[0] in "td" and "s" not in clause.verb.flags and rng.random() < 0.6:
        family = rng.choice(("progressive", "past", "modal"))
        motion = draw_clause(family, rng, subject=subject, plain=True)
        while motion.verb.frame[0] != "m":
            motion = draw_clause(family, rng, subject=subject, plain=True)
        return finish(f"{english(motion)} to {purpose}", f"{german_main(motion)}, um {german_zu(clause)}")
    en_third, en_other, first, singular, plural = rng.choice(ZU_MATRIX)
    finite = {"1sg": first, "3sg": singular}.get(subject.person, plural)
    en = f"{subject.en} {en_third if third else en_other} to {purpose}"
    return finish(en, f"{subject.german('nom')} {finite}, {german_zu(clause)}")


def relative_clause(rng: Random) -> Pair:
    """A person with a relative clause, as subject of a sentence or after a verb or preposition."""
    noun = rng.choice(BY_CLASS["person"])
    plural = "parent" not in noun.classes and rng.random() < 0.25
    head = noun_phrase(noun, "the", plural=plural)
    pronoun = RELATIVE["nom"][COLUMNS[head.column]]
    relative_pronoun = Phrase("who", "who", {"nom": pronoun}, head.person, head.column, pronoun=True)
    clause = draw_clause(rng.choice(("present", "past", "modal")), rng, subject=relative_pronoun)
    en, relative = f"{head.en} {english(clause)}", german_final(clause)
    german = {case: f"{text}, {relative}," for case, text in head.de.items()}
    if rng.random() < 0.5:
        matrix, matrix_de, case = rng.choice(RELATIVE_MATRIX)
        if head.person == "3pl" and matrix == "this is":
            matrix, matrix_de = "these are", "das sind"
        return finish(f"{matrix} {en}", f"{matrix_de} {german[case]}")
    subject = replace(head, en=en, de=german, article="")
    main = draw_clause(rng.choice(("present", "past")), rng, subject=subject)
    return finish(english(main), german_main(main))


def object_relative(rng: Random) -> Pair:
    """ "This is the book that the girl is reading": the relative pronoun is the object."""
    while True:
        family = rng.choice(("present", "past", "modal"))
        clause = draw_clause(family, rng, plain=True)
        classes = _object_classes(clause) if clause.verb.frame[0] in "td" else []
        nouns = [noun for name in classes for noun in BY_CLASS[name]]
        if nouns and clause.subject.article != "a":
            break
    case = "acc" if clause.verb.frame[0] == "t" else "dat"
    noun = rng.choice(nouns)
    plural = "parent" not in noun.classes and rng.random() < 0.3
    head = noun_phrase(noun, "the", plural=plural, adjective=adjective_for(noun, rng))
    pronoun = RELATIVE[case][COLUMNS[head.column]]
    clause = replace(clause, complements=clause.complements[1:])
    en, de = ("this is", "das ist") if head.person == "3sg" else ("these are", "das sind")
    link = "whom" if "person" in noun.classes else "that"
    german = f"{de} {head.german('nom')}, {pronoun} {german_final(clause)}"
    return finish(f"{en} {head.en} {link} {english(clause)}", german)


def comparison(rng: Random) -> Pair:
    """ "The dog is older than the cat", "the dog is not as old as the cat"."""
    entry = rng.choice(COMPARATIVES).split()
    more, more_german, plain, plain_german, *classes = (word.replace("_", " ") for word in entry)
    chosen = rng.choice(classes)
    articles = ("the", "this", "my", "our", "her") if chosen in ("thing", "animal") else ("the", "this")
    nouns = rng.sample(BY_CLASS[chosen], 2)
    first, second = (noun_phrase(noun, rng.choice(articles), plural=False) for noun in nouns)
    one, other = first.german("nom"), second.german("nom")
    if rng.random() < 0.6:
        return finish(f"{first.en} is {more} than {second.en}", f"{one} ist {more_german} als {other}")
    negation, nicht = rng.choice((("not ", "nicht "), ("", "")))
    return finish(
        f"{first.en} is {negation}as {plain} as {second.en}",
        f"{one} ist {nicht}so {plain_german} wie {other}",
    )


def existence(rng: Random) -> Pair:
    """ "There is a bakery next to the church": "Neben der Kirche gibt es eine Bäckerei"."""
    where, german_where, case, classes = rng.choice(
        (
            ("in", "in", "dat", "town"),
            ("next to", "neben", "dat", "goal"),
            ("behind", "hinter", "dat", "goal"),
        )
    )
    ground = choose_phrase((classes,), rng, articles=("the", "this", "our"))
    noun = rng.choice(BY_CLASS["goal"])
    if noun.en == ground.en.split(" ", 1)[1]:
        return existence(rng)
    adjective = adjective_for(noun, rng) if rng.random() < 0.4 else None
    plural = classes == "town" and rng.random() < 0.35
    article = rng.choice(("two", "three", "many", "four")) if plural else rng.choice(("a", "a", "no"))
    thing = noun_phrase(noun, article, plural=plural, adjective=adjective)
    verb = "are" if plural else "is"
    return finish(
        f"there {verb} {thing.en} {where} {ground.en}",
        f"{prepositional(german_where, case, ground)} gibt es {thing.german('acc')}",
    )


def position(rng: Random) -> Pair:
    """Draw a sentence on where a thing is put (accusative), or where it lies or hangs (dative)."""
    at = rng.randrange(3)
    put, lie = PUT[at], LIE[at]
    where, german_where, ground_class = rng.choice(SURFACES[put.frame])
    ground = choose_phrase((ground_class,), rng, articles=("the", "the", "this"))
    thing = choose_phrase((put.frame,), rng)
    if rng.random() < 0.5:
        text = prepositional(german_where, "dat", ground)
        clause = Clause(thing, lie, "progressive", (Complement("place", f"{where} {ground.en}", text),))
    else:
        text = prepositional(german_where, "acc", ground)
        complements = (object_complement(thing, "acc"), Complement("goal", f"{where} {ground.en}", text))
        tense = rng.choice(("progressive", "progressive", *MODAL_NAMES, "future"))
        clause = Clause(choose_person(rng), put, tense, complements)
    return finish(english(clause), german_main(clause))


PATTERNS = (
    (statement, 34),
    (content_clause, 12),
    (two_clauses, 16),
    (yes_no_question, 6),
    (question_word, 6),
    (object_question, 3),
    (infinitive_clause, 8),
    (relative_clause, 6),
    (object_relative, 4),
    (comparison, 4),
    (existence, 4),
    (position, 5),
)


def sentence(rng: Random) -> Pair:
    """One English sentence with its German translation."""
    patterns, weights = zip(*PATTERNS, strict=True)
    return rng.choices(patterns, weights)[0](rng)


def generate(seed: int, sizes: dict[str, int]) -> dict[str, list[dict[str, str]]]:
    """All splits, `{"en": ..., "de": ...}` a row; no English and no German sentence comes twice."""
    rng, distinct = Random(seed), Distinct()
    splits = {}
    for split, size in sizes.items():
        pairs = distinct.take(
            size, lambda: sentence(rng), lambda pair: [("en", normalise(pair[0])), ("de", normalise(pair[1]))]
        )
        splits[split] = [{"en": en, "de": de} for en, de in pairs]
    return splits
