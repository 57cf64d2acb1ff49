"""Plots of trials: riddle, contest, building, storm, illness healed, fear overcome."""

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
"""),
        attempt=lines("""
{h} asked {k.o}, [who was peeling turnips|who had flour on both arms]. @k>h answer: [A turnip|My knees on a Monday], // [without a doubt|what else]?@ {h} asked <creature>, [who thought about it still|who only yawned], and [wrote it all down|went on asking]. [A hundred answers and not one of them fitted|{c} kept the list].
[All night|<long>] {h} [lay awake|walked up and down]. Was it [a needle in hay|a hole in a sock]? Was it [the letter m|a pancake]? @c>h say: [Ask it backwards|Say it slowly], // [that is how I find lost socks|and leave out the big words].@ {h} [said it|whispered it] slowly, [<number> times|word by word].
"""),
        turn=lines("""
{time} {h} sat <where> and looked at what was there, one thing after another. [<suddenly> {c} [stumbled|sneezed]|Then the wind turned], and {h} saw it, as plain as [a nose|bread]: {solution}! {h+solution}{h} [laughed|jumped up] so [loudly|suddenly] that {c} [fell off the bench|dropped the {c.treat}].
{h} fell asleep over it, [with the list for a pillow|next to {feature}], and dreamed. In the dream everything [spoke at once|was upside down], and last of all came {solution} and [bowed|laughed]. {h+solution}{h} woke up and [knew|was sure]. @h>c cry: [I have it|Get up, I have it] // [and it was so simple|and it was there all the time]!@
[A small child|{k}] was [playing|sweeping] by {feature} and [sang|said] something about {solution}. {h} [stood still|turned round]. {h+solution}[It fitted|Everything fitted], like [a lid on a pot|a foot in an old shoe]. @h>c whisper: [Do not say it aloud|Quick], // [before it gets away|or the wind will sell it].@
"""),
        ending=lines("""
(h knows solution) @r>h ask: [Well|And now], // have you come to [pay|guess]?@ @h>r answer: The answer is {solution}.@ It was so [quiet|still] that one could hear [the clock|<creature>]. {r} [turned red and then white|sat down]. @r>h say: [At last|It is], // [it was dull to be the only one who knew|and I am almost <glad>].@ And {r} gave {h.o} {t}. {t>h}
(h knows solution) {h} [bent down|stood on a box] and said it into {r.p} ear: {solution}. {r} [whistled|blinked], took off {r.p} hat and [gave {h.o} {t}|laid {t} in front of {h.o}]. {t>h}@r>h ask: [Do you know another|Have you got a riddle for me], // [for I have time now|one that is really hard]?@ [{h} had <number>|And {c} had one].
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
"""),
        attempt=lines("""
{h} [practised|trained] [before sunrise|behind the barn|until the lamps were lit]. [The first time it went wrong|At first everything fell down], the second time [<creature> got in the way|it was worse], and the third time [it nearly worked|{c} cheered]. @c>h say: [Better|That was not bad], // [only more slowly|only breathe in between|at least it did not hurt].@
The night before, somebody [cut the rope|let out the air|put sand in the flour] [in {h.p} shed|where all was ready]. {h} [sat down and cried a little|was <angry>], and then [wiped {h.p} nose|lit a lamp]. {c} [fetched the needle|held the light], and by [dawn|<number> o'clock] it was [mended|nearly as good as new], [with a patch shaped like a <tree>|with one {c.hand} print on it].
"""),
        turn=lines("""
{time} the {contest} began. {r} was in front, [as always|laughing], and {h} [was close behind|caught up]. <suddenly> {r} [slipped|tripped over {r.p} own feet|got tangled] and [called for help|could not get up]. [<folk> held their breath|The others ran past]. {h} [looked at the finish|could have won] and [turned back|stopped], and [pulled {r.o} out|held out a {h.hand}]. @r>h ask: Why did you stop?@ @h>r answer: [You called|I heard you], // [and nobody should lie in the mud|and a prize does not call].@
{time} it [started|was time]. {h} was [doing well|better than ever], when <creature> [ran|wandered] right into the middle of the {contest}, [lost|frightened]. {h} [dropped everything|let the others go by] and carried it [to the side|to its mother]. {c} [groaned|covered both eyes]. When {h} came back, [it was over|the flag was down], and {r} held {t} [in the air|over {r.p} head]. {t>r}
"""),
        ending=lines("""
The judges [whispered <long>|put their heads together]. @m say: [{t} goes to the fastest|The fastest is the fastest], // but the [first piece of cake|seat of honour] goes to {h.name}.@ [And all of {town} stood up|Then <crowd> lifted {h.o} up]. {r} [looked at {t}|stood alone], came over and [shared the cake|held out a hand].
[In the evening|When the benches were empty] {r} [knocked|came] and set {t} on {h.p} table. {t>h}@r>h say: [It does not shine at my house|I have <number> of them], // [and this one is yours|and none of them was fair].@ {h} [put|shared out] {h.treat} on two plates, [fair and square|one for each|and pulled up a chair].
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
"""),
        attempt=lines("""
[By noon of the third day|After <number> days] the {work} was [as high as {c.n}|half a wall and a bit of roof]. Then [it leaned|there was a crack], and [with <sound> it fell|down it came] and [buried {h.p} lunch|scared the geese]. [<crowd> laughed|{r} laughed loudest]. {h} [picked up the first board|counted the whole bricks] and [began again|thought <long>].
{h} asked for help [from door to door|at market]. [The smith had no time|One had a bad back], [the baker had no time|another had a cold]. Only <creature> [came and looked|sat on the wall]. @c>h say: [Then we build it small|We have six feet between us], // [and make it bigger later|or so].@ [Beam by beam|Row by row] it [grew|rose].
"""),
        turn=lines("""
{time} {m} [came by|stopped], who had built [<number> houses|ships] when young. @m>h say: [You begin at the wrong end|Good walls, no feet], // [put the big stones below|a {work} must stand before it can be pretty].@ [They dug deeper|They took it apart], and this time it [held|stood], even when {c} [jumped on it|danced on top]. Then [one neighbour|<crowd>] came with a hammer, and then another.
A storm [came|blew] in the night, and [everybody feared for|{h} could not sleep because of] the {work}. [In the morning|At first light] {r.p} [barn|roof] was gone, but the {work} [stood|had not moved]. {r} [walked around it|knocked on it] <long>. @r>h say: [I was wrong|Good work], // [give me a hammer|where shall I begin]?@ With {r.o} came [all the others|<crowd>].
"""),
        ending=lines("""
{time} the last nail was driven in. [Everyone wanted to be first|Nobody dared to be first], so they let [the smallest child|<creature>|{k}] [go in|try it]. {h} [rubbed {h.p} sore {h.hand}s|sat down] and [ate {h.treat}|could only look]. @c>h ask: What do we build next, // [a barn|a ship|now that we know how]?@ @h answer: A bed, // [and then we lie in it|and a big one|for I could sleep <long>|with room for {c.name}].@
[On the day of the opening|When the flags were up] {r} had to eat {r.p} boots, [with mustard|but <crowd> had baked them out of bread]. The {work} [is old now|has been painted <number> times], and under the first stone lies [a penny|a note] with [both their names|{h.p} name and {c.p} name].
"""),
    ),
    Plot(
        name="storm",
        titles=("The night of the storm", "{h.name} in the storm", "{lost} is missing"),
        words={
            "lost": (
                "the smallest lamb",
                "the postman",
                "the miller's boy",
                "the ferry",
                "the old donkey",
                "the goose girl",
                "the fiddler",
                "the baker's twins",
                "the brown foal",
                "the watchman",
            )
        },
        wishes=(
            (
                "bring {lost} home before [the morning|the flood came|it was too late]",
                "{lost} [had come home|was home again], safe and dry",
            ),
            (
                "be [brave enough|of use], just once, when it mattered",
                "{h} had been brave when it mattered, for {lost} was safe",
            ),
        ),
        trouble=lines("""
[A storm came up|The sky turned green], such as {town} had not seen for <number> years. [Tiles flew|The hens hid in the church], the [river|brook] rose, and when everyone was counted {lost} was missing. @k say: [No one can go out in this|We must wait], // [it would be madness|until it is light].@ {h} had already [lit a lantern|laced both boots] and [taken|put on] {t}. {t>h}
@k>h ask: Where is {lost}?@ [Nobody knew|Everyone looked at everyone]. [The wind tore at the shutters|Thunder shook the cups]. {h} [remembered|thought of] {q}, where [one could find shelter|someone had seen a light], and [reached for|took along] a rope. @h>c ask: [Are you coming|Shall we]?@ {c} [looked at the rain and nodded|was out of the door first].
"""),
        attempt=lines("""
They [called|shouted] until they were hoarse, and only [the wind|an echo] answered. [The lantern went out|A branch struck the lantern]. {h} tied the rope around [both of them|{h.p} waist], and so they went on, [<number> steps and a stop|bent like old <tree>s]. {c} [slipped|sank in to the knee], and {h} held [tight|the rope].
The [footbridge|ford] was [gone|under water]. {h} [crawled along|climbed over] a fallen <tree>, [which shook|above the black water], and {c} [followed with closed eyes|counted aloud]. @c>h cry: [I cannot|It is too far]!@ @h>c answer: [You are nearly here|You already have], // [look at me and not at the water|one {c.hand} and then the other].@
"""),
        turn=lines("""
{q>here}<suddenly> {c} heard <sound>. It came from behind {feature}, {q.at}. There [sat|lay] {lost}, [wet and trembling|stuck fast], and [had almost given up hope|could not take one more step]. {h} [gave up {h.p} coat|shared the last of {h.p} {h.treat}] without a thought, and [they waited close together|they warmed each other] until the [worst was over|thunder moved away].
{h} [stood quite still|thought of what {k} used to say]: [listen between the gusts|the storm breathes too]. And in a pause, [thin as a thread|far off], came a call. {c} [ran ahead|pulled at the rope], and [under|behind] {feature} they <found> {lost}. {q>here}@h say: [There you are|We have you], // [and now hold on|and nobody will let go].@
"""),
        ending=lines("""
{time} they came [down the hill|up the lane], [all three|all of them] covered with mud. In every window [stood|burned] a candle, [which {k} had ordered|for {k} had gone from house to house]. There was <meal>, there were [tears|dry socks], and [some scolding too|nobody scolded]. {h} [fell asleep over the plate|slept for <number> hours].
@k>h ask: [How did you find the way|Were you not afraid]?@ @h>k answer: [I was|The whole time], // [but {c.name} was there|but somebody was waiting].@ {k} [said nothing more|turned away quickly] and [put a whole pot of <meal> on the table|filled the bath].
"""),
    ),
    Plot(
        name="illness healed",
        titles=("The {cure} for {k.name}", "How {k.name} got well", "{h.name} fetches the {cure}"),
        words={
            "cure": (
                "moonflower",
                "water of the silver spring",
                "snow herb",
                "bark of the oldest willow",
                "honey of the black bees",
                "blue root",
                "apple of winter",
                "leaf that never falls",
                "night berry",
                "tea of nine herbs",
            )
        },
        wishes=(
            (
                "see {k} well and on [both feet|the dance floor] again",
                "{k} was well again and [danced|stood on both feet|asked for {k.treat}]",
            ),
            ("find the {cure} which would heal {k}", "the {cure} had healed {k.o}[, that and good company|]"),
        ),
        trouble=lines("""
{k} lay in bed [with hot cheeks|as white as the pillow] and [ate nothing|knew nobody]. The doctor [shook his head|cleaned his glasses]. There was only one thing, he said: the {cure}, which grew {q.at}. {h} [wrote it down|had stopped listening and was packing]. @k>h whisper: [Stay here|It is too far], // [it is too dangerous|and put on a scarf].@
[It began with a cough|First {k} stopped singing], then [the spoon was too heavy|the stairs were too steep], and [at last|soon] {k} only slept. {m} [looked in|was sent for]. @m>h say: The {cure} can help, // [but it must be picked by someone who needs nothing in return|but it wants to be asked].@ {h} [took {t}|ran for the door], {t>h}and {c} [took the blanket|was already outside].
"""),
        attempt=lines("""
{r} sold [cures of all kinds|little bottles] <where>. @r>h say: The {cure}, // [fresh today|only <number> gold pieces]!@ {h} [smelled|looked] closely: it was [parsley|grass and ink]. @h>r say: That is [not it|a weed], // [and you know it|and my rabbit eats it].@ [{r} shrugged|{r} packed up in a hurry], and {h} and {c.n} [had lost an hour|went on without a penny less].
[They asked|{h} asked] <creature>, [who had been ill too|who knew every herb], and learned that the {cure} [only showed itself at night|hid from loud feet|grew where a tear had fallen]. So they went [barefoot|on tiptoe], and {c} [did not even sneeze|held {c.p} breath].
"""),
        turn=lines("""
{q>here}{time}, close to {feature}, {h} saw [a glow|a light]: the {cure}. But beside it lay <creature>, [hurt|shivering], and there was [enough for one|so little of it]. {h} [thought of {k.o}|felt torn in two]. Then {h} [gave it half|broke it in two]. [And look|As soon as it was done], [there was more than before|two grew where one had been].
{q>here}{r} [guarded|owned] the {cure} {q.at}. @r>h ask: What will you give me for it, // [I take eyes, voices and years|I have gold enough]?@ {h} [offered {t}|thought <long>]. @h>r say: I can [tell you a story|stay and talk] // [every {season}|until the moon sets].@ [In a hundred years nobody had offered that|{r} had never heard one]. {h} told [<number> stories|the one of the <tree>], and {r} [picked the {cure} with {r.p} own hand|wept and said yes].
"""),
        ending=lines("""
They boiled the {cure} [in the blue pot|with honey], and {k} drank [<number> sips|it all]. [For a whole night nothing happened|{h} held {k.p} hand until morning]. {time} {k} [opened both eyes|sat up]. @k>h ask: [Why is everyone staring|Is there any {k.treat}], // [I could eat a horse|and who let in the {c.noun}]?@
[When they came home|{time}] {c} ran ahead with the {cure}. {k} [swallowed it and pulled a face|said it tasted of old boots]. The cheeks grew [red|round], the voice [came back|grew strong], and [in a week|on Sunday] {k} was [scolding the hens|up on a ladder].
"""),
    ),
    Plot(
        name="fear overcome",
        rogues=("boy", "girl", *TRADES),
        titles=("{h.name} is not afraid any more", "{h.name} and {h.fear}", "The bravest {h.noun} in {town}"),
        wishes=(
            ("lose the fear of {h.fear}", "the fear of {h.fear} was lost, or so small that it fitted in a pocket"),
            (
                "be like the others, who were not afraid of {h.fear}",
                "{h} knew that the others had been afraid too, and that {h.fear} could do no harm",
            ),
        ),
        trouble=lines("""
[When it came to {h.fear}|As for {h.fear}], {h} [shook|turned to jelly]. {r} [knew it|had found out] and [made jokes|sang a rhyme about it] [at the well|in front of everyone]. @r>h ask: [Shall I hold your {h.hand}|Where is your mother], // [little {h.noun}|you hero]?@ {h} [ran home|hid behind {feature}] and was [<angry>|<sad>], mostly with {h.r}.
[{k} had been like that too|It ran in the family]. @k>h say: Fear is like [a dog|a tooth|a guest], // [it follows you as long as you run|it is smaller when you look at it|give it a chair and it will not knock over the table].@ [{h} was not convinced|That was easy to say], but kept [the words|it] in mind. {h+counsel}
"""),
        attempt=lines("""
[<atfirst>|First] {h} tried [not to think of it|a charm from the market|eating <number> onions]. [It smelled|It helped until supper], and then [the knees shook|the heart thumped] as before. @c>h say: I was afraid of [carrots|my own tail|stairs] once, // [until I bit one|until I fell down them and laughed].@
{h} [made a list|drew pictures] of everything [about|to do with] {h.fear}, with [the worst at the top|big teeth], and {c} drew [a silly hat|a moustache] on each. [It helped a little|They laughed <long>]. @c>h ask: [Shall we go and look|Do we try the small one first], // [together|just one {c.hand}'s breadth]?@
"""),
        turn=lines("""
{q>here}{time} <creature> [cried for help|was in trouble] {q.at}, and [the way there|between them] [meant|was] {h.fear}. [No one else was near|{r} stood there and did not dare]. {h.p} [knees shook|mouth was dry], but {h} [went|took one step and then another], [whistling|counting to <number>], and [lifted it out|brought it back]. @c>h ask: [And {h.fear}|Were you not afraid]?@ @h>c answer: [I was|Very], // [but I had no time for it|and I went with the fear under my arm].@
{time} {r} had gone to {q} [on a dare|to show off] and did not come back. {q>here}{h} found {r.o} <where>, [pale|in tears], for {r} was afraid of {h.fear} as well. @r>h whisper: [Do not tell anyone|I have always been], // [that is why I laughed at you|since I was little].@ @h>r answer: [Hold on to me|I know], // [two can be afraid together and still walk|we go on three].@ And so they did.
"""),
        ending=lines("""
[At the well|The next Sunday] nobody sang the rhyme. {r} [said good day|carried {h.p} bucket], and [the children|<crowd>] wanted to hear [how it had been|all about it]. {h} told [it as it was|the truth], [knees and all|with the shaking].
{k} [had heard of it|knew at once] and baked {h.treat}. @k>h ask: [And where is your guest now|Is it gone]?@ @h>k answer: [It sits in the corner|It comes by now and then], // [and I say good evening to it|but it has grown quite small].@
"""),
    ),
)
