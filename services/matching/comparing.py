"""Compares alerts with own cases, in both directions; every candidate is weighed exactly before it counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.matching.columns import COMPARED_KINDS, Columns
from services.matching.domain import facts as digest
from services.matching.scoring import Hit, Score, score
from services.matching.store.cases import Cases, OwnCase
from services.matching.store.content import AlertFacts, StoredAlert
from services.matching.store.partners import Partner
from shared.crypto.tags import TagFinder
from shared.wire.codes import CaseKind


@dataclass(frozen=True, slots=True)
class Result:
    """An own case that an alert may concern."""

    score: Score
    facts: str
    """Digest of what was compared."""


class Comparing:
    """The two ways to compare; both end in `weigh`, so that the order of arrival changes nothing."""

    def __init__(self, cases: Cases, columns: Columns) -> None:
        self._cases = cases
        self._columns = columns

    def alert_with_cases(
        self, session: Session, partner: Partner, alert: StoredAlert, facts: AlertFacts
    ) -> dict[str, Result]:
        """An alert with all own cases: by reference, those worth showing."""
        if facts.kind is not CaseKind.MISSING:
            return {}
        rows = self._columns.search(session, partner, alert, facts)
        if not rows:
            return {}
        candidates = {case.own_case for case in self._cases.of_ids(session, sorted(rows))}
        found: dict[str, Result] = {}
        for own_case, cases in self._cases.of_cases(session, partner.partner, candidates).items():
            result = weigh(alert, facts, cases)
            if result is not None:
                found[own_case] = result
        return found


def may_concern(alert: StoredAlert, cases: Sequence[OwnCase]) -> bool:
    """Whether an own case shares a key with the alert; for a case without keys always true."""
    return not any(case.pseudonyms for case in cases) or bool(hits(alert, cases))


def hits(alert: StoredAlert, cases: Sequence[OwnCase]) -> list[Hit]:
    """The agreeing keys of one own case, over all its epochs (case 41)."""
    found: list[Hit] = []
    for case in cases:
        for part in alert.sets:
            if part.epoch == case.epoch and case.pseudonyms:
                places = TagFinder(part.salt, part.tags).positions([case.pseudonyms])
                found.extend(case.hit(place) for place in places)
    return found


def weigh(alert: StoredAlert, facts: AlertFacts, cases: Sequence[OwnCase]) -> Result | None:
    """One alert against one own case; None if not worth showing.

    `cases` are the epochs of one case, the newest version first.
    """
    newest = cases[0]
    if facts.kind is not CaseKind.MISSING or newest.kind not in COMPARED_KINDS:
        return None
    has_keys = any(case.pseudonyms for case in cases)
    outcome = score(facts.description, newest.description, hits(alert, cases), has_keys=has_keys)
    if outcome is None:
        return None
    compared = digest.digest(
        facts.description.to_wire(),
        newest.description.to_wire(),
        [(group, rarity.value) for group, rarity in outcome.agreeing],
        newest.kind.value,
    )
    return Result(outcome, compared)
