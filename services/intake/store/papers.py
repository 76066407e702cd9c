"""Photos and attachments. `LargeBinary` columns are ciphertext under the key of the case (case 82)."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import Code, IntakeBase, Moment, Ref, RefKey


class PhotoRow(IntakeBase):
    """One photo of the person, as we wrote it anew; what was sent is not kept."""

    __tablename__ = "photo"

    id: Mapped[RefKey]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_file.id"), index=True)
    picture: Mapped[bytes] = mapped_column(LargeBinary)
    small: Mapped[bytes] = mapped_column(LargeBinary)
    added_by: Mapped[Ref]
    added_at: Mapped[Moment]
    looks: Mapped[int]
    """How often somebody opened it, small ones aside; who and when stands in the audit log."""


class AttachmentRow(IntakeBase):
    """One paper of a case as it was sent: never opened here, and never shown in a page."""

    __tablename__ = "attachment"

    id: Mapped[RefKey]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_file.id"), index=True)
    name: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    """Bytes of what was sent."""
    danger: Mapped[Code]
    """Empty, or why opening it may harm a computer: `program`, `script` or `type`."""
    added_by: Mapped[Ref]
    added_at: Mapped[Moment]


OF_A_CASE = (PhotoRow, AttachmentRow)
"""What goes when a case is erased."""
