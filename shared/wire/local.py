"""Messages between the three services of one node, over its local broker (PROTOCOL 9).

Between intake and matching they travel in the same sealed envelope as to a partner. Notify has
no key, so what it hears and says is plain, and holds references and codes only (rule 5).
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.wire import codes
from shared.wire.messages import DETAILS_BYTES, Body, Description
from shared.wire.values import (
    Base64,
    Bytes16,
    Code,
    Epoch,
    Hash,
    Model,
    Organisation,
    Reference,
    Time,
    Version,
    base64_shape,
    of_length,
)

MOST_REVOCATIONS = 64
"""Statements in one message; a partner that made more is suspect."""


class PartnerChanged(Body):
    """intake -> matching: a partner's card, sealing keys or standing changed."""

    TYPE: ClassVar[str] = "partner.changed"
    organisation: Organisation
    status: codes.PartnerStatus
    card: Base64
    prekeys: Annotated[list[Base64], Field(max_length=8)]
    revocations: Annotated[list[Base64], Field(max_length=MOST_REVOCATIONS)] = Field(default_factory=list)
    """Signed, about keys that are not to be trusted, whatever the card says. What counts now first."""


class PseudonymEntry(Model):
    """One evaluated match key of an own case: its group and the pseudonym."""

    group: Annotated[str, Field(pattern=r"^[A-Z]$")]
    value: Bytes16


class CasePseudonyms(Body):
    """intake -> matching: an own case as one partner's alerts can see it. Replaces what was there."""

    TYPE: ClassVar[str] = "case.pseudonyms"
    case: Reference
    version: Version
    kind: codes.CaseKind
    partner: Organisation
    epoch: Epoch
    entries: Annotated[list[PseudonymEntry], Field(max_length=24)]
    description: Description


class CaseClosed(Body):
    """intake -> matching: forget this own case, its pseudonyms and its possible matches."""

    TYPE: ClassVar[str] = "case.closed"
    case: Reference


class EpochClosed(Body):
    """intake -> matching: every own case has this partner's newer epoch; drop the older one."""

    TYPE: ClassVar[str] = "epoch.closed"
    partner: Organisation
    epoch: Epoch


OneIn = Annotated[int, Field(ge=0, le=1_000_000)]
"""One person in so many bears a name that sounds like this, in steps of 1, 2, 5, 10, 20 ...; 0 is unknown."""


NameLevel = Literal["same", "part", "sound", "close", "initial", "different", "unknown"]


class Agreement(Model):
    """How an own case agrees with the details of an alert: levels, never values."""

    given: NameLevel
    family: NameLevel
    swapped: bool
    """Given and family name stand in each other's column."""
    birth: Literal["same", "swapped", "one_part", "year", "near", "different", "unknown"]
    place: Literal["same", "different", "unknown"]
    given_one_in: OneIn
    family_one_in: OneIn
    """Of the own names; also told where they do not agree."""


class Candidate(Body):
    """One own case that shares a match key with one alert, each in one version."""

    alert: Reference
    alert_version: Version
    partner: Organisation
    case: Reference
    case_version: Version


class CandidateFound(Candidate):
    """matching -> intake: compare this own case with what the shared key unlocked of the alert."""

    TYPE: ClassVar[str] = "candidate.found"
    details: Annotated[str, of_length(DETAILS_BYTES), base64_shape(DETAILS_BYTES)]


class CandidateCompared(Candidate):
    """intake -> matching: how they agree. Levels, and no value of the own case."""

    TYPE: ClassVar[str] = "candidate.compared"
    agreement: Agreement


class Reason(Model):
    """What one comparator found; `parameters` fill the sentence that the desk shows."""

    comparator: Code
    verdict: codes.Verdict
    weight: Annotated[int, Field(ge=-10_000, le=10_000)]
    """Hundredths of a bit, log2(m/u)."""
    parameters: dict[Code, Code | int]


class MatchProposed(Body):
    """matching -> intake: an alert and an own case may be one person."""

    TYPE: ClassVar[str] = "match.proposed"
    match: Reference
    version: Version
    partner: Organisation
    alert: Reference
    alert_version: Version
    case: Reference
    score: Annotated[int, Field(ge=-100_000, le=100_000)]
    strength: codes.Strength
    reasons: Annotated[list[Reason], Field(max_length=40)]
    facts: Hash
    """Digest of what was compared: an excluded match comes back only when this changes."""
    kind: codes.CaseKind
    category: codes.Category
    urgency: codes.Urgency
    status: codes.MsgStatus
    tlp: codes.Tlp
    permitted_use: codes.PermittedUse
    description: Description
    """What the alert released, for the desk to show beside the own case."""
    expires: Time
    duty: Reference | None = None
    """Under which reference the people on duty are told: its own, or an earlier match's of the same case and
    partner. Absent when they need not be told."""


class MatchRetracted(Body):
    """matching -> intake: the alert behind a possible match is gone; delete what was shown of it."""

    TYPE: ClassVar[str] = "match.retracted"
    match: Reference
    why: Annotated[str, Field(pattern=r"^(withdrawn|tombstone|expired|partner|changed)$")]
    version: Version | None = None
    """With `changed`: the last proposal that it takes back; a newer one stands. Absent when nothing of the
    match can come any more."""


class MatchDecided(Body):
    """intake -> matching: what a person decided about a possible match, for these facts."""

    TYPE: ClassVar[str] = "match.decided"
    match: Reference
    state: codes.MatchState
    facts: Hash


class DutyWaiting(Body):
    """-> notify, plain: something waits. Never what, never whose (rule 8)."""

    TYPE: ClassVar[str] = "duty.waiting"
    reference: Reference
    urgency: codes.Urgency
    status: codes.MsgStatus
    at: Time


class DutySettled(Body):
    """intake -> notify, plain: nothing waits here any more."""

    TYPE: ClassVar[str] = "duty.settled"
    reference: Reference


class DutyState(Body):
    """notify -> intake, plain: who was told, for the desk's read model."""

    TYPE: ClassVar[str] = "duty.state"
    reference: Reference
    state: Annotated[str, Field(pattern=r"^(told|retrying|parked|nobody_on_duty)$")]
    channel: Code
    told: Annotated[int, Field(ge=0, le=1000)]
    """How many people were told."""
    at: Time
    step: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    """Counts what was said of this reference, because `at` has whole seconds."""
    reason: Code | None = None


SEALED_BODIES: dict[str, type[Body]] = {
    body.TYPE: body
    for body in (
        PartnerChanged,
        CasePseudonyms,
        CaseClosed,
        EpochClosed,
        CandidateFound,
        CandidateCompared,
        MatchProposed,
        MatchRetracted,
        MatchDecided,
    )
}
PLAIN_BODIES: dict[str, type[Body]] = {body.TYPE: body for body in (DutyWaiting, DutySettled, DutyState)}

LOCAL_TO: dict[str, str] = {
    "partner.changed": "matching",
    "case.pseudonyms": "matching",
    "case.closed": "matching",
    "epoch.closed": "matching",
    "match.decided": "matching",
    "candidate.compared": "matching",
    "candidate.found": "intake",
    "match.proposed": "intake",
    "match.retracted": "intake",
    "duty.waiting": "notify",
    "duty.settled": "notify",
    "duty.state": "intake",
}
"""Which service hears a local message; its routing key is `<service>.<type>`."""

MAY_SIGN_LOCAL: dict[str, frozenset[str]] = {
    "intake": frozenset(
        {
            "partner.changed",
            "case.pseudonyms",
            "case.closed",
            "epoch.closed",
            "candidate.compared",
            "match.decided",
        }
    ),
    # card.updated: matching's own new sealing keys, which intake takes into the directory.
    "matching": frozenset({"candidate.found", "match.proposed", "match.retracted", "card.updated"}),
}
"""Accepted only from the own organisation, in the same envelope as between organisations."""
