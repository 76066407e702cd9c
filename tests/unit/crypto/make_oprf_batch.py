"""Vectors for a whole batch under two keys (PROTOCOL 7.2), from the reference beside the tests alone."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.unit.crypto import reference_ristretto as group
from tests.unit.crypto.vector_parts import Vector, counting, hexes, vector

POINTS, SHORT = 50, 26
"""Two blocks of 24, or one, and two places that are left over."""
COARSE = (22, 23, 46, 47)
"""The coarse places, written out: a mistake in the rule for them shall not be made here as well."""
INFO, COARSE_INFO = "lt-vilnius|lv-riga|4", "lt-vilnius|lv-riga|4|coarse"

_Secret = tuple[int, bytes]


def batch() -> list[Vector]:
    master = counting(32)
    fine, coarse = (
        group.derive_key_pair(master, info.encode(), group.VOPRF_MODE) for info in (INFO, COARSE_INFO)
    )
    keys = [b"mk|%s|%d" % (b"coarse" if place in COARSE else b"fine", place) for place in range(POINTS)]
    blinds = [_scalar(b"blind of place %d" % place) for place in range(POINTS)]
    blinded = [group.blind(key, blind, group.VOPRF_MODE) for key, blind in zip(keys, blinds, strict=True)]
    evaluated = [
        group.evaluate((coarse if place in COARSE else fine)[0], element)
        for place, element in enumerate(blinded)
    ]
    known = {"master": master.hex(), "info": INFO, "coarse_info": COARSE_INFO}
    return [
        vector(
            "derive",
            "the coarse key of the same",
            {"master": master.hex(), "info": COARSE_INFO},
            expected={"public_key": coarse[1].hex()},
        ),
        vector(
            "evaluate_batch",
            "two blocks and two places: 22, 23, 46 and 47 are coarse, 48 and 49 are fine",
            known | {"blinded": hexes(blinded)},
            expected={
                "public_key": fine[1].hex(),
                "coarse_public_key": coarse[1].hex(),
                "evaluated": hexes(evaluated),
            },
        ),
        vector(
            "evaluate_batch",
            "the identity in a coarse place refuses the fine ones as well",
            known | {"blinded": hexes([*blinded[:23], bytes(32), *blinded[24:SHORT]])},
            case=32,
            error="BadPoint",
        ),
        *_answers(keys[:SHORT], blinds[:SHORT], blinded[:SHORT], fine, coarse),
    ]


def _answers(
    keys: list[bytes], blinds: list[int], blinded: list[bytes], fine: _Secret, coarse: _Secret
) -> list[Vector]:
    question = {
        "match_keys": hexes(keys),
        "blinds": [blind.to_bytes(32, "little").hex() for blind in blinds],
        "blinded": hexes(blinded),
    }
    places = COARSE[:2]
    answer = _answer(blinded, fine, coarse, places)
    pseudonyms = [
        group.output((coarse if place in places else fine)[0], key, group.VOPRF_MODE)[:16]
        for place, key in enumerate(keys)
    ]

    def refused(description: str, changed: Vector) -> Vector:
        return vector(
            "finalize_batch", description, question | answer | changed, case=33, error="BadEvaluation"
        )

    return [
        vector(
            "finalize_batch",
            "one block and two places, with a proof for each key",
            question | answer,
            expected={"pseudonyms": hexes(pseudonyms)},
        ),
        refused(
            "the two proofs in each other's place",
            {"proof": answer["coarse_proof"], "coarse_proof": answer["proof"]},
        ),
        refused("the two keys and proofs in each other's place", _swapped(answer)),
        refused("a coarse place evaluated under the fine key", _answer(blinded, fine, coarse, places[:1])),
        refused(
            "the places that are left over evaluated under the coarse key",
            _answer(blinded, fine, coarse, (*places, 24, 25)),
        ),
        refused("one key for everything, proven for both parts", _answer(blinded, fine, fine, places)),
    ]


def _answer(blinded: list[bytes], fine: _Secret, coarse: _Secret, places: tuple[int, ...]) -> dict[str, Any]:
    """What a publisher says that takes these places for the coarse ones; its proofs are right for that."""
    parts = {True: list(places), False: [place for place in range(len(blinded)) if place not in places]}
    evaluated = [
        group.evaluate((coarse if place in places else fine)[0], element)
        for place, element in enumerate(blinded)
    ]

    def proof(is_coarse: bool) -> str:
        secret, public = coarse if is_coarse else fine
        here = parts[is_coarse]
        random = _scalar(b"proof %d" % is_coarse)
        return group.prove(
            secret, public, [blinded[at] for at in here], [evaluated[at] for at in here], random
        ).hex()

    return {
        "public_key": fine[1].hex(),
        "coarse_public_key": coarse[1].hex(),
        "evaluated": hexes(evaluated),
        "proof": proof(False),
        "coarse_proof": proof(True),
    }


def _swapped(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {
        "public_key": answer["coarse_public_key"],
        "coarse_public_key": answer["public_key"],
        "proof": answer["coarse_proof"],
        "coarse_proof": answer["proof"],
    }


def _scalar(seed: bytes) -> int:
    return int.from_bytes(hashlib.sha512(seed).digest(), "little") % group.L
