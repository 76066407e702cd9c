"""The month of the last contact."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair

CODE = "last_seen"
_NEAR_MONTHS = 3


def compare(pair: Pair) -> Finding:
    """Compares the month in which the missing person was last seen with the month in which the own person
    was found. Found in the three months after it agrees, found later says nothing, found before the
    missing person was last seen speaks against one person."""
    alert, case = pair.alert, pair.case
    if alert.last_seen is None or case.last_seen is None:
        return UNKNOWN
    parameters = {"alert": alert.last_seen, "case": case.last_seen}
    later = _months(case.last_seen) - _months(alert.last_seen)
    if later < 0:
        # One month is forgiven: dates at the turn of a month are written down both ways.
        return UNKNOWN if later == -1 else Finding(Level.DIFFERENT, parameters)
    return Finding(Level.SAME, parameters) if later <= _NEAR_MONTHS else UNKNOWN


def _months(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number)
