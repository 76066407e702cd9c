"""Links that let somebody choose a password: to begin, or because it is forgotten (case 55).

The administrator hands the link over and never learns the password. Whoever has the link can use it, so the
account counts as one that another person set up (two_people), and everybody can see who made the link. A
second step that is set up stays in force: a link alone does not open such an account.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.handlers import two_people
from services.intake.handlers.actor import ADMINISTERS, Actor, UserRole
from services.intake.handlers.errors import BadField, LinkNotGood, LoginTaken, NotFound
from services.intake.handlers.ports import Context
from services.intake.handlers.signin import hash_of_nobody
from services.intake.handlers.users import check_password, end_everything, fold_login, void
from services.intake.store.users import InvitationRow, UserRow
from shared.runtime import ids

GOOD_FOR = {"invite": timedelta(days=7), "reset": timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class Link:
    """A new link; `token` is shown once and kept nowhere."""

    token: str = field(repr=False)
    kind: str
    name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that was not used yet, for lists."""

    id: str
    kind: str
    login: str
    name: str
    created_by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a link is for, as its page greets them."""

    user_id: str
    login: str
    name: str
    language: str
    kind: str
    second_step: bool


class Invitations:
    """Makes, lists, revokes and takes such links."""

    def __init__(self, context: Context, hasher: PasswordHasher) -> None:
        self._context = context
        self._hasher = hasher

    def invite(
        self,
        login: str,
        name: str,
        role: UserRole,
        by: Actor,
        *,
        language: str = "en",
        team: str = "main",
    ) -> Link:
        """A new account that nobody can use yet, and the link to begin. Raises LoginTaken, BadField."""
        by.must_be(ADMINISTERS)
        folded, now = fold_login(login), self._context.clock.now()
        for place, value, longest in (("login", folded, 80), ("name", name.strip(), 120), ("team", team, 40)):
            if not 1 <= len(value) <= longest:
                raise BadField(place, "Login, name and team are needed; none is longer than a line.")
        with self._context.database.begin() as session:
            if session.scalar(select(UserRow.id).where(UserRow.login == folded)) is not None:
                raise LoginTaken()
            row = UserRow(
                id=ids.new_id("user"),
                login=folded,
                password_hash=hash_of_nobody(self._hasher),
                name=name.strip(),
                role=role,
                language=language,
                team=team,
                active=False,
                invited=True,
                created_at=now,
                created_by=by.id,
                counts_from=two_people.counts_from(session, now),
            )
            session.add(row)
            session.flush()
            self._context.audit.append(session, by.id, "user.invited", row.id, {"role": role})
            return self._new_link(session, row, "invite", by)

    def renew(self, user_id: str, by: Actor) -> Link:
        """A new link for somebody who forgot the password, or never began; the one before is void."""
        by.must_be(ADMINISTERS)
        with self._context.database.begin() as session:
            row = session.get(UserRow, user_id)
            if row is None or not (row.active or row.invited):
                raise NotFound()
            return self._new_link(session, row, "invite" if row.invited else "reset", by)

    def overview(self, by: Actor) -> list[OpenLink]:
        """Links that could still be used, the newest first."""
        by.must_be(ADMINISTERS)
        chosen = (
            select(InvitationRow, UserRow)
            .join(UserRow, UserRow.id == InvitationRow.user_id)
            .where(
                InvitationRow.used_at.is_(None),
                InvitationRow.revoked_at.is_(None),
                InvitationRow.expires_at > self._context.clock.now(),
            )
            .order_by(InvitationRow.created_at.desc(), InvitationRow.id)
        )
        with self._context.database.read() as session:
            return [
                OpenLink(link.id, link.kind, user.login, user.name, link.created_by, link.expires_at)
                for link, user in session.execute(chosen)
            ]

    def revoke(self, link_id: str, by: Actor) -> None:
        """This link opens nothing any more."""
        by.must_be(ADMINISTERS)
        with self._context.database.begin() as session:
            row = session.get(InvitationRow, link_id)
            if row is None:
                raise NotFound()
            row.revoked_at = row.revoked_at or self._context.clock.now()
            self._context.audit.append(session, by.id, "user.link_revoked", row.user_id, {})

    def look(self, token: str) -> Invited:
        """Whom a link is for. LinkNotGood for one that is used, revoked, too old or never was."""
        with self._context.database.read() as session:
            link, user = self._good(session, token)
            return Invited(user.id, user.login, user.name, user.language, link.kind, user.second_step)

    def accept(self, token: str, password: str) -> Invited:
        """The password that the person chose; the link is used up. Raises LinkNotGood, WeakPassword."""
        invited = self.look(token)
        check_password(password, invited.login)
        hashed = self._hasher.hash(password)
        with self._context.database.begin() as session:
            link, user = self._good(session, token)  # once more: two browsers may have the same link
            now = self._context.clock.now()
            if link.kind == "reset":
                user.password_by, user.counts_from = link.created_by, two_people.counts_from(session, now)
            user.password_hash, user.must_change, user.invited, user.active = hashed, False, False, True
            end_everything(session, user.id, now)
            link.used_at = now
            self._context.audit.append(
                session, user.id, "user.link_used", user.id, {"kind": link.kind, "by": link.created_by}
            )
        return invited

    def _new_link(self, session: Session, user: UserRow, kind: str, by: Actor) -> Link:
        now, token = self._context.clock.now(), secrets.token_urlsafe(32)
        void(session, now, InvitationRow.user_id == user.id)
        row = InvitationRow(
            id=ids.new_id("link"),
            user_id=user.id,
            kind=kind,
            token_hash=_hash(token),
            created_by=by.id,
            created_at=now,
            expires_at=now + GOOD_FOR[kind],
        )
        session.add(row)
        self._context.audit.append(session, by.id, "user.link_made", user.id, {"kind": kind})
        return Link(token, kind, user.name, row.expires_at)

    def _good(self, session: Session, token: str) -> tuple[InvitationRow, UserRow]:
        link = session.scalar(select(InvitationRow).where(InvitationRow.token_hash == _hash(token)))
        user = None if link is None else session.get(UserRow, link.user_id)
        if link is None or user is None or link.used_at is not None or link.revoked_at is not None:
            raise LinkNotGood()
        if self._context.clock.now() >= link.expires_at or not (user.active or user.invited):
            raise LinkNotGood()
        return link, user


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
