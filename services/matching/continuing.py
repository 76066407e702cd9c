"""Own cases against live alerts, in pieces of which each is a short transaction (decisions/0014).

The first piece is done where the need arises. What is left is a row of `unfinished`, and `step` does a piece
of it at a time, with a pause after each, so that messages are stored, handled and signed for in between.
An alert that arrives meanwhile is compared by its own handler; one that changed or went is read as it is now,
and so is the case. Pairs whose answer came from intake, or did not come in time, are taken up here, too.
"""

import threading
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.matching.comparing import look
from services.matching.finer import Finer
from services.matching.store import partners, unfinished
from services.matching.store.alerts import AlertKey, Alerts
from services.matching.store.candidates import Candidates
from services.matching.store.cases import Cases, OwnCase
from services.matching.store.content import StoredAlert
from services.matching.store.matches import Matches, MatchRow
from services.matching.store.unfinished import Unfinished
from shared.crypto.errors import CannotDecrypt
from shared.runtime import log
from shared.runtime.clock import Clock
from shared.store.engine import Database, lock
from shared.store.remembered import remembered
from shared.wire.codes import CaseKind

PROPOSALS = 20
"""Pairs of which one transaction asks or tells, at about 8 ms each."""
PAIRS = 60
"""Pairs that one transaction takes up by themselves, at about 2.5 ms each, also if nothing comes of them."""
ALERTS = 2_000
"""Live alerts that one transaction looks at, at about 50 microseconds each."""
OVERDUE_AT_ONCE = 100
PAUSE_SECONDS = 0.1
IDLE_SECONDS = 0.5
_BUDGET = "matching: what this transaction may still compare"


@dataclass(slots=True)
class Budget:
    """What one transaction may still do."""

    proposals: int
    alerts: int
    pairs: int


class Continuing:
    """Compares own cases with the live alerts of a partner."""

    def __init__(
        self,
        database: Database,
        cases: Cases,
        alerts: Alerts,
        matches: Matches,
        candidates: Candidates,
        finer: Finer,
        clock: Clock,
    ) -> None:
        self._database = database
        self._cases = cases
        self._alerts = alerts
        self._matches = matches
        self._candidates = candidates
        self._finer = finer
        self._clock = clock
        self._last = ""
        """The partner of what was done last; the next one has its turn."""

    def begin(self, session: Session, partner: str, own_case: str) -> None:
        """Compare an own case that changed: as much as this transaction may, and leave the rest."""
        unfinished.go_on(session, partner, own_case, self._piece(session, partner, own_case, after=""))

    def postpone(self, session: Session, partner: str, own_case: str) -> None:
        """Compare it when the partner may speak again."""
        unfinished.go_on(session, partner, own_case, after="")

    def resume(self, session: Session, key: AlertKey, own_case: str) -> None:
        """Take up a pair that was answered: now if this transaction may, else in a later one."""
        if partners.known(session, key.partner).may_speak and self._left(session):
            self._pair(session, key, own_case)
        else:
            unfinished.put_off(session, key.partner, key.alert, [own_case])

    def ask_again(self) -> int:
        """Take up pairs whose answer did not come in time; how many. They are asked about by `step`."""
        with self._database.read() as session:  # an idle look must not cost the one write transaction
            if not self._candidates.overdue(session, self._clock.now(), 1):
                return 0
        with self._database.begin() as session:
            lock(session, "audit")  # as every effect of matching
            overdue = self._candidates.overdue(session, self._clock.now(), OVERDUE_AT_ONCE)
            for key, own_case in overdue:
                unfinished.put_off(session, key.partner, key.alert, [own_case])
        return len(overdue)

    def run(self, stop: threading.Event) -> None:
        """Do what was left, until `stop`."""
        while not stop.is_set():
            stop.wait(PAUSE_SECONDS if self.step() else IDLE_SECONDS)

    def step(self) -> int:
        """One piece of what was left, in a transaction of its own. 0 when nothing is left."""
        with self._database.read() as session:  # an idle look must not cost the one write transaction
            if unfinished.first(session) is None:
                return 0
        pieces = 0
        with self._database.begin() as session:
            lock(session, "audit")  # as every effect of matching
            while self._left(session) and (row := unfinished.first(session, self._last)) is not None:
                self._last = row.partner
                self._continue(session, row)
                pieces += 1
        return pieces

    def _continue(self, session: Session, row: Unfinished) -> None:
        if row.alert != unfinished.EVERY:
            self._pair(session, AlertKey(row.partner, row.alert), row.own_case)
            unfinished.finish(session, row)
        elif (after := self._piece(session, row.partner, row.own_case, row.after)) is None:
            unfinished.finish(session, row)
        else:
            unfinished.move(session, row, after)

    def _left(self, session: Session) -> bool:
        budget = _budget(session)
        return min(budget.proposals, budget.alerts, budget.pairs) > 0

    def _piece(self, session: Session, partner: str, own_case: str, after: str) -> str | None:
        """Compare with the alerts behind `after`; returns the last one done, None when there are no more."""
        budget = _budget(session)
        if not self._left(session):
            return after
        limit = budget.alerts
        alerts, last = self._alerts.live(session, partner, after, limit)
        if not alerts:
            return last
        cases = self._cases.of_cases(session, partner, [own_case]).get(own_case, [])
        known = self._matches.of_case(session, partner, own_case, after, alerts[-1].alert)
        on_record = {row.key.alert: row for row in known}
        for alert in alerts:
            if budget.proposals <= 0:
                return after
            self._one(session, alert, own_case, cases, on_record.get(alert.alert))
            budget.alerts -= 1
            after = alert.alert
        return last

    def _pair(self, session: Session, key: AlertKey, own_case: str) -> None:
        _budget(session).pairs -= 1
        try:
            alert = self._alerts.read(session, [key]).get(key)
            if alert is None:
                return
            cases = self._cases.of_cases(session, key.partner, [own_case]).get(own_case, [])
            known = [match for match in self._matches.of_alert(session, key) if match.own_case == own_case]
            in_common = self._one(session, alert, own_case, cases, known[0] if known else None)
        except CannotDecrypt:
            # A damaged row (case 82): asking again would fail for ever, and hold up every other pair. What is
            # shown of it stays. All that is read is read before anything is written.
            log.get("comparing").exception("alert_unreadable")
            in_common = False
        if not in_common:
            # Nothing in common any more, or it was gone: nobody waits for an answer.
            self._candidates.delete(session, key, own_case)

    def _one(
        self,
        session: Session,
        alert: StoredAlert,
        own_case: str,
        cases: list[OwnCase],
        known: MatchRow | None,
    ) -> bool:
        """False if they have nothing in common."""
        found = look(alert, cases)
        if found is None and known is None:
            return False
        facts = alert.facts()
        if facts.kind is not CaseKind.MISSING:
            found = None
        if self._finer.pair(session, alert, facts, own_case, found, known):
            _budget(session).proposals -= 1
        return found is not None


def _budget(session: Session) -> Budget:
    """Of the whole transaction: the messages of a batch share it."""
    budget: Budget = remembered(session).setdefault(_BUDGET, Budget(PROPOSALS, ALERTS, PAIRS))
    return budget
