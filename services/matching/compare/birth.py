"""The date of birth."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair

CODE = "birth"
BORN_THE_SAME_DAY = frozenset({"same", "swapped"})

_LEVELS = {
    "same": Level.SAME,
    "swapped": Level.SAME,
    "one_part": Level.NEAR,
    "year": Level.NEAR,
    "near": Level.NEAR,
    "different": Level.DIFFERENT,
}


def compare(pair: Pair) -> Finding:
    """Compares day, month and year of birth by classes that only a shared match key unlocks: all the same,
    day and month exchanged, one of the three different, only the year known, years close by, different."""
    if pair.agreement is None or pair.agreement.birth == "unknown":
        return UNKNOWN
    return Finding(_LEVELS[pair.agreement.birth], outcome=pair.agreement.birth)
