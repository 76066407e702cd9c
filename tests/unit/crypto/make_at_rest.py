"""Vectors for tags, values at rest and key files, put together by hand."""

from __future__ import annotations

import hashlib
import json
import struct

import argon2.low_level
import nacl.bindings
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.unit.crypto.vector_parts import MESSAGE, Vector, counting, hexes, published, vector


def tags() -> list[Vector]:
    salt, first = counting(16), bytes.fromhex("00112233445566778899aabbccddeeff")  # FIPS 197 C.1
    pseudonyms = [
        first,
        bytes(16),
        b"\xff" * 16,
        *(hashlib.sha256(b"%d" % index).digest()[:16] for index in range(5)),
    ]
    encryptor = Cipher(algorithms.AES128(salt), modes.ECB()).encryptor()  # noqa: S305
    blocks = [encryptor.update(pseudonym) for pseudonym in pseudonyms]
    outputs = [
        bytes(a ^ b for a, b in zip(x, y, strict=True)) for x, y in zip(blocks, pseudonyms, strict=True)
    ]
    expected = [output[:8] for output in outputs]
    details = bytes.fromhex("c0ffee01")
    return [
        *(
            vector(
                "unlock",
                "bytes 8 to 12 of the same xor what stands beside the tag",
                {
                    "salt": salt.hex(),
                    "pseudonym": pseudonym.hex(),
                    "masked": bytes(a ^ b for a, b in zip(output[8:12], details, strict=True)).hex(),
                },
                expected={"details": details.hex()},
            )
            for pseudonym, output in zip(pseudonyms[:4], outputs, strict=False)
        ),
        vector(
            "unlock",
            "three bytes",
            {"salt": salt.hex(), "pseudonym": first.hex(), "masked": "00" * 3},
            error="ValueError",
        ),
        vector(
            "unlock",
            "a pseudonym of 32 bytes",
            {"salt": salt.hex(), "pseudonym": "00" * 32, "masked": "00" * 4},
            error="ValueError",
        ),
        vector(
            "tags",
            "first 8 bytes of AES-128(salt, pseudonym) xor pseudonym; the first pair is FIPS 197 C.1",
            {"salt": salt.hex(), "pseudonyms": hexes(pseudonyms)},
            expected={
                "tags": hexes(expected),
                "numbers": [str(int.from_bytes(tag, "big")) for tag in expected],
            },
        ),
        vector(
            "tags",
            "no pseudonym",
            {"salt": salt.hex(), "pseudonyms": []},
            expected={"tags": [], "numbers": []},
        ),
        vector(
            "tags",
            "a salt of 15 bytes",
            {"salt": salt[:15].hex(), "pseudonyms": hexes(pseudonyms)},
            error="ValueError",
        ),
        vector(
            "tags",
            "a pseudonym of 17 bytes",
            {"salt": salt.hex(), "pseudonyms": ["00" * 17]},
            error="ValueError",
        ),
    ]


def xchacha(key: bytes, nonce: bytes, plaintext: bytes, context: bytes) -> bytes:
    return nonce + nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, context, nonce, key)


def rest() -> list[Vector]:
    key, context = counting(32), b"cases|family_name|case_1"
    stored = xchacha(key, counting(24, 100), MESSAGE, context)
    good = {"key": key.hex(), "context": context.hex(), "stored": stored.hex()}

    def refused(description: str, **change: bytes) -> Vector:
        inputs = good | {name: value.hex() for name, value in change.items()}
        return vector("decrypt", description, inputs, case=82, error="CannotDecrypt")

    from_draft = published("xchacha20poly1305")
    return [
        vector("decrypt", from_draft["name"], from_draft["inputs"], expected=from_draft["expected"]),
        vector("decrypt", "nonce | ciphertext | tag", good, expected={"plaintext": MESSAGE.hex()}),
        refused("another row", context=b"cases|family_name|case_2"),
        refused("another key", key=counting(32, 1)),
        refused("a bit of the nonce", stored=bytes((stored[0] ^ 1,)) + stored[1:]),
        refused("a bit of the tag", stored=stored[:-1] + bytes((stored[-1] ^ 1,))),
        refused("too short", stored=stored[:39]),
        refused("nothing", stored=b""),
    ]


def key_file(passphrase: bytes, content: bytes, derivation: int, passes: int, memory_kib: int) -> bytes:
    salt, nonce = counting(16, 7), counting(24, 50)
    header = struct.pack(">8sBBII", b"MYOSKEYS", 1, derivation, passes, memory_kib) + salt
    if derivation == 1:
        argon2id = argon2.low_level.Type.ID
        key = argon2.low_level.hash_secret_raw(
            passphrase, salt, passes, memory_kib, 1, 32, argon2id, version=0x13
        )
    else:
        key = hashlib.blake2b(passphrase, digest_size=32, salt=salt, person=b"myos key file v1").digest()
    return checked(header + xchacha(key, nonce, content, header))


def checked(body: bytes) -> bytes:
    return body + hashlib.sha256(body).digest()


def keyfile() -> list[Vector]:
    secrets = {"message": MESSAGE.hex(), "rest": counting(32).hex()}
    content = json.dumps(secrets, separators=(",", ":"), sort_keys=True).encode()
    passphrase, raw_secret = b"korrekt pferd", counting(32, 9).hex().encode()
    small = key_file(passphrase, content, 1, 1, 8)
    body = small[:-32]

    def opens(description: str, data: bytes, secret: bytes, held: Vector = secrets) -> Vector:
        inputs = {"file": data.hex(), "passphrase": secret.hex()}
        return vector("unpack", description, inputs, expected={"secrets": held})

    def refused(description: str, data: bytes, error: str, secret: bytes = passphrase) -> Vector:
        return vector(
            "unpack", description, {"file": data.hex(), "passphrase": secret.hex()}, case=30, error=error
        )

    only = json.dumps({"message": MESSAGE.hex()}, separators=(",", ":")).encode()
    return [
        opens("Argon2id, 1 pass, 8 KiB", small, passphrase),
        opens("Argon2id, 2 passes, 64 MiB", key_file(passphrase, content, 1, 2, 65536), passphrase),
        opens("a raw secret", key_file(raw_secret, content, 2, 0, 0), raw_secret),
        opens(
            "as in the self test", key_file(passphrase, only, 1, 1, 8), passphrase, {"message": MESSAGE.hex()}
        ),
        opens("no secret at all", key_file(passphrase, b"{}", 1, 1, 8), passphrase, {}),
        refused("another passphrase", small, "WrongPassphrase", b"korrekt pferd "),
        refused("an empty passphrase", small, "WeakPassphrase", b""),
        refused(
            "a raw secret of 31 bytes", key_file(bytes(31), content, 2, 0, 0), "WeakPassphrase", bytes(31)
        ),
        refused("a byte cut off", small[:-1], "DamagedKeyFile"),
        refused("cut in the middle", small[: len(small) // 2], "DamagedKeyFile"),
        refused("cut to its beginning", small[:8], "DamagedKeyFile"),
        refused("an empty file", b"", "DamagedKeyFile"),
        refused("another file", b"hello" * 40, "DamagedKeyFile"),
        refused("a bit changed", small[:60] + bytes((small[60] ^ 1,)) + small[61:], "DamagedKeyFile"),
        refused(
            "a bit changed and the checksum renewed",
            checked(body[:-1] + bytes((body[-1] ^ 1,))),
            "WrongPassphrase",
        ),
        refused("version 2", checked(body[:8] + b"\x02" + body[9:]), "DamagedKeyFile"),
        refused(
            "a derivation that does not exist", checked(body[:9] + b"\x03" + body[10:]), "DamagedKeyFile"
        ),
        refused("effort without bounds", checked(body[:14] + b"\xff" * 4 + body[18:]), "DamagedKeyFile"),
        refused("no effort", checked(body[:10] + bytes(4) + body[14:]), "DamagedKeyFile"),
        refused(
            "content that is not understood", key_file(passphrase, b'{"a":1}', 1, 1, 8), "DamagedKeyFile"
        ),
        refused("content that is a list", key_file(passphrase, b"[]", 1, 1, 8), "DamagedKeyFile"),
    ]
