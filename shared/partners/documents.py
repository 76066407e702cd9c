"""Signed documents: what a partner says about itself, in bytes that can be kept and shown (PROTOCOL 4.1).

    canonical JSON {document, key, kind, signature}; signature = Ed25519 over "myosotis <kind> v1" and the
    canonical JSON of `document`, by `key`.

That the signature is right says only that the owner of `key` wrote the document; whether that key is to be
believed is decided by card, prekeys and revocation.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.crypto import signing
from shared.wire import canonical
from shared.wire.reject import Code, Reject
from shared.wire.values import decode_base64, encode_base64

MAX_DOCUMENT_BYTES = 65536


class Kind(StrEnum):
    """What a signed document is."""

    CARD = "card"
    PREKEYS = "prekeys"
    REVOCATION = "revocation"

    @property
    def label(self) -> bytes:
        """What is signed before the document, so that one kind never passes for another."""
        return f"myosotis {self.value} v1".encode()


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A document whose signature was checked. `content` is its canonical JSON, `raw` the whole as it came."""

    kind: Kind
    key: signing.VerifyKey
    document: dict[str, Any] = field(repr=False)
    content: bytes = field(repr=False)
    raw: bytes = field(repr=False)


class _Outer(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    document: dict[str, Any]
    key: str
    kind: str
    signature: str


def sign(kind: Kind, document: dict[str, Any], key: signing.SigningKey) -> bytes:
    """Sign a document; the same bytes each time. Raises CanonicalError for what has no canonical form."""
    content = canonical.dumps(document)
    outer = {
        "document": document,
        "key": encode_base64(bytes(key.verify_key)),
        "kind": kind.value,
        "signature": encode_base64(key.sign(kind.label, content)),
    }
    return canonical.dumps(outer)


def read(data: bytes, kind: Kind) -> SignedDocument:
    """Check form and signature of a document of this kind; raises Reject with the code of what is wrong."""
    try:
        value = canonical.loads(data, MAX_DOCUMENT_BYTES)
        outer = _Outer.model_validate(value)
        raw_key, signature = decode_base64(outer.key), decode_base64(outer.signature)
    except canonical.CanonicalError as error:
        raise Reject(error.code) from None
    except (ValidationError, ValueError):
        raise Reject(Code.DOCUMENT) from None
    if outer.kind != kind:
        raise Reject(Code.DOCUMENT_KIND)
    try:
        key = signing.VerifyKey(raw_key)
    except signing.BadSigningKey:
        raise Reject(Code.CARD_BAD_SIGNING_KEY) from None
    content = canonical.dumps(outer.document)
    try:
        key.verify(kind.label, content, signature)
    except signing.BadSignature:
        raise Reject(Code.DOCUMENT_SIGNATURE) from None
    return SignedDocument(kind=kind, key=key, document=outer.document, content=content, raw=bytes(data))
