"""Invented people for the desk's measurement: each is searched for on one side and found on the other."""

import random
from datetime import date

from services.intake.domain.case import Case
from services.intake.domain.codes import CaseKind, Category, EyeColour, Risk, Sex
from services.intake.domain.dates import PartialDate
from services.intake.domain.person import LastSeen, Person

_STARTS = ("Ba", "Dor", "Gel", "Kim", "Lun", "Mar", "Nor", "Pel", "Ras", "Sim", "Tar", "Ven")
_MIDDLES = ("da", "lo", "mi", "na", "ri", "so", "tu", "vi")
_ENDS = ("bas", "das", "las", "mas", "nas", "ras", "tas", "vas")


def person(chance: random.Random) -> Person:
    """Somebody whose name nobody else is likely to have."""
    when = date.fromordinal(chance.randrange(date(1950, 1, 1).toordinal(), date(2015, 1, 1).toordinal()))
    return Person(
        given_name=_name(chance),
        family_name=_name(chance) + _name(chance).lower(),
        sex=chance.choice(list(Sex)),
        date_of_birth=PartialDate(when.year, when.month, when.day),
        height_cm=chance.randrange(150, 195),
        eye_colour=chance.choice(list(EyeColour)),
        languages=("lt",),
        last_seen=LastSeen.at("Vilnius"),
    )


def case(kind: CaseKind, someone: Person) -> Case:
    """A case about this person."""
    return Case(kind=kind, person=someone, category=Category.ADULT, risk=Risk.LOW)


def _name(chance: random.Random) -> str:
    return chance.choice(_STARTS) + chance.choice(_MIDDLES) + chance.choice(_ENDS)
