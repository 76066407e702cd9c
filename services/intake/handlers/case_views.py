"""What the desk gets of cases."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.case import Case


@dataclass(frozen=True, slots=True, repr=False)
class CaseSummary:
    """A case in a list: its name, and codes."""

    id: str
    short: str
    label: str
    version: int
    kind: str
    category: str
    risk: str
    state: str
    """`open`, `closed` or `erased`."""
    tracing_status: str
    team: str
    has_keys: bool
    changed_at: datetime
    search_reason: str = ""
    """Why the person is looked for; empty as long as nobody said."""

    def __repr__(self) -> str:
        return f"<CaseSummary {self.id}>"


@dataclass(frozen=True, slots=True, repr=False)
class CaseView:
    """One whole case, as its caseworker sees it."""

    summary: CaseSummary
    case: Case
    created_by: str
    created_at: datetime
    closed_at: datetime | None
    batch_id: str | None

    def __repr__(self) -> str:
        return f"<CaseView {self.summary.id}>"
