"""Plots of faults: wish gone wrong, greed, stolen goods, false hero, promise, boast."""

# ruff: noqa: E501 - one variant a line
from __future__ import annotations

from grammars.common import lines
from grammars.tales.beings import TRADES
from grammars.tales.plot import Plot

PLOTS = (
    Plot(
        name="wish gone wrong",
        at_home=True,
        titles=("{h.name} makes a wish", "Too much {plenty}", "The wishing {t.noun}"),
        words={
            "plenty": (
                "porridge",
                "honey",
                "snow",
                "pumpkins",
                "geese",
                "soap",
                "pancakes",
                "kittens",
                "jam",
                "apples",
                "hats",
                "noodles",
                "roses",
                "frogs",
            )
        },
        wishes=(
            (
                "have more {plenty} than there are drops in the sea",
                "{h} had just enough {plenty}, one plateful, and wished for no more",
            ),
            (
                "have more {plenty} than {r}",
                "{h} had seen more {plenty} than anyone, and was <glad> to have [a little|hardly any]",
            ),
        ),
        trouble=lines("""
{time} {h} <found> {t} [in the mud|under {feature}] and [rubbed it clean|shook it]. {t>h}A [thin|sleepy] voice came out of it. @c>h whisper: It says you have three wishes, // [I heard it clearly|and one is already itching].@ {h} did not [think twice|wait for supper]. [More {plenty}|A whole lot of {plenty}], and at once there was <sound>.
{m} gave {h.o} {t} [for a kind word|for carrying a bucket]. {t>h}@m>h say: It grants [what you say|wishes], // [not what you mean|so mind your tongue].@ [Of that {h} heard only the half|{h} nodded and was gone], and [behind the house|in the kitchen] wished for {plenty}, [loudly|<number> times over].
"""),
        attempt=lines("""
First the {plenty} filled [the pot|the bed], then [the kitchen|the stairs], and then it [ran|rolled] out [under the door|of the windows]. {c} [climbed on the wardrobe|opened an umbrella]. @c>h cry: [Make it stop|Say something], // [anything|the other way round]!@ {h} [shook|shouted at] {t}, but that [only made more|was a second wish gone].
[For one day it was wonderful|At first they laughed and took all they could]. <crowd> [came with sacks|had their share]. On the second day [nobody wanted any|it lay in the road], and on the third [the {plenty} reached the church clock|{town} was up to its knees in {plenty}]. @k>h ask: [Did you do that|Is that yours], // [by any chance|and who will clear it up]?@
"""),
        turn=lines("""
{h} had one wish left and [thought <long>|sat on the roof]. It could be [a castle|<treasure>|wings]. [Down in the street|Below] <creature> [could not get home|called for its mother]. @h say: I wish that [all was as before|it was an ordinary Tuesday], // [with wet socks and all|only that].@ [There was <sound>|{t} grew cold], and the {plenty} was gone.
{m} [came rowing|came on stilts] through the {plenty}. @m>h ask: [Well|And], // [was it enough|how does it taste]?@ @h>m answer: [Too much is worse than none|I know now], // [please take it back|I wanted it because I did not have it].@ {m} [tapped|turned over] {t}, [laughed|said a word backwards], and [the {plenty} shrank|it ran away like bath water].
"""),
        ending=lines("""
{h} threw {t} [into the deepest well|over the mill dam], so that nobody else would wish by accident. {t>x}[They swept for <number> days|{c} found {plenty} in {c.p} ears for weeks]. And on the table stood [a small plate|one bowl] of {plenty}, [from {k.o}|shared by two], and it [tasted better than all the rest|was just right].
{h} gave {t} to {m}, who [needed it as a doorstop|buried it]. {t>m}@c>h ask: [What would you wish for now|No more wishes], // [if you still had one|not even a small one]?@ {h} [looked round the room|thought about it]. @h>c answer: [That it stays like this|For {h.treat}, but only a slice].@
"""),
    ),
    Plot(
        name="greed",
        at_home=True,
        rogues=("farmer", "landlord", "wolf", "merchant", "bear", "magpie"),
        titles=("{r.name} wants it all", "The field of {r.name}", "Half for you and half for me"),
        words={
            "crop": (
                "pears",
                "barley",
                "nuts",
                "cherries",
                "potatoes",
                "pumpkins",
                "plums",
                "beans",
                "grapes",
                "carrots",
                "onions",
                "melons",
                "turnips",
            )
        },
        wishes=(
            (
                "get an honest half of the {crop} from {r}",
                "the {crop} were shared, half and half, [to the last one|and fairly]",
            ),
            ("fill the cellar with {crop} before winter, and {k.p} cellar too", "both cellars were full of {crop}"),
        ),
        trouble=lines("""
{h} and {r.n} had [planted|tended] the {crop} together, [row by row|in sun and rain]. But when they were ripe, {r} [built a fence|came at night with a cart]. @r>h say: [I did the thinking|The land is mine], // [and thinking counts double|and so is all that grows on it].@ For {h.o} there was left [a handful|what had fallen on the ground].
@r>h say: You [take|may have] all that grows [below|above] the ground, // [and I take the rest|that is fair].@ {h} [agreed|shook on it] and [only later saw|saw too late] that it was the wrong end of the {crop}. {c} [counted the leaves|was <angry>]. @c>h grumble: [Next time we ask what is planted|Leaves for the winter], // [and no {crop}|and leaves for spring].@
"""),
        attempt=lines("""
{h} went to [the judge|the mayor], who was [asleep|{r.p} cousin]. [The judge said|It was decided] that [thieves should settle it|the one with the bigger cart was right]. {h} [bowed and laughed bitterly|left on tiptoe]. @h>c say: [Then we must think|Law is long and winter is near], // [and greedy eyes see badly|and {r.name} never counts the small things].@
{r} ate {crop} [in the morning, at noon and at night|until the buttons flew], and still [put a lock on the barn|gave none away]. [Sleep was gone|{r} could not sleep], for [every mouse sounded like a thief|somebody had to count]. {h} [saw the light burning|heard the counting] [night after night|across the field].
"""),
        turn=lines("""
{time} the barn, [stuffed|filled] to the roof with {crop}, [groaned|leaned] and [burst|broke in two], and the {crop} rolled [down the hill|into the river]. {r} [ran after them|sat in the middle] and [cried|held on to <number>]. {h} [did not laugh|fetched baskets]. With [<crowd>|half of {town}] they [gathered|saved] what could be saved. @r>h ask: [For me|Why do you help], // [after all that|when I gave you none]?@ @h>r answer: [It would be a pity about the {crop}|You would do the same, one day].@
{h} offered a bet: {r} should carry [as much as possible|all the {crop}] home in one go, and what fell down was for [the others|{town}]. {r} [piled|stacked] sack upon sack, [up to the nose|higher than the church], and [could not see the ditch|forgot the goat]. [There was <sound>|One step], and {r} lay [flat|upside down], and the {crop} [rolled|were] everywhere. <crowd> held open their aprons.
"""),
        ending=lines("""
{r} [ate|sat] that evening at {h.p} table, [for the first time in company|rather quiet], and [noticed|found] that [shared|halved] {crop} taste sweeter. [The fence was cut up for firewood|They wrote it down on paper: half and half].
[The next year|When spring came] they planted again. @r>h ask: Above or below, // [which half will you have|what do you say]?@ @h>r answer: [Every second row|The middle], // [and you take the rest|and all of it together].@ {r} [counted on {r.p} fingers|thought <long>] and [laughed|said that was fair].
"""),
    ),
    Plot(
        name="stolen goods",
        at_home=True,
        titles=("Who stole the {t.bare}", "The thief of {town}", "{h.name} catches a thief"),
        wishes=(
            (
                "find out who had stolen {t.the} of {town}",
                "it was known who had stolen {t}, and why, and that it was forgiven",
            ),
            (
                "clear {k}, whom everyone took for a thief since {t.the} had vanished",
                "nobody took {k} for a thief, and {t} [hung|stood] in its place",
            ),
        ),
        holders={"t": "r"},
        trouble=lines("""
{t} [had hung|had stood] [in the town hall|over the gate] for <number> years, and now there was only [a nail|a ring of dust]. [Somebody had seen {k} near it|{k} had the key], and so [the whispering began|the baker would sell {k.o} no bread]. @h>c say: It was not {k.name}, // [I would swear to it|who cannot even steal a cherry].@ @c>h answer: [Then who|We must find the real one], // [and I smell something|and soon].@
[The watchman|<crowd>] [beat a drum|came running]: {t} was gone! [Doors were locked|Neighbours counted their spoons]. Everyone [looked at|suspected] everyone, and most of all {k.o}, [who had been out late|who was poor]. {k} [sat down|said nothing], and {h} [could not bear it|took {c.o} aside].
"""),
        attempt=lines("""
They [looked at the place|searched] with [a lens|a candle]: [a crumb|a thread], [a muddy mark|<number> feathers], <sound> from the roof. {c} [sniffed|licked] at it. @c>h say: [Goose grease|Cellar mud], // [and not from here|and no more than a day old].@ The trail [led|went] past {feature} and [ended in the brook|up the wall].
{h} [dressed up as|pretended to be] a buyer and asked [in every inn|at the fair] for {t.noun}s. [They brought <number>|Many had one to sell], all [too big|false]. Only {r} [grew pale|dropped a cup] at the question and [paid in a hurry|left by the back door]. {h} [winked at {c.o}|wrote that down]. {h+clue}
"""),
        turn=lines("""
{time} they [lay in wait|sat] <where>. [Somebody came creeping|A shadow crossed the yard]: it was {r}, with {t} under one arm. @h cry: [Stop|Good evening]!@ {r} [jumped|sat down in the ditch]. @r>h say: [I only wanted to look at it|My little one is ill and loves it], // [and I meant to bring it back|and then I did not dare].@ {h} [saw that it was true|put down the stick] and [took {t}|held out a hand], and {r} gave it up. {t>h}
{h} had a plan and [told everyone|let it be known] that {t} [would turn green|screamed] in the house of a thief. That night {r} [came to look|listened], [took it out|dug it up], and [there stood {c.n}|up popped {h.n}]. @h>r ask: [So it was you|Does it scream]?@ {r} [wept|hung {r.p} head]. @r>h answer: I [took it because it was beautiful|have nothing of my own], // [and everything at home is grey|that shines like that].@ {t>h}
"""),
        ending=lines("""
{h} led {r.o} to {k.o}, and {r} [knelt down|said the hardest words there are]. {k} [was silent <long>|looked at both of them]. @k say: [It is heavy to be suspected|I know how it is to have nothing], // [but heavier to be sorry|so sit down and eat].@ {t} was hung up [a little lower|by the window], where [all can look at it|every child can reach it]. {t>x}
[<folk> came one by one|The baker was the first] to say sorry to {k.o}, with [bread|<sweet>] in both hands. {h} put {t} back on its nail. {t>x}[And {r}|{r}] [was made its keeper|polishes it], and has [never lost sight of it|been happy] since.
"""),
    ),
    Plot(
        name="false hero",
        titles=("The false hero", "{r.name} tells a story", "Who tamed the {terror}"),
        words={
            "terror": (
                "dragon",
                "bear of the north",
                "sea serpent",
                "wild boar",
                "ice giant",
                "great black bull",
                "mountain lion",
                "flood beast",
                "ghost of the mill",
                "one-eyed wolf",
            )
        },
        wishes=(
            (
                "make peace with the {terror}, so that {town} could sleep",
                "there was peace with the {terror}, and {town} slept",
            ),
            ("have the truth known about the {terror}", "the truth about the {terror} was known to everyone"),
        ),
        trouble=lines("""
The {terror} [came every night|had moved in above {town}], and [the sheep were nervous|nobody went out after dark]. [A reward was offered: {t}|Whoever tamed it should get {t}]. {r} [put on armour|sharpened a sword] and [rode out|marched off] [to loud music|with a big lunch], but only [as far as the inn|round the corner]. {h} [saw it|saw it from a <tree>] and [said nothing|went in {r.p} place].
@r boast: [Leave the {terror} to me|I eat such things for breakfast], // [good people|and I want {t} for it].@ [<crowd> cheered|They gave {r.o} the best horse]. {h} looked at {c.o}. [Both had heard the {terror} crying at night|They knew it better], for [it only seemed wild|it was hurt].
"""),
        attempt=lines("""
{h} [carried|rolled] [a barrel of apples|<number> loaves] to where the {terror} lived. [It roared|Smoke came out]. {c} [hid in the barrel|wanted to go home]. @h say: [I have no sword|I come with empty hands], // [only apples|and a full barrel].@ The {terror} [took one|sniffed], then [another|all of them], and [showed a paw|turned its head]: in it was [a thorn|an arrow] as long as a broom.
{h} [climbed|went up] with {c.n} [by moonlight|on the back path]. The {terror} lay [across the path|on its side] and [groaned|did not move]. @c>h whisper: It has [toothache|a splinter], // [look at the cheek|poor thing|I know that face].@ {h} [rolled up a sleeve|asked politely] and [reached in|took hold].
"""),
        turn=lines("""
With one pull [it was out|it was over]. The {terror} [sighed|licked {h.p} face] and [lay down like a cat|promised to leave the sheep alone]. {h+deed}But [behind a rock|from afar] {r} had [watched|seen it], and [ran|galloped] down to {town} first. @r boast: [It is done|I have tamed it] // [with my bare hands|after <number> hours of fighting]!@ And they gave {r.o} {t}. {t>r}
{h} [pulled|worked] and pulled, and [out came the thorn|there it was], and the {terror} [wept for joy|purred]. {h+deed}They [slept|sat] side by side until [morning|the moon was gone]. When {h} came home, {r} was already [on everyone's shoulders|giving a speech], with {t} [in one hand|round {r.p} neck]. {t>r}{c} [wanted to shout|bit its lip], but {h} [shook {h.p} head|only waited].
"""),
        ending=lines("""
(h knows deed) [In the middle of the feast|While {r} was still speaking] the {terror} [came through the gate|stood in the square]. {r} [dived under the table|climbed the flagpole], and {t} fell down. The {terror} [walked past everyone|sniffed at them all], picked up {t} and [laid it at {h.p} feet|hung it on {h.p} {h.hand}]. {t>h}[No one needed a speech|That was plain enough].
(h knows deed) @k>r ask: [Which paw was it|Where was the thorn], // [left or right|since you pulled it out]?@ {r} said [left|in the tail] and {h} said [right|in the gum]. [So they went and looked|<folk> went up to see], and [the {terror} showed it|there could be no doubt]. {r} [gave back|handed over] {t} to {h.o} and [was made to wash the dishes|blushed to the ears]. {t>h}
"""),
    ),
    Plot(
        name="promise",
        titles=("The promise", "{h.name} keeps a promise", "A word to {m.name}"),
        wishes=(
            (
                "keep the promise to {m}: to bring {t.the} [back|home] by [the first snow|midsummer|the fair]",
                "the promise was kept, and {t} was with {m.o}",
            ),
            (
                "keep {h.p} word to {k} and be home for [the birthday|the feast|the harvest]",
                "{h} had kept the promise and sat at {k.p} table",
            ),
        ),
        trouble=lines("""
@h>k say: I promise, // [as sure as the sun comes up|<vow>].@ It was [quickly said|said over <meal>]. [But the days ran|Then came work and weather], and [there was only a week left|the road was long], and {h} [had {t} in the bag|wrapped up {t} <carefully>]. {t>h}@c>h ask: [Would anyone mind if we came late|Is a day so important]?@ @h>c answer: [A promise is a bridge|I would mind], // [and somebody is already walking on it|and half a promise is a hole].@
{k} had [counted the days on the wall|put a mark in the calendar]. {h} knew it and set out with {t}, [earlier than needed|<number> days ahead]. {t>h}{r} [overtook them in a coach|stood by the road]. @r>h ask: [Why so serious|Where to], // [it is only a promise|people forget such things]?@ {h} [walked a little faster|did not answer].
"""),
        attempt=lines("""
[There was dancing in an inn|A fair was on], with [<sweet>|a puppet show] and music. @r>h say: [Stay one night|One dance], // [the promise will not run away|who counts the hours].@ {h} [looked in|tapped one foot], and [it smelled of {h.treat}|it was warm]. [One hour became two|It was hard to leave]. {c} [pulled at {h.p} sleeve|coughed], and {h} [woke as if from a dream|took the bag] and went out into the [rain|night].
{r} offered [<treasure>|a pony] for {t}. @r>h say: [Say that you lost it|Nobody will ever know], // [such things happen|things get lost on the road].@ @h>r answer: [I would know|{c.name} would know], // [and I must live with me|and that is one too many].@ [It was a fine pony, though|{h} turned round only once].
"""),
        turn=lines("""
{time} [the ferry had gone|the road was washed away]. {h} [stood at the water|looked at the sun] and [counted the hours|could have wept]. @c>h say: [You did what you could|Nobody could get over there], // [anyone would understand|we can explain it].@ {h} [shook {h.p} head|took off both boots]. [Along|Over] {feature} there was [a goat track|a rope], and [<slowly>|{h.hand} over {h.hand}] they [got across|went where no one goes].
[<number> hours from the end|Almost there], they <found> <creature> lying [in the road|with a broken leg]. [To stay meant to be late|There was no time]. {h} [looked at {t}|looked at the road]. @h>c say: [You run ahead and say that I am coming|We carry it], // [a promise must not step over anyone|then we are two promises strong].@ So they [carried it in a coat|took turns], and [a cart stopped for it|its family drove them the rest of the way].
"""),
        ending=lines("""
The clock [struck the last hour|was just striking], when {h} [fell in at the door|came round the corner], [muddy to the ears|without any breath]. {k} [had not locked the door|had kept the soup warm]. @k>h say: [I never doubted it|<number> people told me you would not come], // [and I set your place|and I bet a cake on you].@
{m} [stood|sat] at the gate [with a lantern|as if by chance], and {h} held out {t}. {t>m}@m>h say: [I have been promised much|Many promise], // [but seldom has it arrived|few bring it in their own {h.hand}s].@ [They went in together|{k} poured tea for all].
"""),
    ),
    Plot(
        name="boast",
        rogues=TRADES,
        titles=("{h.name} says too much", "The boast of {h.name}", "{h.name} and the {claim}"),
        words={
            "claim": (
                "bear with the white ear",
                "giant's beard",
                "top of the glass hill",
                "king's left shoe",
                "golden carp",
                "cloud on a string",
                "oldest owl",
                "bottom of the lake",
                "horse of the north wind",
                "nest of the eagle",
            )
        },
        wishes=(
            (
                "be [admired|taken seriously] in {town} for once, and so {h} boasted of the {claim}",
                "{h} was taken seriously in {town}, and not for the {claim}",
            ),
            ("make the boast about the {claim} come true", "the boast about the {claim} had come true, in a way"),
        ),
        trouble=lines("""
[It slipped out at supper|It happened at the well]. @h>r boast: The {claim}, // [I have had it in this very {h.hand}|I was there last {season}]!@ It went quiet. @r>h say: [Then show us|Bring us a proof], // [by Sunday|and if you cannot, you sweep the street for a year].@ {h} [turned hot and cold|swallowed]. {c} [looked up at the ceiling|dropped a spoon].
@h>c whisper: [I had to say something|They never listen], // [and then it was out|and the {claim} came into my head].@ @c>h answer: [You could tell the truth|Then go and get it], // [it only burns for a moment|or learn to sweep].@ [The truth seemed harder|{h} lay awake <long>], so [at cockcrow|with <food>] the two set out.
"""),
        attempt=lines("""
[They looked for a false one|{h} tried to make one] from [glue and wool|straw and paint]. {c} [walked round it|laughed until it hurt]. It looked like [a wet cat|a pudding], and [the wind took it|a goat ate it]. @h>c say: [That was the second lie|One lie wants another], // [and I am tired of feeding them|and they get hungrier].@
[They asked the way to the {claim}|Of the {claim} everyone had heard], [<number> people, <number> answers|but nobody had been there]. {h} [fell in a bog|tore {h.p} sleeve], [climbed the wrong hill|got lost <number> times], and [thought of the broom|felt <sad>]. {c} [never said a word about it|hummed <song>], and that was kind.
"""),
        turn=lines("""
{time} {h} [stopped|sat down] by {feature}. @h>c say: [I have had enough|I turn back], // [I will tell them that I made it up|and sweep].@ {h+truth}[It had hardly been said|As soon as it was out], when <creature> [spoke up|came nearer], [for it belonged to the {claim}|for it knew the {claim}], and [led them there|showed them, since they were honest]. [Nobody would believe it now|There was nothing to bring home, only to see].
On the way {h} met {k}, who [had looked for {h.o} everywhere|was worried]. @k>h ask: [Do you think we like you for the {claim}|Why, {h.name}]?@ @h>k answer: [I wanted to be big|I do not know], // [just once|for one evening].@ {k} [sat down beside {h.o}|shared an apple with {h.o}], and [told of a boast long ago|they watched the ants]. {h+truth}
"""),
        ending=lines("""
(h knows truth) On Sunday {h} [stood up|climbed on a barrel] [before everyone|in the square]. @h say: It was not true, // [and I am sorry|and I will sweep].@ One could hear [a pin drop|the pigeons]. Then {r} [coughed|took off {r.p} hat]. @r say: [My <number> dragons were not true either|I only have one medal, and I bought it].@ [And one after another they spoke up|Then <crowd> began to laugh].
(h knows truth) {h} took the broom and [swept|began], [from the church to the mill|with red ears]. On the second day {r} [came with a broom too|brought {h.treat}], for [an honest word is rare|it looked lonely]. On the third day [half of {town} was sweeping|it was a race], and the street has never been so clean.
"""),
    ),
)
