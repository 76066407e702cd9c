"""Nationality."""

from services.matching.compare.port import UNKNOWN, Finding, Level
from shared.wire.messages import Description

CODE = "nationality"


def compare(alert: Description, case: Description) -> Finding:
    """Compares one nationality each. A difference speaks a little against one person: many people have
    two, and some say another."""
    if alert.nationality is None or case.nationality is None:
        return UNKNOWN
    parameters = {"alert": alert.nationality.lower(), "case": case.nationality.lower()}
    same = alert.nationality == case.nationality
    return Finding(Level.SAME if same else Level.DIFFERENT, parameters)
