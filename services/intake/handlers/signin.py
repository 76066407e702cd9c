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
from services.intake.handlers.errors import BadField, NotFound, NotSignedIn, SignInFailed
from services.intake.handlers.ports import Context
from services.intake.handlers.throttle import Throttle
from services.intake.handlers.users import MAX_PASSWORD, fold_login
from services.intake.store.users import ApiTokenRow, SessionRow, UserRow
from shared.runtime import ids

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTE_EVERY = timedelta(seconds=30)
"""A session's last use is written down at most this often: a look should not be a write."""


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


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new API token; shown once."""

    id: str
    token: str = field(repr=False)
    expires_at: datetime


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

        `after_restore`: an administrator whose account a restore set aside may sign in as well, to release.
        """
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
            if user is None or not right or not _usable(user, after_restore) or blocked:
                if not blocked:  # a pause does not grow while it lasts, or anybody could keep a login out
                    self._throttle.failed(session, folded, source, now)
                else:
                    self._throttle.noted(session, folded, source, now)
                subject = user.id if user is not None else "unknown"
                self._context.audit.append(session, SYSTEM, "sign_in.failed", subject, {})
                failed = True
            else:
                failed = False
                self._throttle.succeeded(session, folded, source, now)
                token = secrets.token_urlsafe(32)
                row = SessionRow(
                    id=ids.new_id("signin"),
                    user_id=user.id,
                    token_hash=_hash(token),
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now + LONGEST,
                )
                session.add(row)
                self._context.audit.append(session, user.id, "sign_in.done", row.id, {})
        if failed or user is None:
            raise SignInFailed()
        return _signed_in(row, token, user)

    def resume(self, token: str) -> SignIn:
        """The session of a cookie. Raises NotSignedIn if it ended, or its account was switched off."""
        now = self._context.clock.now()
        with self._context.database.read() as session:
            row = session.scalar(select(SessionRow).where(SessionRow.token_hash == _hash(token)))
            user = None if row is None else session.get(UserRow, row.user_id)
        if row is None or user is None or not user.active or row.revoked_at is not None:
            raise NotSignedIn()
        if now >= row.expires_at or now - row.last_seen_at >= IDLE:
            raise NotSignedIn()
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


def _signed_in(row: SessionRow, token: str, user: UserRow) -> SignIn:
    return SignIn(row.id, token, _actor(user), user.name, user.login, row.expires_at, user.must_change)


def _usable(user: UserRow, after_restore: bool) -> bool:
    return user.active or (after_restore and user.set_aside and user.role == UserRole.ADMINISTRATOR)


def _actor(user: UserRow) -> Actor:
    return Actor(user.id, UserRole(user.role), user.team, user.language)
