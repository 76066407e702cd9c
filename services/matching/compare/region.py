"""The country or region where the person was last seen."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair

CODE = "region"


def compare(pair: Pair) -> Finding:
    """Compares where the person was last seen. The same region agrees, the same country is near. Another
    country hardly speaks against one person: missing people travel."""
    alert, case = pair.alert, pair.case
    if alert.region is None or case.region is None:
        return UNKNOWN
    parameters = {"alert": alert.region.lower(), "case": case.region.lower()}
    if alert.region == case.region:
        return Finding(Level.SAME, parameters)
    same_country = alert.region[:2] == case.region[:2]
    return Finding(Level.NEAR if same_country else Level.DIFFERENT, parameters)
