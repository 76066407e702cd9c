"""Common given names and surnames of eight languages, to draw invented people from.

Every combination is drawn by chance: all people made from these lists are invented.
Surnames are written `masculine/feminine`, or once when they do not change.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pool:
    """Names of one language, with the nationality and languages of the people that get them."""

    nationality: str
    languages: str
    female: list[str]
    male: list[str]
    families: list[str]
    places: list[str]


def _pool(nationality: str, languages: str, female: str, male: str, families: str, places: str) -> Pool:
    return Pool(nationality, languages, female.split(), male.split(), families.split(), places.split())


LITHUANIAN = _pool(
    "LT",
    "lt",
    "Austėja Eglė Giedrė Ieva Indrė Jurgita Kotryna Laima Milda Neringa Rasa Rimantė Simona Ugnė "
    "Viltė Živilė",
    "Algirdas Darius Gediminas Jokūbas Karolis Linas Mindaugas Nerijus Paulius Rokas Saulius Vytautas "
    "Žygimantas",
    "Adomaitis/Adomaitienė Balčiūnas/Balčiūnaitė Butkevičius/Butkevičiūtė Dapkus/Dapkutė "
    "Gudaitis/Gudaitytė Grigas/Grigienė Juška/Juškaitė Kairys/Kairytė Lukoševičius/Lukoševičiūtė "
    "Mockus/Mockutė Norkus/Norkienė Pocius/Pociūtė Rimkus/Rimkutė Šimkus/Šimkienė "
    "Tamošiūnas/Tamošiūnaitė Urbonas/Urbonaitė Žilinskas/Žilinskienė",
    "Vilnius Kaunas Klaipėda Šiauliai Panevėžys Alytus Marijampolė Utena",
)
LATVIAN = _pool(
    "LV",
    "lv",
    "Aija Anita Baiba Dace Elīna Gunta Inese Kristīne Laila Madara Māra Sanita Signe Zane",
    "Aivars Andris Artūrs Edgars Gatis Guntis Juris Kaspars Māris Normunds Raivis Uldis Valdis",
    "Āboliņš/Āboliņa Balodis/Balode Eglītis/Eglīte Freimanis/Freimane Jansons/Jansone Kalniņš/Kalniņa "
    "Krūmiņš/Krūmiņa Liepiņš/Liepiņa Ozoliņš/Ozoliņa Pētersons/Pētersone Rozītis/Rozīte Siliņš/Siliņa "
    "Vītols/Vītola Zariņš/Zariņa",
    "Rīga Daugavpils Liepāja Jelgava Ventspils Rēzekne",
)
UKRAINIAN = _pool(
    "UA",
    "uk ru",
    "Галина Дарина Зоряна Ірина Людмила Марта Надія Олена Роксолана Соломія Тетяна Юлія",
    "Богдан Василь Григорій Денис Зіновій Назар Остап Павло Роман Тарас Юрій Ярослав",
    "Бондаренко Гнатюк Гриценко Демчук Захарчук Іваненко Кравчук Лисенко Мазуренко Олійник Панченко Романюк "
    "Савченко Ткачук Федоренко Яремчук",
    "Київ Львів Харків Одеса Херсон Дніпро",
)
RUSSIAN = _pool(
    "RU",
    "ru",
    "Алла Вера Дарья Евгения Зинаида Лариса Маргарита Нина Полина Раиса Тамара Ульяна",
    "Антон Борис Виталий Геннадий Егор Кирилл Леонид Максим Никита Олег Руслан Фёдор",
    "Белов/Белова Волков/Волкова Громов/Громова Ершов/Ершова Зайцев/Зайцева Комаров/Комарова "
    "Лебедев/Лебедева Макаров/Макарова Орлов/Орлова Рыбаков/Рыбакова Суворов/Суворова Титов/Титова "
    "Фомин/Фомина",
    "Калининград Псков Москва Санкт-Петербург",
)
BELARUSIAN = _pool(
    "BY",
    "be ru",
    "Алеся Вольга Ганна Дар'я Зоя Марыя Наста Святлана Таццяна Яўгенія",
    "Алесь Віктар Генадзь Дзмітрый Зміцер Міхась Пятро Рыгор Уладзімір Янка",
    "Бандарэнка Вароніч Грынкевіч Дубоўскі/Дубоўская Жылінскі/Жылінская Карповіч Лукашэвіч Мельнік "
    "Новік Пашкевіч Савіцкі/Савіцкая Шыманскі/Шыманская",
    "Мінск Гродна Брэст Віцебск",
)
POLISH = _pool(
    "PL",
    "pl",
    "Aleksandra Beata Dorota Ewelina Grażyna Iwona Justyna Małgorzata Renata Sylwia Urszula Zuzanna",
    "Bartosz Cezary Damian Filip Grzegorz Hubert Jarosław Łukasz Marcin Przemysław Radosław Zbigniew",
    "Adamczyk Borkowski/Borkowska Czarnecki/Czarnecka Dąbrowski/Dąbrowska Górski/Górska "
    "Jabłoński/Jabłońska Kaczmarek Krawczyk Michalski/Michalska Pawlak Sikorski/Sikorska Szewczyk "
    "Witkowski/Witkowska Zawadzki/Zawadzka",
    "Warszawa Gdańsk Białystok Lublin Kraków Suwałki",
)
FRENCH = _pool(
    "FR",
    "fr",
    "Amandine Camille Chantal Élodie Florence Juliette Manon Océane Pauline Solène Valérie Yvette",
    "Adrien Baptiste Cédric Étienne Florian Guillaume Hugo Laurent Mathieu Olivier Quentin Sylvain",
    "Bertrand Chevalier Dupont Fontaine Gauthier Lambert Mercier Perrin Renard Rousseau Vidal Bonnet "
    "Garnier Faure",
    "Lyon Paris Marseille Lille Grenoble",
)
ROMANISED = _pool(
    "UA",
    "uk",
    "Bohdana Daryna Iryna Kateryna Larysa Myroslava Oksana Solomiia Yaryna Zlata",
    "Artem Dmytro Hryhorii Ihor Maksym Mykola Oleksii Serhii Viacheslav Yevhen",
    "Babenko Didenko Havryliuk Kharchenko Klymenko Lytvyn Marchenko Nazarenko Petrenko Rudenko Shapoval "
    "Tymoshenko Vdovychenko Yurchenko Zaiets",
    "Kyiv Lviv Kharkiv Odesa Dnipro",
)
