"""What people decide about possible matches: remembered while the match lives, and counted for ever after.

What the comparators saw is computed once, in the transaction of the decision, from what is here then. It is
kept only if that is what the person saw (the digest of facts says so); a decision whose alert is gone, or
whose pair is being compared anew, is kept nowhere but in the audit log. decisions/0021.
"""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from services.matching import rules
from services.matching.compare import COMPARATORS, DESCRIBED
from services.matching.compare.port import Level, Pair
from services.matching.comparing import Found, Result, look, weigh
from services.matching.domain import decisions
from services.matching.store.alerts import Alerts
from services.matching.store.candidates import Candidates
from services.matching.store.cases import Cases
from services.matching.store.content import AlertFacts
from services.matching.store.kept import BITS_STEP, MOST_BITS, SCORE_STEP, Kept, KeptDecisions, Seen, rounded
from services.matching.store.matches import Matches, MatchRow
from services.matching.weights import ALONE, BESIDE_NAMES
from shared.crypto.errors import CannotDecrypt
from shared.runtime import log
from shared.runtime.clock import Clock
from shared.wire.codes import MatchState
from shared.wire.local import Agreement

OPEN = frozenset({MatchState.NEW, MatchState.IN_REVIEW, MatchState.NEED_INFORMATION})
"""States in which a person still has to decide."""


class Weighing:
    """Weighs a pair that is on record as it is now."""

    def __init__(self, alerts: Alerts, cases: Cases, candidates: Candidates) -> None:
        self._alerts = alerts
        self._cases = cases
        self._candidates = candidates

    def now(self, session: Session, row: MatchRow) -> tuple[Result, dict[str, Seen]] | None:
        """What it scores and what each comparator sees; None if it does not score, or cannot be read now."""
        try:
            return self._weigh(session, row)
        except CannotDecrypt:  # case 82: what a person decided counts, whatever is damaged
            log.get("comparing").exception("alert_unreadable")
            return None

    def _weigh(self, session: Session, row: MatchRow) -> tuple[Result, dict[str, Seen]] | None:
        alert = self._alerts.read(session, [row.key]).get(row.key)
        if alert is None:
            return None
        cases = self._cases.of_cases(session, row.key.partner, [row.own_case]).get(row.own_case, [])
        found = look(alert, cases)
        if found is None:
            return None
        agreement = None
        if found.common is not None:
            known = self._candidates.read(session, row.key, row.own_case)
            if known is None or not known.is_of(alert.version, found.version) or known.agreement is None:
                return None  # intake is asked about these versions just now
            agreement = known.agreement
        facts = alert.facts()
        result = weigh(facts, found, agreement)
        return None if result is None else (result, dict(_seen(facts, found, agreement)))


class Deciding:
    """Takes in what people decided."""

    def __init__(
        self, matches: Matches, kept: KeptDecisions, weighing: Weighing, clock: Clock, keys_version: int
    ) -> None:
        self._matches = matches
        self._kept = kept
        self._weighing = weighing
        self._clock = clock
        self._keys_version = keys_version

    def decide(self, session: Session, reference: str, state: MatchState, facts: str, seq: int) -> bool:
        """Remember what a person decided. False if the match went with its alert meanwhile.

        `seq` is the number of the message: of two decisions the one that was sent later counts.
        """
        row = self._matches.by_reference(session, reference)
        if row is None:
            return False
        decided = decisions.decided(row.match, state.value, facts, seq)
        if decided != row.match:
            self._matches.change(session, decided)
        if seq >= row.match.decided_seq:
            self._keep(session, row, state, facts)
        return True

    def _keep(self, session: Session, row: MatchRow, state: MatchState, facts: str) -> None:
        """In place of what was kept of this match; what a person took back stays nowhere."""
        if row.kept is not None:
            self._kept.forget(session, row.kept)
        name = None
        weighed = self._weighing.now(session, row)
        if weighed is not None and weighed[0].facts == facts:
            name = self._kept.add(session, self._row(state, *weighed))
        if name != row.kept:
            self._matches.link(session, row.match.reference, name)

    def _row(self, state: MatchState, result: Result, seen: dict[str, Seen]) -> Kept:
        now = self._clock.now()
        return Kept(
            month=now.year * 100 + now.month,
            state=state,
            strength=result.score.strength,
            score=rounded(result.score.score, SCORE_STEP),
            has_keys=bool(result.score.agreeing),
            keys_version=self._keys_version,
            weights_version=rules.weights_version(),
            seen=seen,
        )


def _seen(facts: AlertFacts, found: Found, agreement: Agreement | None) -> Iterator[tuple[str, Seen]]:
    groups = frozenset() if found.common is None else frozenset(found.common.groups)
    pair = Pair(facts.description, found.cases[0].description, groups, agreement)
    comparators, weights = (COMPARATORS, BESIDE_NAMES) if groups else (DESCRIBED, ALONE)
    for comparator in comparators:
        finding = comparator.compare(pair)
        if finding.level is Level.UNKNOWN:
            continue
        times = min(finding.times, weights[comparator.code].most)
        yield comparator.code, Seen(finding.row, times, rounded(finding.bits, BITS_STEP, MOST_BITS))
