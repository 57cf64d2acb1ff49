"""Plots of seeking: quest, lost thing, journey, letter, lost song, escape."""

# ruff: noqa: E501 - one variant a line
from __future__ import annotations

from grammars.common import lines
from grammars.tales.plot import Plot

PLOTS = (
    Plot(
        name="quest",
        titles=("{h.name} and the {t.bare}", "The way to {q}", "How {h.name} brought home the {t.bare}"),
        wishes=(
            (
                "bring home {t.the} that {k} had [lost|left behind] {q.at} [long ago|as a child|in a hurry]",
                "{t} [hung|lay|stood] [over|near|beside] {k.p} [stove|bed|window] again",
            ),
            (
                "find {t.the} of {k.o} which [the flood had carried|a crow had carried|had been taken] off [to|as far as] {q}",
                "{t} was back in {k.p} house, where it belonged",
            ),
        ),
        trouble=lines("""
{k} [told {h.o}|explained] what was known about {t}: [it was last seen|somebody had seen it] [near|under|behind] [a|an old|a blue] [bench|stove|ladder|cupboard|staircase], and {r} now lived there. {r} was [not fond of guests|said to bite|a collector of pretty things|no friend of children]. @k>h say: [Leave it be|Do not go], // [a {t.noun} is only a {t.noun}|there are other {t.noun}s|I have got used to it].@ [But {k} looked <sad> when saying it|But {h} had already found both boots].
{time} {k} [sat|stood] at the window and [sighed|said nothing] <long>. @k>h say: Without {t} // [the house feels empty|nothing is quite right|my tea has no taste|I cannot laugh as I used to].@ {h} [took {k.p} hand|put on a coat|looked at {c.o}]. @h>k say: I will fetch it, <vow>, // [even if it takes until [spring|winter|Sunday]|rain or shine|and be back before the bread is stale].@
At home there was an empty [hook|shelf|place on the wall] where {t} had been, and {k} dusted it [every Saturday|every evening] all the same. @h>k ask: Why do you dust [nothing|an empty place]?@ @k>h answer: [Because it may come back|So that it is clean], // [one day|when {t} comes home|you never know].@ {h} [went to bed and did not sleep|made up {h.p} mind on the spot|asked no more and fetched a bag].
{k} drew a [map|picture] on [the back of a letter|a paper bag|the kitchen table]: [here the river, here the hill|here a tower, there a wood], and [at the end|in the corner] a cross. @k>h say: That is where I lost it, // [and I never dared to go back|but {r} lives there now|long before you were born].@ {h} [folded the map|learned it by heart] and [put on both boots|packed <food>].
"""),
        attempt=lines("""
[<atfirst>|When they had rested,] {h} asked <creature> about {t}, [and was sent left|who knew nothing|who yawned], and then <creature>, [and was sent right|who knew less|who wanted <food> first]. @c>h grumble: We have asked [<number>|<many>] // and are [no wiser|<number> times as confused|where we began].@ [Then|<suddenly>] {h} [<found>] [a|one] [footprint|scrap of cloth|trail of crumbs] [by|under|near] {feature}.
They searched [under|behind|around] {feature}, [in|beneath] [every|each] [basket|barrel|bush] and [on|above] [every|each] [shelf|beam|branch]. {c} <found> [a spoon|<number> buttons|a very surprised mouse|one left shoe], but not {t}. @h>c say: It must be {q.at}, // [as {k.name} said|so we go there|where else]?@
On the road they asked [everyone|whoever came by]: [a postman|a shepherd|a girl with geese|a man with a drum|two sisters]. [One had never heard of it|One sent them back], [one laughed|one wanted money], and the last [pointed to the hills|said: follow the smoke]. @c>h ask: [How do we know who is right|Whom do we believe]?@ @h>c answer: [We go and see|The one who did not want anything|We try them all], // [one after the other|there is no other way].@
{c} had [a plan|an idea]: [to follow the crows, which like what shines|to ask at the market first|to look where nobody looks]. They did so [all day|until evening], and it [led to nothing but a tin spoon|led them in a circle|cost them a shoe]. @c>h say: It was a good plan, // [all the same|for another day].@ {h} laughed [for the first time that day|until it hurt], and then the next [road|day] was [easier|not so long].
"""),
        turn=lines("""
{time} they [reached|came to|stood before] {q}. {q>here}[There|Inside] sat {r} with {t} on one knee. {t>r}@r>h grumble: [Finders keepers|It is mine now] // [and I found it|and it keeps me company|because nothing else is].@ {h} did not [shout|argue], but [sat down beside|asked about] {r.o}, and [heard|learned] that {r} was [lonely|<sad>|not wicked at all]. [They talked <long>|They played <number> games of cards|{c} sang <song>]. Then {r} [held out {t}|put {t} in {h.p} {h.hand}]. {t>h}@r>h say: [Take it home|Here], // [but come again|but tell me how it ends|and bring <sweet> next time].@
{q>here}{t} [hung|lay|gleamed] [high above|just behind|on top of] {feature}, {q.at}, and {r} snored [underneath|right in front of it|beside it]. {t>r}{c} [held the ladder|kept watch|counted the snores]. {h} [climbed up|crept past|stretched out] <carefully> and [took|unhooked|lifted] it. {t>h}[A board creaked|{c} sneezed|A cup fell down]. {r} opened one eye. @h>r say: It belongs to {k.name}, // [and I can prove it|and the wait was long|and I shall leave you some {h.treat}].@ {r} [thought about it <long>|yawned]. @r say: [Fair is fair|All right], // [I only liked the shine|close the door behind you|it never worked for me].@
{q>here}{q.at} {h} and {c.n} [waited until {r} went out|hid and waited for {r}]. But {r} [came back too early|had forgotten a hat], and there they stood. {t>r}@r>h cry: Thieves, // [in my own house|at last somebody comes]!@ @h>r answer: [No|We are not], // [we came to ask|it was lost by {k.name}, and we want to bring it home].@ [Nobody had ever told {r.o} so|{r} had not known that]. {r} [looked at {t}|turned {t} over and over] and [gave it up|handed it to {h.o}], [with a sigh|and felt better than in years]. {t>h}
{time} {h} found {r} {q.at} {q>here}with {t} [round {r.p} neck|in a box|under one arm]. {t>r}@h>r say: I will give you [{h.treat}|all my {h.treat}|whatever you like] for it, // [and a song|and my thanks].@ {r} wanted [to hear a joke|three good reasons|a race]. [{h} did what {r} wanted|It was not easy, but {h} managed], and {r} [laughed until the tears came|kept {r.p} word|had to agree]. {t>h}{c} [wrapped it up|carried it] <carefully>.
"""),
        ending=lines("""
{time} {h} [came|ran|danced] [through the gate|down the lane] of {town} with {t}. [{k} was [peeling apples|hanging up shirts|feeding the hens] and dropped everything|{k} had waited at the gate <long>]. {h} put {t} into {k.p} lap. {t>k}@k>h say: [I had forgotten how it [shines|smells|feels]|So it is true] // [and you went all that way|and I thought it was gone for good].@
The way home was [short|half as long], as it is with [good news|light hearts]. {k} [knew their steps|heard them singing] and opened the door. {h} said nothing and only held out {t}, and {k} took it. {t>k}[Nobody spoke|It was quiet in the kitchen] <long>, [but {k} did not let go of {h.p} {h.hand}|until {c} asked for {c.treat}].
All of {town} [was asleep|sat at supper] when they came home. {h} went [on tiptoe|softly] into the house and put {t} back [in its old place|where it had always been]. {t>k}In the morning {k} came in [with the dust cloth|yawning], [stopped|saw it], and [had to sit down|forgot the coffee|cried a little]. @k>h say: [You have no idea|I do not know what to say], // [what this means to me|and I know it is you I must thank|so I will bake {h.treat}].@
{k} was in the garden when {h} called over the fence. [There was no need to say more|One look was enough], for {t} [shone|could be seen] from afar. {t>k}{k} [took it in both hands|held it to {k.p} cheek] and told them [where it came from|how it had got lost|what it had seen], and it was a long story[, and not a sad one|].
"""),
    ),
    Plot(
        name="lost thing",
        titles=("The lost {t.noun}", "{h.name} looks for the {t.bare}", "Where was the {t.bare}"),
        wishes=(
            (
                "have {t.the} [back|again] that [had always hung by the bed|had been a present from {k}|had gone missing at the fair]",
                "{t} was [back|home again] [where it belonged|with {h.n}]",
            ),
        ),
        holders={"t": "r"},
        trouble=lines("""
[It had been|Only the day before it had been] [on the table|in {h.p} pocket|beside the bed], and now {t} was gone. {h} turned [the house|every drawer|three cupboards] upside down and [found|came upon] [an old letter|<number> pennies|half a biscuit], but [no trace of it|nothing that shone]. @h>c ask: [Have you seen it|Did you move it], // [on your honour|or did somebody come in]?@ {c} [shook {c.p} head|had not], and [felt <sad>|looked under the rug once more].
{h} remembered [the day|exactly] when {t} had [vanished|disappeared]: [a door had banged|<creature> had cried out|it was raining], and [the window|the gate] [was|stood] open. {c} [found|noticed] [a|one] [grey hair|muddy print|green thread] [on|near|under] {feature}. @c>h say: Somebody was here, // [and not by chance|and ate {h.treat} as well|and went that way].@
One [morning|evening] {h} reached for {t}, and there was [nothing|only air]. [Under the bed there was dust|In the drawer there was string], [behind the stove a sock|on the roof a ball], but {t} was gone. {h} [sat down on the stairs|asked everyone twice] and felt <sad>. @c>h say: [Things do not walk away|Do not cry], // [somebody must have seen it|we shall find it|and I have good eyes].@
It must have happened [at the fair|on the way home|in the crowd]. {h} had [felt|noticed] a [tug|push] and [thought nothing of it|not turned round], and at home the [bag|pocket] was empty. @k>h ask: Think back: // [where did you have it last|who was near you]?@ {h} [closed both eyes|thought <long>] and [remembered|saw again] [a grey coat|a strange smell|a pair of muddy boots].
"""),
        attempt=lines("""
They [hung up|wrote|painted] a notice: [Lost|Who has seen it]! {t}. [Reward|Thanks]: {h.treat}. [In one hour|Before noon] <many> people came with [the wrong one|{t.noun}s of every kind], [none of them {t.material}|and one with a goose]. [{h} thanked them all|{c} ate the reward], and [<sad>|<tired>] they [went on looking|took down the notice].
[<atfirst>|With a lamp], {h} [looked|searched] {p.at}, <where>, and then once more [the other way round|from the other side|on all fours]. [Everybody had advice|<crowd> gave advice]: [shake the tree|ask the cat|think of something else|sleep on it]. [{h} tried that too|None of it helped]. @h>c grumble: A {t.noun} does not [walk|fly|swim] // [by itself|without help|as far as I know].@
They went from house to house and knocked at every door. [At the first|At the baker's] there was only [a dog|a baby], at the second [nobody|an old woman who wanted to talk], at the third [a quarrel|soup]. {c} [ate the soup|patted the dog|rocked the baby]. [Nobody had it|Nobody knew anything], but [all promised to look|everyone was kind], and that [helped a little|was something].
@c>h ask: If you were {t}, // where would you be?@ {h} [laughed in spite of it all|thought about that]. So they looked [where it was cold|in high places|in all the dark corners], then [where it was warm|in low places|where it was bright], and found [a nest of mice|<number> coins|a lost letter|somebody's teeth], but not {t}. [It grew late|Their feet hurt].
"""),
        turn=lines("""
[There|<suddenly>, <where>,] [sat|stood] {r} with {t} in {r.p} lap. {r} had [taken|borrowed] it because [it sang in the wind|the nights were long|nobody had ever given {r.o} a present]. [{h} was <angry> first, and then [not|<sad>]|{h} wanted to shout, but it would not come out]. @h>r say: [Give it back|It is mine] // [and I will find something for you|and come to supper with us].@ {r} [went red|sniffed] and [handed it over|gave it up]. {t>h}
The trail led to [a|one] [hollow <tree>|hut without windows|heap of straw], and in it were [<many> lost things|gloves, spoons, keys and hats]. {r} [kept watch over them|lived among them]. @r>h say: [I never steal|I only gather], // [people lose and I find|nobody ever comes to ask].@ @h>r answer: [I have come|I ask], // [and I say please|politely].@ [No one had ever said that|That was new to {r.o}]. {r} [searched|dug] <long> and [pulled out|found] {t}. {t>h}
{time} they saw [a light|smoke] <where> and [went nearer|followed it]. There sat {r} and [talked to|sang to|polished] {t} [as if it were a child|as if nobody could hear]. @h>r ask: [Why did you take it|What are you doing with my {t.noun}]?@ @r>h answer: [I have nobody to talk to|I have never owned anything pretty], // [and it listens so well|and I am sorry].@ {r} held it out, and {h} took it [and was not angry any more|and sat down for a while]. {t>h}
It was [a child|a lame cat|an old dog] that showed them the way: [over the fence|down to the river], and there stood {r}, [selling|showing] {t} to a stranger. @h>r cry: [Stop|Wait], // that is mine!@ @r>h answer: [Prove it|Anyone can say that].@ {h} told {r.o} [of the small scratch|what was written inside|what it sounded like in the rain], [which nobody else could know|and every word was true]. {r} [grew red|looked down] and gave it back. {t>h}
"""),
        ending=lines("""
{h} [polished|dusted|kissed] {t} and [carried|held] it <carefully> all the way to {town}. {c} [walked ahead|walked behind] so that [nothing could fall out|nobody could push]. [And {r} came to supper|{r} waved from the hill], <glad> for the first time in years.
{time} {t} was [home|back in {town}], and [beside it|on the table] [stood|lay] a plate for {r.o}, who [came every Sunday|ate shyly at first|never took anything again without asking].
{h} [slept|went to bed] that night with {t} under the pillow. In the morning there was [a knock|a note] at the door: {r} [had brought flowers|wanted to say sorry once more|stood there with hat in hand]. [They had breakfast together|{h} asked {r.o} in], and {c} [kept one eye on {t}|passed the bread].
And {r}? {h} [went back a week later|could not forget that lonely face] and brought {r.o} [a new {t.noun}|a kitten|a present in blue paper]. {r} [had no words|turned it over and over]. @r>h ask: [For me|Is it really mine]?@ @h>r answer: [Yours|For you], // [and nobody will ask for it back|for good].@
"""),
    ),
    Plot(
        name="journey",
        titles=("{h.name} goes to the {sight}", "The road to the {sight}", "{h.name} and {c.name} on the road"),
        words={
            "sight": (
                "sea",
                "end of the rainbow",
                "highest mountain",
                "midnight sun",
                "great waterfall",
                "desert",
                "place where the wind sleeps",
                "oldest tree in the world",
                "city of a thousand lamps",
                "northern lights",
                "white cliffs",
            )
        },
        wishes=(
            (
                "see the {sight} [with both eyes|just once|before the next winter]",
                "{h} had seen the {sight}[, and {c.n} too| and would never forget it]",
            ),
            (
                "stand before the {sight} [one day|one single time|and say hello]",
                "{h} had been at the {sight} and come home again",
            ),
        ),
        trouble=lines("""
[Nobody in {town} had ever been there|Only {k} had ever been there]. [<folk> laughed|<crowd> shook their heads]. @k>h say: The {sight} is [far|too far for short legs] // [and the soup is here|and what if it rains|and who will look after the house]?@ @h>k answer: [I shall write|I shall be back], // [<vow>|before the plums are ripe|with sand in my shoes].@ {k} [sighed|smiled] and [packed|fetched] <food>.
{h} [had a picture of|had read about|often drew] the {sight}, [and looked at it until it was torn|and hung it over the stove]. [{c} could not see the point of it|{c} wanted to see it too]. @c>h ask: [When do we leave|What do we take], // [today or tomorrow|and is there {c.treat} on the way]?@ They [sold|left behind] [the heavy pots|the good chair] and [took|kept] only [what fits in a sack|{t}]. {t>h}
[One evening|At the fair] a [sailor|traveller|pedlar] told of the {sight}, [and his eyes shone|and everyone was silent]. {h} [asked a hundred questions|forgot to eat]. @h>c say: I must go, // [and I would rather not go alone|and the sooner the better|before I am old].@ @c>h answer: [I thought you would say that|Alone is a sad word], // [and I have packed already|so there will be two of us].@
@k>h ask: [What do you want there|Is it not nice here], // [so far from home|where everybody knows you]?@ @h>k answer: I want to [see|look at] it // [and come back and tell you|with my own eyes|because it is there].@ {k} [thought of days long gone|looked at the map]. @k>h say: [I wanted to go once|Go, then], // [and I never did|and look twice: once for me|and write to me].@
"""),
        attempt=lines("""
[For <number> days|All week] they followed [the river|the cranes|the wagon tracks]. {c} [got|had] [a blister|a cold|a stone in one shoe], and {h} [carried both bags|told jokes|shared the last {c.treat}]. [At every crossroads|In every village] they asked for the {sight}, and [each time|always] it was [<number> days further|just behind the next hill|not on the map].
[At a crossroads|By a signpost without letters], {h} wanted to go [left|uphill] and {c} wanted to go [right|downhill]. [They quarrelled <long>|Hard words were spoken]. @c>h cry: [You never listen|You and your {sight}]!@ [Then it began to rain on both of them|Then they saw that the other one was crying], and they [laughed|said sorry] and [tossed a button|asked <creature>] instead.
The first night they slept [in a haystack|in a barn|under a cart], the second [under the stars|in a mill], and on the third it [rained into their shoes|was so cold that nobody slept]. @c>h say: [At home there is a stove|I miss my bed], // [I only mention it|and a roof].@ {h} [gave {c.o} the dry half of the blanket|put one arm round {c.o}], and in the morning [they saw mountains|the sun was out|everything looked better].
[A ferryman|A farmer|An old soldier] took them along [for a day|for a while] and wanted [no money|nothing but a story]. So {h} told of {town}, [of {k.o} and the stove|of every house in it], and [suddenly felt homesick|it sounded like a fairy tale]. [When they got off|When they said goodbye], the {sight} was only [a day|<number> hours|one hill] away[, or so he said|].
"""),
        turn=lines("""
{time} the path [rose|turned] once more, and {h} [stopped|stood still] so [suddenly|quickly] that {c} [bumped into {h.o}|nearly fell]. There it was, the {sight}, [bigger|brighter|quieter] than [in any book|in any dream|they had thought]. [Neither of them spoke|They held their breath] <long>. @c>h whisper: [I am glad we did not turn back|So that is it], // [my friend|and it was here all the time].@
[An old sign|<creature>] pointed the way, and <number> steps [behind|beyond] {feature} [lay|was] the {sight}. {h} laughed and cried [together|in turns]. {c} [threw {c.p} hat into the air|danced|sat down]. @h>c say: I want to remember [all of it|every bit], // [the smell, the light and you|so do not speak|even my wet socks].@
{time} {c} [stopped|lifted one {c.hand}]. [The air|The light] had changed. {h} went on [alone|with a beating heart], round one last [bend|rock|tree], and there it was: the {sight}. [Nobody said a word|It was like nothing else in the world]. {h} [laughed|cried|sat down] and did not know why. @c>h ask: Was it worth it?@ @h>c answer: [Every step|Every blister], // [and I would walk it all again|look for yourself].@
They [nearly missed it|almost gave up], for there was fog [everywhere|as thick as soup]. {h} sat down <where>. @h>c say: [We are too late|All that way], // [and all for nothing|and now this].@ Then [the wind came|the fog tore like paper], and [before them|right before them] was the {sight}, [so near that they stepped back|all golden in the light]. {c} [took {h.o} by the {h.hand}|took off {c.p} hat], and they [looked|stood there] <long>.
"""),
        ending=lines("""
They stayed [<number> days|until the food was gone], and then they [thought of|missed] {town}, [the stove|their beds] and {k.o}. The way home is [a tale of its own|always downhill]. {k} [asked|wanted to hear] about everything, and {h} [told|talked] [half the night|until the candle went out].
{h} [brought home|put in a jar] [a pebble|a handful of earth|a feather|a leaf] from the {sight} [for {k.o}|and gave it to {k.o}], and {k} [set it on the shelf|held it to the light]. [Since then, children come|<crowd> came] to [look at it|ask about the way], and {c} [shows them the blisters|sells no tickets].
On the way back they [talked of nothing else|sang all the songs they knew]. {k} stood at the gate and [counted them|held them tight]. @k>h say: Tell me [everything|all of it], // [and begin with the weather|slowly, for I have time|but eat first].@ {h} told it [until midnight|twice], and {k} [saw it all|shut both eyes and was there too].
{h} [painted|drew] the {sight} on the [wall|kitchen door|barn], as [big|blue|bright] as it would go. It was not [very|quite] like it, but [whoever looked at it grew quiet|children stood before it for hours|in winter it warmed the room]. And {c} told [everyone|whoever asked] that [it had been easy|they had nearly drowned].
"""),
    ),
    Plot(
        name="letter",
        titles=("The letter to {k.name}", "{h.name} carries a letter", "A letter for {q}"),
        wishes=(
            (
                "bring one letter to {k} [in person|in time for the birthday|before the new moon]",
                "the letter had reached {k.o}",
            ),
            (
                "know what stood in the letter that had come for {k}",
                "everybody knew what stood in the letter, and {k} most of all",
            ),
        ),
        trouble=lines("""
The letter had [a red seal|a blue ribbon|no stamp] and had [lain behind {feature} for years|been to the wrong town <number> times|fallen out of a sack]. On it was written: {k.name}, [far away|over the hills|where the road ends]. @h>c say: [It cannot walk|Nobody else will go], // so we shall [take it there|be the post].@ {h} put the letter [under {h.p} hat|in a dry box|next to {h.p} heart].
[One corner was burnt|The ink had run], but {h} could read [{k.p} name|the first line]: [come soon|forgive me|good news]. [{c} wanted to peep|{c} held it up to the light]. @h>c say: A letter is like [a door|an egg], // and [only one may open it|we do not crack it].@ {c} [saw that|was a little ashamed].
{h} had found it [in the attic|in an old coat|behind a loose stone|at the bottom of a sack]: a letter, [yellow with age|sealed with wax], that had never been [opened|read]. The name on it was {k.name}. @c>h ask: [What if it is important|What does one do with that]?@ @h>c answer: [One carries it to the door|It has waited long enough], // [however far that is|and so we go].@
[The old postman|The postman of {town}] was [ill|too old for such a road]. @h>c say: [Somebody has to go|I have young legs], // [for a letter is a promise|and {k.name} is waiting].@ {h} [took the letter|put it in the bag], and it [weighed almost nothing|rustled at every step]. {c} [took the map|came along without being asked].
"""),
        attempt=lines("""
{r} [blocked the way|stood] <where>. @r>h ask: What have you got there, // [a letter|with a seal so fine]? [I buy letters|Let me read it|Sell it to me].@ @h>r answer: [It is not mine to sell|Not for all the <treasure> in {town}], // [good day|and please let us by].@ {r} [snatched at it|whistled for a dog], but {c} [was quicker|ran between {r.p} legs], and the two [got away|were gone].
[A gust|The wind] tore the letter out of {h.p} {h.hand} and [over|beyond] {feature}. {h} [ran|jumped] after it, {c} [ran|jumped] after {h.o}, and [it settled on a pond|it hung in a <tree>|a goat had already found it]. [They dried it by a fire|They fished it out with a rake|They traded it for <food>], and [the seal was whole|not a word was lost].
A river [had burst its banks|lay in the way], and the [raft|boat] was old. Half-way across [a wave|a log] hit them, and the letter [fell into the water|swam away like a duck]. {c} [jumped in|dived after it] [without thinking|at once] and came up [blue with cold|full of mud], but with the letter between {c.p} teeth. @h>c say: You are [the best|a hero], // [and you are shaking|and there is weed on your head].@
{r} [offered to carry|wanted to carry] the letter the rest of the way. @r>h say: [I am going there anyway|It is no trouble], // [give it here|you must be tired].@ {h} [was|had grown] <tired>, and it [would have been easy|was raining]. But {c} [had seen something|tugged at {h.p} sleeve]: {r} [smiled only with the mouth|had a knife for seals]. @h>r answer: [Thank you, no|You are very kind], // [we like to walk|but I gave my word].@
"""),
        turn=lines("""
{q>here}{q.at} [they asked|{h} asked] <creature> for {k.o}. [At the <number> door|At the very last door] somebody [coughed|opened]: it was {k}. {h} [bowed|was out of breath] and held out the letter. {k} [turned it over <number> times|went pale] and read it, [once aloud and once in silence|with moving lips]. {k+letter}@k>h say: [It is from my brother|It is from an old friend], // [whom I thought lost|after <number> years|and he says he is sorry].@
{time} they found {k}, who [sat|waited] <where> {q.at}. {q>here}@h>k say: [This is yours|The post is here], // [a little late|and it has seen the world].@ {k} [could not see well|had lost both glasses] and asked {h.o} to read it. [It was short|It was only <number> words]: [come home, all is forgiven|I kept your place at the table|the old <tree> blooms again]. {k+letter}{k} [laughed and cried|was silent <long>].
{q>here}It was {k} who opened the door {q.at}. @k>h ask: [A letter, for me|Who would write to me], // [after all this time|are you sure]?@ {k} [broke the seal with a shaking hand|had to look for glasses], read, [read it again|sat down], and [went to the window|held the page to {k.p} heart]. {k+letter}@k>h say: [It is the word I have waited for|My oldest friend is alive|I am forgiven], // [and you have brought it to me|after all these years].@
{time} they reached {q}, {q>here}but {k} was not there. [A neighbour|A small boy] [pointed to|looked towards] the hill, and they ran [up|all the way]. There {k} was, [with a packed bag|ready to leave for ever]. @h>k cry: [Wait|Stop], // [this is for you|you have post]!@ {k} read it standing, [with the bag in one hand|while the wind pulled at it], and then [put down the bag|sat down and laughed]. {k+letter}
"""),
        ending=lines("""
(k knows letter) {k} [packed|locked up] that same hour and [went back with them|came along] to {town}. [There was somebody at the gate|At the gate stood an old man], and [the two looked at each other <long>|neither knew what to say], and then [they did not let go|they both spoke at once].
(k knows letter) {k} [wrote|sat down to write] an answer, <number> pages, [with a drawing|with a flower in it], and of course {h} and {c.n} [carried it back|were the post again]. [Since then the road is busy|They are paid in {h.treat}].
(k knows letter) That evening {k} [lit all the lamps|opened the best jam], and they [sat together|talked] until [late|the cock crowed]. The letter lay [in the middle of the table|next to the bread], and [now and then|again and again] {k} [touched it|read a line aloud]. On the way home {h} and {c.n} [said little|walked slowly], for [their hearts were full|there was much to think about].
(k knows letter) [The next day|Before the week was over] an answer was written, and this time [it went fast|the wind was behind them]. [Three people met at a station|Two old friends met at the gate of {town}] and [could not stop talking|hugged until their hats fell off]. {h} [looked on|stood by] and was <glad>.
"""),
    ),
    Plot(
        name="lost song",
        rogues=("merchant", "peddler", "conjurer", "trader"),
        titles=("The song that was lost", "{h.name} and the silent {t.noun}", "Who stole the music"),
        wishes=(
            (
                "hear [the old song|the old tune|the lullaby] of {town} again that [everyone had forgotten|{k} used to hum|had stopped one {season}]",
                "the old song of {town} was heard again[, and {t} played along|]",
            ),
        ),
        trouble=lines("""
[Since|Ever since] {k} had lost {k.p} voice, nobody in {town} sang. [The dances stopped|Weddings were over by noon], [the cows gave less milk|the bread would not rise|children could not sleep]. Only {t} was left from those days, and it was silent. {t>h}@k>h whisper: It [knows|remembers] the song, // [but one must play it where it was made|but it is homesick].@
{h} knew [the beginning|the first line|only the middle] of the song, and {c} knew [the end|three notes and a sneeze]. [The rest was gone|Between them was a hole]. {k} gave them {t}. {t>h}@k>h say: [Somebody|Someone far away] still knows it [by heart|from start to finish], // [so go and listen|so take your ears with you].@
{town} had become [silent|a quiet place]. [Children were put to bed without a song|The piper had sold his pipe|At weddings people only ate], and [nobody could say since when|it had begun when {k} fell silent]. In a [drawer|chest] {h} found {t}, {t>h}and [when the wind touched it|in the night] it [gave one note|hummed a little], like [a question|somebody who has forgotten a word].
@h>k ask: How did it go, // [the old song|just the beginning]?@ {k} [opened {k.p} mouth|tried], but nothing came. {k} [wept|shook {k.p} head] and pointed at {t} [on the wall|over the door], and then [at the hills|at the road]. {t>h}[It was clear what that meant|{h} understood]: [the song was out there|there was one who still knew it].
"""),
        attempt=lines("""
They listened [to|at] [the river|the mill|a hive of bees|the wind in a <tree>] and [at|under] {feature}. [<creature> sang them <song>|A boatman sang <song>], which was [pretty|loud|<number> verses long], but it was not the one. {h} [wrote it down|tapped along], [just in case|so as not to be rude].
{r} [offered|promised] to sell them a song [for <treasure>|for {t}|for a year of work]. @r>h boast: [It is new|It has <number> verses], // [and everybody sings it in the city|and no one else has it].@ {h} [listened to the first line|hummed it], and it was only <song>. @h>r answer: [No, thank you|It is not the one], // [ours makes people put down their spoons|ours is older than your hat].@
They asked [the oldest people|the sailors|the shepherds] they met. [One remembered the rhythm|A woman knew the words, but not the tune]; [another|a child] knew [a single word|the last note]. {h} put [the pieces|it all] together [like a broken plate|bit by bit], but [there were holes in it|it limped]. {c} sang it [all the same|anyway], and [a dog ran away|it began to rain].
[In the city|At a fair] {r} [stood on a stage|had a tent] and sang [for money|very loudly], and the people clapped. @r>h ask: [Was that not it|Is that not what you want], // [it is the song of songs|they all like it]?@ {h} listened [to the end|politely]. @h>r answer: [It is very fine|It is loud], // [but nobody would hum it at work|but no child would fall asleep to it].@
"""),
        turn=lines("""
{time} <where> {c} [held up one {c.hand}|stood still]. [Somebody was humming|There was a humming] <sound>: it was {m}, [washing socks|rocking a cradle|shelling peas]. {h} [hardly dared to breathe|cried out]. It was the song. {m} taught them [line by line|all <number> verses], and {t} [rang|sang|trembled] along as if it had only slept. {h+song}{c+song}
{q>here}When they came to {q}, {t} [grew warm|trembled] in {h.p} {h.hand} and [hummed|sounded] by itself. From behind {feature} [came|rose] [a second voice|an answer], and there was {m}, who had [made|carved] it [long ago|when young]. @m>h say: [So you bring it back|I know that sound], // [sit down and I will teach you|and there is more where that came from].@ {h+song}
{time} they lay down to sleep <where>. And then, [half in a dream|from far away], {h} heard it: a voice that sang to [a sick lamb|a baby|the moon]. It was {m}. {h} [did not move until the last note|went nearer]. @h>m ask: [Will you teach it to us|Where did you learn it]?@ @m>h answer: [From my mother|Gladly], // [and she from hers|but sing along, or it will not stay].@ And they sang until [dawn|they knew it]. {h+song}
{q>here}{q.at} {m} sat [and mended nets|and shelled beans], and [looked up|started] at the sight of {t}. @m>h say: [That is from my father's workshop|I have not seen it for fifty years], // [and it knows only one song|give it to me for a moment].@ {m} [held it to one ear|blew the dust off] and hummed, and {t} [answered|rang], and [it was as if a window had been opened|{h} knew every note]. {h+song}
"""),
        ending=lines("""
(h knows song) {time} {h} [stood|climbed] on [the well|a cart|the steps] in {town} and began [to sing|the song]. At the second line {k} [lifted {k.p} head|joined in], softly, [and then louder|as if a door had opened]. [<crowd> came running|Windows opened], and [even the bread rose|the babies slept|nobody went to bed].
(h knows song) {h} gave {t} back to {k.o} and sang [it from the first note to the last|all the verses]. {t>k}{k} [moved {k.p} lips|listened], and [a crack of a voice|a small rough voice] came out, and it was {k.p} voice. [No one clapped|There was no sound but that], and [then everyone sang|<creature> hummed too].
(h knows song) It was [market day|Sunday] in {town}. {h} [put down the bag|stood still in the crowd] and sang, [not loudly|at first alone]. [A woman stopped with a cabbage in her hand|The smith let his hammer sink]. {k} came [out of the house|nearer], [step by step|as if asleep], and [at the third verse|at the end] {k.p} voice was there again[, a little rusty|, as clear as water].
(h knows song) {h} sat down at {k.p} bed and [hummed|sang] it, [once|very softly]. {k} [did not stir|listened with closed eyes]. Then {k.p} [fingers moved|lips moved], and then came the second voice, [just as it used to be|a little lower]. [In the next house|Across the lane] a window opened, and [somebody joined in|then another], until [the whole street sang|all of {town} was awake].
"""),
    ),
    Plot(
        name="escape",
        sites=("castle", "tower", "cave", "cellar", "palace", "attic", "barn", "lighthouse"),
        rogues=("giant", "troll", "baron", "wizard", "goblin", "ogre"),
        titles=("{h.name} gets away", "The tower of {r.name}", "Out of {q}"),
        wishes=(
            ("set {k} free, whom {r} kept locked up {q.at}", "{k} was free [again|as a bird|and home in {town}]"),
            (
                "get {k} out of {q}, where {r} had shut {k.o} in",
                "{k} [sat|slept|laughed] [at home in {town}|under the open sky] and not under lock and key",
            ),
        ),
        holders={"t": "r"},
        trouble=lines("""
{r} needed somebody [to count the coins|to cook <meal>|to clean the boots], and so had [lured|led] {k.o} inside with [<sweet>|a false letter] and turned the key. [There was one window, as small as a plate|A candle burned there every night], and {k} [waved|dropped notes] from it. @h>c say: [We are going in|A lock is only a puzzle], // [or I am no {h.noun}|and {k.name} would do it for us].@
It was said that {r} never slept and always carried {t}, which opened [every|the <big>] door. {t} [hung|dangled] from {r.p} belt. @c>h say: [Strong arms will not do it|We are too small to fight], // so let us be [clever|quiet|quick].@ {h} [nodded|agreed], [though both knees shook|and thought <long>].
{time} a [pigeon|crow|small boat of bark] brought a [note|scrap of cloth]: [help me|I am here], and it was {k.p} hand. {h} [read it <number> times|turned white]. @h>c say: {r} has locked the door, // [and carries {t} day and night|and nobody gets in without {t}].@ @c>h answer: [Then we need {t}|Nobody is awake all night], // [and a good idea|not even {r.name}].@
{h} and {c.n} [watched from a hedge|lay on the hill] and counted: [one gate, two dogs|three walls], <number> [doors|windows], and {r}, who never put {t} down. @c>h whisper: [That is a lot|It looks bad], // [for two of us|but the dogs look hungry].@ @h>c answer: [One thing at a time|We have time and a sausage], // [first the dogs|and {k.name} is worth it].@
"""),
        attempt=lines("""
[<atfirst>|On the first evening], they [dug|tried to dig] under [the wall|{feature}] with [spoons|a soup ladle], and came up in [the pigsty|the laundry|a flower bed]. {r} [yelled|came running]. They [hid|ducked] in [a barrel|a heap of leaves] <long>, [hardly breathing|nose to nose], and [had to begin again|were back where they began].
{h} [put on|borrowed] [a false beard|a big apron|a huge hat] and knocked. @h>r say: I [sell brushes|mend chimneys|count mice], // [and yours need it|very cheaply].@ {r} [let {h.o} in|opened], but {c} [sneezed|giggled] in the bag, and [out they flew|they were thrown into the mud]. [Still, {h} had seen|But now they knew] [where the stairs were|how many doors there were].
First they [asked nicely|knocked at the front door]. {r} [laughed|looked down from a window]. @r>h say: [Go home|Run along], // [before I find work for you too|little one].@ Then they tried [the chimney|the back wall|the drain]. {c} got stuck [half-way|at the belly] and [had to be pulled out by the feet|came out black], and {r} [poured water on them|set the dogs on them]. [They ran|They got away], [wet|muddy] and <angry>.
{h} took work {q.at}, {q>here}[in the kitchen|in the stable|in the laundry], and learned [when {r} ate|where {r} slept|which stair creaked]. In the evening {h} could [whisper to {k.o} through the keyhole|push bread under {k.p} door]. @k>h whisper: [Be careful|Do not risk too much], // [{r.name} counts the spoons|and thank you for the bread].@
"""),
        turn=lines("""
{time} {c} [sang|hummed] <song>, [over and over|each verse slower than the last], [outside|under the window], until {r} [yawned|nodded] and fell asleep. {h} [crept|tiptoed] in past {feature} and took {t} from {r.p} belt <carefully>. {t>h}[It turned without a sound|The lock clicked <number> times], and there stood {k}. @k>h whisper: [I knew your step|I knew you would come], // [but mind the third stair|and I have saved you some {h.treat}].@
{r} could not resist [a bet|a game]. @h>r say: [I bet|I say] you [cannot stand on one leg|cannot count to a thousand|cannot keep both eyes shut] // [until the candle burns down|while I say <song>].@ @r boast: [Nothing is easier|I can do that in my sleep]!@ [While {r} did so|Meanwhile], {c} [unhooked|nibbled off] {t} and [opened the door|ran up the stairs] for {k.o}. {t>c}By the time {r} [looked|noticed], [all three were over the hill|only a sock was left].
{time} there was [a storm|a feast], and {r} [fell asleep at the table|was afraid of thunder and hid in bed]. {h} saw {t} [on the chair|on a hook], [reached for it|did not breathe] and had it. {t>h}[Up the stairs|Down the stairs] they ran, past <number> doors, and the last one opened. There stood {k}, [thin and pale|in tears], and [held out both arms|could not speak]. @h>k say: [Come|Quick], // [we are going home|before anyone wakes up].@
{c} [dressed up|came] as [a doctor|a tax collector|a great lord]. @c>r say: [I hear you are ill|You look terrible], // [put out your tongue|and must lie down at once].@ {r} [was frightened|believed it] and lay down, and {c} [felt the pulse|put a wet cloth over both eyes], while {h} [took {t} from the chair|slipped {t} out of the coat] and let {k.o} out. {t>h}When {r} took off the cloth, [there was nobody there|only a bill lay on the table].
"""),
        ending=lines("""
They ran [through|across] [the wet grass|the cornfield|the beech wood] until {k} could not go on, and {h} and {c.n} [took {k.o} between them|carried {k.o} in a chair of {h.hand}s]. {h} threw {t} into [the pond|a deep well], so that nobody would be locked up with it again. {t>x}
{r} [stood|sat] alone [in the empty kitchen|behind all those doors] and [found it very quiet|had to cook for one]. [Some weeks later|In the {season}] {r} came to {town} and [said sorry|asked if there was soup]. {k} [thought about it <long>|looked at {h.o}] and then set one more [plate|chair|bowl] on the table.
They did not stop until the lights of {town} were [in sight|before them]. {k} [ate three bowls of <meal>|breathed in deeply]. @k>h say: [How good it smells|I counted the days], // [when one is free|and on every one I thought of you].@ {h} [hung {t} over the door|buried {t} under a stone], [so that nobody would forget|and nobody asked where]. {t>x}
{r} [found the empty room|shouted for {t}] and [ran out into the night|searched until morning]. But [it is hard to be angry all alone|there was nobody to hear it]. {k} [thought of that|said so] at home, [over the soup|in the warm kitchen], and [sent {r.o} a letter|baked one cake more]: [come by day, and knock|there is a chair for you, if you behave].
"""),
    ),
)
