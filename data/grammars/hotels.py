"""Hotel reviews with topics and a star rating.

The rating is the mean over the sentences, so that it depends on degrees ("decent", "superb") and on their negation
("not superb", "far from dirty"), not on single words. Each topic is named in many ways.
"""

from __future__ import annotations

from random import Random
from typing import TypedDict

from grammars.common import Distinct, fill, lines, normalise, upper_first, with_articles, words

# Adjectives from one star to five.
GRADES = {
    1: words("awful terrible dreadful horrible"),
    2: words("poor disappointing mediocre weak"),
    3: words("decent acceptable average ordinary"),
    4: words("good pleasant nice likeable"),
    5: words("superb excellent wonderful outstanding"),
}
# Phrase around an adjective, and its effect on the rating.
TURNS = {
    "{adjective}": lambda stars: stars,
    "really {adjective}": lambda stars: stars,
    "not exactly {adjective}": lambda stars: 6 - stars if stars != 3 else 2,
    "anything but {adjective}": lambda stars: {1: 5, 2: 4, 3: 2, 4: 2, 5: 1}[stars],
}
ASPECTS = {
    "room": words("room bed bathroom balcony furniture mattress"),
    "staff": words("staff reception waiter porter concierge receptionist"),
    "food": words("breakfast dinner buffet coffee kitchen menu"),
    "location": words("location view neighbourhood street surroundings garden"),
    "quiet": ("soundproofing", "sleep we got", "night's rest", "peace at night"),
    "value": ("value for money", "price", "deal we got", "rate for two"),
}
SENTENCES = lines(
    """
    The {thing} was {said}
    We found the {thing} {said}
    As for the {thing}, it was {said}
    My {person} called the {thing} {said}
    Compared with our last stay, the {thing} was {said}
    """
)
OPENINGS = lines(
    """
    We stayed for {count} nights in {month}
    Our {month} trip with {count} friends
    {count} days here on business
    We booked this in {month}
    """
)
WORDS = {
    "person": words("husband wife sister brother mother father friend boss"),
    "count": words("two three four five six seven"),
    "month": words("January February March April May June July August September October November December"),
}


class Review(TypedDict):
    """One row of the data set."""

    text: str
    stars: float
    topics: list[str]


def review(rng: Random) -> Review:
    """Draw a review of one to three aspects."""
    topics = rng.sample(sorted(ASPECTS), rng.choice((1, 2, 2, 3)))
    sentences, total = [], 0
    if rng.random() < 0.5:
        sentences.append(fill(rng.choice(OPENINGS), WORDS, rng))
    for topic in topics:
        stars = rng.choice(sorted(GRADES))
        turn = rng.choice(sorted(TURNS))
        opinion = turn.replace("{adjective}", rng.choice(GRADES[stars]))
        total += TURNS[turn](stars)
        slots = {**WORDS, "thing": rng.choice(ASPECTS[topic]), "said": opinion}
        sentences.append(fill(rng.choice(SENTENCES), slots, rng))
    text = with_articles(" ".join(upper_first(sentence) + "." for sentence in sentences))
    return {"text": text, "stars": round(2 * total / len(topics)) / 2, "topics": sorted(topics)}


def generate(seed: int, sizes: dict[str, int]) -> dict[str, list[Review]]:
    """Draw all splits."""
    rng, distinct = Random(seed), Distinct()
    return {
        split: distinct.take(size, lambda: review(rng), lambda row: [normalise(row["text"])])
        for split, size in sizes.items()
    }
