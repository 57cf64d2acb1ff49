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
"""),
        attempt=lines("""
[<atfirst>|When they had rested,] {h} asked <creature> about {t}, [and was sent left|who knew nothing|who yawned], and then <creature>, [and was sent right|who knew less|who wanted <food> first]. @c>h grumble: We have asked [<number>|<many>] // and are [no wiser|<number> times as confused|where we began].@ [Then|<suddenly>] {h} [<found>] [a|one] [footprint|scrap of cloth|trail of crumbs] [by|under|near] {feature}.
They searched [under|behind|around] {feature}, [in|beneath] [every|each] [basket|barrel|bush] and [on|above] [every|each] [shelf|beam|branch]. {c} <found> [a spoon|<number> buttons|a very surprised mouse|one left shoe], but not {t}. @h>c say: It must be {q.at}, // [as {k.name} said|so we go there|where else]?@
"""),
        turn=lines("""
{time} they [reached|came to|stood before] {q}. {q>here}[There|Inside] sat {r} with {t} on one knee. {t>r}@r>h grumble: [Finders keepers|It is mine now] // [and I found it|and it keeps me company|because nothing else is].@ {h} did not [shout|argue], but [sat down beside|asked about] {r.o}, and [heard|learned] that {r} was [lonely|<sad>|not wicked at all]. [They talked <long>|They played <number> games of cards|{c} sang <song>]. Then {r} [held out {t}|put {t} in {h.p} {h.hand}]. {t>h}@r>h say: [Take it home|Here], // [but come again|but tell me how it ends|and bring <sweet> next time].@
{q>here}{t} [hung|lay|gleamed] [high above|just behind|on top of] {feature}, {q.at}, and {r} snored [underneath|right in front of it|beside it]. {t>r}{c} [held the ladder|kept watch|counted the snores]. {h} [climbed up|crept past|stretched out] <carefully> and [took|unhooked|lifted] it. {t>h}[A board creaked|{c} sneezed|A cup fell down]. {r} opened one eye. @h>r say: It belongs to {k.name}, // [and I can prove it|and the wait was long|and I shall leave you some {h.treat}].@ {r} [thought about it <long>|yawned]. @r say: [Fair is fair|All right], // [I only liked the shine|close the door behind you|it never worked for me].@
"""),
        ending=lines("""
{time} {h} [came|ran|danced] [through the gate|down the lane] of {town} with {t}. [{k} was [peeling apples|hanging up shirts|feeding the hens] and dropped everything|{k} had waited at the gate <long>]. {h} put {t} into {k.p} lap. {t>k}@k>h say: [I had forgotten how it [shines|smells|feels]|So it is true] // [and you went all that way|and I thought it was gone for good].@
The way home was [short|half as long], as it is with [good news|light hearts]. {k} [knew their steps|heard them singing] and opened the door. {h} said nothing and only held out {t}, and {k} took it. {t>k}[Nobody spoke|It was quiet in the kitchen] <long>, [but {k} did not let go of {h.p} {h.hand}|until {c} asked for {c.treat}].
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
"""),
        attempt=lines("""
They [hung up|wrote|painted] a notice: [Lost|Who has seen it]! {t}. [Reward|Thanks]: {h.treat}. [In one hour|Before noon] <many> people came with [the wrong one|{t.noun}s of every kind], [none of them {t.material}|and one with a goose]. [{h} thanked them all|{c} ate the reward], and [<sad>|<tired>] they [went on looking|took down the notice].
[<atfirst>|With a lamp], {h} [looked|searched] {p.at}, <where>, and then once more [the other way round|from the other side|on all fours]. [Everybody had advice|<crowd> gave advice]: [shake the tree|ask the cat|think of something else|sleep on it]. [{h} tried that too|None of it helped]. @h>c grumble: A {t.noun} does not [walk|fly|swim] // [by itself|without help|as far as I know].@
"""),
        turn=lines("""
[There|<suddenly>, <where>,] [sat|stood] {r} with {t} in {r.p} lap. {r} had [taken|borrowed] it because [it sang in the wind|the nights were long|nobody had ever given {r.o} a present]. [{h} was <angry> first, and then [not|<sad>]|{h} wanted to shout, but it would not come out]. @h>r say: [Give it back|It is mine] // [and I will find something for you|and come to supper with us].@ {r} [went red|sniffed] and [handed it over|gave it up]. {t>h}
The trail led to [a|one] [hollow <tree>|hut without windows|heap of straw], and in it were [<many> lost things|gloves, spoons, keys and hats]. {r} [kept watch over them|lived among them]. @r>h say: [I never steal|I only gather], // [people lose and I find|nobody ever comes to ask].@ @h>r answer: [I have come|I ask], // [and I say please|politely].@ [No one had ever said that|That was new to {r.o}]. {r} [searched|dug] <long> and [pulled out|found] {t}. {t>h}
"""),
        ending=lines("""
{h} [polished|dusted|kissed] {t} and [carried|held] it <carefully> all the way to {town}. {c} [walked ahead|walked behind] so that [nothing could fall out|nobody could push]. [And {r} came to supper|{r} waved from the hill], <glad> for the first time in years.
{time} {t} was [home|back in {town}], and [beside it|on the table] [stood|lay] a plate for {r.o}, who [came every Sunday|ate shyly at first|never took anything again without asking].
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
"""),
        attempt=lines("""
[For <number> days|All week] they followed [the river|the cranes|the wagon tracks]. {c} [got|had] [a blister|a cold|a stone in one shoe], and {h} [carried both bags|told jokes|shared the last {c.treat}]. [At every crossroads|In every village] they asked for the {sight}, and [each time|always] it was [<number> days further|just behind the next hill|not on the map].
[At a crossroads|By a signpost without letters], {h} wanted to go [left|uphill] and {c} wanted to go [right|downhill]. [They quarrelled <long>|Hard words were spoken]. @c>h cry: [You never listen|You and your {sight}]!@ [Then it began to rain on both of them|Then they saw that the other one was crying], and they [laughed|said sorry] and [tossed a button|asked <creature>] instead.
"""),
        turn=lines("""
{time} the path [rose|turned] once more, and {h} [stopped|stood still] so [suddenly|quickly] that {c} [bumped into {h.o}|nearly fell]. There it was, the {sight}, [bigger|brighter|quieter] than [in any book|in any dream|they had thought]. [Neither of them spoke|They held their breath] <long>. @c>h whisper: [I am glad we did not turn back|So that is it], // [my friend|and it was here all the time].@
[An old sign|<creature>] pointed the way, and <number> steps [behind|beyond] {feature} [lay|was] the {sight}. {h} laughed and cried [together|in turns]. {c} [threw {c.p} hat into the air|danced|sat down]. @h>c say: I want to remember [all of it|every bit], // [the smell, the light and you|so do not speak|even my wet socks].@
"""),
        ending=lines("""
They stayed [<number> days|until the food was gone], and then they [thought of|missed] {town}, [the stove|their beds] and {k.o}. The way home is [a tale of its own|always downhill]. {k} [asked|wanted to hear] about everything, and {h} [told|talked] [half the night|until the candle went out].
{h} [brought home|put in a jar] [a pebble|a handful of earth|a feather|a leaf] from the {sight} [for {k.o}|and gave it to {k.o}], and {k} [set it on the shelf|held it to the light]. [Since then, children come|<crowd> came] to [look at it|ask about the way], and {c} [shows them the blisters|sells no tickets].
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
"""),
        attempt=lines("""
{r} [blocked the way|stood] <where>. @r>h ask: What have you got there, // [a letter|with a seal so fine]? [I buy letters|Let me read it|Sell it to me].@ @h>r answer: [It is not mine to sell|Not for all the <treasure> in {town}], // [good day|and please let us by].@ {r} [snatched at it|whistled for a dog], but {c} [was quicker|ran between {r.p} legs], and the two [got away|were gone].
[A gust|The wind] tore the letter out of {h.p} {h.hand} and [over|beyond] {feature}. {h} [ran|jumped] after it, {c} [ran|jumped] after {h.o}, and [it settled on a pond|it hung in a <tree>|a goat had already found it]. [They dried it by a fire|They fished it out with a rake|They traded it for <food>], and [the seal was whole|not a word was lost].
"""),
        turn=lines("""
{q>here}{q.at} [they asked|{h} asked] <creature> for {k.o}. [At the <number> door|At the very last door] somebody [coughed|opened]: it was {k}. {h} [bowed|was out of breath] and held out the letter. {k} [turned it over <number> times|went pale] and read it, [once aloud and once in silence|with moving lips]. {k+letter}@k>h say: [It is from my brother|It is from an old friend], // [whom I thought lost|after <number> years|and he says he is sorry].@
{time} they found {k}, who [sat|waited] <where> {q.at}. {q>here}@h>k say: [This is yours|The post is here], // [a little late|and it has seen the world].@ {k} [could not see well|had lost both glasses] and asked {h.o} to read it. [It was short|It was only <number> words]: [come home, all is forgiven|I kept your place at the table|the old <tree> blooms again]. {k+letter}{k} [laughed and cried|was silent <long>].
"""),
        ending=lines("""
(k knows letter) {k} [packed|locked up] that same hour and [went back with them|came along] to {town}. [There was somebody at the gate|At the gate stood an old man], and [the two looked at each other <long>|neither knew what to say], and then [they did not let go|they both spoke at once].
(k knows letter) {k} [wrote|sat down to write] an answer, <number> pages, [with a drawing|with a flower in it], and of course {h} and {c.n} [carried it back|were the post again]. [Since then the road is busy|They are paid in {h.treat}].
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
"""),
        attempt=lines("""
They listened [to|at] [the river|the mill|a hive of bees|the wind in a <tree>] and [at|under] {feature}. [<creature> sang them <song>|A boatman sang <song>], which was [pretty|loud|<number> verses long], but it was not the one. {h} [wrote it down|tapped along], [just in case|so as not to be rude].
{r} [offered|promised] to sell them a song [for <treasure>|for {t}|for a year of work]. @r>h boast: [It is new|It has <number> verses], // [and everybody sings it in the city|and no one else has it].@ {h} [listened to the first line|hummed it], and it was only <song>. @h>r answer: [No, thank you|It is not the one], // [ours makes people put down their spoons|ours is older than your hat].@
"""),
        turn=lines("""
{time} <where> {c} [held up one {c.hand}|stood still]. [Somebody was humming|There was a humming] <sound>: it was {m}, [washing socks|rocking a cradle|shelling peas]. {h} [hardly dared to breathe|cried out]. It was the song. {m} taught them [line by line|all <number> verses], and {t} [rang|sang|trembled] along as if it had only slept. {h+song}{c+song}
{q>here}When they came to {q}, {t} [grew warm|trembled] in {h.p} {h.hand} and [hummed|sounded] by itself. From behind {feature} [came|rose] [a second voice|an answer], and there was {m}, who had [made|carved] it [long ago|when young]. @m>h say: [So you bring it back|I know that sound], // [sit down and I will teach you|and there is more where that came from].@ {h+song}
"""),
        ending=lines("""
(h knows song) {time} {h} [stood|climbed] on [the well|a cart|the steps] in {town} and began [to sing|the song]. At the second line {k} [lifted {k.p} head|joined in], softly, [and then louder|as if a door had opened]. [<crowd> came running|Windows opened], and [even the bread rose|the babies slept|nobody went to bed].
(h knows song) {h} gave {t} back to {k.o} and sang [it from the first note to the last|all the verses]. {t>k}{k} [moved {k.p} lips|listened], and [a crack of a voice|a small rough voice] came out, and it was {k.p} voice. [No one clapped|There was no sound but that], and [then everyone sang|<creature> hummed too].
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
"""),
        attempt=lines("""
[<atfirst>|On the first evening], they [dug|tried to dig] under [the wall|{feature}] with [spoons|a soup ladle], and came up in [the pigsty|the laundry|a flower bed]. {r} [yelled|came running]. They [hid|ducked] in [a barrel|a heap of leaves] <long>, [hardly breathing|nose to nose], and [had to begin again|were back where they began].
{h} [put on|borrowed] [a false beard|a big apron|a huge hat] and knocked. @h>r say: I [sell brushes|mend chimneys|count mice], // [and yours need it|very cheaply].@ {r} [let {h.o} in|opened], but {c} [sneezed|giggled] in the bag, and [out they flew|they were thrown into the mud]. [Still, {h} had seen|But now they knew] [where the stairs were|how many doors there were].
"""),
        turn=lines("""
{time} {c} [sang|hummed] <song>, [over and over|each verse slower than the last], [outside|under the window], until {r} [yawned|nodded] and fell asleep. {h} [crept|tiptoed] in past {feature} and took {t} from {r.p} belt <carefully>. {t>h}[It turned without a sound|The lock clicked <number> times], and there stood {k}. @k>h whisper: [I knew your step|I knew you would come], // [but mind the third stair|and I have saved you some {h.treat}].@
{r} could not resist [a bet|a game]. @h>r say: [I bet|I say] you [cannot stand on one leg|cannot count to a thousand|cannot keep both eyes shut] // [until the candle burns down|while I say <song>].@ @r boast: [Nothing is easier|I can do that in my sleep]!@ [While {r} did so|Meanwhile], {c} [unhooked|nibbled off] {t} and [opened the door|ran up the stairs] for {k.o}. {t>c}By the time {r} [looked|noticed], [all three were over the hill|only a sock was left].
"""),
        ending=lines("""
They ran [through|across] [the wet grass|the cornfield|the beech wood] until {k} could not go on, and {h} and {c.n} [took {k.o} between them|carried {k.o} in a chair of {h.hand}s]. {h} threw {t} into [the pond|a deep well], so that nobody would be locked up with it again. {t>x}
{r} [stood|sat] alone [in the empty kitchen|behind all those doors] and [found it very quiet|had to cook for one]. [Some weeks later|In the {season}] {r} came to {town} and [said sorry|asked if there was soup]. {k} [thought about it <long>|looked at {h.o}] and then set one more [plate|chair|bowl] on the table.
"""),
    ),
)
