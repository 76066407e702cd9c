"""The sealed envelope: header, HPKE, padding, signature, inner message (PROTOCOL 3 and 5).

    envelope  = header | HPKE(plaintext), info = "myosotis envelope v1" | header
    header    = "MYOS" | version 1 | suite 1 | key id of the recipient 8         (14 bytes)
    plaintext = length of inner, u32 big endian | signature 64 | inner | zeros   (1, 4, 16, 64 or 256 KiB)
    signature = Ed25519 over the label and header | inner, by the sender's role key

The header is part of what is signed, and it names the recipient's key: what B received from A cannot be
sealed again for C (case 6).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Generic, NamedTuple, Protocol, TypeVar

from pydantic import Field, ValidationError

from shared.crypto import sealing, signing
from shared.runtime import clock
from shared.wire import canonical, local, messages
from shared.wire.envelope_padding import BUCKETS, MAX_INNER_BYTES, EnvelopeTooLarge, pad, unpad
from shared.wire.messages import Body
from shared.wire.parties import Party
from shared.wire.reject import Code, Reject
from shared.wire.values import ACCEPTED_BEFORE, Count, KeyId, Model, Reference, Time

__all__ = [
    "BUCKETS",
    "HEADER_BYTES",
    "MAX_INNER_BYTES",
    "BadInner",
    "EnvelopeTooLarge",
    "Inner",
    "KeyRing",
    "Opened",
    "SenderDirectory",
    "Signer",
    "SignerStatus",
    "decode_inner",
    "encode_inner",
    "open_envelope",
    "open_envelopes",
    "pad",
    "seal",
    "unpad",
]

MAGIC = b"MYOS"
VERSION = 1
SUITE_XWING = 1
"""HPKE base mode: X-Wing, HKDF-SHA256, ChaCha20-Poly1305; Ed25519. The only suite so far."""
MIN_SUITE = SUITE_XWING
KNOWN_SUITES = frozenset({SUITE_XWING})
HEADER_BYTES = 14
MIN_ENVELOPE_BYTES = HEADER_BYTES + sealing.OVERHEAD_BYTES + BUCKETS[0]
MAX_ENVELOPE_BYTES = HEADER_BYTES + sealing.OVERHEAD_BYTES + BUCKETS[-1]
INFO_LABEL = b"myosotis envelope v1"
SIGNATURE_LABEL = b"myosotis envelope signature v1"
MAX_AHEAD = timedelta(minutes=10)
MAX_LIFE = timedelta(days=60)

_STILL_HEARD = frozenset({"card.updated", "key.revoked"})


class BadInner(ValueError):
    """A message of this kind cannot be sent: type, sender, addressee, times or key do not belong together."""


class SignerStatus(StrEnum):
    """How a signing key and its organisation stand in the directory."""

    TRUSTED = "trusted"
    SUPERSEDED = "superseded"
    """The key was in an earlier card and is not in the current one."""
    REVOKED = "revoked"
    NOT_VERIFIED = "not_verified"
    SUSPENDED = "suspended"
    LEFT = "left"
    CARD_EXPIRED = "card_expired"
    """Only `card.updated` and `key.revoked` are still heard."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A signing key that the directory knows, what it may sign, and whether it is to be trusted."""

    verify_key: signing.VerifyKey
    allowed_types: frozenset[str]
    status: SignerStatus


class KeyRing(Protocol):
    """The opening keys of one role."""

    def opening_key(self, kid: bytes) -> sealing.OpeningKey | None:
        """The private key of this 8-byte key id, or None when it was never here or is destroyed."""
        ...


class SenderDirectory(Protocol):
    """Who may be believed."""

    def signer(self, sender: Party, skid: str) -> Signer | None:
        """The key that `sender` signs with under this key id, or None when either is unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Inner:
    """What an envelope says. Times are aware, UTC, whole seconds; `skid` is the id of the signing key."""

    id: str
    sender: Party
    skid: str
    to: Party
    created: datetime
    expires: datetime
    seq: int
    body: Body = field(repr=False)

    @property
    def type(self) -> str:
        return self.body.TYPE


@dataclass(frozen=True, slots=True)
class Opened:
    """An envelope that passed every check, with the bytes that prove it."""

    inner: Inner
    header: bytes
    inner_bytes: bytes = field(repr=False)
    raw_signature: bytes = field(repr=False)


_AnyBody = TypeVar("_AnyBody", bound=Body)


class _Fields(Model, Generic[_AnyBody]):
    """The inner message as JSON, with the body of one type."""

    v: Annotated[int, Field(ge=VERSION, le=VERSION)]  # Literal[1] would take `true` as well
    type: str
    id: Reference
    sender: Annotated[str, Field(alias="from", max_length=64)]
    skid: KeyId
    to: Annotated[str, Field(max_length=64)]
    created: Time
    expires: Time
    seq: Annotated[Count, Field(ge=1)]
    body: _AnyBody


@cache
def _schemas() -> dict[str, type[_Fields[Any]]]:
    """The schema of the whole inner message for every type that may be sealed."""
    bodies = {**local.SEALED_BODIES, **messages.RELAY_BODIES}
    return {name: _Fields[kind] for name, kind in bodies.items()}  # type: ignore[valid-type]


def seal(inner: Inner, signer: signing.SigningKey, to: sealing.SealingKey) -> bytes:
    """Sign, pad and seal a message for one key (PROTOCOL 5.1).

    Raises EnvelopeTooLarge over 256 KiB (case 22) and BadInner for a message that no receiver would accept,
    so that neither is ever queued; BadSealingKey when the recipient's key cannot be used.
    """
    if inner.skid != signing.key_id(signer.verify_key):
        raise BadInner("the key id in the message is not that of the signing key")
    if not _belongs(inner):
        message = f"{inner.sender.role} may not send {inner.type} there"
        raise BadInner(message)
    if not timedelta(0) < inner.expires - inner.created <= MAX_LIFE:
        raise BadInner("a message lives for at most 60 days")
    data = encode_inner(inner)
    header = MAGIC + bytes((VERSION, SUITE_XWING)) + to.kid
    signature = signer.sign(SIGNATURE_LABEL, header + data)
    return header + to.seal(pad(signature, data), INFO_LABEL + header)


def encode_inner(inner: Inner) -> bytes:
    """The canonical JSON of a message. Raises CanonicalError for a body that has none."""
    return canonical.dumps(
        {
            "v": VERSION,
            "type": inner.type,
            "id": inner.id,
            "from": str(inner.sender),
            "skid": inner.skid,
            "to": str(inner.to),
            "created": clock.to_wire(inner.created),
            "expires": clock.to_wire(inner.expires),
            "seq": inner.seq,
            "body": inner.body.to_wire(),
        }
    )


def open_envelope(
    data: bytes,
    *,
    keyring: KeyRing,
    directory: SenderDirectory,
    me: Party,
    now: datetime,
    seen: Callable[[Party, str], bool],
) -> Opened:
    """Open an envelope for `me` in the fixed order of checks (PROTOCOL 5.2); raises Reject and nothing else.

    `seen` tells whether this message id of this sender was received before. It is asked last, so that only an
    authentic message can be called a replay.
    """
    [outcome] = open_envelopes([data], keyring=keyring, directory=directory, me=me, now=now, seen=seen)
    if isinstance(outcome, Code):
        raise Reject(outcome)
    return outcome


def open_envelopes(
    many: Sequence[bytes],
    *,
    keyring: KeyRing,
    directory: SenderDirectory,
    me: Party,
    now: datetime,
    seen: Callable[[Party, str], bool],
) -> list[Opened | Code]:
    """`open_envelope` for each of these; where it would be refused, the code.

    Each passes the same checks in the same order. But all are decrypted before the first is read, and all
    are read before the first signature is checked: a processor that changes between the three for every
    envelope takes longer for each.
    """

    def judge(read: _Read) -> Opened:
        _check_sender(read.inner, directory, read.header, read.inner_bytes, read.signature)
        if read.inner.to != me or not _addressed_to_role(read.inner):
            raise Reject(Code.NOT_FOR_ME)
        _check_times(read.inner, now)
        if seen(read.inner.sender, read.inner.id):
            raise Reject(Code.REPLAY)
        return Opened(read.inner, read.header, read.inner_bytes, read.signature)

    decrypted = _each(lambda data: _decrypt(data, keyring), many)
    return _each(judge, _each(lambda bare: _Read(*bare, decode_inner(bare.inner_bytes)), decrypted))


class _Decrypted(NamedTuple):
    header: bytes
    signature: bytes
    inner_bytes: bytes


class _Read(NamedTuple):
    header: bytes
    signature: bytes
    inner_bytes: bytes
    inner: Inner


_Before = TypeVar("_Before")
_After = TypeVar("_After")


def _each(step: Callable[[_Before], _After], many: Iterable[_Before | Code]) -> list[_After | Code]:
    """Take all of these one step further, but those that were refused before."""
    outcomes: list[_After | Code] = []
    for one in many:
        try:
            outcomes.append(one if isinstance(one, Code) else step(one))
        except Reject as refusal:
            outcomes.append(refusal.code)
    return outcomes


def _decrypt(data: bytes, keyring: KeyRing) -> _Decrypted:
    """Steps 1 to 6."""
    header = check_header(data)
    key = keyring.opening_key(header[6:])
    if key is None:
        raise Reject(Code.UNKNOWN_KEY)
    try:
        plaintext = key.open(data[HEADER_BYTES:], INFO_LABEL + header)
    except sealing.CannotOpen:
        raise Reject(Code.DECRYPT) from None
    return _Decrypted(header, *unpad(plaintext))


def check_header(data: bytes) -> bytes:
    """Steps 1 to 3: size, version, suite. Returns the 14 bytes of the header or raises Reject."""
    if not MIN_ENVELOPE_BYTES <= len(data) <= MAX_ENVELOPE_BYTES:
        raise Reject(Code.SIZE)
    header = data[:HEADER_BYTES]
    if header[:4] != MAGIC or header[4] != VERSION:
        raise Reject(Code.VERSION)
    if header[5] < MIN_SUITE:
        raise Reject(Code.SUITE_MISMATCH)
    if header[5] not in KNOWN_SUITES:
        raise Reject(Code.SUITE)
    return header


def decode_inner(data: bytes) -> Inner:
    """Steps 7 and 8: strict JSON, then the schema of the inner message and of its type's body."""
    try:
        value = canonical.loads(data, MAX_INNER_BYTES)
    except canonical.CanonicalError as error:
        raise Reject(error.code) from None
    message_type = value.get("type") if isinstance(value, dict) else None
    inner = _read(data, message_type)
    if inner.body.to_wire() != value["body"]:  # an explicit null would be a second spelling of nothing
        raise Reject(Code.SCHEMA)
    return inner


def decode_checked(data: bytes) -> Inner:
    """The same bytes once more, for whom `decode_inner` or `open_envelope` accepted them before.

    The schema is still applied, because it makes the values; what only proves the spelling is left out.
    """
    # In canonical JSON only the version, a number, comes after the type.
    message_type = data.rpartition(b',"type":"')[2].partition(b'"')[0]
    return _read(data, message_type.decode("ascii", "replace"), ACCEPTED_BEFORE)


def _read(data: bytes, message_type: object, context: object = None) -> Inner:
    """By way of the JSON, because strict validation of Python values wants members of enumerations."""
    schema = _schemas().get(message_type) if isinstance(message_type, str) else None
    if schema is None:
        raise Reject(Code.SCHEMA)
    try:
        fields = schema.model_validate_json(data, strict=True, context=context)
        return Inner(
            id=fields.id,
            sender=Party.parse(fields.sender),
            skid=fields.skid,
            to=Party.parse(fields.to),
            created=clock.from_wire(fields.created),
            expires=clock.from_wire(fields.expires),
            seq=fields.seq,
            body=fields.body,
        )
    except (ValidationError, ValueError):
        raise Reject(Code.SCHEMA) from None


_REFUSED_STATUS: dict[SignerStatus, Code] = {
    SignerStatus.NOT_VERIFIED: Code.SENDER_NOT_VERIFIED,
    SignerStatus.SUSPENDED: Code.SENDER_SUSPENDED,
    SignerStatus.LEFT: Code.SENDER_LEFT,
    SignerStatus.SUPERSEDED: Code.REVOKED_OR_OLD_KEY,
    SignerStatus.REVOKED: Code.REVOKED_OR_OLD_KEY,
}


def _check_sender(
    inner: Inner, directory: SenderDirectory, header: bytes, inner_bytes: bytes, signature: bytes
) -> None:
    """Steps 9 to 12: sender, key status, signature, and whether this key may sign this type."""
    signer = directory.signer(inner.sender, inner.skid)
    if signer is None:
        raise Reject(Code.UNKNOWN_SENDER)
    if refusal := _REFUSED_STATUS.get(signer.status):
        raise Reject(refusal)
    if signer.status is SignerStatus.CARD_EXPIRED and inner.type not in _STILL_HEARD:
        raise Reject(Code.CARD_EXPIRED)
    try:
        signer.verify_key.verify(SIGNATURE_LABEL, header + inner_bytes, signature)
    except signing.BadSignature:
        raise Reject(Code.SIGNATURE) from None
    if not _may_sign(inner, signer.allowed_types):
        raise Reject(Code.TYPE_NOT_ALLOWED)


def _may_sign(inner: Inner, allowed: frozenset[str]) -> bool:
    """A local type within one organisation only; a relay type between two, if the card names it."""
    role = inner.sender.role
    if inner.sender.organisation == inner.to.organisation:
        return inner.type in local.MAY_SIGN_LOCAL[role]
    return inner.type in messages.MAY_SIGN[role] and inner.type in allowed


def _addressed_to_role(inner: Inner) -> bool:
    role = messages.ADDRESSED_TO.get(inner.type) or local.LOCAL_TO.get(inner.type)
    return role == inner.to.role


def _belongs(inner: Inner) -> bool:
    return _may_sign(inner, messages.MAY_SIGN[inner.sender.role]) and _addressed_to_role(inner)


def _check_times(inner: Inner, now: datetime) -> None:
    """Step 14 (case 18): made at most ten minutes ahead, alive for at most 60 days, not yet over."""
    if inner.created > now + MAX_AHEAD:
        raise Reject(Code.FROM_THE_FUTURE)
    if not timedelta(0) < inner.expires - inner.created <= MAX_LIFE:
        raise Reject(Code.LIFETIME)
    if inner.expires <= now:
        raise Reject(Code.EXPIRED)
