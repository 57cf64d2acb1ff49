"""Narrator: turns templates into sentences, with names or pronouns by who was named last, and keeps the world."""

from __future__ import annotations

import re
from random import Random

from grammars.common import upper_first, with_articles
from grammars.tales.beings import TITLES
from grammars.tales.phrases import CLASSES, HOUR_PHRASES, SEASONS, WEATHER_SENTENCES
from grammars.tales.talk import arrange
from grammars.tales.templates import expand
from grammars.tales.world import HOURS, PRONOUNS, World

SLOT = re.compile(r"\{(\w+)(?:([.>+])(\w+))?\}")
GUARD = re.compile(r"^\((\w+(?: (?:has|lacks|knows) \w+)?|new \w+)\) *")
SENTENCE_END = re.compile(r'[.!?](?="?(?:\s|$))')
COMMA_BEFORE_TAG = re.compile(r'(\w):?"~')
START = re.compile(r'(^|[.!?]"? +)("?)([a-z])')
SUBJECT = re.compile(r"([.!?@] )(\{[hcmr]\} )")
TALK = re.compile(r"@(\w)(?:>(\w))? (\w+): (.*?)@")
CASES = {"o": "object", "p": "possessive", "r": "reflexive"}


class Narrator:
    """Voice of one tale.

    Slots of a template: `{h}` an actor as subject, `{h.o}` object, `{h.p}` possessive, `{h.r}` reflexive, `{h.n}`
    never a pronoun, `{h.is}` an introduction with the name first, `{h.hand}`, `{h.trait}` ... an attribute; `{t}` a
    thing, `{t.new}` with all adjectives; `{p}` a place, `{p.at}` with its preposition; `{t>h}` the thing is now with
    that actor, `{h+fact}` the actor knows it, `{p>here}` everybody goes there; `{time}` lets the hours go by,
    `{weather}` is a sentence, `{feature}` lies nearby.
    """

    def __init__(self, world: World, rng: Random, words: dict[str, str]) -> None:
        """Begin a tale in `world`; `words` are further slots of the plot, drawn once."""
        self.world, self.rng, self.words = world, rng, words
        self._sentence = 0
        self._quoted = False
        self._mentions: dict[str, int] = {}
        self._last: dict[str, str] = {}

    def choose(self, variants: tuple[str, ...]) -> str:
        """Return one of the variants whose conditions hold now, without its conditions.

        Raises RuntimeError where there is none.
        """
        eligible = []
        for variant in variants:
            conditions = []
            while match := GUARD.match(variant):
                conditions.append(match[1])
                variant = variant[match.end() :]
            if all(map(self.world.holds, conditions)):
                eligible.append(variant)
        if not eligible:
            raise RuntimeError(f"no variant fits the state of the tale: {variants[0][:60]!r}")
        return self.rng.choice(eligible)

    def paragraphs(self, template: str, *, opened: bool = False) -> list[str]:
        """Return the paragraphs of a stage, which are separated by ` / ` in its template.

        Args:
            template: the template of the stage.
            opened: let sentences about what somebody does begin with a manner, a time or a glance aside.
        """
        if opened:
            template = SUBJECT.sub(r"\1<opener>\2", template)
        return [self.paragraph(text) for text in template.split(" / ")]

    def paragraph(self, template: str) -> str:
        """Return one paragraph; in it everybody is named before a pronoun is used."""
        self._mentions.clear()
        self._last.clear()
        self._quoted = False
        text = self.render(template)
        text = re.sub(r" {2,}", " ", text).strip().replace(" ,", ",").replace(" .", ".")
        text = with_articles(COMMA_BEFORE_TAG.sub(r'\1,"~', text))
        return START.sub(lambda match: match[1] + match[2] + match[3].upper(), text).replace("~", "")

    def title(self, template: str) -> str:
        """Return a title; it introduces nobody, and its words begin with capitals."""
        before = set(self.world.introduced)
        self.world.introduced.update(self.world.actors, self.world.things, self.world.sites)
        self._mentions.clear()
        text = with_articles(self.render(template))
        self.world.introduced = before
        small = {"a", "an", "the", "and", "of", "in", "at", "who", "for", "to", "from", "on", "by"}
        return upper_first(" ".join(word if word in small else upper_first(word) for word in text.split()))

    def render(self, template: str) -> str:
        """Return the text of a template, all choices made and all slots filled."""
        talk = TALK.sub(lambda match: arrange(match[1], match[2], match[3], match[4], self.rng), template)
        rest = expand(talk, CLASSES, self.rng)
        texts: list[str] = []
        while match := SLOT.search(rest):
            self._literal(rest[: match.start()], texts)
            rest = rest[match.end() :]
            text = self._slot(match[1], match[2], match[3] or "")
            if "{" in text or "[" in text or "<" in text:
                rest = expand(text, CLASSES, self.rng) + rest
            else:
                texts.append(text)
        self._literal(rest, texts)
        return "".join(texts)

    def _literal(self, text: str, texts: list[str]) -> None:
        self._sentence += len(SENTENCE_END.findall(text))
        self._quoted ^= text.count('"') % 2 == 1
        texts.append(text)

    def _slot(self, key: str, mark: str | None, attribute: str) -> str:
        world = self.world
        if mark == "+":
            world.knowledge.add((key, attribute))
            return ""
        if mark == ">":
            if key in world.sites:
                world.position = key if attribute == "here" else ""
            else:
                world.holder[key] = attribute
            return ""
        if key in world.actors:
            return self._actor(key, attribute)
        if key in world.things:
            return self._thing(key, attribute)
        if key in world.sites:
            return self._place(key, attribute)
        return self._special(key)

    def _special(self, key: str) -> str:
        world = self.world
        if key == "time":
            return HOUR_PHRASES[world.advance(self.rng, SEASONS[world.season])]
        if key == "hour":
            return HOURS[world.hour]
        if key == "weather":
            return f"[{WEATHER_SENTENCES[world.weather][world.is_night]}]"
        if key == "feature":
            place = world.sites.get(world.position)
            features = place.features if place else ("bench", "gate", "barrel", "fence", "pump", "doorstep", "cart")
            return "the " + self.rng.choice(features)
        return {"town": world.town, "season": world.season}.get(key) or self.words[key]

    def _actor(self, key: str, attribute: str) -> str:
        actor = self.world.actors[key]
        if attribute not in ("", "n", "o", "p", "r", "name", "is"):
            return str(getattr(actor, attribute))
        if attribute == "name":
            return actor.name
        if attribute == "is":
            self.world.introduced.add(key)
            self._mentions[key] = self._sentence
            self._last[actor.pronoun] = key
            return f"{actor.name} was a {actor.look} {actor.noun}"
        use_pronoun = attribute != "n" and not self._quoted and self._is_clear(key)
        is_new = key not in self.world.introduced
        self.world.introduced.add(key)
        self._mentions[key] = self._sentence
        self._last[actor.pronoun] = key
        if attribute == "r":
            return PRONOUNS[actor.pronoun]["reflexive"]
        if use_pronoun and not is_new:
            return PRONOUNS[actor.pronoun][CASES.get(attribute, "subject")]
        text = self._introduction(key) if is_new else self._name(key)
        return text + "'s" if attribute == "p" else text

    def _introduction(self, key: str) -> str:
        actor = self.world.actors[key]
        if key == "k":
            return f"my {actor.noun} {actor.name}" if self._quoted else f"{{h.p}} {actor.noun} {actor.name}"
        call = self.rng.choice(("named", "named", "called", "called", "whose name was", "by the name of"))
        return f"a {actor.look} {actor.noun} {call} {actor.name}"

    def _name(self, key: str) -> str:
        """Return the name, or the kind of the actor; kin is "Aunt Ada" then."""
        actor = self.world.actors[key]
        draw = self.rng.random()
        if key == "k":
            return f"{upper_first(actor.noun)} {actor.name}" if draw < 0.25 and actor.noun in TITLES else actor.name
        if draw < 0.08:
            return f"{actor.name} the {actor.noun}"
        if draw < (0.16 if self._quoted else 0.22):
            return f"the {actor.look} {actor.noun}"
        return f"the {actor.noun}" if draw < (0.3 if key == "h" else 0.5) else actor.name

    def _is_clear(self, key: str) -> bool:
        """Return whether a pronoun can only mean this actor, and whether the draw is for one."""
        pronoun = self.world.actors[key].pronoun
        age = self._sentence - self._mentions.get(key, -9)
        if self._last.get(pronoun) != key or age > 1:
            return False
        if age == 0:
            return True
        before = [
            other
            for other, sentence in self._mentions.items()
            if other != key and self.world.actors[other].pronoun == pronoun and self._sentence - sentence < 2
        ]
        return not before and self.rng.random() < 0.7

    def _thing(self, key: str, attribute: str) -> str:
        thing = self.world.things[key]
        if attribute in ("noun", "material", "size"):
            return str(getattr(thing, attribute))
        full = f"{thing.size} {thing.material} {thing.noun}"
        if attribute == "bare":
            self.world.introduced.add(key)
            return f"{thing.material} {thing.noun}"
        if key not in self.world.introduced:
            self.world.introduced.add(key)
            return f"the {full}" if attribute == "the" else f"a {full}"
        short = self.rng.choice((f"{thing.material} {thing.noun}", f"{thing.material} {thing.noun}", thing.noun))
        return f"the {short}"

    def _place(self, key: str, attribute: str) -> str:
        place = self.world.sites[key]
        if attribute == "noun":
            return place.noun
        article = "the" if key in self.world.introduced else "a"
        self.world.introduced.add(key)
        noun = place.noun if article == "the" and self.rng.random() < 0.4 else f"{place.look} {place.noun}"
        return f"{place.preposition} {article} {noun}" if attribute == "at" else f"{article} {noun}"
