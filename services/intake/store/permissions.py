"""What a second person allowed although something stood against it."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import IntakeBase, Moment, Ref


class SharePermissionRow(IntakeBase):
    """A second person allowed that a case is shared. It goes when what is known of the enquirer changes."""

    __tablename__ = "share_permission"

    case_id: Mapped[str] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    record: Mapped[bytes] = mapped_column(LargeBinary)
    """Why, and which holds it covers, encrypted under the key of the case."""
    allowed_by: Mapped[Ref]
    allowed_at: Mapped[Moment]
