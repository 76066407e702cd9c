"""What the desk shows of possible matches, and what a possible match may become."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.codes import HeightBand, MatchState
from services.intake.domain.decision import ALLOWED, SETTLED
from shared.runtime import ids

WAITING = tuple(state for state in MatchState if state not in SETTLED)
"""What still wants somebody's decision."""
URGENCY_ORDER = ("Immediate", "Expected", "Future", "Unknown", "Past")
"""What presses most comes first in a list."""
UNLIKELY = "unlikely"
"""Of a match that is called so, the urgency of its alert says nothing: it stands behind all others."""


def may_become(state: MatchState) -> list[MatchState]:
    """What a person may choose next. Withdrawing is the publisher's word, and never a person's here."""
    return sorted(ALLOWED[state] - {MatchState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class MatchReason:
    """What one comparator found: for, against or unknown, its weight in hundredths of a bit."""

    comparator: str
    verdict: str
    weight: int
    parameters: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class MatchSummary:
    """A possible match in a list. `label` is the own case's name."""

    id: str
    short: str
    case_id: str
    label: str
    partner: str
    state: MatchState
    strength: str
    score: int
    urgency: str
    msg_status: str
    version: int
    received_at: datetime
    duty_state: str | None
    """What notify said: `told`, `retrying`, `parked`, `nobody_on_duty`; None while nothing was heard."""
    duty: str
    """The reference under which people are told of it; that of an earlier match if several are one notice."""
    more: int
    """How many more between the same case and partner stand behind this one and not in the list."""
    decided_by: str | None = None
    """User reference of whoever put it where it stands; None while nobody did."""
    decided_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state in WAITING

    @property
    def presses(self) -> bool:
        """Whether the urgency of the alert is that of the match as well."""
        return self.strength != UNLIKELY

    @property
    def told_as(self) -> str | None:
        """The four characters of the notice, when they are those of another match."""
        return None if self.duty == self.id else ids.short(self.duty)

    def __repr__(self) -> str:
        return f"<MatchSummary {self.id}>"


@dataclass(frozen=True, slots=True)
class MatchStep:
    """One step of the history."""

    at: datetime
    actor: str
    state: MatchState
    reason: str | None
    note: str
    changed: list[str]
    """Of an excluded match that came back: `alert` or `case`, then the fields that changed."""

    def __repr__(self) -> str:
        return f"<MatchStep {self.state}>"


@dataclass(frozen=True, slots=True)
class FieldPair:
    """One coded value of the own case beside what the partner released; None is not known or not released."""

    field: str
    own: str | list[str] | int | None
    released: str | list[str] | int | None

    @property
    def agreement(self) -> str:
        """`same`, `partly` (some of a list, the neighbouring band, the same country), `different` or ``."""
        if self.own is None or self.released is None or self.field == "last_seen":
            return ""  # a person is found after they were last seen: nothing to be equal
        if self.own == self.released:
            return "same"
        return "partly" if _near(self.field, self.own, self.released) else "different"


def _near(field: str, own: str | list[str] | int, told: str | list[str] | int) -> bool:
    if isinstance(own, list) and isinstance(told, list):
        return bool(set(own) & set(told))
    if field == "birth_decade":
        return abs(int(str(own)) - int(str(told))) == 10
    if field == "height":
        bands = [band.value for band in HeightBand]
        return abs(bands.index(str(own)) - bands.index(str(told))) == 1
    return field == "region" and str(own)[:2] == str(told)[:2]


@dataclass(frozen=True, slots=True)
class MatchView:
    """Everything that the page of one possible match shows."""

    summary: MatchSummary
    kind: str
    category: str
    own_category: str
    """That of the own case."""
    tlp: str
    permitted_use: str
    expires_at: datetime
    reasons: list[MatchReason]
    fields: list[FieldPair]
    history: list[MatchStep]
    may_become: list[MatchState]
    retracted_why: str | None

    def __repr__(self) -> str:
        return f"<MatchView {self.summary.id}>"
