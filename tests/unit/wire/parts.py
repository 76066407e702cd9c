"""Three invented organisations with fixed keys, and a builder that can make what no honest sender would.

The builder does not use shared.wire: it follows docs/PROTOCOL.md, so that it finds mistakes of ours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import nacl.signing

from shared.crypto import sealing, signing
from shared.wire import envelope, messages
from shared.wire.parties import Party, Role

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
CREATED, EXPIRES = "2026-11-21T11:59:00Z", "2026-12-21T11:59:00Z"
VILNIUS, VILNIUS_MATCHING = Party("lt-vilnius", Role.INTAKE), Party("lt-vilnius", Role.MATCHING)
RIGA = Party("lv-riga", Role.INTAKE)
LYON, LYON_MATCHING = Party("fr-lyon", Role.INTAKE), Party("fr-lyon", Role.MATCHING)
OUTSIDER = Party("xx-outsider", Role.INTAKE)
BUCKETS = (1024, 4096, 16384, 65536, 262144)
ALERT = "alert_" + "a" * 26

Sealer = Callable[[Party, bytes, bytes], bytes]
"""Recipient, plaintext, info -> encapsulation and ciphertext."""


def seed_of(party: Party) -> bytes:
    return hashlib.sha256(f"myosotis test signing {party}".encode()).digest()


def signing_key(party: Party) -> signing.SigningKey:
    return signing.SigningKey.from_seed(seed_of(party))


def skid_of(party: Party) -> str:
    return signing.key_id(signing_key(party).verify_key)


def opening_key(party: Party) -> sealing.OpeningKey:
    return sealing.OpeningKey.from_bytes(
        hashlib.shake_256(f"myosotis test opening {party}".encode()).digest(96)
    )


def seal_at_random(to: Party, plaintext: bytes, info: bytes) -> bytes:
    return opening_key(to).public.seal(plaintext, info)


def inner_of(**changes: Any) -> dict[str, Any]:
    """An alert withdrawn by Vilnius, to Lyon's matching, as JSON values; None takes a field away."""
    fields: dict[str, Any] = {
        "v": 1,
        "type": "alert.withdrawn",
        "id": "msg_" + "b" * 26,
        "from": "lt-vilnius/intake",
        "skid": skid_of(VILNIUS),
        "to": "fr-lyon/matching",
        "created": CREATED,
        "expires": EXPIRES,
        "seq": 7,
        "body": {"alert": ALERT, "version": 3},
    } | changes
    return {name: value for name, value in fields.items() if value is not None}


def canonical_json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def header_for(to: Party, *, magic: bytes = b"MYOS", version: int = 1, suite: int = 1) -> bytes:
    public = bytes(opening_key(to).public)
    kid = hashlib.sha256(b"myosotis sealing key id v1" + public).digest()[:8]
    return magic + bytes((version, suite)) + kid


def signature_of(signer: Party, header: bytes, inner: bytes) -> bytes:
    label = b"myosotis envelope signature v1"
    statement = bytes((len(label),)) + label + header + inner
    return nacl.signing.SigningKey(seed_of(signer)).sign(statement).signature


def padded(content: bytes, bucket: int | None = None) -> bytes:
    size = bucket or next(bucket for bucket in BUCKETS if bucket >= len(content))
    return content + bytes(size - len(content))


def content_of(signature: bytes, inner: bytes, length: int | None = None) -> bytes:
    return (len(inner) if length is None else length).to_bytes(4, "big") + signature + inner


def wrap(
    inner: dict[str, Any] | bytes | None = None,
    *,
    signer: Party = VILNIUS,
    to: Party = LYON_MATCHING,
    header: bytes | None = None,
    signature: bytes | None = None,
    plaintext: bytes | None = None,
    sealer: Sealer = seal_at_random,
) -> bytes:
    """An envelope as the specification describes it, with any part replaced."""
    data = inner if isinstance(inner, bytes) else canonical_json(inner_of() if inner is None else inner)
    header = header_for(to) if header is None else header
    signature = signature_of(signer, header, data) if signature is None else signature
    plaintext = padded(content_of(signature, data)) if plaintext is None else plaintext
    return header + sealer(to, plaintext, b"myosotis envelope v1" + header)


@dataclass
class FixedRing:
    """The opening keys of some parties."""

    owners: tuple[Party, ...] = (LYON_MATCHING,)

    def __post_init__(self) -> None:
        self._keys = {opening_key(owner).public.kid: opening_key(owner) for owner in self.owners}

    def opening_key(self, kid: bytes) -> sealing.OpeningKey | None:
        return self._keys.get(kid)


@dataclass
class FixedDirectory:
    """Vilnius, Riga and Lyon are known; the outsider is not."""

    status: dict[Party, envelope.SignerStatus] = field(default_factory=dict)
    types: frozenset[str] | None = None

    def signer(self, sender: Party, skid: str) -> envelope.Signer | None:
        if sender == OUTSIDER or skid != skid_of(sender):
            return None
        return envelope.Signer(
            verify_key=signing_key(sender).verify_key,
            allowed_types=messages.MAY_SIGN[sender.role] if self.types is None else self.types,
            status=self.status.get(sender, envelope.SignerStatus.TRUSTED),
        )


def open_at_lyon(
    data: bytes,
    *,
    me: Party = LYON_MATCHING,
    directory: FixedDirectory | None = None,
    now: datetime = NOW,
    seen: Callable[[Party, str], bool] = lambda sender, message_id: False,
    ring: FixedRing | None = None,
) -> envelope.Opened:
    return envelope.open_envelope(
        data,
        keyring=ring or FixedRing((me,)),
        directory=directory or FixedDirectory(),
        me=me,
        now=now,
        seen=seen,
    )
