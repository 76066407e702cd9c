"""What the API takes and gives, as pydantic models; the OpenAPI document is made from them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.intake.domain.codes import (
    CaseKind,
    Category,
    ExclusionReason,
    MatchState,
    PermittedUse,
    Risk,
    Tlp,
)

Text = Annotated[str, Field(max_length=300)]
Note = Annotated[str, Field(max_length=2000)]
Organisation = Annotated[str, Field(pattern=r"^[a-z]{2}-[a-z0-9-]{2,30}$")]


class Answer(BaseModel):
    """Something that the API gives."""

    model_config = ConfigDict(from_attributes=True)


class Question(BaseModel):
    """Something that the API takes; an unknown field is an error and not overlooked."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Problem(Answer):
    """RFC 9457. `code` is for programs, `detail` is a sentence for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None


class Me(Answer):
    """Whom this access acts as."""

    organisation: str
    role: str
    team: str
    language: str


class CaseSummary(Answer):
    """A case in a list."""

    id: str
    short: str
    label: str
    version: int
    kind: str
    category: str
    risk: str
    state: str
    tracing_status: str
    team: str
    has_keys: bool
    changed_at: datetime


class CaseList(Answer):
    """Cases, the newest change first."""

    cases: list[CaseSummary]


class CaseDetail(Answer):
    """One whole case; `person` has the fields of `PersonFields` that are known."""

    summary: CaseSummary
    person: dict[str, Any]
    note: str
    created_at: datetime
    closed_at: datetime | None
    batch_id: str | None


class PersonFields(Question):
    """A person in PFIF 1.4 words. Dates are YYYY, YYYY-MM or YYYY-MM-DD; what is left out is unknown."""

    given_name: Text = ""
    family_name: Text = ""
    alternate_names: Annotated[list[Text], Field(max_length=10)] = Field(default_factory=list)
    sex: Text | None = None
    date_of_birth: Text | None = None
    age: Text | None = None
    nationality: Text | None = None
    languages: Annotated[list[Text], Field(max_length=8)] = Field(default_factory=list)
    height_cm: int | None = None
    eye_colour: Text | None = None
    hair_colour: Text | None = None
    marks: Annotated[list[Text], Field(max_length=12)] = Field(default_factory=list)
    last_seen_date: Text | None = None
    last_seen_place: Text | None = None
    last_seen_region: Text | None = None
    protect_location: bool | None = None
    """Left out or null counts as true."""


class NewCase(Question):
    """A case to register."""

    kind: Annotated[CaseKind, Field(strict=False)]
    category: Annotated[Category, Field(strict=False)]
    risk: Annotated[Risk, Field(strict=False)] = Risk.MEDIUM
    person: PersonFields
    note: Note = ""
    source_id: Text = ""


class NewAlert(Question):
    """An alert to share, or to look at before it is shared. `partners` null is the whole circle."""

    case: Text
    release: list[Text] = Field(default_factory=lambda: ["sex", "birth_decade"])
    partners: list[Organisation] | None = None
    tlp: Annotated[Tlp, Field(strict=False)] = Tlp.AMBER_STRICT
    permitted_use: Annotated[PermittedUse, Field(strict=False)] = PermittedUse.ASK_PARTNER
    until: Annotated[datetime | None, Field(strict=False)] = None
    exercise: bool = False
    because: Annotated[str, Field(max_length=500)] = ""
    """Why so much is released, where `meter` says too_identifying; it stays in the house."""


class LeavingValue(Answer):
    """One coded value that would leave."""

    field: str
    value: str | int | list[str]


class StayingField(Answer):
    """One field that stays, and why."""

    field: str
    why: str


class MeterReading(Answer):
    """How identifying the description is. `alike`: own open cases that share it, 0 for fewer than five."""

    standing: str
    one_in: int
    people: int | None
    alike: dict[str, int]


class AlertPreview(Answer):
    """Exactly what leaves the house, and what stays."""

    leaves: list[LeavingValue]
    stays: list[StayingField]
    kind: str
    category: str
    urgency: str
    msg_status: str
    tlp: str
    permitted_use: str
    expires_at: datetime
    partners: list[str]
    held: dict[str, str]
    tags: int
    match_keys: int
    meter: MeterReading


class Share(Answer):
    """One alert at one partner, with the times of its receipts."""

    id: str
    short: str
    partner: str
    state: str
    reason: str | None
    version: int
    queued_at: datetime | None
    sent_at: datetime | None
    stored_at: datetime | None
    compared_at: datetime | None
    deleting_at: datetime | None
    deleted_at: datetime | None
    overdue: bool


class Alert(Answer):
    """One alert with all its shares."""

    id: str
    short: str
    case_id: str
    version: int
    state: str
    urgency: str
    msg_status: str
    tlp: str
    permitted_use: str
    released: list[str]
    expires_at: datetime
    created_at: datetime
    ended_at: datetime | None
    outdated: bool
    shares: list[Share]


class AlertList(Answer):
    """Alerts, the newest change first."""

    alerts: list[Alert]


class Receipt(Answer):
    """A partner's signed word about one share."""

    message_id: str
    partner: str
    version: int
    outcome: str
    at: datetime
    received_at: datetime


class ReceiptList(Answer):
    """Every signed word about one alert, by partner, the oldest first."""

    receipts: list[Receipt]


class MatchSummary(Answer):
    """A possible match in a list. `strength` is absolute; `score` is in hundredths of a bit."""

    id: str
    short: str
    case_id: str
    partner: str
    state: str
    strength: str
    score: int
    urgency: str
    msg_status: str
    version: int
    received_at: datetime
    duty_state: str | None
    more: int
    """How many more between the same case and partner are not in this list; `case` lists them."""


class MatchList(Answer):
    """Possible matches, the newest first."""

    matches: list[MatchSummary]


class MatchReason(Answer):
    """What one comparator found, as codes and as a sentence in the language of the account."""

    comparator: str
    verdict: str
    weight: int
    sentence: str


class FieldPair(Answer):
    """One coded value of the own case beside what the partner released."""

    field: str
    own: str | int | list[str] | None
    released: str | int | list[str] | None
    agreement: str
    """same, partly, different, or empty where one of the two is not known."""


class MatchStep(Answer):
    """One step of the history."""

    at: datetime
    actor: str
    state: str
    reason: str | None
    changed: list[str]
    """Why an excluded match came back: `alert` or `case`, then the fields that changed."""


class MatchDetail(Answer):
    """One possible match with everything that the desk shows of it."""

    summary: MatchSummary
    kind: str
    category: str
    tlp: str
    permitted_use: str
    expires_at: datetime
    reasons: list[MatchReason]
    fields: list[FieldPair]
    history: list[MatchStep]
    may_become: list[str]
    retracted_why: str | None


class Decision(Question):
    """What a person says about a possible match. `version` and `seen_state` are those that they looked at."""

    state: Annotated[MatchState, Field(strict=False)]
    reason: Annotated[ExclusionReason | None, Field(strict=False)] = None
    note: Annotated[str, Field(max_length=1000)] = ""
    version: int
    seen_state: Annotated[MatchState, Field(strict=False)]


class Partner(Answer):
    """One partner; `hold` says why nothing can be sent to it now."""

    organisation: str
    name: str
    country: str
    languages: tuple[str, ...]
    duty_phone: str
    status: str
    hold: str | None
    hold_sentence: str | None
    card_valid_until: datetime
    shares: dict[str, int]


class PartnerList(Answer):
    """All partners."""

    partners: list[Partner]


class Duty(Answer):
    """Who was told about one thing that waits."""

    reference: str
    short: str
    state: str
    channel: str
    told: int
    reason: str | None
    at: datetime


class DutyList(Answer):
    """The newest first."""

    entries: list[Duty]


class ImportProblem(Answer):
    """One thing to mend; row 1 is the line with the headings."""

    row: int
    column: str
    value: str
    message: str


class ImportDryRun(Answer):
    """What an import would do. Nothing was saved."""

    accepted: int
    known: int
    """Rows whose id is that of a case here already; they are left out."""
    problems: list[ImportProblem]
    warnings: list[ImportProblem]
    ignored_columns: list[str]
    encoding: str
    delimiter: str


State = Literal["open", "closed", "erased", "all"]
