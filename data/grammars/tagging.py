"""Sentences of news and notes in which persons, places, organisations and dates are marked.

What a name is must be read off its letters and its neighbours. Names are put together from stems that all kinds share
and endings that mostly one kind has; half of those in validation and test do not occur in train. Some names are a
person here and a town there, and towns stand for their clubs, so that neighbours decide; some sentences may be about
anything, so that letters decide. "May", "March" and "1999" are not always dates.
"""

# ruff: noqa: E501 - one sentence a line
from __future__ import annotations

from random import Random
from zlib import crc32

from grammars.common import Distinct, Words, fill, lines, normalise, upper_first, with_articles, words

KINDS = ("DATE", "LOC", "ORG", "PER")
Sentence = list[tuple[str, str]]
"""Words with their tags."""

STEMS = words(
    "Lind Hal Bron Kar Mor Tel Vas Ost Fer Dal Brun Wex Nor Sel Mar Pet Cor Ash Mel Gar Hol Tor Stan Rud Eg Win Col Ben "
    "Sol Vel Kel Har Bel Tam Rav Fal Dor Nev Pol Gren"
)
# Endings of each kind of name; those of "both" make families and towns.
ENDINGS = {
    "last": words("berg son ova ini ez ski sen man eau"),
    "both": words("ford ton ley well"),
    "town": words("burg mouth stad wick mere haven"),
    "land": words("onia istan land avia"),
    "firm": words("tech soft gen dyne corp tron"),
}
FIRST = words(
    "Anna Peter Mira Tomas Helen Oskar Ruth Daniel Ines Victor Lea Simon Nora Felix Clara Hugo Rosa Ivan April Mark Grace "
    "Paul Olga Jonas Maria Emil Sofia Adam Lucy Karl Elena Martin Judith Samuel Irene Walter Amira Yusuf Mei Kenji Priya "
    "Arjun Fatima Omar Chloe Marcel Brigid Sean Ingrid Lars Petra Milan June Agnes Bruno Carla Dennis Edith Frank Gustav "
    "Hanna Igor Julia Kevin Laura Moritz Nadia Otto Paula Quentin Rita Stefan Tanja Ursula Vera William Xenia Yvonne Zoe "
    "Albert Beatrice Cedric Diana Edgar Fiona George Harriet Isaac Jane Kirsten Leonard Monica Nils Ophelia Philip Rachel "
    "Samir Teresa Umberto Vincent Wanda Alma Boris Celia Dmitri"
)
ACRONYM_LETTERS = "ABCDEFGHKLMNOPRSTVW"
MONTH = words("January February March April May June July August September October November December")

WORDS: dict[str, str | tuple[str, ...]] = {
    "per": (
        "<PER {first} {last}>",
        "<PER {first} {last}>",
        "<PER {initial} {last}>",
        "<PER {first} {initial} {last}>",
        "{title} <PER {last}>",
        "{title} <PER {first} {last}>",
    ),
    "who": ("{per}", "{per}", "<PER {last}>", "<PER {first}>"),
    "title": ("Dr.", "Mrs.", "Mr.", "Professor", "Judge", "Captain", "Sister", "Colonel"),
    "initial": tuple(f"{letter}." for letter in "ABCDEFGHJKLMNPRSTW"),
    "loc": (
        "<LOC {town}>",
        "<LOC {town}>",
        "<LOC {land}>",
        "<LOC {land}>",
        "<LOC {direction} {land}>",
        "<LOC {new} {town}>",
        "<LOC Lake {lake}>",
        "<LOC {town} {street}>",
    ),
    "city": ("<LOC {town}>", "<LOC {town}>", "<LOC {new} {town}>"),
    "direction": ("North", "South", "East", "West"),
    "new": ("New", "Port", "Upper", "Little", "Old"),
    "street": ("Square", "Street", "Bridge", "Castle"),
    "org": (
        "<ORG {firm}>",
        "<ORG {firm}>",
        "<ORG {firm} Group>",
        "<ORG {last} & Sons>",
        "<ORG {last} {trade}>",
        "<ORG University of {town}>",
        "<ORG {town} City Council>",
        "<ORG Bank of {land}>",
        "<ORG {acronym}>",
        "<ORG {acronym}>",
        "<ORG {town} {body}>",
    ),
    "club": ("<ORG {town}>", "<ORG {town}>", "<ORG {town} United>", "<ORG {town} Rovers>"),
    "any": (
        "<PER {surname}>",
        "<PER {first} {surname}>",
        "<LOC {place}>",
        "<LOC {land}>",
        "<ORG {firm}>",
        "<ORG {acronym}>",
    ),
    "trade": ("Motors", "Airlines", "Foods", "Shipping", "Brothers"),
    "body": ("Museum", "Hospital", "Airport", "Theatre"),
    "date": (
        "<DATE {weekday}>",
        "<DATE {when} {weekday}>",
        "<DATE {n} {month} {year}>",
        "<DATE {n} {month}>",
        "<DATE {month} {n} , {year}>",
    ),
    "day": ("<DATE {weekday}>", "<DATE {n} {month}>", "<DATE {month} {n}>", "<DATE {n} {month} {year}>"),
    "weekday": words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    "when": ("last", "next"),
    "year": tuple(str(year) for year in range(1951, 2026)),
    "n": tuple(str(n) for n in range(2, 31)),
    "many": ("{n}", "{n}", "1,200", "{year}", "450"),
    "month": MONTH,
    "season": words("spring summer autumn winter"),
    "period": (
        "<DATE {year}>",
        "<DATE {month} {year}>",
        "<DATE the {season} of {year}>",
        "<DATE the 1990s>",
        "<DATE {when} {month}>",
        "<DATE {when} {season}>",
    ),
    "role": ("chairman", "lawyer", "teacher", "pilot", "goalkeeper", "spokeswoman", "engineer", "poet", "nurse"),
    "thing": words("house boat bakery farm letter piano violin garden laptop lorry"),
    "score": ("2-1", "3-0", "4-2", "1-0"),
    "sum": ("{n} million", "{n} thousand", "half a million"),
    "event": ("fire", "flood", "concert", "strike", "election", "exhibition", "match", "storm"),
}
TEMPLATES = lines("""
{per} was born in {loc} in {period} .
{per} , a {role} from {loc} , joined {org} on {day} .
{who} left {org} in {period} and moved to {loc} .
{who} told reporters in {city} that {org} would close on {day} .
{org} opened an office in {loc} {tail}
{org} , based in {city} , hired {many} people {tail}
{org} bought {org} for {sum} {tail}
{org} sued {who} over the {event} in {loc} .
{org} and {org} will merge by {period} .
shares of {org} fell after {who} resigned {tail}
the {role} {per} works for {org} in {city} .
on {day} , {who} flew from {city} to {city} .
on {date} , the {event} in {loc} was over .
in {period} , {org} was worth {sum} .
since {period} {who} has lived near {loc} .
in {loc} , {many} people saw the {event} .
{club} beat {club} {score} {tail}
{club} lost {score} at {city} despite a goal by {who} .
{who} scored twice for {club} {tail}
{club} signed the {role} {per} from {club} .
fans of {club} travelled to {city} {tail}
the {event} in {loc} began on {day} .
the mayor of {city} , {per} , thanked {org} .
the train from {city} to {city} was late {tail}
a {event} near {loc} left {many} homes without power {tail}
{many} workers of {org} went on strike {tail}
{org} says that {who} may return {tail}
may {who} bring a {thing} to {loc} ?
did {who} really sell the {thing} to {org} ?
have you met {who} , the {role} of {org} ?
ask {who} whether the {event} is on {date} .
dear {who} , the {thing} will arrive from {city} on {day} .
{who} 's {thing} was found in {loc} {tail}
{org} 's {role} , {per} , was in {city} {tail}
{loc} 's largest employer is {org} .
{who} and {who} were married in {city} on {day} .
{who} wrote to {who} from {loc} {tail}
{who} sold the {thing} to {who} for {sum} .
according to {org} , {loc} had {many} visitors in {period} .
according to {who} , the {event} was {who} 's fault .
nobody in {city} believed {who} .
nobody at {org} knew about the {event} {tail}
the road between {city} and {city} was closed {tail}
the {role} who left {org} now works in {loc} .
yesterday {who} visited {loc} with {per} .
{who} flew to {city} {tail}
{who} moved from {city} to {loc} {tail}
{who} and {who} went to {city} by train .
{any} was in the news {tail}
{any} and {any} were in the news {tail}
what do you think of {any} ?
nobody had heard of {any} before .
there is a book about {any} .
we talked about {any} , {any} and {any} .
this {season} the papers wrote of {any} every day .
{any} is better known than {any} .
I cannot spell {any} .
it reminds me of {any} .
{any} : {n} questions and answers .
where did I read about {any} ?
critics praised {per} 's {event} in {city} .
experts of {org} measured {many} metres of snow in {loc} {tail}
tickets for the {event} cost {n} at {org} and {many} in {city} .
{per} ( {org} ) won ahead of {per} ( {org} ) .
{city} , {day} : {org} has named {per} its {role} .
president {per} of {loc} met {who} {tail}
we spent {period} in {loc} with {who} .
the {event} of {period} destroyed half of {city} .
between {period} and {period} {who} taught at {org} .
their {thing} was built by {org} in {period} .
soldiers marched through {loc} ; {who} stayed at home .
march with us through {city} on {day} !
every {season} the {role} sells a {thing} .
the {role} bought a {thing} and {many} apples .
will {org} pay {who} {sum} ?
mark the {event} in your calendar .
the {season} was cold , and the {thing} was sold .
""")
TAILS = (
    ".",
    ".",
    "on {day} .",
    "on {date} .",
    "in {period} .",
    "in {loc} .",
    ", {who} said .",
    "before {date} .",
    "until {period} .",
    ", according to {org} .",
)


def is_held_out(name: str) -> bool:
    """Return whether a name is held out: it occurs in validation and test only."""
    return crc32(name.encode()) % 3 == 0


def names(*kinds: str) -> tuple[str, ...]:
    """All names with the endings of some kinds."""
    return tuple(stem + ending for stem in STEMS for kind in kinds for ending in ENDINGS[kind])


def acronyms() -> tuple[str, ...]:
    """Names of organisations in three or four capitals."""
    rng = Random(0)
    return tuple(dict.fromkeys("".join(rng.sample(ACRONYM_LETTERS, rng.choice((3, 4)))) for _ in range(240)))


def vocabulary(*, train: bool) -> Words:
    """The words of all slots; about half of the names of validation and test are such that train has not."""
    pools = {"last": names("last", "both"), "town": names("town", "both"), "land": names("land"), "firm": names("firm")}
    pools |= {"surname": names("last"), "place": names("town")}  # whose letters leave no doubt
    pools |= {"first": FIRST, "acronym": acronyms(), "lake": STEMS}
    chosen = {}
    for slot, pool in pools.items():
        new = tuple(name for name in pool if is_held_out(name))
        known = tuple(name for name in pool if not is_held_out(name))
        chosen[slot] = known if train else known[::2] + new  # a third of all are new
    return {**WORDS, **chosen, "tail": TAILS}


def sentence(rng: Random, slots: Words) -> Sentence:
    """One sentence: its words, and their tags in the BIO scheme."""
    text = with_articles(fill(rng.choice(TEMPLATES), slots, rng))
    tagged: Sentence = []
    kind = ""
    for word in text.split():
        if word.startswith("<"):
            kind, prefix = word[1:], "B-"
            continue
        tagged.append((word.removesuffix(">"), prefix + kind if kind else "O"))
        prefix = "I-"
        if word.endswith(">"):
            kind = ""
    return [(upper_first(tagged[0][0]), tagged[0][1]), *tagged[1:]]


def generate(seed: int, sizes: dict[str, int]) -> dict[str, list[Sentence]]:
    """All splits."""
    rng, distinct = Random(seed), Distinct()
    splits = {}
    for split, size in sizes.items():
        slots = vocabulary(train=split == "train")
        splits[split] = distinct.take(
            size,
            lambda slots=slots: sentence(rng, slots),
            lambda item: [normalise(" ".join(word for word, _ in item))],
        )
    return splits
