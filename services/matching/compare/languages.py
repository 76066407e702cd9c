"""Languages."""

from services.matching.compare.port import UNKNOWN, Finding, Level
from shared.wire.messages import Description

CODE = "languages"


def compare(alert: Description, case: Description) -> Finding:
    """Looks for a language that both name. None in common speaks a little against one person: a found
    person may hide a language or be known by one of several."""
    if not alert.languages or not case.languages:
        return UNKNOWN
    common = sorted(set(alert.languages) & set(case.languages))
    if not common:
        return Finding(Level.DIFFERENT)
    return Finding(Level.SAME, {"count": len(common), "first": common[0]})
