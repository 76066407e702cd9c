"""One surname and one date of birth with two given names."""

from services.matching.compare.birth import BORN_THE_SAME_DAY
from services.matching.compare.names import THE_SAME
from services.matching.compare.port import UNKNOWN, Finding, Level, Pair

CODE = "twins"
TELLS_UNKNOWN = False
"""That two people are no twins is nothing to tell."""


def compare(pair: Pair) -> Finding:
    """Says when surname and full date of birth agree and the given names are two: twins, or one person who
    goes by another given name. Surname and date agree for twins as they do for one person, so both facts are
    worth less together than they add up to."""
    agreement = pair.agreement
    if agreement is None or agreement.given != "different":
        return UNKNOWN
    if agreement.family not in THE_SAME or agreement.birth not in BORN_THE_SAME_DAY:
        return UNKNOWN
    return Finding(Level.DIFFERENT)
