"""State of a tale: who is there, who holds and knows what, where everybody is, the hour and the weather."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

HOURS = ("morning", "noon", "afternoon", "evening", "night")
PRONOUNS = {
    "she": {"subject": "she", "object": "her", "possessive": "her", "reflexive": "herself"},
    "he": {"subject": "he", "object": "him", "possessive": "his", "reflexive": "himself"},
}


@dataclass(frozen=True)
class Actor:
    """Somebody of a tale, who is introduced as "an old ferryman named Tobias" and later is Tobias or the ferryman."""

    name: str
    noun: str
    """Kind: ferryman, hedgehog."""
    pronoun: str
    """`she` or `he`."""
    look: str
    """Adjective of the introduction."""
    hand: str = "hand"
    """Hand, paw or wing."""
    trait: str = ""
    """What the actor is known for: `never hurried`."""
    work: str = ""
    """What the actor does every day: `mended clocks`."""
    fear: str = ""
    """What frightens the actor: `the dark`."""
    treat: str = ""
    """What the actor likes best: `plum cake`."""


@dataclass(frozen=True)
class Thing:
    """A thing with two adjectives: a small brass key."""

    noun: str
    size: str
    material: str


@dataclass(frozen=True)
class Place:
    """A place, what lies there, and how one is there: `at` the mill."""

    noun: str
    look: str
    preposition: str
    features: tuple[str, ...]


@dataclass
class World:
    """What holds at the present moment of a tale; the narrator changes it as things happen."""

    actors: dict[str, Actor]
    things: dict[str, Thing]
    sites: dict[str, Place]
    town: str
    season: str
    weather: str
    hour: int = 0
    day: int = 0
    holder: dict[str, str] = field(default_factory=dict)
    """Role of the actor who has each thing."""
    knowledge: set[tuple[str, str]] = field(default_factory=set)
    """Pairs of a role and a fact that it knows."""
    position: str = ""
    """Key of the place where the hero is; empty in the town."""
    introduced: set[str] = field(default_factory=set)
    """Keys of actors, things and places that the tale has named."""

    @property
    def is_night(self) -> bool:
        """Whether it is evening or night."""
        return HOURS[self.hour] in ("evening", "night")

    def advance(self, rng: Random, weathers: tuple[str, ...]) -> str:
        """Let the day go by to its next hour, and the weather change with the days; return the hour."""
        step = rng.choice((1, 1, 2))
        self.hour += step
        if self.hour >= len(HOURS):
            self.hour, self.day = 0, self.day + 1
            self.weather = rng.choice(weathers)
        return HOURS[self.hour]

    def holds(self, condition: str) -> bool:
        """Return whether a condition of a stage holds: `h has t`, `h lacks t`, `h knows secret`, `night`, `day`,
        `new m` (not yet named)."""
        if condition in ("night", "day"):
            return self.is_night == (condition == "night")
        if condition.startswith("new "):
            return condition.removeprefix("new ") not in self.introduced
        actor, verb, item = condition.split()
        if verb == "knows":
            return (actor, item) in self.knowledge
        return (self.holder.get(item) == actor) == (verb == "has")
