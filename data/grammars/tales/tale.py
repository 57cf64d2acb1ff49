"""Tales: cast, world and plot are drawn, and the narrator renders the stages of the plot one after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from grammars.common import Distinct, normalise
from grammars.tales import (
    beings,
    plots_of_faults,
    plots_of_hardship,
    plots_of_others,
    plots_of_search,
    plots_of_trials,
    settings,
)
from grammars.tales import shared_stages as shared
from grammars.tales.narrator import Narrator
from grammars.tales.phrases import SEASONS
from grammars.tales.plot import Plot
from grammars.tales.world import Actor, Place, Thing, World

PLOTS = (
    *plots_of_search.PLOTS,
    *plots_of_others.PLOTS,
    *plots_of_trials.PLOTS,
    *plots_of_hardship.PLOTS,
    *plots_of_faults.PLOTS,
)
INVENTED_NAMES = 0.45
"""Share of names that are made of syllables: whoever meets new names in each tale learns to copy them."""


def actor(noun: str, group: str, pronoun: str, rng: Random, used: set[str]) -> Actor:
    """Draw an actor of a kind; no two names of a tale begin with the same letter.

    Args:
        noun: the kind.
        group: key of `beings.LOOKS`.
        pronoun: `she` or `he`.
        rng: source of the choices.
        used: first letters of names, traits and works that are taken; this actor's are added.
    """
    is_beast = noun in beings.BEASTS
    names = beings.ANIMAL_NAMES if is_beast else beings.GIRLS if pronoun == "she" else beings.BOYS
    if rng.random() < INVENTED_NAMES:
        names = tuple(beings.invented_name(pronoun, rng) for _ in range(100))
    name = rng.choice([name for name in names if name[0] not in used])
    trait = rng.choice([trait for trait in beings.TRAITS if trait not in used])
    work = rng.choice([work for work in beings.WORKS if work not in used])
    fear = rng.choice([fear for fear in beings.FEARS if noun not in fear])
    used |= {name[0], trait, work}
    hand = "wing" if noun in beings.WINGED else "paw" if is_beast else "hand"
    return Actor(
        name, noun, pronoun, rng.choice(beings.LOOKS[group]), hand, trait, work, fear, rng.choice(beings.TREATS)
    )


def cast(plot: Plot, rng: Random) -> dict[str, Actor]:
    """Draw the actors of a tale: hero, companion, kin, somebody wise, somebody in the way; all of different kinds."""
    hero = rng.choice(("she", "he"))
    other = {"she": "he", "he": "she"}[hero]
    used: set[str] = set()
    hero_kind, hero_group = rng.choice(
        (
            (beings.CHILDREN[hero], "child"),
            (beings.CHILDREN[hero], "child"),
            (rng.choice(beings.TRADES), "trade"),
            (rng.choice(beings.BEASTS), "beast"),
            (rng.choice(beings.WONDERS[hero]), "wonder"),
        )
    )
    companions = [noun for noun in beings.BEASTS if noun != hero_kind]
    companion_kind, companion_group = rng.choice(
        ((rng.choice(companions), "beast"), (rng.choice(companions), "beast"), (beings.CHILDREN[other], "child"))
    )
    kin, elder, rogue = (rng.choice(("she", "he")) for _ in range(3))
    rogue_kind = rng.choice([noun for noun in plot.rogues if noun not in (hero_kind, companion_kind)])
    rogue = {"girl": "she", "boy": "he"}.get(rogue_kind, rogue)
    kin_kind = rng.choice(beings.KIN[kin])
    elder_kind = rng.choice([noun for noun in beings.ELDERS[elder] if noun != kin_kind])
    return {
        "h": actor(hero_kind, hero_group, hero, rng, used),
        "c": actor(companion_kind, companion_group, other if rng.random() < 0.8 else hero, rng, used)
        if companion_group == "beast"
        else actor(companion_kind, companion_group, other, rng, used),
        "k": actor(kin_kind, "elder", kin, rng, used),
        "m": actor(elder_kind, "elder", elder, rng, used),
        "r": actor(rogue_kind, "rogue", rogue, rng, used),
    }


def world(plot: Plot, rng: Random) -> World:
    """Draw the world of a tale: its cast, two things, two places, a town, the season and the weather."""
    size, other_size = rng.sample(settings.SIZES, 2)
    noun, other_noun = rng.sample(sorted(settings.THINGS), 2)
    things = {
        "t": Thing(noun, size, rng.choice(settings.THINGS[noun].split())),
        "g": Thing(other_noun, other_size, rng.choice(settings.THINGS[other_noun].split())),
    }
    sites = {}
    looks = rng.sample(settings.PLACE_LOOKS, 2)
    far = rng.choice(plot.sites or sorted(settings.PLACES))
    near = rng.choice([place for place in sorted(settings.PLACES) if place != far])
    for key, place, look in zip("pq", (near, far), looks, strict=True):
        preposition, features = settings.PLACES[place]
        sites[key] = Place(place, look, preposition, tuple(features.split("|")))
    season = rng.choice(sorted(SEASONS))
    town = rng.choice(settings.TOWN_STARTS) + rng.choice(settings.TOWN_ENDS)
    weather = rng.choice(SEASONS[season])
    return World(cast(plot, rng), things, sites, town, season, weather, holder=dict(plot.holders))


def with_stand_ins(state: World) -> World:
    """Return a world whose town and actors have the stand-in of their role for a name."""
    actors = {role: replace(one, name=beings.STAND_INS[one.pronoun][role]) for role, one in state.actors.items()}
    return replace(state, actors=actors, town=settings.STAND_IN)


def plot_words(plot: Plot, rng: Random) -> dict[str, str]:
    """Draw the plot's own slots, its wish among them."""
    slots: dict[str, str] = {}
    for names, texts in plot.words.items():
        slots.update(zip(names.split("|"), rng.choice(texts).split("|"), strict=True))
    slots["want"], slots["got"] = rng.choice(plot.wishes)
    return slots


def tale(rng: Random, plot: Plot | None = None, *, stand_ins: bool = False) -> str:
    """Return one tale: a title, an empty line, and paragraphs with an empty line between them.

    Args:
        rng: source of all choices.
        plot: kind of the tale; by default it is drawn.
        stand_ins: name everybody by role and gender alone: the same tale otherwise.
    """
    plot = plot or rng.choice(PLOTS)
    state = world(plot, rng)
    if stand_ins:
        state = with_stand_ins(state)
    narrator = Narrator(state, rng, plot_words(plot, rng))
    paragraphs = [narrator.title(rng.choice(plot.titles))]

    def stage(*variants: tuple[str, ...], before: str = "", opened: bool = True) -> None:
        texts = [narrator.choose(choices) for choices in variants]
        paragraphs.extend(narrator.paragraphs(before + rng.choice((" ", " / ")).join(texts), opened=opened))

    stage(shared.OPENINGS, shared.COMPANIONS, opened=False)
    stage(shared.WISHES, opened=False)
    stage(plot.trouble)
    travels = not plot.at_home or rng.random() < 0.3
    if travels:
        stage(shared.TRAVEL)
    if rng.random() < 0.3 and "m" not in state.introduced:
        stage(shared.MEETINGS)
    stage(plot.attempt)
    if travels and rng.random() < 0.25:
        stage(shared.OBSTACLES)
    if rng.random() < 0.15:
        stage(shared.INTERLUDES)
    stage(plot.turn)
    stage(plot.ending, before="{p>left}")
    stage(shared.CLOSINGS, opened=False)
    if state.holder.get("g") or ("m", "debt") in state.knowledge or ("m", "advice") in state.knowledge:
        stage(shared.KEEPSAKES, opened=False)
    return "\n\n".join(paragraphs)


def tales(seed: int, *, stand_ins: bool = False) -> Iterator[str]:
    """Yield tales without end, no two of them equal in lower case with single spaces."""
    rng, distinct = Random(seed), Distinct()
    while True:
        yield from distinct.take(1, lambda: tale(rng, stand_ins=stand_ins), lambda text: [normalise(text)])
