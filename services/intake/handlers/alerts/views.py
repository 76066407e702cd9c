"""What the desk gets of alerts and shares."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.alert import Preview
from services.intake.domain.identifying import Meter


@dataclass(frozen=True, slots=True)
class AlertPreview:
    """Exactly what leaves the house: these codes and values, and 160 tags that only a partner can compare."""

    preview: Preview
    kind: str
    category: str
    urgency: str
    msg_status: str
    tlp: str
    permitted_use: str
    expires_at: datetime
    match_keys: int
    """How many of the 160 tags stand for something; the partner cannot tell. 0: only the description."""
    tags: int
    partners: list[str]
    """Verified partners that it can go to now."""
    held: dict[str, str]
    """Other partners, and the sentence why nothing can be sent to them."""
    meter: Meter
    """How identifying it is."""


@dataclass(frozen=True, slots=True)
class ShareView:
    """One alert at one partner. `overdue`: recalled more than a day ago and no signed receipt yet."""

    id: str
    short: str
    partner: str
    state: str
    """pending, queued, sent, stored, compared, deleting, deleted, refused."""
    reason: str | None
    version: int
    queued_at: datetime | None
    sent_at: datetime | None
    stored_at: datetime | None
    compared_at: datetime | None
    deleting_at: datetime | None
    deleted_at: datetime | None
    overdue: bool

    @property
    def since(self) -> datetime | None:
        """Since when it stands where it stands; None while nothing was sent yet."""
        steps = {
            "queued": self.queued_at,
            "sent": self.sent_at,
            "stored": self.stored_at,
            "compared": self.compared_at,
            "deleting": self.deleting_at,
            "deleted": self.deleted_at,
        }
        return steps.get(self.state) or self.queued_at


@dataclass(frozen=True, slots=True, repr=False)
class AlertView:
    """One alert with all its shares. `outdated`: the case changed since this version was sent."""

    id: str
    short: str
    case_id: str
    label: str
    version: int
    state: str
    urgency: str
    msg_status: str
    tlp: str
    permitted_use: str
    released: list[str]
    because: str
    """Why so much is told, where somebody had to say it; stays in the house."""
    expires_at: datetime
    created_at: datetime
    ended_at: datetime | None
    outdated: bool
    shares: list[ShareView]

    def is_live(self, now: datetime) -> bool:
        """Whether it is still shared, so that its case can have no other."""
        return self.state == "published" and self.expires_at > now

    def __repr__(self) -> str:
        return f"<AlertView {self.id}>"
