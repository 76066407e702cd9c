"""Given name and surname in each other's place."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair

CODE = "columns"
TELLS_UNKNOWN = False
"""Columns in order are nothing to tell."""


def compare(pair: Pair) -> Finding:
    """Says when the names agree only after given name and surname are exchanged: a slip of a form, but now
    and then two people."""
    if pair.agreement is None or not pair.agreement.swapped:
        return UNKNOWN
    return Finding(Level.NEAR)
