"""Vectors for signing: made with another library than ours, and with curve arithmetic of the tests."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.unit.crypto import reference_ristretto as group
from tests.unit.crypto.vector_parts import LABEL, MESSAGE, Vector, counting, vector


def signing() -> list[Vector]:
    seed = bytes.fromhex(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    )  # RFC 8032 7.1 TEST 1
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes_raw()
    statement = bytes((len(LABEL),)) + LABEL + MESSAGE
    signature = key.sign(statement)
    good = {
        "public_key": public.hex(),
        "label": LABEL.hex(),
        "message": MESSAGE.hex(),
        "signature": signature.hex(),
    }
    key_id = hashlib.sha256(b"myosotis signing key id v1" + public).digest()[:8].hex()
    s_plus_l = int.from_bytes(signature[32:], "little") + group.L

    def refused(description: str, **change: bytes) -> Vector:
        inputs = good | {name: value.hex() for name, value in change.items()}
        return vector("verify", description, inputs, error="BadSignature")

    vectors = [
        vector(
            "sign",
            "the seed of RFC 8032 TEST 1 signs 'length of label | label | message'",
            {"seed": seed.hex(), "label": LABEL.hex(), "message": MESSAGE.hex()},
            expected={"public_key": public.hex(), "key_id": key_id, "signature": signature.hex()},
        ),
        vector("verify", "a good signature", good, expected={}),
        refused("another message", message=MESSAGE + b"."),
        refused("another label", label=b"myosotis test v2"),
        refused("label and message divided at another place", label=LABEL + MESSAGE[:1], message=MESSAGE[1:]),
        refused(
            "S + L, the second encoding of the same signature",
            signature=signature[:32] + s_plus_l.to_bytes(32, "little"),
        ),
        refused("R of small order", signature=counting(0) + bytes((1,)) + bytes(31) + signature[32:]),
        refused("a signature of 63 bytes", signature=signature[:-1]),
        refused("a signature of 65 bytes", signature=signature + b"\x00"),
        refused("no signature", signature=b""),
    ]
    return vectors + [
        vector("verify_key", description, {"public_key": raw.hex()}, case=13, error="BadSigningKey")
        for description, raw in bad_signing_keys(public)
    ]


def edwards(point: group.Point) -> bytes:
    """RFC 8032 5.1.2."""
    inverse = pow(point[2], -1, group.P)
    x, y = point[0] * inverse % group.P, point[1] * inverse % group.P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def torsion_point() -> group.Point:
    """A point of order 8: L times a point of the whole curve."""
    y = 3
    while True:
        square, x = group.sqrt_ratio(y * y - 1, group.D * y * y + 1)
        point = group.multiply(group.L, (x, y, 1, x * y % group.P))
        if square and edwards(group.multiply(4, point)) != edwards(group.IDENTITY):
            return point
        y += 1


def bad_signing_keys(public: bytes) -> list[tuple[str, bytes]]:
    """Every small-order point, mixed-order ones, second encodings, and wrong lengths."""
    torsion = torsion_point()
    orders = {0: 1, 4: 2, 2: 4, 6: 4}
    small = [
        (f"a point of small order ({orders.get(index, 8)})", edwards(group.multiply(index, torsion)))
        for index in range(8)
    ]
    honest = group.multiply(12345, group.BASE)
    mixed = [
        (
            f"a point of mixed order (an honest key and {index} times a point of order 8)",
            edwards(group.add(honest, group.multiply(index, torsion))),
        )
        for index in (1, 2, 4)
    ]
    sign = 1 << 255
    second = [
        (
            f"a second encoding, y = p + {extra}{', sign bit set' if bit else ''}",
            (group.P + extra | bit).to_bytes(32, "little"),
        )
        for extra in (0, 1, 3, 4, 5, 6, 9, 10, 18)
        for bit in (0, sign)
    ]
    return [
        *small,
        ("the identity with its sign bit set", (1 | sign).to_bytes(32, "little")),
        ("y = -1 with its sign bit set", (group.P - 1 | sign).to_bytes(32, "little")),
        *mixed,
        *second,
        ("no point of the curve", (2).to_bytes(32, "little")),
        ("all bytes 0xFF", b"\xff" * 32),
        ("31 bytes", public[:31]),
        ("33 bytes", public + b"\x00"),
        ("nothing", b""),
    ]
