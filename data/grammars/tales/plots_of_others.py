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
{r} had only wanted to [look after|borrow] {t} for a week. [That was a year ago|Since then <number> months had passed]. Now one had to [bow|pay] to look at it. [Children cried|The old people sighed]. @h>c say: [One cannot take it by force|I have been thinking], // [but one can make {r.name} put it down|and I have an idea, a silly one].@
@c>h ask: What does {r.name} love [most|more than {t}]?@ @h>c answer: [What nobody else has|Everything that others want], // [so let us make something up|and the stranger the better].@ And they [sat up half the night|put their heads together], until [the {bait} was ready, at least in words|they had it: the {bait}].
"""),
        attempt=lines("""
[<atfirst>|First of all] {h} [sent|made] {r.o} a present: [an empty box|a hat full of holes]. {r} was too [sly|clever] for that and [sent it back|sat on it]. @c>h say: [Bigger|We must think bigger], // [much bigger|and a little sillier].@ So the two [spread|started] a rumour about the {bait} [at the well|from door to door|by way of <creature>].
{h} [practised|tried out] the tale of the {bait} on {c.o}, who [believed it at once|asked for a slice]. [That was a good sign|So it would do]. {time} they [sat down|talked loudly] where {r} could hear them. @h>c ask: And will you keep the {bait} [all for yourself|under your bed]?@ {r} [pricked up both ears|stopped chewing].
On [Monday|market day] {c} told [the barber|the milk girl|a fat goose seller] about the {bait}, [as a great secret|behind one {c.hand}]. On Tuesday [everyone|half of {town}] knew of it, and on Wednesday {r} [could not sleep|sent for {h.o}]. @r>h ask: [Is it true|What is this I hear]?@ {h} [looked frightened|dropped a plate on purpose] and said [nothing|not a word].
{h} put up [a tent|a fence] <where>, and a sign: [No entry|Please keep out]. {c} [stood guard|marched up and down] with a [broom|pan]. [Of course|Naturally] {r} came [to look|by, quite by chance]. @r>c ask: What have you got in there?@ @c>r answer: [Certainly not the {bait}|I may not speak of the {bait}].@ {r} went away, [but came back|walked on and came back], <number> times.
"""),
        turn=lines("""
@r>h ask: [What is that about|Did I hear] the {bait}?@ @h>r answer: [Oh, nothing|Hush, not so loud] // [or everyone will want it|it is much too good for us].@ {r} [begged|pleaded|offered <treasure>] and at last [held out|laid down] {t}. {t>h}[They shook on it|The bargain was made]. {r} [ran|went] to fetch the {bait} [with a spoon|with a wheelbarrow] and [waited there <long>|looked in every corner], while {h} carried {t} home.
{r} came [at dusk|with a sack], [looked around|whispered], and asked for the {bait}. {h} [pointed|led the way] to {feature}. @h>r say: It is [in there|just below], // [but it is shy, so put down all you carry|but it takes both hands].@ {r} put down {t} and [leaned|reached] in, further and further, until [there was a splash|only two boots could be seen]. {c} took {t}, and [both were gone|they were home before the splash was over]. {t>h}
{time} {r} stood at {h.p} door with {t}. @r>h say: I give you this // [for one look at the {bait}|for the {bait}, here and now].@ @h>r answer: [I do not know|It pains me], // [but since it is you|well, give it here].@ {t>h}{h} led {r.o} [to the tent|behind the house], [lifted the cloth|opened the box], and there was [only a mirror|nothing at all]. @h>r say: [Only the clever can see it|There it is], // [as you can tell|and is it not fine].@ {r} did not want to seem stupid and [praised it loudly|nodded <long>].
They [held an auction|let people draw lots] for the {bait}, [by torchlight|on the square]. [The smith offered a hen|<crowd> offered <treasure>], {r} offered {t}, and {c} [banged a pan|called out]: sold! {t>h}{r} was handed [a heavy box|a sack with a knot], which must not be opened before [midnight|the full moon]. [By then|When it was opened] there was [a brick and a poem|a turnip with a face] in it, and {t} was [far away|where it belonged].
"""),
        ending=lines("""
{r} was <angry>, then [silent|thoughtful], and then began to laugh, for [it had been a good trick|nobody had ever played with {r.o} before]. @r>h ask: [Will you teach me|How did you think of that]?@ [And so|From then on] {r} [told the tale of the {bait} as well as anyone|paid for nothing and asked for nothing].
{h} [hung|put] {t} [in the middle of the square|by the well], where [anyone|everybody] could [use|reach|see] it. {t>x}And {r}? {r} [blushed|looked the other way] when children [sang|whispered] about the {bait}, but [left it at that|hummed along].
[For a week|For some time] {r} did not show {r.p} face. Then {r} came to the square [in {r.p} best coat|on foot] and looked at {t}, and [everyone went quiet|the children hid]. @r>h say: [It hangs well there|I had forgotten how pretty it is], // [better than at my house|with people round it].@ And {h} [brought out a chair|gave {r.o} {h.treat}]. {t>x}
{town} [held a feast|danced all night]. In the middle of it {h} got up and told [how it was done|everything]. {r} [stood at the edge|listened behind a <tree>] and [snorted|laughed] at the best part. @r say: [I believed it|I fell for it], // [fool that I was|every word|all night long].@ [Then everybody liked {r.o} a little|That was the first time {r} laughed about {r.r}]. {t>x}
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
@k>h say: I bought my {ware} from {r} today, // [because you were asleep|and do not look at me like that|only to compare].@ {h} [said nothing|put down the spoon]. @h>k ask: And [is it good|was it better]?@ {k} [looked out of the window|took a long time to answer], and that was an answer too. [That night|From that hour] {h} [could not sleep|had only one thought].
Every [Saturday|market day] the two {craft}s stood side by side, {h} on the left and {r} on the right. [People looked at both tables|First they tried the left]. Then they [bought|went] on the right. @r>h ask: [Bad day|Shall I lend you a customer], // [neighbour|or is it the weather]?@ {h} [packed up early|bit {h.p} tongue].
"""),
        attempt=lines("""
{h} worked [day and night|<number> nights], and put [sugar|gold paper|bells] on the {ware}. {r} put [honey|feathers|<number> ribbons] on everything in sight. [It grew sillier and sillier|There was no end to it]. [<folk> shook their heads|<crowd> only came to laugh].
{c} [carried|brought] some {ware} from the other shop. {h} [tried it|looked at it from all sides] and [had to admit|saw] that it was good. [That hurt|It was like a stone in the shoe]. @h>c grumble: [The colour is better|It is lighter than mine], // [but mine lasts longer|and I cannot see how it is done].@
At night {h} [climbed on a barrel|crept across the street] and looked through {r.p} window. There was [a lamp|one candle], and {r} was [still at work|asleep over the work], [all alone|with red eyes]. @c>h ask: [Well, what is the secret|What do you see]?@ @h>c answer: [Only somebody who is as <tired> as I am|There is none], // [it is just work|and that is worse].@
{h} tried something [new|quite different]: {ware} [in blue|for dogs|twice as big|as small as a thumb]. [It was a great success for a day|Nobody wanted it]. The next morning {r} had [the same|it too], [only bigger|for half the price]. {h} [threw a shoe|went red]. @h>c cry: [Thief|That was mine]!@ [Across the street someone cried the same|And {c} hid the other shoe].
"""),
        turn=lines("""
{time} [there was smoke|somebody called] [across the street|over there]: {r.p} [shop|roof] [was on fire|had fallen in]. {h} did not think of [the {ware}|the quarrel] at all. {h} [ran|rushed] over with [buckets|wet blankets|a ladder], {c} [rang the bell|woke the street], and by [dawn|midnight] the worst was over. {r} sat [black with soot|shivering] [on the step|in {h.p} coat]. @r>h ask: Why did you come?@ @h>r answer: [I do not know|My feet did it], // [I suppose|and I would miss you].@
[An order came from the king|A ship's captain came]: [<many> pieces of|a whole cart of] {ware} by [Sunday|the next full moon]. [Alone, neither of them could do it|It was too much for one]. {h} [crossed|walked over] the street, which was only <number> steps wide and felt like a mile. @h>r say: [You have the better hands|You have the oven], // and I have the [patience|recipe].@ {r} [stared|was silent <long>] and then [rolled up both sleeves|made room at the table].
{time} the [bridge|hill] road was [washed out|closed by snow], and no [customers|carts] came [to {town}|at all]. {h} had no [flour|wood|thread] left and {r} had no [coal|salt|water]. They [met|stood] in the middle of the street. @r>h say: [I could give you some of mine|Well], // [if you had something for me|neighbour].@ @h>r answer: [I could|Come in], // [it is warm on my side|and bring what you have].@ And that evening they made {ware} [together|at one table].
A [child|girl] came in with [one coin|a coin in her fist] and wanted {ware} [for her sick mother|for a birthday]. {h} had [none left|sold the last]. [It was hard, but|Then] {h} took [the girl|her] by the hand and [led her across the street|went over to the other shop]. {r} [stared|could not believe it]. @r>h ask: You send me a customer?@ @h>r answer: She needs [something good|the best], // [and yours is good|and I know where it is].@
"""),
        ending=lines("""
[They took down the wall|They hung up one sign with two names]. {h} made [the inside|the first half], {r} [the outside|the second half], and {c} [tasted|counted|slept on the counter]. [They still quarrelled|They argued about salt], but [only on Mondays|with floury noses and laughing].
{r} [showed|taught] {h.o} the trick with [the steam|the thread|the ashes], and {h} [showed|taught] {r.o} how to wait. @c>h say: [You could have done that years ago|I told you so], // [and saved us the bells|if anyone had listened to a {c.noun}].@
{r} came over [the same evening|with a lantern] and sat down [on the counter|by the oven]. They [talked|compared notes] until [the lamp went out|morning]. It turned out that each had [envied|watched] the other [for years|all the time]. @c say: [And I had to listen to both|Two {craft}s and one brain], // [all these years|and I am hungry].@
The [feast|fair] of that year had one table and not two, and on it the {ware} of both, [side by side|mixed up so that nobody knew]. [People tried to guess whose was whose|<crowd> bought it all by noon]. {h} and {r.n} [stood behind it and winked|counted the money and bought {h.treat}].
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
[One cold night|In the middle of the night] something scratched at the door: a {guest}, [with a broken leg|all wet|as thin as a nail]. {h} had [little enough|only half a loaf], but [there was a corner by the stove|half of half is still something]. @c>h say: [We cannot feed everyone|Soon we shall have none ourselves], // [but look at those eyes|well, just this once].@ In the morning the {guest} [was gone|went its way], without a sound.
{r} wanted [that very house|the same thing] and had [money|a lawyer|a big voice]. @r>h say: [Everything has its price|You will come round], // [and I can wait until winter|and then I shall pay half].@ {h} went home [by the long road|with a heavy head]. On the way a {guest} lay [in a trap|in a ditch], and {h} [freed it|carried it into the shade], for [one can always do that|that cost nothing].
"""),
        attempt=lines("""
{h} tried to [sell|earn money with] [wooden spoons|songs|jam] [at the market|from door to door]. [It rained|<creature> was better at it], and all that came in was [<number> pennies|a cabbage]. {c} [sold|offered] [a hat|one whisker]. @c>h say: That makes [<number> pennies and a button|almost nothing], // [but we have each other|and a hungry {guest} to feed].@
{r} gave {h.o} a task that nobody could do: to [sort|count] [a sack of poppy seed and sand|the hairs of a horse|the peas of a whole field] before [the cock crowed|sunrise]. @r>h boast: [If you can do it, all is yours|Do it and I go] // and [I will eat my hat|may I turn blue].@ {h} [began|sat down to it], and [wept a little|grew <tired>].
[For <number> weeks|All {season}] {h} worked at everything: [carried sacks|washed windows|chopped wood], and {c} [helped|carried the pennies home]. [But {r} had told people not to pay|But everything cost more each day]. In the jar [was|lay] <number> pennies and [a button|a dead fly]. @h>c say: [It is not enough|At this rate we need <number> years], // [but we go on|and the year has an end].@
{h} went to [the mayor|the judge] and [explained it all|asked for help]. He [looked at his watch|was sorry]. {r} had been there [before|first], [with a ham|with a fat purse]. @c>h say: [So that is that|The world is like that], // [but I have seen it turn|today].@ They [walked home in silence|shared {h.treat} on the steps], and a {guest} [ran|sat] by the road and looked after them.
"""),
        turn=lines("""
{time} there was <sound>. The {guest} was back, and not alone: [<many> more|all its cousins] came [through the keyhole|out of the walls|from under {feature}]. @h ask: [What do you want here|Have you come to supper]?@ They [worked|ran to and fro] all night, and when [the cock crowed|it grew light] [the task was done|everything was done], [to the last grain|down to the last crumb]. {h} [rubbed both eyes|did not know what to say].
[<suddenly> the {guest} tugged at {h.p} sleeve|The {guest} came back and beckoned]. {h} and {c.n} followed it [behind|under|past] {feature}, <number> steps [down|to the left], and there, [wrapped in leaves|in an old pot], lay [<treasure> from old times|a purse that nobody had missed for a hundred years]. @c>h cry: [It remembered|So small, and it never forgot] // [a bucket and a crumb|your {h.treat}]!@
{time} {h} woke up because [something tickled|the floor shook]. There was the {guest} with [all its family|<many> others], and each carried [a coin|a grain of gold|something shiny], [old and muddy|from under the hill]. They laid it [on the blanket|in {h.p} shoe] and [were gone|bowed]. @c>h ask: [Do I dream|Did you see that]?@ @h>c answer: [Then we dream the same|I saw a friend], // [and it jingles|and I know that limp].@
{r} came [to take the keys|with two strong men]. But [on the step|in the doorway] sat the {guest}, [and behind it <many> more|no bigger than before], and did not move. {r} [took a step|laughed], and [it rained nuts|they all looked at {r.o}|they were in {r.p} boots at once]. @r>h cry: [Take them away|Call them off]!@ @h>r answer: [I did not call them|They come and go], // [they only remember who was kind|as they like].@ And {r} [ran|signed the paper].
"""),
        ending=lines("""
{r} [counted|checked] [<number> times|with a magnifying glass], [turned red|chewed on the paper], and [could find nothing wrong|had to keep the word given]. [The paper went into the stove|The paper was torn up]. And the {guest} has a [place|bed] [by the stove|in the teapot], and [nobody in {town} says only a {guest} now|comes and goes as it likes].
[Since that day|From then on] {h} [leaves|left] the door open a crack, even in {season}, [for a {guest} or anyone else|in case somebody small comes by]. {c} [grumbles about the draught|sleeps in front of it].
[In the {season}|When all was settled] {h} put a [bowl|plate] outside the door every evening. [By morning it was always empty|Sometimes it was full of nuts in the morning]. @c>h say: [I was wrong about the soup|I said we cannot feed everyone], // [one can feed a {guest}|but one can begin].@
{r} [passed by now and then|moved to another street] and [took off {r.p} hat|walked round every {guest} <carefully>]. [Some said it was fear|It may have been fear], and [some said it was more|later it was something better]. [Once {r} was seen|One day {h} saw {r.o}] with a {guest} [on one shoulder|in {r.p} pocket].
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
{h} met {r} by chance, {q.at}, {q>here}[in the rain|at dusk], and both [ran|jumped]: {h} to the left and {r} to the right. @h>c say: {r.name} was as <afraid> as I was, // [I saw it|and one shoe stayed behind].@ @c>h ask: [And what will you do with the shoe|A shoe as big as a boat]?@ @h>c answer: [Bring it back|Mend it], // [of course|one cannot walk with one shoe].@
[Mothers said|The nurse said] to the children of {town}: [be good, or {r.name} will come|go to sleep, or {r.name} will hear you]. {h} had [believed|heard] it too. But [one night|once] {h} could not sleep and looked out, and there was {r}, who [carried a lamb home|closed the gate that everyone had forgotten|watered the dry beans]. {h} [told nobody but {c.o}|thought about that <long>].
"""),
        attempt=lines("""
{h} [put|left] [a piece of|some] {h.treat} [on a stone|under a <tree>] [for {r.o}|near {q}]. [In the morning it was gone|The next day it was gone], and [a carved duck|a pine cone|a bunch of herbs] lay there. So it went for <number> days: [cake and duck, cake and duck|one present there, one back]. But {r} [never came out|hid every time].
{h} [went up|called] and said good day, and {r} [slammed the door|roared]. @c>h say: [You see|There you have it], // [bad manners and big teeth|we can still run].@ @h>c answer: [I roar too when I am shy|That was fear], // [and not anger|I could hear it].@ And {h} sat down [on the grass|by {feature}] and [began to knit|peeled an apple|waited].
{h} [wrote a letter|sent a card]: [come to tea|good day, who are you]. [It came back torn|No answer came]. {h} wrote another, and one more, and {c} [carried|threw] each to {q} and [ran|came back white]. The [fourth|fifth|seventh|tenth|last] letter did not come back. @c>h say: [Perhaps it was eaten|It may be a good sign], // [or read|or only the wind].@
{h} learned what {r} [liked|missed]: [a pedlar had seen the garden|the owl told it]. It was [music|flowers|chess], of all things. So {h} sat down [near {q}|where the path began] and [played on a comb|planted blue flowers|set up a board with one chair empty], and waited. [Nothing moved|A curtain moved], [for <number> days|till evening].
"""),
        turn=lines("""
{q>here}{time} {r} [came out|stood there], [as tall as|broader than] a door, and did not know where to look. @r>h ask: [Are you not afraid|Why do you not run], // [everyone does|as they all do]?@ @h>r answer: [A little|I was yesterday], // [but curious as well|but I brought {h.treat}].@ [They ate|They sat side by side] and {r} [spoke|told {h.o}] about [the stars|loneliness|the loud voice that frightened everyone]. {h+truth}
A [child|calf|goat] of {town} had [fallen into|got stuck in] [the river|a deep hole], and [nobody|no rope] could reach it. {h} [ran|called] for {r.o}. {r} [came at once|did not wait], [reached down with one long arm|waded in] and [lifted it out|set it down] <carefully>. <folk> [stood|stared] with open mouths. @h say: This is {r.name}, // [who washes lost baskets|my friend|and not a bit wicked].@ {h+truth}
{q>here}{time} {h} slipped <where> and [could not get up|hung by one sleeve]. {c} cried for help, and [no one came|nobody heard], and then the earth shook a little. {r} bent down and [lifted {h.o} up|set {h.o} on the grass] <carefully>. @r>h ask: [Does it hurt|Why do you not scream]?@ @h>r answer: [Only the knee|Because you are kind], // [thank you|and I have known it for a long time].@ {h+truth}
{time} <folk> [came with pitchforks|marched out with torches] to drive {r.o} away. {h} [ran ahead|stood in the gate] with both arms spread. @h cry: [Stop|Not one step more]! // [Who closed your gates at night|Who found the lost lamb]?@ It grew quiet. {r} came out, [trembling|with a cake], and [held it out|said good evening]. [An old woman was the first to take a slice|The torches went out one after another]. {h+truth}
"""),
        ending=lines("""
{time} {r} came to {town} for the first time, with [a clean collar|a flower behind one ear] and very <afraid>. [<crowd> made room on the bench|Somebody brought a bigger chair]. [A baby pulled {r.p} nose|<creature> sat down on {r.p} shoulder], {r} [held quite still|laughed], and [the fear was over|everyone laughed too].
Now {r} [mends the roofs without a ladder|lights the lamps|carries the children over the ford], and {h} [reads to {r.o} in the evenings|teaches {r.o} to whisper]. [Of the rows of teeth nobody speaks now|The teeth were quite ordinary teeth].
On {h.p} birthday {r} sat at the table, on [<number> chairs|the floor], and [even so|still] the lamp was in the way. @k>r ask: [More cake|Is the cup big enough]?@ {r} [nodded|whispered yes, please]. {c} [had fallen asleep in {r.p} hat|showed off the big shoe], and [outside the children|at the window the whole street] [looked in and waved|wanted to come in].
[It was a long time ago|Years have passed], but the path to {q} is [wide and smooth now|the best path of {town}], so many [feet|guests] have walked it. And when [somebody new comes|a stranger asks], they say: [that is only {r.name}|do not be afraid, just knock loudly].
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
It was {h} who [found|saw] {m.o} first, [at the pump|under the arch], with {t} in both hands. @h>m ask: Where do you come from?@ {m} pointed [far over the hills|at the sky and then at {m.p} feet], and said [a word like a bird's|something soft]. [Nobody knew that word|{h} tried to say it too], and {m} almost smiled. @h>c say: [Did you see that|That was a beginning], // [it was nearly a smile|we shall find the rest].@
[The mayor|The council] said that {m} might stay [three days|until Sunday], and not an hour longer. @r say: [There are enough of us|The soup is thin as it is], // [and who knows what is behind it|everyone will agree].@ {h} did not agree. @h>c say: Three days are [long|three days], // [if one begins at once|so let us hurry].@
"""),
        attempt=lines("""
{h} taught {m.o} [<number> words a day|the word for bread]: [roof, spoon, goose|rain, shoe, friend]. {m} taught {h.o} [<number> back|the same in the other tongue]. {c} [mixed up|forgot] both. [At the market|In the shop] {m} tried them out, and [was given a goose instead of a roof|somebody laughed], and {m} [went home <sad>|said nothing for <number> days].
{r} [said|claimed] that [a purse|a hen|a ham] was missing and pointed at {m.o}. [Many believed it|Heads were nodding]. {h} [stood|stepped] in front of {m.o}. @h>r say: [Show us first that it is gone|Look in your own pocket first], // [then we can talk|before you point].@ And [there it was|out it came], in {r.p} own [coat|cellar]. {r} [muttered something|turned red].
{h} went from door to door with {m.o}. [At one door there was no room|The first had no bed], at the next [no time|a big dog], and at the last [they pretended not to be home|a curtain was drawn]. {m} [understood very well|looked at the ground]. @c>m say: [They are only shy|Next week they will want you], // [I was new here once too|and it took me a year].@
{m} [swept the square without being asked|mended a pump]. [Nobody said thank you|They thought it was the wind]. {h} [painted|wrote] a big sign: this was {m.name}. @k>h say: [Give them time|People are like cats], // [they need to sniff first|they look for a year and then they sit on your lap].@
"""),
        turn=lines("""
{time} {distress}, and nobody knew what to do. {m} [took|unwrapped] {t}, [knelt down|listened], and [knocked|pointed] at {feature}. At home, it turned out, {m} had {skill} for <number> years. By [evening|the next day] {relief}. <folk> [took off their hats|did not know where to look].
On [the eve of the fair|the longest night], when [the piper was ill|everyone sat in silence], {m} [played on|tapped on|held up] {t} and [sang|told, half in one language and half in the other,] <song>. [Nobody understood the words|They understood every second word], and yet [<crowd> wept|feet began to tap]. {k} was the first to [dance|clap].
{time} [a child had gone missing|the smallest girl of the baker was gone], and everyone [ran about|shouted]. {m} [knelt down|put one ear to the ground], unwrapped {t} and [played three notes|held it to the light]. [From the old well|Out of the reeds] came a [laugh|voice]. {m} [climbed down|waded in] and brought the child back, [asleep|wet and merry]. <folk> [had no words, in any language|all looked at {m.p} bare feet].
In that {season} {distress}. [The experts shook their heads|<crowd> blamed the weather]. {m} tugged at {h.p} sleeve and pointed, and {h} [put it into words|explained]. @h say: {m.name} has {skill} before, // [where the hills end|for half a life]. [Let us try|What can it cost]?@ They tried it, and [by the third day|before the week was out] {relief}.
"""),
        ending=lines("""
[They built a bench|They painted a door] with {m.p} name on it. {t} has its place [over the stove|on the wall], {m} [mends what is broken|tells the children about the other side of the hills], and in {town} people now have [two words for bread|two ways to say thank you].
@m>h say: [When I came I had {t} and wet feet|I came with one thing], // and now I have [a chair, a cup and a friend|too much to carry].@ [{h} had learnt that as well in the other language|{h} answered in the other language], [with <number> mistakes|and it was right].
Nobody spoke of three days any more. {m} got [a room with a stove|the little house by the wall], {k} brought [curtains|a pot], and {r} [came last of all|stood outside <long>] and [left a ham on the step|said welcome, in the other language].
{h} learned {m.p} song and {m} learned the names of all the [hens|streets]. In the evening the two sat [on the wall|before the door] with {t} between them. @h>m ask: Do you miss it, // [where you come from|the other side]?@ @m>h answer: [Always|Every day], // [but now I would miss this too|and it is good to have two places to miss].@
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
[It was raining|It was past midnight], and {h} [heard a door|could not sleep]. {k} went out [with a covered basket|without a lamp], and {h} [followed|ran after {k.o}] as far as the {hiding}. {h+secret}{k} turned round and was not angry. @k>h say: [I hoped it would be you|Two can carry it better], // [but it needs quiet to live|until the {season} is over].@
"""),
        attempt=lines("""
(h knows secret) {c} [noticed|saw] at once that something was up. @c>h ask: What is it? // [You are chewing, and there is no food!|You have put your hat on back to front!|You can tell me!]@ {h} [turned red|talked about the weather], [ate <number> spoons of <meal>|whistled <song>] and [said nothing|held out]. [It was the hardest evening of all|{c} was hurt and went to bed].
(h knows secret) {r} [came by|waited <where>] with [a bag of <sweet>|a shiny coin]. @r>h ask: [Where does {k.name} go at night|What is it that you two hide], // [you can tell me|it will stay between us]?@ {h} looked at [the <sweet>|{r.p} narrow eyes]. @h>r answer: [For a walk|To look at the moon], // [as anyone may|it is good for the knees].@ {r} did not believe it and [followed|kept watch].
(h knows secret) {c} [made a list|guessed] all day. Was it [a present|a treasure|a ghost]? {h} [shook {h.p} head <number> times|looked at the ceiling]. @c>h say: [You used to tell me everything|Friends share], // [even about the pie|or are we no friends any more].@ That [hurt|was the worst]. {h} [gave {c.o} half the {c.treat}|hugged {c.o}] and kept silent.
(h knows secret) At the [market|well] people talked. [One had seen a light|Someone had seen {k} at night]. @r>h ask: You live there, // [so what is it that {k.name} does|do you not]?@ {h} could have [said it|answered] and been [the most important person in {town}|listened to by all], for once. @h>r answer: [I sleep at night|Perhaps it was the moon], // [like a stone|it walks about too].@
"""),
        turn=lines("""
(h knows secret) {time} {r} [was on the way to|had nearly reached] the {hiding}. {h} [ran a short cut|jumped over <number> fences] and [lit a fire on the other hill|rang the bell|led the dogs the other way], and {r} [turned round|ran after it]. {k} [had seen it all|came out of the shadow]. @k>h say: [You could have told it for <sweet>|I chose well], // [and you did not|I see that now].@
(h knows secret) {h} [could hardly bear it|was close to bursting] and went to [an old well|a hollow <tree>]. Into it {h} [whispered|said] the secret, [<number> times|once and for all], and [felt better|was light again]. [Only <creature> had heard|And the <tree> kept it]. {time} {k} [called|sent for] {h.o}. @k>h say: [It is time|Tomorrow all may know], // [for now nobody can harm it|and you may be the one to tell].@
(h knows secret) {time} {r} had [bought|brought] a [lantern|dog] and was [close behind|on the track]. {h} saw it and [thought fast|did the only thing possible]: {h} [fell into the pond with a great splash|cried wolf], and {r} [came to look|had to pull {h.o} out]. [When they were done|By then] {k} was [safe at home|out of sight], and {r} had [forgotten|lost] the way.
(h knows secret) {time} {k} fell ill, and [somebody had to go|there was work to do] at the {hiding}. {h} went alone, [every night|in wind and rain], and [told nobody|was back before the cock crowed]. {h} was so <tired> that [{h.p} head fell into the <meal>|the spoon fell down]. @k>h say: [You did it all alone|I know what it cost you], // [and not a word came out|so now you may choose who hears of it].@
"""),
        ending=lines("""
{time} {k} led [all of {town}|<crowd>] to the {hiding}. {c+secret}@c>h ask: [You knew it all the time|All these weeks], // [and never said a word|and I thought you were ill]?@ {h} [nodded|smiled] and [needed <number> cakes to get over it|slept for a whole day].
(h knows secret) [It was not long|Not many days passed] before the {hiding} was shown to [all|everyone]. {c+secret}{c} [forgave|hugged] {h.o} and [wanted to have a secret too|asked what else there was]. [There was one, in fact|{h} only whistled], [but that is not told here|and {k} winked].
(h knows secret) The first whom {h} told was {c}, [of course|at once]. {c+secret}@h>c say: Shut both eyes and [come|take my {h.hand}].@ When {c} opened them there was the {hiding}, and {c} [forgot to be cross|was silent for once]. [Later all of {town} came|In the end everyone knew it], but [the first hour belonged to the two of them|first there were three, and that was the best].
{time} the day had come. {k} [opened the gate|rang the bell] and let everyone see the {hiding}. {c+secret}[Some cried|<crowd> clapped], and {r} [said that it was worth the wait|asked who had known]. {k} laid one hand on {h.p} shoulder. @k say: [This one|Somebody here] knew it all along, // [and has earned the biggest slice|and can be trusted with more].@
"""),
    ),
)
