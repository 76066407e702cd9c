"""Height."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair
from shared.wire.codes import HeightBand

CODE = "height"
_ORDER = {band: index for index, band in enumerate(HeightBand)}


def compare(pair: Pair) -> Finding:
    """Compares bands of ten centimetres. Neighbouring bands are near. A larger difference speaks only a
    little against one person, because children grow while they are looked for."""
    alert, case = pair.alert, pair.case
    if alert.height is None or case.height is None:
        return UNKNOWN
    parameters = {"alert": alert.height.value, "case": case.height.value}
    apart = abs(_ORDER[alert.height] - _ORDER[case.height])
    if apart == 0:
        return Finding(Level.SAME, parameters)
    return Finding(Level.NEAR if apart == 1 else Level.DIFFERENT, parameters)
