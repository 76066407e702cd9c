"""Case 29: a machine whose randomness is stuck, or whose libraries compute wrong, runs no service."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable

import nacl.utils
import pytest

from shared.crypto import known_answers, oprf, rest, sealing, selftest, signing, tags
from tests.vectors.generate_crypto import FOLDER

SOURCES = {
    "the operating system": (os, "urandom"),
    "libsodium": (nacl.utils, "random"),
    "sealing": (sealing.SealingKey, "seal"),
    "blinding": (oprf, "random_point"),
}
counter = itertools.count()
ONE_GOOD_DRAW = os.urandom(1200)


STUCK: dict[str, Callable[..., bytes]] = {
    "zeros": lambda *_: bytes(1200),
    "ones": lambda *_: b"\xff" * 1200,
    "a pattern": lambda *_: b"\x55\xaa" * 600,
    "one good draw for ever": lambda *_: ONE_GOOD_DRAW,
    "a counter": lambda *_: next(counter).to_bytes(1120, "big"),
}


@pytest.mark.parametrize("stuck", STUCK.values(), ids=STUCK.keys())
@pytest.mark.parametrize("name", SOURCES)
def test_case_29_a_stuck_generator_stops_the_service(
    monkeypatch: pytest.MonkeyPatch, name: str, stuck: Callable[..., bytes]
) -> None:
    """The generators inside the sealing and blinding libraries show only there, so they are patched there."""
    monkeypatch.setattr(*SOURCES[name], stuck)
    with pytest.raises(selftest.SelfTestFailed, match=f"The random numbers of {name} are not random"):
        selftest.run()


WRONG = ["SIGNATURE", "VERIFY_KEY", "SEALED", "SEALING_KID", "STORED", "OPRF_PUBLIC_KEY", "OPRF_EVALUATED"]
WRONG += ["OPRF_PSEUDONYM", "OPRF_BLINDED", "TAG", "KEY_FILE"]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_stops_the_service(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    right: bytes = getattr(known_answers, name)
    monkeypatch.setattr(known_answers, name, right[:-1] + bytes((right[-1] ^ 1,)))
    with pytest.raises(selftest.SelfTestFailed, match="The self test of"):
        selftest.run()


def accept(*_: object) -> None:
    return None


@pytest.mark.parametrize(
    ("owner", "method", "replacement"),
    [
        (signing.VerifyKey, "verify", accept),
        (sealing.OpeningKey, "open", lambda *_: known_answers.MESSAGE),
        (rest.RestCipher, "decrypt", lambda *_: known_answers.MESSAGE),
        (tags, "tag", lambda _, pseudonym: pseudonym[:8]),
    ],
)
def test_a_library_that_accepts_everything_stops_the_service(
    monkeypatch: pytest.MonkeyPatch, owner: object, method: str, replacement: Callable[..., object]
) -> None:
    monkeypatch.setattr(owner, method, replacement)
    with pytest.raises(selftest.SelfTestFailed):
        selftest.run()


def test_the_known_answers_are_those_of_the_vectors() -> None:
    vectors = {
        name: json.loads((FOLDER / f"{name}.json").read_text())["vectors"]
        for name in ("signing", "sealing", "oprf", "tags", "keyfile")
    }
    sealed = vectors["sealing"][1]["inputs"]
    assert sealed["sealed"] == known_answers.SEALED.hex()
    assert sealed["private_key"] == known_answers.OPENING_KEY.hex()
    assert vectors["signing"][0]["expected"]["signature"] == known_answers.SIGNATURE.hex()
    tagged = next(one for one in vectors["tags"] if one["operation"] == "tags")
    assert tagged["expected"]["tags"][0] == known_answers.TAG.hex()
    assert known_answers.KEY_FILE.hex() in {one["inputs"].get("file") for one in vectors["keyfile"]}
    answers = [one["expected"] for one in vectors["oprf"] if one["operation"] == "rfc9497_mode_1"]
    assert [known_answers.OPRF_EVALUATED.hex()] in [one["evaluated"] for one in answers]
