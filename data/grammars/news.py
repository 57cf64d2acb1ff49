"""Short news reports whose topic is what happens, not who it happens to.

Clubs, banks, ministries, universities and museums act in every topic, and each report may carry a sentence
of background that belongs to another topic: a club sells shares, a bank wins a relay, a minister sings.
Places and names are invented.
"""

# ruff: noqa: E501 - one event a line
from __future__ import annotations

from random import Random
from typing import NamedTuple

from grammars.common import Distinct, fill, lines, normalise, upper_first, with_articles, words

LABELS = ("world", "sports", "business", "science", "culture")
# The last events of each topic occur in validation and test only, where they make up a third of the reports.
HELD_OUT = 2
# Full name | how later sentences call it.
ACTORS = {
    "club": ("{city} Rovers|the club", "{city} United|the club", "the {city} rowing club|the club"),
    "company": (
        "{maker}|the company",
        "the airline {brand} Air|the airline",
        "the brewer {brand}|the brewer",
        "the railway company {brand} Rail|the railway",
    ),
    "bank": ("{city} Savings Bank|the bank", "{brand} Bank|the bank", "{brand} Insurance|the insurer"),
    "university": (
        "the University of {city}|the university",
        "{city} Technical College|the college",
        "the {city} Medical School|the school",
    ),
    "museum": (
        "the {city} Museum|the museum",
        "the {city} Opera|the opera house",
        "the {city} National Theatre|the theatre",
        "the {city} Gallery|the gallery",
    ),
    "state": (
        "the government of {country}|the government",
        "the {country} ministry of {portfolio}|the ministry",
        "the {city} council|the council",
    ),
}
WORDS: dict[str, str | tuple[str, ...]] = {
    "city": words("Harwick Brenton Ostova Calder Lindholm Marrow Pellagrin Tarn Velmora Ashby Kestrel Dunmere"),
    "country": words("Norvania Estria Caldonia Marland Osteria Velden Tarsia Belmark"),
    "brand": words("Aldo Norden Merida Polar Vesta Corvin Lumen Halden Orbit Castor"),
    "maker": ("the carmaker Corvin", "the drug maker Halden", "the chip maker Lumen", "the toy maker Castor"),
    "portfolio": ("sport", "finance", "culture", "research", "health", "transport", "defence"),
    "first": words("Anna Peter Mira Tomas Helen Oskar Ruth Daniel Ines Victor Lea Simon Nora Felix"),
    "last": words("Brandt Okoro Lindqvist Moreau Castell Hale Novak Ferrant Abel Winter Sorensen Duarte"),
    "person": "{first} {last}",
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "month": ("January", "March", "April", "June", "July", "September", "October", "November"),
    "n": words("three four five six seven eight nine ten twelve fifteen twenty"),
    "many": ("40", "60", "120", "250", "300", "450", "700", "1,200", "3,000"),
    "money": ("{n} million crowns", "{hundreds} million crowns", "{n} billion crowns"),
    "hundreds": ("40", "85", "120", "250", "300", "450", "700"),
    "percent": ("2.5 percent", "4 percent", "6 percent", "11 percent", "17 percent", "a third", "a quarter"),
    "score": ("2-1", "3-0", "3-2", "1-0", "4-2", "5-3"),
    "sport": ("football", "handball", "hockey", "volleyball", "water polo", "basketball"),
    "animal": ("beetle", "frog", "bat", "moth", "fern", "lizard", "snail"),
    "planet": ("Mars", "Venus", "the moon", "Saturn", "a distant star"),
    "illness": ("malaria", "asthma", "flu", "diabetes", "heart disease"),
    "composer": "{last}",
    "role": ("the chair", "the press officer", "the director", "the deputy head", "the treasurer"),
}

# Title | lead. {A} is the actor without "the" in titles, {a} the actor, {b} another actor.
EVENTS = {
    "world": lines("""
{A} joins appeal for ceasefire in {country}|{a} joined {n} other groups on {day} in calling for a ceasefire in {country}
{A} sends tents after {city} quake|{a} has sent tents and water to {city}, where an earthquake left {many} families homeless
{A} pulls staff out of {country}|{a} is bringing its people home from {country} as fighting comes closer to the capital
Protesters block {A} over {country} vote|thousands of protesters surrounded {a} on {day} after a disputed election in {country}
{A} hit by {country} sanctions|{country} put {a} on its sanctions list on {day} in a dispute over the border with {land}
{A} opens doors to refugees|{a} will house {many} refugees who fled the war in {country}
{A} hosts peace talks with {country}|rebels and envoys from {country} met at {a} on {day} for a first round of peace talks
{A} delegation held at {country} border|soldiers in {country} stopped a delegation of {a} at the border and held it for {n} hours
{country} expels envoy after row with {A}|{country} has expelled an ambassador after {a} criticised its treatment of prisoners
Flood cuts off {A} in {city}|a flood in the north of {country} has cut off {a} and {n} villages from the capital
{A} to observe election in {country}|{a} will send {n} observers to the presidential election in {country}
Strike over {country} curfew reaches {A}|a general strike against the curfew in {country} reached {a} on {day}
{A} backs treaty with {country}|{a} has backed a treaty that would end {n} years of conflict between {country} and {land}
"""),
    "sports": lines("""
{A} wins {city} relay|a team of {a} won the {city} relay on {day}, {n} seconds ahead of {b}
{A} beaten {score} in cup final|{a} lost the cup final {score} to a side from {b} on {day}
{A} sacks {sport} coach|{a} parted with the coach of its {sport} team on {day} after {n} defeats in a row
{A} to host {sport} championship|{a} will host the {sport} championship in {month}, with {many} athletes expected
{A} signs goalkeeper from {city}|{a} has signed the goalkeeper {person} from {city} for the rest of the season
{person} breaks record for {A}|{person} of {a} broke the 400 metres record in {city} on {day}
Injury keeps {A} out of final|{a} must play the {sport} final without its captain, {person}, who hurt a knee in training
{A} reaches next round of {sport} cup|{a} beat {b} {score} on {day} to reach the next round of the {sport} cup
Late goal saves {A}|a goal in the last minute gave {a} a draw against {b} on {day}
{A} runner disqualified|a runner of {a} was disqualified after the marathon in {city} on {day}
{A} tops {sport} table|{a} went to the top of the {sport} league on {day} by beating {b} {score}
{person} to captain {A} side|{person} will captain the {sport} side of {a} in the match against {b}
{A} ends run of {n} defeats|the {sport} players of {a} won {score} at {city} and ended a run of {n} defeats
"""),
    "business": lines("""
{A} to cut {many} jobs|{a} will cut {many} jobs by {month} after a fall in income of {percent}
{A} reports record surplus|{a} reported a surplus of {money} on {day}, up {percent} on last year
{A} sells {city} site|{a} has sold its site in {city} to {b} for {money}
{A} and rival agree merger|{a} and {b} have agreed to merge in a deal worth {money}
{A} borrows {money}|{a} has borrowed {money} from a group of lenders at {percent} interest
{A} raises prices again|{a} will raise its prices by {percent} in {month}, blaming the cost of energy
{A} seeks protection from creditors|{a} asked a court on {day} for protection from creditors who are owed {money}
Supplier drops {A} contract|a supplier has ended a contract with {a} worth {money} over unpaid invoices
{A} delays share sale|{a} has delayed a sale of shares that was to raise {money}
Investors buy stake in {A}|a fund from {country} has bought a stake of {percent} in the trading arm of {a}
{A} loses tax case|{a} must pay {money} in tax and interest after losing a case in {city}
{A} turns to online sales|{a} now earns {percent} of its revenue from online sales, it said on {day}
{A} names new chief of finance|{a} has hired {person} from {b} to bring its debt under control
"""),
    "science": lines("""
{A} team finds new {animal}|researchers supported by {a} have described a {animal} that was unknown until now
{A} telescope sees water on {planet}|a telescope run by {a} has found traces of water on {planet}
{A} tests vaccine against {illness}|a trial with {many} volunteers at {a} suggests that a vaccine against {illness} works
{A} study links sleep and memory|a study by {a} has found that {n} hours of sleep improve the memory by {percent}
{A} maps genome of {animal}|biologists working with {a} have decoded the genome of a {animal}
{A} launches satellite|a satellite built by {a} reached its orbit on {day} and will measure the ice of the poles
Sensor from {A} detects {illness}|a sensor developed at {a} detects {illness} from a drop of blood
{A} measures warmer sea|buoys set out by {a} show that the sea off {country} has warmed {n} times as fast as models predicted
{A} builds battery without lithium|engineers at {a} have built a battery that needs no lithium and lasts {n} years
Fossil found under {A}|a fossil of a giant {animal} has been dug out of the rock below {a}
{A} laboratory slows light|physicists in a laboratory of {a} have slowed a pulse of light by {percent}
{A} trains network to spot {illness}|a neural network trained on images from {a} spots {illness} {n} months earlier than doctors
{A} drill reaches oldest ice|a drill paid for by {a} has brought up ice that is {many} thousand years old
"""),
    "culture": lines("""
{A} lends painting to {city}|{a} is lending a long lost portrait by {person} to an exhibition in {city}
{A} commissions opera|{a} has commissioned an opera from {person}, to be first heard in {month}
{A} shows photographs of {country}|photographs of daily life in {country} are on show at {a} until {month}
Poet {person} wins {A} prize|the poet {person} has won the literature prize of {a}, worth {money}
{A} restores fresco|a fresco {n} hundred years old has been restored at the expense of {a}
{A} choir opens festival|the choir of {a} opened the {city} music festival on {day} with a mass by {composer}
Film about {A} has premiere|a film about the early years of {a} had its premiere in {city} on {day}
{A} buys novelist's letters|{a} has bought {many} letters of the novelist {person} at an auction
{A} stages play by {person}|actors and {n} amateurs will stage a comedy by {person} at {a} in {month}
Sculpture divides {A}|a bronze sculpture by {person} in front of {a} has divided visitors
{A} invites street artists|{a} has invited {n} street artists to paint its walls in {month}
{person} plays piano cycle at {A}|the pianist {person} plays all sonatas by {composer} at {a}, beginning on {day}
{A} publishes diary of {person}|{a} has published the diary of the painter {person} in {n} volumes
"""),
}

# Sentences that go on with the event of their own topic.
DETAILS = {
    "world": lines("""
Aid workers spoke of {many} injured people
The foreign minister of {country} called for calm
A truce agreed in {month} had held for only {n} days
Diplomats expect a vote in the security council on {day}
The border with {country} remained closed
Witnesses reported shots near the parliament
"""),
    "sports": lines("""
The crowd of {many} stood and sang until the end
The coach praised the courage of the younger athletes
The next competition is on {day}
It had been a long season with {n} injured players
The referees were at work for {n} hours
{person} was named best player of the day
"""),
    "business": lines("""
Analysts had expected a figure nearer to {money}
The shares of comparable firms fell by {percent}
Half of the sum will go towards old debts
The auditors have to approve the accounts by {month}
Demand has been weak since {month}
Unions asked for talks about wages
"""),
    "science": lines("""
The results appear in this month's issue of a leading journal
Other groups will now try to repeat the experiment
The data were collected over {n} years
Independent experts called the evidence convincing but early
The authors warn that the sample was small
Measurements will go on until {month}
"""),
    "culture": lines("""
Critics praised the quiet beauty of the work
Tickets were gone within {n} hours
The catalogue includes sketches never seen before
A second evening with readings follows on {day}
The artist worked on it for {n} years
Visitors queued around the building
"""),
}
# Background about an actor {a} that sounds like another topic.
BACKGROUND = {
    "world": lines("""
Last year {a} had taken part in the peace talks with {country}
In {month}, {a} sent food to the war zone in {country}
{a} was in the news in {month} when its head criticised the election in {country}
"""),
    "sports": lines("""
{a} is better known for its {sport} team, which won the league last year
The chair of {a}, {person}, once ran the marathon for {country}
{a} has paid for a stadium and a {sport} coach in {city}
"""),
    "business": lines("""
Shares linked to {a} had fallen by {percent} in {month}
{a} made a profit of {money} last year and employs {many} people
Only last week {a} took over a rival for {money}
"""),
    "science": lines("""
{a} also runs a laboratory where {illness} is studied
Last year {a} paid for a telescope and for research on the {animal}
The head of {a}, {person}, is a physicist who used to study {planet}
"""),
    "culture": lines("""
{a} owns a collection of paintings and an old theatre in {city}
{a} has given a prize for poetry since its foundation
Its head, {person}, has written {n} novels and sings in the {city} opera choir
"""),
}
NEUTRAL = lines("""
"We had worked for this day for a long time," said {person}, {role} of {a}
"It is too early to say more," {role} said
{role} gave no further details
"Nobody here is surprised," said {person}, who has known {a} for {n} years
More is to be announced on {day}
The news was first reported by a local paper in {city}
""")


class Report(NamedTuple):
    """A report with its topic."""

    title: str
    text: str
    label: str


def without_article(actor: str) -> str:
    """The actor as titles name it."""
    return actor.removeprefix("the ")


def report(rng: Random, label: str, *, held_out: bool) -> Report:
    """One report: title, lead, then one to three sentences of detail, background and comment."""
    first, second = rng.sample(tuple(ACTORS), 2)
    countries = rng.sample(WORDS["country"], 2)
    slots = {**WORDS, "country": countries[0], "land": countries[1], "person": fill("{person}", WORDS, rng)}
    for slot in (
        "city",
        "n",
        "sport",
        "animal",
        "planet",
        "illness",
        "month",
        "money",
        "percent",
        "score",
        "many",
    ):
        slots[slot] = fill(f"{{{slot}}}", slots, rng)
    named = {**WORDS, "country": countries[1]}
    actor, later = fill(rng.choice(ACTORS[first]), named, rng).split("|")
    other_actor = fill(rng.choice(ACTORS[second]), named, rng).split("|")[0]
    slots |= {"a": actor, "A": without_article(actor), "b": other_actor}
    events = EVENTS[label][-HELD_OUT:] if held_out else EVENTS[label][:-HELD_OUT]
    title, lead = rng.choice(events).split("|")
    other = rng.choice([topic for topic in LABELS if topic != label])
    fresh = {**WORDS, "a": later, "land": countries[1], "country": countries[1]}
    rest = [(DETAILS[label], 0.55, fresh), (BACKGROUND[other], 0.75, fresh), (NEUTRAL, 0.5, fresh)]
    chosen = [fill(rng.choice(texts), filling, rng) for texts, share, filling in rest if rng.random() < share]
    chosen = chosen or [fill(rng.choice(NEUTRAL), fresh, rng)]
    rng.shuffle(chosen)
    sentences = [fill(lead, slots, rng), *chosen]
    text = " ".join(upper_first(with_articles(sentence)) + "." for sentence in sentences)
    return Report(upper_first(with_articles(fill(title, slots, rng))), text, label)


def generate(seed: int, sizes: dict[str, int]) -> dict[str, list[dict[str, str]]]:
    """All splits, `{"title": ..., "text": ..., "label": ...}` a row, the five topics equally often."""
    rng, distinct = Random(seed), Distinct()
    splits = {}
    for split, size in sizes.items():
        rows: list[Report] = []
        for label in LABELS:
            each = size // len(LABELS)
            new = 0 if split == "train" else each // 3
            for count, held in ((each - new, False), (new, True)):
                rows += distinct.take(
                    count,
                    lambda topic=label, only_new=held: report(rng, topic, held_out=only_new),
                    lambda item: [normalise(item.text)],
                )
        rng.shuffle(rows)
        splits[split] = [row._asdict() for row in rows]
    return splits
