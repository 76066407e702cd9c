"""Staff of the organisation: who may sign in, their sessions, and attempts that failed."""

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import Code, IntakeBase, Moment, Ref, RefKey


class UserRow(IntakeBase):
    """One member of staff. Rows are never deleted: the audit log names them."""

    __tablename__ = "user_account"

    id: Mapped[RefKey]
    login: Mapped[str] = mapped_column(String(80), unique=True)
    """Folded to lower case."""
    password_hash: Mapped[str] = mapped_column(String(255))
    """Argon2id in PHC form."""
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Code]
    language: Mapped[str] = mapped_column(String(3))
    team: Mapped[Code]
    active: Mapped[bool]
    set_aside: Mapped[bool] = mapped_column(default=False)
    """Switched off by a restore, and nobody has said yet that this person is still here."""
    created_at: Mapped[Moment]
    created_by: Mapped[Ref | None]
    """Who made the account; None for set-up."""
    password_by: Mapped[Ref | None]
    """Who set the password last, if that was somebody else."""
    counts_from: Mapped[Moment | None]
    """Before this moment the account is no second person: somebody else may be using it (rule 9)."""
    must_change: Mapped[bool] = mapped_column(default=False)
    """Another person knows the password: it serves for nothing but to set one's own."""
    invited: Mapped[bool] = mapped_column(default=False)
    """Nobody has begun to use the account: its link waits."""
    second_step: Mapped[bool] = mapped_column(default=False)
    """The password alone does not sign in: a second step is set up."""


class SessionRow(IntakeBase):
    """A sign-in in a browser, kept on the server so that it can be ended from here (case 45)."""

    __tablename__ = "sign_in"

    id: Mapped[RefKey]
    user_id: Mapped[Ref] = mapped_column(index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    """SHA-256 of the token; the token itself is only in the browser."""
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    proved_at: Mapped[Moment]
    """When the person last proved who they are: sensitive acts want that it is not long ago."""
    half: Mapped[bool] = mapped_column(default=False)
    """The password was right and the second step is still to come: good for nothing else."""


class ApiTokenRow(IntakeBase):
    """A token for a program that speaks to the API in the name of a user."""

    __tablename__ = "api_token"

    id: Mapped[RefKey]
    user_id: Mapped[Ref] = mapped_column(index=True)
    label: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    last_used_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]


class LoginAttemptRow(IntakeBase):
    """Failed sign-ins in a row, counted per login, per address and for both; only as keyed hashes."""

    __tablename__ = "login_attempt"
    __table_args__ = (UniqueConstraint("scope", "subject"), Index(None, "last_at"))

    id: Mapped[RefKey]
    scope: Mapped[Code]
    """`login`, `home` (a login at an address) or `source`."""
    subject: Mapped[bytes] = mapped_column(LargeBinary(32))
    failures: Mapped[int]
    last_at: Mapped[Moment]
    blocked_until: Mapped[Moment | None]
    noted_at: Mapped[Moment | None]
    """When a try during the pause was last written to the audit log."""
    good_at: Mapped[Moment | None]
    """For `home`: when this login was last right at this address."""


class InvitationRow(IntakeBase):
    """A link that lets somebody choose a password: for a new account, or for a forgotten one (case 55)."""

    __tablename__ = "invitation"

    id: Mapped[RefKey]
    user_id: Mapped[Ref] = mapped_column(index=True)
    kind: Mapped[Code]
    """`invite` or `reset`."""
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    """SHA-256 of what is in the link; the link itself is shown once."""
    created_by: Mapped[Ref]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]
