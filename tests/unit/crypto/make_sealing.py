"""Vectors for sealing: the X-Wing draft's encapsulation under a key schedule written from RFC 9180."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.unit.crypto import reference_hpke as hpke
from tests.unit.crypto import reference_ristretto as group
from tests.unit.crypto.vector_parts import LABEL, MESSAGE, Vector, counting, published, vector


def sealing() -> list[Vector]:
    from_draft = published("xwing")
    private = hpke.expand_xwing_seed(bytes.fromhex(from_draft["seed"]))
    encapsulation = bytes.fromhex(from_draft["encapsulation"])
    public = public_of(private)
    sealed = hpke.seal(bytes.fromhex(from_draft["shared_secret"]), encapsulation, MESSAGE, LABEL)
    empty = hpke.seal(bytes.fromhex(from_draft["shared_secret"]), encapsulation, b"", b"")
    kid = hashlib.sha256(b"myosotis sealing key id v1" + public).digest()[:8]
    good = {"private_key": private.hex(), "info": LABEL.hex(), "sealed": sealed.hex()}

    def refused(description: str, **change: bytes) -> Vector:
        inputs = good | {name: value.hex() for name, value in change.items()}
        return vector("open", description, inputs, error="CannotOpen")

    def flipped(place: int) -> bytes:
        return sealed[:place] + bytes((sealed[place] ^ 1,)) + sealed[place + 1 :]

    vectors = [
        vector(
            "key",
            "the private bytes are ML-KEM seed | X25519 private key, the public ones ML-KEM key | X25519 key",
            {"private_key": private.hex()},
            expected={"public_key": public.hex(), "kid": kid.hex()},
        ),
        vector(
            "open", "first vector of the X-Wing draft under HPKE", good, expected={"plaintext": MESSAGE.hex()}
        ),
        vector(
            "open",
            "no plaintext and no info",
            good | {"info": "", "sealed": empty.hex()},
            expected={"plaintext": ""},
        ),
        refused("another info", info=LABEL + b"."),
        refused("a bit of the ML-KEM ciphertext", sealed=flipped(0)),
        refused("a bit of the ephemeral X25519 key", sealed=flipped(1088)),
        refused("an ephemeral X25519 key of low order", sealed=sealed[:1088] + bytes(32) + sealed[1120:]),
        refused("a bit of the ciphertext", sealed=flipped(1120)),
        refused("a bit of the tag", sealed=flipped(len(sealed) - 1)),
        refused("a byte too few", sealed=sealed[:-1]),
        refused("a byte too many", sealed=sealed + b"\x00"),
        refused("shorter than the overhead", sealed=sealed[:1135]),
        refused("nothing", sealed=b""),
        refused("another key", private_key=counting(96)),
    ]
    return vectors + [
        vector("sealing_key", description, {"public_key": raw.hex()}, case=14, error="BadSealingKey")
        for description, raw in bad_sealing_keys(public)
    ]


def public_of(private: bytes) -> bytes:
    mlkem = MLKEM768PrivateKey.from_seed_bytes(private[:64]).public_key().public_bytes_raw()
    return mlkem + X25519PrivateKey.from_private_bytes(private[64:]).public_key().public_bytes_raw()


def bad_sealing_keys(public: bytes) -> list[tuple[str, bytes]]:
    mlkem, x25519 = public[:1184], public[1184:]
    order_8 = (
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    )
    low = [(f"X25519 part of low order, u = {u}", u.to_bytes(32, "little")) for u in (0, 1)]
    low += [
        (f"X25519 part of order 8, the {which}", bytes.fromhex(u))
        for which, u in zip(("first", "second"), order_8, strict=True)
    ]
    low += [
        (f"X25519 part of low order, u = p {d:+d}", (group.P + d).to_bytes(32, "little")) for d in (-1, 0, 1)
    ]
    low += [("X25519 part of low order, u = 0 with the unused bit set", (1 << 255).to_bytes(32, "little"))]
    second = [("X25519 part with the unused bit set", x25519[:31] + bytes((x25519[31] | 0x80,)))]
    second += [("X25519 part in a second encoding, u = p + 9", (group.P + 9).to_bytes(32, "little"))]
    return [(description, mlkem + part) for description, part in low + second] + [
        ("a first ML-KEM coefficient of 4095", b"\xff" + bytes((mlkem[1] | 0x0F,)) + mlkem[2:] + x25519),
        ("1215 bytes", public[:-1]),
        ("1217 bytes", public + b"\x00"),
        ("nothing", b""),
    ]
