"""A revocation: the root key says that a role key or a sealing key is not to be trusted (PROTOCOL 4.5).

It counts for every message, also for those that claim an earlier time: a thief can write any time. `since`
tells people from when on they have to look at what was received.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from pydantic import Field, ValidationError

from shared.crypto import signing
from shared.partners import documents
from shared.partners.card import CheckedCard, next_root_hash
from shared.runtime import clock
from shared.wire.reject import Code, Reject
from shared.wire.values import KeyId, Model, Organisation, Time


class RevocationStatement(Model):
    """The document that the root key signs. `keys` are ids of signing keys, sealing keys or both."""

    v: Annotated[int, Field(ge=1, le=1)]
    organisation: Organisation
    keys: Annotated[list[KeyId], Field(min_length=1, max_length=32)]
    since: Time


@dataclass(frozen=True, slots=True)
class CheckedRevocation:
    """A revocation that is to be believed."""

    organisation: str
    keys: frozenset[str]
    since: datetime
    raw: bytes = field(repr=False)


def issue(statement: RevocationStatement, root: signing.SigningKey) -> bytes:
    """Sign a revocation with the root key, or with the next one where the root key itself is stolen."""
    return documents.sign(documents.Kind.REVOCATION, statement.to_wire(), root)


def check(data: bytes, card: CheckedCard) -> CheckedRevocation:
    """Check a revocation against the organisation's card; raises Reject."""
    signed = documents.read(data, documents.Kind.REVOCATION)
    try:
        statement = RevocationStatement.model_validate(signed.document)
    except ValidationError:
        raise Reject(Code.REVOCATION_SCHEMA) from None
    if statement.organisation != card.card.organisation:
        raise Reject(Code.CARD_WRONG_ORGANISATION)
    if signed.key != card.root and next_root_hash(signed.key) != card.card.next_root_hash:
        raise Reject(Code.CARD_WRONG_ROOT)
    return CheckedRevocation(
        organisation=statement.organisation,
        keys=frozenset(statement.keys),
        since=clock.from_wire(statement.since),
        raw=signed.raw,
    )
