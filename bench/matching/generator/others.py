"""Georgian, Armenian, Greek and Arabic into Latin and Russian letters, and Latin into Greek and Georgian."""

import random
import re

from bench.matching.generator.names import arabic


def _letters(own: str, other: str) -> dict[str, str]:
    return dict(zip(own, other.split(), strict=True))


_GEORGIAN = _letters(
    "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h",
)
_GEORGIAN_RU = _letters(
    "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "а б г д е в з т и к л м н о п ж р с т у п к г к ш ч ц дз ц ч х дж х",
)
_ARMENIAN = _letters(
    "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև",
    "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p k o f ev",
)
_ARMENIAN_RU = _letters(
    "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև",
    "а б г д е з э ы т ж и л х ц к г дз г ч м й н ш о ч п дж р с в т р ц в п к о ф ев",
)
_GREEK_PAIRS = (
    ("ου", "ou", "у"),
    ("αυ", "av", "ав"),
    ("ευ", "ev", "ев"),
    ("αι", "ai", "е"),
    ("ει", "ei", "и"),
    ("οι", "oi", "и"),
    ("μπ", "b", "б"),
    ("ντ", "nt", "нт"),
    ("γκ", "gk", "г"),
    ("γγ", "ng", "нг"),
    ("τζ", "tz", "дз"),
)
_GREEK = _letters(
    "αβγδεζηθικλμνξοπρσςτυφχψω",
    "a v g d e z i th i k l m n x o p r s s t y f ch ps o",
)
_GREEK_RU = _letters(
    "αβγδεζηθικλμνξοπρσςτυφχψω",
    "а в г д е з и т и к л м н кс о п р с с т и ф х пс о",
)
_TO_GREEK = _letters(
    "abcdefghijklmnopqrstuvwxyz",
    "α μπ κ ντ ε φ γκ χ ι τζ κ λ μ ν ο π κ ρ σ τ ου β β ξ ι ζ",
)
_PLAIN_GREEK = str.maketrans("άέήίόύώϊϋΐΰΆΈΉΊΌΎΏ", "αεηιουωιυιυΑΕΗΙΟΥΩ")
_TO_GEORGIAN = {value: key for key, value in _GEORGIAN_RU.items()} | {
    "ы": "ი", "э": "ე", "я": "ია", "ю": "იუ", "ё": "იო", "ф": "ფ", "щ": "შჩ", "й": "ი", "ь": "", "ъ": "",
    "т": "ტ", "п": "პ", "к": "კ", "ц": "ც", "ч": "ჩ", "х": "ხ", "г": "გ",
}  # fmt: skip


def latin(name: str, country: str, rng: random.Random) -> str:
    """A name of GE, AM, GR or SY in Latin letters."""
    if country == "SY":
        return rng.choice(arabic()[name].latin) if name in arabic() else name
    if country == "GR":
        text = _greek(name, 1, _GREEK)
        return text.replace("ch", "h").replace("Ch", "H") if rng.random() < 0.4 else text
    if country == "AM":
        text = re.sub("ու", "u", name.lower())
        text = re.sub("^ե", "ye", re.sub("^ո", "vo", text))
        return _capital("".join(_ARMENIAN.get(letter, letter) for letter in text))
    text = "".join(_GEORGIAN.get(letter, letter) for letter in name)
    if rng.random() < 0.15:  # as Germans hear it
        text = text.replace("sh", "sch").replace("j", "dsch").replace("ts", "z")
    return _capital(text)


def russian(name: str, country: str, rng: random.Random) -> str:
    """The same in Russian letters."""
    if country == "SY":
        return rng.choice(arabic()[name].russian) if name in arabic() else name
    if country == "GR":
        return _greek(name, 2, _GREEK_RU)
    if country == "AM":
        text = re.sub("^ե", "е", re.sub("^ո", "во", re.sub("ու", "у", name.lower())))
        text = "".join(_ARMENIAN_RU.get(letter, letter) for letter in text)
        return _capital(re.sub("йан$", "ян", text))
    return _capital("".join(_GEORGIAN_RU.get(letter, letter) for letter in name))


def greek(name: str) -> str:
    """A Latin name of plain letters as a Greek office writes it."""
    return _capital("".join(_TO_GREEK.get(letter, letter) for letter in name.lower()))


def georgian(name: str) -> str:
    """A name in Russian letters as a Georgian office writes it."""
    return "".join(_TO_GEORGIAN.get(letter, letter) for letter in name.lower())


def _greek(name: str, column: int, table: dict[str, str]) -> str:
    # the accent parts a pair of vowels: Νικολαΐδης, but not Κούρος
    text = name.lower().replace("ού", "ου").replace("αύ", "αυ").replace("εύ", "ευ").replace("εί", "ει")
    text = text.replace("αί", "αι").replace("οί", "οι")
    for pair in _GREEK_PAIRS:
        text = text.replace(pair[0], pair[column])
    return _capital("".join(table.get(letter, letter) for letter in text.translate(_PLAIN_GREEK)))


def _capital(text: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in text.split("-"))
