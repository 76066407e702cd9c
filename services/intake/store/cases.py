"""Cases and the people in them. `LargeBinary` columns are ciphertext under the case's own key (case 82)."""

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import Code, IntakeBase, Moment, Number, Ref, RefKey


class CaseRow(IntakeBase):
    """One search for, or one stay of, one person. Codes and times only; the person is in `PersonRow`."""

    __tablename__ = "case_file"
    __table_args__ = (
        Index(None, "team", "changed_at"),
        Index(None, "search_reason", "state", "kind", "created_at"),
    )

    id: Mapped[RefKey]
    version: Mapped[int]
    kind: Mapped[Code]
    category: Mapped[Code]
    risk: Mapped[Code]
    state: Mapped[Code]
    """`open`, `closed` or `erased`."""
    tracing_status: Mapped[Code]
    protect_location: Mapped[bool | None]
    """None counts as true (rule 3)."""
    team: Mapped[Code]
    created_by: Mapped[Ref]
    created_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]
    erased_at: Mapped[Moment | None]
    batch_id: Mapped[Ref | None] = mapped_column(index=True)
    has_keys: Mapped[bool]
    """Whether the person gives any match keys; without, only the description can match."""
    search_reason: Mapped[Code] = mapped_column(default="")
    """Why the person is looked for; empty as long as nobody said."""
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    triage: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The answers to the questions about risk, and why the risk is another than they say."""


class CaseKeyRow(IntakeBase):
    """The key of one case, wrapped by the organisation's key. Deleting this row is the erasure."""

    __tablename__ = "case_key"

    case_id: Mapped[str] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Moment]


class PersonRow(IntakeBase):
    """The person of a case."""

    __tablename__ = "person"

    id: Mapped[RefKey]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_file.id"), unique=True)
    label: Mapped[bytes] = mapped_column(LargeBinary)
    """The name for lists, alone, so that a list opens nothing else."""
    record: Mapped[bytes] = mapped_column(LargeBinary)
    """Everything else that is known of the person."""


class EpisodeRow(IntakeBase):
    """One disappearance: when, where and how contact was lost. The newest number is the running one."""

    __tablename__ = "episode"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[RefKey]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_file.id"), index=True)
    number: Mapped[int]
    record: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Moment]


class EnquirerRow(IntakeBase):
    """The person who is looking, and how to reach them. Stays in the house."""

    __tablename__ = "enquirer"

    id: Mapped[RefKey]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_file.id"), unique=True)
    record: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Moment]


class ConsentRow(IntakeBase):
    """What a person or their guardian agreed to: one wish, one addressee, until a date (rule 2)."""

    __tablename__ = "consent"

    id: Mapped[RefKey]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_file.id"), index=True)
    record: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_by: Mapped[Ref]
    recorded_at: Mapped[Moment]
    paper_id: Mapped[Ref | None]
    """The attachment that was signed."""
    withdrawn_at: Mapped[Moment | None]
    withdrawn_by: Mapped[Ref | None]


class BlindIndexRow(IntakeBase):
    """Finds an own case by an exact value without storing the value."""

    __tablename__ = "blind_index"
    __table_args__ = (
        UniqueConstraint("case_id", "field", "value"),
        Index(None, "field", "value"),
    )

    id: Mapped[Number]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_file.id"))
    field: Mapped[Code]
    value: Mapped[bytes] = mapped_column(LargeBinary(16))


class ImportBatchRow(IntakeBase):
    """Cases that came from one file, so that all of them can be taken back at once."""

    __tablename__ = "import_batch"

    id: Mapped[RefKey]
    rows: Mapped[int]
    imported_by: Mapped[Ref]
    imported_at: Mapped[Moment]
    undone_at: Mapped[Moment | None]
