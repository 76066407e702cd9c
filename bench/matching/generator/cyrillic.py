"""Cyrillic to Latin, as papers of different countries and people of different languages write it."""

import re

_ALPHABET = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"


def _scheme(letters: str) -> dict[str, str]:
    """For each letter of the Russian alphabet; a hyphen stands for nothing."""
    return dict(zip(_ALPHABET, letters.split(), strict=True))


SCHEMES: dict[str, dict[str, str]] = {
    # the passports since 2014 (ICAO Doc 9303)
    "passport": _scheme("a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y - e iu ia"),
    "english": _scheme("a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"),
    "french": _scheme("a b v gu d e io j z i ï k l m n o p r s t ou f kh ts tch ch chtch - y - e iou ia"),
    "german": _scheme("a b w g d e jo sch s i j k l m n o p r s t u f ch z tsch sch schtsch - y - e ju ja"),
    "polish": _scheme("a b w g d ie io ż z i j k ł m n o p r s t u f ch c cz sz szcz - y - e iu ia"),
    "baltic": _scheme("a b v g d e io ž z i j k l m n o p r s t u f ch c č š šč - y - e iu ia"),
    "spanish": _scheme("a b v g d e io zh z i i k l m n o p r s t u f j ts ch sh sch - y - e yu ya"),
    "turkish": _scheme("a b v g d e yo j z i y k l m n o p r s t u f h ts ç ş şç - ı - e yu ya"),
    "hungarian": _scheme("a b v g d e jo zs z i j k l m n o p r sz t u f h c cs s scs - i - e ju ja"),
}
_OWN: dict[str, dict[str, str]] = {
    "UA": {"г": "h", "ґ": "g", "е": "e", "и": "y", "і": "i", "ї": "i", "є": "ie", "'": "", "ʼ": "", "’": ""},
    "BY": {"г": "h", "і": "i", "ў": "u", "'": ""},
    "BG": {"щ": "sht", "ъ": "a", "х": "h", "ь": "y"},
}
_BY_RUSSIAN = {
    "UA": {"і": "и", "ї": "и", "є": "е", "ґ": "г", "ʼ": "ъ", "'": "ъ", "’": "ъ"},
    "BY": {"ў": "в", "і": "и", "'": "ъ"},
    "BG": {},
}
_RUSSIAN_NAMES = {
    "Олександр": "Александр", "Сергій": "Сергей", "Володимир": "Владимир", "Андрій": "Андрей",
    "Микола": "Николай", "Юрій": "Юрий", "Віктор": "Виктор", "Олексій": "Алексей", "Василь": "Василий",
    "Дмитро": "Дмитрий", "Михайло": "Михаил", "Ігор": "Игорь", "Анатолій": "Анатолий", "Віталій": "Виталий",
    "Петро": "Пётр", "Павло": "Павел", "Артем": "Артём", "Євген": "Евгений", "Олена": "Елена",
    "Наталія": "Наталья", "Тетяна": "Татьяна", "Ірина": "Ирина", "Ганна": "Анна", "Марія": "Мария",
    "Світлана": "Светлана", "Надія": "Надежда", "Катерина": "Екатерина", "Любов": "Любовь", "Юлія": "Юлия",
    "Вікторія": "Виктория", "Віра": "Вера", "Софія": "София", "Аляксандр": "Александр", "Сяргей": "Сергей",
    "Уладзімір": "Владимир", "Андрэй": "Андрей", "Дзмітрый": "Дмитрий", "Аляксей": "Алексей",
    "Мікалай": "Николай", "Віктар": "Виктор", "Ігар": "Игорь", "Алег": "Олег", "Яўген": "Евгений",
    "Пётр": "Пётр", "Генадзь": "Геннадий", "Дзяніс": "Денис", "Рыгор": "Григорий", "Алена": "Елена",
    "Наталля": "Наталья", "Вольга": "Ольга", "Таццяна": "Татьяна", "Святлана": "Светлана",
    "Марыя": "Мария", "Кацярына": "Екатерина", "Надзея": "Надежда", "Аксана": "Оксана", "Лідзія": "Лидия",
}  # fmt: skip
_BELARUSIAN_SOUNDS = (("дзь", "дь"), ("дзя", "дя"), ("дзе", "де"), ("дзі", "ди"), ("ць", "ть"), ("ця", "тя"),
                      ("ці", "ти"), ("шч", "щ"), ("цк", "цк"))  # fmt: skip
ENDINGS_OF_MEN = {"baltic": (("ov", "ovas"), ("ev", "evas"), ("in", "inas"), ("ij", "ijus"), ("", ""))}


def latin(name: str, country: str, scheme: str) -> str:
    """A Cyrillic name in Latin letters; `country` is where it is from."""
    text = _through(name, SCHEMES[scheme] | _OWN.get(country, {}))
    return re.sub("(?<=[cż])ie|(?<=[cs]z)ie", "e", text) if scheme == "polish" else text


def russian(name: str, country: str) -> str:
    """A Ukrainian, Belarusian or Bulgarian name as a Russian clerk writes it."""
    if name in _RUSSIAN_NAMES:
        return _RUSSIAN_NAMES[name]
    if country == "BY":
        for sound, other in _BELARUSIAN_SOUNDS:
            name = name.replace(sound, other)
    name = _through(name, _BY_RUSSIAN.get(country, {}))
    for ending, other in (
        ("ський", "ский"),
        ("цький", "цкий"),
        ("ська", "ская"),
        ("цька", "цкая"),
        ("скі", "ский"),
        ("ски", "ский"),
    ):
        if country != "BG" and name.endswith(ending):
            return name.removesuffix(ending) + other
    return name


def ukrainian(name: str) -> str:
    """A name in Russian letters as a Ukrainian clerk writes it."""
    return _through(name, {"и": "и", "ы": "и", "э": "е", "ё": "йо", "ъ": ""})


def _through(name: str, table: dict[str, str]) -> str:
    out = []
    for letter in name:
        other = table.get(letter.lower(), letter.lower()).strip("-")
        out.append(other[:1].upper() + other[1:] if letter.isupper() else other)
    return "".join(out)
