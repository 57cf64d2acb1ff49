"""Words that may replace each other anywhere in a tale, so that an event seldom has the same words twice."""

from __future__ import annotations

from grammars.common import lines, words

GROUPS = tuple(
    tuple(group.split("|"))
    for group in lines("""
nobody|no one
everyone|everybody
somebody|someone
anybody|anyone
all at once|suddenly|out of nowhere
at once|right away|straight away|there and then
began|started
looked at|gazed at|stared at|studied|eyed
looked for|searched for|hunted for
looked around|glanced around|gazed about
took out|pulled out|brought out|fished out
picked up|gathered up|collected
sat down|settled down|took a seat
came back|returned
fell asleep|dozed off|nodded off|dropped off to sleep
ran after|chased|hurried after|dashed after
laughed|chuckled|giggled
smiled|grinned|beamed
wept|sobbed|cried
shouted|yelled|bawled
the next day|the following day|the day after
at last|finally|at long last
almost|nearly|all but
big|large|great
small|little|tiny
children|little ones|youngsters
road|lane|track
jumped|leapt|sprang
climbed|clambered|scrambled
pushed|shoved
threw|tossed
noticed|spotted
trembled|shivered|quivered
frightened|scared
hungry|starving|famished
lonely|lonesome|all alone
beautiful|lovely|pretty
strange|odd|peculiar|curious
quiet|silent|hushed
not far away|not far off|close by
not far from|close to
beside|next to|alongside|close by
under|beneath
as soon as|the moment|the minute|the instant
until|till
of course|naturally
perhaps|maybe
said nothing|kept silent|did not speak
did not|didn't
was not|wasn't
had not|hadn't
could not|couldn't
would not|wouldn't
supper|dinner|the evening meal
boots|shoes
coat|jacket
rope|cord
bag|satchel|bundle
hill|slope|hillside
softly|quietly|gently
happened|took place|came about
out of breath|panting|breathless
turned red|blushed|went red|flushed
turned round|turned around|spun round|wheeled about
shook their heads|had their doubts|were not so sure
found out|learned|discovered
from then on|from that time on|from that day on
but not|though not|yet not
, but|, yet
they came to|they reached|they got to|they arrived at
came running|came hurrying|came flying|rushed up
crept|tiptoed|stole|slipped
a good deal|much
without a word|in silence|saying nothing
people|folk
angry|cross
cottage|cabin|little house
friend|companion|playmate
gave up|handed over|let go of
all night|the whole night|all night long
a long time|ages|quite some time
hurried|rushed|hastened|sped
to rest|for a rest
for a while|for a bit|for a little while
the whole day|all day|all day long
the whole time|all the time
in the evening|when evening came|at the end of the day
the next morning|the following morning
went home|walked home|made for home
no money|not a penny|not one coin
laughed at|made fun of
a lot|a good deal
asked for|begged for
spoke|talked
as if|as though
whoever|anyone who
only one|just one|a single
an old woman|a very old woman|a white-haired woman
an old man|a very old man|a bearded man
the last|the very last
at the end|right at the end
by the stove|beside the stove|close to the stove
more and more|ever more
held up|lifted|raised
too much|far too much
nobody else|no one else
the first time|the very first time
must not|may not|should not
easy|simple
cried out|screamed|shrieked
went away|left
told them|let them know
put down|laid down|set down
brave|bold
clever|bright
rich|wealthy
sick|ill
a hundred|more than a hundred|nearly a hundred
made up|thought up|invented
""")
)
NOUNS = tuple(
    line.split(": ")
    for line in lines("""
door: old blue heavy creaking narrow wooden green low
table: long round wooden scrubbed old kitchen wobbly
window: open little dusty round narrow kitchen cracked
gate: old garden wooden broken white creaking iron
stove: warm tiled black old iron hot
kitchen: warm little dark crowded old bright
road: long dusty muddy white winding stony empty
river: wide brown cold quick grey deep rushing
wall: old high mossy long stone crumbling
moon: full round pale yellow thin new
sun: low warm red bright pale hot
wind: cold wild sharp salty warm north west
rain: cold warm grey endless fine heavy
square: market crowded sunny empty little
well: old deep mossy dark village
house: little old crooked quiet
barn: big tall red leaning dusty
roof: steep leaking red low straw
hens: brown silly sleepy fat speckled
geese: grey cross noisy white fat
street: long whole narrow empty steep
church: old little white stone
grass: wet long cool soft dry
water: cold dark black still clear
mud: deep brown sticky soft cold
fire: small warm crackling bright dying
bread: fresh warm
doctor: old tired busy young
mayor: fat old worried sleepy
baker: good fat floury old cheerful
cart: old creaking green hay rattling
wood: dry dark wet old
floor: cold stone bare swept kitchen
pond: green round duck deep village
fields: wide green yellow misty empty
path: narrow stony steep winding mossy
bridge: arched stone narrow wooden shaky
stars: bright cold first silent
pillow: soft white feather thin
lantern: swinging little smoky bright
bench: stone wooden old wobbly
clock: old slow church
soup: hot thin thick good steaming warm
step: stone cold bottom top
steps: stone cold worn broken
snow: deep white fresh cold
mirror: old tall dusty little
blanket: warm woollen thin old patched
bed: soft warm narrow creaking little
kettle: old big singing
market: busy noisy little crowded
fence: old wooden garden crooked low
garden: wild little front quiet green
shop: little busy dusty corner
cellar: dark cold old damp
ceiling: low wooden smoky
judge: old fat sleepy stern
council: whole wise old
neighbours: good kind curious
smith: strong old kind
teacher: old strict kind young
ship: big proud old tall
hills: blue green far high misty
mountains: high white blue far
flags: red bright gay little
tent: striped big little
stones: heavy grey big flat cold
board: old loose last
boards: rough new heavy
ladder: old long shaky
bucket: leaking wooden old
needle: thin long shiny
tree: old tall bare
forest: dark deep green silent
sky: dark wide blue grey night
light: bright warm little yellow
lamp: little old oil
voice: deep thin small sleepy
children: small noisy barefoot
people: good old poor
woman: old friendly round
man: old thin friendly
letter: old crumpled thin
song: old slow sweet
story: long true strange
book: thick old
basket: heavy big full
sack: heavy old big
plate: clean little big
spoon: big little
cake: whole good big
money: whole good
fair: great spring yearly
feast: great big merry
baby: fat little laughing
nose: cold red little
""")
)
VERBS = words("ran took turned fetched lit wiped dropped followed counted waved handed opened bent brought sat")
ADVERBS = words("soon quickly slowly quietly calmly silently patiently carefully")

GROUPS += tuple(
    (f"the {noun}", f"the {noun}", *(f"the {look} {noun}" for look in looks.split())) for noun, looks in NOUNS
)
GROUPS += tuple((verb, *(verb,) * 20, *(f"{adverb} {verb}" for adverb in ADVERBS)) for verb in VERBS)

ALTERNATIVES = {group[0]: group for group in GROUPS}
"""The group of each word that may be replaced: the first of its group; the others may mean something else elsewhere."""
