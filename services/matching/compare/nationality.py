"""Nationality."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair

CODE = "nationality"


def compare(pair: Pair) -> Finding:
    """Compares one nationality each. A difference speaks a little against one person: many people have
    two, and some say another."""
    alert, case = pair.alert, pair.case
    if alert.nationality is None or case.nationality is None:
        return UNKNOWN
    parameters = {"alert": alert.nationality.lower(), "case": case.nationality.lower()}
    same = alert.nationality == case.nationality
    return Finding(Level.SAME if same else Level.DIFFERENT, parameters)
