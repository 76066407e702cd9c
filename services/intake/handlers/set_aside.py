"""Accounts after a restore: switched off, because the backup does not know who left since (case 84, rule 9).

Who was dismissed after the backup was made would be back, with their old password. So a restore ends every
sign-in and token and sets every account aside. An administrator whose account was set aside may act on the
command line, where the release happens, and says of each colleague that they are still here.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.intake.store.users import ApiTokenRow, InvitationRow, SessionRow, UserRow


def everybody(session: Session, now: datetime) -> int:
    """Switch off every account that is on, and end all sign-ins and tokens; returns how many accounts."""
    on = update(UserRow).where(UserRow.active.is_(True)).values(active=False, set_aside=True)
    changed: int = session.connection().execute(on).rowcount
    for table in (SessionRow, ApiTokenRow, InvitationRow):
        session.execute(update(table).where(table.revoked_at.is_(None)).values(revoked_at=now))
    return changed


def admit(session: Session, user_id: str) -> None:
    """Switch one account on again; nothing happens for an id that is no account."""
    row = session.get(UserRow, user_id)
    if row is not None:
        row.active, row.set_aside = True, False
        session.flush()
