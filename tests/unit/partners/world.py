"""Organisations with fixed root and role keys, and a service's database in a folder of the test."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from shared.crypto import sealing, signing
from shared.partners import documents, prekeys
from shared.partners.card import Card, PseudonymPolicy, RoleKeyEntry, next_root_hash
from shared.partners.tables import PartnersBase
from shared.runtime import clock
from shared.store.engine import Database
from shared.wire import messages
from shared.wire.parties import Party, Role
from shared.wire.values import encode_base64
from tests.support.database import copy_of, image

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
POLICY = PseudonymPolicy(batch_points=240, slot_seconds=86400, first_load_batch=1000)


@cache
def key(name: str) -> signing.SigningKey:
    return signing.SigningKey.from_seed(hashlib.sha256(f"myosotis test {name}".encode()).digest())


@cache
def public(name: str) -> str:
    return encode_base64(bytes(key(name).verify_key))


def entry(role: Role, name: str, types: list[str] | None = None) -> RoleKeyEntry:
    return RoleKeyEntry(
        role=role.value, key=public(name), types=sorted(messages.MAY_SIGN[role]) if types is None else types
    )


def card(
    organisation: str = "fr-lyon", root: str = "root 1", following: str = "root 2", **changes: Any
) -> Card:
    """A card; its role keys are named after organisation and role."""
    fields: dict[str, Any] = {
        "v": 1,
        "organisation": organisation,
        "name": "Recherche Lyon (invented)",
        "country": "FR",
        "languages": ["fr", "en"],
        "duty_phone": "+33000000000",
        "seq": 10,
        "root_key": public(f"{organisation} {root}"),
        "next_root_hash": next_root_hash(key(f"{organisation} {following}").verify_key),
        "role_keys": [entry(role, f"{organisation} {role}") for role in Role],
        "policy": POLICY,
        "min_suite": 1,
        "valid_from": clock.to_wire(NOW - timedelta(days=1)),
        "valid_until": clock.to_wire(NOW + timedelta(days=365)),
    } | changes
    return Card(**fields)


def signed(document: Card, signer: str | None = None) -> bytes:
    """A card signed by its own root key, or by the key named `signer`."""
    if signer is None:
        every = [f"{document.organisation} root {number}" for number in range(1, 6)]
        signer = next(name for name in every if public(name) == document.root_key)
    return documents.sign(documents.Kind.CARD, document.to_wire(), key(signer))


@cache
def opening_key(name: str) -> sealing.OpeningKey:
    return sealing.OpeningKey.from_bytes(hashlib.shake_256(f"myosotis test {name}".encode()).digest(96))


def prekey_set(
    party: Party, seq: int = 1, made: datetime = NOW, name: str = "prekey", signer: str | None = None
) -> bytes:
    prekey = prekeys.Prekey(opening_key(f"{party} {name}").public, made, made + prekeys.SEAL_FOR)
    return prekeys.issue(party, seq, [prekey], key(signer or f"{party.organisation} {party.role}"))


def database(folder: Path) -> Database:
    return copy_of(_tables(), folder)


@cache
def _tables() -> bytes:
    return image(lambda database: PartnersBase.metadata.create_all(database.engine))
