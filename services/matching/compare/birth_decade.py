"""The ten-year band of birth years."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair

CODE = "birth_decade"
BAND_YEARS = 10


def compare(pair: Pair) -> Finding:
    """Compares the ten-year bands of the birth years. Neighbouring bands are near: ages are often
    estimated, and 1999 and 2000 lie in two bands. Bands further apart speak against one person."""
    alert, case = pair.alert, pair.case
    if alert.birth_decade is None or case.birth_decade is None:
        return UNKNOWN
    parameters = {"alert": alert.birth_decade, "case": case.birth_decade}
    apart = abs(alert.birth_decade - case.birth_decade)
    if apart == 0:
        return Finding(Level.SAME, parameters)
    return Finding(Level.NEAR if apart == BAND_YEARS else Level.DIFFERENT, parameters)
