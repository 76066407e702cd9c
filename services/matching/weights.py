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


START = -437
"""What an agreeing key is worth before anything else is looked at: most keys in common are chance."""

FITTED = "fitted together (bench/matching/fit.py)"
# fmt: off
BESIDE_NAMES: dict[str, Row] = {
    "family_name": Row(
        {"same": 17, "part": -156, "sound": -79, "near": -215, "shortened": -248, "close": 17, "different": -49},
        FITTED,
        per_bit={"same": 17, "part": 33, "sound": 20, "near": 36, "shortened": 26},
    ),
    "given_name": Row(
        {"same": -7, "part": -106, "sound": -155, "near": -273, "shortened": -157, "close": 24, "initial": 267,
         "different": -70},
        FITTED,
        per_bit={"same": 17, "part": 22, "sound": 29, "near": 39, "shortened": 6},
    ),
    "columns":      Row({"near": -45}, FITTED),
    "birth":        Row({"same": 86, "swapped": -212, "one_part": -116, "year": 129, "near": -179,
                         "different": -260}, FITTED),
    "place":        Row({"same": -16, "different": -72}, FITTED),
    "keys_year":    Row({"both": 159, "shortened": 142, "band": 249, "initial": -72}, FITTED),
    "keys_date":    Row({"whole": 418, "shortened": 218}, FITTED),
    "keys_day":     Row({"both": 576}, FITTED),
    "keys_place":   Row({"both": 185}, FITTED),
    "keys_names":   Row({"both": 76, "shortened": -53}, FITTED),
    "sex":          Row({"same": 49, "different": -204}, FITTED),
    "birth_decade": Row({"same": 8, "near": -20, "different": -539}, FITTED),
    "nationality":  Row({"same": 24, "different": -168}, FITTED),
    "region":       Row({"same": 202, "near": -184, "different": 1}, FITTED),
    "languages":    Row({"same": 12, "different": -303}, FITTED),
    "height":       Row({"same": 180, "near": 50, "different": -150}, "as in ALONE: no set has it"),
    "eye_colour":   Row({"same": 130, "near": 30, "different": -150}, "as in ALONE: no set has it"),
    "hair_colour":  Row({"same": 100, "different": -50}, "as in ALONE: no set has it"),
    "marks":        Row({"same": 500, "different": -30}, "as in ALONE: no set has it", most=2),
    "last_seen":    Row({"same": 80, "different": -400}, "as in ALONE: no set has it"),
}
# fmt: on
"""Weights beside agreeing match keys: what each fact adds to all the others."""

# fmt: off
ALONE: dict[str, Row] = {
    "sex": Row({"same": 100, "near": 0, "different": -500}, "estimate: two equal halves; 3 in 100 written down wrongly"),
    "birth_decade": Row({"same": 270, "near": 50, "different": -800}, "estimate: seven bands in use; two bands off in 1 of 250"),
    "height": Row({"same": 180, "near": 50, "different": -150}, "estimate: adults spread over four bands; children grow"),
    "eye_colour": Row({"same": 130, "near": 30, "different": -150}, "estimate: four common colours, written down unreliably"),
    "hair_colour": Row({"same": 100, "near": 0, "different": -50}, "estimate: four common colours, dyed or grey in 1 of 4"),
    "languages": Row({"same": 120, "near": 0, "different": -100}, "estimate: common languages are shared by half of all pairs"),
    "marks": Row({"same": 500, "near": 0, "different": -30}, "estimate: one kind at one place in 3 of 100 people", most=2),
    "nationality": Row({"same": 150, "near": 0, "different": -150}, "estimate: one third of found people share the commonest"),
    "region": Row({"same": 250, "near": 100, "different": -30}, "estimate: ten regions a country; missing people travel"),
    "last_seen": Row({"same": 80, "near": 0, "different": -400}, "estimate: found before last seen is an error in 1 of 16"),
}
# fmt: on
"""Weights of coded values where there is nothing else: for a person without a name."""

SPECIFIC_VALUES = 5
"""So many agreeing values, or one common mark, make a description specific enough to stand without names."""

FLOOR_NAMES = -300
"""Below this a pair with agreeing keys is not shown: fewer than one in nine of such pairs is one person."""

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
