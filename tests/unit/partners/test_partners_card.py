"""Cards, sealing keys and revocations, each alone: cases 12, 13, 14 and 17."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import nacl.bindings
import pytest

from shared.crypto import signing
from shared.partners import card as cards
from shared.partners import documents, prekeys, revocation
from shared.runtime import clock
from shared.wire import canonical
from shared.wire.parties import Party, Role
from shared.wire.reject import Code, Reject
from shared.wire.values import encode_base64
from tests.unit.partners import world
from tests.unit.partners.world import NOW, key, public

P = 2**255 - 19
SMALL_ORDER = {
    "identity": (1).to_bytes(32, "little"),
    "order 2": (P - 1).to_bytes(32, "little"),
    "order 4": bytes(32),
    "order 4, other sign": bytes(31) + b"\x80",
    "order 8": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    "order 8, other": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
}
BAD_SIGNING_KEYS = SMALL_ORDER | {
    "not canonical": (P + 1).to_bytes(32, "little"),
    "not canonical identity": bytes.fromhex("01" + "00" * 30 + "80"),
    "mixed order": b"made below",
    "all 0xFF": b"\xff" * 32,
    "31 bytes": bytes(31),
    "33 bytes": bytes(33),
    "nothing": b"",
}
LOW_ORDER_X25519 = [
    (0).to_bytes(32, "little"),
    (1).to_bytes(32, "little"),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    (P - 1).to_bytes(32, "little"),
    P.to_bytes(32, "little"),
    (P + 1).to_bytes(32, "little"),
]


def refused(data: bytes, **arguments: Any) -> Code:
    with pytest.raises(Reject) as caught:
        cards.check(data, NOW, **arguments)
    return caught.value.code


def signed_document(document: dict[str, Any], signer: str = "fr-lyon root 1") -> bytes:
    """Sign whatever it is, as a partner with other software might."""
    return documents.sign(documents.Kind.CARD, document, key(signer))


def test_a_good_card_is_taken() -> None:
    checked = cards.check(world.signed(world.card()), NOW)
    assert checked.card == world.card()
    assert [entry.role for entry in checked.role_keys] == [Role.INTAKE, Role.MATCHING]
    assert checked.role_keys[0].skid == signing.key_id(key("fr-lyon intake").verify_key)
    assert world.signed(world.card()) == world.signed(world.card())


def test_case_12_a_weaker_suite_than_is_accepted_here() -> None:
    assert refused(world.signed(world.card(min_suite=0))) is Code.CARD_WEAK_SUITE
    assert refused(world.signed(world.card(min_suite=1)), min_suite=2) is Code.CARD_WEAK_SUITE
    assert cards.check(world.signed(world.card(min_suite=2)), NOW, min_suite=2)


def mixed_order() -> bytes:
    """A good point plus a point of order 8: passes a check for small order alone."""
    good = bytes(key("anybody").verify_key)
    return nacl.bindings.crypto_core_ed25519_add(good, SMALL_ORDER["order 8"])


@pytest.mark.parametrize("name", sorted(BAD_SIGNING_KEYS))
@pytest.mark.parametrize("place", ["role", "root", "outer"])
def test_case_13_bad_signing_keys(name: str, place: str) -> None:
    raw = mixed_order() if name == "mixed order" else BAD_SIGNING_KEYS[name]
    text = encode_base64(raw)
    document = world.card().to_wire()
    if place == "role":
        document["role_keys"][0]["key"] = text
    elif place == "root":
        document["root_key"] = text
    data = signed_document(document)
    if place == "outer":
        data = canonical.dumps(json.loads(data) | {"key": text})
    assert refused(data) is Code.CARD_BAD_SIGNING_KEY


@pytest.mark.parametrize("low", LOW_ORDER_X25519, ids=lambda raw: raw.hex()[:8])
def test_case_14_sealing_keys_whose_x25519_part_hides_nothing(low: bytes) -> None:
    party = Party("fr-lyon", Role.MATCHING)
    card = cards.check(world.signed(world.card()), NOW)
    good = documents.read(world.prekey_set(party), documents.Kind.PREKEYS).document
    raw = bytes(world.opening_key("x").public)[:1184] + low
    entry = good["keys"][0] | {"key": encode_base64(raw)}
    data = documents.sign(documents.Kind.PREKEYS, good | {"keys": [entry]}, key("fr-lyon matching"))
    # PyNaCl's own CryptoError is no Reject, and so would fail this test.
    with pytest.raises(Reject) as caught:
        prekeys.check(data, card)
    assert caught.value.code is Code.PREKEY_BAD_SEALING_KEY


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [
        (-1, 3650, Code.CARD_LIFETIME),
        (-1, 400, Code.CARD_LIFETIME),
        (-1, 399, None),
        (-30, -29, Code.CARD_EXPIRED),
        (-30, 0, Code.CARD_EXPIRED),
        (2, 30, Code.CARD_FROM_THE_FUTURE),
        (-1, -2, Code.CARD_LIFETIME),
    ],
)
def test_case_17_how_long_a_card_may_live(begins: int, ends: int, code: Code | None) -> None:
    data = world.signed(
        world.card(
            valid_from=clock.to_wire(NOW + timedelta(days=begins)),
            valid_until=clock.to_wire(NOW + timedelta(days=ends)),
        )
    )
    if code is None:
        assert cards.check(data, NOW)
    else:
        assert refused(data) is code


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Lyon \u202egnp.exe"},
        {"name": "zero\u200bwidth"},
        {"name": "two\nlines"},
        {"name": ""},
        {"name": "x" * 81},
        {"duty_phone": "0033 1"},
        {"country": "fr"},
        {"organisation": "Lyon"},
        {"seq": 0},
        {"seq": True},
        {"role_keys": []},
        {"languages": []},
        {"extra": 1},
        {"v": 2},
        {"next_root_hash": "00"},
        {"policy": {"batch_points": 0, "slot_seconds": 1, "first_load_batch": 1}},
        {"policy": {"batch_points": 961, "slot_seconds": 60, "first_load_batch": 1}},
        {"policy": {"batch_points": 1, "slot_seconds": 60, "first_load_batch": 4001}},
    ],
    ids=str,
)
def test_a_card_that_is_not_exactly_one(change: dict[str, Any]) -> None:
    assert refused(signed_document(world.card().to_wire() | change)) is Code.CARD_SCHEMA


def test_a_card_may_not_let_a_role_sign_more_than_the_protocol_does() -> None:
    greedy = world.card().to_wire()
    greedy["role_keys"][1]["types"] = ["alert.published", "receipt"]
    assert refused(signed_document(greedy)) is Code.CARD_TYPES


def test_one_key_serves_one_purpose() -> None:
    twice = [world.entry(role, "fr-lyon intake") for role in Role]
    assert refused(world.signed(world.card(role_keys=twice))) is Code.CARD_KEY_REUSED
    root_as_role = [world.entry(Role.INTAKE, "fr-lyon root 1")]
    assert refused(world.signed(world.card(role_keys=root_as_role))) is Code.CARD_KEY_REUSED
    assert refused(world.signed(world.card(following="root 1"))) is Code.CARD_KEY_REUSED


def test_changed_documents_are_refused() -> None:
    data = world.signed(world.card())
    outer = json.loads(data)
    assert refused(data[:-1]) is Code.JSON_SYNTAX
    assert refused(data + b" ") is Code.JSON_NOT_CANONICAL
    assert refused(b"[]") is Code.DOCUMENT
    assert refused(canonical.dumps(outer | {"kind": "prekeys"})) is Code.DOCUMENT_KIND
    assert refused(canonical.dumps(outer | {"key": public("somebody")})) is Code.DOCUMENT_SIGNATURE
    outer["document"]["name"] = "Somebody else"
    assert refused(canonical.dumps(outer)) is Code.DOCUMENT_SIGNATURE


def test_a_signature_of_one_kind_never_serves_another() -> None:
    document = {"a": 1}
    data = documents.sign(documents.Kind.REVOCATION, document, key("x"))
    as_card = canonical.dumps(json.loads(data) | {"kind": "card"})
    with pytest.raises(Reject) as caught:
        documents.read(as_card, documents.Kind.CARD)
    assert caught.value.code is Code.DOCUMENT_SIGNATURE


def prekeys_refused(data: bytes) -> Code:
    with pytest.raises(Reject) as caught:
        prekeys.check(data, cards.check(world.signed(world.card()), NOW))
    return caught.value.code


def test_prekeys_are_signed_by_the_role_they_belong_to() -> None:
    party = Party("fr-lyon", Role.MATCHING)
    assert prekeys_refused(world.prekey_set(party, signer="fr-lyon intake")) is Code.PREKEY_SIGNER
    assert prekeys_refused(world.prekey_set(party, signer="fr-lyon root 1")) is Code.PREKEY_SIGNER
    assert prekeys_refused(world.prekey_set(party, signer="lv-riga matching")) is Code.PREKEY_SIGNER
    riga = world.prekey_set(Party("lv-riga", Role.MATCHING))
    assert prekeys_refused(riga) is Code.CARD_WRONG_ORGANISATION


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"suite": 0}, Code.PREKEY_SUITE),
        ({"suite": 9}, Code.PREKEY_SUITE),
        ({"kid": "0" * 16}, Code.PREKEY_BAD_SEALING_KEY),
        ({"key": "AAAA"}, Code.PREKEY_BAD_SEALING_KEY),
        ({"not_after": "2027-01-20T12:00:01Z"}, Code.PREKEY_LIFETIME),
        ({"not_after": "2026-11-21T12:00:00Z"}, Code.PREKEY_LIFETIME),
        ({"extra": 1}, Code.PREKEY_SCHEMA),
    ],
    ids=str,
)
def test_a_sealing_key_that_is_not_exactly_one(change: dict[str, Any], code: Code) -> None:
    data = world.prekey_set(Party("fr-lyon", Role.MATCHING))
    good = documents.read(data, documents.Kind.PREKEYS).document
    changed = good | {"keys": [good["keys"][0] | change]}
    assert prekeys_refused(documents.sign(documents.Kind.PREKEYS, changed, key("fr-lyon matching"))) is code


def test_the_newest_usable_sealing_key_is_taken() -> None:
    party = Party("fr-lyon", Role.MATCHING)
    days = [-70, -10, -3, 2]
    keys = [
        prekeys.Prekey(
            world.opening_key(str(day)).public,
            NOW + timedelta(days=day),
            NOW + timedelta(days=day) + prekeys.SEAL_FOR,
        )
        for day in days
    ]
    data = prekeys.issue(party, 1, keys, key("fr-lyon matching"))
    checked = prekeys.check(data, cards.check(world.signed(world.card()), NOW))
    newest = checked.newest(NOW)
    assert newest is not None
    assert newest.key == world.opening_key("-3").public
    assert checked.newest(NOW + timedelta(days=100)) is None


def test_a_revocation_is_the_root_keys_word() -> None:
    card = cards.check(world.signed(world.card()), NOW)
    statement = revocation.RevocationStatement(
        v=1, organisation="fr-lyon", keys=["0123456789abcdef"], since="2026-11-01T00:00:00Z"
    )
    for signer in ("fr-lyon root 1", "fr-lyon root 2"):
        assert revocation.check(revocation.issue(statement, key(signer)), card).keys == {"0123456789abcdef"}
    for signer in ("fr-lyon root 3", "fr-lyon intake"):
        with pytest.raises(Reject) as caught:
            revocation.check(revocation.issue(statement, key(signer)), card)
        assert caught.value.code is Code.CARD_WRONG_ROOT
