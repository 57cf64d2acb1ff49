"""Plots between two: trick, rivalry, kindness repaid, friendship across difference, stranger, secret."""

# ruff: noqa: E501 - one variant a line
from __future__ import annotations

from grammars.common import lines
from grammars.tales.beings import TRADES
from grammars.tales.plot import Plot

PLOTS = (
    Plot(
        name="trick",
        at_home=True,
        titles=("How {h.name} tricked {r.name}", "{r.name} and the {bait}", "The cleverest {h.noun} of {town}"),
        words={
            "bait": (
                "moon in the pond",
                "invisible pie",
                "singing turnip",
                "bottomless sack",
                "magic soup stone",
                "egg of a horse",
                "wind in a bottle",
                "golden cheese",
            )
        },
        wishes=(
            (
                "win back {t.the} of {town} from {r}",
                "{t} was back in {town}, [for all to see|and nobody had been hurt]",
            ),
            ("get {t.the} from {r}, who kept it for nobody but {r.r}", "{t} belonged to everyone [in {town}|again]"),
        ),
        holders={"t": "r"},
        trouble=lines("""
{r} had [carried off|taken] {t} [on market day|one night|as payment for a broken fence], and [laughed at|would not listen to] anyone who asked for it. [<crowd> had tried with [tears|pitchforks|a long letter]|The mayor had tried with a speech]. @h>c say: [Force is no use|Begging is no use], // [but {r.name} is curious|but {r.name} has one weak spot|and greed has big pockets].@
[Whoever wanted {t}|Anyone who needed {t}] had to pay {r.o} [<number> eggs|a ham|a day of work]. @k>h say: It was always [free|for all of us], // [in my young days|before {r.name} came].@ [That night|All evening] {h} and {c.n} sat [<where>|with a candle] and made a plan, and [the plan was very small|at the heart of it was the {bait}].
"""),
        attempt=lines("""
[<atfirst>|First of all] {h} [sent|made] {r.o} a present: [an empty box|a hat full of holes]. {r} was too [sly|clever] for that and [sent it back|sat on it]. @c>h say: [Bigger|We must think bigger], // [much bigger|and a little sillier].@ So the two [spread|started] a rumour about the {bait} [at the well|from door to door|by way of <creature>].
{h} [practised|tried out] the tale of the {bait} on {c.o}, who [believed it at once|asked for a slice]. [That was a good sign|So it would do]. {time} they [sat down|talked loudly] where {r} could hear them. @h>c ask: And will you keep the {bait} [all for yourself|under your bed]?@ {r} [pricked up both ears|stopped chewing].
"""),
        turn=lines("""
@r>h ask: [What is that about|Did I hear] the {bait}?@ @h>r answer: [Oh, nothing|Hush, not so loud] // [or everyone will want it|it is much too good for us].@ {r} [begged|pleaded|offered <treasure>] and at last [held out|laid down] {t}. {t>h}[They shook on it|The bargain was made]. {r} [ran|went] to fetch the {bait} [with a spoon|with a wheelbarrow] and [waited there <long>|looked in every corner], while {h} carried {t} home.
{r} came [at dusk|with a sack], [looked around|whispered], and asked for the {bait}. {h} [pointed|led the way] to {feature}. @h>r say: It is [in there|just below], // [but it is shy, so put down all you carry|but it takes both hands].@ {r} put down {t} and [leaned|reached] in, further and further, until [there was a splash|only two boots could be seen]. {c} took {t}, and [both were gone|they were home before the splash was over]. {t>h}
"""),
        ending=lines("""
{r} was <angry>, then [silent|thoughtful], and then began to laugh, for [it had been a good trick|nobody had ever played with {r.o} before]. @r>h ask: [Will you teach me|How did you think of that]?@ [And so|From then on] {r} [told the tale of the {bait} as well as anyone|paid for nothing and asked for nothing].
{h} [hung|put] {t} [in the middle of the square|by the well], where [anyone|everybody] could [use|reach|see] it. {t>x}And {r}? {r} [blushed|looked the other way] when children [sang|whispered] about the {bait}, but [left it at that|hummed along].
"""),
    ),
    Plot(
        name="rivalry",
        at_home=True,
        rogues=TRADES,
        titles=("{h.name} and {r.name}", "The two {craft}s of {town}", "Who makes the best {ware}"),
        words={
            "craft|ware": (
                "baker|bread",
                "hatter|hats",
                "cook|soup",
                "gardener|roses",
                "potter|jugs",
                "toymaker|tops",
                "cobbler|boots",
                "kite maker|kites",
                "tailor|coats",
                "candle maker|candles",
                "cheese maker|cheese",
            )
        },
        wishes=(
            (
                "make better {ware} than {r}, just one time",
                "{h} [and {r} made|made, together with {r.o},] the best {ware} for miles around",
            ),
            ("be the finest {craft} in {town}", "there were two finest {craft}s in {town}, {h} and {r}"),
        ),
        trouble=lines("""
[Across the street|On the other side of the square] {r} had opened a shop. @r>h boast: My {ware} will be [bigger|finer|cheaper] than yours, // [you will see|ask anyone|so you can close up].@ [By the end of the week|Soon] nobody [knocked at|came to] {h.p} door but <creature>. {h} felt <sad>, and then [<angry>|stubborn].
{h} and {r.n} had once been [at school together|friends], [before they quarrelled|until one of them laughed at the wrong moment]. Now each [counted|watched] the customers of the other [through the curtain|through a keyhole]. @c>h ask: [Why not talk|Could you not share], // [you two were such friends|the street is wide enough]?@ @h>c answer: [Never|Not until I have won], // <vow>.@
"""),
        attempt=lines("""
{h} worked [day and night|<number> nights], and put [sugar|gold paper|bells] on the {ware}. {r} put [honey|feathers|<number> ribbons] on everything in sight. [It grew sillier and sillier|There was no end to it]. [<folk> shook their heads|<crowd> only came to laugh].
{c} [carried|brought] some {ware} from the other shop. {h} [tried it|looked at it from all sides] and [had to admit|saw] that it was good. [That hurt|It was like a stone in the shoe]. @h>c grumble: [The colour is better|It is lighter than mine], // [but mine lasts longer|and I cannot see how it is done].@
"""),
        turn=lines("""
{time} [there was smoke|somebody called] [across the street|over there]: {r.p} [shop|roof] [was on fire|had fallen in]. {h} did not think of [the {ware}|the quarrel] at all. {h} [ran|rushed] over with [buckets|wet blankets|a ladder], {c} [rang the bell|woke the street], and by [dawn|midnight] the worst was over. {r} sat [black with soot|shivering] [on the step|in {h.p} coat]. @r>h ask: Why did you come?@ @h>r answer: [I do not know|My feet did it], // [I suppose|and I would miss you].@
[An order came from the king|A ship's captain came]: [<many> pieces of|a whole cart of] {ware} by [Sunday|the next full moon]. [Alone, neither of them could do it|It was too much for one]. {h} [crossed|walked over] the street, which was only <number> steps wide and felt like a mile. @h>r say: [You have the better hands|You have the oven], // and I have the [patience|recipe].@ {r} [stared|was silent <long>] and then [rolled up both sleeves|made room at the table].
"""),
        ending=lines("""
[They took down the wall|They hung up one sign with two names]. {h} made [the inside|the first half], {r} [the outside|the second half], and {c} [tasted|counted|slept on the counter]. [They still quarrelled|They argued about salt], but [only on Mondays|with floury noses and laughing].
{r} [showed|taught] {h.o} the trick with [the steam|the thread|the ashes], and {h} [showed|taught] {r.o} how to wait. @c>h say: [You could have done that years ago|I told you so], // [and saved us the bells|if anyone had listened to a {c.noun}].@
"""),
    ),
    Plot(
        name="kindness repaid",
        at_home=True,
        titles=("{h.name} and the {guest}", "What the {guest} remembered", "A {guest} at the door"),
        words={
            "guest": (
                "spider",
                "bat",
                "mole",
                "lame crow",
                "wet kitten",
                "bumblebee",
                "eel",
                "ant",
                "toad",
                "old donkey",
                "sparrow",
                "carp",
                "hedge snake",
                "beetle",
            )
        },
        wishes=(
            (
                "keep the [little house|small garden|roof over their heads], though {r} wanted it for {r.r}",
                "{h} had the house and the garden, and [nobody could take them away|{r} asked before coming in]",
            ),
            ("earn enough to buy {t.the} for {k}", "{k} had {t}, and {h} had not paid a penny too much"),
        ),
        trouble=lines("""
{time} {h} <found> a {guest} [in a bucket|under {feature}|in a spider web of string], [half drowned|cold|stuck fast]. [{c} thought that it was only a {guest}|<crowd> laughed]. {h} [lifted it out|freed it], [dried it|warmed it] and gave it a [thimble|bit] of {h.treat}. [The {guest} looked at {h.o} <long>|It said not a word], and then it [was gone|slipped away under the door].
{r} [came|stood] at the door with a paper [with <number> seals|as long as a towel]. @r>h say: [Pay|Bring me <number> gold pieces] by [Sunday|the full moon], // [or out you go|or all this is mine].@ That same night, [in the rain|in the wind], a {guest} [knocked|crept in] and asked for shelter, and {h} [shared|gave it] half of the little there was.
"""),
        attempt=lines("""
{h} tried to [sell|earn money with] [wooden spoons|songs|jam] [at the market|from door to door]. [It rained|<creature> was better at it], and all that came in was [<number> pennies|a cabbage]. {c} [sold|offered] [a hat|one whisker]. @c>h say: That makes [<number> pennies and a button|almost nothing], // [but we have each other|and a hungry {guest} to feed].@
{r} gave {h.o} a task that nobody could do: to [sort|count] [a sack of poppy seed and sand|the hairs of a horse|the peas of a whole field] before [the cock crowed|sunrise]. @r>h boast: [If you can do it, all is yours|Do it and I go] // and [I will eat my hat|may I turn blue].@ {h} [began|sat down to it], and [wept a little|grew <tired>].
"""),
        turn=lines("""
{time} there was <sound>. The {guest} was back, and not alone: [<many> more|all its cousins] came [through the keyhole|out of the walls|from under {feature}]. @h ask: [What do you want here|Have you come to supper]?@ They [worked|ran to and fro] all night, and when [the cock crowed|it grew light] [the task was done|everything was done], [to the last grain|down to the last crumb]. {h} [rubbed both eyes|did not know what to say].
[<suddenly> the {guest} tugged at {h.p} sleeve|The {guest} came back and beckoned]. {h} and {c.n} followed it [behind|under|past] {feature}, <number> steps [down|to the left], and there, [wrapped in leaves|in an old pot], lay [<treasure> from old times|a purse that nobody had missed for a hundred years]. @c>h cry: [It remembered|So small, and it never forgot] // [a bucket and a crumb|your {h.treat}]!@
"""),
        ending=lines("""
{r} [counted|checked] [<number> times|with a magnifying glass], [turned red|chewed on the paper], and [could find nothing wrong|had to keep the word given]. [The paper went into the stove|The paper was torn up]. And the {guest} has a [place|bed] [by the stove|in the teapot], and [nobody in {town} says only a {guest} now|comes and goes as it likes].
[Since that day|From then on] {h} [leaves|left] the door open a crack, even in {season}, [for a {guest} or anyone else|in case somebody small comes by]. {c} [grumbles about the draught|sleeps in front of it].
"""),
    ),
    Plot(
        name="friendship across difference",
        rogues=("giant", "troll", "bear", "ogre", "hermit", "wolf", "goblin", "yeti"),
        titles=("{h.name} and the shy {r.noun}", "A friend for {r.name}", "The {r.noun} of {q}"),
        wishes=(
            (
                "know what {r} was really like, whom everyone in {town} feared",
                "{h} knew what {r} was really like, and so did all of {town}",
            ),
            (
                "have {r} as a friend, though [<folk> warned against it|nobody else would go near]",
                "{h} and {r} were friends, [as different as salt and honey|and nobody wondered at it any more]",
            ),
        ),
        trouble=lines("""
[It was said in {town}|The story went round] that {r} [ate boots|had <number> rows of teeth|never slept] and lived {q.at}. @k>h say: [Keep away|Do not go there], // [whoever went there came back pale|and be home before dark].@ But {h} had [heard|seen] something else: {r} [fed <creature>|sang in the evening|picked up a fallen nest <carefully>]. [Why should somebody wicked do that|That did not sound wicked]?
[<oneday> day|Once] {h} [forgot a basket|lost one glove] {q.at}. [The next day|In the morning] it [hung on the fence|lay on the doorstep], [washed|mended|full of cherries]. @h>c say: That was {r.name}, // [I am sure of it|and who sews like that cannot be bad].@ [{c} was not so sure|{c} looked at the stitches <long>].
"""),
        attempt=lines("""
{h} [put|left] [a piece of|some] {h.treat} [on a stone|under a <tree>] [for {r.o}|near {q}]. [In the morning it was gone|The next day it was gone], and [a carved duck|a pine cone|a bunch of herbs] lay there. So it went for <number> days: [cake and duck, cake and duck|one present there, one back]. But {r} [never came out|hid every time].
{h} [went up|called] and said good day, and {r} [slammed the door|roared]. @c>h say: [You see|There you have it], // [bad manners and big teeth|we can still run].@ @h>c answer: [I roar too when I am shy|That was fear], // [and not anger|I could hear it].@ And {h} sat down [on the grass|by {feature}] and [began to knit|peeled an apple|waited].
"""),
        turn=lines("""
{q>here}{time} {r} [came out|stood there], [as tall as|broader than] a door, and did not know where to look. @r>h ask: [Are you not afraid|Why do you not run], // [everyone does|as they all do]?@ @h>r answer: [A little|I was yesterday], // [but curious as well|but I brought {h.treat}].@ [They ate|They sat side by side] and {r} [spoke|told {h.o}] about [the stars|loneliness|the loud voice that frightened everyone]. {h+truth}
A [child|calf|goat] of {town} had [fallen into|got stuck in] [the river|a deep hole], and [nobody|no rope] could reach it. {h} [ran|called] for {r.o}. {r} [came at once|did not wait], [reached down with one long arm|waded in] and [lifted it out|set it down] <carefully>. <folk> [stood|stared] with open mouths. @h say: This is {r.name}, // [who washes lost baskets|my friend|and not a bit wicked].@ {h+truth}
"""),
        ending=lines("""
{time} {r} came to {town} for the first time, with [a clean collar|a flower behind one ear] and very <afraid>. [<crowd> made room on the bench|Somebody brought a bigger chair]. [A baby pulled {r.p} nose|<creature> sat down on {r.p} shoulder], {r} [held quite still|laughed], and [the fear was over|everyone laughed too].
Now {r} [mends the roofs without a ladder|lights the lamps|carries the children over the ford], and {h} [reads to {r.o} in the evenings|teaches {r.o} to whisper]. [Of the rows of teeth nobody speaks now|The teeth were quite ordinary teeth].
"""),
    ),
    Plot(
        name="stranger",
        words={
            "distress|skill|relief": (
                "the well ran dry|dug wells|there was water",
                "the mill stood still|built mills|the wheel turned",
                "sickness came to the sheep|healed sheep|the lambs were up again",
                "the church bell cracked|cast bells|it rang",
                "the bees fell silent|kept bees|the hives hummed",
                "the oven cracked|built ovens|there was bread",
            )
        },
        at_home=True,
        titles=("The stranger at the gate", "{m.name} comes to {town}", "A chair for {m.name}"),
        wishes=(
            (
                "find a home in {town} for {m}, who had come [in the rain|without shoes|from far away] with nothing but {t}",
                "{m} was at home in {town}",
            ),
            (
                "see {m} laugh, who had come to {town} with {t} and [wept every evening|never said a word]",
                "{m} laughed, [loud and long|so that the windows shook]",
            ),
        ),
        holders={"t": "m"},
        trouble=lines("""
[Nobody understood|Few understood] what {m} said, for {m} spoke [another language|with strange long words]. <folk> [closed the shutters|whispered]. @r>k ask: [What does {m.name} want here|Who will pay for the soup], // [and what is in that bundle|and why the {t.material} {t.noun}]?@ {h} [brought|carried over] a bowl of <meal>, and {m} [bowed|said one word], which must have been thank you.
{m} slept [in a barn|under the bridge|<where>] with {t} for a pillow. @h>k say: We have [a bed too many|an empty room], // [and soup for one more|and you always want someone to talk to].@ @k>h answer: [And what will people say|I do not know], // [but bring {m.name} in|let me think until supper].@
"""),
        attempt=lines("""
{h} taught {m.o} [<number> words a day|the word for bread]: [roof, spoon, goose|rain, shoe, friend]. {m} taught {h.o} [<number> back|the same in the other tongue]. {c} [mixed up|forgot] both. [At the market|In the shop] {m} tried them out, and [was given a goose instead of a roof|somebody laughed], and {m} [went home <sad>|said nothing for <number> days].
{r} [said|claimed] that [a purse|a hen|a ham] was missing and pointed at {m.o}. [Many believed it|Heads were nodding]. {h} [stood|stepped] in front of {m.o}. @h>r say: [Show us first that it is gone|Look in your own pocket first], // [then we can talk|before you point].@ And [there it was|out it came], in {r.p} own [coat|cellar]. {r} [muttered something|turned red].
"""),
        turn=lines("""
{time} {distress}, and nobody knew what to do. {m} [took|unwrapped] {t}, [knelt down|listened], and [knocked|pointed] at {feature}. At home, it turned out, {m} had {skill} for <number> years. By [evening|the next day] {relief}. <folk> [took off their hats|did not know where to look].
On [the eve of the fair|the longest night], when [the piper was ill|everyone sat in silence], {m} [played on|tapped on|held up] {t} and [sang|told, half in one language and half in the other,] <song>. [Nobody understood the words|They understood every second word], and yet [<crowd> wept|feet began to tap]. {k} was the first to [dance|clap].
"""),
        ending=lines("""
[They built a bench|They painted a door] with {m.p} name on it. {t} has its place [over the stove|on the wall], {m} [mends what is broken|tells the children about the other side of the hills], and in {town} people now have [two words for bread|two ways to say thank you].
@m>h say: [When I came I had {t} and wet feet|I came with one thing], // and now I have [a chair, a cup and a friend|too much to carry].@ [{h} had learnt that as well in the other language|{h} answered in the other language], [with <number> mistakes|and it was right].
"""),
    ),
    Plot(
        name="secret",
        at_home=True,
        titles=("The secret of {k.name}", "What {h.name} did not say", "The {hiding} of {town}"),
        words={
            "hiding": (
                "hidden nest",
                "secret garden",
                "room behind the stove",
                "door in the hill",
                "fox den under the floor",
                "boat in the barn",
                "star in the well",
                "egg in the hayloft",
            )
        },
        wishes=(
            (
                "keep the secret of the {hiding} as long as {k} wanted it",
                "the secret of the {hiding} was safe until the right day, and {k} was <glad>",
            ),
            ("know where {k} went every night", "{h} knew about the {hiding}, where {k} went every night"),
        ),
        trouble=lines("""
{time} {h} [followed|crept after] {k.o} [past|behind] {feature} and saw it: the {hiding}. {h+secret}@k>h whisper: [Now you know|So you have seen it], // [and you must tell no one|and a word too many would spoil it].@ @h>k answer: [Not a word|My lips are sewn up], // <vow>.@ {h} [was proud|felt <glad>], and then [a little <afraid>|the secret began to itch].
{k} [took {h.o} by the {h.hand}|put out the lamp] and showed {h.o} the {hiding}. {h+secret}@k>h say: You are [old enough|the first to see it], // [so keep it until I tell you|and {r.name} must never hear of it].@ [A secret weighs nothing|It seems easy], but [it is hard to carry|by supper it was as heavy as a stove].
"""),
        attempt=lines("""
(h knows secret) {c} [noticed|saw] at once that something was up. @c>h ask: What is it, // [you are chewing and there is no food|you have put your hat on back to front]?@ {h} [turned red|talked about the weather], [ate <number> spoons of <meal>|whistled <song>] and [said nothing|held out]. [It was the hardest evening of all|{c} was hurt and went to bed].
(h knows secret) {r} [came by|waited <where>] with [a bag of <sweet>|a shiny coin]. @r>h ask: [Where does {k.name} go at night|What is it that you two hide], // [you can tell me|it will stay between us]?@ {h} looked at [the <sweet>|{r.p} narrow eyes]. @h>r answer: [For a walk|To look at the moon], // [as anyone may|it is good for the knees].@ {r} did not believe it and [followed|kept watch].
"""),
        turn=lines("""
(h knows secret) {time} {r} [was on the way to|had nearly reached] the {hiding}. {h} [ran a short cut|jumped over <number> fences] and [lit a fire on the other hill|rang the bell|led the dogs the other way], and {r} [turned round|ran after it]. {k} [had seen it all|came out of the shadow]. @k>h say: [You could have told it for <sweet>|I chose well], // [and you did not|I see that now].@
(h knows secret) {h} [could hardly bear it|was close to bursting] and went to [an old well|a hollow <tree>]. Into it {h} [whispered|said] the secret, [<number> times|once and for all], and [felt better|was light again]. [Only <creature> had heard|And the <tree> kept it]. {time} {k} [called|sent for] {h.o}. @k>h say: [It is time|Tomorrow all may know], // [for now nobody can harm it|and you may be the one to tell].@
"""),
        ending=lines("""
{time} {k} led [all of {town}|<crowd>] to the {hiding}. {c+secret}@c>h ask: [You knew it all the time|All these weeks], // [and never said a word|and I thought you were ill]?@ {h} [nodded|smiled] and [needed <number> cakes to get over it|slept for a whole day].
(h knows secret) [It was not long|Not many days passed] before the {hiding} was shown to [all|everyone]. {c+secret}{c} [forgave|hugged] {h.o} and [wanted to have a secret too|asked what else there was]. [There was one, in fact|{h} only whistled], [but that is not told here|and {k} winked].
"""),
    ),
)
