"""Where tales happen and the things in them: towns, places with what lies there, things with their adjectives."""

# ruff: noqa: E501 - one list a line
from __future__ import annotations

from grammars.common import words

STAND_IN = "Oakhaven"
"""Name that stands for that of all towns."""
TOWN_STARTS = words(
    "Apple Moss Honey Candle Nettle Pebble Fox Barley Clover Thistle Maple Feather Bramble Otter Silver Copper Winter Summer Hazel "
    "Ash Birch Blue Crow Elder Fern Gold Green Hare Holly Iron Juniper Kite Lark Lily Long Merry Mill North Oak Old Owl Pear "
    "Pine Pond Reed Rose Sand Salt Stone Star Storm Sun Thorn Tinder Wheat White Wild Wolf Wren "
    "Heather Plum Berry Raven Swan Willow Kettle Lantern Button Goose Hedge Marsh Pepper Rabbit Saddle Thimble Walnut Amber Badger"
)
TOWN_ENDS = words(
    "ford bridge well field wick ton mill brook gate hill stead moor dale bury port water haven ham cross combe ridge leigh"
)

PLACES: dict[str, tuple[str, str]] = {
    "mill": ("at", "wheel|flour sack|millpond|stone step|sluice|wooden door|weathercock|heap of husks"),
    "forest": ("in", "fallen trunk|fern|mushroom ring|hollow oak|anthill|root|blackberry bush|path"),
    "harbour": ("at", "anchor|pile of nets|old boat|rope|lamp post|crab pot|harbour wall|barrel of herrings"),
    "castle": ("in", "drawbridge|tower|empty throne|long table|suit of armour|spiral stair|moat|iron gate"),
    "cave": ("in", "dripping rock|pool|narrow crack|bed of dry leaves|cold wall|pile of bones and buttons|boulder"),
    "market": ("at", "cheese stall|fountain|heap of pumpkins|awning|pickle barrel|cart|scales|row of bells"),
    "island": ("on", "sandy beach|palm|driftwood|lagoon|shell heap|lookout rock|hut"),
    "swamp": ("in", "reed bed|plank|duckweed|lily pad|stump|toad hole|rotten log"),
    "inn": ("at", "fireplace|creaking sign|kitchen door|stable|table by the window|soup pot|stairs"),
    "orchard": ("in", "ladder|beehive|oldest tree|basket of pears|stone wall|scarecrow|wheelbarrow"),
    "lighthouse": ("at", "lamp|winding stair|cliff|foghorn|window|coil of rope|railing"),
    "tower": ("at", "rusty hinge|ivy|tall window|hundred steps|roof|bell rope|owl's nest"),
    "meadow": ("in", "haystack|molehill|brook|fence post|patch of clover|scarecrow|gate"),
    "bridge": ("on", "railing|stone arch|lamp post|toll box|loose plank|carved lion|milestone"),
    "mountain pass": ("on", "snowdrift|stone pile|goat track|signpost|icy ledge|little shrine|crooked pine"),
    "library": ("in", "highest shelf|ladder|globe|dusty book|reading lamp|map|armchair"),
    "workshop": ("in", "bench|box of nails|saw|stove|glue pot|half-made cradle|wood shavings"),
    "quarry": ("in", "crane|heap of rubble|deep pit|cart|white wall|hammer|puddle"),
    "garden": ("in", "sundial|rose arch|watering can|pond|greenhouse|stone bench|cabbage row"),
    "fairground": ("at", "carousel|striped tent|candy stall|puppet stage|swing boat|drum|ticket booth"),
    "graveyard of ships": ("in", "broken mast|rusty chain|figurehead|torn sail|tide pool|hull|captain's chair"),
    "barn": ("in", "hayloft|milk pail|cobweb|wagon|rafters|horse blanket|sack of oats"),
    "palace": ("in", "marble floor|mirror|velvet curtain|balcony|golden clock|banquet table|feather fan"),
    "valley": ("in", "stream|stepping stones|sheepfold|lime kiln|hawthorn|footbridge|spring"),
    "lake": ("at", "jetty|rowing boat|reeds|flat stone|boathouse|swan's nest|shore"),
    "attic": ("in", "trunk|dusty window|rocking horse|birdcage|hatbox|beam|broken lamp"),
    "railway station": ("at", "clock|platform|waiting room|luggage cart|signal lamp|ticket window|bench"),
    "bakery": ("in", "oven|flour bin|kneading table|tray of buns|shop window|rolling pin|counter"),
    "hilltop": ("on", "windmill|flat rock|lone thorn|kite string|ring of stones|beacon|bench"),
    "cellar": ("in", "apple rack|wine barrel|cobweb|trapdoor|mousehole|potato heap|candle stub"),
}
"""Preposition of each place, and what lies there."""

PLACE_LOOKS = words(
    "quiet windy old forgotten lonely crooked sunny gloomy mossy busy hidden shabby green silent famous far-off haunted cheerful steep misty"
)

THINGS: dict[str, str] = {
    "key": "brass iron silver rusty copper golden",
    "bell": "brass silver copper cracked bronze golden",
    "lantern": "tin brass green red paper iron",
    "flute": "wooden silver bone reed tin ivory",
    "ring": "silver copper golden ruby amber pearl",
    "spoon": "silver wooden pewter horn copper golden",
    "cup": "blue tin silver clay golden wooden",
    "book": "leather red green velvet dusty blue",
    "clock": "brass wooden painted golden silver iron",
    "kettle": "copper iron tin dented black blue",
    "compass": "brass silver ivory copper wooden golden",
    "mirror": "silver oval cracked golden ebony copper",
    "drum": "red painted leather tin striped blue",
    "fiddle": "red walnut cherrywood painted black maple",
    "whistle": "tin silver willow bone clay brass",
    "button": "pearl silver horn golden glass amber",
    "comb": "ivory horn silver amber wooden golden",
    "box": "tin walnut painted silver leather cedar",
    "seed": "golden striped black purple spotted silver",
    "feather": "blue golden white spotted red silver",
    "needle": "silver golden bone steel copper crooked",
    "cloak": "grey woollen red velvet green patched",
    "hat": "felt straw velvet green pointed feathered",
    "map": "paper torn leather painted silk yellowed",
    "pot": "clay iron copper blue dented black",
    "lamp": "glass brass green clay copper blue",
    "stone": "white striped green round black blue",
    "coin": "copper silver golden bent dented crooked",
    "mitten": "red woollen striped blue green patched",
    "ball": "glass leather striped red golden wooden",
    "basket": "willow reed straw painted blue wicker",
    "umbrella": "black striped yellow patched silk green",
    "scarf": "woollen striped silk red knitted yellow",
    "horseshoe": "iron rusty silver bent golden copper",
    "music box": "painted silver walnut tin ivory red",
    "broom": "birch crooked willow striped straw heather",
    "hammer": "iron silver wooden copper stone bronze",
    "shell": "pink spiral white speckled striped blue",
    "marble": "glass green cloudy striped blue golden",
    "teapot": "blue cracked tin painted silver flowered",
}
SIZES = words(
    "small little tiny old heavy round plain pretty worn curious fine battered shiny strange dear ancient slender"
)
