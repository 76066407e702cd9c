"""Signing in: sessions in the browser and tokens for programs, both kept as hashes on the server."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import SYSTEM, Actor, UserRole
from services.intake.handlers.errors import BadField, NotFound, NotProved, NotSignedIn, SignInFailed
from services.intake.handlers.ports import Context
from services.intake.handlers.throttle import Throttle
from services.intake.handlers.users import MAX_PASSWORD, fold_login
from services.intake.store.users import ApiTokenRow, SessionRow, UserRow
from shared.runtime import ids

IDLE = timedelta(hours=2)
"""Without a request for so long a session ends; it is locked long before (`lock_after`)."""
LONGEST = timedelta(hours=12)
HALF_FOR = timedelta(minutes=10)
"""How long the second step may take."""
NOTE_EVERY = timedelta(seconds=30)
"""A session's last use is written down at most this often: a look should not be a write."""
NOTE_TOKEN_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A new session; `token` goes into the browser's cookie and is kept nowhere else."""

    session_id: str
    token: str = field(repr=False)
    actor: Actor = field()
    name: str = field(repr=False)
    login: str = field(repr=False)
    expires_at: datetime = field()
    must_change: bool = False
    """Another person chose the password; nothing is open but to set one's own."""
    second_step: bool = False
    """The person has set up a second step."""
    half: bool = False
    """It is still to come: this session opens nothing."""
    locked: bool = False
    """Nobody used it for a while: it opens nothing until the person proves who they are."""
    proved_at: datetime = field(kw_only=True)
    """When they last did."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new API token; shown once."""

    id: str
    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LiveToken:
    """An API token that is good, for the list of its owner."""

    id: str
    label: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class SignIns:
    """Sign in, resume, sign out."""

    def __init__(self, context: Context, hasher: PasswordHasher) -> None:
        self._context = context
        self._hasher = hasher
        self._throttle = Throttle(context.keys.blind_index)
        # Compared with when there is no such login, so that an unknown one takes as long (case 54).
        self._nobody = hash_of_nobody(hasher)

    def sign_in(self, login: str, password: str, source: str, *, after_restore: bool = False) -> SignIn:
        """Begin a session. SignInFailed is the same for unknown, wrong, switched off and too many tries.

        Where a second step is set up the session is `half`: it opens nothing until `SecondSteps.finish`.
        `after_restore`: an administrator whose account a restore set aside may sign in as well, to release.
        """
        user = self._tried(login, password, source, after_restore)
        return self.begin(user.id, half=user.second_step)

    def begin(self, user_id: str, *, half: bool = False) -> SignIn:
        """A session for somebody who has proved who they are; `half` while the second step is to come."""
        now, token = self._context.clock.now(), secrets.token_urlsafe(32)
        row = SessionRow(
            id=ids.new_id("signin"),
            user_id=user_id,
            token_hash=_hash(token),
            created_at=now,
            last_seen_at=now,
            proved_at=now,
            half=half,
            expires_at=now + (HALF_FOR if half else LONGEST),
        )
        with self._context.database.begin() as session:
            session.add(row)
            action = "sign_in.first_step" if half else "sign_in.done"
            self._context.audit.append(session, user_id, action, row.id, {})
            user = session.get_one(UserRow, user_id)
        return _signed_in(row, token, user)

    def prove(self, signed_in: SignIn, password: str, source: str) -> None:
        """The password once more, for a sensitive act or after the lock. Raises NotProved."""
        try:
            user = self._tried(signed_in.login, password, source, after_restore=False)
        except SignInFailed:
            raise NotProved() from None
        if user.id != signed_in.actor.id:
            raise NotProved()
        self.proved(signed_in)

    def proved(self, signed_in: SignIn) -> None:
        """This person has just proved who they are."""
        now = self._context.clock.now()
        with self._context.database.begin() as session:
            row = session.get_one(SessionRow, signed_in.session_id)
            row.proved_at = row.last_seen_at = now
            self._context.audit.append(session, signed_in.actor.id, "sign_in.proved", row.id, {})

    def _tried(self, login: str, password: str, source: str, after_restore: bool) -> UserRow:
        """Whose password this is. The work, and what is written down, are the same whatever is wrong."""
        folded, now = fold_login(login)[:200], self._context.clock.now()
        with self._context.database.read() as session:
            user = session.scalar(select(UserRow).where(UserRow.login == folded))
            blocked = self._throttle.blocked(session, folded, source, now)
            silent = blocked and not self._throttle.worth_noting(session, folded, source, now)
        stored = user.password_hash if user is not None else self._nobody
        # The hash is computed whatever is already known: time must tell nothing.
        right = self._verify(stored, password[:MAX_PASSWORD])
        if silent:
            raise SignInFailed()
        with self._context.database.begin() as session:
            good = user is not None and right and _usable(user, after_restore) and not blocked
            if good:
                self._throttle.succeeded(session, folded, source, now)
            else:
                if not blocked:  # a pause does not grow while it lasts, or anybody could keep a login out
                    self._throttle.failed(session, folded, source, now)
                else:
                    self._throttle.noted(session, folded, source, now)
                subject = user.id if user is not None else "unknown"
                self._context.audit.append(session, SYSTEM, "sign_in.failed", subject, {})
        if user is None or not good:
            raise SignInFailed()
        return user

    def resume(self, token: str, *, lock_after: timedelta = LONGEST, half: bool = False) -> SignIn:
        """The session of a cookie. Raises NotSignedIn if it ended, or its account was switched off.

        After `lock_after` without a request it is `locked`, and stays so until `prove`. One that waits for
        the second step is found only by who asks for a `half` one.
        """
        now = self._context.clock.now()
        with self._context.database.read() as session:
            row = session.scalar(select(SessionRow).where(SessionRow.token_hash == _hash(token)))
            user = None if row is None else session.get(UserRow, row.user_id)
        if row is None or user is None or not user.active or row.revoked_at is not None or row.half != half:
            raise NotSignedIn()
        if now >= row.expires_at or now - row.last_seen_at >= IDLE:
            raise NotSignedIn()
        if now - row.last_seen_at >= lock_after:
            return _signed_in(row, token, user, locked=True)
        if now - row.last_seen_at >= NOTE_EVERY:
            with self._context.database.begin() as session:
                current = session.get(SessionRow, row.id)
                if current is not None:
                    current.last_seen_at = now
        return _signed_in(row, token, user)

    def sign_out(self, token: str) -> None:
        """End the session; no error if it has ended already."""
        with self._context.database.begin() as session:
            row = session.scalar(select(SessionRow).where(SessionRow.token_hash == _hash(token)))
            if row is not None and row.revoked_at is None:
                row.revoked_at = self._context.clock.now()
                self._context.audit.append(session, row.user_id, "sign_in.ended", row.id, {})

    def issue_token(self, label: str, by: Actor, *, days: int = 90) -> IssuedToken:
        """Make an API token that acts as this person, for 1 to 365 days."""
        if not 1 <= days <= 365:
            raise BadField("days", "A token is good for 1 to 365 days.")
        now, token = self._context.clock.now(), f"myosotis_{secrets.token_urlsafe(32)}"
        row = ApiTokenRow(
            id=ids.new_id("token"),
            user_id=by.id,
            label=label[:60],
            token_hash=_hash(token),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        with self._context.database.begin() as session:
            session.add(row)
            self._context.audit.append(session, by.id, "token.issued", row.id, {})
        return IssuedToken(row.id, token, row.expires_at)

    def tokens(self, by: Actor) -> list[LiveToken]:
        """One's own API tokens that are good, the newest first."""
        chosen = (
            select(ApiTokenRow)
            .where(
                ApiTokenRow.user_id == by.id,
                ApiTokenRow.revoked_at.is_(None),
                ApiTokenRow.expires_at > self._context.clock.now(),
            )
            .order_by(ApiTokenRow.created_at.desc(), ApiTokenRow.id)
        )
        with self._context.database.read() as session:
            return [
                LiveToken(row.id, row.label, row.created_at, row.expires_at, row.last_used_at)
                for row in session.scalars(chosen)
            ]

    def resume_token(self, token: str) -> Actor:
        """Who an API token acts as. Raises NotSignedIn."""
        now = self._context.clock.now()
        with self._context.database.read() as session:
            row = session.scalar(select(ApiTokenRow).where(ApiTokenRow.token_hash == _hash(token)))
            user = None if row is None else session.get(UserRow, row.user_id)
        if (
            row is None
            or user is None
            or not user.active
            or user.must_change
            or row.revoked_at is not None
            or now >= row.expires_at
        ):
            raise NotSignedIn()
        if row.last_used_at is None or now - row.last_used_at >= NOTE_TOKEN_EVERY:
            with self._context.database.begin() as session:
                session.get_one(ApiTokenRow, row.id).last_used_at = now
        return _actor(user)

    def revoke_token(self, token_id: str, by: Actor) -> None:
        """End one of one's own tokens."""
        with self._context.database.begin() as session:
            row = session.get(ApiTokenRow, token_id)
            if row is None or row.user_id != by.id:
                raise NotFound()
            row.revoked_at = self._context.clock.now()
            self._context.audit.append(session, by.id, "token.revoked", token_id, {})

    def purge(self, session: Session) -> None:
        """Forget old failures."""
        self._throttle.purge(session, self._context.clock.now())

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def hash_of_nobody(hasher: PasswordHasher) -> str:
    """A stored hash with this hasher's costs that no password fits.

    Its digest is random and not computed: every command builds the use cases, and few of them sign in.
    """
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode("ascii")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _signed_in(row: SessionRow, token: str, user: UserRow, *, locked: bool = False) -> SignIn:
    return SignIn(
        session_id=row.id,
        token=token,
        actor=_actor(user),
        name=user.name,
        login=user.login,
        expires_at=row.expires_at,
        must_change=user.must_change,
        second_step=user.second_step,
        half=row.half,
        locked=locked,
        proved_at=row.proved_at,
    )


def _usable(user: UserRow, after_restore: bool) -> bool:
    return user.active or (after_restore and user.set_aside and user.role == UserRole.ADMINISTRATOR)


def _actor(user: UserRow) -> Actor:
    return Actor(user.id, UserRole(user.role), user.team, user.language)
