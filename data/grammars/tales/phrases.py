"""Word classes and small sentences that every plot uses: manners, moods, hours of the day, weather."""

# ruff: noqa: E501 - one class a line
from __future__ import annotations

CLASSES: dict[str, str] = {
    "glad": "glad|happy|pleased|cheerful|delighted|merry|light of heart",
    "sad": "sad|gloomy|heavy of heart|downcast|sorry|close to tears|miserable",
    "afraid": "afraid|frightened|scared|uneasy|nervous|worried",
    "angry": "angry|cross|furious|grumpy|red in the face|sour as vinegar",
    "tired": "tired|weary|sleepy|worn out|footsore|stiff",
    "gladly": "gladly|happily|cheerfully|with a light heart|merrily|with a laugh",
    "quickly": "quickly|at once|in a hurry|without waiting|straight away",
    "slowly": "slowly|little by little|step by step|bit by bit|without any hurry",
    "carefully": "carefully|gently|with great care|with both eyes open|slowly and gently|little by little",
    "walked": "walked|went|wandered|marched|trudged|hurried|strolled|tramped",
    "ran": "ran|raced|rushed|dashed|hurried|scampered|darted",
    "found": "found|came upon|discovered|spotted|saw",
    "small": "small|little|tiny",
    "big": "big|large|great|huge|enormous",
    "old": "old|ancient|crooked|worn",
    "kind": "kind|good|gentle|friendly|warm",
    "very": "very|really|quite|rather|terribly",
    "number": "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty",
    "many": "a dozen|twenty|thirty|a hundred|a great many|more than forty|no end of",
    "long": "for [a long time|a good while|quite a while|a long moment|some time|as long as it takes to [eat|peel|chew|cook] [an apple|a pear|an egg|a potato|a turnip|an onion]]",
    "food": "[a slice of|some|a piece of|a bit of|the last of the] [bread and honey|plum cake|apple pie|cheese|nut bread|carrot cake|cherry tart|ginger cake|raisin bread|pear cake|oat bread|pumpkin pie]",
    "meal": "[pea|carrot|onion|mushroom|leek|bean|pumpkin|barley|turnip|tomato|fish] [soup|stew|pie|broth]",
    "sweet": "honey cakes|jam tarts|pancakes|plum dumplings|apple rings|nut biscuits|cherry buns|pear tarts|oat cakes|poppy rolls",
    "creature": "[a|one|an old|a sleepy|a young|a fat|a busy|a shy] [robin|beetle|snail|owl|crow|toad|moth|bat|mole|sparrow|squirrel|rabbit|hen|goat|pigeon|bee|cricket|lizard|wren|jackdaw|duck|lamb|hedgehog]",
    "colour": "red|blue|green|yellow|white|black|brown|grey|golden|silver|pink|purple|orange",
    "tree": "oak|elm|birch|willow|apple tree|pear tree|chestnut|pine|cherry tree|walnut tree|hazel|lime tree|beech|ash tree|rowan|plum tree|maple",
    "where": "[under|behind|beside|beyond|not far from|close to|in the shade of] [a|an old|a tall|a crooked|a hollow|a leaning|a mossy] <tree>|[behind|beside|not far from|close to] {feature}",
    "sound": "[a|one|a sort of] [soft|thin|low|sharp|strange|small|sudden|deep|far|funny] [sound|noise|cry|whistle|cough|creak|knock|rustle|squeak|sigh|splash|hum|sneeze|tap]",
    "guess": "[perhaps|maybe|it may be that]",
    "treasure": "[gold|silver|pearls|coins|rings|rubies|crowns]",
    "vow": "on my word|on my honour|as sure as eggs are eggs|cross my heart|as true as I am [sitting|standing] here",
    "oh": "[Oh|Well|Dear me|Goodness|My word|Bless me|Oh dear|Well now|Hm|Look here|Listen|You see]",
    "crowd": "[the baker|the smith|the cobbler|the tailor|the teacher|the potter|the barber|the carter|the weaver|the piper|the goose girl|the mayor|the cook|the gardener|the miller] and [the baker's|the smith's|the cobbler's|the tailor's|the teacher's|the potter's|the barber's|the carter's|the weaver's|the piper's|the mayor's|the cook's|the gardener's|the miller's] [wife|husband|son|daughter|aunt|uncle|twins|cat|dog|cousin|mother|six children|grandmother]",
    "folk": "the neighbours|everybody|the whole town|the people|half the town|young and old|all the families|old friends and new",
    "song": "[a|an old|a silly|a slow|a merry|a new] [song|tune|rhyme] about a [goat|moon|frog|king|turnip|snail|ship|goose|pear|pie|river|bear|shoe|flea|cloud|cuckoo] [and|that married|that lost|in|without] a [hat|boot|bell|spoon|drum|basket|kettle|mill|pond|button|bed|boat|barrel|candle|ladder]",
    "asnoun": "as [quiet as a mouse|red as a beet|white as flour|still as a stone|proud as a peacock|hungry as a wolf|happy as a lark|busy as a bee|light as a feather|cold as a frog|warm as toast|bright as a new pin|stubborn as a goat|brave as a lion]",
    "oneday": "One|One fine|One windy|One bright|One still|One grey|One cold|One warm|One busy|One quiet|On a certain|On a clear|On a windy",
    "suddenly": "Suddenly|All at once|Just then|At that very moment|Before long|A moment later|Then|Soon|In the end|And then",
    "atfirst": "At first|To begin with|First of all|For a start|In the beginning",
    "opener": "|||||||||||[Now|Then|Next|After that|A little later|Presently|Once more|For a moment] |[With|After] a [sigh|smile|nod|deep breath|shrug|shiver|long look|brave smile|beating heart|quick glance back], |<suddenly> |[Quietly|Very quietly|Carefully|Bravely|Without a word|Without thinking twice|In great haste|Quite calmly|A little shyly|With all the courage in the world|Half afraid and half curious|Humming a little], |[Still <tired>|Full of hope|Deep in thought|Out of breath|<tired> but brave|Still a little <afraid>], ",
    "atlast": "At last|In the end|At long last|Finally|After all that|When all was done",
    "but": "But|Still,|All the same,|Only,|And yet",
    "so": "So|And so|That is why|For that reason",
}

HOUR_PHRASES = {
    "morning": "[The next morning|Early the next day|When the cock crowed|At sunrise|As soon as it was light|When the sun came up|At the first light|Before breakfast the next day|When the birds began to sing|At seven in the morning|After a good night's sleep|When the dew was still on the grass|As the sky turned pink]",
    "noon": "[At noon|Around noon|When the sun stood high|At dinner time|When the clock struck twelve|Towards noon|In the middle of the day|When the shadows were short|At the hottest hour]",
    "afternoon": "[That afternoon|In the afternoon|Later that day|When the clock struck three|After a rest|When the shadows grew longer|About tea time|When the sun had begun to sink|Some hours later|Late in the afternoon]",
    "evening": "[That evening|In the evening|When the sun went down|At dusk|When the first star came out|As the light faded|At supper time|When the lamps were lit|Towards evening|As the swallows went to bed|When the sky turned red]",
    "night": "[That night|In the night|At midnight|When the moon was up|When all the lamps were out|Under the stars|In the middle of the night|When the owls were calling|By the light of the moon|When everyone else was asleep|Late that night]",
}

SEASONS = {
    "spring": ("rain", "sun", "wind", "fog", "mild"),
    "summer": ("sun", "heat", "thunder", "mild", "wind"),
    "autumn": ("rain", "wind", "fog", "mild", "leaves"),
    "winter": ("snow", "frost", "wind", "fog", "snow"),
}

WEATHER_SENTENCES = {
    "rain": (
        "[A|A thin|A warm|A cold|A steady] rain [fell on|drummed on|dripped from|ran down] {feature}[| and made <small> rivers [in the road|everywhere]| and nobody was out but the ducks]. |It [rained|poured|drizzled] <long>, and {feature} [shone|dripped|grew wet|was soaked].",
        "[Rain|Soft rain|Cold rain] [tapped|drummed|pattered|whispered] on {feature} all [evening|night] long[|, and there was no moon|, and the gutters sang].",
    ),
    "sun": (
        "The sun [shone|sparkled|lay|danced] on {feature}[, and the air smelled of [grass|hay|warm bread|mint|roses|wet stone]|, and not a cloud was in sight|]. |The sky was [as blue as|bluer than] [a plum|a jay's feather|a cornflower|the sea], and <creature> [sat|slept|sang|dozed] [on|beside|under|near] {feature}.",
        "The [moon|stars|young moon] [shone|looked down|glittered] [on|over] {feature}[, and <creature> [called|sang|sighed] [somewhere|far away|close by]|, and the world was still].",
    ),
    "heat": (
        "It was so hot that [the butter melted|the hens lay on their backs|the road shimmered|nobody could think|the dogs would not bark], and {feature} was [too warm to touch|hot as an oven]. |The heat [lay|sat] on {feature} like [a cat|a blanket|a big dog].",
        "The [evening|night] was so warm that [nobody could sleep|the crickets sang on and on|all the windows stood open], and {feature} was [still|not yet cool|warm to the touch].",
    ),
    "thunder": (
        "Dark clouds [rolled|climbed|piled up] [over|behind] {feature}, and [somewhere|far away|close by] the thunder [grumbled|growled|rumbled] like [an empty stomach|a cart on a bridge|an old bear].",
        "Lightning [lit up|flashed over|danced behind] {feature}, and then [came the thunder|the thunder rolled|it was darker than before].",
    ),
    "wind": (
        "The wind [pulled at|rattled|whistled around|pushed at|played with] {feature}[| and [stole|carried off] [a hat|a shirt|somebody's scarf|two hats|a basket]|, and the trees [bowed|groaned|danced]].",
        "The wind [howled|moaned|sang|whistled] around {feature}[, and the trees [groaned|creaked|whispered]| like [a lonely dog|a flute|an old song]|].",
    ),
    "fog": (
        "[Fog|A white fog|Thick fog|A grey mist] [lay|crept|hung|had settled] [over|around|on] {feature}, so that [nobody could see three steps ahead|everything looked like something else|even the crows went on foot].",
        "[Fog|Mist|A white mist] [crept|rose|curled] around {feature}, and [every lamp had a halo|the moon was only a pale spot|each step sounded strange].",
    ),
    "mild": (
        "A [soft|mild|gentle|light] breeze [stroked|cooled|came from|moved] {feature}, and <creature> [sang|hummed|slept|dozed|went by] [near it|in the sun|without a care|not far away].",
        "The air was [mild|soft|sweet|still], and [bats|moths|the first stars] [flitted|drifted|twinkled] [above|over|behind] {feature}.",
    ),
    "leaves": (
        "[Red|Brown|Yellow|Golden] leaves [sailed|tumbled|drifted|whirled] [past|over|down on|around] {feature}, and [the air smelled of [smoke|apples|mushrooms]|the geese flew south|<creature> [gathered|counted] nuts].",
        "Leaves [rustled|whispered|scratched] [around|against|over] {feature}, as if [somebody walked there|they told secrets|they were looking for a bed].",
    ),
    "snow": (
        "Snow [lay on|fell on|covered|had buried] {feature}[, as [soft|thick|white|deep] as [a pillow|wool|flour|sugar]|, and [every|each] step [creaked|crunched]|].",
        "[Snow|Soft snow|Thick snow] [fell|drifted|came down] on {feature}, and the [evening|night] was [white|still|blue] and [silent|cold|strange].",
    ),
    "frost": (
        "[Frost|White frost|A hard frost] [glittered|sparkled|had drawn flowers] on {feature}, and [breath|every word] hung in the air like [smoke|wool|a little cloud].",
        "It [froze|was freezing] so hard that {feature} [cracked|creaked|groaned], and the stars [glittered|were as sharp as needles|seemed close enough to pick].",
    ),
}
