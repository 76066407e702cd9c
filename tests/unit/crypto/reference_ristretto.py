"""ristretto255 and RFC 9497, written from the documents with big integers: slow, and shares no code with us.

It lets the tests fix the randomness that the real library does not let anybody choose, check the proofs of
both sides, and compute the published vectors of both modes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
OPRF_MODE = 0
VOPRF_MODE = 1

Point = tuple[int, int, int, int]


def negative(x: int) -> bool:
    return x % P % 2 == 1


def absolute(x: int) -> int:
    return -x % P if negative(x) else x % P


def sqrt_ratio(u: int, v: int) -> tuple[bool, int]:
    """RFC 9496 4.2."""
    root = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    check = v * root * root % P
    if check in (-u % P, -u * SQRT_M1 % P):
        root = root * SQRT_M1 % P
    return check in (u % P, -u % P), absolute(root)


SQRT_AD_MINUS_ONE = -sqrt_ratio(-D - 1, 1)[1] % P  # RFC 9496 4.1 names the odd root
INVSQRT_A_MINUS_D = sqrt_ratio(1, -1 - D)[1]


def add(p: Point, q: Point) -> Point:
    """RFC 8032 5.1.4."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


IDENTITY: Point = (0, 1, 1, 0)


def multiply(scalar: int, point: Point) -> Point:
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


_BASE_Y = 4 * pow(5, -1, P) % P
_BASE_X = absolute(sqrt_ratio(_BASE_Y**2 - 1, D * _BASE_Y**2 + 1)[1])
BASE: Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)


def encode(point: Point) -> bytes:
    """RFC 9496 4.3.2."""
    x, y, z, t = point
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    inverse = sqrt_ratio(1, u1 * u2 * u2 % P)[1]
    den1, den2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = den1 * den2 * t % P
    den_inverse = den2
    if negative(t * z_inverse):
        x, y, den_inverse = y * SQRT_M1 % P, x * SQRT_M1 % P, den1 * INVSQRT_A_MINUS_D % P
    if negative(x * z_inverse):
        y = -y
    return absolute(den_inverse * (z - y)).to_bytes(32, "little")


def decode(raw: bytes) -> Point:
    """RFC 9496 4.3.1."""
    s = int.from_bytes(raw, "little")
    assert len(raw) == 32
    assert s < P
    assert not negative(s)
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    square, inverse = sqrt_ratio(1, v * u2 * u2 % P)
    den_x = inverse * u2 % P
    x, y = absolute(2 * s * den_x), u1 * inverse * den_x * v % P
    assert square
    assert not negative(x * y)
    assert y
    return x, y, 1, x * y % P


def _map(t: int) -> Point:
    """RFC 9496 4.3.4."""
    r = SQRT_M1 * t * t % P
    u, v = (r + 1) * (1 - D * D) % P, (-1 - r * D) * (r + D) % P
    square, s = sqrt_ratio(u, v)
    if not square:
        s = -absolute(s * t) % P
    c = -1 if square else r
    n = (c * (r - 1) * (D - 1) ** 2 - v) % P
    w0, w1, w2, w3 = 2 * s * v % P, n * SQRT_AD_MINUS_ONE % P, (1 - s * s) % P, (1 + s * s) % P
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def _expand(message: bytes, tag: bytes) -> bytes:
    """expand_message_xmd to 64 bytes, RFC 9380 5.3.1."""
    tag_prime = tag + bytes((len(tag),))
    first = hashlib.sha512(bytes(128) + message + b"\x00\x40\x00" + tag_prime).digest()
    return hashlib.sha512(first + b"\x01" + tag_prime).digest()


def _context(mode: int) -> bytes:
    return b"OPRFV1-" + bytes((mode,)) + b"-ristretto255-SHA512"


def _prefixed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def hash_to_group(message: bytes, mode: int) -> Point:
    uniform = _expand(message, b"HashToGroup-" + _context(mode))
    mask = 2**255 - 1
    halves = (int.from_bytes(uniform[i : i + 32], "little") & mask for i in (0, 32))
    return add(*(_map(half % P) for half in halves))


def hash_to_scalar(message: bytes, mode: int, tag: bytes = b"HashToScalar-") -> int:
    return int.from_bytes(_expand(message, tag + _context(mode)), "little") % L


def derive_key_pair(seed: bytes, info: bytes, mode: int) -> tuple[int, bytes]:
    """RFC 9497 3.2.1 (the first counter always serves)."""
    secret = hash_to_scalar(seed + _prefixed(info) + b"\x00", mode, b"DeriveKeyPair")
    return secret, encode(multiply(secret, BASE))


def blind(message: bytes, blind_scalar: int, mode: int) -> bytes:
    return encode(multiply(blind_scalar, hash_to_group(message, mode)))


def evaluate(secret: int, blinded: bytes) -> bytes:
    return encode(multiply(secret, decode(blinded)))


def finalize(message: bytes, blind_scalar: int, evaluated: bytes) -> bytes:
    unblinded = encode(multiply(pow(blind_scalar, -1, L), decode(evaluated)))
    return hashlib.sha512(_prefixed(message, unblinded) + b"Finalize").digest()


def output(secret: int, message: bytes, mode: int) -> bytes:
    """The function's value for an input that is known: RFC 9497 3.3.1 Evaluate."""
    return finalize(message, 1, encode(multiply(secret, hash_to_group(message, mode))))


def prove(
    secret: int, public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], random: int
) -> bytes:
    """RFC 9497 2.2.1 with the randomness given."""
    m, z = _composites(public, blinded, evaluated)
    challenge = _challenge(public, m, z, multiply(random, BASE), multiply(random, m))
    return challenge.to_bytes(32, "little") + ((random - challenge * secret) % L).to_bytes(32, "little")


def verify(public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], proof: bytes) -> bool:
    """RFC 9497 2.2.2."""
    c, s = (int.from_bytes(proof[i : i + 32], "little") for i in (0, 32))
    m, z = _composites(public, blinded, evaluated)
    t2 = add(multiply(s, BASE), multiply(c, decode(public)))
    t3 = add(multiply(s, m), multiply(c, z))
    return c < L and s < L and len(proof) == 64 and _challenge(public, m, z, t2, t3) == c


def _composites(public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes]) -> tuple[Point, Point]:
    seed = hashlib.sha512(_prefixed(public, b"Seed-" + _context(VOPRF_MODE))).digest()
    m = z = IDENTITY
    for index, (c, d) in enumerate(zip(blinded, evaluated, strict=True)):
        transcript = _prefixed(seed) + index.to_bytes(2, "big") + _prefixed(c, d) + b"Composite"
        weight = hash_to_scalar(transcript, VOPRF_MODE)
        m, z = add(m, multiply(weight, decode(c))), add(z, multiply(weight, decode(d)))
    return m, z


def _challenge(public: bytes, *points: Point) -> int:
    return hash_to_scalar(_prefixed(public, *map(encode, points)) + b"Challenge", VOPRF_MODE)
