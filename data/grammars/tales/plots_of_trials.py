"""Plots of trials: riddle, contest, building."""

# ruff: noqa: E501 - one variant a line
from __future__ import annotations

from grammars.common import lines
from grammars.tales.beings import TRADES
from grammars.tales.plot import Plot

PLOTS = (
    Plot(
        name="riddle",
        at_home=True,
        titles=("The riddle of {r.name}", "{h.name} and the riddle", "What {h.name} answered"),
        words={
            "question|solution": (
                "What has a bed and never sleeps?|a river",
                "What has teeth and cannot bite?|a comb",
                "What grows smaller the longer it lives?|a candle",
                "What runs uphill and downhill and never moves?|a road",
                "What can fill a house and weighs nothing?|light",
                "What has one eye and cannot see?|a needle",
                "What has hands and cannot clap?|a clock",
                "What gets wetter the more it dries?|a towel",
                "What has a neck and no head?|a bottle",
                "What goes around the house and leaves one foot behind?|snow on a boot",
                "What has ears and never listens?|a field of corn",
                "What must be broken before you can use it?|an egg",
                "What has leaves and never grew?|a book",
                "What follows you all day and is gone at night?|your shadow",
                "What flies without wings?|time",
                "What can you give away and still keep?|your word",
                "What has a tongue and never speaks?|a shoe",
                "What has four legs and never walks?|a table",
                "What falls and is never hurt?|rain",
                "What speaks every language?|an echo",
            )
        },
        wishes=(
            (
                "answer the riddle of {r} and win {t.the}",
                "the riddle was answered, and {t} [stood|lay|shone] in {h.p} house",
            ),
            (
                "solve the riddle with which {r} kept {t.the} from {town}",
                "the riddle was solved and {t} belonged to {town}",
            ),
        ),
        holders={"t": "r"},
        trouble=lines("""
{r} [sat|stood] [under the clock|on the bridge] with {t} and called to everyone who passed. @r cry: {question} // [Guess it and {t} is yours|Three tries, not one more]!@ [<crowd> guessed|<folk> tried] [a turnip|a goose|my aunt], and [all of it was wrong|had to pay a penny].
Every year {r} asked the same riddle, and nobody had ever known. @r>h ask: {question}@ {h} [opened {h.p} mouth and shut it again|thought of {h.treat}]. @r>h say: [You have until the moon is full|Come back when you know], // [and {t} is waiting|but a wrong answer costs one tooth, or a cake].@
[On the day of the fair|One market day] {r} climbed on [a barrel|the fountain] and held up {t}. @r cry: {question} // [Whoever knows it may have this|Come, is nobody clever here]!@ [The schoolmaster tried|Three wise men tried], and {r} [laughed|shook {r.p} head]. {h} [went home deep in thought|walked round the block <number> times].
@r>h say: You may have {t} // [for nothing|without a penny], [if you can tell me one thing|as soon as you answer].@ {r} [bent down|took a breath]. @r>h ask: {question}@ {h} [knew it at once and was wrong|had no idea]. [That cost a cake|Each wrong answer cost an egg], and {h} [had baked only two|did not keep many hens].
"""),
        attempt=lines("""
{h} asked {k.o}, [who was peeling turnips|who had flour on both arms]. @k>h answer: [A turnip|My knees on a Monday], // [without a doubt|what else]?@ {h} asked <creature>, [who thought about it still|who only yawned], and [wrote it all down|went on asking]. [A hundred answers and not one of them fitted|{c} kept the list].
[All night|<long>] {h} [lay awake|walked up and down]. Was it [a needle in hay|a hole in a sock]? Was it [the letter m|a pancake]? @c>h say: [Ask it backwards|Say it slowly], // [that is how I find lost socks|and leave out the big words].@ {h} [said it|whispered it] slowly, [<number> times|word by word].
{c} [read every book in the house|asked at school], all <number> of them, and [fell asleep over the last|found a recipe instead]. @c>h say: [It is not in any book|I know now how to make vinegar], // [so it must be in the world|but that does not help].@ So they [went out|walked] and looked at [everything|all that they passed] and asked: is it you? [The <tree> was not|The cow was not].
[They drew lots|They made a list] of all the things that [are in a house|one can see from a window]: [spoon, broom, grandmother|cat, roof, chimney]. {h} [crossed out one after another|tried each]. [By evening the list was empty|At the end only the word pickle was left], and it was not that. {c} [ate the pencil|laughed first], and [so they had to begin again|that did them good].
"""),
        turn=lines("""
{time} {h} sat <where> and looked at what was there, one thing after another. [<suddenly> {c} [stumbled|sneezed]|Then the wind turned], and {h} saw it, as plain as [a nose|bread]: {solution}! {h+solution}{h} [laughed|jumped up] so [loudly|suddenly] that {c} [fell off the bench|dropped the {c.treat}].
{h} fell asleep over it, [with the list for a pillow|next to {feature}], and dreamed. In the dream everything [spoke at once|was upside down], and last of all came {solution} and [bowed|laughed]. {h+solution}{h} woke up and [knew|was sure]. @h>c cry: [I have it|Get up, I have it] // [and it was so simple|and it was there all the time]!@
[A small child|{k}] was [playing|sweeping] by {feature} and [sang|said] something about {solution}. {h} [stood still|turned round]. {h+solution}[It fitted|Everything fitted], like [a lid on a pot|a foot in an old shoe]. @h>c whisper: [Do not say it aloud|Quick], // [before it gets away|or the wind will sell it].@
{time} {k} [called them to supper|scolded them because of the lamp]. {h} was still thinking and [put salt into the tea|sat down beside the chair]. @k>h say: [You look for it too far away|It is always what one sees every day], // [my dear|that was so in my time].@ {h} looked [down|around]. And there it was: {solution}. {h+solution}[The spoon fell|{h} kissed {k.o} on both cheeks].
{c} made a joke about {solution}, [a bad one|as so often], and nobody laughed. {h} [stopped eating|turned pale]. @h>c say: [Say that again|What did you say]. // [Slowly|From the beginning].@ {c} [did|said it again]. @h>c cry: [That is it|You have solved it], // [you silly {c.noun}|without knowing it]!@ {h+solution}
"""),
        ending=lines("""
(h knows solution) @r>h ask: [Well|And now], // have you come to [pay|guess]?@ @h>r answer: The answer is {solution}.@ It was so [quiet|still] that one could hear [the clock|<creature>]. {r} [turned red and then white|sat down]. @r>h say: [At last|It is], // [it was dull to be the only one who knew|and I am almost <glad>].@ And {r} gave {h.o} {t}. {t>h}
(h knows solution) {h} [bent down|stood on a box] and said it into {r.p} ear: {solution}. {r} [whistled|blinked], took off {r.p} hat and [gave {h.o} {t}|laid {t} in front of {h.o}]. {t>h}@r>h ask: [Do you know another|Have you got a riddle for me], // [for I have time now|one that is really hard]?@ [{h} had <number>|And {c} had one].
(h knows solution) All of {town} had come [to see|to hear it]. {h} [cleared {h.p} throat|climbed up to {r.o}] and answered: {solution}. [For a moment nobody moved|One heard the flags]. Then {r} bowed [to the ground|as one bows to a king] and handed over {t}. {t>h}@r>h say: [Now I need a harder one|You have spoiled my trade], // [but it was worth it|and I thank you for it].@
(h knows solution) {h} waited until [everybody had gone|the square was empty] and said it quietly: {solution}. {r} was [silent|still] <long>. @r>h ask: [Why did you not say it before all the people|Who told you]?@ @h>r answer: [You looked so proud|Nobody], // [and I only wanted {t}|and you need not be ashamed].@ {r} gave it to {h.o}, [and a {c.noun}-sized bow|with both hands]. {t>h}
"""),
    ),
    Plot(
        name="contest",
        at_home=True,
        rogues=TRADES,
        titles=("The great {contest}", "{h.name} at the {contest}", "Last and first"),
        words={
            "contest": (
                "kite race",
                "pie contest",
                "boat race",
                "pumpkin show",
                "snail race",
                "singing contest",
                "sack race",
                "snowman contest",
                "egg race",
                "whistling contest",
                "chess match",
                "barrel race",
                "dance of the towns",
            )
        },
        wishes=(
            (
                "win the {contest} of {town} and with it {t.the}",
                "{h} had won something at the {contest} that was better than {t}",
            ),
            (
                "take part in the {contest} [just once|like everybody else] and not be last",
                "{h} had been in the {contest}, and nobody asked who was last",
            ),
        ),
        trouble=lines("""
[For <number> years|Every year] {r} had won the {contest}, and every year {r} [held up {t}|made a speech] and laughed at [the others|whoever lost]. @r>h ask: [You want to try|You too], // [with those legs|with {c.name} for a helper]?@ {h} [swallowed|went pale] and [wrote {h.p} name on the list|nodded].
[A notice hung on the church door|The drummer called it out]: in <number> days the {contest}! [The prize was {t}|First prize: {t}]. {k} [clapped|had tears of laughter]. @k>h say: I [came third|fell on my nose] in it once, // [and it was the best day of my life|and I would do it again].@
{k} had once been [good at|second in] the {contest}, and the [ribbon|medal] still hung [by the window|over the bed]. @h>k ask: [Could I do it too|How does one win]?@ @k>h answer: [One must want it a lot, and then not too much|Nobody knows], // [and have a friend at the side|and eat well before].@ {h} [wrote {h.p} name on the list|ran to the town hall], right under {r.p}.
[<crowd> said|Everyone said] that {r} would win the {contest}, [as every year|so why bother]. {t} [already stood in {r.p} window|was to be the prize]. @r>h ask: [You here|Have you lost your way], // [the kitchen is over there|or do you sell {h.treat}]?@ {h} [smiled and stayed|did not go away]. @h>r answer: [I am in it too|We shall see].@
"""),
        attempt=lines("""
{h} [practised|trained] [before sunrise|behind the barn|until the lamps were lit]. [The first time it went wrong|At first everything fell down], the second time [<creature> got in the way|it was worse], and the third time [it nearly worked|{c} cheered]. @c>h say: [Better|That was not bad], // [only more slowly|only breathe in between|at least it did not hurt].@
The night before, somebody [cut the rope|let out the air|put sand in the flour] [in {h.p} shed|where all was ready]. {h} [sat down and cried a little|was <angry>], and then [wiped {h.p} nose|lit a lamp]. {c} [fetched the needle|held the light], and by [dawn|<number> o'clock] it was [mended|nearly as good as new], [with a patch shaped like a <tree>|with one {c.hand} print on it].
They had [no money|hardly any money] for what one needs. So {c} [borrowed a bit here and there|searched the rubbish], and {h} [made the rest|glued it together] out of [old boxes|sacks and string|what there was]. It looked [odd|like nothing else], but [it worked|it held]. @c>h say: [Pretty it is not|It has character], // [but nobody has another like it|like me].@
{h} practised until {h.p} [legs|arms] ached. [On the third day|After a week] nothing went right any more. @h>c say: I give up, // [I am no good at it|let {r.name} have it].@ {c} [did not argue|took {h.o} to the pond], and they [threw stones|ate {c.treat}] [until evening|and said nothing]. [The next day it went by itself|After that everything was easier].
"""),
        turn=lines("""
{time} the {contest} began. {r} was in front, [as always|laughing], and {h} [was close behind|caught up]. <suddenly> {r} [slipped|tripped over {r.p} own feet|got tangled] and [called for help|could not get up]. [<folk> held their breath|The others ran past]. {h} [looked at the finish|could have won] and [turned back|stopped], and [pulled {r.o} out|held out a {h.hand}]. @r>h ask: Why did you stop?@ @h>r answer: [You called|I heard you], // [and nobody should lie in the mud|and a prize does not call].@
{time} it [started|was time]. {h} was [doing well|better than ever], when <creature> [ran|wandered] right into the middle of the {contest}, [lost|frightened]. {h} [dropped everything|let the others go by] and carried it [to the side|to its mother]. {c} [groaned|covered both eyes]. When {h} came back, [it was over|the flag was down], and {r} held {t} [in the air|over {r.p} head]. {t>r}
{time} the {contest} began, and [the drum rolled|the flags flew]. {h} [forgot everything that had been practised|saw nobody but {c.o} at the rope]. [Half-way through|Before the end] {r.p} [helper|wheel|string] [gave out|broke], and {r} [sat down and hid {r.p} face|stood there like a post]. {h} [went back|stopped] and [gave {r.o} the spare one|lent {r.o} what was needed]. They came in [last, both of them|together, arm in arm], and [the noise was tremendous|hats flew into the air].
{time} it was {h.p} turn in the {contest}. [First there was laughter|Somebody whistled], then it grew quiet, for {h} did it [so differently|with so much joy|so lightly] that [people forgot to count|even the judges smiled]. {r} won, [by a hair|with a bow], and got {t}. {t>r}But [nobody talked about that|the children all wanted to do it like {h.n}].
"""),
        ending=lines("""
The judges [whispered <long>|put their heads together]. @m say: [{t} goes to the fastest|The fastest is the fastest], // but the [first piece of cake|seat of honour] goes to {h.name}.@ [And all of {town} stood up|Then <crowd> lifted {h.o} up]. {r} [looked at {t}|stood alone], came over and [shared the cake|held out a hand].
[In the evening|When the benches were empty] {r} [knocked|came] and set {t} on {h.p} table. {t>h}@r>h say: [It does not shine at my house|I have <number> of them], // [and this one is yours|and none of them was fair].@ {h} [put|shared out] {h.treat} on two plates, [fair and square|one for each|and pulled up a chair].
@r>h say: You could have won, // [and you know it|if you had not helped me].@ @h>r answer: [Perhaps|I did], // [but then I would have had {t} and no friend|in a way].@ {r} [laughed|was silent] and [went home and came back with {t}|put {t} into {h.p} {h.hand}s]. {t>h}@r>h say: [We shall share it|Half the year with you], // [summer with you, winter with me|half with me].@
That night {c} made a [medal|crown] out of [paper|{c.treat}] and hung it round {h.p} neck. {k} [read out a speech|cried a little]. [It did not last|The medal was eaten by morning], but [the evening did|in the family they still speak of it]: [how everyone had cheered|how {h.n} turned back].
"""),
    ),
    Plot(
        name="building",
        at_home=True,
        rogues=("bailiff", "merchant", "landlord", "baron", "captain"),
        titles=("{h.name} builds a {work}", "The {work} of {town}", "Stone upon stone"),
        words={
            "work": (
                "bridge",
                "boat",
                "windmill",
                "tree house",
                "well",
                "tower",
                "school",
                "playground",
                "oven for all",
                "bell tower",
                "raft",
                "library",
                "lighthouse",
            )
        },
        wishes=(
            ("build a {work} for {town}", "the {work} of {town} was built and [stood firm|everyone could use it]"),
            (
                "finish the {work} which {k} had begun",
                "the {work} was finished, and {k.p} name was carved over the door",
            ),
        ),
        trouble=lines("""
[<folk> said|They said in {town}] that it could not be done. @r>h boast: A {work}, // [built by a {h.noun}|by you two]? [I will eat my boots first|Then I eat my boots]!@ {h} [measured with a string|drew in the sand]. {k} [lent|gave] {h.o} {t}, [which had brought luck before|for luck]. {t>h}
@r>h boast: A {work}, // [here in {town}|without money, without wood]? [If you do it, I eat my boots|I would sooner eat my boots]!@ [There was indeed no money|Of stones there were plenty, but of hands few]. [{h} knew nothing about it|{h} had never held a saw] and began all the same, with [one nail|the first stone|<number> boards]. @c>h ask: [Do you know how|What comes after that]?@ @h>c answer: [The second one|I shall know when it falls down], // [and then we try again|hold this].@
@k>h ask: What are all those [sticks|drawings|stones] in my kitchen?@ @h>k answer: A {work}, // [it only needs to be put together|or it will be one].@ {k} [stepped over them <carefully>|looked at them for a long time] and [fetched {t} out of the chest|gave {h.o} {t}]. {t>h}@k>h say: [You will need this|It was my father's], // [to begin well|he built things too].@ {r} [only laughed|stood in the door and laughed].
"""),
        attempt=lines("""
[By noon of the third day|After <number> days] the {work} was [as high as {c.n}|half a wall and a bit of roof]. Then [it leaned|there was a crack], and [with <sound> it fell|down it came] and [buried {h.p} lunch|scared the geese]. [<crowd> laughed|{r} laughed loudest]. {h} [picked up the first board|counted the whole bricks] and [began again|thought <long>].
{h} asked for help [from door to door|at market]. [The smith had no time|One had a bad back], [the baker had no time|another had a cold]. Only <creature> [came and looked|sat on the wall]. @c>h say: [Then we build it small|We have six feet between us], // [and make it bigger later|or so].@ [Beam by beam|Row by row] it [grew|rose].
{r} had [bought up all the wood|forbidden the carts to pass], so that they had nothing to build with. @c>h say: [There is wood in the river|Nobody owns the stones in the field], // [after every flood|and I can carry].@ So they [fished it out|gathered it], [day after day|piece by piece], and {h.p} [hands were raw|back ached]. [The pile grew|In a week there was a heap].
The first wall [stood for an hour|was crooked], the second [for a day|a little less]. {h} sat [on the ruins|in the mud] and [ate {h.treat}|looked at it]. @c>h say: [I like crooked things|It is still a wall], // [but not when they fall on me|if one lies down].@ They [asked a swallow how she does it|went to look at the old church], and [learned something|saw that old walls are thick below].
"""),
        turn=lines("""
{time} {m} [came by|stopped], who had built [<number> houses|ships] when young. @m>h say: [You begin at the wrong end|Good walls, no feet], // [put the big stones below|a {work} must stand before it can be pretty].@ [They dug deeper|They took it apart], and this time it [held|stood], even when {c} [jumped on it|danced on top]. Then [one neighbour|<crowd>] came with a hammer, and then another.
A storm [came|blew] in the night, and [everybody feared for|{h} could not sleep because of] the {work}. [In the morning|At first light] {r.p} [barn|roof] was gone, but the {work} [stood|had not moved]. {r} [walked around it|knocked on it] <long>. @r>h say: [I was wrong|Good work], // [give me a hammer|where shall I begin]?@ With {r.o} came [all the others|<crowd>].
{time} [the school children came|<crowd> came by] and [watched|stood around]. One picked up a stone and asked where it should go. [Then there were two|Then came his sister], and [by evening|by the end of the week] half of {town} [was carrying|stood in a row]. The {work} [grew as if by itself|was hardly to be stopped]. {r} [looked on|stood alone], and then [took off {r.p} coat|fetched a wheelbarrow].
The {work} was [nearly done|done but for the roof], and there was [nothing left|not a board left]. {h} [looked at {t}|thought <long>], then went to the market and gave it away for [a cart of boards|<number> beams]. {t>x}@k>h ask: Did it hurt?@ @h>k answer: [Yes|A bit], // [but now it is part of it|and nobody will get wet].@ [Two days later|On Saturday] the last board was [up|nailed down].
"""),
        ending=lines("""
{time} the last nail was driven in. [Everyone wanted to be first|Nobody dared to be first], so they let [the smallest child|<creature>|{k}] [go in|try it]. {h} [rubbed {h.p} sore {h.hand}s|sat down] and [ate {h.treat}|could only look]. @c>h ask: What do we build next, // [a barn|a ship|now that we know how]?@ @h answer: A bed, // [and then we lie in it|and a big one|for I could sleep <long>|with room for {c.name}].@
[On the day of the opening|When the flags were up] {r} had to eat {r.p} boots, [with mustard|but <crowd> had baked them out of bread]. The {work} [is old now|has been painted <number> times], and under the first stone lies [a penny|a note] with [both their names|{h.p} name and {c.p} name].
{r} came with a [pen|paper] to see whether [it was allowed|everything was in order]. [The rain began|Then came a cloudburst], and all who stood there [ran into|crowded under] the {work}, {r} too. It was [dry|warm], somebody had {h.treat}, [somebody sang|children laughed]. {r} [put the paper away|made a boat of the paper].
On the [wall|beam] over the entrance they carved [all the names|a small {c.noun}]. @c>h say: [My ears are too big|I am better looking], // [but otherwise it is well made|in my opinion].@ {h} [sat on the steps|leaned against the warm stone] in the evening and [heard the voices inside|counted those who came], and [that was better than any reward|was <glad>].
"""),
    ),
)
