"""The places where a person is signed in: listed for themselves, and ended from afar (case 45)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from services.intake.handlers.actor import Actor
from services.intake.handlers.errors import NotFound
from services.intake.handlers.ports import Context
from services.intake.handlers.signin import IDLE
from services.intake.store.users import SessionRow


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One sign-in that is still good."""

    id: str
    created_at: datetime
    last_seen_at: datetime


class Sessions:
    """One's own sign-ins; nobody sees another person's."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def overview(self, by: Actor) -> list[OpenSession]:
        """Where this person is signed in now, the newest first."""
        now = self._context.clock.now()
        chosen = (
            select(SessionRow)
            .where(
                SessionRow.user_id == by.id,
                SessionRow.revoked_at.is_(None),
                SessionRow.half.is_(False),
                SessionRow.expires_at > now,
                SessionRow.last_seen_at > now - IDLE,
            )
            .order_by(SessionRow.created_at.desc(), SessionRow.id)
        )
        with self._context.database.read() as session:
            rows = session.scalars(chosen)
            return [OpenSession(row.id, row.created_at, row.last_seen_at) for row in rows]

    def end(self, session_id: str, by: Actor) -> None:
        """End one of one's own sign-ins. NotFound for anybody else's."""
        with self._context.database.begin() as session:
            row = session.get(SessionRow, session_id)
            if row is None or row.user_id != by.id:
                raise NotFound()
            if row.revoked_at is None:
                row.revoked_at = self._context.clock.now()
                self._context.audit.append(session, by.id, "sign_in.ended", session_id, {})

    def end_all(self, by: Actor) -> None:
        """End all of one's own sign-ins."""
        with self._context.database.begin() as session:
            mine = update(SessionRow).where(SessionRow.user_id == by.id, SessionRow.revoked_at.is_(None))
            session.execute(mine.values(revoked_at=self._context.clock.now()))
            self._context.audit.append(session, by.id, "sign_in.all_ended", by.id, {})
