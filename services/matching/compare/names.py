"""What given and family name share: how near they are, and how rare."""

import math
from collections.abc import Collection

from services.matching.compare.port import UNKNOWN, Finding, Level
from shared.wire.local import Agreement

THE_SAME = frozenset({"same", "part", "sound"})
"""Outcomes of one name, however it is spelled."""
AGREEING = THE_SAME | {"near", "shortened"}
"""Outcomes in which a name agrees enough for its rarity to count."""
_LEVELS = {
    "same": Level.SAME,
    "part": Level.SAME,
    "sound": Level.SAME,
    "close": Level.DIFFERENT,
    "initial": Level.NEAR,
    "different": Level.DIFFERENT,
}
UNLISTED_BITS = 17.0
"""Of a name whose rarity nobody told: as rare as one in 131,072 people, the floor of the tables."""


def finding(level: str, one_in: int, *, near: bool) -> Finding:
    """A level of the finer comparison; `near` if a key with one letter left out agrees in spite of it."""
    if level == "unknown":
        return UNKNOWN
    if level in ("close", "different") and near:
        outcome = "near" if level == "close" else "shortened"
        return Finding(Level.NEAR, {"one_in": one_in}, outcome=outcome, bits=bits(one_in))
    agrees = level in THE_SAME
    parameters = {"one_in": one_in} if agrees else {}
    return Finding(_LEVELS[level], parameters, outcome=level, bits=bits(one_in) if agrees else 0.0)


def bits(one_in: int) -> float:
    """The rarity of a name in bits; 0 is unknown."""
    return math.log2(one_in) if one_in else UNLISTED_BITS


def one_left_out(groups: Collection[str], agreement: Agreement) -> str:
    """Which name differs by one letter: `given`, `family` or neither (an empty text).

    Keys with one letter left out agree while the sounds of one name do not.
    """
    different = [
        which
        for which, level in (("family", agreement.family), ("given", agreement.given))
        if level in ("close", "different")
    ]
    if not different or not SHORTENED & set(groups):
        return ""
    return different[0]


SHORTENED = frozenset("XYUVEJ")
"""Keys in which one name has one letter left out."""
