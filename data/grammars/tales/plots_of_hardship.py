"""Plots of hardship: storm, illness healed, fear overcome."""

# ruff: noqa: E501 - one variant a line
from __future__ import annotations

from grammars.common import lines
from grammars.tales.beings import TRADES
from grammars.tales.plot import Plot

PLOTS = (
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
First the [birds stopped singing|air turned yellow], then [the storm broke|it came all at once]. {town} [shut its doors|held its breath]. @k>h say: {lost} has not come back, // [and the road is under water|and the lamp at the bridge is out].@ {h} [looked out|listened]. {h.p} heart was [beating|in {h.p} throat]. Then {h} [took {t} from the wall|put {t} in a pocket for luck] and [tied {h.p} hat on|opened the door]. {t>h}
The bell rang, [and rang again|in the middle of the night]: {lost} was missing. The men [looked at the sky|shuffled their feet]. @r say: [In the morning we can look|It would be madness], // [nobody can ask more|now].@ @h>c say: In the morning [it is too late|the water is higher], // [I know a path|so come].@ And {c} came, [trembling|without a word].
"""),
        attempt=lines("""
They [called|shouted] until they were hoarse, and only [the wind|an echo] answered. [The lantern went out|A branch struck the lantern]. {h} tied the rope around [both of them|{h.p} waist], and so they went on, [<number> steps and a stop|bent like old <tree>s]. {c} [slipped|sank in to the knee], and {h} held [tight|the rope].
The [footbridge|ford] was [gone|under water]. {h} [crawled along|climbed over] a fallen <tree>, [which shook|above the black water], and {c} [followed with closed eyes|counted aloud]. @c>h cry: [I cannot|It is too far]!@ @h>c answer: [You are nearly here|You already have], // [look at me and not at the water|one {c.hand} and then the other].@
The rain [came from all sides|was like a wall]. They [could not see their own feet|walked hand in {c.hand}]. {c} [counted the trees|felt the way with a stick], and at the [seventh|tenth|twentieth] the path [ended|was gone]. @c>h ask: [Is this still the way|Are we lost too]?@ @h>c answer: [As long as we are two, we are not lost|I do not know], // [but I hear the river|so hold on].@
A tree [fell|crashed down] right in front of them. {h} [fell backwards|stood still as a stone], and {c} [began to cry|could not move]. @h>c say: [Breathe|Listen], // [we are still here|it missed us|count with me].@ {h} [sang|counted], [loudly and out of tune|right into the thunder], until {c} [sang too|took a step]. [And so they climbed over it|One step, and one more].
"""),
        turn=lines("""
{q>here}<suddenly> {c} heard <sound>. It came from behind {feature}, {q.at}. There [sat|lay] {lost}, [wet and trembling|stuck fast], and [had almost given up hope|could not take one more step]. {h} [gave up {h.p} coat|shared the last of {h.p} {h.treat}] without a thought, and [they waited close together|they warmed each other] until the [worst was over|thunder moved away].
{h} [stood quite still|thought of what {k} used to say]: [listen between the gusts|the storm breathes too]. And in a pause, [thin as a thread|far off], came a call. {c} [ran ahead|pulled at the rope], and [under|behind] {feature} they <found> {lost}. {q>here}@h say: [There you are|We have you], // [and now hold on|and nobody will let go].@
{q>here}Lightning [lit up|tore open] the night, and for the length of a breath they saw {lost}, <where>, {q.at}. Then it was dark again. {h} [kept {h.p} eyes on the spot|pointed and did not move the {h.hand}], and they went [straight on|towards it], through [thorns|water], until [they touched something warm|{c} shouted]. @h say: [We have you|It is all right], // [now we are three|you are going home].@
{q>here}They [saw|noticed] a [lamp|glow] {q.at}. {lost} had [found shelter there|crept in there] and [did not dare to move|was asleep], and [the roof was about to give way|the water stood at the door]. {h} [went in|broke the window], {c} [held the door|held the lamp]. They were hardly out when [it all fell down with <sound>|the water came]. Nobody [said anything|spoke]. They [just held each other|ran].
"""),
        ending=lines("""
{time} they came [down the hill|up the lane], [all three|all of them] covered with mud. In every window [stood|burned] a candle, [which {k} had ordered|for {k} had gone from house to house]. There was <meal>, there were [tears|dry socks], and [some scolding too|nobody scolded]. {h} [fell asleep over the plate|slept for <number> hours].
@k>h ask: [How did you find the way|Were you not afraid]?@ @h>k answer: [I was|The whole time], // [but {c.name} was there|but somebody was waiting].@ {k} [said nothing more|turned away quickly] and [put a whole pot of <meal> on the table|filled the bath].
{town} was [awake|on its feet]. When they came [out of the dark|down the road], someone [rang the bell|cried out], and then they were [in blankets|carried], all of them. {k} [held {h.o} and did not let go|scolded and kissed {h.o}]. @k>h say: [Never again|I was so <afraid>], // [and I am so proud|do you hear].@
In the morning [the sun shone|the sky was washed clean] as if nothing had happened. {h} [slept till noon|woke up stiff], and on the doorstep lay [<sweet>|a pair of warm socks|flowers], and [no note|a note with one word: thanks]. {c} [told the hens about it|had a cold and was proud of it].
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
@k>h say: [It is nothing|I am only a little tired], // [I shall be up tomorrow|do not look so worried].@ But tomorrow came, and [the day after|a week], and {k} [did not get up|ate less and less]. {h} [made <meal>|sat by the bed]. An old woman [at the market|who sold herbs] [knew about it|said a word]: the {cure}, which is found {q.at}. {h} [did not wait for more|let the basket fall].
The house was [quiet|dark], for {k} was ill. [The clock was stopped|{c} walked on tiptoe]. @c>h whisper: I heard the doctor at the door, // [he spoke of the {cure}|and he has only seen the {cure} once].@ @h>c answer: [Then somebody has found it before|Once is enough], // [so it can be done|it is there].@ {h} kissed {k.o} [on the forehead|on both cheeks] and [took {t} along|left a light burning].
"""),
        attempt=lines("""
{r} sold [cures of all kinds|little bottles] <where>. @r>h say: The {cure}, // [fresh today|only <number> gold pieces]!@ {h} [smelled|looked] closely: it was [parsley|grass and ink]. @h>r say: That is [not it|a weed], // [and you know it|and my rabbit eats it].@ [{r} shrugged|{r} packed up in a hurry], and {h} and {c.n} [had lost an hour|went on without a penny less].
[They asked|{h} asked] <creature>, [who had been ill too|who knew every herb], and learned that the {cure} [only showed itself at night|hid from loud feet|grew where a tear had fallen]. So they went [barefoot|on tiptoe], and {c} [did not even sneeze|held {c.p} breath].
The way was [longer|steeper] than they had thought. [At night|On the second day] {h} [dreamed of {k.o}|could not go on]. @c>h say: [Sit down|Eat something], // [one who falls over helps nobody|and I shall watch the road].@ {h} [slept <long>|ate {h.treat}] and [cried a little|felt better], and then [they went twice as fast|the hill was only a hill].
They came to [three doors|a place where three paths met]. [An old sign|A child] said: one leads [home|to sleep], one leads [nowhere|round in a circle], one leads to the {cure}. {h} [shut both eyes|put an ear to the ground] and [thought of {k.p} voice|waited]. @h>c say: [This one|The middle one], // [it smells of snow|it is the steepest].@
"""),
        turn=lines("""
{q>here}{time}, close to {feature}, {h} saw [a glow|a light]: the {cure}. But beside it lay <creature>, [hurt|shivering], and there was [enough for one|so little of it]. {h} [thought of {k.o}|felt torn in two]. Then {h} [gave it half|broke it in two]. [And look|As soon as it was done], [there was more than before|two grew where one had been].
{q>here}{r} [guarded|owned] the {cure} {q.at}. @r>h ask: What will you give me for it, // [I take eyes, voices and years|I have gold enough]?@ {h} [offered {t}|thought <long>]. @h>r say: I can [tell you a story|stay and talk] // [every {season}|until the moon sets].@ [In a hundred years nobody had offered that|{r} had never heard one]. {h} told [<number> stories|the one of the <tree>], and {r} [picked the {cure} with {r.p} own hand|wept and said yes].
{q>here}{time} they found it [in the last light|when they had nearly given up]: the {cure}, [small|bright], close to {feature}. {h} [knelt down|bowed] and asked [for it|before taking it], as [one should|{k} had taught {h.o}]. @h say: [It is not for me|I only take what is needed], // [it is for somebody who bakes bread for everyone|and I leave the rest].@ It came away [by itself|as lightly as a feather].
{q>here}{q.at} lived {m}, who [looked after the {cure}|had planted the {cure}]. @m>h ask: [Who is it for|What is wrong with {k.name}]?@ {h} told it all, [and forgot nothing|and wept]. {m} [listened|nodded] and [cut some|wrapped it in moss]. @m>h say: [Give it warm|Three times a day], // [and sit with {k.name} while it works|for that is half of the cure].@
"""),
        ending=lines("""
They boiled the {cure} [in the blue pot|with honey], and {k} drank [<number> sips|it all]. [For a whole night nothing happened|{h} held {k.p} hand until morning]. {time} {k} [opened both eyes|sat up]. @k>h ask: [Why is everyone staring|Is there any {k.treat}], // [I could eat a horse|and who let in the {c.noun}]?@
[When they came home|{time}] {c} ran ahead with the {cure}. {k} [swallowed it and pulled a face|said it tasted of old boots]. The cheeks grew [red|round], the voice [came back|grew strong], and [in a week|on Sunday] {k} was [scolding the hens|up on a ladder].
{h} [held the cup|gave {k.o} the {cure} with a spoon], morning, noon and night. On the first day [nothing changed|{k} slept], on the second [{k} asked for water|there was a smile], and on the third [the bed was empty|somebody was singing in the kitchen]. @k>h ask: [Who has let the beans burn|Where are my shoes], // [I have slept long enough|there is work to do]?@
The doctor [came by|looked at {k.o}] and [cleaned his glasses twice|did not believe his eyes]. @k say: [It was the {cure}|The {cure} did it], // [and a stubborn {h.noun}|and somebody who went all that way].@ {h} [blushed|looked at the floor], and {c} [coughed, so as not to be forgotten|showed both sore feet].
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
[{k} had been like that too|It ran in the family]. @k>h say: Fear is like [a strange dog: it follows you as long as you run|a shadow: it is smaller when the light is on|a guest: give it a chair and it will not knock over the table|a cold bath: only the first step is bad].@ [{h} was not convinced|That was easy to say], but kept [the words|it] in mind. {h+counsel}
[Every evening|Every time] {h} [had to think of|came across] {h.fear}, [something turned in {h.p} stomach|it was as if a cold hand took hold]. [Nobody was to know|{h} had told only {c.o}]. But {r} [had seen it|found out], and soon [the whole street|everyone at the well] knew. @r cry: Look, // [there goes the brave {h.noun}|mind, {h.fear}]!@ And they laughed, [though some only a little|all but {c.n}].
@c>h ask: [What is it like|When did it begin], // [with you and {h.fear}]?@ @h>c answer: [Like falling|I was little], // [and it does not stop|and it has stayed].@ {c} [did not say that it was silly|thought about it]. @c>h say: Then we shall [look for the place where it is smallest|take it apart], // [and start there|bit by bit].@
"""),
        attempt=lines("""
[<atfirst>|First] {h} tried [not to think of it|a charm from the market|eating <number> onions]. [It smelled|It helped until supper], and then [the knees shook|the heart thumped] as before. @c>h say: I was afraid of [carrots|my own tail|stairs] once, // [until I bit one|until I fell down them and laughed].@
{h} [made a list|drew pictures] of everything [about|to do with] {h.fear}, with [the worst at the top|big teeth], and {c} drew [a silly hat|a moustache] on each. [It helped a little|They laughed <long>]. @c>h ask: [Shall we go and look|Do we try the small one first], // [together|just one {c.hand}'s breadth]?@
They [practised|tried it], a little more each day. On the first day {h} [thought of|said] {h.fear} aloud, on the second [<number> times|with open eyes], on the third [one step nearer|a little longer]. [Sometimes it went backwards|On Thursday it all went wrong]. @c>h say: [Two steps forward, one back|That still counts], // [that is how crabs get home|you were there].@
{h} asked [around|the neighbours] how they did it. [The smith never thought of it|The baker whistled]. [The teacher said that one must be hard|An aunt ate onions]. Only {m} [thought before answering|put the work down]. @m>h say: [I am afraid too|One does not get rid of it], // [I take it along like a small dog|one only learns to walk beside it].@
"""),
        turn=lines("""
{q>here}{time} <creature> [cried for help|was in trouble] {q.at}, and [the way there|between them] [meant|was] {h.fear}. [No one else was near|{r} stood there and did not dare]. {h.p} [knees shook|mouth was dry], but {h} [went|took one step and then another], [whistling|counting to <number>], and [lifted it out|brought it back]. @c>h ask: [And {h.fear}|Were you not afraid]?@ @h>c answer: [I was|Very], // [but I had no time for it|and I went with the fear under my arm].@
{time} {r} had gone to {q} [on a dare|to show off] and did not come back. {q>here}{h} found {r.o} <where>, [pale|in tears], for {r} was afraid of {h.fear} as well. @r>h whisper: [Do not tell anyone|I have always been], // [that is why I laughed at you|since I was little].@ @h>r answer: [Hold on to me|I know], // [two can be afraid together and still walk|we go on three].@ And so they did.
{q>here}{time} {c} was [in danger|stuck], {q.at}, and between them was just that: {h.fear}. {h} [stood there|did not move] for one breath, and one more. @c>h cry: [Go and get help|It does not matter], // [I can wait|really]!@ But {h} [shook {h.p} head|was already on the way], [step by step|with eyes wide open], and [took {c.o} by the {c.hand}|pulled {c.o} out]. [Only afterwards did the knees give way|Then {h} sat down and shook].
[It came without warning|{time} it happened]: {h.fear}, [right there|so near as never before]. {r} [screamed and ran|fell over {r.p} own feet]. {h} [wanted to run too|felt the cold hand], and stayed. [One breath|Two breaths], [three|ten]. And it [passed|was over]. @h>c say: [It was smaller than I thought|I was afraid the whole time], // [and I am still here|and look, nothing has happened].@ {q>here}
"""),
        ending=lines("""
[At the well|The next Sunday] nobody sang the rhyme. {r} [said good day|carried {h.p} bucket], and [the children|<crowd>] wanted to hear [how it had been|all about it]. {h} told [it as it was|the truth], [knees and all|with the shaking].
{k} [had heard of it|knew at once] and baked {h.treat}. @k>h ask: [And where is your guest now|Is it gone]?@ @h>k answer: [It sits in the corner|It comes by now and then], // [and I say good evening to it|but it has grown quite small].@
{r} did not make jokes any more. One day {r} [stood at the fence|waited by the well] and [looked at {r.p} shoes|hummed and hawed]. @r>h ask: How did you do that, // [I mean, when one is afraid|with something else than {h.fear}, say]?@ @h>r answer: [Come in|Sit down], // [it takes a while|and tell me about it].@
In the evening {h} [sat with {c.o}|lay in bed] and [listened|waited] for the old feeling. It came, [said good evening|looked round], and [went again|lay down by the door]. {h} [drew one more silly hat|smiled in the dark] and [slept|fell asleep], [for the first time without a lamp|quite well].
"""),
    ),
)
