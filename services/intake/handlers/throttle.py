"""Slows down guessing without keeping colleagues out (cases 53 and 54).

Failures are counted three times: for an account, for an account at one address, and for an address. A
growing pause follows, not a lock for ever. Whether a login exists makes no difference: unknown ones are
counted as well.

A whole centre may stand behind one address, and whoever sits there can fail on purpose. So an account that
signed in from this address lately is *at home* there: neither what others fail at this address nor what
anybody fails with this account elsewhere counts for it. At home only its own failures at home do, and they
bound guessing there. Everywhere else all three count.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from services.intake.store.users import LoginAttemptRow
from shared.runtime import ids


@dataclass(frozen=True, slots=True)
class Scope:
    """What failures are counted for: how many are free, and how long the pauses may become."""

    name: str
    free: int
    longest: timedelta


ACCOUNT = Scope("login", 5, timedelta(minutes=30))
HOME = Scope("home", 5, timedelta(minutes=10))
"""Shorter, since a colleague at the same address may mean to keep the account out."""
ADDRESS = Scope("source", 30, timedelta(minutes=10))
"""Softer: it may stand for a whole office, with people who sign in there for the first time."""
FIRST_PAUSE = timedelta(seconds=15)
NOTE_EVERY = timedelta(minutes=1)
FORGET = timedelta(hours=24)
AT_HOME_FOR = timedelta(days=30)
"""How long a right sign-in makes an address a home of the account."""


class Throttle:
    """Counts failures under a key of its own, so that the table shows no logins and no addresses."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def blocked(self, session: Session, login: str, source: str, now: datetime) -> bool:
        """Whether a sign-in with this login from this address has to wait."""
        return bool(self._blocking(session, login, source, now))

    def worth_noting(self, session: Session, login: str, source: str, now: datetime) -> bool:
        """Whether a try during a pause is written down: one a minute, or guessing would fill the log."""
        return all(
            row.noted_at is None or now - row.noted_at >= NOTE_EVERY
            for row in self._blocking(session, login, source, now)
        )

    def noted(self, session: Session, login: str, source: str, now: datetime) -> None:
        """It was written down."""
        for row in self._blocking(session, login, source, now):
            row.noted_at = now
        session.flush()

    def _blocking(self, session: Session, login: str, source: str, now: datetime) -> list[LoginAttemptRow]:
        rows = [
            self._row(session, scope, value) for scope, value in self._counted(session, login, source, now)
        ]
        return [row for row in rows if row is not None and row.blocked_until and row.blocked_until > now]

    def failed(self, session: Session, login: str, source: str, now: datetime) -> None:
        """Count one failure wherever it counts."""
        for scope, value in self._counted(session, login, source, now):
            row = self._row(session, scope, value) or self._new(session, scope, value, now)
            if now - row.last_at > FORGET:
                row.failures = 0
            row.failures += 1
            row.last_at = now
            over = row.failures - scope.free
            pause = min(FIRST_PAUSE * 2 ** min(max(over, 0), 10), scope.longest)
            row.blocked_until = now + pause if over >= 0 else None
            session.flush()

    def succeeded(self, session: Session, login: str, source: str, now: datetime) -> None:
        """The account is at home here from now on, and what counted for it here is forgotten.

        The address's failures stay, or one good account would hide a spray; and if it was at home already,
        so do those of the account elsewhere, or every morning's sign-in would give a guesser new tries.
        """
        for scope, value in self._counted(session, login, source, now):
            row = self._row(session, scope, value)
            if row is not None and scope is not ADDRESS:
                row.failures, row.blocked_until = 0, None
        home = self._row(session, HOME, _pair(login, source)) or self._new(
            session, HOME, _pair(login, source), now
        )
        home.good_at = now
        session.flush()

    def purge(self, session: Session, now: datetime) -> None:
        """Forget what is old."""
        no_home = or_(LoginAttemptRow.good_at.is_(None), LoginAttemptRow.good_at < now - AT_HOME_FOR)
        session.execute(delete(LoginAttemptRow).where(and_(LoginAttemptRow.last_at < now - FORGET, no_home)))

    def _counted(
        self, session: Session, login: str, source: str, now: datetime
    ) -> tuple[tuple[Scope, str], ...]:
        """What a try with this login from this address counts for."""
        home = self._row(session, HOME, _pair(login, source))
        at_home = home is not None and home.good_at is not None and now - home.good_at < AT_HOME_FOR
        if at_home:
            return ((HOME, _pair(login, source)),)
        return (ACCOUNT, login), (HOME, _pair(login, source)), (ADDRESS, source)

    def _new(self, session: Session, scope: Scope, value: str, now: datetime) -> LoginAttemptRow:
        row = LoginAttemptRow(
            id=ids.new_id("attempt"),
            scope=scope.name,
            subject=self._subject(scope, value),
            failures=0,
            last_at=now,
        )
        session.add(row)
        return row

    def _row(self, session: Session, scope: Scope, value: str) -> LoginAttemptRow | None:
        return session.scalar(
            select(LoginAttemptRow).where(
                LoginAttemptRow.scope == scope.name, LoginAttemptRow.subject == self._subject(scope, value)
            )
        )

    def _subject(self, scope: Scope, value: str) -> bytes:
        return hmac.digest(self._key, f"login attempt v1|{scope.name}|{value}".encode(), hashlib.sha256)


def _pair(login: str, source: str) -> str:
    return f"{len(login)}|{login}|{source}"
