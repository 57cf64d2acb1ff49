"""Short stories in the manner of folk tales: a hero with a wish, a companion, a problem, attempts, an end."""

from __future__ import annotations

from random import Random

from grammars.common import Distinct, fill, normalise, upper_first, with_articles
from grammars.story_plots import (
    CLOSINGS,
    COMPANIONS,
    MEETINGS,
    NAMES,
    OPENINGS,
    PETS,
    PLOTS,
    PRONOUNS,
    SOUNDS,
    TRAVEL,
    WORDS,
)

BETWEEN_STORIES = "\n\n\n"
LENGTH = range(120, 251)
FIXED = ("land", "where", "trade", "wish", "trait", "season", "helper", "song", "look")


def cast(rng: Random) -> dict[str, str]:
    """The hero and the companion of one story: names, pronouns, kind."""
    gender = rng.choice(tuple(PRONOUNS))
    beast = rng.choice(tuple(SOUNDS))
    hero = rng.choice(NAMES[gender])
    pet = rng.choice(PETS)
    kin = {"she": ("daughter", "niece", "granddaughter"), "he": ("son", "nephew", "grandson")}[gender]
    return {
        **PRONOUNS[gender],
        "name": hero,
        "NAME": hero.upper(),
        "CHILD": PRONOUNS[gender]["child"].upper(),
        "kin": rng.choice(kin),
        "pet": pet,
        "PET": pet.upper(),
        "beast": beast,
        "sound": SOUNDS[beast],
    }


def slots_of(plot: dict, rng: Random) -> dict[str, str | tuple[str, ...]]:
    """All slots of one story: cast, setting, and the plot's own words, each drawn once."""
    slots: dict[str, str | tuple[str, ...]] = {**WORDS, **cast(rng)}
    for slot in FIXED:
        slots[slot] = fill(f"{{{slot}}}", slots, rng)
    for slot, texts in plot["words"].items():
        slots[slot] = rng.choice(texts)
        slots[slot.upper()] = slots[slot].upper()
    if "riddle" in slots:
        slots["question"], slots["answer"] = slots["riddle"].split("|")
    crowd = fill("{crowd}", slots, rng)
    slots["crowd_low"] = crowd[0].lower() + crowd[1:]
    slots["time_low"] = "one morning"
    slots["time_night"] = "One " + rng.choice(("still", "windy", "frosty", "warm")) + " night"
    slots["a_land"], slots["a_trade"] = f"a {slots['land']}", f"a {slots['trade']}"
    slots["a_beast"] = f"a {slots['look']} {slots['beast']}"
    return slots


def story(rng: Random) -> str:
    """One story: a title in capitals, then paragraphs with an empty line between."""
    plot = rng.choice(PLOTS)
    slots = slots_of(plot, rng)
    problem, attempt, solution, end = (rng.choice(stage) for stage in plot["stages"])
    middle = [attempt]
    if "advice" in solution or rng.random() < 0.5:
        middle.insert(rng.randrange(2), rng.choice(MEETINGS))
    if rng.random() < 0.35:
        middle.insert(rng.randrange(1, len(middle) + 1), rng.choice(TRAVEL))
    templates = [
        rng.choice(OPENINGS),
        rng.choice(COMPANIONS),
        problem,
        *middle,
        solution,
        end,
        rng.choice(CLOSINGS),
    ]
    if rng.random() < 0.5:
        templates[:2] = [" ".join(templates[:2])]
    paragraphs = [paragraph(template, slots, rng) for template in templates]
    title = fill(rng.choice(plot["titles"]), slots, rng)
    text = "\n\n".join([title, *paragraphs])
    return text if len(text.split()) in LENGTH else story(rng)


def paragraph(template: str, slots: dict[str, str | tuple[str, ...]], rng: Random) -> str:
    """A template filled in, with articles and the first capital put right."""
    return upper_first(with_articles(fill(template, slots, rng)))


def generate(seed: int, sizes: dict[str, int]) -> dict[str, str]:
    """All splits as one text each; `sizes` are characters, reached with the last story."""
    rng, distinct = Random(seed), Distinct()
    splits = {}
    for split, size in sizes.items():
        stories: list[str] = []
        length = 0
        while length < size:
            stories += distinct.take(1, lambda: story(rng), lambda text: [normalise(text)])
            length += len(stories[-1]) + len(BETWEEN_STORIES)
        splits[split] = BETWEEN_STORIES.join(stories) + "\n"
    return splits
