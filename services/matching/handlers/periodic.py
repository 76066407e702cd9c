"""What matching does by the clock: receipts at fixed slots, and the end of alerts."""

import hashlib

from sqlalchemy.orm import Session

from services.matching.domain import slots
from services.matching.handlers.alerts import AlertHandlers
from services.matching.store import partners, receipts
from services.matching.store.alerts import Alerts
from services.matching.store.partners import Partner
from shared.post.routes import stream
from shared.post.sender import Post
from shared.runtime import log
from shared.runtime.clock import Clock, ClockGuard
from shared.store import sequence
from shared.store.audit import Audit, Signer
from shared.store.engine import Database, lock
from shared.store.outbox import Priority
from shared.wire.messages import AuditHead, Receipt, ReceiptItem, SequenceGap
from shared.wire.parties import Party, Role

ITEMS_PER_RECEIPT = 500
GAPS_PER_RECEIPT = 50
RECEIPTS_PER_SLOT = 16
"""Per partner. Two facts for each alert and one for each recall that may arrive in a slot (allowances) fit
in; what is more, after an overload, is told in the slots after, the oldest first."""

SLOTS_TO_HANDLE = 1
"""Between the slot in which a message arrived and the one that tells of it."""

REPEAT_GAPS_AFTER = 15
"""Slots after which the same gaps are told again, together with the request to send everything anew."""

_EXPIRED_AT_ONCE = 100


class Receipts:
    """At every slot boundary, one receipt to each partner to whom something is owed.

    A message that arrived in slot k is told of at the beginning of slot k + 2, never earlier: a whole slot to
    handle it, so that neither times nor numbers of items depend on how long comparing took, and so on what
    matched (rule 4, case 43). More than 500 facts go out as several receipts at the same boundary.
    """

    def __init__(
        self,
        database: Database,
        post: Post,
        audit: Audit,
        clock: Clock,
        me: Party,
        slot_seconds: int,
        sign_head: Signer | None,
    ) -> None:
        self._database = database
        self._post = post
        self._audit = audit
        self._clock = clock
        self._me = me
        self._slot_seconds = slot_seconds
        self._sign_head = sign_head
        self._done_slot = -1

    def send(self) -> int:
        """Send the receipts of the current slot unless that was done; returns how many went out.

        A partner whose receipt cannot be sent holds up nobody else; its error is raised at the end.
        """
        slot = slots.number(self._clock.now(), self._slot_seconds)
        if slot == self._done_slot:
            return 0
        with self._database.read() as session:
            waiting = [row.partner for row in partners.everyone(session) if row.may_speak]
        sent, failure = 0, None
        for partner in waiting:
            try:
                with self._database.begin() as session:
                    sent += self._to_partner(session, partner, slot)
            except Exception as error:  # raised again below
                log.get("receipts").exception("receipt_not_sent")
                failure = error
        if failure is not None:
            raise failure
        self._done_slot = slot
        return sent

    def _to_partner(self, session: Session, organisation: str, slot: int) -> int:
        lock(session, "audit")
        if not partners.take_slot(session, organisation, slot):
            return 0
        partner = partners.known(session, organisation)
        before = slots.start(slot - SLOTS_TO_HANDLE, self._slot_seconds)
        gaps, again = self._gaps(session, partner, slot)
        resend = wanted = partner.wants_resend or again
        gaps = [] if wanted else gaps  # everything that counts comes anew, under new numbers
        sent = 0
        while sent < RECEIPTS_PER_SLOT:
            rows, items = receipts.due(session, organisation, before, ITEMS_PER_RECEIPT)
            if not (items or gaps or resend):
                break
            self._send(session, organisation, items, gaps, resend=resend)
            receipts.told(session, rows)
            gaps, resend = [], False
            sent += 1
            if len(items) < ITEMS_PER_RECEIPT - 1:  # one place stays empty where the next fact has two items
                break
        if wanted:
            # Everything that counts comes anew under new numbers, so the old ones are not waited for.
            sequence.give_up(session, self._numbers_of(organisation))
            partners.change(session, organisation, wants_resend=False)
        return sent

    def _send(
        self,
        session: Session,
        organisation: str,
        items: list[ReceiptItem],
        gaps: list[SequenceGap],
        *,
        resend: bool,
    ) -> None:
        body = Receipt(items=items, missing=gaps, resend=resend, head=self._head(session))
        message = self._post.send(session, Party(organisation, Role.INTAKE), body, priority=Priority.BULK)
        details: dict[str, str | int] = {"items": len(items), "message": message}
        self._audit.append(session, str(self._me), "receipt.sent", organisation, details)

    def _head(self, session: Session) -> AuditHead | None:
        if self._sign_head is None:
            return None
        head = self._audit.sign_head(session, self._sign_head)
        return None if head is None else AuditHead(hash=head.hash.hex())

    def _gaps(self, session: Session, partner: Partner, slot: int) -> tuple[list[SequenceGap], bool]:
        """The numbers that never arrived, unless the partner was told of just these a short while ago.

        True with them when telling did not help: the partner no longer has them, or has them sealed for a
        key that is destroyed here. Then everything is asked for anew, once, instead of the same for ever.
        """
        missing = sequence.missing(session, self._numbers_of(partner.partner), limit=GAPS_PER_RECEIPT)
        gaps = [SequenceGap(first=gap.first, last=gap.last) for gap in missing]
        if not gaps:
            return [], False
        text = ",".join(f"{gap.first}-{gap.last}" for gap in gaps)
        seen = hashlib.sha256(text.encode()).hexdigest()
        told_before = partner.gaps_told == seen
        if told_before and slot < partner.gaps_told_slot + REPEAT_GAPS_AFTER:
            return [], False
        partners.change(session, partner.partner, gaps_told=seen, gaps_told_slot=slot)
        return gaps, told_before

    def _numbers_of(self, organisation: str) -> str:
        return stream(Party(organisation, Role.INTAKE), self._me)


class Expiry:
    """Deletes alerts whose end has passed, with their receipts."""

    def __init__(
        self,
        database: Database,
        handlers: AlertHandlers,
        alerts: Alerts,
        clock: Clock,
        guard: ClockGuard | None,
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._alerts = alerts
        self._clock = clock
        self._guard = guard

    def run(self) -> int:
        """Delete what is over; returns how many. Raises ClockJumped while the clock jumps (case 27)."""
        if self._guard is not None:
            self._guard.require_steady()
        expired = 0
        while True:
            with self._database.begin() as session:
                lock(session, "audit")
                over = self._alerts.over(session, self._clock.now(), _EXPIRED_AT_ONCE)
                for key, known in over:
                    self._handlers.expired(session, key, known)
            expired += len(over)
            if len(over) < _EXPIRED_AT_ONCE:
                return expired
