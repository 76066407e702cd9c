"""Vectors for pseudonyms: those of RFC 9497, and our own from the reference beside the tests."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.unit.crypto import reference_ristretto as group
from tests.unit.crypto.vector_parts import Vector, counting, hexes, published, vector


def scalar(text: str) -> int:
    return int.from_bytes(bytes.fromhex(text), "little")


def oprf() -> list[Vector]:
    from_rfc = [
        vector(
            f"rfc9497_mode_{entry['mode']}",
            entry["name"],
            entry["inputs"],
            case=31,
            expected=entry["expected"],
        )
        for entry in published("rfc9497")
    ]
    # The function takes any text; these vectors are older than the rule that an epoch is a plain number.
    master, info, in_use = counting(32), "lt-vilnius|lv-riga|2026-4", "lt-vilnius|lv-riga|4"
    match_keys = [b"soundex:P616|stem:kanarel|1987", "имя:Анна|1990|7".encode(), b"x"]
    secret, public = group.derive_key_pair(master, info.encode(), group.VOPRF_MODE)
    blinds = [
        int.from_bytes(hashlib.sha512(b"blind %d" % index).digest(), "little") % group.L for index in range(3)
    ]
    blinded = [
        group.blind(key, blind, group.VOPRF_MODE) for key, blind in zip(match_keys, blinds, strict=True)
    ]
    evaluated = [group.evaluate(secret, element) for element in blinded]
    proof = group.prove(secret, public, blinded, evaluated, scalar("11" * 31 + "01"))
    pseudonyms = [group.output(secret, key, group.VOPRF_MODE)[:16] for key in match_keys]
    known = {"master": master.hex(), "info": info}
    answer = {
        "match_keys": hexes(match_keys),
        "blinds": [blind.to_bytes(32, "little").hex() for blind in blinds],
        "blinded": hexes(blinded),
        "evaluated": hexes(evaluated),
        "proof": proof.hex(),
        "public_key": public.hex(),
    }
    other = group.evaluate(secret + 1, blinded[0])
    c, s = (int.from_bytes(proof[start : start + 32], "little") for start in (0, 32))

    def refused(description: str, case: int, **change: Any) -> Vector:
        return vector("finalize", description, answer | change, case=case, error="BadEvaluation")

    def bad_batch(description: str, element: bytes) -> Vector:
        inputs = known | {"blinded": hexes([blinded[0], element, blinded[1]])}
        return vector("evaluate", description, inputs, case=32, error="BadPoint")

    return [
        *from_rfc,
        vector(
            "derive",
            "the key of a publisher for a finder and an epoch",
            known,
            expected={"public_key": public.hex()},
        ),
        vector(
            "derive",
            "an `info` as it occurs: organisations and an epoch in decimal",
            {"master": master.hex(), "info": in_use},
            expected={
                "public_key": group.derive_key_pair(master, in_use.encode(), group.VOPRF_MODE)[1].hex()
            },
        ),
        vector(
            "pseudonym",
            "the first 16 bytes of the output",
            known | {"match_keys": hexes(match_keys)},
            expected={"pseudonyms": hexes(pseudonyms)},
        ),
        vector(
            "evaluate",
            "a batch of three",
            known | {"blinded": hexes(blinded)},
            expected={"evaluated": hexes(evaluated)},
        ),
        vector("evaluate", "an empty batch", known | {"blinded": []}, case=32, error="BadPoint"),
        bad_batch("the identity in the batch", bytes(32)),
        bad_batch("a number above the field's prime", b"\xff" * 32),
        bad_batch(
            "a point with the prime added",
            (int.from_bytes(_small_point(), "little") + group.P).to_bytes(32, "little"),
        ),
        bad_batch("a negative number", b"\x01" + bytes(31)),
        bad_batch("random bytes that are no point", hashlib.sha256(b"no point 1").digest()),
        bad_batch("31 bytes", blinded[0][:31]),
        bad_batch("33 bytes, a point and one more", blinded[0] + b"\x00"),
        bad_batch("nothing", b""),
        vector(
            "finalize", "the same three, with the proof", answer, expected={"pseudonyms": hexes(pseudonyms)}
        ),
        refused("one element evaluated under another key", 33, evaluated=hexes([other, *evaluated[1:]])),
        refused("order changed", 33, evaluated=hexes([evaluated[1], evaluated[0], evaluated[2]])),
        refused("one element too few", 33, evaluated=hexes(evaluated[:2])),
        refused("another public key", 33, public_key=blinded[0].hex()),
        refused("proof scalar c + L", 34, proof=((c + group.L).to_bytes(32, "little") + proof[32:]).hex()),
        refused("proof scalar s + L", 34, proof=(proof[:32] + (s + group.L).to_bytes(32, "little")).hex()),
        refused("proof of 63 bytes", 34, proof=proof[:-1].hex()),
        refused("proof of 65 bytes", 34, proof=(proof + b"\x00").hex()),
    ]


def _small_point() -> bytes:
    """A point below 19, so that the prime can be added to it within 32 bytes and 255 bits."""
    for number in range(2, 19, 2):
        raw = number.to_bytes(32, "little")
        try:
            group.decode(raw)
        except AssertionError:
            continue
        return raw
    raise LookupError("no such point")
