"""A share as the desk shows it."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.handlers.alerts.views import ShareView
from services.intake.store.alerts import ShareRow
from shared.post.routes import Lane
from shared.runtime import ids
from shared.store.tables import OutboxRow
from shared.wire.parties import Party, Role

OVERDUE = timedelta(hours=24)


def share_view(session: Session, share: ShareRow, now: datetime) -> ShareView:
    """A share, with what the outbox knows of its newest message: sent, or parked with a reason."""
    state, reason, sent_at = share.state, share.reason, share.sent_at
    if share.message_id is not None:
        outgoing = session.scalar(
            select(OutboxRow).where(
                OutboxRow.lane == Lane.RELAY,
                OutboxRow.recipient == str(Party(share.partner, Role.MATCHING)),
                OutboxRow.message_id == share.message_id,
            )
        )
        if outgoing is not None and outgoing.state == "sent":
            sent_at = outgoing.sent
            state = "sent" if state == "queued" else state
        elif outgoing is not None and state in ("queued", "deleting"):
            reason = reason or outgoing.reason
    deleting = share.deleting_at if state == "deleting" else None
    return ShareView(
        id=share.id,
        short=ids.short(share.id),
        partner=share.partner,
        state=state,
        reason=reason,
        version=share.version,
        queued_at=share.queued_at,
        sent_at=sent_at,
        stored_at=share.stored_at,
        compared_at=share.compared_at,
        deleting_at=share.deleting_at,
        deleted_at=share.deleted_at,
        overdue=deleting is not None and now - deleting > OVERDUE,
    )
