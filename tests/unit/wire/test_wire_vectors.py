"""The vectors in tests/vectors are what another implementation would be tested with; here they test ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.crypto.signing import VerifyKey
from shared.partners import card as cards
from shared.partners import fingerprint, prekeys, revocation, succession
from shared.runtime import clock
from shared.wire import canonical, local, messages
from shared.wire.envelope import SignerStatus
from shared.wire.parties import Party
from shared.wire.reject import Code, Reject
from tests.unit.wire import make_vectors, parts

FOLDER = Path(__file__).resolve().parents[2] / "vectors"
Vector = dict[str, Any]


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def named(vector: Vector) -> str:
    return f"case {vector.get('case', 0)}: {vector.get('description', '')}"


@pytest.mark.parametrize("name", sorted(make_vectors.ABOUT))
def test_the_files_are_what_the_generator_writes(name: str) -> None:
    text = (FOLDER / f"{name}.json").read_text()
    assert make_vectors.text_of(name, json.loads(text)) == text


@pytest.mark.parametrize("vector", load("envelope")["vectors"], ids=named)
def test_envelopes(vector: Vector) -> None:
    me, data = Party.parse(vector["me"]), bytes.fromhex(vector["envelope"])
    status = {parts.VILNIUS: SignerStatus(vector.get("status", "trusted"))}
    arguments: Any = {
        "me": me,
        "directory": parts.FixedDirectory(status),
        "seen": lambda sender, message_id: vector.get("seen", False),
    }
    if "expected" in vector:
        assert parts.open_at_lyon(data, **arguments).inner_bytes == vector["expected"]["inner"].encode()
    else:
        with pytest.raises(Reject) as caught:
            parts.open_at_lyon(data, **arguments)
        assert caught.value.code == vector["error"]


@pytest.mark.parametrize("vector", load("canonical")["vectors"], ids=named)
def test_canonical_json(vector: Vector) -> None:
    data, limit = bytes.fromhex(vector["data"]), vector.get("max_bytes", 100_000)
    if "error" in vector:
        with pytest.raises(canonical.CanonicalError) as caught:
            canonical.loads(data, limit)
        assert caught.value.code == vector["error"]
    else:
        assert canonical.loads(data, limit) == vector["expected"]
        assert canonical.dumps(vector["expected"]) == data


def test_messages_has_every_type_and_each_reads_as_it_is_written() -> None:
    known = {
        "relay": messages.RELAY_BODIES,
        "local, sealed": local.SEALED_BODIES,
        "local, plain": local.PLAIN_BODIES,
    }
    seen: dict[str, set[str]] = {channel: set() for channel in known}
    for vector in load("messages")["vectors"]:
        kind = known[vector["channel"]][vector["type"]]
        body = kind.model_validate_json(json.dumps(vector["body"]), strict=True)
        assert body.to_wire() == vector["body"]
        seen[vector["channel"]].add(vector["type"])
    assert seen == {channel: set(kinds) for channel, kinds in known.items()}


@pytest.mark.parametrize("vector", load("card")["single"], ids=named)
def test_cards(vector: Vector) -> None:
    now, data = clock.from_wire(load("card")["now"]), vector["document"].encode()
    if "error" in vector:
        with pytest.raises(Reject) as caught:
            cards.check(data, now)
        assert caught.value.code == vector["error"]
    else:
        checked = cards.check(data, now)
        assert [entry.skid for entry in checked.role_keys] == vector["expected"]["skids"]


@pytest.mark.parametrize("vector", load("card")["following"], ids=named)
def test_the_next_card(vector: Vector) -> None:
    now, known = clock.from_wire(load("card")["now"]), load("card")["known"]
    new = cards.check(vector["document"].encode(), now)
    judged = succession.follow(cards.check(known.encode(), now), new)
    if "error" in vector:
        refused = succession.Refusal(
            Code(vector["error"]), suspect=vector.get("suspect", False), keep=vector.get("keep", False)
        )
        assert judged == refused
    else:
        assert judged == vector["outcome"]


@pytest.mark.parametrize("vector", load("card")["prekeys"], ids=named)
def test_sealing_keys(vector: Vector) -> None:
    card, data = cards.read(load("card")["known"].encode()), vector["document"].encode()
    if "error" in vector:
        with pytest.raises(Reject) as caught:
            prekeys.check(data, card)
        assert caught.value.code == vector["error"]
    else:
        assert [key.key.kid.hex() for key in prekeys.check(data, card).keys] == vector["expected"]["kids"]


@pytest.mark.parametrize("vector", load("card")["revocations"], ids=named)
def test_revocations(vector: Vector) -> None:
    card, data = cards.read(load("card")["known"].encode()), vector["document"].encode()
    if "error" in vector:
        with pytest.raises(Reject) as caught:
            revocation.check(data, card)
        assert caught.value.code == vector["error"]
    else:
        assert revocation.check(data, card).keys == set(vector["expected"]["keys"])


@pytest.mark.parametrize(
    "vector", load("fingerprint")["vectors"], ids=lambda vector: str(vector["organisation"])
)
def test_fingerprints(vector: Vector) -> None:
    root = VerifyKey(bytes.fromhex(vector["root_key"]))
    assert " ".join(fingerprint.words(vector["organisation"], root)) == vector["words"]
    assert fingerprint.qr_text(vector["organisation"], root) == vector["qr"]
    assert fingerprint.read_qr(vector["qr"]) == (vector["organisation"], root)
