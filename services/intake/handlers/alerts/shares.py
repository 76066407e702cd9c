"""Sends one alert to its partners, each under a reference of its own, and takes it back again."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from services.intake.domain.alert import AlertState, Choices
from services.intake.domain.codes import MsgStatus, PermittedUse, Tlp
from services.intake.handlers.alerts.content import content
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.pseudonyms.policies import open_epochs, policy_of
from services.intake.store.alerts import AlertRow, ShareRow
from services.intake.store.cases import CaseRow
from shared.partners.view import CannotSend
from shared.runtime import ids
from shared.wire.codes import Urgency
from shared.wire.messages import AlertPublished, AlertUpdated, AlertWithdrawn, Body, Tombstone
from shared.wire.parties import Party, Role

PRIORITY: dict[Urgency, int] = {
    Urgency.IMMEDIATE: 0,
    Urgency.EXPECTED: 3,
    Urgency.FUTURE: 5,
    Urgency.PAST: 9,
    Urgency.UNKNOWN: 9,
}
"""What goes first when there is a queue; a recall goes before everything."""
RECALL = 0
RECALLS_REPEATED_FOR = timedelta(days=67)
"""As long as a backup may be kept, and so be restored by a partner (OPERATIONS 7)."""


class Shares:
    """All sending of alerts. Works within the caller's transaction."""

    def __init__(self, context: Context, people: People) -> None:
        self._context = context
        self._people = people

    def publish(self, session: Session, alert: AlertRow, partner: str) -> ShareRow:
        """Give the alert to one partner for the first time."""
        share = ShareRow(
            id=ids.new_id("alert"),
            alert_id=alert.id,
            partner=partner,
            version=1,
            epoch=0,
            state="pending",
        )
        session.add(share)
        session.flush()
        self._send_content(session, alert, share, AlertPublished)
        return share

    def update(self, session: Session, alert: AlertRow, share: ShareRow) -> None:
        """Send a newer version, with fresh salts and the tags of every open epoch."""
        if share.deleting_at is not None:
            return
        first = share.queued_at is None
        if not first:
            share.version += 1
        share.stored_at = share.compared_at = share.deleted_at = share.reason = None
        self._send_content(session, alert, share, AlertPublished if first else AlertUpdated)

    def withdraw(self, session: Session, share: ShareRow) -> None:
        """Recall the alert; open until the partner signed that it deleted it (rule 7).

        Also when the partner says that it deleted it already: it may hold a newer version than it says.
        """
        if share.deleting_at is not None:
            return  # it was recalled before
        share.version += 1
        self._recall(session, share, AlertWithdrawn(alert=share.id, version=share.version))

    def withdraw_case(self, session: Session, case_id: str) -> int:
        """Withdraw every live alert of a case; returns how many shares were recalled."""
        alerts = session.scalars(
            select(AlertRow).where(AlertRow.case_id == case_id, AlertRow.state == AlertState.PUBLISHED)
        ).all()
        return sum(self.withdraw_alert(session, alert) for alert in alerts)

    def withdraw_alert(self, session: Session, alert: AlertRow) -> int:
        """Withdraw one alert everywhere."""
        alert.state, alert.version = AlertState.WITHDRAWN, alert.version + 1
        alert.ended_at = alert.changed_at = self._context.clock.now()
        shares = self.of_alert(session, alert.id)
        for share in shares:
            self.withdraw(session, share)
        return len(shares)

    def erase_case(self, session: Session, case_id: str) -> int:
        """A tombstone for every share that ever was, also withdrawn ones: they must not come back."""
        alerts = session.scalars(select(AlertRow).where(AlertRow.case_id == case_id)).all()
        recalled = 0
        for alert in alerts:
            alert.state, alert.version, alert.because = AlertState.ERASED, alert.version + 1, None
            alert.ended_at = alert.changed_at = self._context.clock.now()
            for share in self.of_alert(session, alert.id):
                share.version += 1
                self._recall(session, share, Tombstone(alert=share.id, version=share.version))
                recalled += 1
        return recalled

    def republish(self, session: Session, partner: str) -> int:
        """Every live alert as a newer version: a new epoch began."""
        live = self._live(session, partner)
        for alert, share in live:
            self.update(session, alert, share)
        return len(live)

    def send_anew(self, session: Session, partner: str) -> int:
        """The partner asks for everything anew (case 20): live alerts, and recalls.

        Also recalls that it signed for: after a restore from an old backup it holds again what it deleted.
        """
        live = self._live(session, partner)
        for alert, share in live:
            self._send_content(session, alert, share, AlertPublished)
        return len(live) + self._repeat_recalls(session, partner, only_unsent=False)

    def send_pending(self, session: Session, partner: str) -> int:
        """The partner can be sent to again: what could not go before goes now."""
        live = [(alert, share) for alert, share in self._live(session, partner) if share.message_id is None]
        for alert, share in live:
            kind = AlertPublished if share.queued_at is None else AlertUpdated
            self._send_content(session, alert, share, kind)
        return len(live) + self._repeat_recalls(session, partner, only_unsent=True)

    def of_alert(self, session: Session, alert_id: str) -> Sequence[ShareRow]:
        """The shares of an alert, by partner."""
        chosen = select(ShareRow).where(ShareRow.alert_id == alert_id).order_by(ShareRow.partner)
        return session.scalars(chosen).all()

    def _live(self, session: Session, partner: str) -> list[tuple[AlertRow, ShareRow]]:
        now = self._context.clock.now()
        rows = session.execute(
            select(AlertRow, ShareRow)
            .join(ShareRow, ShareRow.alert_id == AlertRow.id)
            .where(
                ShareRow.partner == partner,
                ShareRow.deleting_at.is_(None),
                AlertRow.state == AlertState.PUBLISHED,
                AlertRow.expires_at > now,
            )
            .order_by(AlertRow.created_at, AlertRow.id)
        )
        return [(alert, share) for alert, share in rows]

    def _repeat_recalls(self, session: Session, partner: str, *, only_unsent: bool) -> int:
        chosen = (
            select(AlertRow, ShareRow)
            .join(ShareRow, ShareRow.alert_id == AlertRow.id)
            .where(ShareRow.partner == partner)
        )
        still_open = ShareRow.state == "deleting"
        if only_unsent:
            chosen = chosen.where(still_open, ShareRow.message_id.is_(None))
        else:
            recalled = and_(ShareRow.deleting_at.is_not(None), ShareRow.queued_at.is_not(None))
            lately = AlertRow.ended_at >= self._context.clock.now() - RECALLS_REPEATED_FOR
            chosen = chosen.where(or_(still_open, and_(ShareRow.state == "deleted", recalled, lately)))
        count = 0
        for alert, share in session.execute(chosen.order_by(ShareRow.deleting_at, ShareRow.id)).all():
            if share.state == "deleted":
                share.deleting_at = None  # open again from now on, and overdue in a day
            kind = Tombstone if alert.state == AlertState.ERASED else AlertWithdrawn
            self._recall(session, share, kind(alert=share.id, version=share.version))
            count += 1
        return count

    def _send_content(
        self,
        session: Session,
        alert: AlertRow,
        share: ShareRow,
        kind: type[AlertPublished] | type[AlertUpdated],
    ) -> None:
        case = session.get_one(CaseRow, alert.case_id)
        epochs = open_epochs(policy_of(session, share.partner), self._context.clock.now())
        body = content(
            self._context,
            kind,
            reference=share.id,
            version=share.version,
            partner=share.partner,
            epochs=epochs,
            case=case,
            person=self._people.load(session, case.id),
            choices=choices_of(alert),
            urgency=Urgency(alert.urgency),
            expires=alert.expires_at,
        )
        share.epoch = epochs[0]
        if self._post(session, share, body, PRIORITY[Urgency(alert.urgency)]):
            share.state, share.queued_at = "queued", self._context.clock.now()
            share.sent_at = share.deleted_at = None
        else:
            share.state = "pending"
        session.flush()

    def _recall(self, session: Session, share: ShareRow, body: AlertWithdrawn | Tombstone) -> None:
        never_sent = share.queued_at is None
        share.state, share.deleting_at = "deleting", share.deleting_at or self._context.clock.now()
        share.deleted_at = None  # until it is signed for this version
        if never_sent:
            # Nothing ever left for this partner, so there is nothing that it could delete.
            share.state, share.deleted_at = "deleted", self._context.clock.now()
        else:
            self._post(session, share, body, RECALL)
        session.flush()

    def _post(self, session: Session, share: ShareRow, body: Body, priority: int) -> bool:
        """False when nothing may be sent to this partner now; the share says why and waits."""
        try:
            to = Party(share.partner, Role.MATCHING)
            share.message_id = self._context.post.send(session, to, body, priority=priority)
        except CannotSend as held:
            share.message_id, share.reason = None, held.reason.value
            return False
        share.reason = None
        return True


def choices_of(alert: AlertRow) -> Choices:
    """What the caseworker ticked."""
    return Choices(
        released=frozenset(alert.released),
        status=MsgStatus(alert.msg_status),
        tlp=Tlp(alert.tlp),
        permitted_use=PermittedUse(alert.permitted_use),
    )
