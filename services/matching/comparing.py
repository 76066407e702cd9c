"""Compares alerts with own cases, in both directions; every candidate is weighed exactly before it counts."""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.matching.columns import COMPARED_KINDS, Columns
from services.matching.domain import facts as digest
from services.matching.scoring import Score, score
from services.matching.store.cases import Cases, OwnCase
from services.matching.store.content import AlertFacts, StoredAlert
from services.matching.store.partners import Partner
from shared.crypto.tags import TagFinder
from shared.wire.codes import CaseKind
from shared.wire.local import Agreement

MOST_OF_ALERT = 200
"""Own cases that one alert is compared with by itself; those that agree in most come first. An alert is about
one person: of 5,000 cases of the development data 3 share a key at the 99th percentile, and 6 at most. A
made-up one with 160 of the commonest names would find thousands, each a row, a question and an answer."""
_NO_FACTS = {"given_one_in", "family_one_in"}
"""How rare names are follows from all own cases, and is no fact about this pair."""


@dataclass(frozen=True, slots=True)
class Result:
    """An own case that an alert may concern."""

    score: Score
    facts: str
    """Digest of what was compared."""


@dataclass(frozen=True, slots=True)
class Common:
    """The match keys that an alert and one own case have in common, and what they unlock."""

    groups: str
    """The letter of each key, in order."""
    salt: bytes
    """Of the tag set of the newest epoch with a common key."""
    details: bytes
    """What the keys of that epoch unlock."""


@dataclass(frozen=True, slots=True)
class Found:
    """An own case worth a second look."""

    cases: Sequence[OwnCase]
    """Its epochs, the newest version first."""
    common: Common | None
    """None for a case without match keys, which is compared by its description alone."""

    @property
    def version(self) -> int:
        """The newest version of the case."""
        return self.cases[0].version


class Comparing:
    """Both ways to compare end in `look` and `weigh`, so that the order of arrival changes nothing."""

    def __init__(self, cases: Cases, columns: Columns) -> None:
        self._cases = cases
        self._columns = columns

    def alert_with_cases(
        self, session: Session, partner: Partner, alert: StoredAlert, facts: AlertFacts
    ) -> list[str]:
        """An alert with all own cases: those worth a second look, the most alike first.

        At most MOST_OF_ALERT with match keys, and as many without.

        Those that share keys are not read for it: what an alert costs must not grow with the number of people
        in it who are here (case 43).
        """
        if facts.kind is not CaseKind.MISSING:
            return []
        rows = self._columns.search(session, partner, alert, facts)
        if not any(rows):
            return []
        best = _most(rows.by_keys)
        names = self._cases.names(session, best)
        ordered = dict.fromkeys(names[row] for row in best if row in names)
        ordered |= dict.fromkeys(self._described(session, alert, facts, _most(rows.by_description)))
        return list(ordered)

    def _described(
        self, session: Session, alert: StoredAlert, facts: AlertFacts, rows: Sequence[int]
    ) -> Iterator[str]:
        """Of own cases without keys those worth showing, by score."""
        if not rows:
            return
        candidates = {case.own_case for case in self._cases.of_ids(session, rows)}
        ranked: list[tuple[int, str]] = []
        for own_case, cases in self._cases.of_cases(session, alert.partner, candidates).items():
            found = look(alert, cases)
            result = None if found is None or found.common is not None else weigh(facts, found, None)
            if result is not None:
                ranked.append((-result.score.score, own_case))
        yield from (own_case for _, own_case in sorted(ranked))


def _most(rows: Counter[int]) -> list[int]:
    """Those with the highest numbers, the highest first."""
    return heapq.nlargest(MOST_OF_ALERT, rows, key=lambda row: (rows[row], -row))


def look(alert: StoredAlert, cases: Sequence[OwnCase]) -> Found | None:
    """Whether an own case shares a key with the alert, or has none at all; None if it need not be weighed.

    `cases` are the epochs of one case, the newest version first. What kind of alert it is is not looked at.
    """
    if not cases or cases[0].kind not in COMPARED_KINDS:
        return None
    common = in_common(alert, cases)
    if common is None and any(case.pseudonyms for case in cases):
        return None
    return Found(cases, common)


def in_common(alert: StoredAlert, cases: Sequence[OwnCase]) -> Common | None:
    """The agreeing keys of one own case, over all its epochs (case 41); None if there are none.

    Should the keys of one epoch disagree about what they unlock, one of them agrees by chance: the commonest
    value counts.
    """
    groups, newest = "", 0
    salt, unlocked = b"", Counter[bytes]()
    for case in cases:
        for part in alert.sets:
            if part.epoch != case.epoch or not case.pseudonyms:
                continue
            places = TagFinder(part.salt, part.tags).positions([case.pseudonyms])
            groups += "".join(case.groups[place] for place in places)
            if places and part.epoch > newest:
                newest, salt = part.epoch, part.salt
                unlocked = Counter(part.unlocked(b"".join(map(case.pseudonym, places))))
    if not groups:
        return None
    return Common("".join(sorted(groups)), salt, min(unlocked, key=lambda value: (-unlocked[value], value)))


def weigh(facts: AlertFacts, found: Found, agreement: Agreement | None) -> Result | None:
    """One alert against one own case; None if not worth showing.

    `agreement` is what intake said of the pair; None for a case without keys.
    """
    if facts.kind is not CaseKind.MISSING:
        return None
    newest, groups = found.cases[0], "" if found.common is None else found.common.groups
    has_keys = found.common is not None
    outcome = score(facts.description, newest.description, groups, agreement, has_keys=has_keys)
    if outcome is None:
        return None
    compared = digest.digest(
        facts.description.to_wire(),
        newest.description.to_wire(),
        groups,
        None if agreement is None else agreement.model_dump(mode="json", exclude=_NO_FACTS),
        newest.kind.value,
    )
    return Result(outcome, compared)
