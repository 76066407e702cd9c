"""Figures in words: what stands in the page, the files and the chart. Formatted, never computed."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.intake.desk.i18n import gettext, ngettext
from services.intake.desk.words import LABELS, N_
from services.intake.domain.statistics import ALL, EPISODES, Shown, Sort, Times
from services.intake.handlers.statistics import ROWS, Figures

TITLES = {
    "kind": N_("Kind of case"),
    "category": N_("Category"),
    "age": N_("Age when registered"),
    "sex": N_("Sex"),
    "border": N_("Shared across a border"),
    "outcome": N_("Where the search stands"),
}
_WORDS = {
    "border": {
        "across": N_("with a partner in another country"),
        "within": N_("only with partners in this country"),
        "not_shared": N_("with no partner"),
    },
    "outcome": {**LABELS["tracing_status"], "erased": LABELS["case_state"]["erased"]},
    "kind": LABELS["kind"],
    "category": LABELS["category"],
    "sex": LABELS["sex"],
}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure in words."""

    word: str
    figure: str
    shown: Shown


@dataclass(frozen=True, slots=True)
class Part:
    """One breakdown in words."""

    code: str
    title: str
    lines: tuple[Line, ...]


def figure(shown: Shown) -> str:
    """`87`, `about 45`, `under 5`, or `withheld`."""
    if shown.sort is Sort.EXACT:
        return str(shown.value)
    if shown.sort is Sort.ABOUT:
        return gettext("about %(number)s", number=shown.value)
    return gettext("<5") if shown.sort is Sort.UNDER else gettext("withheld")


def word(breakdown: str, row: str) -> str:
    """What a row is called."""
    if row == "unknown":
        return gettext("not known")
    if breakdown == "age":
        low, _, high = row.partition("-")
        if high == "120":
            return gettext("%(low)s and older", low=low)
        return gettext("%(low)s to %(high)s", low=low, high=high)
    return gettext(_WORDS[breakdown][row])


def parts(found: Figures) -> list[Part]:
    """Every breakdown of a period."""
    return [
        Part(
            code,
            gettext(title),
            tuple(
                Line(word(code, row), figure(found.of(code, row)), found.of(code, row)) for row in ROWS[code]
            ),
        )
        for code, title in TITLES.items()
    ]


def totals(found: Figures) -> list[Line]:
    """People and episodes, apart."""
    named = ((gettext("People"), ALL), (gettext("Episodes"), EPISODES))
    return [Line(title, figure(found.of(key, key)), found.of(key, key)) for title, key in named]


def taken(found: Times | None) -> str:
    """Median and quartiles in a sentence."""
    if found is None:
        return gettext("Too few are known.")
    return ngettext(
        "Half took at most %(num)s day; a quarter at most %(low)s, three quarters at most %(high)s.",
        "Half took at most %(num)s days; a quarter at most %(low)s, three quarters at most %(high)s.",
        found.middle,
        low=found.low,
        high=found.high,
    )


def period_name(code: str) -> str:
    """`2026`, `second quarter of 2026`, `2026-05`."""
    if "Q" not in code:
        return code
    return gettext("quarter %(number)s of %(year)s", number=code[-1], year=code[:4])


def rules() -> str:
    """How the figures are to be read."""
    return gettext(
        "From 1 to 4 people are written as <5; in quarters and months nought as well, and larger figures are "
        "rounded to the nearest 5. A figure is withheld where another one could be worked out from it."
    )


def rows(found: Figures) -> Iterator[tuple[str, str, str]]:
    """Breakdown, row and figure, for a file."""
    for line in totals(found):
        yield gettext("Altogether"), line.word, line.figure
    for part in parts(found):
        for line in part.lines:
            yield part.title, line.word, line.figure
    yield gettext("From an alert to a partner's first word"), "", taken(found.first_word)
    yield gettext("From a possible match to our decision"), "", taken(found.judged)


def text(found: Figures, organisation: str) -> str:
    """A page of text to pass on."""
    lines = [f"{organisation}, {period_name(found.period)}", ""]
    before = ""
    for title, name, value in rows(found):
        if title != before:
            lines += ["", title]
            before = title
        lines.append(f"  {name}: {value}" if name else f"  {value}")
    return "\n".join([*lines, "", rules(), ""])
