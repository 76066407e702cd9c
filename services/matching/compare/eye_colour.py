"""Eye colour."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair
from shared.wire.codes import EyeColour

CODE = "eye_colour"
_ALIKE = (
    frozenset({EyeColour.BLUE, EyeColour.GREY}),
    frozenset({EyeColour.GREY, EyeColour.GREEN}),
    frozenset({EyeColour.BROWN, EyeColour.BLACK}),
)


def compare(pair: Pair) -> Finding:
    """Compares the colour of the eyes. Blue and grey, grey and green, brown and black are near, because
    people write them down differently. `other` is taken as not known."""
    alert, case = pair.alert, pair.case
    if alert.eye_colour is None or case.eye_colour is None:
        return UNKNOWN
    colours = frozenset({alert.eye_colour, case.eye_colour})
    if EyeColour.OTHER in colours:
        return UNKNOWN
    parameters = {"alert": alert.eye_colour.value, "case": case.eye_colour.value}
    if len(colours) == 1:
        return Finding(Level.SAME, parameters)
    return Finding(Level.NEAR if colours in _ALIKE else Level.DIFFERENT, parameters)
