"""The table of weights. Unit: hundredths of a bit of log2(m/u) (Fellegi and Sunter 1969).

m is how often the values agree for one person written down twice, u how often for two people. A weight of the
first table was fitted together with all others of it (logistic regression on labelled pairs,
bench/matching/fit.py), so that facts that come together are not counted twice: the weight of one fact is what
it adds to the rest. Weights are absolute, so a strength means the same however many other matches there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.matching.compare.port import Finding
from shared.wire.codes import Strength


@dataclass(frozen=True, slots=True)
class Row:
    """The weights of one comparator, by what it saw; what is not named has none."""

    outcomes: Mapping[str, int]
    origin: str
    per_bit: Mapping[str, int] = field(default_factory=dict)
    """Added for every bit of rarity of the agreeing value."""
    most: int = 1
    """How many agreeing values count."""

    def of(self, finding: Finding) -> int:
        """The weight of what was seen, in hundredths of a bit; 0 for unknown."""
        weight = self.outcomes.get(finding.row, 0) * min(finding.times, self.most)
        return weight + round(self.per_bit.get(finding.row, 0) * finding.bits)


START = -21
"""What an agreeing key is worth before anything else is looked at."""

FITTED = "fitted together (bench/matching/fit.py)"
# fmt: off
BESIDE_NAMES: dict[str, Row] = {
    "family_name": Row(
        {"same": -227, "part": -280, "sound": -322, "near": -456, "shortened": -249, "close": -31,
         "different": -96},
        FITTED,
        per_bit={"same": 29, "part": 32, "sound": 24, "near": 51, "shortened": 17},
    ),
    "given_name": Row(
        {"same": -102, "part": -270, "sound": -363, "near": -294, "shortened": -408, "close": -167,
         "initial": 173, "different": -158},
        FITTED,
        per_bit={"same": 11, "part": 20, "sound": 33, "near": 36, "shortened": 28},
    ),
    "columns":      Row({"near": -95}, FITTED),
    "birth":        Row({"same": 14, "swapped": -356, "one_part": -140, "year": 133, "near": -163,
                         "different": -203}, FITTED),
    "twins":        Row({"different": -250}, "by hand: two in three of such pairs are one person (five "
                        "sets), and the fitted weights alone make them very likely"),
    "place":        Row({"same": 34, "different": -38}, FITTED),
    "keys_year":    Row({"both": 336, "shortened": 299, "band": 423, "initial": 37}, FITTED),
    "keys_date":    Row({"whole": 595, "shortened": 233}, FITTED),
    "keys_day":     Row({"both": 635}, FITTED),
    "keys_place":   Row({"both": 260}, FITTED),
    "keys_names":   Row({"both": 75, "shortened": 5}, FITTED),
    "sex":          Row({"same": -47, "different": -347}, FITTED),
    "birth_decade": Row({"same": -114, "near": -121, "different": -480}, FITTED),
    "nationality":  Row({"same": 3, "different": -202}, FITTED),
    "region":       Row({"same": 49, "near": -205, "different": -64}, FITTED),
    "languages":    Row({"same": 52, "different": -318}, FITTED),
    "height":       Row({"same": 180, "near": 50, "different": -150}, "as in ALONE: no set has it"),
    "eye_colour":   Row({"same": 130, "near": 30, "different": -150}, "as in ALONE: no set has it"),
    "hair_colour":  Row({"same": 100, "different": -50}, "as in ALONE: no set has it"),
    "marks":        Row({"same": 500, "different": -30}, "as in ALONE: no set has it", most=2),
    "last_seen":    Row({"same": 80, "different": -400}, "as in ALONE: no set has it"),
}
# fmt: on
"""Weights beside agreeing match keys: what each fact adds to all the others."""

ALONE: dict[str, Row] = {
    "sex": Row({"same": 100, "different": -500}, "estimate: two equal halves; 3 in 100 written down wrongly"),
    "birth_decade": Row(
        {"same": 270, "near": 50, "different": -800},
        "estimate: seven bands in use; two bands off in 1 of 250",
    ),
    "height": Row(
        {"same": 180, "near": 50, "different": -150},
        "estimate: adults spread over four bands; children grow",
    ),
    "eye_colour": Row(
        {"same": 130, "near": 30, "different": -150},
        "estimate: four common colours, written down unreliably",
    ),
    "hair_colour": Row(
        {"same": 100, "different": -50}, "estimate: four common colours, dyed or grey in 1 of 4"
    ),
    "languages": Row(
        {"same": 120, "different": -100}, "estimate: common languages are shared by half of all pairs"
    ),
    "marks": Row(
        {"same": 500, "different": -30}, "estimate: one kind at one place in 3 of 100 people", most=2
    ),
    "nationality": Row(
        {"same": 150, "different": -150}, "estimate: one third of found people share the commonest"
    ),
    "region": Row(
        {"same": 250, "near": 100, "different": -30},
        "estimate: ten regions a country; missing people travel",
    ),
    "last_seen": Row(
        {"same": 80, "different": -400}, "estimate: found before last seen is an error in 1 of 16"
    ),
}
"""Weights of coded values where there is nothing else: for a person without a name."""

SPECIFIC_VALUES = 5
"""So many agreeing values, or one common mark, make a description specific enough to stand without names."""

FLOOR_NAMES = -300
"""Below this a pair with agreeing keys is not shown: fewer than one in nine of such pairs is one person. At
-500 one true pair in 150 more would be seen, and namesakes five years apart with it."""

FLOOR_DESCRIPTION = 900
"""The same for a person without keys, where a person may want to look at weaker signs."""

STRENGTHS: tuple[tuple[int, Strength], ...] = (
    (425, Strength.ALMOST_CERTAIN),
    (200, Strength.VERY_LIKELY),
    (30, Strength.LIKELY),
    (-100, Strength.ABOUT_EVEN),
)
"""The score is log2 of the odds among pairs with a key in common, so these are 95, 80, 55 and 33 in 100."""

STRENGTHS_ALONE: tuple[tuple[int, Strength], ...] = (
    (2400, Strength.ALMOST_CERTAIN),
    (2000, Strength.VERY_LIKELY),
    (1600, Strength.LIKELY),
    (1300, Strength.ABOUT_EVEN),
)
"""From the highest; a score below all is unlikely. 1,200 balances the prior of 1 in 4,096."""

MOST_FROM_DESCRIPTION = Strength.ABOUT_EVEN
"""A description alone is never stronger than this."""
