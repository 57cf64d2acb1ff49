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
sat down|took a seat
at once|right away|straight away|there and then
again|once more
began|started
looked at|gazed at|stared at|studied|eyed
looked for|searched for|hunted for
looked around|glanced around|gazed about
and then|then|and after that|and soon
took out|pulled out|brought out|fished out
picked up|gathered up|collected
sat down|settled down|took a seat
came back|returned|turned up again
fell asleep|dozed off|nodded off|dropped off to sleep
ran after|chased|hurried after|dashed after
laughed|chuckled|giggled
smiled|grinned|beamed
wept|sobbed|cried
shouted|yelled|bawled
the next day|the following day|the day after
at last|finally|at long last|in the end
almost|nearly|all but
only|just
big|large|great|mighty
small|little|tiny|wee
children|little ones|youngsters
road|lane|track
jumped|leapt|sprang
climbed|clambered|scrambled
pulled|tugged|hauled
pushed|shoved
threw|tossed|flung
knocked|rapped|tapped
carried|lugged
held out|offered|stretched out
noticed|spotted|saw
remembered|recalled|thought back to
wanted to|longed to|hoped to
trembled|shivered|quivered
frightened|scared|alarmed
hungry|starving|famished
lonely|lonesome|all alone
beautiful|lovely|pretty
strange|odd|peculiar|curious
quiet|silent|hushed
not far away|not far off|close by
not far from|close to
beside|next to|alongside|close by
near|close to|not far from
under|beneath|underneath|below
around|round
as soon as|the moment|the minute|the instant
until|till
of course|naturally
perhaps|maybe
every|each
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
pale|white
the others|the rest
far away|a long way off|in the distance
soon|before long|shortly
softly|quietly|gently
happened|took place|came about
out of breath|panting|breathless
turned red|blushed|went red|flushed
turned round|turned around|spun round|wheeled about
shook their heads|had their doubts|were not so sure
found out|learned|discovered
from then on|ever after|after that|from that time on
but not|though not|yet not
, but|, yet|, though
they came to|they reached|they got to|they arrived at
went on|carried on|kept going
came running|came hurrying|came flying|rushed up
waited|hung about|stayed
stopped|came to a halt
crept|tiptoed|stole|slipped
a good deal|much
without a word|in silence|saying nothing
people|folk|townsfolk
angry|cross|furious
met|came across|ran into
cottage|cabin|little house
friend|companion|playmate
gave up|handed over|let go of
on the way|along the way|as they went
all night|the whole night|all night long
a long time|ages|quite some time
hurried|rushed|hastened|sped
to rest|for a rest|to catch some breath
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
house: whole little old crooked quiet
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
bread: fresh warm dark crusty
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
clock: old slow church wooden
""")
)
VERBS = words("ran took turned fetched lit wiped dropped followed counted waved handed opened bent brought sat")
ADVERBS = words("soon then quickly slowly quietly calmly now silently patiently")

GROUPS += tuple(
    (f"the {noun}", f"the {noun}", *(f"the {look} {noun}" for look in looks.split())) for noun, looks in NOUNS
)
GROUPS += tuple((verb, *(verb,) * 20, *(f"{adverb} {verb}" for adverb in ADVERBS)) for verb in VERBS)

ALTERNATIVES = {group[0]: group for group in GROUPS}
"""The group of each word that may be replaced: the first of its group; the others may mean something else elsewhere."""
