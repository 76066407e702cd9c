"""Makes the vectors of the audit chain, after PROTOCOL 9.1 with json, hashlib and PyNaCl alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import nacl.signing

Vector = dict[str, Any]
LOG = "lt-vilnius/matching"
SEED = hashlib.sha256(b"myosotis vector audit").digest()
SAID: tuple[Vector, ...] = (
    {
        "at": "2026-11-21T12:00:00.000000+00:00",
        "actor": "system",
        "action": "alert.stored",
        "subject": "alert_" + "a" * 26,
        "details": '{"partner":"fr-lyon","version":1}',
    },
    {
        "at": "2026-11-21T12:00:00.000000+00:00",
        "actor": "system",
        "action": "alert.compared",
        "subject": "alert_" + "a" * 26,
        "details": "{}",
    },
    {
        "at": "2026-11-21T12:01:00.000005+00:00",
        "actor": "user_" + "b" * 26,
        "action": "key>rotated",
        "subject": "lt-vilnius/matching@2026",
        "details": '{"balance":-9007199254740991,"of":"A.b_c:d/e>f@g-h"}',
    },
    {
        "at": "2026-12-31T23:59:59.999999+00:00",
        "actor": "system",
        "action": "receipt.sent",
        "subject": "fr-lyon",
        "details": '{"items":2,"missing":0}',
    },
)


def canonical(values: Vector) -> bytes:
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()


def hash_of(row: Vector, log: str = LOG) -> str:
    said = {name: value for name, value in row.items() if name != "hash"} | {"log": log}
    return hashlib.sha256(b"myosotis audit row v1|" + canonical(said)).hexdigest()


def chain(said: Sequence[Vector], *, nonces: int = 0) -> list[Vector]:
    """Rows that fit each other. `nonces` makes other ones."""
    rows: list[Vector] = []
    for index, one in enumerate(said, start=1):
        row = one | {
            "index": index,
            "nonce": hashlib.sha256(b"myosotis vector nonce %d" % (nonces + index)).hexdigest()[:32],
            "previous": rows[-1]["hash"] if rows else "00" * 32,
        }
        rows.append(row | {"hash": hash_of(row)})
    return rows


def head(row: Vector, at: str = "2026-12-31T23:59:59.000000+00:00") -> Vector:
    """A signed head, as the log's owner keeps it."""
    message = head_message(row, at)
    label = b"myosotis audit head v1"
    signature = nacl.signing.SigningKey(SEED).sign(bytes((len(label),)) + label + message).signature
    return {"log": LOG, "index": row["index"], "hash": row["hash"], "at": at, "signature": signature.hex()}


def head_message(row: Vector, at: str) -> bytes:
    values = {"at": at, "hash": row["hash"], "index": row["index"], "log": LOG}
    return b"myosotis audit head v1|" + canonical(values)


def told(row: Vector, index: int = 0) -> Vector:
    """A head without a signature: what a partner kept of a receipt, where the index is not told."""
    return {"log": LOG, "index": index, "hash": row["hash"]}


def audit() -> Vector:
    good = chain(SAID)
    other = chain(SAID, nonces=100)
    signed = [head(good[1]), head(good[3])]
    at = str(signed[1]["at"])
    forged = signed[1] | {"signature": signed[0]["signature"]}
    another = [*good[:1], *chain([*SAID[:1], SAID[1] | {"actor": "user_x"}, *SAID[2:]])[1:]]

    def changed(index: int, **fields: Any) -> list[Vector]:
        return [row | fields if row["index"] == index else row for row in good]

    def fits(description: str, rows: list[Vector], heads: list[Vector]) -> Vector:
        return {
            "description": description,
            "rows": rows,
            "heads": heads,
            "expected": {"length": len(rows)},
        }

    def wrong(error: str, index: int, description: str, rows: list[Vector], heads: list[Vector]) -> Vector:
        return {
            "case": 83,
            "description": description,
            "rows": rows,
            "heads": heads,
            "error": error,
            "index": index,
        }

    return {
        "about": "PROTOCOL 9.1. `rows` are a log; check it against `heads`, of which those with a signature "
        "are by `public_key`: it fits, or `error` names what is wrong and `index` the first row not to be "
        "believed. `hashed` is what the hash of the first row is made of, `signed` the message of a head.",
        "encoding": "bytes are lowercase hexadecimal; `details` is the text that is hashed; `case` is the "
        "row in the list of cases",
        "log": LOG,
        "public_key": bytes(nacl.signing.SigningKey(SEED).verify_key).hex(),
        "hashed": "myosotis audit row v1|" + canonical(_said(good[0])).decode(),
        "signed": head_message(good[3], at).decode(),
        "vectors": [
            fits("an empty log", [], []),
            fits("four rows", good, []),
            fits("with both heads that were signed", good, signed),
            fits("a partner saw the second state", good, [told(good[1])]),
            fits("two partners saw two states, out of order", good, [told(good[3]), told(good[0])]),
            wrong("changed", 2, "another actor", changed(2, actor="user_x"), signed),
            wrong("changed", 3, "another time", changed(3, at="2026-11-21T12:01:00.000004+00:00"), []),
            wrong("changed", 1, "other details", changed(1, details="{}"), []),
            wrong("changed", 4, "another nonce", changed(4, nonce="00" * 16), []),
            wrong("changed", 2, "another previous hash", changed(2, previous="00" * 32), []),
            wrong("removed", 2, "the second row is missing", [good[0], *good[2:]], []),
            wrong("removed", 1, "the first row is missing", good[1:], []),
            wrong("forked", 2, "a row that fits itself and not the one before", _grafted(good, other), []),
            wrong("forked", 1, "written anew from the first row on", other, signed),
            wrong(
                "forked",
                2,
                "written anew after a state that a partner saw",
                another,
                [told(good[0]), signed[1]],
            ),
            wrong("truncated", 4, "the last row was cut off", good[:3], signed),
            wrong("unknown-head", 1, "a partner saw a state that is not there", good, [told(other[3])]),
            wrong(
                "unknown-head", 3, "cut off after the second state", good[:2], [told(good[1]), told(good[3])]
            ),
            wrong("bad-head", 4, "a head with another signature", good, [forged]),
        ],
    }


def _said(row: Vector) -> Vector:
    return {name: value for name, value in row.items() if name != "hash"} | {"log": LOG}


def _grafted(good: list[Vector], other: list[Vector]) -> list[Vector]:
    return [good[0], *other[1:]]


def text() -> str:
    """The whole text of the file, the same each time."""
    return json.dumps(audit(), indent=1) + "\n"
