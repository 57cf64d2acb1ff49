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
        titles=("{h.name} makes a wish", "A house full of {plenty}", "The wishing {t.noun}"),
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
In the [attic|cellar] {h} came upon {t}, [wrapped in newspaper|under a loose board]. {t>h}A note was tied to it: [three wishes, no exchange|one rub, one wish, three in all]. @c>h say: [Leave it alone|Let us sleep on it], // [it smells of trouble|such things have a catch].@ But {h} had [already rubbed it|long made up {h.p} mind]. @h cry: {plenty}, // [as much as there is|more than I can eat]!@
{h} helped {m}, who [had fallen into a ditch|could not lift a sack], and {m} [had no money|felt in every pocket] and gave {h.o} {t}. {t>h}@m>h say: It grants three wishes, // [and the last is the most important|so keep one for a rainy day].@ {h} [laughed and did not believe it|wanted to try it at once]. @h ask: Then may I have {plenty}, // [if you please|please]?@ [Nothing happened for a breath|There was <sound>], and then it came.
"""),
        attempt=lines("""
First the {plenty} filled [the pot|the bed], then [the kitchen|the stairs], and then it [ran|rolled] out [under the door|of the windows]. {c} [climbed on the wardrobe|opened an umbrella]. @c>h cry: [Make it stop|Say something], // [anything|the other way round]!@ {h} [shook|shouted at] {t}, but that [only made more|was a second wish gone].
[For one day it was wonderful|At first they laughed and took all they could]. <crowd> [came with sacks|had their share]. On the second day [nobody wanted any|it lay in the road], and on the third [the {plenty} reached the church clock|{town} was up to its knees in {plenty}]. @k>h ask: [Did you do that|Is that yours], // [by any chance|and who will clear it up]?@
[They ate|They used it], they [gave it away|carried it out], they [filled barrels|shovelled], and there was always more {plenty}. [By evening the windows were dark with it|At night the beds began to float]. @k>h ask: [Where does that come from|What have you done], // [child|tell me the truth]?@ {h} [whispered|told it]. @k>h say: [Then wish it away|Oh dear], // [but think before you speak|and quickly, before the walls give way].@
All {town} [was proud of it|rejoiced] at first. They called {h.o} the [friend|master|hero] of {plenty}. But [the carts stood still|the school had to close], and [<crowd> had eaten too much|nobody would pay for {plenty} any more]. {r} [shook a fist|stood under the window]. @r>h cry: [You have ruined me|Do something], // [take it away|this very day]!@ {h} wished that it were [less|gone], in a hurry, and [it turned blue|it only grew legs].
"""),
        turn=lines("""
{h} had one wish left and [thought <long>|sat on the roof]. It could be [a castle|<treasure>|wings]. [Down in the street|Below] <creature> [could not get home|called for its mother]. @h say: I wish that [all was as before|it was an ordinary Tuesday], // [with wet socks and all|only that].@ [There was <sound>|{t} grew cold], and the {plenty} was gone.
{m} [came rowing|came on stilts] through the {plenty}. @m>h ask: [Well|And], // [was it enough|how does it taste]?@ @h>m answer: [Too much is worse than none|I know now], // [please take it back|I wanted it because I did not have it].@ {m} [tapped|turned over] {t}, [laughed|said a word backwards], and [the {plenty} shrank|it ran away like bath water].
Only one wish was left. Everyone [shouted|came running] and had [a better idea|a plan]: {r} wanted [<treasure>|a palace], {c} wanted [{c.treat}|to fly]. {h} [put both hands over both ears|went out into the yard] and looked at {town}, [so deep in {plenty}|which could hardly be seen]. @h say: I wish [it were all as on Monday|that I had never wished], // [with nothing extra|and that is all].@ And {t} [cracked|was only an old {t.noun} again].
{h} ran to {m} [through all the {plenty}|on stilts]. @h>m beg: [Help me|Please], // [there is one wish left and I do not dare|I do not know how to say it].@ @m>h answer: [Say what you had before|Then do not wish for something], // [and ask for that|wish for enough].@ So {h} wished for enough, [just that one word|no more and no less], and [the {plenty} melted away|in an hour the road was clear].
"""),
        ending=lines("""
{h} threw {t} [into the deepest well|over the mill dam], so that nobody else would wish by accident. {t>x}[They swept for <number> days|{c} found {plenty} in {c.p} ears for weeks]. And on the table stood [a small plate|one bowl] of {plenty}, [from {k.o}|shared by two], and it [tasted better than all the rest|was just right].
{h} gave {t} to {m}, who [needed it as a doorstop|buried it]. {t>m}@c>h ask: [What would you wish for now|No more wishes], // [if you still had one|not even a small one]?@ {h} [looked round the room|thought about it]. @h>c answer: [That it stays like this|For {h.treat}, but only a slice].@
[The next day was an ordinary day|On Monday everything was as always]. {h} [swept|washed up] and whistled. @c>h ask: [Are you sorry|Was it a pity], // [about the castle|all those wishes]?@ @h>c answer: [I have what I need|No], // [a spoon, a friend and an appetite|and tomorrow there is {h.treat}].@ {t} [stood on the shelf with a cloth over it|went back to the attic]. {t>x}
They [put up a sign|made a rule] in {town}: [no wishing before breakfast|who wishes sweeps]. {k} cooked [<meal>|a small pot of soup], and [all of them sat down together|{c} licked the plate]. Nobody [spoke of|asked for] {plenty}, [for a long time|until spring], and then only a little. {h} gave {t} away. {t>m}
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
The tree stood [on the border|between the two gardens], half here and half there. But when [autumn|the day] came, {r} had [picked it all in one night|put a guard in front]. @h>r ask: And my half of the {crop}?@ @r>h answer: [The wind has taken it|Your half did not ripen], // [I am sorry to say|bad luck].@ {c} found [<number> cores|a {crop} trail] that led straight to {r.p} barn.
{h} had [lent {r.o} seed|worked for {r.o} all summer], and half of the {crop} was to be the pay. They had [shaken hands|drunk a cup of tea] on it. Now {r} [remembered nothing|had never heard of it]. @r>h say: [Show me the paper|Half of what], // [I see no name on it|my good {h.noun}].@ [There was no paper|There had only been a handshake]. {h} [went pale|bit {h.p} lip].
"""),
        attempt=lines("""
{h} went to [the judge|the mayor], who was [asleep|{r.p} cousin]. [The judge said|It was decided] that [thieves should settle it|the one with the bigger cart was right]. {h} [bowed and laughed bitterly|left on tiptoe]. @h>c say: [Then we must think|Law is long and winter is near], // [and greedy eyes see badly|and {r.name} never counts the small things].@
{r} ate {crop} [in the morning, at noon and at night|until the buttons flew], and still [put a lock on the barn|gave none away]. [Sleep was gone|{r} could not sleep], for [every mouse sounded like a thief|somebody had to count]. {h} [saw the light burning|heard the counting] [night after night|across the field].
They [asked the neighbours|told it to <crowd>]. [All knew it was not right|Everybody was sorry]. But {r} [was the richest far and wide|lent money to half of them], and so they [coughed|had to see to the hens]. @c>h grumble: [That was a short list of friends|They are all sorry], // [but nobody is hungry for us|and sorry fills no cellar].@ {h} [had to laugh|gave {c.o} {c.treat}].
{h} tried to be [clever|patient]: put up a scarecrow [that looked like {r}|with {r.p} hat] in front of the barn. {r} [was frightened for an hour|shook its hand], and then [took the hat home|locked the barn twice]. {r} [carried|rolled] the {crop} from one corner to the other and [counted again|weighed them]. @r say: [There is one missing|Was that all], // [I am sure of it|and still it is not enough].@
"""),
        turn=lines("""
{time} the barn, [stuffed|filled] to the roof with {crop}, [groaned|leaned] and [burst|broke in two], and the {crop} rolled [down the hill|into the river]. {r} [ran after them|sat in the middle] and [cried|held on to <number>]. {h} [did not laugh|fetched baskets]. With [<crowd>|half of {town}] they [gathered|saved] what could be saved. @r>h ask: [For me|Why do you help], // [after all that|when I gave you none]?@ @h>r answer: [It would be a pity about the {crop}|You would do the same, one day].@
{h} offered a bet: {r} should carry [as much as possible|all the {crop}] home in one go, and what fell down was for [the others|{town}]. {r} [piled|stacked] sack upon sack, [up to the nose|higher than the church], and [could not see the ditch|forgot the goat]. [There was <sound>|One step], and {r} lay [flat|upside down], and the {crop} [rolled|were] everywhere. <crowd> held open their aprons.
{time} {r} was [ill from so many {crop}|stuck in the door of the barn] and nobody [came|heard the shouting], only {h}. @r>h beg: Help me, // [I shall give you ten of them|I take it all back].@ {h} [pulled|pushed], {c} [pulled too|fetched a goose], and [with <sound>|at the third go] {r} was [free|out]. @h>r say: I do not want ten, // [I want what is right|only the half].@ {r} [looked into the empty yard|was silent <long>] and [began to count: one for you, one for me|opened the barn].
[Then came the frost|A hard winter came]. {r} had {crop} [up to the roof|by the cartload], and nobody to eat with. {h} had [little|soup], but [the kitchen was full of people|there was laughter in the house]. {time} {r} stood [outside in the snow|at the window] and [looked in|listened]. {h} [opened the door|set a plate]. @r>h ask: [What does it cost|May I], // [to sit there|just for a while]?@ @h>r answer: Half of the {crop}, // [as agreed|and you wash up].@
"""),
        ending=lines("""
{r} [ate|sat] that evening at {h.p} table, [for the first time in company|rather quiet], and [noticed|found] that [shared|halved] {crop} taste sweeter. [The fence was cut up for firewood|They wrote it down on paper: half and half].
[The next year|When spring came] they planted again. @r>h ask: Above or below, // [which half will you have|what do you say]?@ @h>r answer: [Every second row|The middle], // [and you take the rest|and all of it together].@ {r} [counted on {r.p} fingers|thought <long>] and [laughed|said that was fair].
They [shared|counted] the {crop} on the kitchen floor, one left, one right. There was one over, and both [looked at it|said at once: you take it]. [So {c} ate it|It was planted in the yard], and [that was fair|nobody minded].
{r} had [a new lock made for the barn|a gate made], and gave {h.o} the [second key|key]. @r>h say: [Take what you need|I keep losing mine], // [I count badly anyway|and knock when you come, I like company].@ {h} [came every Saturday|took little], and they [ate {crop} and played cards|argued about the weather].
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
{time} {town} woke to find that {t} was gone. Somebody [had seen a shadow|had found a shoe], and [the shadow had looked like {k}|the shoe fitted {k}]. @k>h say: I did not do it, // [but who will believe me|I was asleep].@ @h>k answer: [I believe you|I do], // [and I will prove it|and that is one to begin with].@
[The drummer|The mayor] read it out: [a reward for the thief|whoever has {t} must bring it by noon]. Noon came and nobody. [People looked askance|Friends stopped talking], and [on {k.p} door somebody wrote a word|children threw mud at {k.p} window]. {h} [washed it off|closed the shutters] and [was <angry>|swore to find out]. @c>h say: Then we need [clues|a good nose], // [and you have me|and patience].@
"""),
        attempt=lines("""
They [looked at the place|searched] with [a lens|a candle]: [a crumb|a thread], [a muddy mark|<number> feathers], <sound> from the roof. {c} [sniffed|licked] at it. @c>h say: [Goose grease|Cellar mud], // [and not from here|and no more than a day old].@ The trail [led|went] past {feature} and [ended in the brook|up the wall].
{h} [dressed up as|pretended to be] a buyer and asked [in every inn|at the fair] for {t.noun}s. [They brought <number>|Many had one to sell], all [too big|false]. Only {r} [grew pale|dropped a cup] at the question and [paid in a hurry|left by the back door]. {h} [winked at {c.o}|wrote that down]. {h+clue}
They asked everybody [one question|the same thing]: where were you that night? [The baker had baked|The baker was in the oven room], [the watchman had slept|the watchman blushed], and [<crowd> had seen each other|the aunts had played cards]. Only {r} [said it twice in two ways|knew too much about the weather]. {c} [kicked {h.o} under the table|scratched one ear]. {h} [noted that|did not show it]. {h+clue}
In the place where {t} had been, {c} found [a hair|a drop of wax|a seed] that [did not belong there|grew only in one garden]. They [went from garden to garden|compared it with every candle in town]. @c>h say: [I am cold|We have been at it for hours], // [and the thief sits by the stove|and you are smiling].@ @h>c answer: [We are close|Only one garden is left], // [I feel it in my toes|and it is that of {r.name}].@
"""),
        turn=lines("""
{time} they [lay in wait|sat] <where>. [Somebody came creeping|A shadow crossed the yard]: it was {r}, with {t} under one arm. @h cry: [Stop|Good evening]!@ {r} [jumped|sat down in the ditch]. @r>h say: [I only wanted to look at it|My little one is ill and loves it], // [and I meant to bring it back|and then I did not dare].@ {h} [saw that it was true|put down the stick] and [took {t}|held out a hand], and {r} gave it up. {t>h}
{h} had a plan and [told everyone|let it be known] that {t} [would turn green|screamed] in the house of a thief. That night {r} [came to look|listened], [took it out|dug it up], and [there stood {c.n}|up popped {h.n}]. @h>r ask: [So it was you|Does it scream]?@ {r} [wept|hung {r.p} head]. @r>h answer: I [took it because it was beautiful|have nothing of my own], // [and everything at home is grey|that shines like that].@ {t>h}
{time} {h} knocked at {r.p} door. [It took a long time|There was <sound>]. @h>r ask: [May I come in|Have you got it here], // [it is cold|you know what]?@ {r} [began to cry|let both arms fall] and pulled {t} out from under [the bed|the coal]. @r>h say: [I only wanted to have it once|I was going to sell it for bread], // [and then they blamed {k.name}|and then it was too late].@ {h} took it and did not shout. {t>h}
{h} hid [in a barrel|behind the curtain] next to the empty place, [three nights long|with a bell in {h.p} {h.hand}]. [In the third night|At last] the door creaked. Somebody came in with {t} and [put it back|wanted to put it back], and it was {r}. @h>r ask: [Why do you bring it|You are bringing it back]?@ @r>h answer: [I cannot sleep|It hums at night], // [since they point at {k.name}|and I am so ashamed].@ {t>h}
"""),
        ending=lines("""
{h} led {r.o} to {k.o}, and {r} [knelt down|said the hardest words there are]. {k} [was silent <long>|looked at both of them]. @k say: [It is heavy to be suspected|I know how it is to have nothing], // [but heavier to be sorry|so sit down and eat].@ {t} was hung up [a little lower|by the window], where [all can look at it|every child can reach it]. {t>x}
[<folk> came one by one|The baker was the first] to say sorry to {k.o}, with [bread|<sweet>] in both hands. {h} put {t} back on its nail. {t>x}[And {r}|{r}] [was made its keeper|polishes it], and has [never lost sight of it|been happy] since.
{r} told it [on the market square|from the church steps], before everyone, [with a small voice|hat in hand]. It was [quiet|very still]. Then {k} [came forward|went up to {r.o}] and [shook hands|gave {r.o} a handkerchief]. @k say: [Now it is out|That took courage], // [and I have been cold long enough|more than stealing does].@ {t} hangs [where it always hung|in its place again]. {t>x}
[The word on the door was painted over|Somebody left flowers on {k.p} step], and at the [next feast|bakery] {k} [sat in the middle|got the first loaf]. {h} [said little|told nobody how it had been found]. {r} works [for {k.o} now|in the garden of the poor], and [sings there|the beans have never been better]. {t>x}
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
[A flock had vanished|The mill was smashed], and it was said to be the {terror}. [{town} trembled|Nobody slept]. @r say: [I have fought worse|Give me {t} and a good horse], // [with one hand|and you are rid of it].@ {h} [worked in the stable|carried the lunch] and saw how {r} [shook|paled] when it roared. @h>c say: {r.name} will [run|never do it], // [and the poor {terror} is only hungry, I think|so we had better go ourselves].@
[Every night it roared in the hills|At dusk one heard it]. [The mayor|The council] promised {t} to whoever [drove away|tamed] the {terror}. {r} [had a statue ordered|practised the bow] before setting out. {h} [wanted no reward|only wanted to know why it roared]. @c>h ask: And [if it bites|what do we take with us]?@ @h>c answer: [Bread|A bandage], // [and a polite word|for whoever roars so has a pain].@
"""),
        attempt=lines("""
{h} [carried|rolled] [a barrel of apples|<number> loaves] to where the {terror} lived. [It roared|Smoke came out]. {c} [hid in the barrel|wanted to go home]. @h say: [I have no sword|I come with empty hands], // [only apples|and a full barrel].@ The {terror} [took one|sniffed], then [another|all of them], and [showed a paw|turned its head]: in it was [a thorn|an arrow] as long as a broom.
{h} [climbed|went up] with {c.n} [by moonlight|on the back path]. The {terror} lay [across the path|on its side] and [groaned|did not move]. @c>h whisper: It has [toothache|a splinter], // [look at the cheek|poor thing|I know that face].@ {h} [rolled up a sleeve|asked politely] and [reached in|took hold].
They [found the tracks|followed the roar], <number> feet long, through [the snow|the mud]. [At the top|In a hollow] the {terror} [sat and looked at the moon|lay and licked one foot]. {h} [did not go too near|stood where it could see {h.o}]. @h say: [Good evening|We do not want to hurt you], // [we heard you all the way down|does it hurt]?@ The {terror} [put its head on the ground|looked at the bread], and [waited|blinked].
[On the way|Half-way up] they passed {r}, who [sat in a <tree>|hid under a cart] and said [something about a lame horse|that one must have a plan]. {h} [nodded kindly|did not stop]. It was [easy to find|not far]: the {terror} [wept in its cave|had got a foot stuck in a rock]. {c} [lit the lamp|held {h.p} sleeve]. @h>c say: [Hold the light|You push, I pull], // [and talk to it|very gently].@
"""),
        turn=lines("""
With one pull [it was out|it was over]. The {terror} [sighed|licked {h.p} face] and [lay down like a cat|promised to leave the sheep alone]. {h+deed}But [behind a rock|from afar] {r} had [watched|seen it], and [ran|galloped] down to {town} first. @r boast: [It is done|I have tamed it] // [with my bare hands|after <number> hours of fighting]!@ And they gave {r.o} {t}. {t>r}
{h} [pulled|worked] and pulled, and [out came the thorn|there it was], and the {terror} [wept for joy|purred]. {h+deed}They [slept|sat] side by side until [morning|the moon was gone]. When {h} came home, {r} was already [on everyone's shoulders|giving a speech], with {t} [in one hand|round {r.p} neck]. {t>r}{c} [wanted to shout|bit its lip], but {h} [shook {h.p} head|only waited].
They [worked|sat there] until [morning|the stars grew pale]. Then [the rock gave way|the thing was out], and the {terror} [looked at its foot|stood up] as if [it had been given a new one|it could not believe it]. {h+deed}It [gave {h.o} a lick|bowed], and went [into the forest|to sleep], in peace. But {r} had found [a tuft of hair|one big tooth], and carried it down to {town}. @r boast: [Dead as a door nail|It is over], // [and here is the proof|it was a terrible fight]!@ So {t} was {r.p}. {t>r}
{h} [stroked|washed] the sore place and [tied a cloth round it|put honey on it]. [By evening|In the morning] the {terror} [ate out of {h.p} {h.hand}|was as tame as a calf]. {h+deed}@h>c say: Now it will not [come|roar] any more, // [it only wanted help|and nobody needs to know].@ In {town}, {r} [already sat on the best chair|told of the battle], with {t} [on {r.p} lap|on a chain]. {t>r}
"""),
        ending=lines("""
(h knows deed) [In the middle of the feast|While {r} was still speaking] the {terror} [came through the gate|stood in the square]. {r} [dived under the table|climbed the flagpole], and {t} fell down. The {terror} [walked past everyone|sniffed at them all], picked up {t} and [laid it at {h.p} feet|hung it on {h.p} {h.hand}]. {t>h}[No one needed a speech|That was plain enough].
(h knows deed) @k>r ask: [Which paw was it|Where was the thorn], // [left or right|since you pulled it out]?@ {r} said [left|in the tail] and {h} said [right|in the gum]. [So they went and looked|<folk> went up to see], and [the {terror} showed it|there could be no doubt]. {r} [gave back|handed over] {t} to {h.o} and [was made to wash the dishes|blushed to the ears]. {t>h}
(h knows deed) [A year later|At the first snow] the {terror} came to {town}. [People ran|Doors banged]. {r} [ran fastest|was suddenly not at home]. Only {h} went to meet it, and it [laid its head on {h.p} shoulder|held out the foot for more honey]. Then they [understood|looked at each other]. {t} was [found in the mud|brought by {r} in person] and given to {h.o}. {t>h}
(h knows deed) A [small girl|child] asked {r.o} [to tell it once more|where the bandage came from]. {r} [told it differently this time|knew nothing about a bandage], and [somebody counted on fingers|it grew quiet]. @r say: [All right|It was not me], // [it was {h.name} with a pot of honey|I sat in a <tree> the whole time].@ [It was brave to say it|That was the first brave thing {r} did], and {h} [shook hands with {r.o}|clapped first]. {t>h}
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
{h} had [tied a knot in a handkerchief|written it over the bed], so as not to forget the promise. {t} was [packed|in the bag], [food for the road beside it|and the boots were oiled]. {t>h}But [that morning the hens were out|then the roof leaked], then [a cousin came to visit|the pump broke], and [suddenly|all at once] there were only <number> days left. @c>h ask: Can we still do it?@ @h>c answer: [If we walk at night too|We can if we must], // [and we must|so come].@
@r>h ask: You promised it, // [and what do you get for it|just like that]?@ @h>r answer: Nothing, // [that is why it is a promise and not a sale|only that I can look in the mirror].@ {r} [laughed|had never heard such a thing] and [came along a part of the way|bet that it would come to nothing]. {h} had {t} [close to {h.p} heart|wrapped in wool]. {t>h}
"""),
        attempt=lines("""
[There was dancing in an inn|A fair was on], with [<sweet>|a puppet show] and music. @r>h say: [Stay one night|One dance], // [the promise will not run away|who counts the hours].@ {h} [looked in|tapped one foot], and [it smelled of {h.treat}|it was warm]. [One hour became two|It was hard to leave]. {c} [pulled at {h.p} sleeve|coughed], and {h} [woke as if from a dream|took the bag] and went out into the [rain|night].
{r} offered [<treasure>|a pony] for {t}. @r>h say: [Say that you lost it|Nobody will ever know], // [such things happen|things get lost on the road].@ @h>r answer: [I would know|{c.name} would know], // [and I must live with me|and that is one too many].@ [It was a fine pony, though|{h} turned round only once].
At a crossroads [stood|sat] {r}. @r>h say: [The left road is shorter|Take my short cut], // [you save a day|everybody does].@ {h} [believed it|thanked {r.o}], and they [went left|took it], and [landed in the swamp|it ended at a wall]. A whole day was lost. {c} [said a word that one does not say|emptied the water out of both shoes]. @h>c say: [We do not have time to be cross|Back], // [not today|and now we run].@
[It was so nice by the lake|They passed a wedding], and {c} [was hungry|wanted to dance], and somebody offered them {h.treat}. @c>h beg: [One hour|Only a little while], // [they have asked us in|I have never danced].@ {h} [gave in|looked at the sun and nodded]. [They danced three dances|They ate and laughed]. Then {h} heard [a clock strike|somebody say what day it was], [dropped the plate|turned white], and they ran.
"""),
        turn=lines("""
{time} [the ferry had gone|the road was washed away]. {h} [stood at the water|looked at the sun] and [counted the hours|could have wept]. @c>h say: [You did what you could|Nobody could get over there], // [anyone would understand|we can explain it].@ {h} [shook {h.p} head|took off both boots]. [Along|Over] {feature} there was [a goat track|a rope], and [<slowly>|{h.hand} over {h.hand}] they [got across|went where no one goes].
[<number> hours from the end|Almost there], they <found> <creature> lying [in the road|with a broken leg]. [To stay meant to be late|There was no time]. {h} [looked at {t}|looked at the road]. @h>c say: [You run ahead and say that I am coming|We carry it], // [a promise must not step over anyone|then we are two promises strong].@ So they [carried it in a coat|took turns], and [a cart stopped for it|its family drove them the rest of the way].
{time} there was [a gate with a lock|no bridge any more], and [a keeper who was deaf|only one boat, and it was taken]. {h} [called|begged] and got no answer. @c>h say: [That is it|So it ends here], // [and it is not your fault|anyone would turn back].@ {h} [sat down, but only for a moment|looked right and left]. [They swam|They climbed], {t} [on {h.p} head|between {h.p} teeth], and [nobody would have believed it|came out on the other side].
{c} could not go on: [one foot was swollen|the fever had come]. [There was an inn|A farmer took {c.o} in]. @c>h say: Go alone, // [a promise has no time|and come back for me].@ {h} [stood in the door|went and came back]. @h>c say: I promised you something too, // [when we were small|that I would never leave you behind].@ And {h} [took {c.o} on {h.p} back|borrowed a barrow], and so they went, [slowly, but they went|mile after mile].
"""),
        ending=lines("""
The clock [struck the last hour|was just striking], when {h} [fell in at the door|came round the corner], [muddy to the ears|without any breath]. {k} [had not locked the door|had kept the soup warm]. @k>h say: [I never doubted it|<number> people told me you would not come], // [and I set your place|and I bet a cake on you].@
{m} [stood|sat] at the gate [with a lantern|as if by chance], and {h} held out {t}. {t>m}@m>h say: [I have been promised much|Many promise], // [but seldom has it arrived|few bring it in their own {h.hand}s].@ [They went in together|{k} poured tea for all].
[It was five minutes to twelve|The sun had one finger left above the hill] when they [came in sight of the house|saw the light]. {k} was [standing on a chair to see better|at the window]. @k>h ask: [You ran all the way|Did you think I would not wait]?@ @h>k answer: [I said that I would come|Most of it], // [and here I am|and {c.name} too].@ [Then there was <meal>|They all talked at once].
{k} [took both of them by the {h.hand}|looked at the torn shoes] and asked nothing. [Later|Over the soup] it all came out: [the wall, the water, the night|what had been in the way]. @k>h say: [I have had gold promised me and never seen it|Now I know what a word is worth], // [you said you would come, and you came|it weighs more than {t}].@
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
[They all had a story|Everyone could do something] that evening: one [had seen a whale|had been to sea], one [could walk on his hands|had shaken hands with a king]. Then they looked at {h}. @h boast: And I, // [I know the {claim}|I have had the {claim}]!@ [It came out by itself|Why {h} said it nobody knows]. @r>h say: [Really|That is the greatest of all], // [then you will surely show us|by Sunday, say].@
{r} had told of [a journey|a battle], and how they had [listened|clapped]! {h} wanted that too, [just once|for one minute]. @h boast: [That is nothing|I know something better], // [wait until you hear of the {claim}|the {claim} is mine]!@ @r>h ask: [Can one see it|When]?@ @h>r answer: [Any time|On Sunday].@ {c} [choked on the {c.treat}|looked at {h.o} with round eyes]. It was [Monday|Thursday].
"""),
        attempt=lines("""
[They looked for a false one|{h} tried to make one] from [glue and wool|straw and paint]. {c} [walked round it|laughed until it hurt]. It looked like [a wet cat|a pudding], and [the wind took it|a goat ate it]. @h>c say: [That was the second lie|One lie wants another], // [and I am tired of feeding them|and they get hungrier].@
[They asked the way to the {claim}|Of the {claim} everyone had heard], [<number> people, <number> answers|but nobody had been there]. {h} [fell in a bog|tore {h.p} sleeve], [climbed the wrong hill|got lost <number> times], and [thought of the broom|felt <sad>]. {c} [never said a word about it|hummed <song>], and that was kind.
They [asked a fisherman|went up the mountain|read in old books] about the {claim}. @c>h say: [We have <number> days left|We could also run away], // [I only mention it|it would be less work].@ {h} [did not answer|went on], [over stones|in the rain], and [each step was a step for one little word|wished {h.p} tongue were shorter]. [They found nothing|There was only wind up there].
In {town} they [already built a stage|sold flags with the {claim} on it]. [The more they looked forward to it|With every flag] {h} [felt smaller|slept worse]. @k>h ask: [Are you not happy|Is something the matter], // [everyone speaks of you|you eat like a bird]?@ {h} [opened {h.p} mouth|wanted to say it], and [said that it was the cold|the words would not come].
"""),
        turn=lines("""
{time} {h} [stopped|sat down] by {feature}. @h>c say: [I have had enough|I turn back], // [I will tell them that I made it up|and sweep].@ {h+truth}[It had hardly been said|As soon as it was out], when <creature> [spoke up|came nearer], [for it belonged to the {claim}|for it knew the {claim}], and [led them there|showed them, since they were honest]. [Nobody would believe it now|There was nothing to bring home, only to see].
On the way {h} met {k}, who [had looked for {h.o} everywhere|was worried]. @k>h ask: [Do you think we like you for the {claim}|Why, {h.name}]?@ @h>k answer: [I wanted to be big|I do not know], // [just once|for one evening].@ {k} [sat down beside {h.o}|shared an apple with {h.o}], and [told of a boast long ago|they watched the ants]. {h+truth}
{time} {h} sat <where> with {c.n} and [said it for the first time|wept]. @h>c say: I have never seen it, // [not even from afar|it was all made up].@ {h+truth}@c>h answer: [I know|I have known it since Monday], // [and I came along all the same|I am your friend and not that of the {claim}].@ And it was as if [a stone rolled away|somebody had opened a window]. [Then, in the distance, something moved|They did not even look up when the {claim} was there for a moment].
{h} met [a traveller|an old man] who [laughed when he heard it|knew all about it]. The {claim}, he said, [had been looked for by his father too|was a tale for children]. @h>c say: [So there is no way out|Then I must say it], // [only the straight one|on the stage, before everyone].@ {h+truth}@c>h answer: [I shall stand beside you|It will be over quickly], // [with a bag of {c.treat}|like pulling a tooth].@
"""),
        ending=lines("""
(h knows truth) On Sunday {h} [stood up|climbed on a barrel] [before everyone|in the square]. @h say: It was not true, // [and I am sorry|and I will sweep].@ One could hear [a pin drop|the pigeons]. Then {r} [coughed|took off {r.p} hat]. @r say: [My <number> dragons were not true either|I only have one medal, and I bought it].@ [And one after another they spoke up|Then <crowd> began to laugh].
(h knows truth) {h} took the broom and [swept|began], [from the church to the mill|with red ears]. On the second day {r} [came with a broom too|brought {h.treat}], for [an honest word is rare|it looked lonely]. On the third day [half of {town} was sweeping|it was a race], and the street has never been so clean.
(h knows truth) The stage was [full of flags|hung with lamps]. {h} went up, [all alone|with {c.n} behind], and it was [quiet|so still]. @h say: There is no {claim}, // [there is only me|I said it so that you would look at me once].@ [Nobody laughed|For a while nothing happened]. Then {k} [got up|clapped], and [somebody called: tell it again from the start|they wanted to hear the whole story], and {h} [told it, just as it was|talked until midnight].
(h knows truth) {r} [came up the steps|was the first to speak]. @r>h say: [We never asked you anything before|I have never been to sea], // [that was not right of us|I get sick in a bath].@ [They made room for {h.o}|From then on there was a place for {h.n}] at the long table, [between {r} and the stove|in the middle], and when stories were told {h} [listened|told the small true ones], and [those were the best|they asked for more].
"""),
    ),
)
