"""Makes the vectors of envelope, canonical JSON, messages, documents and fingerprints.

Built after docs/PROTOCOL.md with json, PyNaCl and the reference HPKE of the tests; shared.wire makes nothing
here, so the vectors can find its mistakes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import nacl.signing
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from mnemonic import Mnemonic

from shared.wire.parties import Party
from tests.unit.crypto import reference_hpke
from tests.unit.wire import parts, samples
from tests.unit.wire.parts import LYON, LYON_MATCHING, OUTSIDER, RIGA, VILNIUS, VILNIUS_MATCHING, inner_of
from tests.unit.wire.test_wire_canonical import REFUSED

Vector = dict[str, Any]
PARTIES = (VILNIUS, VILNIUS_MATCHING, LYON, LYON_MATCHING, RIGA)
RECIPIENTS = (LYON, LYON_MATCHING, VILNIUS_MATCHING, RIGA)


def new_encapsulation(party: Party) -> str:
    """A genuine encapsulation for the fixed key; random, so it is made once and kept in the file."""
    public = bytes(parts.opening_key(party).public)
    _, ciphertext = MLKEM768PublicKey.from_public_bytes(public[:1184]).encapsulate()
    return (ciphertext + X25519PrivateKey.generate().public_key().public_bytes_raw()).hex()


def envelope(known: Vector) -> Vector:
    """`known` is the file as it is, or empty."""
    encapsulations = {
        str(party): known.get("encapsulations", {}).get(str(party)) or new_encapsulation(party)
        for party in RECIPIENTS
    }

    def sealer(to: Party, plaintext: bytes, info: bytes) -> bytes:
        encapsulation = bytes.fromhex(encapsulations[str(to)])
        secret = reference_hpke.decapsulate(parts.opening_key(to).to_bytes(), encapsulation)
        return reference_hpke.seal(secret, encapsulation, plaintext, info)

    return {
        "encapsulations": encapsulations,
        "parties": {
            str(party): {
                "signing_seed": parts.seed_of(party).hex(),
                "skid": parts.skid_of(party),
                "opening_key": parts.opening_key(party).to_bytes().hex(),
                "kid": parts.opening_key(party).public.kid.hex(),
            }
            for party in PARTIES
        },
        "vectors": [*_good(sealer), *_refused(sealer)],
    }


def _good(sealer: parts.Sealer) -> list[Vector]:
    plain = inner_of()
    published = inner_of(type="alert.published", body=samples.RELAY["alert.published"])
    receipt = inner_of(to=str(LYON), type="receipt", body=samples.RELAY["receipt"])
    closed = inner_of(to=str(VILNIUS_MATCHING), type="case.closed", body=samples.SEALED_LOCAL["case.closed"])
    late = inner_of(created="2026-11-21T12:08:00Z")
    return [
        _opens("a small message", LYON_MATCHING, plain, sealer),
        _opens("an alert, 4 KiB", LYON_MATCHING, published, sealer),
        _opens("a receipt to intake", LYON, receipt, sealer),
        _opens("a local message", VILNIUS_MATCHING, closed, sealer),
        _opens("made 8 minutes ahead of the clock", LYON_MATCHING, late, sealer) | {"case": 18},
    ]


def _opens(description: str, to: Party, inner: Vector, sealer: parts.Sealer) -> Vector:
    data = parts.wrap(inner, to=to, sealer=sealer)
    expected = {"inner": parts.canonical_json(inner).decode()}
    return {"description": description, "me": str(to), "envelope": data.hex(), "expected": expected}


def _refused(sealer: parts.Sealer) -> list[Vector]:
    def made(
        case: int, code: str, description: str, *content: Any, me: Party = LYON_MATCHING, **how: Any
    ) -> Vector:
        context = {name: how.pop(name) for name in ("status", "seen") if name in how}
        to = how.get("to", LYON_MATCHING)
        data = parts.wrap(*content, **({"to": to, "sealer": sealer} | how))
        return {
            "case": case,
            "description": description,
            "me": str(me),
            "envelope": data.hex(),
            "error": code,
        } | context

    def damaged(case: int, code: str, description: str, data: bytes) -> Vector:
        return {
            "case": case,
            "description": description,
            "me": str(LYON_MATCHING),
            "envelope": data.hex(),
            "error": code,
        }

    good = parts.wrap(sealer=sealer)
    header = parts.header_for(LYON_MATCHING)
    plain = parts.canonical_json(inner_of())
    content = parts.content_of(parts.signature_of(VILNIUS, header, plain), plain)
    riga_inner = parts.canonical_json(
        inner_of(to="lv-riga/intake", type="receipt", body=samples.RELAY["receipt"])
    )
    outsider = inner_of(**{"from": str(OUTSIDER), "skid": parts.skid_of(OUTSIDER)})
    day = "2026-11-22T12:00:00Z"
    old_salt = samples.tag_set() | {"salt": "AAECAwQFBgcICQoLDA0ODx=="}
    stray = inner_of(type="alert.published", body=samples.ALERT_CONTENT | {"tag_sets": [old_salt]})

    def flip(place: int) -> bytes:
        return good[:place] + bytes((good[place] ^ 1,)) + good[place + 1 :]

    return [
        *(
            damaged(1, code, f"bit 0 of byte {place} flipped", flip(place))
            for place, code in (
                (0, "version"),
                (4, "version"),
                (5, "suite-mismatch"),
                (6, "unknown-key"),
                (14, "decrypt"),
                (1102, "decrypt"),
                (1134, "decrypt"),
                (len(good) - 1, "decrypt"),
            )
        ),
        *(damaged(2, "size", f"cut to {length} bytes", good[:length]) for length in (0, 1, 4, 13, 14, 2173)),
        damaged(2, "decrypt", "one byte more", good + b"\0"),
        made(3, "replay", "received before", seen=True),
        made(5, "unknown-key", "delivered to another organisation", me=RIGA),
        made(
            6,
            "signature",
            "what Lyon received, sealed again for Riga",
            riga_inner,
            to=RIGA,
            me=RIGA,
            signature=parts.signature_of(VILNIUS, header, riga_inner),
        ),
        made(7, "not-for-me", "addressed to another organisation", inner_of(to="lv-riga/matching")),
        made(
            7,
            "not-for-me",
            "a type of the other role",
            inner_of(type="match.notice", body=samples.RELAY["match.notice"]),
        ),
        made(8, "unknown-sender", "a stranger", outsider, signer=OUTSIDER),
        made(8, "sender-not-verified", "not verified yet", status="not_verified"),
        made(9, "signature", "Riga claims to be Vilnius", signer=RIGA),
        made(8, "sender-suspended", "suspended or suspect", status="suspended"),
        made(8, "sender-left", "left", status="left"),
        made(10, "revoked-or-old-key", "a revoked key", status="revoked"),
        made(10, "revoked-or-old-key", "a superseded key", status="superseded"),
        made(11, "version", "version 0", header=parts.header_for(LYON_MATCHING, version=0)),
        made(11, "version", "version 99", header=parts.header_for(LYON_MATCHING, version=99)),
        made(11, "suite-mismatch", "suite 0", header=parts.header_for(LYON_MATCHING, suite=0)),
        made(11, "suite", "suite 9", header=parts.header_for(LYON_MATCHING, suite=9)),
        made(17, "card.expired", "the sender's card has expired", status="card_expired"),
        made(
            18,
            "from-the-future",
            "made 11 minutes ahead",
            inner_of(created="2026-11-21T12:11:00Z", expires=day),
        ),
        made(
            18, "expired", "expired", inner_of(created="2026-11-01T12:00:00Z", expires="2026-11-21T12:00:00Z")
        ),
        made(
            18,
            "lifetime",
            "lives for 60 days and a second",
            inner_of(created="2026-11-21T11:00:00Z", expires="2027-01-20T11:00:01Z"),
        ),
        made(21, "pad.bucket", "1500 bytes", plaintext=parts.padded(content, 1500)),
        made(21, "pad.length", "length beyond the bucket", plaintext=parts.padded(b"\xff" * 4 + content[4:])),
        made(21, "pad.tail", "padding is not zero", plaintext=parts.padded(content)[:-1] + b"\1"),
        made(21, "pad.not-minimal", "a bucket too large", plaintext=parts.padded(content, 4096)),
        made(23, "json.not-canonical", "a space", plain.replace(b'"seq":7', b'"seq": 7')),
        made(23, "json.duplicate", "a key twice", plain.replace(b'"seq":7', b'"seq":7,"seq":7')),
        made(24, "schema", "seq is true", inner_of(seq=True)),
        made(24, "schema", "seq is text", inner_of(seq="7")),
        made(24, "schema", "a field more", inner_of(extra=1)),
        made(24, "schema", "an unknown type", inner_of(type="alert.forgotten")),
        made(24, "schema", "the body is a list", inner_of(body=[])),
        made(25, "schema", "base64 with stray bits", stray),
        made(
            0,
            "type-not-allowed",
            "a local type from a partner",
            inner_of(type="case.closed", body=samples.SEALED_LOCAL["case.closed"]),
        ),
    ]


def canonical() -> Vector:
    good = [
        {},
        {"b": 1, "a": [True, False, None, -5]},
        {"é": "ž", "z": "\U0001f33c"},
        '"\\/\b\f\n\r\t\x00\x1f\x7f',
        2**53 - 1,
        {"\U0001f33c": 1, "\ufffd": 2},
    ]
    vectors: list[Vector] = [{"data": parts.canonical_json(value).hex(), "expected": value} for value in good]
    for description, (data, code) in REFUSED.items():
        limit = {"max_bytes": 100} if code == "json.size" else {}
        vectors.append(
            {"case": 23, "description": description, "data": data.hex(), "error": code.value} | limit
        )
    return {"vectors": vectors}


def messages() -> Vector:
    channels = {
        "relay": samples.RELAY,
        "local, sealed": samples.SEALED_LOCAL,
        "local, plain": samples.PLAIN_LOCAL,
    }
    return {
        "vectors": [
            {"channel": channel, "type": kind, "body": body}
            for channel, bodies in channels.items()
            for kind, body in bodies.items()
        ]
    }


def _document(kind: str, document: Vector, signer: str, **outer: Any) -> str:
    key = nacl.signing.SigningKey(_seed(signer))
    label = f"myosotis {kind} v1".encode()
    signature = key.sign(bytes((len(label),)) + label + parts.canonical_json(document)).signature
    fields = {
        "document": document,
        "key": base64.b64encode(bytes(key.verify_key)).decode(),
        "kind": kind,
        "signature": base64.b64encode(signature).decode(),
    }
    return parts.canonical_json(fields | outer).decode()


def _seed(name: str) -> bytes:
    return hashlib.sha256(f"myosotis vector {name}".encode()).digest()


def _public(name: str) -> bytes:
    return bytes(nacl.signing.SigningKey(_seed(name)).verify_key)


def card() -> Vector:
    relay = sorted(samples.RELAY)
    document: Vector = {
        "v": 1,
        "organisation": "fr-lyon",
        "name": "Recherche Lyon (invented)",
        "country": "FR",
        "languages": ["fr", "en"],
        "duty_phone": "+33000000000",
        "seq": 10,
        "root_key": samples.text(_public("root 1")),
        "next_root_hash": hashlib.sha256(b"myosotis next root key v1" + _public("root 2")).hexdigest(),
        "role_keys": [
            {"role": "intake", "key": samples.text(_public("intake")), "types": relay},
            {
                "role": "matching",
                "key": samples.text(_public("matching")),
                "types": ["receipt"],
            },
        ],
        "policy": {"batch_points": 240, "slot_seconds": 86400, "first_load_batch": 1000},
        "min_suite": 1,
        "valid_from": "2026-11-20T12:00:00Z",
        "valid_until": "2027-11-20T12:00:00Z",
    }
    good = _document("card", document, "root 1")
    next_hash = hashlib.sha256(b"myosotis next root key v1" + _public("root 3")).hexdigest()
    rotated = document | {"seq": 1, "root_key": samples.text(_public("root 2")), "next_root_hash": next_hash}
    bad_key = document | {"role_keys": [document["role_keys"][0] | {"key": samples.text(b"\xff" * 32)}]}
    greedy = document | {"role_keys": [document["role_keys"][1] | {"types": ["alert.published"]}]}
    single = [
        (
            {
                "description": "a card",
                "document": good,
                "expected": {"skids": [_skid("intake"), _skid("matching")]},
            }
        ),
        _bad(12, "card.weak-suite", "suite 0", _document("card", document | {"min_suite": 0}, "root 1")),
        _bad(13, "card.bad-signing-key", "a role key of 0xFF", _document("card", bad_key, "root 1")),
        _bad(
            13,
            "card.bad-signing-key",
            "a signer of order 4",
            _document("card", document, "root 1", key=samples.text(bytes(32))),
        ),
        _bad(
            17,
            "card.lifetime",
            "ten years",
            _document("card", document | {"valid_until": "2036-11-20T12:00:00Z"}, "root 1"),
        ),
        _bad(
            17,
            "card.expired",
            "expired",
            _document("card", document | {"valid_until": "2026-11-21T12:00:00Z"}, "root 1"),
        ),
        _bad(0, "card.types", "matching may publish", _document("card", greedy, "root 1")),
        _bad(0, "card.schema", "a field more", _document("card", document | {"extra": 1}, "root 1")),
        _bad(0, "document.kind", "another kind", _document("prekeys", document, "root 1")),
        _bad(
            0,
            "document.signature",
            "signed by another",
            _document("card", document, "root 9", key=samples.text(_public("root 1"))),
        ),
    ]

    def signed(signer: str, **change: Any) -> str:
        return _document("card", document | change, signer)

    following = [
        _next("unchanged", "the same card", good),
        _next("updated", "a higher number", signed("root 1", seq=11)),
        _next("rotated", "the committed next key", _document("card", rotated, "root 2")),
        _not_next("card.lower-sequence", "a lower number", signed("root 1", seq=9), 15),
        _not_next("card.equivocation", "the same number", signed("root 1", country="BE"), 15, keep=True),
        _not_next(
            "card.not-the-committed-key",
            "another commitment",
            signed("root 1", seq=11, next_root_hash="00" * 32),
            16,
            suspect=True,
            keep=True,
        ),
        _not_next(
            "card.not-the-committed-key",
            "a new root key by the old",
            _document("card", rotated, "root 1"),
            16,
            suspect=True,
            keep=True,
        ),
        _not_next(
            "card.wrong-root",
            "a key never heard of",
            signed("root 4", seq=11, root_key=samples.text(_public("root 4"))),
        ),
        _not_next(
            "card.wrong-organisation", "of another organisation", signed("root 1", organisation="lv-riga")
        ),
    ]
    return {
        "now": "2026-11-21T12:00:00Z",
        "known": good,
        "single": single,
        "following": following,
        "prekeys": _prekeys(),
        "revocations": _revocations(),
    }


def _prekeys() -> list[Vector]:
    public = bytes(parts.opening_key(LYON_MATCHING).public)
    kid = hashlib.sha256(b"myosotis sealing key id v1" + public).digest()[:8].hex()
    entry = {
        "kid": kid,
        "suite": 1,
        "key": samples.text(public),
        "not_before": "2026-11-21T00:00:00Z",
        "not_after": "2027-01-20T00:00:00Z",
    }
    fields = {"v": 1, "organisation": "fr-lyon", "role": "matching", "seq": 1, "keys": [entry]}
    low = public[:1184] + bytes(32)
    low_kid = hashlib.sha256(b"myosotis sealing key id v1" + low).digest()[:8].hex()
    weak = fields | {"keys": [entry | {"key": samples.text(low), "kid": low_kid}]}
    long = fields | {"keys": [entry | {"not_after": "2027-01-20T00:00:01Z"}]}
    return [
        {
            "description": "sealing keys",
            "document": _document("prekeys", fields, "matching"),
            "expected": {"kids": [kid]},
        },
        _bad(0, "prekey.signer", "signed by the other role", _document("prekeys", fields, "intake")),
        _bad(
            14, "prekey.bad-sealing-key", "X25519 part of low order", _document("prekeys", weak, "matching")
        ),
        _bad(0, "prekey.lifetime", "60 days and a second", _document("prekeys", long, "matching")),
    ]


def _revocations() -> list[Vector]:
    keys = [_skid("intake"), parts.opening_key(LYON_MATCHING).public.kid.hex()]
    fields = {"v": 1, "organisation": "fr-lyon", "keys": keys, "since": "2026-11-21T00:00:00Z"}

    def signed(signer: str, **change: Any) -> str:
        return _document("revocation", fields | change, signer)

    return [
        {"description": description, "document": signed(signer), "expected": {"keys": keys}}
        for signer, description in (
            ("root 1", "a role key and a sealing key"),
            ("root 2", "by the committed next root key"),
        )
    ] + [
        _bad(0, "revocation.schema", "no key", signed("root 1", keys=[])),
        _bad(0, "revocation.schema", "no such day", signed("root 1", since="2026-02-29T00:00:00Z")),
        _bad(
            0, "card.wrong-organisation", "of another organisation", signed("root 1", organisation="lv-riga")
        ),
        _bad(0, "card.wrong-root", "by a role key", signed("intake")),
    ]


def _skid(name: str) -> str:
    return hashlib.sha256(b"myosotis signing key id v1" + _public(name)).digest()[:8].hex()


def _bad(case: int, code: str, description: str, document: str) -> Vector:
    return {"case": case, "description": description, "document": document, "error": code}


def _next(outcome: str, description: str, document: str) -> Vector:
    return {"case": 0, "description": description, "document": document, "outcome": outcome}


def _not_next(
    code: str, description: str, document: str, case: int = 0, *, suspect: bool = False, keep: bool = False
) -> Vector:
    """`suspect`: the partner becomes suspect. `keep`: the refused card is kept as evidence."""
    refused = _bad(case, code, description, document)
    return refused | {name: True for name, said in (("suspect", suspect), ("keep", keep)) if said}


def fingerprint() -> Vector:
    vectors = []
    for organisation in ("lt-vilnius", "lv-riga", "fr-lyon"):
        root = _public(f"{organisation} root")
        name = organisation.encode()
        digest = hashlib.sha256(b"myosotis fingerprint v1" + bytes((len(name),)) + name + root).digest()
        words = Mnemonic("english").to_mnemonic(digest[:16])
        qr = f"MYOSOTIS:1:{organisation.upper()}:{root.hex().upper()}"
        vectors.append({"organisation": organisation, "root_key": root.hex(), "words": words, "qr": qr})
    return {"vectors": vectors}


ABOUT = {
    "envelope": "PROTOCOL 5. Open each as `me` at 2026-11-21T12:00:00Z: `expected`, or refused with `error`. "
    "`status` is the standing of the sender or its key (PROTOCOL 11), `seen` that its id was received "
    "before.",
    "canonical": "PROTOCOL 2. `data` reads as `expected`, or is refused with `error`.",
    "messages": "PROTOCOL 6 and 9. One valid body of every type.",
    "card": "PROTOCOL 4. `single`: import at `now`: `expected`, or refused with `error`. `following`: judge "
    "at `now` as the next card after `known`: `outcome`, or refused with `error`; with `suspect` the partner "
    "becomes suspect, with `keep` the card is kept as evidence. `prekeys` and `revocations`: "
    "check against `known`: `expected`, or refused with `error`.",
    "fingerprint": "PROTOCOL 4.6.",
}


def text_of(name: str, known: Vector) -> str:
    """The whole text of one vector file. `known` is the file as it is, or empty."""
    content = {
        "envelope": lambda: envelope(known),
        "canonical": canonical,
        "messages": messages,
        "card": card,
        "fingerprint": fingerprint,
    }[name]()
    encoding = "bytes are lowercase hexadecimal; `case` is the row in the list of cases, 0 for none"
    return (
        json.dumps({"about": ABOUT[name], "encoding": encoding} | content, indent=1, ensure_ascii=True) + "\n"
    )
