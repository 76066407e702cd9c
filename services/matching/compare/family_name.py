"""The surname."""

from services.matching.compare import names
from services.matching.compare.port import UNKNOWN, Finding, Pair

CODE = "family_name"


def compare(pair: Pair) -> Finding:
    """Compares the surnames by classes that only a shared match key unlocks: written the same, the same
    stem and sound, one letter apart, or different. Another surname is no proof against one person, because
    people marry. A rare name that agrees says more than a common one."""
    found = pair.agreement
    if found is None:
        return UNKNOWN
    near = names.one_left_out(pair.groups, found) == "family"
    return names.finding(found.family, found.family_one_in, near=near)
