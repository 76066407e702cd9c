"""Languages."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair

CODE = "languages"


def compare(pair: Pair) -> Finding:
    """Looks for a language that both name. None in common speaks a little against one person: a found
    person may hide a language or be known by one of several."""
    alert, case = pair.alert, pair.case
    if not alert.languages or not case.languages:
        return UNKNOWN
    common = sorted(set(alert.languages) & set(case.languages))
    if not common:
        return Finding(Level.DIFFERENT)
    return Finding(Level.SAME, {"count": len(common), "first": common[0]})
