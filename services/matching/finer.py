"""The second stage: what shares a key with an alert is compared by intake, which alone knows the person.

    an own case shares a key -> ask intake, once for these versions of alert and case -> it answers -> weigh

One pair at a time, so that each transaction is short (decisions/0014 and 0019). Nothing waits for an answer:
the alert is stored and its receipt owed whatever is asked, and an answer is a message like others.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from services.matching.comparing import Found, look, weigh
from services.matching.proposing import Proposing
from services.matching.store import unfinished
from services.matching.store.alerts import AlertKey
from services.matching.store.candidates import Candidates
from services.matching.store.cases import Cases
from services.matching.store.content import AlertFacts, StoredAlert
from services.matching.store.matches import MatchRow
from shared.post.sender import Post
from shared.runtime.clock import Clock
from shared.store.outbox import Priority
from shared.wire.codes import CaseKind, Urgency
from shared.wire.local import Agreement, CandidateFound
from shared.wire.values import encode_base64

MOST_AT_ONCE = 1
"""Own cases that the own transaction of an alert asks about or tells of."""


class Finer:
    """Asks intake about pairs that share a key, and settles pairs of which all is known."""

    def __init__(
        self, cases: Cases, candidates: Candidates, proposing: Proposing, post: Post, clock: Clock
    ) -> None:
        self._cases = cases
        self._candidates = candidates
        self._proposing = proposing
        self._post = post
        self._clock = clock

    def begin(
        self,
        session: Session,
        alert: StoredAlert,
        facts: AlertFacts,
        found: Sequence[str],
        known: Iterable[MatchRow],
    ) -> None:
        """Take up the own cases `found` for an alert, the most alike at once.

        `known` are its matches on record.

        What an alert costs must not grow with the number of people in it who are here, or the next receipt
        would tell (case 43): the others follow in other transactions.
        """
        on_record = {row.own_case: row for row in known}
        ordered = [*found, *sorted(on_record.keys() - set(found))]
        unfinished.put_off(session, alert.partner, alert.alert, ordered[MOST_AT_ONCE:])
        for own_case in ordered[:MOST_AT_ONCE]:
            cases = self._cases.of_cases(session, alert.partner, [own_case]).get(own_case, [])
            found_now = look(alert, cases) if facts.kind is CaseKind.MISSING else None
            self.pair(session, alert, facts, own_case, found_now, on_record.get(own_case))

    def pair(
        self,
        session: Session,
        alert: StoredAlert,
        facts: AlertFacts,
        own_case: str,
        found: Found | None,
        known: MatchRow | None,
    ) -> bool:
        """Ask about one pair, or settle it if all is known; what is shown stays while the answer is awaited.

        False if nothing was asked or settled.
        """
        agreement: Agreement | None = None
        if found is not None and found.common is not None:
            agreement = self._answer(session, alert, facts, own_case, found)
            if agreement is None:
                return True
        result = None if found is None else weigh(facts, found, agreement)
        if result is None and known is None:
            return False
        self._proposing.settle(session, alert, facts, own_case, result, known)
        return True

    def _answer(
        self, session: Session, alert: StoredAlert, facts: AlertFacts, own_case: str, found: Found
    ) -> Agreement | None:
        """What intake said of these versions; None while that is awaited. Asks if nothing came in time."""
        key, versions = AlertKey(alert.partner, alert.alert), (alert.version, found.version)
        known, now = self._candidates.read(session, key, own_case), self._clock.now()
        if known is not None and not known.is_of(*versions):
            known = None
        if known is None or known.overdue(now):
            self._candidates.asked(session, key, own_case, versions, known, now)
            self._ask(session, alert, facts, own_case, found)
        return None if known is None else known.agreement

    def _ask(
        self, session: Session, alert: StoredAlert, facts: AlertFacts, own_case: str, found: Found
    ) -> None:
        if found.common is None:
            raise ValueError("only a shared key unlocks anything to ask about")
        question = CandidateFound(
            alert=alert.alert,
            alert_version=alert.version,
            partner=alert.partner,
            case=own_case,
            case_version=found.version,
            details=encode_base64(found.common.details),
        )
        urgent = facts.codes["urgency"] == Urgency.IMMEDIATE
        self._post.tell(session, question, priority=Priority.URGENT if urgent else Priority.NORMAL)
