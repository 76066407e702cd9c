"""Sealing keys of one role, signed by that role's key: they change weekly (PROTOCOL 4.3).

The root key stays outside the services, so the card cannot carry what changes every week. A set names the
newest key only; a partner goes on using the one it has until a newer set reaches it, for 60 days at most.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, ValidationError

from shared.crypto import sealing, signing
from shared.partners import documents
from shared.partners.card import CheckedCard
from shared.runtime import clock
from shared.wire import envelope
from shared.wire.parties import Party, Role
from shared.wire.reject import Code, Reject
from shared.wire.values import Base64, Count, KeyId, Model, Organisation, Time, decode_base64, encode_base64

ROTATE_EVERY = timedelta(days=7)
SEAL_FOR = timedelta(days=60)
DESTROY_AFTER = timedelta(days=67)
"""From a key's making: 60 days in which a partner may seal for it, and 7 days of grace under way."""

GRACE = DESTROY_AFTER - SEAL_FOR


class PrekeyEntry(Model):
    """One sealing key and when a partner may use it."""

    kid: KeyId
    suite: Annotated[int, Field(ge=0, le=255)]
    key: Annotated[Base64, Field(max_length=4000)]
    not_before: Time
    not_after: Time


class PrekeySet(Model):
    """The document that a role key signs."""

    v: Annotated[int, Field(ge=1, le=1)]
    organisation: Organisation
    role: Annotated[str, Field(pattern=r"^(intake|matching)$")]
    seq: Annotated[Count, Field(ge=1)]
    keys: Annotated[list[PrekeyEntry], Field(min_length=1, max_length=16)]


@dataclass(frozen=True, slots=True)
class Prekey:
    """One sealing key, ready for use."""

    key: sealing.SealingKey
    not_before: datetime
    not_after: datetime

    def usable(self, now: datetime) -> bool:
        """Whether a message may be sealed for it now; a clock that is a little behind does not matter."""
        return self.not_before <= now + envelope.MAX_AHEAD and now < self.not_after


@dataclass(frozen=True, slots=True)
class CheckedPrekeys:
    """A set whose signature, keys and fields are in order. `digest` is SHA-256 of the signed content."""

    party: Party
    seq: int
    keys: tuple[Prekey, ...]
    digest: bytes
    signer: str
    raw: bytes = field(repr=False)

    def newest(self, now: datetime) -> Prekey | None:
        """The newest key that may be used now."""
        usable = [key for key in self.keys if key.usable(now)]
        return max(usable, key=lambda key: key.not_before, default=None)


def issue(party: Party, seq: int, keys: list[Prekey], signer: signing.SigningKey) -> bytes:
    """Sign a set of sealing keys with the role key of `party`."""
    document = PrekeySet(
        v=1,
        organisation=party.organisation,
        role=party.role.value,
        seq=seq,
        keys=[
            PrekeyEntry(
                kid=key.key.kid.hex(),
                suite=envelope.SUITE_XWING,
                key=encode_base64(bytes(key.key)),
                not_before=clock.to_wire(key.not_before),
                not_after=clock.to_wire(key.not_after),
            )
            for key in keys
        ],
    )
    return documents.sign(documents.Kind.PREKEYS, document.to_wire(), signer)


def check(data: bytes, card: CheckedCard) -> CheckedPrekeys:
    """Check a set against the card that names its signer; raises Reject."""
    signed = documents.read(data, documents.Kind.PREKEYS)
    try:
        document = PrekeySet.model_validate(signed.document)
    except ValidationError:
        raise Reject(Code.PREKEY_SCHEMA) from None
    if document.organisation != card.card.organisation:
        raise Reject(Code.CARD_WRONG_ORGANISATION)
    role = Role(document.role)
    if not any(entry.role is role and entry.key == signed.key for entry in card.role_keys):
        raise Reject(Code.PREKEY_SIGNER)
    return CheckedPrekeys(
        party=Party(document.organisation, role),
        seq=document.seq,
        keys=tuple(_prekey(entry, card.card.min_suite) for entry in document.keys),
        digest=hashlib.sha256(signed.content).digest(),
        signer=signing.key_id(signed.key),
        raw=signed.raw,
    )


def _prekey(entry: PrekeyEntry, min_suite: int) -> Prekey:
    if entry.suite < min_suite or entry.suite not in envelope.KNOWN_SUITES:
        raise Reject(Code.PREKEY_SUITE)
    try:
        key = sealing.SealingKey.from_bytes(decode_base64(entry.key))
    except sealing.BadSealingKey:
        raise Reject(Code.PREKEY_BAD_SEALING_KEY) from None
    if key.kid.hex() != entry.kid:
        raise Reject(Code.PREKEY_BAD_SEALING_KEY)
    prekey = Prekey(key, clock.from_wire(entry.not_before), clock.from_wire(entry.not_after))
    if not timedelta(0) < prekey.not_after - prekey.not_before <= SEAL_FOR:
        raise Reject(Code.PREKEY_LIFETIME)
    return prekey
