"""Marks on the body."""

from services.matching.compare.port import UNKNOWN, Finding, Level, Pair

CODE = "marks"


def compare(pair: Pair) -> Finding:
    """Counts marks of the same kind at the same place of the body. Every common mark counts, up to two.
    None in common says next to nothing, because few marks are written down."""
    alert, case = pair.alert, pair.case
    if not alert.marks or not case.marks:
        return UNKNOWN
    common = sorted(set(alert.marks) & set(case.marks))
    if not common:
        return Finding(Level.DIFFERENT)
    parameters: dict[str, str | int] = {"count": len(common), "first": common[0].replace(":", ".")}
    return Finding(Level.SAME, parameters, times=len(common))
