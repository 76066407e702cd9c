"""Invented alerts and own cases, made of random pseudonyms under the partner's real key."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from services.intake.domain.matchkey_kinds import KEYS_VERSION
from shared.crypto import tags
from shared.runtime import ids
from shared.runtime.clock import to_wire
from shared.wire import codes
from shared.wire.local import CasePseudonyms, PseudonymEntry
from shared.wire.messages import (
    TAGS_PER_ALERT,
    AlertPublished,
    Description,
    TagSet,
)
from shared.wire.values import encode_base64

_Value = TypeVar("_Value")
GROUPS = "NDPMXYJNDPMXYJNDPMX"
"""The groups of a case's keys. It has 19, as cases of the development data have on average; 24 at most."""
KEYS_OF_AN_ALERT = 111
"""So many of the 160 tags stand for a key, on average as above; the others are random."""


@dataclass(frozen=True, slots=True)
class Found:
    """One own case of the finder, as its matching knows it."""

    reference: str
    pseudonyms: tuple[bytes, ...]
    description: Description


def found(count: int, chance: random.Random) -> list[Found]:
    """Own cases of people who were found."""
    return [
        Found(
            ids.new_id("case"),
            tuple(chance.randbytes(tags.PSEUDONYM_BYTES) for _ in GROUPS),
            description(chance),
        )
        for _ in range(count)
    ]


def case_pseudonyms(case: Found, partner: str) -> CasePseudonyms:
    """What intake tells its matching once the partner has evaluated a case's keys."""
    return CasePseudonyms(
        case=case.reference,
        version=1,
        kind=codes.CaseKind.FOUND,
        partner=partner,
        epoch=1,
        entries=[
            PseudonymEntry(group=group, value=encode_base64(pseudonym))
            for group, pseudonym in zip(GROUPS, case.pseudonyms, strict=True)
        ],
        description=case.description,
    )


def alert(chance: random.Random, now: datetime, person: Found | None = None) -> AlertPublished:
    """An alert for somebody nobody knows, or for the person of an own case."""
    return AlertPublished(
        alert=ids.new_id("alert"),
        version=1,
        status=codes.MsgStatus.EXERCISE,
        urgency=codes.Urgency.EXPECTED,
        tlp=codes.Tlp.AMBER_STRICT,
        permitted_use=codes.PermittedUse.MATCH_ONLY,
        kind=codes.CaseKind.MISSING,
        category=codes.Category.ADULT,
        keys_version=KEYS_VERSION,
        description=person.description if person else description(chance),
        tag_sets=[tag_set(chance, person)],
        expires=to_wire(now + timedelta(days=30)),
    )


def tag_set(chance: random.Random, person: Found | None, epoch: int = 1) -> TagSet:
    """The tags of an alert in one epoch; `person` is who is known in it."""
    known = list(person.pseudonyms[:4]) if person else []
    others = [chance.randbytes(tags.PSEUDONYM_BYTES) for _ in range(KEYS_OF_AN_ALERT - len(known))]
    salt = tags.new_salt()
    pseudonyms = b"".join(known + others)
    padded = tags.padded_tags(salt, pseudonyms, TAGS_PER_ALERT)
    details = tags.masked_details(salt, pseudonyms, chance.randbytes(tags.DETAILS_BYTES), padded)
    return TagSet(
        epoch=epoch,
        salt=encode_base64(salt),
        tags=encode_base64(b"".join(padded)),
        details=encode_base64(details),
    )


def description(chance: random.Random) -> Description:
    """Coded values as a caseworker releases them."""
    return Description(
        sex=_one(chance, list(codes.Sex)),
        birth_decade=chance.randrange(1940, 2020, 10),
        height=_one(chance, list(codes.HeightBand)),
        eye_colour=_one(chance, list(codes.EyeColour)),
        hair_colour=_one(chance, list(codes.HairColour)),
        languages=[_one(chance, ["lt", "lv", "fr", "uk", "ru", "pl", "ar"])],
        nationality=_one(chance, ["LT", "LV", "FR", "UA", "PL", "SY"]),
    )


def _one(chance: random.Random, values: Sequence[_Value]) -> _Value:
    return chance.choice(values)
