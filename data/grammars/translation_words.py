"""The English-German lexicon: nouns, adjectives, verbs, places, times and names, one entry a line.

`_` stands for a space inside an English form. Columns are explained above each table.
"""

# ruff: noqa: E501 - one entry a line
from __future__ import annotations

from grammars.common import lines

# English singular and plural; German gender, nominative, genitive, plural; classes.
# A masculine noun whose genitive ends in -n is weak: it has that form in the accusative and dative too.
NOUNS = lines("""
man men m Mann Mannes Männer person
woman women f Frau Frau Frauen person
child children n Kind Kindes Kinder person kin
boy boys m Junge Jungen Jungen person
girl girls n Mädchen Mädchens Mädchen person
teacher teachers m Lehrer Lehrers Lehrer person kin
doctor doctors m Arzt Arztes Ärzte person
neighbour neighbours m Nachbar Nachbarn Nachbarn person kin
grandmother grandmothers f Großmutter Großmutter Großmütter person kin parent
grandfather grandfathers m Großvater Großvaters Großväter person kin parent
mother mothers f Mutter Mutter Mütter person kin parent
father fathers m Vater Vaters Väter person kin parent
sister sisters f Schwester Schwester Schwestern person kin
brother brothers m Bruder Bruders Brüder person kin
daughter daughters f Tochter Tochter Töchter person kin
son sons m Sohn Sohnes Söhne person kin
aunt aunts f Tante Tante Tanten person kin
uncle uncles m Onkel Onkels Onkel person kin
friend friends m Freund Freundes Freunde person kin
student students m Student Studenten Studenten person
baker bakers m Bäcker Bäckers Bäcker person
gardener gardeners m Gärtner Gärtners Gärtner person
farmer farmers m Bauer Bauern Bauern person
queen queens f Königin Königin Königinnen person
policeman policemen m Polizist Polizisten Polizisten person
saleswoman saleswomen f Verkäuferin Verkäuferin Verkäuferinnen person
nurse nurses f Krankenschwester Krankenschwester Krankenschwestern person
guest guests m Gast Gastes Gäste person kin
colleague colleagues m Kollege Kollegen Kollegen person kin
tourist tourists m Tourist Touristen Touristen person
cook cooks m Koch Kochs Köche person
bus_driver bus_drivers m Busfahrer Busfahrers Busfahrer person
singer singers f Sängerin Sängerin Sängerinnen person
dog dogs m Hund Hundes Hunde animal
cat cats f Katze Katze Katzen animal
horse horses n Pferd Pferdes Pferde animal
bird birds m Vogel Vogels Vögel animal
mouse mice f Maus Maus Mäuse animal
cow cows f Kuh Kuh Kühe animal
bear bears m Bär Bären Bären animal
rabbit rabbits n Kaninchen Kaninchens Kaninchen animal
duck ducks f Ente Ente Enten animal
book books n Buch Buches Bücher read flat
newspaper newspapers f Zeitung Zeitung Zeitungen read flat
letter letters m Brief Briefes Briefe read flat write
novel novels m Roman Romans Romane read write
poem poems n Gedicht Gedichts Gedichte read write
postcard postcards f Postkarte Postkarte Postkarten read flat write
report reports m Bericht Berichts Berichte read write
picture_book picture_books n Bilderbuch Bilderbuches Bilderbücher read flat
fairy_tale fairy_tales n Märchen Märchens Märchen read tell
story stories f Geschichte Geschichte Geschichten read tell write
apple apples m Apfel Apfels Äpfel food
pear pears f Birne Birne Birnen food
cake cakes m Kuchen Kuchens Kuchen food bake
apple_cake apple_cakes m Apfelkuchen Apfelkuchens Apfelkuchen food bake
soup soups f Suppe Suppe Suppen food cooked
vegetable_soup vegetable_soups f Gemüsesuppe Gemüsesuppe Gemüsesuppen food cooked
salad salads m Salat Salats Salate food
potato potatoes f Kartoffel Kartoffel Kartoffeln food cooked
tomato tomatoes f Tomate Tomate Tomaten food
sausage sausages f Wurst Wurst Würste food
roll rolls n Brötchen Brötchens Brötchen food
bicycle bicycles n Fahrrad Fahrrads Fahrräder thing repair wash
car cars n Auto Autos Autos thing repair wash
key keys m Schlüssel Schlüssels Schlüssel thing flat
chair chairs m Stuhl Stuhls Stühle thing repair stand
armchair armchairs m Sessel Sessels Sessel thing stand
lamp lamps f Lampe Lampe Lampen thing device stand repair
picture pictures n Bild Bildes Bilder thing hang
mirror mirrors m Spiegel Spiegels Spiegel thing hang
bag bags f Tasche Tasche Taschen thing stand carry
coat coats m Mantel Mantels Mäntel thing wear
hat hats m Hut Huts Hüte thing wear
shirt shirts n Hemd Hemds Hemden thing wear wash
dress dresses n Kleid Kleides Kleider thing wear wash
pullover pullovers m Pullover Pullovers Pullover thing wear wash
jacket jackets f Jacke Jacke Jacken thing wear wash
umbrella umbrellas m Regenschirm Regenschirms Regenschirme thing
suitcase suitcases m Koffer Koffers Koffer thing stand carry open
camera cameras f Kamera Kamera Kameras thing repair
flower flowers f Blume Blume Blumen thing
vase vases f Vase Vase Vasen thing stand
cup cups f Tasse Tasse Tassen thing stand wash
plate plates m Teller Tellers Teller thing stand wash
knife knives n Messer Messers Messer thing flat wash
spoon spoons m Löffel Löffels Löffel thing flat wash
ring rings m Ring Rings Ringe thing
ball balls m Ball Balles Bälle thing
map maps f Landkarte Landkarte Landkarten thing flat
guitar guitars f Gitarre Gitarre Gitarren thing repair
alarm_clock alarm_clocks m Wecker Weckers Wecker thing stand repair
bed beds n Bett Bettes Betten thing
toothbrush toothbrushes f Zahnbürste Zahnbürste Zahnbürsten thing
box boxes f Kiste Kiste Kisten thing stand carry open
radio radios n Radio Radios Radios thing device repair
computer computers m Computer Computers Computer thing device repair
television televisions m Fernseher Fernsehers Fernseher thing device repair
washing_machine washing_machines f Waschmaschine Waschmaschine Waschmaschinen thing device repair
window windows n Fenster Fensters Fenster open clean
door doors f Tür Tür Türen open
front_door front_doors f Haustür Haustür Haustüren open
garden_gate garden_gates n Gartentor Gartentors Gartentore open
room rooms n Zimmer Zimmers Zimmer tidy clean
children's_room children's_rooms n Kinderzimmer Kinderzimmers Kinderzimmer tidy
kitchen kitchens f Küche Küche Küchen tidy clean
cellar cellars m Keller Kellers Keller tidy
bathroom bathrooms n Badezimmer Badezimmers Badezimmer clean
train trains m Zug Zuges Züge vehicle
bus buses m Bus Busses Busse vehicle
ship ships n Schiff Schiffes Schiffe vehicle
summer summers m Sommer Sommers Sommer event
party parties f Feier Feier Feiern event
trip trips m Ausflug Ausflugs Ausflüge event
birthday birthdays m Geburtstag Geburtstags Geburtstage event
concert concerts n Konzert Konzerts Konzerte event
journey journeys f Reise Reise Reisen event
winter winters m Winter Winters Winter event
house houses n Haus Hauses Häuser building
flat flats f Wohnung Wohnung Wohnungen building
garden gardens m Garten Gartens Gärten in ground
park parks m Park Parks Parks in ground
forest forests m Wald Waldes Wälder in ground
village villages n Dorf Dorfes Dörfer in town
city cities f Stadt Stadt Städte in town
living_room living_rooms n Wohnzimmer Wohnzimmers Wohnzimmer in
bedroom bedrooms n Schlafzimmer Schlafzimmers Schlafzimmer in
library libraries f Bibliothek Bibliothek Bibliotheken in goal shop
museum museums n Museum Museums Museen in goal shop
restaurant restaurants n Restaurant Restaurants Restaurants in goal shop
school schools f Schule Schule Schulen in goal shop
hospital hospitals n Krankenhaus Krankenhauses Krankenhäuser in goal shop
bicycle_shop bicycle_shops m Fahrradladen Fahrradladens Fahrradläden in goal shop
bookshop bookshops m Buchladen Buchladens Buchläden in goal shop
bakery bakeries f Bäckerei Bäckerei Bäckereien in goal shop
office offices n Büro Büros Büros in goal
hotel hotels n Hotel Hotels Hotels in goal shop
church churches f Kirche Kirche Kirchen in goal shop
swimming_pool swimming_pools n Schwimmbad Schwimmbads Schwimmbäder in goal shop
station stations m Bahnhof Bahnhofs Bahnhöfe at goal
bus_stop bus_stops f Bushaltestelle Bushaltestelle Bushaltestellen at goal
market markets m Markt Marktes Märkte goal
lake lakes m See Sees Seen water
river rivers m Fluss Flusses Flüsse water
table tables m Tisch Tisches Tische surface
kitchen_table kitchen_tables m Küchentisch Küchentisches Küchentische surface
desk desks m Schreibtisch Schreibtisches Schreibtische surface
shelf shelves n Regal Regals Regale surface
wall walls f Wand Wand Wände wall
tree trees m Baum Baumes Bäume tree
bridge bridges f Brücke Brücke Brücken bridge
""")

# English; German (predicate form); German stem before endings; classes of nouns it goes with.
ADJECTIVES = lines("""
old alt alt person animal read thing building in goal town wear
young jung jung person animal
friendly freundlich freundlich person
tired müde müd person
happy glücklich glücklich person
famous berühmt berühmt person
rich reich reich person
little klein klein person animal thing building in
tall groß groß person tree
big groß groß animal thing building in town food
strong stark stark person animal
sick krank krank person animal
hungry hungrig hungrig person animal
black schwarz schwarz animal thing wear
white weiß weiß animal thing wear
brown braun braun animal thing wear
wild wild wild animal
new neu neu thing read building goal wear
beautiful schön schön thing read building in town wear event
expensive teuer teur thing read wear building
cheap billig billig thing read wear
heavy schwer schwer carry stand
red rot rot thing wear
blue blau blau thing wear
green grün grün thing wear
long lang lang read event
short kurz kurz read event
interesting interessant interessant read
exciting spannend spannend read event
funny lustig lustig read
sad traurig traurig read
fresh frisch frisch food
good gut gut food read
dark dunkel dunkl tidy in
quiet ruhig ruhig in town
modern modern modern building goal
deep tief tief water
warm warm warm cooked wear
""")

# English comparative; German comparative (predicate form); English and German positive; noun classes.
COMPARATIVES = lines("""
older älter old alt person animal building
younger jünger young jung person animal
stronger stärker strong stark person animal
bigger größer big groß animal building thing
smaller kleiner small klein animal building thing
richer reicher rich reich person
friendlier freundlicher friendly freundlich person
more_expensive teurer expensive teuer thing building
cheaper billiger cheap billig thing
heavier schwerer heavy schwer carry
longer länger long lang read
more_interesting interessanter interesting interessant read
more_exciting spannender exciting spannend read
more_beautiful schöner beautiful schön thing building
""")

# English base, third person, -ing form, past; German infinitive (separable prefix before |), first and
# third person singular, participle, auxiliary; frame:objects; subject class; flags.
# Frames: i intransitive, l also with a place, t accusative, d dative, b dative and accusative,
# m:prepositions motion, p:German preposition:case:English preposition. Flags: s stative (no -ing form),
# g no "gerade", r reflexive, n no past, p past only, x neither modal nor infinitive, - none.
VERBS = lines("""
read reads reading read lesen lese liest gelesen haben t:read person -
buy buys buying bought kaufen kaufe kauft gekauft haben t:thing+read+food person -
sell sells selling sold verkaufen verkaufe verkauft verkauft haben t:thing+read+food+building person -
find finds finding found finden finde findet gefunden haben t:thing person s
look_for looks_for looking_for looked_for suchen suche sucht gesucht haben t:thing+animal person -
see sees seeing saw sehen sehe sieht gesehen haben t:person+animal person s
know knows knowing knew kennen kenne kennt gekannt haben t:person person sxn
need needs needing needed brauchen brauche braucht gebraucht haben t:thing person sx
love loves loving loved lieben liebe liebt geliebt haben t:kin+animal person sx
have has having had haben habe hat gehabt haben t:thing+animal person sxn
write writes writing wrote schreiben schreibe schreibt geschrieben haben t:write person -
eat eats eating ate essen esse isst gegessen haben t:food person -
cook cooks cooking cooked kochen koche kocht gekocht haben t:cooked person -
bake bakes baking baked backen backe backt gebacken haben t:bake person -
repair repairs repairing repaired reparieren repariere repariert repariert haben t:repair person -
wash washes washing washed waschen wasche wäscht gewaschen haben t:wash person -
carry carries carrying carried tragen trage trägt getragen haben t:carry person -
clean cleans cleaning cleaned putzen putze putzt geputzt haben t:clean person -
lose loses losing lost verlieren verliere verliert verloren haben t:thing person sxp
visit visits visiting visited besuchen besuche besucht besucht haben t:kin person -
draw draws drawing drew zeichnen zeichne zeichnet gezeichnet haben t:animal+building person -
hide hides hiding hid verstecken verstecke versteckt versteckt haben t:thing+read person -
open opens opening opened auf|machen mache macht aufgemacht haben t:open person -
close closes closing closed zu|machen mache macht zugemacht haben t:open person -
pick_up picks_up picking_up picked_up ab|holen hole holt abgeholt haben t:person person -
switch_on switches_on switching_on switched_on ein|schalten schalte schaltet eingeschaltet haben t:device person -
switch_off switches_off switching_off switched_off aus|schalten schalte schaltet ausgeschaltet haben t:device person -
invite invites inviting invited ein|laden lade lädt eingeladen haben t:person person -
phone phones phoning phoned an|rufen rufe ruft angerufen haben t:person person -
tidy_up tidies_up tidying_up tidied_up auf|räumen räume räumt aufgeräumt haben t:tidy person -
take_along takes_along taking_along took_along mit|nehmen nehme nimmt mitgenommen haben t:thing+read person -
put_on puts_on putting_on put_on an|ziehen ziehe zieht angezogen haben t:wear person -
take_off takes_off taking_off took_off aus|ziehen ziehe zieht ausgezogen haben t:wear person -
wake_up wakes_up waking_up woke_up auf|wecken wecke weckt aufgeweckt haben t:kin person -
throw_away throws_away throwing_away threw_away weg|werfen werfe wirft weggeworfen haben t:thing+read person -
bring_back brings_back bringing_back brought_back zurück|bringen bringe bringt zurückgebracht haben t:thing+read person -
try_on tries_on trying_on tried_on an|probieren probiere probiert anprobiert haben t:wear person -
sleep sleeps sleeping slept schlafen schlafe schläft geschlafen haben l person+animal -
work works working worked arbeiten arbeite arbeitet gearbeitet haben l person -
play plays playing played spielen spiele spielt gespielt haben l kin+animal -
dance dances dancing danced tanzen tanze tanzt getanzt haben l person -
sing sings singing sang singen singe singt gesungen haben l person -
wait waits waiting waited warten warte wartet gewartet haben l person -
laugh laughs laughing laughed lachen lache lacht gelacht haben i person -
cry cries crying cried weinen weine weint geweint haben i person -
get_up gets_up getting_up got_up auf|stehen stehe steht aufgestanden sein i person -
fall_asleep falls_asleep falling_asleep fell_asleep ein|schlafen schlafe schläft eingeschlafen sein i person+animal -
come_back comes_back coming_back came_back zurück|kommen komme kommt zurückgekommen sein i person+animal g
watch_television watches_television watching_television watched_television fern|sehen sehe sieht ferngesehen haben i person -
arrive arrives arriving arrived an|kommen komme kommt angekommen sein i person+vehicle -
go_away goes_away going_away went_away weg|gehen gehe geht weggegangen sein i person -
go goes going went gehen gehe geht gegangen sein m:to+into+through+over+around+out_of person -
run runs running ran rennen renne rennt gerannt sein m:to+into+through+over+around+out_of person -
drive drives driving drove fahren fahre fährt gefahren sein m:to+through+over+around person -
help helps helping helped helfen helfe hilft geholfen haben d:person person -
thank thanks thanking thanked danken danke dankt gedankt haben d:person person -
answer answers answering answered antworten antworte antwortet geantwortet haben d:person person -
trust trusts trusting trusted vertrauen vertraue vertraut vertraut haben d:person person sx
follow follows following followed folgen folge folgt gefolgt sein d:person+animal person -
listen_to listens_to listening_to listened_to zu|hören höre hört zugehört haben d:person person -
congratulate congratulates congratulating congratulated gratulieren gratuliere gratuliert gratuliert haben d:person person -
give gives giving gave geben gebe gibt gegeben haben b:thing+food+read person -
show shows showing showed zeigen zeige zeigt gezeigt haben b:thing+read+animal person -
send sends sending sent schicken schicke schickt geschickt haben b:write person -
bring brings bringing brought bringen bringe bringt gebracht haben b:food+thing person -
lend lends lending lent leihen leihe leiht geliehen haben b:thing+read person -
tell tells telling told erzählen erzähle erzählt erzählt haben b:tell person -
wait waits waiting waited warten warte wartet gewartet haben p:auf:acc:for:person+vehicle person -
think thinks thinking thought denken denke denkt gedacht haben p:an:acc:of:kin+event person -
dream dreams dreaming dreamed träumen träume träumt geträumt haben p:von:dat:of:event+animal+building person -
speak speaks speaking spoke sprechen spreche spricht gesprochen haben p:mit:dat:with:person person -
talk talks talking talked reden rede redet geredet haben p:über:acc:about:event+read+person person -
play plays playing played spielen spiele spielt gespielt haben p:mit:dat:with:kin+animal kin -
look_forward looks_forward looking_forward looked_forward freuen freue freut gefreut haben p:auf:acc:to:event person grx
laugh laughs laughing laughed lachen lache lacht gelacht haben p:über:acc:about:read+animal person -
""")

# English preposition; German preposition; case; class of its nouns. Where something happens, and where to.
PLACES = lines("""
in in dat in
at an dat at
by an dat water
behind hinter dat building
in_front_of vor dat building
under unter dat tree
next_to neben dat goal
""")
GOALS = lines("""
to zu dat goal
into in acc ground
into in acc building
through durch acc ground
over über acc bridge
around um acc water
out_of aus dat shop
""")

# English | German | tenses it goes with | place in the English sentence.
TIMES = lines("""
today|heute|progressive|both
now|jetzt|progressive|both
at the moment|im Moment|progressive|both
yesterday|gestern|past|both
last week|letzte Woche|past|both
last year|letztes Jahr|past|both
two days ago|vor zwei Tagen|past|both
on Monday|am Montag|past future|both
on Saturday|am Samstag|past future|both
at the weekend|am Wochenende|past future habit|both
tomorrow|morgen|future modal|both
next week|nächste Woche|future modal|both
in the evening|am Abend|past habit|both
in the afternoon|am Nachmittag|past habit|both
every day|jeden Tag|habit|both
every morning|jeden Morgen|habit|both
every Sunday|jeden Sonntag|habit|both
in summer|im Sommer|habit|both
often|oft|habit|verb
always|immer|habit|verb
never|nie|habit|verb
usually|meistens|habit|verb
Unfortunately,|leider|past future modal state|front
Fortunately,|zum Glück|past future modal state|front
Perhaps|vielleicht|progressive future modal state|front
Therefore,|deshalb|past future modal state|front
""")

NAMES = ("Anna", "Paul", "Lena", "Emma", "Martin", "Julia", "Peter", "Maria", "David", "Clara")

# Name; English third person, other persons; German singular, plural; whether English asks and denies
# with the word itself.
MODALS = lines("""
can|can|can|kann|können|yes
must|must|must|muss|müssen|no
should|should|should|sollte|sollten|yes
want|wants to|want to|will|wollen|no
allowed|is allowed to|are allowed to|darf|dürfen|no
like|would like to|would like to|möchte|möchten|no
future|will|will|wird|werden|yes
""")
