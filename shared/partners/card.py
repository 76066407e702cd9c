"""The organisation card: who somebody is and which keys may speak for them (PROTOCOL 4.2).

`check` looks at one card alone; whether it may follow the card known so far is in `succession`.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, ValidationError

from shared.crypto import signing
from shared.partners import documents
from shared.runtime import clock
from shared.wire import envelope, messages
from shared.wire.messages import Language
from shared.wire.parties import Role
from shared.wire.reject import Code, Reject
from shared.wire.values import Base64, Count, Hash, Model, Organisation, Time, decode_base64, encode_base64

MAX_CARD_LIFE = timedelta(days=400)
MAX_BATCH_POINTS = 960
"""The largest regular batch, 40 cases: who follows a card sends one in every slot and keeps it a while."""
MAX_FIRST_LOAD_BATCH = 4000
_NEXT_ROOT_LABEL = b"myosotis next root key v1"


class RoleKeyEntry(Model):
    """A role's signing key and the types it may sign. Two entries of one role overlap at a rotation."""

    role: Annotated[str, Field(pattern=r"^(intake|matching)$")]
    key: Annotated[Base64, Field(max_length=100)]
    types: Annotated[list[str], Field(min_length=1, max_length=32)]


class PseudonymPolicy(Model):
    """What this organisation lets a partner ask for: the budget follows from it (PROTOCOL 7.4)."""

    batch_points: Annotated[int, Field(ge=1, le=MAX_BATCH_POINTS)]
    slot_seconds: Annotated[int, Field(ge=1, le=2_678_400)]
    first_load_batch: Annotated[int, Field(ge=1, le=MAX_FIRST_LOAD_BATCH)]


class Card(Model):
    """The document that an organisation's root key signs."""

    v: Annotated[int, Field(ge=1, le=1)]
    organisation: Organisation
    name: Annotated[str, Field(pattern=r"^[^\p{C}\p{Zl}\p{Zp}]{1,80}$")]
    """For people. No control, direction or zero-width characters (case 48)."""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    languages: Annotated[list[Language], Field(min_length=1, max_length=12)]
    duty_phone: Annotated[str, Field(pattern=r"^\+[0-9]{6,15}$")]
    seq: Annotated[Count, Field(ge=1)]
    root_key: Annotated[Base64, Field(max_length=100)]
    next_root_hash: Hash
    role_keys: Annotated[list[RoleKeyEntry], Field(min_length=1, max_length=8)]
    policy: PseudonymPolicy
    min_suite: Annotated[int, Field(ge=0, le=255)]
    """The weakest cipher suite that this organisation still uses."""
    valid_from: Time
    valid_until: Time


@dataclass(frozen=True, slots=True)
class RoleKey:
    """One role key of a card, ready for use."""

    role: Role
    key: signing.VerifyKey
    skid: str
    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class CheckedCard:
    """A card whose signature, keys and fields are in order. `digest` is SHA-256 of the signed content."""

    card: Card
    root: signing.VerifyKey
    role_keys: tuple[RoleKey, ...]
    valid_from: datetime
    valid_until: datetime
    digest: bytes
    raw: bytes = field(repr=False)
    signed_by: signing.VerifyKey

    def expired(self, now: datetime) -> bool:
        """Whether nothing may be sent on the strength of this card any more (case 17)."""
        return now >= self.valid_until


def next_root_hash(key: signing.VerifyKey) -> str:
    """The commitment to the next root key: 64 hexadecimal digits."""
    return hashlib.sha256(_NEXT_ROOT_LABEL + bytes(key)).hexdigest()


def issue(card: Card, root: signing.SigningKey) -> bytes:
    """Sign a card. Raises ValueError unless it names this root key."""
    if card.root_key != encode_base64(bytes(root.verify_key)):
        raise ValueError("a card names the root key that signs it")
    return documents.sign(documents.Kind.CARD, card.to_wire(), root)


def read(data: bytes) -> CheckedCard:
    """Check everything about a card that does not depend on time or on an earlier card; raises Reject."""
    signed = documents.read(data, documents.Kind.CARD)
    card = _parse(signed.document)
    root = _signing_key(card.root_key)
    role_keys = tuple(_role_key(entry) for entry in card.role_keys)
    every_key = [bytes(root), *(bytes(entry.key) for entry in role_keys)]
    if len(set(every_key)) != len(every_key) or card.next_root_hash == next_root_hash(root):
        raise Reject(Code.CARD_KEY_REUSED)
    return CheckedCard(
        card=card,
        root=root,
        role_keys=role_keys,
        valid_from=clock.from_wire(card.valid_from),
        valid_until=clock.from_wire(card.valid_until),
        digest=hashlib.sha256(signed.content).digest(),
        raw=signed.raw,
        signed_by=signed.key,
    )


def check(data: bytes, now: datetime, min_suite: int = envelope.MIN_SUITE) -> CheckedCard:
    """`read`, and the checks at import: cipher suite, life of at most 400 days, valid now. Raises Reject."""
    checked = read(data)
    if checked.card.min_suite < min_suite:
        raise Reject(Code.CARD_WEAK_SUITE)
    if not timedelta(0) < checked.valid_until - checked.valid_from <= MAX_CARD_LIFE:
        raise Reject(Code.CARD_LIFETIME)
    if checked.valid_from > now + envelope.MAX_AHEAD:
        raise Reject(Code.CARD_FROM_THE_FUTURE)
    if checked.expired(now):
        raise Reject(Code.CARD_EXPIRED)
    return checked


def _parse(document: dict[str, Any]) -> Card:
    try:
        card = Card.model_validate(document)
    except ValidationError:
        raise Reject(Code.CARD_SCHEMA) from None
    if card.to_wire() != document:
        raise Reject(Code.CARD_SCHEMA)
    return card


def _signing_key(text: str) -> signing.VerifyKey:
    try:
        return signing.VerifyKey(decode_base64(text))
    except signing.BadSigningKey:
        raise Reject(Code.CARD_BAD_SIGNING_KEY) from None


def _role_key(entry: RoleKeyEntry) -> RoleKey:
    role, types = Role(entry.role), frozenset(entry.types)
    if not types <= messages.MAY_SIGN[role]:
        raise Reject(Code.CARD_TYPES)
    key = _signing_key(entry.key)
    return RoleKey(role=role, key=key, skid=signing.key_id(key), types=types)
