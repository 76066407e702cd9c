"""Tables on their way to becoming cases, and how a team's tables are laid out. Both are ciphertext."""

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import Code, IntakeBase, Moment, Ref, RefKey


class ImportDraftRow(IntakeBase):
    """One table that somebody is importing. It has a key of its own, and goes when the import ends."""

    __tablename__ = "import_draft"

    id: Mapped[RefKey]
    owner: Mapped[Ref] = mapped_column(index=True)
    team: Mapped[Code]
    state: Mapped[Code]
    """`open` until somebody says yes, then `running`."""
    touched_at: Mapped[Moment]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    """The key of this draft, under the organisation's wrapping key."""
    source: Mapped[bytes] = mapped_column(LargeBinary)
    """The file as it came."""
    cells: Mapped[bytes] = mapped_column(LargeBinary)
    """The chosen sheet as text."""
    settings: Mapped[bytes] = mapped_column(LargeBinary)
    batch_id: Mapped[Ref | None]
    done: Mapped[int]
    total: Mapped[int]


class ImportTemplateRow(IntakeBase):
    """What the columns of a team's table mean, kept for the next table with the same headings."""

    __tablename__ = "import_template"
    __table_args__ = (UniqueConstraint("team", "headings"),)

    id: Mapped[RefKey]
    team: Mapped[Code]
    headings: Mapped[bytes] = mapped_column(LargeBinary(16))
    """Blind index of the headings: found again without storing what they say."""
    record: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Moment]
