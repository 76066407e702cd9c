"""Alerts that a restored backup does not know any more, and a partner still holds (case 84).

They were shared after the backup was made. We could never recall them, and they would stay there until they
expire. So the partner's witness file names what it holds of us; what is unknown here is recalled, and the
receipt for that is no word about something that was never given.
"""

import hashlib

from sqlalchemy.orm import Session

from services.intake.handlers.ports import Context
from services.intake.store.alerts import ShareRow
from shared.partners.view import CannotSend
from shared.store.tables import SettingRow
from shared.wire.codes import ReceiptOutcome
from shared.wire.messages import AlertWithdrawn, ReceiptItem
from shared.wire.parties import Party, Role


def recall(context: Context, session: Session, partner: str, alert: str, version: int) -> bool:
    """Recall what `partner` holds and we do not know. False when we know it, or nothing may be sent."""
    if session.get(ShareRow, alert) is not None:
        return False
    try:
        body = AlertWithdrawn(alert=alert, version=version)
        context.post.send(session, Party(partner, Role.MATCHING), body, priority=0)
    except CannotSend:
        return False
    session.merge(SettingRow(name=_name(partner, alert), value="recalled"))
    session.flush()
    return True


def settle(session: Session, partner: str, item: ReceiptItem) -> bool:
    """Whether a receipt is about one of these; then it is noted that the partner deleted it."""
    row = session.get(SettingRow, _name(partner, item.alert), with_for_update=True)
    if row is None:
        return False
    if item.outcome is ReceiptOutcome.DELETED:
        row.value = "deleted"
    return True


def _name(partner: str, alert: str) -> str:
    """A partner signs for what it was given itself, so its id is part of it; hashed, to fit."""
    return "lost." + hashlib.sha256(f"{partner}|{alert}".encode()).hexdigest()[:40]
