"""What matching does with each message, and what it does by the clock."""

import threading
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from services.matching.columns import Columns
from services.matching.comparing import Comparing
from services.matching.continuing import Continuing
from services.matching.deciding import Deciding, Weighing
from services.matching.finer import Finer
from services.matching.handlers.alerts import KEYS_VERSION, AlertHandlers
from services.matching.handlers.candidates import CandidateHandlers
from services.matching.handlers.cases import CaseHandlers
from services.matching.handlers.partners import PartnerHandlers
from services.matching.handlers.periodic import Expiry, Receipts
from services.matching.proposing import Proposing
from services.matching.store.alerts import Alerts
from services.matching.store.candidates import Candidates
from services.matching.store.cases import Cases
from services.matching.store.content import AlertContentSealer
from services.matching.store.kept import KeptDecisions
from services.matching.store.matches import Matches
from shared.crypto.rest import RestCipher
from shared.post.incoming import BatchHandler, Handler, Incoming
from shared.post.sender import Post
from shared.runtime.clock import Clock, ClockGuard
from shared.store.audit import Audit, Signer
from shared.store.engine import Database, lock
from shared.wire.parties import Party

__all__ = ["Handlers"]


class Handlers:
    """Builds what matching consists of. `handlers` is for the processor, the methods for loops."""

    def __init__(
        self,
        *,
        database: Database,
        post: Post,
        clock: Clock,
        cipher: RestCipher,
        audit: Audit,
        me: Party,
        receipt_slot_seconds: int,
        guard: ClockGuard | None = None,
        sign_head: Signer | None = None,
        column_bytes: int | None = None,
    ) -> None:
        """`me` is this node's matching party. `guard` holds back expiry while the clock jumps (case 27).

        `column_bytes` bounds the pseudonyms that are kept in memory; None: a share of the machine's.

        `sign_head` signs heads of the audit chain, which then travel in receipts.
        """
        alerts, cases, matches = Alerts(AlertContentSealer(cipher)), Cases(cipher), Matches(cipher)
        candidates = Candidates(cipher)
        self.columns = Columns(cases, most_bytes=column_bytes)
        comparing = Comparing(cases, self.columns)
        proposing = Proposing(matches, post, audit, clock, str(me))
        finer = Finer(cases, candidates, proposing, post, clock)
        weighing = Weighing(alerts, cases, candidates)
        deciding = Deciding(matches, KeptDecisions(cipher), weighing, clock, KEYS_VERSION)
        about_alerts = AlertHandlers(
            alerts, matches, candidates, comparing, finer, proposing, post, audit, clock, receipt_slot_seconds
        )
        self._continuing = Continuing(database, cases, alerts, matches, candidates, finer, clock)
        about_cases = CaseHandlers(cases, matches, candidates, self.columns, self._continuing, audit, clock)
        about_partners = PartnerHandlers(
            alerts, cases, matches, candidates, self.columns, proposing, deciding, audit
        )
        about_candidates = CandidateHandlers(candidates, self._continuing, clock)
        self._receipts = Receipts(database, post, audit, clock, me, receipt_slot_seconds, sign_head)
        self._about_partners = about_partners
        self._expiry = Expiry(database, about_alerts, alerts, clock, guard)
        self.handlers: Mapping[str, Handler] = {
            name: _in_order(handler)
            for name, handler in {
                "alert.published": about_alerts.published,
                "alert.updated": about_alerts.updated,
                "alert.withdrawn": about_alerts.withdrawn,
                "tombstone": about_alerts.tombstone,
                "case.pseudonyms": about_cases.pseudonyms,
                "case.closed": about_cases.closed,
                "epoch.closed": about_cases.epoch_closed,
                "candidate.compared": about_candidates.compared,
                "partner.changed": about_partners.changed,
                "match.decided": about_partners.decided,
            }.items()
        }
        self.batches: Mapping[str, BatchHandler] = {
            "alert.published": _batch_in_order(about_alerts.published_many)
        }

    def send_receipts(self) -> int:
        """Send what is due at the current slot, once however often it is called; how many."""
        return self._receipts.send()

    def ask_anew(self, session: Session, organisation: str) -> None:
        """Something of this partner cannot be opened any more: ask for everything anew (case 20)."""
        lock(session, "audit")
        self._about_partners.ask_anew(session, organisation)

    def compare_more(self) -> int:
        """One piece of the comparisons that earlier transactions left over; 0 when nothing is left."""
        return self._continuing.step()

    def ask_again(self) -> int:
        """Take up what intake did not answer in time; how much."""
        return self._continuing.ask_again()

    def keep_comparing(self, stop: threading.Event) -> None:
        """`compare_more` until `stop`, with pauses in which others have their turn."""
        self._continuing.run(stop)

    def expire_alerts(self) -> int:
        """Delete alerts whose end has passed; how many. Raises ClockJumped while the clock is not steady."""
        return self._expiry.run()


def _in_order(handler: Callable[[Session, Incoming], None]) -> Handler:
    def handle(session: Session, incoming: Incoming) -> None:
        # Effects of several workers follow one another. Otherwise an alert and an own case that arrive
        # together would each be compared before the other is visible, and the match be lost. The audit log
        # takes the same lock for every effect, so nothing is slower for it, and one lock cannot deadlock.
        lock(session, "audit")
        handler(session, incoming)

    return handle


def _batch_in_order(handler: BatchHandler) -> BatchHandler:
    def handle(session: Session, messages: Sequence[Incoming]) -> None:
        lock(session, "audit")
        handler(session, messages)

    return handle
