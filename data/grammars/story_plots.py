"""The texts of the stories: plots in stages, and the words that go into them.

{name} is the hero, {he} {him} {his} {He} {His} the pronouns; {pet} is the companion's name, {beast} its kind;
{home} is where they live, {helper} whom they meet. A plot draws one text for each stage.
"""

# ruff: noqa: E501 - one text a line
from __future__ import annotations

from grammars.common import lines, words

NAMES = {
    "she": words("Elsa Mira Nell Tilda Rosa Greta Ivy Hanna Wilma Odette Lotta Clara"),
    "he": words("Tom Jonas Emil Hugo Perrin Oskar Finn Otto Rufus Anton Bram Caspar"),
}
PRONOUNS = {
    "she": {
        "he": "she",
        "him": "her",
        "his": "her",
        "He": "She",
        "His": "Her",
        "self": "herself",
        "child": "girl",
    },
    "he": {
        "he": "he",
        "him": "him",
        "his": "his",
        "He": "He",
        "His": "His",
        "self": "himself",
        "child": "boy",
    },
}
PETS = words("Bramble Button Pepper Thistle Acorn Biscuit Smoke Juniper Clover Poppy Nutmeg Barley")
SOUNDS = {
    "dog": "barked",
    "cat": "mewed",
    "fox": "yapped",
    "goose": "honked",
    "badger": "grunted",
    "squirrel": "chattered",
    "crow": "cawed",
    "hedgehog": "snuffled",
}

WORDS: dict[str, str | tuple[str, ...]] = {
    "land": ("village", "hamlet", "little town", "market town", "quiet village"),
    "where": (
        "in a valley between two hills",
        "at the edge of a dark forest",
        "beside a slow green river",
        "on an island in the northern sea",
        "under the shadow of a great mountain",
        "where the road ends and the moor begins",
        "at the far end of a narrow bay",
    ),
    "when": (
        "Once upon a time",
        "Long ago",
        "In the days of the old king",
        "Many winters ago",
        "Once",
        "Years ago",
    ),
    "trade": words("miller baker weaver fisher shepherd cooper potter ferryman clockmaker beekeeper"),
    "trait": (
        "never told a lie",
        "could whistle like any bird",
        "asked more questions than anyone could answer",
        "was small but never tired",
        "knew every path by heart",
        "laughed easily and forgot nothing",
        "was shy with people and bold with everything else",
        "could not pass a closed door without wondering what lay behind it",
    ),
    "wish": (
        "to see what lay beyond the hills",
        "to be of use to somebody",
        "to own a pair of red boots",
        "to hear one good story every day",
        "to learn a trade of {his} own",
        "to be asked, just once, for advice",
        "to have a friend of {his} own age",
    ),
    "look": ("grey", "shaggy", "one-eyed", "clever", "lazy", "old", "fat", "bold", "gentle"),
    "season": ("spring", "summer", "autumn", "winter"),
    "time": ("One morning", "One evening", "One grey day", "On market day", "On the first day of {season}"),
    "helper": (
        "an old woman with a basket of mushrooms",
        "a tinker with a squeaking cart",
        "a tall man in a green coat",
        "a ferryman who spoke in whispers",
        "a girl who was counting clouds",
        "a blind fiddler",
    ),
    "food": ("a heel of bread", "two apples", "a piece of cheese", "a pocketful of nuts", "a cold pancake"),
    "wood": (
        "the birch wood",
        "the pine wood",
        "the marsh",
        "the long meadow",
        "the stony hill",
        "the old quarry",
    ),
    "song": ("a tune without words", "the song of the seven geese", "the harvest song", "an old lullaby"),
    "crowd": ("The neighbours", "The people of the {land}", "The old and the young", "The people"),
}

OPENINGS = lines("""
{when}, {where}, there was {a_land}. There lived {name}, {a_trade}'s {kin}, who {trait}. More than anything {he} wished {wish}.
{when} there lived {a_trade}'s {kin} named {name}, {where}. {He} {trait}, and {his} dearest wish was {wish}.
In {a_land} {where}, everybody knew {name}, because {he} {trait}. What nobody knew was that {he} wished {wish}.
They still speak of {name} in the {land} {where}. {He} was {a_trade}'s {kin} and {trait}, and all {he} wanted was {wish}.
{name} was the youngest {child} in {a_land} {where}. {He} {trait}. At night {he} lay awake and wished {wish}.
There was once a {child} called {name} who {trait}. {He} lived {where}, with {a_trade} and his wife, and longed {wish}.
Far from any city, {where}, stood the house of {a_trade}. The {trade}'s {kin}, {name}, {trait}, and dreamed of one thing: {wish}.
""")
COMPANIONS = lines("""
{His} only companion was {a_beast} called {pet}. Where {name} went, {pet} went too, a few steps behind.
{name} was never alone, for {a_beast} named {pet} slept at the foot of {his} bed and shared {his} breakfast.
One rainy night {he} had let in {a_beast} and named it {pet}. Since then the two had been like bread and butter.
{His} best friend was {pet}, {a_beast} that liked warm milk and long walks, and disliked nearly everything else.
{He} had {a_beast}, {pet}, which had come to the door one {season} and simply stayed.
""")
MEETINGS = lines("""
On the way they met {helper}. {name} shared {food}, and in return got a piece of advice: "{advice}"
At the crossroads sat {helper}. "Have you something to eat?" asked the stranger. {name} gladly gave {food}. "Then take this in return. {advice}"
Near {wood} they came upon {helper}. {name} said good day and offered {food}. "You have manners," said the stranger. "So listen. {advice}"
They had not gone far when {helper} stopped them. "Where to in such a hurry?" {name} told the whole story. "Hm," said the stranger. "{advice}"
""")
CLOSINGS = lines("""
From that day on, nobody laughed at {name} or at {pet}. And if you pass that way, you may see the two of them still, walking home in the last light.
That night {name} slept soundly, with {pet} at {his} feet, and {he} wished for nothing at all.
{name} grew up and grew old, but {he} told the story every {season}, and {pet} always came out of it a little braver.
As for {his} wish, it came true as well, but that is another story.
"Well, {pet}," said {name} that night, "what shall we do tomorrow?" But the {beast} was already asleep.
And {name}? {He} went home, lit the lamp, and gave {pet} the best piece of the supper.
Since then they say in that {land}: walk slowly, look twice, and take a friend along.
The next day everything was as it had always been, only a little better, as it is after rain.
""")
TRAVEL = lines("""
They walked until the stars came out, and {name} hummed {song} so that neither of them would be afraid.
Rain fell, and the path turned to mud. {name} took {pet} under {his} coat until the sky grew clear.
At noon they rested in the shade, and {name} divided {food} into two equal parts.
The path was long, but {pet} hurried ahead and {sound} at every bend, and so the time went by.
The wind blew from the north. {name} pulled {his} cap over {his} ears and did not turn back.
""")

# For each plot: the titles, then its stages; a stage is a choice of texts. {thing}, {advice} and so on are
# drawn once for a story from the plot's own words.
PLOTS: tuple[dict[str, object], ...] = (
    {
        "titles": ("THE LOST {THING}", "{NAME} AND THE {THING}", "HOW {PET} FOUND THE {THING}"),
        "words": {
            "thing": (
                "silver bell",
                "golden key",
                "queen's ring",
                "weather vane",
                "blue lantern",
                "old clock",
            ),
            "advice": (
                "What is lost by day is found by night.",
                "Ask those who fly, not those who talk.",
                "Look where nobody likes to look.",
            ),
        },
        "stages": (
            lines("""
{time} the {thing} was gone. {crowd} searched every cupboard and every cart. "Without it we shall have no luck," they said. {name} looked at {pet}. "Then we must find it," {he} said.
{time} a cry went through the {land}: the {thing} had disappeared. Some blamed the wind and some blamed each other. "I will look for it," said {name}, and nobody said no.
"The {thing} has been stolen!" somebody shouted, {time_low}. {crowd} ran to and fro like hens. Only {name} stood still and thought.
"""),
            lines("""
First {he} searched {wood}, under every stone and behind every stump. {He} found a rusty spoon, a bird's egg, and a boot without a lace, but no {thing}.
First they went down to the water. {name} waded in up to {his} knees and felt among the weeds. There was nothing but cold mud and one very angry crab.
{He} began with the church tower, which had a hundred and one steps. At the top {he} found an owl. "Have you seen the {thing}?" {he} asked. The owl closed both eyes.
"""),
            lines("""
At midnight {pet} {sound} and hurried towards {wood}. There, in a magpie's nest, something was shining. {name} climbed up, branch by branch, and put {his} hand on the {thing}.
Then {pet} began to scratch beneath the oldest oak. The {beast} scratched and scratched until it struck something hard. It was the {thing}, wrapped in a scarf, just where a sleepy peddler had left it.
Just before dawn {pet} stopped and {sound}. In the hollow of a tree sat a small sad bear with the {thing} in its paws. "I only wanted something pretty," said the bear. {name} gave it {his} scarf instead, and the bear was content.
"""),
            lines("""
They carried the {thing} home before breakfast. {crowd} cheered, and the mayor made a speech so long that half of them fell asleep.
When the sun rose, the {thing} was back in its place. {crowd} could hardly believe it. "Who found it?" they asked. "{pet} did," said {name}. "I only followed."
"""),
        ),
    },
    {
        "titles": ("THE DRY WELL", "{NAME} AND THE SPRING", "THE SUMMER WITHOUT RAIN"),
        "words": {
            "advice": (
                "Water remembers where it used to run.",
                "Follow the ants; they are never thirsty.",
                "Dig where the grass is green in August.",
            ),
        },
        "stages": (
            lines("""
One summer it did not rain for ninety days. The well gave sand, then dust, then nothing. {crowd} packed their carts. "Give us three days," said {name}, and {pet} {sound}.
One hot year the well ran dry. The cows stood at the gate and called, and the beans hung brown on their poles. "Somebody must find water," said the mayor. Nobody moved but {name}.
"""),
            lines("""
First {name} climbed the stony hill, where a spring was shown on an old map. {He} found only lizards, and the map made a fair hat against the sun.
On the first day {he} dug behind the barn. {He} dug until {he} stood in the hole up to {his} chin. It was a fine hole, but it was dry.
On the first day they followed the empty river to its end. There lay a boulder as big as a house. {name} pushed with all {his} strength, and the boulder did not even notice.
"""),
            lines("""
On the third day {pet} stopped at a patch of green moss and would not go on. {name} put {his} ear to the ground. Deep below, something was laughing. {He} pulled away the stones, one by one, and out leapt the clearest water in the world.
At last {pet} slipped into a crack in the rock. "Come back!" called {name}. The {beast} came back with wet feet. Then {name} took {his} hammer, and by evening the crack was a door, and through the door ran a stream.
On the third night {name} heard frogs. "Where there are frogs, there is water," {he} whispered. They went after the sound on tiptoe, through {wood}, and there lay a pool with the moon in it.
"""),
            lines("""
{crowd} dug a channel with spades and spoons, and before the week was over the cows drank, the beans stood up, and the children splashed each other.
{name} ran home with a full bucket and spilled half of it. The other half was enough. {crowd} put down their bundles, unpacked their carts, and stayed.
"""),
        ),
    },
    {
        "titles": ("THE GIANT WHO COULD NOT SLEEP", "{NAME} AND THE GIANT", "THE NOISE ON THE MOUNTAIN"),
        "words": {
            "advice": (
                "Nobody shouts who is not afraid.",
                "A big voice may belong to a small sorrow.",
                "Bring a blanket, not a sword.",
            ),
        },
        "stages": (
            lines("""
{time} a terrible noise came down from the mountain. Plates fell from the shelves, and the hens laid no more eggs. "It is a giant," said the mayor, "and he is angry." {name} was not so sure. "I will go and ask him," {he} said.
For a week nobody had slept, because a giant on the mountain groaned from dusk to dawn. The bravest men of the {land} took their forks and stayed at home. {name} took {food} and went.
"""),
            lines("""
{name} knocked at the giant's door, but {his} knock was too small to be heard. {He} threw a pebble. The giant thought it was hail and closed the shutters.
"Good evening!" shouted {name} at the mouth of the cave. The giant roared so loudly that {name} and {pet} rolled down the slope like two apples. They stood up, shook off the dust, and climbed again.
First {he} tried to be heard by singing {song}. The giant stopped for a moment. Then he wept, and his tears washed the two of them down to the gate.
"""),
            lines("""
"What is the matter with you?" {name} asked at last. "I cannot sleep," said the giant. "It is too dark in here." So {name} hung {his} own lantern above the enormous bed, and {pet} lay down on the pillow. Soon there was no sound but three kinds of breathing.
Then {pet} slipped through the door and pulled a thorn out of the giant's foot, as long as a broom. The giant looked down. "Oh," he said. "Thank you. It has hurt since {season}." His voice was suddenly quite small.
"I am not angry," said the giant. "I am cold." {name} ran from house to house, and {crowd_low} gave every blanket they could spare. {He} sewed them together with fishing line, and it took {him} four days.
"""),
            lines("""
After that the nights were quiet. Now and then the giant came down to mend a roof or to lift a cart out of the mud, and he always wiped his feet.
In return the giant carried stones for a new bridge, and set them down as gently as eggs. {crowd} were ashamed of their forks and invited him to supper.
"""),
        ),
    },
    {
        "titles": ("THE GREAT {CONTEST}", "{NAME} AT THE FAIR", "THE PRIZE OF THE FAIR"),
        "words": {
            "contest": ("baking contest", "boat race", "kite contest", "fiddle contest", "pie contest"),
            "advice": (
                "Those who hurry finish first, and those who help finish best.",
                "Leave your pride at home; it is heavy.",
                "Listen to the small voice beside you.",
            ),
        },
        "stages": (
            lines("""
Every year there was a {contest} at the fair, and every year the rich miller's nephew won it. {time} {name} made up {his} mind. "This time we shall enter," {he} said. {pet} {sound}.
{time} a notice hung at the gate: a {contest}, open to all, with a purse of silver for the winner. {name} read it three times. {His} family needed a new roof before the snow.
"""),
            lines("""
{name} practised from dawn to dusk. The first try fell apart, the second fell over, and the third was eaten by a goat that belonged to nobody. {He} began once more.
At first everything went wrong. {He} borrowed tools and they broke. {He} asked for help, and the neighbours were busy. "Then we shall do it alone," said {name}, "slowly, and twice if we must."
The night before the fair, somebody crept in and spoiled all {his} work. {name} sat down on the step and cried a little. Then {he} dried {his} face and lit the lamp, for the night was still long.
"""),
            lines("""
When the great moment came, the miller's nephew slipped and fell into the pond. Everyone laughed; only {name} stopped, though {he} was ahead, and held out a hand. {pet} pulled at the nephew's collar. Together they got him out.
In the middle of the contest a small child began to cry, for it had lost its mother. {name} put everything down and lifted the child on {his} shoulders, so that it could see over the crowd. When {he} came back, the time was over.
{name} was doing well. Then {he} saw that an old man beside {him} could not go on, for his hands shook. {name} helped him first and {self} second, and so {he} came in last but one.
"""),
            lines("""
The judges put their heads together for a long time. "The silver goes to the fastest," they said, "but the golden ribbon, which nobody has won for thirty years, goes to {name}." And {crowd_low} built the new roof in a single Sunday.
{name} did not win. But the next morning there was a loaf at the door, and a ham, and a jar of honey, and behind them stood half the {land}, hat in hand, to say thank you.
"""),
        ),
    },
    {
        "titles": ("THE {LOST} IN THE SNOW", "{NAME} IN THE STORM", "THE LONG WHITE NIGHT"),
        "words": {
            "lost": ("lamb", "foal", "postman", "little brother", "calf"),
            "advice": (
                "Snow hides the path but not the stars.",
                "Call softly; fear runs from shouting.",
                "Two lights are better than one.",
            ),
        },
        "stages": (
            lines("""
That winter a storm came over the hills. When the doors were shut and the fires were lit, somebody counted, and counted again. The {lost} was missing. "Nobody can go out in this," said the grown-ups. But {name} had already laced {his} boots.
It snowed for two days and two nights. On the third evening the {lost} had not come home. {name} took a rope, a lantern, and {food}. "Ready, {pet}?" {he} asked, and the {beast} {sound}.
"""),
            lines("""
They went as far as the bridge, but the bridge was buried. They went back to the fence, but the fence was gone as well. {name} tied the rope around {his} waist and went on, counting the steps aloud.
{name} called until {he} was hoarse. Only the wind answered. Then the lantern went out, and it was so dark that {he} could not see {his} own hand.
They searched the sheepfold and the lime kiln and the empty hut by {wood}. In the hut there was a fire still warm, but nobody sat beside it.
"""),
            lines("""
Suddenly {pet} {sound} and scratched at a drift. {name} dug with both hands. Under the snow, in the shelter of a rock, lay the {lost}, cold and frightened but alive. {name} gave up {his} coat without thinking twice.
Then {name} remembered the advice and stood quite still. There it was: a thin sound, like a spoon against a cup. {pet} led the way, and behind a fallen tree they found the {lost}, who had given up hope an hour ago.
{pet} found the first track, and {name} found the second. The tracks ended at a frozen stream, and there, on the other side, stood the {lost}. {name} threw the rope, once, twice, and the third time it held.
"""),
            lines("""
They came home at dawn, all three of them white from head to foot. {crowd} had put a candle in every window, so that the village looked like a sky turned upside down.
When they reached the first house, the door flew open. There was soup, and there were tears, and some scolding too. {name} heard none of it, for {he} had fallen asleep on {his} feet.
"""),
        ),
    },
    {
        "titles": ("THE FALLEN STAR", "{NAME} AND THE STAR", "A STAR IN THE {GROUND}"),
        "words": {
            "ground": ("garden", "haystack", "well", "orchard", "duck pond"),
            "advice": (
                "What falls must be lifted higher than it fell.",
                "Stars do not need wings, only a push.",
                "The highest place is not always a mountain.",
            ),
        },
        "stages": (
            lines("""
One clear night something fell from the sky and landed in the {ground}. It was a star, no bigger than a plum, and it was shivering. "I leaned over too far," it said. "Can you take me home?" {name} had never been asked anything so important.
{time_night} {name} saw a light in the {ground}. It was a very young star with a dent in one corner. "Please," it said, "I must be back before the new moon, or I shall go out." {name} wrapped it in a handkerchief.
"""),
            lines("""
First {name} climbed the tallest poplar and held the star up as high as {he} could. It was not high enough, and a woodpecker complained about the brightness.
First {he} tied the star to a kite. The kite rose, and the star rose with it, until the string broke. They found both in a thorn bush, a mile away.
They went to the mayor, who owned the longest ladder in the country. "A star?" said the mayor. "It belongs in the treasury." {name} ran as fast as {he} could, with {pet} close behind.
"""),
            lines("""
On the last night they came to a lake as smooth as a mirror. All the sky lay in it. {name} understood. {He} set the star upon the water, gave it a gentle push, and it floated out among the others until nobody could tell up from down.
Then {pet} {sound}, and a flock of wild geese came down to listen. The oldest goose took the handkerchief in its beak. Up they went, in a long line, and {name} waved until {his} arm was tired.
At the top of the last hill {name} told the star a story, the best {he} knew. The star laughed, and with every laugh it grew lighter. At the end of the story it was so light that it rose by itself, like a spark above a fire.
"""),
            lines("""
Since then one star winks a little more than the others. "That is ours," {name} says to {pet}, and goes to bed content.
In all the {land} nobody believed a word of it. But on the sill of {his} window lay a handkerchief that shone in the dark, and it shines to this day.
"""),
        ),
    },
    {
        "titles": ("THE MERCHANT'S RIDDLE", "{NAME} AND THE THREE RIDDLES", "THE CLEVER {CHILD}"),
        "words": {
            "riddle": (
                "What has a bed but never sleeps?|A river",
                "What has teeth but cannot bite?|A comb",
                "What grows smaller the more it sees?|A candle",
                "What goes up the hill and down the hill but never moves?|A road",
                "What can fill a room and weigh nothing?|Light",
                "What is broken as soon as it is named?|Silence",
            ),
            "advice": (
                "A riddle is a door; try pulling.",
                "He who asks three times is afraid of the answer.",
                "Look at what is in front of you.",
            ),
        },
        "stages": (
            lines("""
{time} a merchant in a fur hat rode into the {land}. "I have bought the mill, the bridge, and the well," he said. "Whoever wants to use them must pay, unless somebody can answer my riddle: {question}" {crowd} scratched their heads.
A rich merchant owned the only bridge, and he asked a gold coin of everyone who crossed. But he loved riddles even more than gold. "Answer me, and the bridge is free," he used to say. "{question}" For seven years nobody had known.
"""),
            lines("""
The teacher tried and was wrong. The priest tried and was wrong as well. The mayor said that he knew the answer but would not tell it. {name} asked for one night to think.
{name} thought about it while {he} milked the cows and while {he} swept the floor. {He} asked the cook, who said it was a turnip. {He} asked the cook's mother, who said it was a very large turnip.
At first {name} guessed too quickly. The merchant laughed until his hat fell off. "You have one more try," he said. "Be here tomorrow when the cock crows."
"""),
            lines("""
That evening {name} sat in front of the house with {pet} and looked at the things around {him}, one after the other. All at once {he} saw it. {He} laughed so suddenly that {pet} jumped.
{name} could not sleep. {pet} {sound} and hurried to the door, as if to say: come out and look. So {he} went out and looked, and there, in the first light, was the answer. It had been there all the time.
"""),
            lines("""
"Well?" said the merchant in the morning. "{answer}," said {name}. The merchant turned red, then white, and then, to everyone's surprise, he smiled. "At last," he said. "It is dull to be the only one who knows." And he kept his word.
"{answer}," said {name}, loudly and clearly. Nobody breathed. The merchant took off his hat. He gave back all that he had taken, and asked only for a chair by the fire and a new riddle every week.
"""),
        ),
    },
)
