"""Sex."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair
from shared.wire.codes import Sex

CODE = "sex"


def compare(pair: Pair) -> Finding:
    """Compares the recorded sex. `other` agrees with itself and is otherwise taken as not known."""
    alert, case = pair.alert, pair.case
    if alert.sex is None or case.sex is None:
        return UNKNOWN
    parameters = {"alert": alert.sex.value, "case": case.sex.value}
    if alert.sex is case.sex:
        return Finding(Level.SAME, parameters)
    if Sex.OTHER in (alert.sex, case.sex):
        return UNKNOWN
    return Finding(Level.DIFFERENT, parameters)
