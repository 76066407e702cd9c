"""Staff accounts: created and switched off by an administrator, never deleted."""

from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.intake.handlers.actor import ADMINISTERS, SYSTEM, Actor, UserRole
from services.intake.handlers.errors import LoginTaken, NotFound, WeakPassword
from services.intake.handlers.ports import Context
from services.intake.store.users import ApiTokenRow, SessionRow, UserRow
from shared.runtime import ids

MIN_PASSWORD = 12
MAX_PASSWORD = 256
"""Longer input is refused before it is hashed, so that nobody can keep the processor busy with it."""


@dataclass(frozen=True, slots=True)
class User:
    """A member of staff, for lists."""

    id: str
    login: str
    name: str
    role: UserRole
    language: str
    team: str
    active: bool


class Users:
    """Accounts."""

    def __init__(self, context: Context, hasher: PasswordHasher) -> None:
        self._context = context
        self._hasher = hasher

    def create(
        self,
        login: str,
        password: str,
        name: str,
        role: UserRole,
        *,
        language: str = "en",
        team: str = "main",
        by: Actor | None = None,
    ) -> User:
        """Add an account; `by` None is the set-up command. Raises LoginTaken, WeakPassword, NotAllowed."""
        if by is not None:
            by.must_be(ADMINISTERS)
        folded = fold_login(login)
        check_password(password, folded)
        row = UserRow(
            id=ids.new_id("user"),
            login=folded,
            password_hash=self._hasher.hash(password),
            name=name,
            role=role,
            language=language,
            team=team,
            active=True,
            created_at=self._context.clock.now(),
        )
        with self._context.database.begin() as session:
            if session.scalar(select(UserRow.id).where(UserRow.login == folded)) is not None:
                raise LoginTaken()
            session.add(row)
            actor = by.id if by else SYSTEM
            self._context.audit.append(session, actor, "user.created", row.id, {"role": role})
        return _user(row)

    def overview(self, by: Actor) -> list[User]:
        """All accounts, by login."""
        by.must_be(ADMINISTERS)
        with self._context.database.read() as session:
            return [_user(row) for row in session.scalars(select(UserRow).order_by(UserRow.login))]

    def deactivate(self, user_id: str, by: Actor) -> None:
        """Switch an account off and end its sessions and tokens at once (case 98)."""
        by.must_be(ADMINISTERS)
        with self._context.database.begin() as session:
            row = _existing(session, user_id)
            row.active = False
            self._end_everything(session, user_id)
            self._context.audit.append(session, by.id, "user.deactivated", user_id, {})

    def change_password(self, user_id: str, password: str, by: Actor) -> None:
        """Set a new password, one's own or as an administrator; ends every session (case 45)."""
        if by.id != user_id:
            by.must_be(ADMINISTERS)
        with self._context.database.read() as session:
            login = _existing(session, user_id).login
        check_password(password, login)
        hashed = self._hasher.hash(password)
        with self._context.database.begin() as session:
            _existing(session, user_id).password_hash = hashed
            self._end_everything(session, user_id)
            self._context.audit.append(session, by.id, "user.password_changed", user_id, {})

    def _end_everything(self, session: Session, user_id: str) -> None:
        now = self._context.clock.now()
        for table in (SessionRow, ApiTokenRow):
            live = update(table).where(table.user_id == user_id, table.revoked_at.is_(None))
            session.execute(live.values(revoked_at=now))


def fold_login(login: str) -> str:
    """Logins are compared without regard to case and surrounding spaces."""
    return login.strip().casefold()


def check_password(password: str, login: str) -> None:
    """Raise WeakPassword for one that is short, overlong or the login itself."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD or fold_login(password) == login:
        raise WeakPassword()


def _existing(session: Session, user_id: str) -> UserRow:
    row = session.get(UserRow, user_id)
    if row is None:
        raise NotFound()
    return row


def _user(row: UserRow) -> User:
    return User(row.id, row.login, row.name, UserRole(row.role), row.language, row.team, row.active)
