"""Who may be in a tale: names, kinds, trades, traits, fears, treats."""

# ruff: noqa: E501 - one list a line
from __future__ import annotations

from random import Random

from grammars.common import words

GIRLS = words(
    "Ada Agnes Alma Amber Anna Anja Astrid Bella Berta Bess Bianca Carla Celia Clara Cora Daisy Dana Delia Dora Edith "
    "Effie Elin Ella Elsa Emma Erika Esther Etta Eva Fanny Flora Freda Gerda Gina Gisela Greta Gwen Hanna Hattie Hazel "
    "Hedda Helga Hilda Ida Ilse Ines Inga Irma Ivy Jana Jenny Josie Judith Julia Kaja Karin Katya Kira Lena Lily Lina "
    "Lotta Lucy Lydia Mabel Maggie Maja Mara Marta Matilda Meg Mina Mira Molly Nadia Nancy Nell Nina Nora Olga Olive "
    "Paula Peggy Petra Polly Rita Rosa Ruth Sadie Sally Sara Selma Signe Sofia Stella Sunna Sybil Tamar Tanya Tess Tilda "
    "Alice Amina Anita Aisha Carmen Chloe Diana Elena Eve Fatima Grace Iris Jane Joy Kate Leila Maria Mary Mei Mia Naomi Priya "
    "Rachel Sana Sarah Sophie Susan Tara Yuki Zoe Tina Ursula Vera Vilma Wanda Wilma Winnie Yara Yvonne Zelda Zita"
)
BOYS = words(
    "Abel Adam Albin Alfred Anders Anton Arlo Arthur Axel Barney Basil Ben Bernard Boris Bram Bruno Caspar Cedric Cyril "
    "Daniel David Dirk Edgar Edmund Edwin Egon Eli Emil Enoch Eric Ernest Felix Ferdinand Finn Florian Frank Fred Fritz "
    "George Gilbert Gregor Gus Gustav Hal Hannes Harald Harry Hector Henry Herbert Hugo Humphrey Igor Ivan Jacob Jasper Joel "
    "Jonas Jonathan Joseph Julius Karl Kaspar Klaus Knut Konrad Kurt Lars Leo Leon Leonard Linus Lorenz Lothar Ludo "
    "Luke Magnus Martin Matthew Max Milo Morris Ned Nicholas Niels Noah Olaf Oliver Oscar Otto Owen Paul Peter Philip Piet "
    "Ralph Rasmus Robert Robin Rolf Roman Rufus Rupert Samson Samuel Sebastian Sigurd Simon Stefan Sven Theo Thomas "
    "Ali Andrew Bob Charlie Chen Diego Hassan Jack James Jim Joe John Juan Kai Kenji Kofi Lee Mark Mateo Michael Mo "
    "Nico Omar Pablo Pedro Ravi Sam Sami Steve Ted Tim Will Yusuf Timothy Tobias Tom Ulrich Valentin Victor Viggo Walter Wendel Wilbur William Yuri Zacharias"
)
ANIMAL_NAMES = words(
    "Acorn Apple Barley Beanie Berry Biscuit Bluebell Bracken Bramble Brindle Bristle Bubble Bumble Burdock Buttercup Button "
    "Cabbage Candle Caraway Cherry Chestnut Chicory Chip Cinder Clover Cobble Copper Crumb Dandelion Dapple Dumpling Dusty "
    "Feather Fennel Fidget Flint Flurry Freckle Furrow Ginger Gooseberry Gravel Hazelnut Honey Humbug Ivory Jingle Juniper "
    "Kettle Lavender Lentil Licorice Marigold Marmalade Midge Mitten Moonbeam Mossy Muddle Muffin Mustard Nettle Noodle Nutmeg "
    "Oatmeal Onion Paddle Parsley Patch Peanut Pebble Pepper Periwinkle Pickle Pigeonpea Pipkin Plum Poppy Primrose Puddle "
    "Pumpkin Quill Radish Ripple Rosehip Russet Rusty Sage Scamper Shadow Smoke Snowdrop Sorrel Speckle Spindle Sprout Stubble "
    "Tangle Thimble Thistle Thyme Toffee Truffle Tumble Turnip Twig Velvet Waffle Walnut Whisker Whistle Willow Woolly"
)

STAND_INS = {
    "she": {"h": "Ada", "c": "Bella", "k": "Clara", "m": "Greta", "r": "Hedda"},
    "he": {"h": "Otto", "c": "Finn", "k": "Jasper", "m": "Tobias", "r": "Boris"},
}
"""Gender and role -> the name that stands for all names (delexicalization: Henderson et al. 2014, Wen et al. 2015)."""

KIN = {
    "she": words("grandmother aunt godmother cousin mother sister"),
    "he": words("grandfather uncle godfather cousin father brother"),
}
TITLES = frozenset(words("grandmother grandfather aunt uncle cousin"))
CHILDREN = {"she": "girl", "he": "boy"}
WONDERS = {
    "she": words("princess fairy mermaid dragon queen witch knight"),
    "he": words("prince elf dragon king knight giant dwarf"),
}
"""Heroes of whom only tales tell."""
TRADES = words(
    "baker cobbler tailor potter weaver carter fiddler gardener shepherd painter carpenter clockmaker beekeeper ropemaker hatter cook"
)
"""Trades of heroes and rivals."""
ELDERS = {
    "she": words("grandmother widow basketmaker spinner herbalist seamstress innkeeper washerwoman storyteller"),
    "he": words("ferryman hermit woodcutter charcoalmaker miller lighthousekeeper grandfather tinker pedlar"),
}
"""Those whom one meets on the way and who know more."""
BEASTS = words(
    "hedgehog mouse fox badger otter hare squirrel goose owl frog mole goat donkey crow duck rabbit beaver heron tortoise "
    "robin piglet wren lamb jackdaw hamster toad calf pony cat dog raven magpie dormouse stork swan weasel snail ram bear lion elephant monkey penguin turtle kitten puppy pig bee deer parrot whale"
)
WINGED = frozenset(words("goose owl crow duck heron robin wren jackdaw raven magpie stork swan penguin bee parrot"))
ROGUES = words(
    "merchant baron wolf trader giant troll wizard captain duke bailiff landlord goblin gambler conjurer moneylender"
)
"""Those who bar the way until they think better of it."""

LOOKS = {
    "child": words(
        "little little small poor brave kind funny freckled curly cheerful quiet barefoot clever thin stubborn lively dreamy shy bright merry tall"
    ),
    "wonder": words(
        "young small shy brave kind curious lonely cheerful clever gentle forgetful little merry old proud dreamy"
    ),
    "trade": words(
        "young earnest busy patient cheerful quiet clumsy hopeful thin round sleepy hardworking modest lanky"
    ),
    "elder": words("old wrinkled kind toothless white-haired stooped wise bent gentle sharp-eyed mumbling merry"),
    "beast": words(
        "young small plump shaggy clever nimble sleepy curious speckled grey brown lame thin fluffy polite hungry bold"
    ),
    "rogue": words("greedy sly rich proud loud sharp-nosed bad-tempered crafty pompous boastful cold-eyed grumpy vain"),
}

TRAITS = (
    "never hurried", "never told a lie", "could whistle like any bird", "laughed at the wrong moment", "counted everything twice",
    "always lost one glove", "sang while working", "could not bear a closed door", "never forgot a face", "talked to the moon",
    "was always hungry", "asked a hundred questions a day", "could sleep anywhere", "gave names to the clouds", "hated cold porridge",
    "could not swim", "slept with one eye open", "blushed at every word", "kept every promise", "was late for everything",
    "collected round stones", "was afraid of nothing but geese", "sneezed in the sun", "made up rhymes", "always said thank you",
    "forgot the days of the week", "knew every path for miles around", "walked in circles when thinking", "loved the smell of rain",
    "could mend almost anything", "never finished a song", "wore two hats in winter", "was the smallest of the family",
    "could hear a leaf fall", "had never seen the sea", "remembered every story", "could not keep a secret", "hummed day and night",
    "was shy of strangers", "had big feet and a big heart", "could not say no", "listened better than anyone", "loved a good argument",
)  # fmt: skip
WORKS = (
    "mended clocks", "baked bread before dawn", "carried letters over the hill", "looked after the geese", "grew beans and roses",
    "swept the market square", "made baskets out of willow", "fetched water for the old people", "painted signs", "sold buttons and thread",
    "kept the lamps burning", "gathered mushrooms", "rang the bell at noon", "tied brooms", "caught fish for supper", "carved spoons",
    "turned the mill wheel", "picked apples", "sewed shirts", "kept bees", "watched the sheep", "told the time by the shadows",
    "patched umbrellas", "cooked soup for travellers", "sharpened knives", "knitted socks", "carried stones for the wall", "boiled jam",
    "folded paper boats", "tended a small garden", "cut the hedges", "read the letters of those who could not read", "polished doorknobs",
    "fed the hens", "swept chimneys", "stacked firewood", "mended nets", "ground the corn", "made candles", "drove the goats uphill",
)  # fmt: skip
FEARS = (
    "the dark", "thunder", "deep water", "high places", "geese", "strangers", "spiders", "the cellar", "big dogs", "empty houses",
    "loud voices", "getting lost", "bridges", "owls", "the forest at night", "being laughed at",
)  # fmt: skip
TREATS = (
    "plum cake", "apple pie", "honey", "roasted nuts", "cherry jam", "warm milk", "cheese", "pancakes", "pears", "carrots",
    "pea soup", "raisins", "ginger biscuits", "blackberries", "fresh bread", "dumplings", "pumpkin pie", "strawberries",
)  # fmt: skip

_STARTS = words("b br c d dr f fl g gr h j k kr l m n p pl r s t tr v w z b d g k l m n r t v z")
_VOWELS = words("a e i o u a e i o a e o")
_JOINTS = words("b d f g k l m n p r s t v z b d l m n r t v ll nd nn rr mb lt nk rl rn st")
_ENDS = {
    "she": words("a a a ia ina elle i ie ora y is"),
    "he": words("o o us ik on ek in o um ax or el og"),
}


def invented_name(pronoun: str, rng: Random) -> str:
    """Return a name that nobody has: of two or three syllables, with an ending that fits `she` or `he`."""
    middle = rng.choice(_VOWELS) + rng.choice("bdgklmnrtv") if rng.random() < 0.3 else ""
    name = rng.choice(_STARTS) + middle + rng.choice(_VOWELS) + rng.choice(_JOINTS) + rng.choice(_ENDS[pronoun])
    return name.capitalize()
