"""The second step of a sign-in: a code from an app (RFC 6238), or one from a sheet of paper (case 56)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import SYSTEM, Actor
from services.intake.handlers.errors import NotFound, NotProved, WrongCode
from services.intake.handlers.ports import Context
from services.intake.handlers.signin import SignIn, SignIns
from services.intake.handlers.throttle import Throttle
from services.intake.handlers.users import forget_second_step
from services.intake.store.second_steps import CODE_SECRET, CodeDeviceRow, PaperCodeRow
from services.intake.store.users import SessionRow, UserRow
from shared.crypto.rest import RestCipher
from shared.runtime import ids

STEP_SECONDS = 30
NEAR = (-1, 0, 1)
"""A telephone's clock may be one step off; two are refused."""
PAPER_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without those that are mixed up on paper: 0 and o, 1 and l and i."""
_GROUPS, _GROUP = 3, 4
"""12 letters of 31: 59 bits."""
ISSUER = "Myosotis"


@dataclass(frozen=True, slots=True)
class Device:
    """What an app has to be given, shown while it is set up and never again."""

    secret: str = field(repr=False)
    """Base32, to type."""
    address: str = field(repr=False)
    """`otpauth://...`, to photograph."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has set up."""

    codes: bool
    paper_left: int


class SecondSteps:
    """Sets up, asks for and takes away the second step."""

    def __init__(self, context: Context, sign_ins: SignIns) -> None:
        self._context = context
        self._sign_ins = sign_ins
        self._throttle = Throttle(context.keys.blind_index)
        self._cipher = RestCipher(_derived(context.keys.blind_index, b"second step secret v1"))
        self._paper_key = _derived(context.keys.blind_index, b"paper code v1")

    def standing(self, by: Actor) -> Standing:
        """What this person has set up."""
        with self._context.database.read() as session:
            device = session.get(CodeDeviceRow, by.id)
            unused = select(func.count()).where(PaperCodeRow.user_id == by.id, PaperCodeRow.used_at.is_(None))
            left = session.scalar(unused) or 0
        return Standing(device is not None and device.confirmed_at is not None, left)

    def prepare(self, signed_in: SignIn) -> Device:
        """The secret for an app; it counts once its first code was right. NotFound if one counts already."""
        secret, by = pyotp.random_base32(), signed_in.actor
        with self._context.database.begin() as session:
            row = session.get(CodeDeviceRow, by.id)
            if row is not None and row.confirmed_at is None:
                secret = self._secret(
                    row
                )  # a page that is loaded again must not make the first picture wrong
            elif row is None:
                session.add(
                    CodeDeviceRow(
                        user_id=by.id,
                        secret=CODE_SECRET.seal(self._cipher, by.id, secret.encode()),
                        last_step=0,
                        created_at=self._context.clock.now(),
                    )
                )
            else:
                raise NotFound()  # take the old one away first
        address = pyotp.TOTP(secret).provisioning_uri(name=signed_in.login, issuer_name=ISSUER)
        return Device(secret, address)

    def confirm(self, code: str, signed_in: SignIn, source: str) -> tuple[str, ...]:
        """The first code of the new app; returns the codes for paper, shown once. Raises WrongCode."""
        by = signed_in.actor
        self._counted(signed_in, code, source, paper=False)
        with self._context.database.begin() as session:
            session.get_one(CodeDeviceRow, by.id).confirmed_at = self._context.clock.now()
            codes = self._set_up(session, by)
            self._context.audit.append(session, by.id, "second_step.set_up", by.id, {"kind": "code"})
        return codes

    def new_paper(self, by: Actor) -> tuple[str, ...]:
        """A new sheet; the old one is worth nothing from now on. NotFound without a second step."""
        with self._context.database.begin() as session:
            if not session.get_one(UserRow, by.id).second_step:
                raise NotFound()
            codes = self._new_paper(session, by.id)
            self._context.audit.append(session, by.id, "second_step.new_paper", by.id, {})
        return codes

    def take_away(self, by: Actor) -> None:
        """The app is worth nothing any more: before a new telephone is set up."""
        with self._context.database.begin() as session:
            forget_second_step(session, by.id)
            self._context.audit.append(session, by.id, "second_step.taken_away", by.id, {})

    def finish(self, half: SignIn, code: str, source: str) -> SignIn:
        """The second step of a sign-in; a new session begins and the half one ends. Raises WrongCode."""
        self._counted(half, code, source)
        with self._context.database.begin() as session:
            session.get_one(SessionRow, half.session_id).revoked_at = self._context.clock.now()
        return self._sign_ins.begin(half.actor.id)

    def prove(self, signed_in: SignIn, code: str, source: str) -> None:
        """The second step once more, for a sensitive act. Raises NotProved."""
        try:
            self._counted(signed_in, code, source)
        except WrongCode:
            raise NotProved() from None
        self._sign_ins.proved(signed_in)

    def _counted(self, who: SignIn, code: str, source: str, *, paper: bool = True) -> None:
        """Check a code and count what fails, apart from the passwords of the same account (case 56)."""
        now, subject = self._context.clock.now(), f"second step|{who.login}"
        with self._context.database.begin() as session:
            blocked = self._throttle.blocked(session, subject, source, now)
            right = not blocked and self._takes(session, who.actor.id, code, paper)
            if right:
                self._throttle.succeeded(session, subject, source, now)
            elif not blocked:
                self._throttle.failed(session, subject, source, now)
                self._context.audit.append(session, SYSTEM, "second_step.failed", who.actor.id, {})
        if not right:
            raise WrongCode()

    def _takes(self, session: Session, user_id: str, code: str, paper: bool) -> bool:
        typed = "".join(code.split()).replace("-", "").casefold()[:40]
        if typed.isascii() and typed.isdecimal() and len(typed) == 6:
            return self._takes_digits(session, user_id, typed)
        return paper and self._takes_paper(session, user_id, typed)

    def _takes_digits(self, session: Session, user_id: str, code: str) -> bool:
        # Held to the end: of two who send one code at the same time one alone has it.
        row = session.get(CodeDeviceRow, user_id, with_for_update=True, populate_existing=True)
        if row is None:
            return False
        totp = pyotp.TOTP(self._secret(row))
        now = int(self._context.clock.now().timestamp()) // STEP_SECONDS
        fitting = [now + near for near in NEAR if hmac.compare_digest(totp.generate_otp(now + near), code)]
        newest = max(fitting, default=0)
        if newest <= row.last_step:
            return False  # wrong, or seen before: by whoever looked over the shoulder, for one
        row.last_step = newest
        session.flush()
        return True

    def _takes_paper(self, session: Session, user_id: str, code: str) -> bool:
        row = session.scalar(
            select(PaperCodeRow)
            .where(
                PaperCodeRow.user_id == user_id,
                PaperCodeRow.code_hash == self._paper_hash(user_id, code),
                PaperCodeRow.used_at.is_(None),
            )
            .with_for_update()
        )
        if row is None:
            return False
        row.used_at = self._context.clock.now()
        self._context.audit.append(session, user_id, "second_step.paper_used", row.id, {})
        return True

    def _set_up(self, session: Session, by: Actor) -> tuple[str, ...]:
        session.get_one(UserRow, by.id).second_step = True
        return self._new_paper(session, by.id)

    def _new_paper(self, session: Session, user_id: str) -> tuple[str, ...]:
        session.execute(delete(PaperCodeRow).where(PaperCodeRow.user_id == user_id))
        codes = tuple(_paper_code() for _ in range(PAPER_CODES))
        for code in codes:
            hashed = self._paper_hash(user_id, code.replace("-", ""))
            now = self._context.clock.now()
            session.add(
                PaperCodeRow(id=ids.new_id("paper"), user_id=user_id, code_hash=hashed, created_at=now)
            )
        session.flush()
        return codes

    def _secret(self, row: CodeDeviceRow) -> str:
        return CODE_SECRET.open(self._cipher, row.user_id, row.secret).decode()

    def _paper_hash(self, user_id: str, code: str) -> bytes:
        return hmac.digest(self._paper_key, f"{user_id}|{code}".encode(), hashlib.sha256)


def _paper_code() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, purpose, hashlib.sha256)
