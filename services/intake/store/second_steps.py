"""The second step of a sign-in: what a person has beside the password."""

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import IntakeBase, Moment, Ref, RefKey
from shared.store.columns import BigId
from shared.store.encrypted import EncryptedBytes


class CodeDeviceRow(IntakeBase):
    """An app that shows a new code every 30 seconds; one for each person."""

    __tablename__ = "code_device"

    user_id: Mapped[RefKey]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Encrypted under a key of intake's key file."""
    confirmed_at: Mapped[Moment | None]
    """None until the first code from it was right: only then does it count."""
    last_step: Mapped[int] = mapped_column(BigId, default=0)
    """The newest code that was used, as a number of 30 seconds since 1970: a code is good once (case 56)."""
    created_at: Mapped[Moment]


class PaperCodeRow(IntakeBase):
    """One code of the sheet of paper that a person keeps for the day the telephone is lost."""

    __tablename__ = "paper_code"

    id: Mapped[RefKey]
    user_id: Mapped[Ref] = mapped_column(index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    """Keyed, so that the table alone is no list to try codes against."""
    created_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


CODE_SECRET = EncryptedBytes("code_device", "secret")
"""Under a key that is derived from intake's own (handlers/second_step)."""
