"""The reasons of a possible match as its page shows them: what is for it, against it and not known.

A reason stands where its verdict puts it. Its weight is what it adds to all the others (fitted weights of a
fact that is for a match can be below 0), so it is not shown, and orders only what has no order of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from services.intake.desk import sentences
from services.intake.desk.i18n import gettext
from services.intake.handlers.match_views import MatchReason
from shared.wire.codes import Verdict
from shared.wire.reasons import TOGETHER

COMMON = 50_000
"""Names are common if more than one in so many people bears them: sixty in a country of three million."""

SHARES = {"almost_certain": 95, "very_likely": 80, "likely": 55, "about_even": 33}
"""What the strengths of matching mean: of 100 such pairs at least so many are one person."""

_GROUPS = (
    ("family_name", "given_name", "columns", "match_keys"),
    ("birth", "twins"),
    ("place", "region", "last_seen"),
)
"""Comparators by their beginning, in the order in which a person reads them; the description comes last."""
_COARSER = {"birth_decade": "birth", "region": "place"}
"""Comparators that say roughly what another says better."""
_DATES = ("keys_date", "keys_day")
_BOTH_NAMES = ("keys_year_both", "keys_year_shortened", "keys_year_band", "keys_day_both", "keys_place_both")


@dataclass(frozen=True, slots=True)
class Column:
    """What is said of one verdict: sentence by sentence, and which combinations agree; "" for none."""

    sentences: list[str]
    together: str = ""


def columns(reasons: Sequence[MatchReason]) -> dict[str, Column]:
    """All reasons, by verdict."""
    single = [one for one in reasons if one.comparator not in TOGETHER]
    told = {verdict.value: _in_order(single, verdict) for verdict in Verdict}
    return {
        verdict: Column(
            list(dict.fromkeys(map(sentences.reason, found))),
            _together(reasons) if verdict == Verdict.FOR else "",
        )
        for verdict, found in told.items()
    }


def meaning(strength: str, reasons: Sequence[MatchReason]) -> str:
    """What the word for the strength means, in numbers; a description alone has none."""
    if any(one.comparator == "match_keys" for one in reasons):
        return gettext("A description alone, without names, is never called more than about even.")
    if strength in SHARES:
        return gettext(
            "Of 100 pairs called so, at least %(share)s should be one person. This is reckoned; you decide.",
            share=SHARES[strength],
        )
    return gettext(
        "Of 100 pairs called so, fewer than %(share)s should be one person. That is a reckoning; you decide.",
        share=min(SHARES.values()),
    )


def is_common(reasons: Sequence[MatchReason]) -> bool:
    """Whether all agreeing names together are so common that two people may well share them.

    How often they stand together is taken for the product of how often each does. There is no warning where
    names agree together with the full date of birth (that the dates agree for themselves is a rough sign),
    and none where it is not known how common an agreeing name is.
    """
    codes = {one.comparator.rpartition("_")[0] for one in reasons if one.comparator in TOGETHER}
    if "keys_date" in codes or {"keys_year", "keys_day"} <= codes:
        return False
    names = [one for one in reasons if one.verdict == Verdict.FOR and "one_in" in one.parameters]
    if not names or not all(isinstance(one.parameters["one_in"], int) for one in names):
        return False
    return 0 < prod(int(one.parameters["one_in"]) for one in names) < COMMON


def _in_order(reasons: list[MatchReason], verdict: Verdict) -> list[MatchReason]:
    found = [one for one in reasons if one.verdict == verdict and not _is_said_better(one, reasons)]
    sign = -1 if verdict is Verdict.FOR else 1
    # Sorting keeps the order of matching within names, birth and place.
    return sorted(
        found, key=lambda one: (_group(one), sign * one.weight if _group(one) == len(_GROUPS) else 0)
    )


def _group(reason: MatchReason) -> int:
    found = (place for place, codes in enumerate(_GROUPS) if reason.comparator.startswith(codes))
    return next(found, len(_GROUPS))


def _is_said_better(reason: MatchReason, reasons: list[MatchReason]) -> bool:
    """Not known, where a finer comparison knows; or the age fits, where the date of birth does."""
    finer = _COARSER.get(reason.comparator)
    known = [
        one.verdict
        for one in reasons
        if finer and one.comparator.startswith(finer) and one.comparator not in _COARSER
    ]
    if reason.verdict == Verdict.UNKNOWN:
        return any(verdict != Verdict.UNKNOWN for verdict in known)
    return finer == "birth" and reason.verdict == Verdict.FOR and Verdict.FOR in known


def _together(reasons: Sequence[MatchReason]) -> str:
    """The combinations that agree; that both names do is no news where they agree with something more."""
    agreeing = {one.comparator for one in reasons}
    codes = [code for code in TOGETHER if code in agreeing]
    if any(code in _BOTH_NAMES for code in codes):
        codes = [code for code in codes if not code.startswith("keys_names")]
    if not codes:
        return ""
    told = [sentences.together(codes)]
    if not any(one.comparator == "birth_same" for one in reasons):
        if any(code.startswith(_DATES) for code in codes):
            told.append(gettext("The year may be one off here, and day and month swapped."))
        elif any(code.startswith("keys_year") and code != "keys_year_band" for code in codes):
            told.append(gettext("The year may be one off here."))
    if any(code.endswith("_both") for code in codes) and _name_differs(reasons):
        told.append(gettext("Here names agree, too, that only sound alike or are forms of one name."))
    return " ".join(told)


def _name_differs(reasons: Sequence[MatchReason]) -> bool:
    """Whether the finer comparison tells a name apart that a combination, which is rougher, does not."""
    names = ("family_name", "given_name")
    return any(one.verdict == Verdict.AGAINST and one.comparator.startswith(names) for one in reasons)
