"""Pairs of records that may be one person, and records that must not be taken for one.

Written by hand: an invented missing person, and how somebody elsewhere wrote them down.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Record:
    """One row of an import table, without its id; every field as the table writes it."""

    kind: str
    given_name: str = ""
    family_name: str = ""
    alternate_names: str = ""
    sex: str = ""
    date_of_birth: str = ""
    age: str = ""
    nationality: str = ""
    languages: str = ""
    last_seen_date: str = ""
    last_seen_place: str = ""
    height_cm: str = ""
    eye_colour: str = ""
    hair_colour: str = ""
    marks: str = ""
    category: str = ""
    protect_location: str = ""


@dataclass(frozen=True)
class Pair:
    """Two records in two organisations, and what differs between them."""

    left_organisation: str
    left: Record
    right_organisation: str
    right: Record
    differs: str


VILNIUS, RIGA, LYON = "lt-vilnius", "lv-riga", "fr-lyon"


def _missing(given: str, family: str, sex: str, born: str, looks: str, category: str = "adult") -> Record:
    """`looks`: height, eyes, hair and marks, with spaces between them."""
    height, eyes, hair, *marks = looks.split()
    return Record(
        "missing",
        given,
        family,
        sex=sex,
        date_of_birth=born,
        nationality="LT",
        languages="lt",
        last_seen_date="2024-05-11",
        last_seen_place="Vilnius",
        height_cm=height,
        eye_colour=eyes,
        hair_colour=hair,
        marks=" ".join(marks),
        category=category,
        protect_location="no",
    )


def _pair(
    missing: Record,
    at: str,
    given: str,
    family: str,
    born: str,
    differs: str,
    *,
    left: str = VILNIUS,
    age: str = "",
) -> Pair:
    """The same looks, with a height that somebody estimated and a place that says nothing."""
    found = replace(
        missing,
        kind="found",
        given_name=given,
        family_name=family,
        date_of_birth=born,
        age=age,
        nationality="",
        languages="",
        last_seen_date="2024-08",
        last_seen_place={RIGA: "Rīga", LYON: "Lyon", VILNIUS: "Vilnius"}[at],
        height_cm=str(int(missing.height_cm) + 1),
        protect_location="unknown",
    )
    return Pair(left, missing, at, found, differs)


PAIRS: tuple[Pair, ...] = (
    _pair(
        _missing("Rūta", "Kazlauskienė", "female", "1987-03-14", "168 green brown scar:forearm_left"),
        LYON, "Рута", "Казлаускене", "1987-03-14", "written in Cyrillic letters",
    ),
    _pair(
        _missing("Tomas", "Žukauskas", "male", "1991-08-05", "182 blue blond tattoo:shoulder_right"),
        RIGA, "Tomass", "Zukauskas", "1991-05-08", "Latvian spelling, accents lost, day and month swapped",
    ),
    _pair(
        _missing("Оксана", "Коваленко", "female", "1994-11-22", "164 brown black birthmark:neck"),
        LYON, "Oxana", "Kowalenko", "1994-11-22", "Cyrillic against a spelling in Latin letters",
    ),
    _pair(
        _missing("Agnė", "Petraitytė", "female", "2009-06-17", "161 grey blond piercing:face", "runaway"),
        RIGA, "Agne", "Petraitis", "2009-06-17", "masculine form of the surname, accents lost",
    ),
    _pair(
        _missing("Андрій", "Шевчук", "male", "2001-02-27", "178 brown brown scar:hand_right"),
        LYON, "Andriy", "Chevtchouk", "2001-02-27", "Ukrainian letters against a French spelling",
    ),
    _pair(
        _missing("Katarzyna", "Wiśniewska", "female", "1979-10-30", "170 blue brown tattoo:back"),
        LYON, "Kasia", "Wisniewski", "1979-10-03", "nickname, masculine surname, mistyped day",
    ),
    _pair(
        _missing("Сяргей", "Казлоў", "male", "1985-07-19", "175 grey brown scar:face"),
        RIGA, "Sergejs", "Kozlovs", "1985-07-19", "Belarusian letters against a Latvian spelling",
    ),
    _pair(
        _missing("Monika", "Jankauskaitė", "female", "2008-12-02", "159 green red birthmark:face", "runaway"),
        LYON, "Jankauskaite", "Monika", "2008-12-02", "given and family name in each other's column",
    ),
    _pair(
        _missing("Дмитрий", "Соколов", "male", "1976-09-09", "180 brown grey amputation:hand_left"),
        RIGA, "Dmitrijs", "Sokolovs", "1977-09-09", "Latvian spelling of Cyrillic, year off by one",
    ),
    _pair(
        _missing("Gintarė", "Stankevičiūtė-Morkūnė", "female", "1990-01-25", "172 blue blond scar:leg_left"),
        LYON, "Gintare", "Morkune", "1990-01-25", "half of a double surname, accents lost",
    ),
    _pair(
        _missing("Mantas", "Vaitkus", "male", "1969-05-28", "176 blue grey tattoo:forearm_right scar:chest"),
        RIGA, "Мантас", "Вайткус", "", "Cyrillic letters, no date, estimated age", age="57",
    ),
    _pair(
        _missing("Hélène", "Moreau", "female", "2003-03-21", "166 green brown piercing:face"),
        VILNIUS, "Helene", "Moro", "2003-03-21", "surname as it sounds, accents lost", left=LYON,
    ),
    _pair(
        _missing("Ilze", "Ozola", "female", "1998-04-16", "173 grey blond birthmark:arm_left"),
        LYON, "Ilze", "Ozols", "1998-04-19", "masculine surname, mistyped day", left=RIGA,
    ),
)  # fmt: skip


def _other(of: Record, given: str, family: str, born: str, sex: str) -> Record:
    """Somebody else, who shares what relatives and namesakes share."""
    return replace(
        of,
        kind="found",
        given_name=given,
        family_name=family,
        date_of_birth=born,
        sex=sex,
        marks="",
        category="",
        height_cm="",
        last_seen_place="Lyon",
        protect_location="unknown",
    )


HARD_NEGATIVES: tuple[tuple[str, Record, str], ...] = (
    (LYON, _other(PAIRS[0].left, "Daiva", "Kazlauskienė", "1983-09-02", "female"), "sister-in-law"),
    (RIGA, _other(PAIRS[0].left, "Rūta", "Kazlauskienė", "1961-12-30", "female"), "namesake"),
    (LYON, _other(PAIRS[1].left, "Tomas", "Žukauskas", "1964-02-17", "male"), "father of the same name"),
    (LYON, _other(PAIRS[1].left, "Lukas", "Žukauskas", "1993-10-20", "male"), "brother"),
    (RIGA, _other(PAIRS[2].left, "Оксана", "Коваленко", "1971-06-06", "female"), "namesake"),
    (LYON, _other(PAIRS[3].left, "Ugnė", "Petraitytė", "2012-01-19", "female"), "sister"),
    (LYON, _other(PAIRS[4].left, "Роман", "Шевчук", "2001-02-27", "male"), "twin brother"),
    (RIGA, _other(PAIRS[7].left, "Monika", "Jankauskaitė", "1999-08-14", "female"), "namesake"),
    (RIGA, _other(PAIRS[10].left, "Mantas", "Vaitkus", "2002-11-07", "male"), "son of the same name"),
    (VILNIUS, _other(PAIRS[11].left, "Julie", "Moreau", "1975-07-23", "female"), "mother"),
)
"""Organisation, record, and whom they could be taken for. A matcher must not be sure about these."""
