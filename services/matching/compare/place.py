"""The place where the person was last seen."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair

CODE = "place"


def compare(pair: Pair) -> Finding:
    """Compares the places of the last contact, if the alert may tell its own, by classes that only a shared
    match key unlocks. Another place says little: missing people travel."""
    if pair.agreement is None or pair.agreement.place == "unknown":
        return UNKNOWN
    return Finding(Level.SAME if pair.agreement.place == "same" else Level.DIFFERENT)
