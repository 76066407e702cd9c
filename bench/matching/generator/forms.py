"""Surnames of women and of the married, surnames and given names in other cases, patronymics: by country.

Tables of endings, the longest first; what is in no table stays as it is.
"""

Endings = tuple[tuple[str, str], ...]

_FEMALE: dict[str, Endings] = {
    "LV": (
        ("ciņš", "ciņa"),
        ("iņš", "iņa"),
        ("lis", "le"),
        ("is", "e"),
        ("us", "us"),
        ("š", "a"),
        ("s", "a"),
    ),
    "PL": (("ski", "ska"), ("cki", "cka"), ("dzki", "dzka"), ("ny", "na")),
    "RU": (
        ("ский", "ская"),
        ("цкий", "цкая"),
        ("ов", "ова"),
        ("ев", "ева"),
        ("ёв", "ёва"),
        ("ин", "ина"),
        ("ын", "ына"),
        ("ый", "ая"),
        ("ой", "ая"),
    ),
    "UA": (("ський", "ська"), ("цький", "цька"), ("ов", "ова"), ("ев", "ева"), ("ін", "іна"), ("ий", "а")),
    "BY": (
        ("скі", "ская"),
        ("цкі", "цкая"),
        ("оў", "ова"),
        ("аў", "ава"),
        ("ёў", "ёва"),
        ("еў", "ева"),
        ("ін", "іна"),
        ("ын", "ына"),
    ),
    "BG": (("ски", "ска"), ("ов", "ова"), ("ев", "ева")),
    "GR": (
        ("όπουλος", "οπούλου"),
        ("ίδης", "ίδου"),
        ("άδης", "άδου"),
        ("ης", "η"),
        ("ής", "ή"),
        ("ας", "α"),
        ("άς", "ά"),
        ("ος", "ου"),
        ("ός", "ού"),
    ),
}
_MARRIED_LT: Endings = (
    ("ius", "ienė"),
    ("us", "uvienė"),
    ("as", "ienė"),
    ("is", "ienė"),
    ("ys", "ienė"),
    ("a", "ienė"),
    ("ė", "ienė"),
)
_DAUGHTER_LT: Endings = (
    ("ius", "iūtė"),
    ("us", "utė"),
    ("as", "aitė"),
    ("is", "ytė"),
    ("ys", "ytė"),
    ("a", "aitė"),
    ("ė", "ytė"),
)
_DECLINED: dict[str, tuple[Endings, ...]] = {
    # each of a country's tables is one case: dative, accusative, instrumental, vocative; never the genitive
    "LT": (
        (("ius", "iui"), ("us", "ui"), ("as", "ui"), ("is", "iui"), ("ys", "iui"), ("ė", "ei"), ("a", "ai")),
        (("ius", "ių"), ("us", "ų"), ("as", "ą"), ("is", "į"), ("ys", "į"), ("ė", "ę"), ("a", "ą")),
        (("ius", "iau"), ("us", "au"), ("as", "ai"), ("is", "i"), ("ys", "y"), ("ė", "e")),
    ),
    "LV": (
        (("is", "im"), ("us", "um"), ("s", "am"), ("š", "am"), ("a", "ai"), ("e", "ei")),
        (("is", "i"), ("us", "u"), ("s", "u"), ("š", "u"), ("a", "u"), ("e", "i")),
    ),
    "PL": (
        (("ski", "skiemu"), ("cki", "ckiemu"), ("ska", "skiej"), ("cka", "ckiej"), ("a", "ie")),
        (("ski", "skim"), ("cki", "ckim"), ("ska", "ską"), ("cka", "cką"), ("a", "ą")),
    ),
    "RU": (
        (
            ("ский", "скому"),
            ("ская", "ской"),
            ("ова", "овой"),
            ("ева", "евой"),
            ("ина", "иной"),
            ("ия", "ии"),
            ("ов", "ову"),
            ("ев", "еву"),
            ("ин", "ину"),
            ("й", "ю"),
            ("а", "е"),
            ("я", "е"),
            ("р", "ру"),
            ("н", "ну"),
        ),
        (
            ("ский", "ским"),
            ("ская", "ской"),
            ("ова", "овой"),
            ("ева", "евой"),
            ("ов", "овым"),
            ("ев", "евым"),
            ("ин", "иным"),
            ("й", "ем"),
            ("а", "ой"),
            ("р", "ром"),
            ("н", "ном"),
        ),
    ),
    "UA": (
        (
            ("ський", "ському"),
            ("ська", "ській"),
            ("енко", "енку"),
            ("чук", "чуку"),
            ("ова", "овій"),
            ("ій", "ію"),
            ("о", "ові"),
            ("а", "і"),
            ("я", "і"),
            ("р", "рові"),
            ("н", "нові"),
        ),
        (
            ("ський", "ським"),
            ("ська", "ською"),
            ("енко", "енком"),
            ("чук", "чуком"),
            ("а", "ою"),
            ("о", "ом"),
        ),
    ),
}
_PATRONYMIC: dict[str, tuple[Endings, Endings]] = {
    # from the father's name: of a man, of a woman
    "RU": (
        (("ий", "ьевич"), ("ей", "еевич"), ("ай", "аевич"), ("а", "ич"), ("", "ович")),
        (("ий", "ьевна"), ("ей", "еевна"), ("ай", "аевна"), ("а", "ична"), ("", "овна")),
    ),
    "UA": (
        (("ій", "ійович"), ("й", "йович"), ("о", "ович"), ("а", "ович"), ("", "ович")),
        (("ій", "іївна"), ("й", "ївна"), ("о", "івна"), ("а", "івна"), ("", "івна")),
    ),
    "BY": (
        (("ій", "іевіч"), ("й", "евіч"), ("", "авіч")),
        (("ій", "іеўна"), ("й", "еўна"), ("", "аўна")),
    ),
    "BG": ((("й", "ев"), ("о", "ов"), ("", "ов")), (("й", "ева"), ("о", "ова"), ("", "ова"))),
}


def _replace(name: str, endings: Endings) -> str | None:
    for ending, other in endings:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name[: len(name) - len(ending)] + other
    return None


def of_woman(family: str, country: str, married: bool) -> str:
    """The surname of a man, as his wife or his daughter bears it."""
    if country == "LT":
        return _replace(family, _MARRIED_LT if married else _DAUGHTER_LT) or family
    return _replace(family, _FEMALE.get(country, ())) or family


def case_count(country: str) -> int:
    """How many cases besides nominative and genitive a country's table has."""
    return len(_DECLINED.get(country, ()))


def declined(name: str, country: str, case: int) -> str:
    """A name as it stands in a sentence, in one of the country's cases."""
    tables = _DECLINED.get(country)
    return (_replace(name, tables[case % len(tables)]) or name) if tables else name


def patronymic(father: str, country: str, female: bool) -> str | None:
    """The father's name as a middle name, where people bear one."""
    tables = _PATRONYMIC.get(country)
    return _replace(father, tables[female]) if tables else None
