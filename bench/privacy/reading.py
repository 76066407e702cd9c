"""What one hit says of an alert: which names, years and days remain possible."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.privacy.details import Dealt, Filter
from bench.privacy.names import Name
from bench.privacy.plans import Guess
from services.intake.domain.names.skeleton import shortened

MOST_GIVEN = 60
MOST_FAMILY = 400
"""So many names of a list are considered for one alert, the commonest that fit first."""
Years = frozenset[int]


@dataclass(frozen=True, slots=True)
class Says:
    """A whole name, the shortened form of one, or nothing; years; a day as `0515`."""

    given: str = ""
    given_short: str = ""
    family: str = ""
    family_short: str = ""
    years: Years | None = None
    day: str = ""
    initial: str = ""


def says(guess: Guess) -> list[Says]:
    """What a hit says; two readings where either name may be meant."""
    values, plan = guess.values, guess.plan
    if plan in "NMPZB":
        years = _near(values[2]) if plan == "N" else _band(values[2]) if plan == "B" else None
        day = values[2] if plan == "M" else ""
        one, other = values[:2]
        return [
            Says(given=g, family=f, years=years, day=day)
            for g, f in dict.fromkeys(((one, other), (other, one)))
        ]
    if plan in "XU":
        return [
            Says(given=values[0], family_short=values[1], years=_near(values[2]) if plan == "X" else None)
        ]
    if plan in "YV":
        return [
            Says(given_short=values[0], family=values[1], years=_near(values[2]) if plan == "Y" else None)
        ]
    if plan == "I":
        near = _band if values[2].startswith("b") else _near
        return [Says(family=values[0], initial=values[1], years=near(values[2]))]
    if plan == "J":
        year = frozenset({int(values[2][:4])})
        return [Says(family_short=values[0], initial=values[1], years=year, day=values[2][4:])]
    years, day = _near(values[1][:4]), values[1][4:]
    if plan == "D":
        return [Says(given=values[0], years=years, day=day), Says(family=values[0], years=years, day=day)]
    years = frozenset({int(values[1][:4])})
    return [
        Says(given_short=values[0], years=years, day=day),
        Says(family_short=values[0], years=years, day=day),
    ]


class Lists:
    """The attacker's lists of names, by skeleton and by shortened skeleton, commonest first."""

    def __init__(self, given: Iterable[Name], family: Iterable[Name]) -> None:
        self.all = {True: _sorted(given), False: _sorted(family)}
        self.dealt = {which: Dealt(names, given=which) for which, names in self.all.items()}
        self.whole = {which: _by(names, lambda skeleton: [skeleton]) for which, names in self.all.items()}
        self.short = {which: _by(names, shortened) for which, names in self.all.items()}
        self.covered = min(1.0, sum(one.share for one in self.all[False]))

    def fitting(self, said: Says, given: bool, told: Filter | None) -> Sequence[Name]:
        """The names that are still possible."""
        whole, short = (said.given, said.given_short) if given else (said.family, said.family_short)
        if whole or short:
            names = self.whole[given].get(whole, ()) if whole else self.short[given].get(short, ())
            kept = [one for one in names if told is None or told.fits(one, given=given)]
        else:
            kept = list(self.all[given] if told is None else told.names(self.dealt[given], given=given))
        if given and said.initial:
            kept = [one for one in kept if one.initial == said.initial]
        return kept[: MOST_GIVEN if given else MOST_FAMILY]


def pairs(said: Sequence[Says], lists: Lists, told: Filter | None) -> dict[tuple[str, str], float]:
    """Given and family skeleton -> how likely, given the hit; they add up to what the lists cover."""
    found: defaultdict[tuple[str, str], float] = defaultdict(float)
    for one in said:
        given, family = lists.fitting(one, True, told), lists.fitting(one, False, told)
        for g in given:
            for f in family:
                found[g.skeleton, f.skeleton] += g.share * f.share
    total = sum(found.values())
    open_family = any(not (one.family or one.family_short) for one in said)
    factor = (lists.covered if open_family else 1.0) / total if total else 0.0
    return {pair: share * factor for pair, share in found.items()}


def _near(year: str) -> Years:
    return frozenset(range(int(year) - 1, int(year) + 2))


def _band(band: str) -> Years:
    return frozenset(range(int(band[1:]) - 4, int(band[1:]) + 9))


def _sorted(names: Iterable[Name]) -> list[Name]:
    return sorted(names, key=lambda one: (-one.share, one.text))


def _by(names: Sequence[Name], forms: Callable[[str], list[str]]) -> Mapping[str, list[Name]]:
    found: defaultdict[str, list[Name]] = defaultdict(list)
    for one in names:
        for form in forms(one.skeleton):
            found[form].append(one)
    return found
