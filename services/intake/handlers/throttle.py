"""Slows down guessing: failed sign-ins are counted per login and per address (case 53).

A growing pause, not a lock for ever: it ends by itself, and other logins are not touched. Whether a login
exists makes no difference, because unknown ones are counted as well (case 54).
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.intake.store.users import LoginAttemptRow
from shared.runtime import ids

FREE = {"login": 5, "source": 30}
"""Failures before the first pause; an address may stand for a whole office."""
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=30)
FORGET = timedelta(hours=24)


class Throttle:
    """Counts failures under a key of its own, so that the table shows no logins and no addresses."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def blocked(self, session: Session, login: str, source: str, now: datetime) -> bool:
        """Whether a sign-in with this login or from this address has to wait."""
        return any(
            row is not None and row.blocked_until is not None and row.blocked_until > now
            for row in (self._row(session, "login", login), self._row(session, "source", source))
        )

    def failed(self, session: Session, login: str, source: str, now: datetime) -> None:
        """Count one failure for both."""
        for scope, value in (("login", login), ("source", source)):
            row = self._row(session, scope, value)
            if row is None:
                row = LoginAttemptRow(
                    id=ids.new_id("attempt"), scope=scope, subject=self._subject(scope, value), failures=0
                )
                session.add(row)
            elif now - row.last_at > FORGET:
                row.failures = 0
            row.failures += 1
            row.last_at = now
            over = row.failures - FREE[scope]
            pause = min(FIRST_PAUSE * 2 ** min(max(over, 0), 10), LONGEST_PAUSE)
            row.blocked_until = now + pause if over >= 0 else None
            session.flush()

    def succeeded(self, session: Session, login: str) -> None:
        """The login's failures are forgotten; the address's stay, or one good account would hide a spray."""
        session.execute(
            delete(LoginAttemptRow).where(
                LoginAttemptRow.scope == "login", LoginAttemptRow.subject == self._subject("login", login)
            )
        )

    def purge(self, session: Session, now: datetime) -> None:
        """Forget what is old."""
        session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.last_at < now - FORGET))

    def _row(self, session: Session, scope: str, value: str) -> LoginAttemptRow | None:
        return session.scalar(
            select(LoginAttemptRow).where(
                LoginAttemptRow.scope == scope, LoginAttemptRow.subject == self._subject(scope, value)
            )
        )

    def _subject(self, scope: str, value: str) -> bytes:
        return hmac.digest(self._key, f"login attempt v1|{scope}|{value}".encode(), hashlib.sha256)
