"""The table of weights. Unit: hundredths of a bit of log2(m/u) (Fellegi and Sunter 1969).

m is how often the values agree for one person written down twice, u how often for two people. Every row says
where it comes from. "Guess table": the share of people hit by best-first guesses, measured on invented people
with real name frequencies. "Estimate": a round figure from population statistics, to be fitted on labelled
pairs. Weights are absolute, so a strength means the same however many other matches there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.matching.compare.port import Level
from shared.wire.codes import Rarity, Strength


class Family(StrEnum):
    """The fact that a match key adds to a name; keys of one family are one witness."""

    YEAR = "year"
    DATE = "date"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of match keys."""

    family: Family
    alone: Mapping[Rarity, int]
    """The weight when it is the best witness."""
    further: int
    """The weight beside a better one of another family: the names count once, so only the added fact."""
    covers: frozenset[str]
    """Comparators whose agreement is inside the key already and must not count again."""
    origin: str


def _alone(common: int, medium: int, rare: int) -> dict[Rarity, int]:
    return {Rarity.COMMON: common, Rarity.MEDIUM: medium, Rarity.RARE: rare}


_AGE = frozenset({"birth_decade"})
_AGE_SEX = frozenset({"birth_decade", "sex"})
_WHERE = frozenset({"region"})
_NOTHING: frozenset[str] = frozenset()
_YEAR, _DATE, _PLACE = Family.YEAR, Family.DATE, Family.PLACE

# fmt: off
GROUPS: Mapping[str, Group] = {
    "N": Group(_YEAR,  _alone(1200, 1550, 1900), 500, _AGE,     "both names, birth year; guessed 0.010"),
    "X": Group(_YEAR,  _alone(1000, 1350, 1700), 400, _AGE,     "N with a consonant left out; guessed 0.02"),
    "Y": Group(_YEAR,  _alone(1000, 1350, 1700), 400, _AGE,     "N with a consonant left out; guessed 0.02"),
    "Z": Group(_YEAR,  _alone( 800, 1150, 1500),   0, _NOTHING, "both names, no year known; guessed 0.11"),
    "D": Group(_DATE,  _alone(1100, 1350, 1600), 800, _AGE_SEX, "one name, full date, sex; guessed 0.012"),
    "E": Group(_DATE,  _alone( 900, 1150, 1400), 700, _AGE_SEX, "D with a consonant left out; guessed 0.017"),
    "J": Group(_DATE,  _alone(1200, 1450, 1700), 800, _AGE,     "surname, initial, full date; guessed 0.004"),
    "M": Group(_DATE,  _alone(1300, 1600, 1900), 750, _NOTHING, "both names, day, month; guessed 0.003"),
    "P": Group(_PLACE, _alone(1000, 1350, 1700), 450, _WHERE,   "both names, place; guessed 0.010"),
    "W": Group(_PLACE, _alone( 800, 1100, 1400), 400, _WHERE,   "P with a consonant left out; guessed 0.02"),
    "K": Group(_PLACE, _alone( 800, 1100, 1400), 400, _WHERE,   "surname, initial, place; guessed 0.02"),
}
# fmt: on
"""What the letters of match keys mean; in alone: common, medium, rare. Other letters have no weight.

"guessed": the share of people hit by 3,840 best-first guesses (guess table). A further full date adds
log2(365) less written errors, a year log2(60) less, a place log2(30) less.
"""


@dataclass(frozen=True, slots=True)
class Weights:
    """One comparator of the description."""

    same: int
    near: int
    different: int
    origin: str
    most: int = 1
    """How many agreeing values count."""

    def of(self, level: Level, times: int) -> int:
        """The weight of a level; 0 for unknown."""
        if level is Level.SAME:
            return self.same * min(times, self.most)
        return {Level.NEAR: self.near, Level.DIFFERENT: self.different, Level.UNKNOWN: 0}[level]


# fmt: off
DESCRIPTION: Mapping[str, Weights] = {
    "sex":          Weights(100,   0, -500, "estimate: two equal halves; 3 in 100 written down wrongly"),
    "birth_decade": Weights(270,  50, -800, "estimate: seven bands in use; two bands off in 1 of 250"),
    "height":       Weights(180,  50, -150, "estimate: adults spread over four bands; children grow"),
    "eye_colour":   Weights(130,  30, -150, "estimate: four common colours, written down unreliably"),
    "hair_colour":  Weights(100,   0,  -50, "estimate: four common colours, dyed or grey in 1 of 4"),
    "languages":    Weights(120,   0, -100, "estimate: common languages are shared by half of all pairs"),
    "marks":        Weights(500,   0,  -30, "estimate: one kind at one place in 3 of 100 people", most=2),
    "nationality":  Weights(150,   0, -150, "estimate: one third of found people share the commonest"),
    "region":       Weights(250, 100,  -30, "estimate: ten regions a country; missing people travel"),
    "last_seen":    Weights( 80,   0, -400, "estimate: found before last seen is an error in 1 of 16"),
}
# fmt: on
"""Weights of agreeing, near and differing coded values."""

SPECIFIC_VALUES = 5
"""So many agreeing values, or one common mark, make a description specific enough to stand without names."""

WITNESSES = 2
"""Independent families of keys that must agree; a specific description may stand for one."""

FLOOR_KEYS = 1300
"""Below this a pair with agreeing keys is not shown: the odds are against it among 4,096 own cases."""

FLOOR_DESCRIPTION = 900
"""The same for a person without keys, where a person may want to look at weaker signs."""

STRENGTHS: tuple[tuple[int, Strength], ...] = (
    (2400, Strength.ALMOST_CERTAIN),
    (2000, Strength.VERY_LIKELY),
    (1600, Strength.LIKELY),
    (1300, Strength.ABOUT_EVEN),
)
"""From the highest; a score below all is unlikely. 1,200 balances the prior of 1 in 4,096."""

MOST_FROM_DESCRIPTION = Strength.ABOUT_EVEN
"""A description alone is never stronger than this."""
