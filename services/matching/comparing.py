"""Compares alerts with own cases, in both directions; every candidate is weighed exactly before it counts."""

from collections import Counter
from collections.abc import Sequence
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

    @property
    def kinds(self) -> int:
        """How many different kinds of keys they are."""
        return len(set(self.groups))


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
    ) -> dict[str, Found]:
        """An alert with all own cases: by reference, those worth a second look, the most alike first."""
        if facts.kind is not CaseKind.MISSING:
            return {}
        rows = self._columns.search(session, partner, alert, facts)
        if not rows:
            return {}
        candidates = {case.own_case for case in self._cases.of_ids(session, sorted(rows))}
        ranked: list[tuple[tuple[int, int], str, Found]] = []
        for own_case, cases in self._cases.of_cases(session, partner.partner, candidates).items():
            found = look(alert, cases)
            if found is None:
                continue
            rank = (-found.common.kinds, 0) if found.common is not None else _rank_of_keyless(facts, found)
            if rank is not None:
                ranked.append((rank, own_case, found))
        ranked.sort(key=lambda one: one[:2])
        return {own_case: found for _, own_case, found in ranked}


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


def _rank_of_keyless(facts: AlertFacts, found: Found) -> tuple[int, int] | None:
    """Behind every case that shares a key, by its score; None if it is not worth showing."""
    result = weigh(facts, found, None)
    return None if result is None else (0, -result.score.score)
