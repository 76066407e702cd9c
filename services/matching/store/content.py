"""What an alert says, packed and encrypted at rest (PROTOCOL 3.5).

    count 1 | count times ( epoch 4 | salt 16 | tags 1280 | details 640 ) | JSON of the coded values

The tags lie in front as bytes, so that a comparison parses no JSON.
"""

import json
import struct
from binascii import a2b_base64
from dataclasses import dataclass

from shared.crypto.rest import RestCipher
from shared.crypto.tags import SALT_BYTES, unlock_all
from shared.store.context import field_context
from shared.wire.codes import CaseKind
from shared.wire.messages import DETAILS_BYTES, TAG_BYTES, TAGS_PER_ALERT, AlertContent, Description

_SET = struct.Struct(f">I{SALT_BYTES}s{TAG_BYTES * TAGS_PER_ALERT}s{DETAILS_BYTES * TAGS_PER_ALERT}s")
_CODES = ("category", "expires", "kind", "permitted_use", "status", "tlp", "urgency")
_KEPT = {"description", *_CODES}


@dataclass(frozen=True, slots=True)
class TagMaterial:
    """The tags of one epoch, as bytes in ascending order, and what each of them unlocks."""

    epoch: int
    salt: bytes
    tags: bytes
    details: bytes
    """4 bytes for each tag, masked: only the pseudonym behind the tag reads them."""

    def unlocked(self, pseudonyms: bytes) -> list[bytes]:
        """The details that each of these pseudonyms reads; ValueError if the tag of one is not here."""
        return unlock_all(self.salt, pseudonyms, self.tags, self.details)


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert as matching keeps it; `values` is the JSON of everything but the tags."""

    partner: str
    alert: str
    version: int
    sets: tuple[TagMaterial, ...]
    values: bytes

    def facts(self) -> "AlertFacts":
        """The coded values, parsed."""
        values = json.loads(self.values)
        description = Description.model_validate_json(json.dumps(values.pop("description")))
        return AlertFacts(description=description, codes=values)


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """The coded values of an alert.

    `codes` holds status, urgency, tlp, permitted_use, kind, category and expires.
    """

    description: Description
    codes: dict[str, str]

    @property
    def kind(self) -> CaseKind:
        """Missing, found or unidentified."""
        return CaseKind(self.codes["kind"])


def stored(partner: str, body: AlertContent) -> StoredAlert:
    """An alert as it arrived."""
    sets = tuple(
        TagMaterial(tags.epoch, *map(a2b_base64, (tags.salt, tags.tags, tags.details)))
        for tags in body.tag_sets
    )
    values = body.model_dump_json(include=_KEPT, exclude_none=True).encode()
    return StoredAlert(partner, body.alert, body.version, sets, values)


def facts_of(body: AlertContent) -> AlertFacts:
    """The coded values of an alert that has just arrived."""
    return AlertFacts(body.description, {name: str(getattr(body, name)) for name in _CODES})


class AlertContentSealer:
    """Encrypts and decrypts contents, each bound to its partner, reference and version (case 82)."""

    def __init__(self, cipher: RestCipher) -> None:
        self._cipher = cipher

    def seal(self, alert: StoredAlert) -> bytes:
        """The bytes of the column `content`."""
        sets = b"".join(_SET.pack(part.epoch, part.salt, part.tags, part.details) for part in alert.sets)
        plain = bytes([len(alert.sets)]) + sets + alert.values
        return self._cipher.encrypt(plain, _context(alert.partner, alert.alert, alert.version))

    def open(self, partner: str, alert: str, version: int, content: bytes) -> StoredAlert:
        """The alert of a row. Raises CannotDecrypt if it was changed or moved."""
        plain = self._cipher.decrypt(content, _context(partner, alert, version))
        end = 1 + plain[0] * _SET.size
        sets = tuple(TagMaterial(*parts) for parts in _SET.iter_unpack(plain[1:end]))
        return StoredAlert(partner, alert, version, sets, plain[end:])


def _context(partner: str, alert: str, version: int) -> bytes:
    return field_context("alert", "content", f"{partner}|{alert}|{version}")
