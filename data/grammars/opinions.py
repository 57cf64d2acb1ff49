"""Opinions on products, meals, journeys and people, from a grammar, with negation and contrast.

The published sets of sentiment are of films, and one of cameras and phones; with these sentences the bundled model also
learns what makes a meal, a hotel or a neighbour good or bad, that "not" turns a word round, and that the clause after
"but" counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

Words = Sequence[str]


@dataclass(frozen=True)
class Domain:
    """Words of what opinions are about.

    Attributes:
        things: nouns; those that end in "+" are plural.
        aspects: nouns of what a thing has, in the same way.
        good: adjectives of praise.
        bad: adjectives of blame.
        excess: adjectives that blame after "too".
        praise: clauses that praise.
        blame: clauses that blame.
        use: gerunds of what one does with a thing.
        had: participles, as in "the best I have ever had".
        again: what one would do again, or never again.
    """

    things: Words
    aspects: Words
    good: Words
    bad: Words
    excess: Words
    praise: Words
    blame: Words
    use: Words
    had: Words
    again: Words


def _words(text: str) -> list[str]:
    return [" ".join(word.split()).replace("_", " ") for word in text.split(",")]


PRODUCTS = Domain(
    _words(
        """
        phone, laptop, tablet, camera, watch, jacket, coat, dress, bag, backpack, lamp, chair, sofa, mattress,
        blender, kettle, toaster, oven, fridge, washing_machine, printer, keyboard, mouse, speaker, charger,
        cable, tent, bike, scooter, toy, game, book, pen, knife, pan, drill, mower, monitor, router, razor,
        hairdryer, umbrella, suitcase, headphones+, shoes+, boots+, jeans+, gloves+, glasses+, towels+, curtains+,
        batteries+, earbuds+
        """
    ),
    _words(
        """
        battery, screen, sound, picture, case, quality, price, size, colour, fabric, handle, lid, zip, motor,
        software, design, packaging, delivery, manual, customer_service, buttons+, wheels+, seams+, instructions+,
        straps+
        """
    ),
    _words(
        """
        great, excellent, fantastic, perfect, superb, brilliant, wonderful, amazing, sturdy, reliable, solid,
        handy, comfortable, quiet, fast, useful, beautiful, durable, light, soft, sharp, well_made, easy_to_use,
        impressive
        """
    ),
    _words(
        """
        awful, terrible, horrible, useless, poor, bad, flimsy, cheap, unreliable, noisy, slow, uncomfortable,
        ugly, defective, faulty, disappointing, fragile, clumsy, badly_made, worthless, broken, scratched,
        dreadful, rubbish
        """
    ),
    _words("small, big, heavy, loud, slow, expensive, tight, thin, stiff, bright, dark, complicated, short, hot"),
    _words(
        """
        it works perfectly, it works like a charm, it still looks new after a year, it fits perfectly, it does
        exactly what it should, it arrived a day early, setting it up took five minutes, it charges in no time, it
        runs from dawn to dusk, my wife uses it every day, my son adores it, it was worth every cent, it keeps out
        the cold, it cleans up in seconds, support solved my problem in minutes, it makes my life easier, everyone
        asks me where I bought it
        """
    ),
    _words(
        """
        it broke after a week, it snapped on the very first day, it gave up within days, it arrived damaged, it
        never worked, it came to pieces, it leaks, it burns my fingers, it smells of plastic, it died within a
        month, the seller has vanished, the hotline just rings, I had to send it back, they refused a refund, a
        part was missing, it hurts my back, it ruined my clothes, the paint came off, it loses its charge
        overnight, it crashes all the time, I wasted my money
        """
    ),
    _words("buying, using, owning, wearing, trying, choosing"),
    _words("bought, owned, used, had, tried"),
    _words("buy it again, buy from this shop again, recommend it to my friends, order another one"),
)
MEALS = Domain(
    _words(
        """
        soup, pizza, burger, steak, pasta, salad, cake, pie, bread, breakfast, lunch, dinner, dessert, coffee,
        tea, wine, beer, curry, sandwich, ice_cream, omelette, sauce, fish, chicken, rice, menu, restaurant, café,
        bakery, bar, pancakes+, noodles+, dumplings+, cookies+, fries+, vegetables+, tacos+
        """
    ),
    _words(
        """
        service, food, music, atmosphere, price, portion, flavour, crust, filling, terrace, kitchen, view, waiter,
        chef, wine_list, table, drinks+, portions+, staff+, starters+, waiters+
        """
    ),
    _words(
        """
        delicious, tasty, fresh, excellent, wonderful, perfect, crispy, juicy, superb, amazing, lovely,
        outstanding, heavenly, friendly, cosy, warm, generous, fantastic, great, brilliant, mouth-watering,
        spotless
        """
    ),
    _words(
        """
        cold, stale, dry, bland, tasteless, burnt, greasy, soggy, awful, disgusting, horrible, undercooked,
        overpriced, rude, slow, dirty, terrible, bad, sour, mediocre, inedible, disappointing, watery, rotten
        """
    ),
    _words("salty, sweet, expensive, greasy, small, spicy, loud, crowded, slow, dry, bitter, oily"),
    _words(
        """
        the plates came in no time, it melted in my mouth, I licked the plate clean, we ordered a second one, the
        waiter made us feel at home, it was well worth the queue, everyone at the table was happy, the chef came
        out to greet us, the bill was a pleasant surprise, we stayed until midnight, I dream of it still, they
        gave us dessert for free
        """
    ),
    _words(
        """
        nobody took our order for ages, I found a hair in it, my stomach ached all night, the waiter looked
        straight through us, they forgot our order, the bill was wrong, it had the taste of wet paper, half of it
        went back to the kitchen, we left hungry, the plates were dirty, the chicken was raw inside, they charged
        us twice, nobody apologised, I threw most of it away, it was cold when it came
        """
    ),
    _words("eating, ordering, trying, tasting, coming"),
    _words("eaten, tasted, had, tried, ordered"),
    _words("come back, eat here again, order it again, bring my friends here, visit this place again"),
)
JOURNEYS = Domain(
    _words(
        """
        hotel, room, hostel, flat, campsite, beach, museum, castle, tour, trip, holiday, cruise, flight, train,
        bus, ferry, city, village, island, park, lake, hike, festival, concert, airport, station, zoo, garden,
        mountains+, gardens+, slopes+, trains+
        """
    ),
    _words(
        """
        view, bed, bathroom, shower, pool, breakfast, location, staff, guide, driver, seat, crew, weather, price,
        wifi, balcony, lobby, beds+, rooms+, seats+, sunsets+, toilets+, people+
        """
    ),
    _words(
        """
        clean, bright, comfortable, beautiful, quiet, charming, lovely, wonderful, friendly, helpful, spacious,
        stunning, peaceful, relaxing, unforgettable, perfect, great, excellent, magical, breathtaking, punctual,
        safe
        """
    ),
    _words(
        """
        dirty, noisy, smelly, damp, dark, cramped, ugly, boring, dull, rude, filthy, overpriced, unsafe, run-down,
        terrible, awful, horrible, disappointing, uncomfortable, shabby, stressful, unfriendly, crowded, chaotic
        """
    ),
    _words("long, crowded, expensive, noisy, hot, small, far, short, hard, windy"),
    _words(
        """
        we slept like babies, the lake was a mirror at dawn, everything was on time, the guide knew everything,
        the crew was so kind, they upgraded us for free, the kids did not want to leave, I felt at home at once,
        we had the best time of our lives, the sea was warm and clear, it was better than the pictures, we made
        friends for life
        """
    ),
    _words(
        """
        our flight was cancelled, my bags never turned up, the heating did not work, we saw a mouse in the room,
        the neighbours kept us awake, the pool was closed, the guide was bored, it rained through the roof, we
        missed our connection, nobody met us at the station, our bikes were stolen, the pictures were a lie,
        litter lay everywhere, we left a day early, they made us pay twice, the sheets had stains
        """
    ),
    _words("visiting, booking, seeing, staying, travelling"),
    _words("visited, seen, had, booked, stayed in"),
    _words("stay here again, come back, book it again, visit again, travel with them again, go there again"),
)
PEOPLE = Domain(
    _words(
        """
        teacher, doctor, nurse, dentist, neighbour, boss, colleague, landlord, plumber, driver, mechanic, coach,
        lawyer, hairdresser, babysitter, friend, cousin, sister, brother, aunt, guest, team, family, class, team+,
        neighbours+, colleagues+, children+, teachers+, builders+
        """
    ),
    _words(
        """
        voice, smile, advice, work, manner, temper, patience, help, manners+, jokes+, ideas+, promises+, lessons+
        """
    ),
    _words(
        """
        kind, friendly, helpful, patient, honest, generous, funny, smart, fair, polite, gentle, caring, wonderful,
        great, warm, reliable, cheerful, thoughtful, brave, charming, lovely, talented, careful
        """
    ),
    _words(
        """
        rude, lazy, selfish, mean, unfair, dishonest, arrogant, cruel, annoying, grumpy, careless, greedy,
        impatient, unfriendly, bossy, cold, stubborn, unreliable, boring, angry, jealous, nasty, horrible
        """
    ),
    _words("strict, loud, slow, proud, talkative, busy, sure of themselves, quick to judge"),
    _words(
        """
        she always listens, he helped us move, they keep their promises, she explained everything twice, he
        cheered me up, they welcomed us with open arms, she made everybody laugh, he came at once, I trust her
        completely, we get along so well, she saved my life, he never loses his patience, I am so proud of him,
        they treat everyone with respect
        """
    ),
    _words(
        """
        he told me a pack of lies, she never listens, they looked the other way, he broke his promise, she shouted
        at us, he never says sorry, they laughed at me, she left us waiting, he took all the credit, they talk
        behind my back, she looks down on everyone, he forgot my birthday again, I cannot stand him, they just
        shrugged, I feel let down, he made me cry
        """
    ),
    _words("meeting, knowing, hiring, working with, asking"),
    _words("met, known, worked with, had, hired"),
    _words("work with them again, ask them again, invite them again, trust them again, hire them again"),
)
DOMAINS = (PRODUCTS, MEALS, JOURNEYS, PEOPLE)

_DEGREES = _words("very, really, so, absolutely, truly, incredibly, quite, simply")
_OPENINGS = ("", "", "", "", "Honestly, ", "Well, ", "To be fair, ", "In the end, ", "For me, ", "I have to say, ")
_CONTRASTS = (
    "{a}, but {b}",
    "Although {a}, {b}",
    "{a}, yet {b}",
    "{a}. Still, {b}",
    "Even though {a}, {b}",
    "{a}; however, {b}",
)
_MIRRORED = ("{b}, although {a}", "{b} even though {a}", "{b}, despite that {a}")


class _Writer:
    """Sentences of one domain.

    Args:
        domain: its words.
        rng: draws them.
    """

    def __init__(self, domain: Domain, rng: Random) -> None:
        self.domain, self.rng = domain, rng

    def pick(self, words: Words) -> str:
        return self.rng.choice(words)

    def noun(self, words: Words, determiners: Words = ("the", "the", "this", "my", "our")) -> tuple[str, str]:
        """Return a noun with its determiner, and the verb "be" that fits."""
        word, determiner = self.pick(words), self.pick(determiners)
        plural = word.endswith("+")
        if plural:
            determiner = {"this": "these", "a": "some"}.get(determiner, determiner)
        return f"{determiner} {word.rstrip('+')}", self.pick(("are", "were", "are") if plural else ("is", "was", "is"))

    def adjective(self, *, good: bool) -> str:
        degree = f"{self.pick(_DEGREES)} " if self.rng.random() < 0.4 else ""
        return degree + self.pick(self.domain.good if good else self.domain.bad)

    def clause(self, *, good: bool) -> str:
        """Return a clause without a capital that praises or blames, plain or by negation."""
        d, rng = self.domain, self.rng
        (thing, be), (aspect, aspect_be) = self.noun(d.things), self.noun(d.aspects, ("the", "the", "its", "their"))
        word, other = self.adjective(good=good), self.pick(d.bad if good else d.good)
        use, again = self.pick(d.use), self.pick(d.again)
        one = self.pick([noun for noun in d.things if not noun.endswith("+")])
        plain = [
            f"{thing} {be} {word}",
            f"{aspect} {aspect_be} {word}",
            f"{aspect} {aspect_be} {word} and {thing} {be} {self.adjective(good=good)}",
            self.pick(d.praise if good else d.blame),
            self.pick(d.praise if good else d.blame),
        ]
        if good:
            opinions = [
                f"I {self.pick(('love', 'really like', 'adore', 'enjoyed', 'am very happy with'))} {thing}",
                f"this is the best {one} I have ever {self.pick(d.had)}",
                f"I am glad about {use} {thing}",
                f"I would {again} any time",
            ]
            negated = [
                f"{thing} {be} not {other} at all",
                f"{aspect} {aspect_be} never {other}",
                f"I have never {self.pick(d.had)} a better {one}",
                f"I can't imagine a better {one}",
                f"you won't regret {use} {thing}",
                f"I have no complaints about {thing}",
                f"there is nothing bad to say about {aspect}",
                f"there is nothing I would change about {thing}",
                f"I couldn't be happier with {thing}",
                f"I can't wait to {again}",
                f"I can't recommend {thing} enough",
                f"{thing} didn't disappoint us",
                f"we had no problems with {aspect}",
                f"nothing about {thing} {self.pick(('is', 'was'))} {other}",
                f"I couldn't stop {use}" if d is MEALS else f"I never get tired of {thing}",
            ]
        else:
            opinions = [
                f"I {self.pick(('hate', 'dislike', 'regret', 'am disappointed by', 'am fed up with'))} {thing}",
                f"this is the worst {one} I have ever {self.pick(d.had)}",
                f"I am sorry about {use} {thing}",
                f"{aspect} {aspect_be} {self.pick(('too', 'far too', 'much too', 'a bit too'))} {self.pick(d.excess)}",
            ]
            negated = [
                f"{thing} {be} not {other}",
                f"{aspect} {aspect_be} not {other} at all",
                f"{thing} {be} not even {other}",
                f"{thing} {be} not as {other} as they {self.pick(('say', 'promised', 'claim'))}",
                f"{aspect} {aspect_be} {self.pick(('hardly', 'anything but', 'far from', 'nowhere near'))} {other}",
                f"I don't recommend {thing} to anyone",
                f"I would never {again}",
                f"we won't {again}",
                f"nothing about {thing} {self.pick(('is', 'was'))} {other}",
                f"{thing} {be} not worth the {self.pick(('money', 'trouble', 'time', 'price'))}",
                f"I didn't {self.pick(('like', 'enjoy', 'trust'))} {thing} at all",
                f"I have never {self.pick(d.had)} a worse {one}",
                f"there was nothing {other} about {aspect}",
                f"I can't recommend {thing}",
                f"I can't stand {thing} any more",
            ]
        return self.pick(rng.choices((plain, opinions, negated), weights=(5, 2, 4))[0])

    def sentence(self, *, good: bool) -> str:
        """Return a sentence; of two clauses that disagree, the one that counts is in the main clause or after "but"."""
        kind, rng = self.rng.random(), self.rng
        if kind < 0.32:
            other, last = self.clause(good=not good), self.clause(good=good)
            text = rng.choice(_CONTRASTS if rng.random() < 0.8 else _MIRRORED).format(a=other, b=last)
        elif kind < 0.4:
            one = self.pick([noun for noun in self.domain.things if not noun.endswith("+")])
            word = self.pick(self.domain.good if good else self.domain.bad)
            text = rng.choice((f"what a {word} {one}", f"a {word} {one}", f"simply {word}", f"{word} {one}, as always"))
        elif kind < 0.55:
            text = f"{self.clause(good=good)} and {self.clause(good=good)}"
        else:
            text = self.clause(good=good)
        text = rng.choice(_OPENINGS) + text
        return text[0].upper() + text[1:] + rng.choice((".", ".", ".", "!", "" if rng.random() < 0.5 else "."))


def opinions(number: int, seed: int) -> list[tuple[str, str]]:
    """Return distinct sentences, half of them positive, each with its label."""
    rng = Random(seed)
    sentences: dict[str, str] = {}
    while len(sentences) < number:
        good = len(sentences) % 2 == 0
        text = _Writer(rng.choice(DOMAINS), rng).sentence(good=good)
        sentences.setdefault(text, "positive" if good else "negative")
    return list(sentences.items())
