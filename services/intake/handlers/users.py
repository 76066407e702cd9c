"""Staff accounts: created and switched off by an administrator, never deleted."""

from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from services.intake.handlers import set_aside, two_people
from services.intake.handlers.actor import ADMINISTERS, SYSTEM, Actor, UserRole
from services.intake.handlers.errors import LoginTaken, NotFound, OwnAccount, WeakPassword
from services.intake.handlers.ports import Context
from services.intake.store.second_steps import CodeDeviceRow, PaperCodeRow
from services.intake.store.users import ApiTokenRow, InvitationRow, SessionRow, UserRow
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
    set_aside: bool
    """Off since a restore, until an administrator says that this person is still here."""
    created_by: str | None
    password_by: str | None
    must_change: bool
    invited: bool
    second_step: bool


@dataclass(frozen=True, slots=True)
class Leaving:
    """What ended with an account, and what is left to do (case 98)."""

    name: str
    role: UserRole
    team: str
    sessions: int
    tokens: int
    links: int
    """Links for colleagues that this person had made."""


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
        """Add an account; `by` None is the set-up command. Raises LoginTaken, WeakPassword, NotAllowed.

        A password that another person chose is good for one thing: to set one's own.
        """
        if by is not None:
            by.must_be(ADMINISTERS)
        folded = fold_login(login)
        check_password(password, folded)
        now, maker = self._context.clock.now(), by.id if by else None
        row = UserRow(
            id=ids.new_id("user"),
            login=folded,
            password_hash=self._hasher.hash(password),
            name=name,
            role=role,
            language=language,
            team=team,
            active=True,
            created_at=now,
            created_by=maker,
            password_by=maker,
            must_change=maker is not None,
        )
        with self._context.database.begin() as session:
            if session.scalar(select(UserRow.id).where(UserRow.login == folded)) is not None:
                raise LoginTaken()
            row.counts_from = None if by is None else two_people.counts_from(session, now)
            session.add(row)
            actor = by.id if by else SYSTEM
            self._context.audit.append(session, actor, "user.created", row.id, {"role": role})
        return _user(row)

    def overview(self, by: Actor) -> list[User]:
        """All accounts, by login."""
        by.must_be(ADMINISTERS)
        with self._context.database.read() as session:
            return [_user(row) for row in session.scalars(select(UserRow).order_by(UserRow.login))]

    def deactivate(self, user_id: str, by: Actor) -> Leaving:
        """Switch an account off. Its sessions, tokens and links end at once, and those it made (case 98).

        Raises OwnAccount.
        """
        by.must_be(ADMINISTERS)
        if by.id == user_id:
            raise OwnAccount()
        with self._context.database.begin() as session:
            row = _existing(session, user_id)
            row.active = row.set_aside = row.invited = False
            now = self._context.clock.now()
            sessions, tokens = end_everything(session, user_id, now)
            links = void(session, now, InvitationRow.created_by == user_id)
            self._context.audit.append(session, by.id, "user.deactivated", user_id, {})
            return Leaving(row.name, UserRole(row.role), row.team, sessions, tokens, links)

    def end_sign_ins(self, user_id: str, by: Actor) -> None:
        """Sign somebody out everywhere, and end their tokens: a telephone was lost, or worse."""
        by.must_be(ADMINISTERS)
        with self._context.database.begin() as session:
            _existing(session, user_id)
            end_everything(session, user_id, self._context.clock.now())
            self._context.audit.append(session, by.id, "user.signed_out", user_id, {})

    def take_second_step(self, user_id: str, by: Actor) -> None:
        """Somebody lost telephone and paper. For a week they are no second person: see two_people.

        Raises OwnAccount: one's own is taken away on one's own page, with a proof.
        """
        by.must_be(ADMINISTERS)
        if by.id == user_id:
            raise OwnAccount()
        with self._context.database.begin() as session:
            row = _existing(session, user_id)
            now = self._context.clock.now()
            forget_second_step(session, user_id)
            row.counts_from = two_people.counts_from(session, now)
            end_everything(session, user_id, now)
            self._context.audit.append(session, by.id, "second_step.reset", user_id, {})

    def enable(self, user_id: str, by: Actor) -> None:
        """Switch an account on again: after a restore, or when somebody comes back."""
        by.must_be(ADMINISTERS)
        with self._context.database.begin() as session:
            _existing(session, user_id)
            set_aside.admit(session, user_id)
            self._context.audit.append(session, by.id, "user.enabled", user_id, {})

    def change_password(self, user_id: str, password: str, by: Actor) -> None:
        """Set a new password, one's own or as an administrator; ends every session (case 45).

        One that an administrator sets may only be changed, by the person themself.
        """
        if by.id != user_id:
            by.must_be(ADMINISTERS)
        with self._context.database.read() as session:
            login = _existing(session, user_id).login
        check_password(password, login)
        hashed = self._hasher.hash(password)
        with self._context.database.begin() as session:
            row = _existing(session, user_id)
            row.password_hash = hashed
            row.must_change = by.id != user_id
            if row.must_change:
                # Stays when the password is changed: that says nothing about who changed it.
                row.password_by = by.id
                row.counts_from = two_people.counts_from(session, self._context.clock.now())
            end_everything(session, user_id, self._context.clock.now())
            action = "user.password_set" if row.must_change else "user.password_changed"
            self._context.audit.append(session, by.id, action, user_id, {})


def end_everything(session: Session, user_id: str, now: datetime) -> tuple[int, int]:
    """End this person's sessions, tokens and links; returns how many sessions and tokens."""
    ended = []
    for table in (SessionRow, ApiTokenRow):
        live = update(table).where(table.user_id == user_id, table.revoked_at.is_(None))
        ended.append(int(session.connection().execute(live.values(revoked_at=now)).rowcount))
    void(session, now, InvitationRow.user_id == user_id)
    return ended[0], ended[1]


def forget_second_step(session: Session, user_id: str) -> None:
    """Within the caller's transaction: this person has no second step any more."""
    session.execute(delete(CodeDeviceRow).where(CodeDeviceRow.user_id == user_id))
    session.execute(delete(PaperCodeRow).where(PaperCodeRow.user_id == user_id))
    session.get_one(UserRow, user_id).second_step = False
    session.flush()


def void(session: Session, now: datetime, which: ColumnElement[bool]) -> int:
    """Revoke the open links that fit; returns how many."""
    unused = update(InvitationRow).where(
        which, InvitationRow.used_at.is_(None), InvitationRow.revoked_at.is_(None)
    )
    return int(session.connection().execute(unused.values(revoked_at=now)).rowcount)


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
    return User(
        id=row.id,
        login=row.login,
        name=row.name,
        role=UserRole(row.role),
        language=row.language,
        team=row.team,
        active=row.active,
        set_aside=row.set_aside,
        created_by=row.created_by,
        password_by=row.password_by,
        must_change=row.must_change,
        invited=row.invited,
        second_step=row.second_step,
    )
