"""The given name."""

from services.matching.compare import names
from services.matching.compare.port import UNKNOWN, Finding, Pair

CODE = "given_name"


def compare(pair: Pair) -> Finding:
    """Compares the given names by classes that only a shared match key unlocks: written the same, the same
    sound or a form of the same name, one letter apart, a fitting initial, or different. A rare name that
    agrees says more than a common one."""
    found = pair.agreement
    if found is None:
        return UNKNOWN
    near = names.one_left_out(pair.groups, found) == "given"
    return names.finding(found.given, found.given_one_in, near=near)
