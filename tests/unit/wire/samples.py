"""One body of every message type, written out as JSON values."""

from __future__ import annotations

import base64
from typing import Any

from shared.wire.messages import DETAILS_BYTES

CASE, MATCH, ALERT = "case_" + "c" * 26, "match_" + "d" * 26, "alert_" + "a" * 26
HASH = "0f" * 32
TIME = "2026-12-21T12:00:00Z"


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def tag_set(epoch: int = 1) -> dict[str, Any]:
    tags = b"".join((index * 0x0123456789AB + epoch).to_bytes(8, "big") for index in range(160))
    details = b"".join((index * 0x01234567 + epoch).to_bytes(DETAILS_BYTES, "big") for index in range(160))
    return {"epoch": epoch, "salt": text(bytes(range(16))), "tags": text(tags), "details": text(details)}


DESCRIPTION: dict[str, Any] = {
    "sex": "female",
    "birth_decade": 1990,
    "height": "160",
    "eye_colour": "grey",
    "hair_colour": "brown",
    "languages": ["lt", "ru"],
    "marks": ["tattoo:forearm_left"],
    "nationality": "LT",
    "region": "LT-VL",
    "last_seen": "2026-11",
}
ALERT_CONTENT: dict[str, Any] = {
    "alert": ALERT,
    "version": 1,
    "status": "Actual",
    "urgency": "Immediate",
    "tlp": "amber+strict",
    "permitted_use": "match_only",
    "kind": "missing",
    "category": "runaway",
    "keys_version": 2,
    "description": DESCRIPTION,
    "tag_sets": [tag_set()],
    "expires": TIME,
}
RELAY: dict[str, dict[str, Any]] = {
    "alert.published": ALERT_CONTENT,
    "alert.updated": ALERT_CONTENT
    | {"version": 2, "description": {"sex": "female"}, "tag_sets": [tag_set(1), tag_set(2)]},
    "alert.withdrawn": {"alert": ALERT, "version": 3},
    "tombstone": {"alert": ALERT, "version": 4},
    "match.notice": {"alert": ALERT, "wish": "tell_safe", "consent": "consent_" + "e" * 26, "until": TIME},
    "receipt": {
        "items": [
            {"alert": ALERT, "version": 1, "outcome": "compared", "at": TIME},
            {"alert": ALERT, "version": 1, "outcome": "refused", "at": TIME, "reason": "too_many"},
        ],
        "missing": [{"first": 4, "last": 6}],
        "resend": False,
        "head": {"hash": HASH},
    },
    "card.updated": {"card": text(b"a signed card"), "prekeys": [text(b"a signed set of sealing keys")]},
    "key.revoked": {"statement": text(b"a signed revocation")},
    "pseudonym.request": {"epoch": 1, "slot": 2, "purpose": "regular", "blinded": text(bytes(32))},
    "pseudonym.response": {
        "epoch": 1,
        "slot": 2,
        "purpose": "first_load",
        "outcome": "evaluated",
        "public_key": text(bytes(32)),
        "coarse_public_key": text(bytes(32)),
        "evaluated": text(bytes(32)),
        "proof": text(bytes(64)),
        "coarse_proof": text(bytes(64)),
        "current_epoch": 1,
    },
}
CANDIDATE: dict[str, Any] = {
    "alert": ALERT,
    "alert_version": 1,
    "partner": "lv-riga",
    "case": CASE,
    "case_version": 2,
}
SEALED_LOCAL: dict[str, dict[str, Any]] = {
    "partner.changed": {
        "organisation": "lv-riga",
        "status": "verified",
        "card": text(b"a signed card"),
        "prekeys": [],
        "revocations": [],
    },
    "case.pseudonyms": {
        "case": CASE,
        "version": 1,
        "kind": "found",
        "partner": "lv-riga",
        "epoch": 1,
        "entries": [{"group": "N", "value": text(bytes(16))}],
        "description": {},
    },
    "case.closed": {"case": CASE},
    "epoch.closed": {"partner": "lv-riga", "epoch": 2},
    "candidate.found": CANDIDATE | {"details": text(bytes(range(DETAILS_BYTES)))},
    "candidate.compared": CANDIDATE
    | {
        "agreement": {
            "given": "sound",
            "family": "same",
            "swapped": False,
            "birth": "one_part",
            "place": "unknown",
            "given_one_in": 200,
            "family_one_in": 5000,
        }
    },
    "match.proposed": {
        "match": MATCH,
        "version": 1,
        "partner": "lv-riga",
        "alert": ALERT,
        "alert_version": 1,
        "case": CASE,
        "score": 1850,
        "strength": "likely",
        "reasons": [{"comparator": "names_year", "verdict": "for", "weight": 900, "parameters": {"n": 1}}],
        "facts": HASH,
        "kind": "missing",
        "category": "adult",
        "urgency": "Expected",
        "status": "Exercise",
        "tlp": "amber",
        "permitted_use": "ask_partner",
        "description": {"sex": "male"},
        "expires": TIME,
    },
    "match.retracted": {"match": MATCH, "why": "withdrawn"},
    "match.decided": {"match": MATCH, "state": "excluded", "facts": HASH},
}
PLAIN_LOCAL: dict[str, dict[str, Any]] = {
    "duty.waiting": {"reference": MATCH, "urgency": "Immediate", "status": "Actual", "at": TIME},
    "duty.settled": {"reference": MATCH},
    "duty.state": {"reference": MATCH, "state": "told", "channel": "mail", "told": 2, "at": TIME, "step": 3},
}
