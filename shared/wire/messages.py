"""Every message type between organisations, and who may sign it (PROTOCOL 6).

A body travels inside the signed, sealed inner message; the relay sees neither type nor content.
To add a type: write its body here, name it in `BODIES` and `MAY_SIGN`, add a vector.
"""

import operator
import struct
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from shared.wire import codes
from shared.wire.parties import Role
from shared.wire.values import (
    Base64,
    Bytes16,
    Code,
    Count,
    Epoch,
    Hash,
    Model,
    Reference,
    Time,
    Version,
    accepted_before,
    base64_shape,
    decode_base64,
)

TAG_BYTES = 8
DETAILS_BYTES = 4
TAGS_PER_ALERT = 160
KEYS_PER_CASE = 24
POINT_BYTES = 32
_TAGS = struct.Struct(f">{TAGS_PER_ALERT}Q")
"""Tags as numbers, which sort as their bytes do."""

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Region = Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
Mark = Annotated[
    str,
    Field(pattern=rf"^({'|'.join(codes.MarkKind)}):({'|'.join(codes.MarkPlace)})$"),
]


class Body(Model):
    """A message body; `TYPE` is the name under which it travels."""

    TYPE: ClassVar[str]


class Description(Model):
    """Coded values that a caseworker chose to release. No free text, nothing precise."""

    sex: codes.Sex | None = None
    birth_decade: Annotated[int, Field(ge=1900, le=2100, multiple_of=10)] | None = None
    """First year of the ten-year band of birth years; an age band that does not grow stale."""
    height: codes.HeightBand | None = None
    eye_colour: codes.EyeColour | None = None
    hair_colour: codes.HairColour | None = None
    languages: Annotated[list[Language], Field(max_length=8)] | None = None
    marks: Annotated[list[Mark], Field(max_length=12)] | None = None
    nationality: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    region: Region | None = None
    """ISO 3166 country or subdivision where the person was last seen; absent if protected."""
    last_seen: Month | None = None


def _constant_and_ascending(text: str, info: ValidationInfo) -> str:
    if accepted_before(info):
        return text
    data = decode_base64(text)
    if len(data) != TAG_BYTES * TAGS_PER_ALERT:
        raise ValueError(f"an alert carries exactly {TAGS_PER_ALERT} tags")
    tags = _TAGS.unpack(data)
    if not all(map(operator.lt, tags, tags[1:])):
        raise ValueError("tags must ascend and differ")
    return text


def _one_for_each_tag(text: str, info: ValidationInfo) -> str:
    if not accepted_before(info) and len(decode_base64(text)) != DETAILS_BYTES * TAGS_PER_ALERT:
        raise ValueError(f"details have {DETAILS_BYTES} bytes for each of the {TAGS_PER_ALERT} tags")
    return text


class TagSet(Model):
    """The salted tags of one alert under one epoch: always 160, sorted, filled with random."""

    epoch: Epoch
    salt: Bytes16
    tags: Annotated[str, AfterValidator(_constant_and_ascending), base64_shape(TAG_BYTES * TAGS_PER_ALERT)]
    """160 tags of 8 bytes, in ascending order, concatenated, in base64."""
    details: Annotated[str, AfterValidator(_one_for_each_tag), base64_shape(DETAILS_BYTES * TAGS_PER_ALERT)]
    """4 bytes for each tag, in the order of the tags: details of the person, masked by its pseudonym."""


class AlertContent(Body):
    """What an alert says; `alert` is known to this one partner only (case 39)."""

    alert: Reference
    version: Version
    status: codes.MsgStatus
    urgency: codes.Urgency
    tlp: codes.Tlp
    permitted_use: codes.PermittedUse
    kind: codes.CaseKind
    category: codes.Category
    keys_version: Annotated[int, Field(ge=1, le=1000)]
    """Which rules turned the person into match keys; both sides must agree."""
    description: Description
    tag_sets: Annotated[list[TagSet], Field(min_length=1, max_length=2)]
    """One; two while an epoch changes."""
    expires: Time


class AlertPublished(AlertContent):
    """A new alert for this partner."""

    TYPE: ClassVar[str] = "alert.published"


class AlertUpdated(AlertContent):
    """A newer version of an alert; the highest version wins, in whatever order they arrive."""

    TYPE: ClassVar[str] = "alert.updated"


class AlertWithdrawn(Body):
    """The search ended. Carries no reason: a closing reason can give a place away."""

    TYPE: ClassVar[str] = "alert.withdrawn"
    alert: Reference
    version: Version


class Tombstone(Body):
    """The alert was erased and must never come back; wins over everything, for ever."""

    TYPE: ClassVar[str] = "tombstone"
    alert: Reference
    version: Version


class MatchNotice(Body):
    """What a found person agreed to have said about one alert. Needs a recorded consent."""

    TYPE: ClassVar[str] = "match.notice"
    alert: Reference
    wish: Literal[
        codes.ContactWish.TELL_SAFE,
        codes.ContactWish.PASS_MESSAGE,
        codes.ContactWish.SHARE_CONTACT,
        codes.ContactWish.MEET,
    ]
    consent: Reference
    until: Time


class ReceiptItem(Model):
    """One fact about one alert that a partner signs for."""

    alert: Reference
    version: Version
    outcome: codes.ReceiptOutcome
    at: Time
    reason: Code | None = None


class SequenceGap(Model):
    """Numbers that never arrived, both ends included."""

    first: Count
    last: Count


class AuditHead(Model):
    """The tip of the signer's audit chain, so that partners witness it.

    Without its number: that counts the rows of the log, and so what was found (rule 4).
    """

    hash: Hash


class Receipt(Body):
    """What happened to alerts since the last receipt; sent at fixed slots (rule 4)."""

    TYPE: ClassVar[str] = "receipt"
    items: Annotated[list[ReceiptItem], Field(max_length=500)]
    missing: Annotated[list[SequenceGap], Field(max_length=50)]
    resend: bool
    """True asks for every live alert anew, sealed to the newest key (case 20)."""
    head: AuditHead | None = None


class CardUpdated(Body):
    """A new organisation card or new sealing keys; both are signed documents of their own."""

    TYPE: ClassVar[str] = "card.updated"
    card: Base64
    prekeys: Annotated[list[Base64], Field(max_length=4)]


class KeyRevoked(Body):
    """A role key or sealing key is not to be trusted from a stated time; signed by the root key."""

    TYPE: ClassVar[str] = "key.revoked"
    statement: Base64


PseudonymPurpose = Literal["regular", "first_load"]


class PseudonymRequest(Body):
    """A batch of blinded match keys, always as many as the answering side's card says."""

    TYPE: ClassVar[str] = "pseudonym.request"
    epoch: Epoch
    slot: Count
    purpose: PseudonymPurpose
    blinded: Base64
    """32-byte ristretto255 elements, concatenated. Of each whole block of 24 places the first 22 are
    evaluated under the fine key, the last 2 under the coarse one; what is left is fine (PROTOCOL 7.2)."""


class PseudonymResponse(Body):
    """The evaluated batch with one proof for each key; a refusal has the same length, filled with zeros."""

    TYPE: ClassVar[str] = "pseudonym.response"
    epoch: Epoch
    slot: Count
    purpose: PseudonymPurpose
    outcome: Literal["evaluated", "not_approved", "over_budget", "malformed", "epoch_over"]
    public_key: Base64
    coarse_public_key: Base64
    evaluated: Base64
    """In the order of the places, fine and coarse."""
    proof: Base64
    coarse_proof: Base64
    current_epoch: Epoch
    """The answering side's newest epoch: this is how a partner learns that one began."""


RELAY_BODIES: dict[str, type[Body]] = {
    body.TYPE: body
    for body in (
        CardUpdated,
        KeyRevoked,
        PseudonymRequest,
        PseudonymResponse,
        AlertPublished,
        AlertUpdated,
        AlertWithdrawn,
        MatchNotice,
        Receipt,
        Tombstone,
    )
}

MAY_SIGN: dict[Role, frozenset[str]] = {
    Role.INTAKE: frozenset(
        {
            "card.updated",
            "key.revoked",
            "pseudonym.request",
            "pseudonym.response",
            "alert.published",
            "alert.updated",
            "alert.withdrawn",
            "match.notice",
            "receipt",
            "tombstone",
        }
    ),
    # Matching can publish nothing and disclose nothing: a thief of its key can only lie in receipts.
    # Its new sealing keys go to its own intake, which announces them.
    Role.MATCHING: frozenset({"receipt"}),
}
"""The most that a role may ever sign; a card may name fewer types, never more."""

ADDRESSED_TO: dict[str, Role] = {
    "alert.published": Role.MATCHING,
    "alert.updated": Role.MATCHING,
    "alert.withdrawn": Role.MATCHING,
    "tombstone": Role.MATCHING,
    "card.updated": Role.INTAKE,
    "key.revoked": Role.INTAKE,
    "pseudonym.request": Role.INTAKE,
    "pseudonym.response": Role.INTAKE,
    "match.notice": Role.INTAKE,
    "receipt": Role.INTAKE,
}
"""Which service of the receiving node a type belongs to; intake tells its matching what it must know."""
