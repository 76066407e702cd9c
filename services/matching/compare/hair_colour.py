"""Hair colour."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair
from shared.wire.codes import HairColour

CODE = "hair_colour"


def compare(pair: Pair) -> Finding:
    """Compares the colour of the hair. A difference says little: hair is dyed, cut and turns grey.
    `other` is taken as not known."""
    alert, case = pair.alert, pair.case
    if alert.hair_colour is None or case.hair_colour is None:
        return UNKNOWN
    if HairColour.OTHER in (alert.hair_colour, case.hair_colour):
        return UNKNOWN
    parameters = {"alert": alert.hair_colour.value, "case": case.hair_colour.value}
    same = alert.hair_colour is case.hair_colour
    return Finding(Level.SAME if same else Level.DIFFERENT, parameters)
