"""What partners sign for: kept as evidence, and the state of each share moves on (rule 7).

A receipt says that an alert was stored and compared. It never says whether anything was found: `compared`
comes for every alert, at fixed slots (rule 4).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import READS_CASES, SYSTEM, Actor
from services.intake.handlers.alarms import Alarms
from services.intake.handlers.alerts import lost
from services.intake.handlers.errors import NotFound
from services.intake.handlers.ports import Context
from services.intake.store.alerts import AlertRow, ReceiptEvidenceRow, ReceiptItemRow, ShareRow
from services.intake.store.cases import CaseRow
from shared.post.incoming import Incoming
from shared.runtime import clock as clocks
from shared.runtime import ids
from shared.runtime.clock import in_utc
from shared.store import outbox
from shared.store.tables import SettingRow
from shared.wire.codes import ReceiptOutcome
from shared.wire.messages import Receipt, ReceiptItem, SequenceGap

MAX_RESENT = 100
"""Numbers sent again for one receipt, the lowest first; a longer gap also asks for everything anew."""
EVERYTHING_ONCE_IN = timedelta(days=1)
"""How often one partner may have everything anew; an earlier wish waits and is met then."""
WITNESS_EVERY = timedelta(hours=1)
"""How often a receipt is kept that says nothing new."""
_AT_ONCE = 500
DELETED_THERE = "deleted_there"
"""The reason shown for a share that a partner deleted of itself and gave no reason."""
_ORDER = ("pending", "queued", "sent", "stored", "compared")

SendAnew = Callable[[Session, str], int]
"""Sends everything that a partner should have once more; returns how many messages that were."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A signed receipt about one share."""

    message_id: str
    partner: str
    version: int
    outcome: str
    at: datetime
    received_at: datetime


class Receipts:
    """The handler of `receipt`, and what the desk shows of it."""

    def __init__(self, context: Context, alarms: Alarms, send_anew: SendAnew) -> None:
        self._context = context
        self._alarms = alarms
        self._send_anew = send_anew

    def on_receipt(self, session: Session, incoming: Incoming) -> None:
        """Keep the evidence, move the shares on, and send again what is missing."""
        body = incoming.body
        if not isinstance(body, Receipt):
            raise TypeError("only receipt is handled here")
        partner = incoming.organisation
        news = self._take(session, partner, body.items)
        if news or self._is_due(session, partner):
            self._keep(session, incoming, body, news)
        complete = self._resend(session, incoming.sender, body.missing)
        self._everything(session, partner, wanted=body.resend or not complete)
        details = {"items": len(body.items), "missing": len(body.missing)}
        self._context.audit.append(session, SYSTEM, "receipt.received", partner, details)

    def evidence(self, share_id: str, by: Actor) -> list[Evidence]:
        """Every signed word of a partner about one share, the oldest first."""
        by.must_be(READS_CASES)
        with self._context.database.read() as session:
            team = session.scalar(
                select(CaseRow.team)
                .join(AlertRow, AlertRow.case_id == CaseRow.id)
                .join(ShareRow, ShareRow.alert_id == AlertRow.id)
                .where(ShareRow.id == share_id)
            )
            if team is None or not by.sees_team(team):
                raise NotFound()  # another team's is as if it were not there (case 46)
            rows = session.execute(
                select(ReceiptItemRow, ReceiptEvidenceRow)
                .join(ReceiptEvidenceRow, ReceiptItemRow.evidence_id == ReceiptEvidenceRow.id)
                .where(ReceiptItemRow.share_id == share_id)
                .order_by(ReceiptItemRow.id)
            )
            return [
                Evidence(kept.message_id, kept.partner, item.version, item.outcome, item.at, kept.received_at)
                for item, kept in rows
            ]

    def _take(
        self, session: Session, partner: str, items: Sequence[ReceiptItem]
    ) -> list[tuple[str, ReceiptItem]]:
        """Move the shares on. Returns what was not signed before, with the share; a repetition moves, too.

        A partner can say the same again without end, or sign for versions that it was never sent. Of each
        share it can fill a row for each version of it and outcome, and one more for each outcome.
        """
        shares: dict[str, ShareRow] = {}
        for item in items:
            share = session.get(ShareRow, item.alert, with_for_update=True)
            if share is not None and share.partner == partner:
                shares[share.id] = share
        unknown = [item for item in items if item.alert not in shares]
        if [item for item in unknown if not lost.settle(session, partner, item)]:
            # A partner can sign only for what it was given; another one's reference is not even confirmed.
            self._alarms.raise_one(session, "receipt_foreign", partner)
        known = self._signed(session, shares)
        news = []
        for item in items:
            mine = shares.get(item.alert)
            if mine is None:
                continue
            said = (mine.id, min(item.version, mine.version + 1), item.outcome.value)
            if said not in known:
                known.add(said)
                news.append((mine.id, item))
            advance(mine, item, clocks.from_wire(item.at))
        session.flush()
        return news

    def _signed(self, session: Session, shares: Mapping[str, ShareRow]) -> set[tuple[str, int, str]]:
        """What is on record of these shares: share, version and outcome; later versions count as the next."""
        known = set()
        ids_of_shares = sorted(shares)
        for start in range(0, len(ids_of_shares), _AT_ONCE):
            chosen = select(ReceiptItemRow.share_id, ReceiptItemRow.version, ReceiptItemRow.outcome).where(
                ReceiptItemRow.share_id.in_(ids_of_shares[start : start + _AT_ONCE])
            )
            for share_id, version, outcome in session.execute(chosen):
                known.add((share_id, min(version, shares[share_id].version + 1), outcome))
        return known

    def _is_due(self, session: Session, partner: str) -> bool:
        """Whether a receipt that says nothing new is kept for the tip of the partner's log in it."""
        last = session.scalar(
            select(func.max(ReceiptEvidenceRow.received_at)).where(ReceiptEvidenceRow.partner == partner)
        )
        return last is None or not timedelta(0) <= self._context.clock.now() - in_utc(last) < WITNESS_EVERY

    def _keep(
        self, session: Session, incoming: Incoming, body: Receipt, news: Sequence[tuple[str, ReceiptItem]]
    ) -> None:
        evidence = ReceiptEvidenceRow(
            id=ids.new_id("evidence"),
            partner=incoming.organisation,
            message_id=incoming.id,
            evidence=incoming.evidence,
            items=len(body.items),
            head_hash=body.head.hash if body.head else None,
            received_at=self._context.clock.now(),
        )
        session.add(evidence)
        session.flush()
        session.add_all(
            ReceiptItemRow(
                share_id=share_id,
                evidence_id=evidence.id,
                version=item.version,
                outcome=item.outcome,
                at=clocks.from_wire(item.at),
            )
            for share_id, item in news
        )
        session.flush()

    def _resend(self, session: Session, recipient: str, missing: list[SequenceGap]) -> bool:
        """Send the lowest numbers again. False when some are no longer kept, or there are too many."""
        if not missing:
            return True
        every = chain.from_iterable(range(gap.first, gap.last + 1) for gap in missing)
        numbers = list(islice(every, MAX_RESENT + 1))
        gone = outbox.resend(session, recipient, numbers[:MAX_RESENT], self._context.clock.now())
        if gone:
            self._alarms.raise_one(session, "resend_gone", recipient.partition("/")[0])
        return not gone and len(numbers) <= MAX_RESENT

    def _everything(self, session: Session, partner: str, *, wanted: bool) -> None:
        """Send everything anew, once a day at most; a wish that came too early is met at a later receipt."""
        now = self._context.clock.now()
        last = session.get(SettingRow, f"sent_anew.{partner}", with_for_update=True)
        owed = session.get(SettingRow, f"owes_anew.{partner}", with_for_update=True)
        if not wanted and owed is None:
            return
        if last is not None and now < clocks.from_wire(last.value) + EVERYTHING_ONCE_IN:
            session.merge(SettingRow(name=f"owes_anew.{partner}", value=clocks.to_wire(now)))
            return
        session.merge(SettingRow(name=f"sent_anew.{partner}", value=clocks.to_wire(now)))
        if owed is not None:
            session.delete(owed)
        self._send_anew(session, partner)


def advance(share: ShareRow, item: ReceiptItem, at: datetime) -> None:
    """Move a share on; only a word about its present version does, and nothing moves back.

    A deletion that nobody asked for (`deleting_at` is None; the alert expired there) is shown, with a reason,
    but does not end the share: a newer version and a recall are still sent (rule 7).
    """
    if item.version != share.version or share.state == "deleted":
        return
    if item.outcome is ReceiptOutcome.DELETED:
        own_accord = DELETED_THERE if share.deleting_at is None else None
        share.state, share.deleted_at, share.reason = "deleted", at, item.reason or own_accord
        return
    if share.state == "deleting":
        return
    if item.outcome is ReceiptOutcome.REFUSED:
        share.state, share.reason = "refused", item.reason
        return
    if item.outcome is ReceiptOutcome.STORED:
        share.stored_at = share.stored_at or at
    else:
        share.stored_at, share.compared_at = share.stored_at or at, share.compared_at or at
    if share.state in _ORDER and _ORDER.index(share.state) < _ORDER.index(item.outcome):
        share.state, share.reason = item.outcome.value, None
