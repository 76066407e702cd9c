"""Nicknames, and the forms that one given name has in several languages.

A short, readable table; the first word of a row is the form that keys are made from. Forms that
already sound alike (Anna, Anne, Анна) need no row.
"""

from functools import cache

FORMS = """
aleksandr sasha shura alexandre alexander aleksander aleksandras aleksandrs aliaksandr oleksandr
    olek sandor sashko oles ales sania сашко
aleksei alexej alexei aleksey aliaksei oleksii alosha aliosha lesha liosha
anastasia nastia nastja anastasija anastazja anastasiia nastassia nastusia nasta nastka
andrei andrius andrejs andrii andrzej andrew andre andreas andriusha andriukha jedrek
anna ania anja hanna asia aniuta onute ganna hania aneta
antanas anton antons antoni antoine anthony tosha antek tonis
barbara basia varvara varia barbora barbe
boleslav boleslaw boleslovas bolek
bronislav bronislaw bronius bronek
dmitri dmitrii dmytro dzmitry dima dmitrijus dimitri mitia dmitry
dominik dominykas dominiks dominique domas
ekaterina katerina kateryna katsiaryna katia katja katarzyna kasia kotryna katherine catherine
    katrina kate jekaterina katrine katharina kacia katrin
elena olena jelena yelena alena helena lena helene lenka elene helen alona
elisabeth elzbieta elizaveta elizabeth lisa liza ela elza lizaveta yelyzaveta jelizaveta betty
evgeni evgenii jevgenij yevhen eugene eugeniusz zhenia zenia eugenijus jevgenijs yauhen eugen evgeny
galina halyna halina galia gala
georgi georgii jerzy jurgis george georg juri yuri jurij juris georges yurii iurii jurek jura
grigori hryhorii grzegorz gregory grisha gzhegozh grigorijus ryhor grigorij grigory gregoire
    grzesiek
irina iryna irena ira irene irka
ivan jan jonas janis john jean johann hans vania ivans yan janek jasiek johannes jack johnny
joanna asia joana jeanne johanna zhanna jane janna zana
jozef juozas jazeps joseph josef josif jozek osip yosyp iosif
kristina krystyna christine kristine krysia hristina khrystyna christina
konstantin kostiantyn konstanty kostia kostas konstantinas
krzysztof kristof christophe christopher christoph kristupas krzysiek kristaps chris
ludmila liudmila lyudmyla liuda luda liudmyla
ljubov liubov lyubov liuba luba liubou
magdalena magda madeleine magdalene madzia
malgorzata gosia margarita marharyta marguerite margaret margareta margarete rita malgosia greta
maria mariia marija maryia masha mania marie mary marytė marusia marysia musia
mikhail mykhailo michail michal mykolas mihails michael misha mikhas michel mikhaila misa mike
mikolai mykola mikalai nikolai nikolajs nicolas nicholas mikalojus kolia mikolaj nikolaus nick
    nikolay
nadezhda nadiia nadzeia nadia nadezda nadja nadya
natalia nataliia natalja natasha nathalie natalija natallia natasa
oksana aksana ksenia xenia kseniia
olga olha volha olia olya
pavel pavlo paulius pauls paul pawel pasha povilas pavels pavlik
piotr petr petro peter petras peteris pierre petia pyotr petrik
roman romans romanas roma romek
sergei serhii siarhei sergejs sergejus serge serioga seriozha sergey siergiej serhiy
sofia sofija zofia sophie zosia sonia sofiia sophia sonja
stanislav stanislaw stasys stas stanislovas staszek stanislavs
stepan steponas stefan stephane stephen stsiapan stefans stepas
svetlana svitlana sviatlana sveta swietlana
tatiana tetiana tatsiana tania tatjana tanja
tomas tomasz thomas toms tomek foma tom
vasili vasyl vasil wasyl vasia vasilijus bazyli basile vasilii
viktoria viktoriia wiktoria vika viktorija victoire victoria
vladimir volodymyr uladzimir vladimirs volodia vova wlodzimierz vladimiras vladas wladimir
vojtech wojciech wojtek adalbert voitek
wilhelm vilhelm william guillaume vilius willi vilis bill
jakub jokubas jacob jacques james kuba jekabs yakiv iakov jakov jake
ludwik liudvikas louis ludwig ludovic
karol karolis charles karl karlis
edvard eduard edward edvardas ed edek edik
rudolf rudolfs rudolfas rudi
agnieszka agne agnes agnese agnessa
ewa eva ieva yeva
bogdan bohdan bahdan
igor ihor ihar
oleg oleh aleh
agata ahata agathe
donald donnie don
robert bob bobby roberts robertas rob
richard dick ricardas ryszard ritchie
lydia lidia lyddy lidija lidiia
"""


def _rows() -> list[list[str]]:
    """One list of names a row; a line that begins with spaces continues the row above."""
    return [row.split() for row in FORMS.strip().replace("\n    ", " ").splitlines()]


@cache
def _table() -> dict[str, str]:
    from services.intake.domain.names.skeleton import voiced  # the table is written in plain letters

    table: dict[str, str] = {}
    for row in _rows():
        first, *others = row
        for other in others:
            table.setdefault(voiced(other), voiced(first))
    for row in _rows():
        table.pop(voiced(row[0]), None)  # a full form is never somebody else's nickname
    return table


def full_form(voiced_form: str) -> str | None:
    """The full form of a nickname or foreign form, both as `skeleton.voiced` writes them."""
    return _table().get(voiced_form)
