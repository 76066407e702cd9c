"""A coarse class of how common a name is in the countries of the first circle.

No frequency is kept or told: a short list of the commonest surnames, and the length of the stem.
"""

from functools import cache

from services.intake.domain.codes import Rarity
from services.intake.domain.names.skeleton import best

COMMON_FAMILY_NAMES = """
    kazlauskas jankauskas petrauskas stankevicius vasiliauskas butkus paulauskas urbonas kavaliauskas
    zukauskas balciunas navickas ramanauskas sakalauskas berzins kalnins ozols jansons liepa krumins balodis
    ivanov petrov smirnov kuznetsov popov vasiliev sokolov mikhailov novikov fedorov morozov volkov lebedev
    melnyk shevchenko boiko kovalenko bondarenko tkachenko kovalchuk kravchenko oliinyk koval polishchuk
    novik zhuk kazlov ivanou kavalchuk kozlov kovalev karpovich
    nowak kowalski wisniewski wojcik kowalczyk kaminski lewandowski zielinski szymanski mazur
    martin bernard dubois thomas robert richard petit durand leroy moreau simon laurent
    mueller schmidt schneider fischer weber meyer wagner becker smith jones williams brown taylor
"""
LONG = 6
SHORT = 2


@cache
def _common() -> frozenset[str]:
    return frozenset(map(best, COMMON_FAMILY_NAMES.split()))


def of_family_name(skeleton: str) -> Rarity:
    """Common if listed or very short, rare if the stem is long, medium if nothing is known."""
    if skeleton in _common() or len(skeleton) <= SHORT:
        return Rarity.COMMON
    return Rarity.RARE if len(skeleton) >= LONG else Rarity.MEDIUM
