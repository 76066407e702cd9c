"""Signing and sealing where the vectors cannot reach: fresh keys, fresh randomness, damage everywhere."""

from __future__ import annotations

import pickle
import random

import nacl.bindings
import nacl.signing
import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

from shared.crypto import errors, rest, sealing, signing
from tests.unit.crypto.make_signing import bad_signing_keys

LABEL = b"myosotis test v1"


def test_a_fresh_key_signs_and_its_seed_rebuilds_it() -> None:
    key = signing.SigningKey.generate()
    again = signing.SigningKey.from_seed(key.to_seed())
    again.verify_key.verify(LABEL, b"message", key.sign(LABEL, b"message"))
    assert again.verify_key == key.verify_key
    assert len({signing.key_id(signing.SigningKey.generate().verify_key) for _ in range(20)}) == 20


def test_a_signature_by_another_key_is_refused() -> None:
    signature = signing.SigningKey.generate().sign(LABEL, b"message")
    with pytest.raises(signing.BadSignature):
        signing.SigningKey.generate().verify_key.verify(LABEL, b"message", signature)


def test_every_bit_of_a_signature_counts() -> None:
    key = signing.SigningKey.generate()
    signature = int.from_bytes(key.sign(LABEL, b"message"), "big")
    for bit in range(512):
        with pytest.raises(signing.BadSignature):
            key.verify_key.verify(LABEL, b"message", (signature ^ 1 << bit).to_bytes(64, "big"))


def test_case_13_the_library_alone_would_take_these_keys() -> None:
    """So the refusal is ours: without the check in VerifyKey each of them would be imported."""
    honest = bytes(signing.SigningKey.generate().verify_key)
    bad = [raw for _, raw in bad_signing_keys(honest) if len(raw) == 32]
    assert len(bad) > 25
    for raw in bad:
        assert bytes(nacl.signing.VerifyKey(raw)) == raw
        with pytest.raises(signing.BadSigningKey):
            signing.VerifyKey(raw)


def test_labels_are_neither_empty_nor_too_long() -> None:
    key = signing.SigningKey.generate()
    for label in (b"", b"x" * 256):
        with pytest.raises(ValueError, match="label"):
            key.sign(label, b"")
    with pytest.raises(signing.BadSigningKey):
        signing.SigningKey.from_seed(bytes(31))


def test_a_fresh_pair_seals_and_opens() -> None:
    key = sealing.OpeningKey.generate()
    for size in (0, 1, 1024, 300_000):
        sealed = sealing.SealingKey.from_bytes(key.public.to_bytes()).seal(bytes(size), b"info")
        assert len(sealed) == size + sealing.OVERHEAD_BYTES
        assert sealing.OpeningKey.from_bytes(key.to_bytes()).open(sealed, b"info") == bytes(size)


def test_one_changed_bit_anywhere_is_refused() -> None:
    """Cases 1 and 2 at this layer; 400 places, among them every byte boundary between the parts."""
    key = sealing.OpeningKey.generate()
    sealed = key.public.seal(b"message", b"info")
    places = {0, 1087, 1088, 1119, 1120, 1126, 1127, len(sealed) - 1}
    places |= set(random.Random(28).sample(range(len(sealed)), 400))
    for place in places:
        changed = sealed[:place] + bytes((sealed[place] ^ 1 << place % 8,)) + sealed[place + 1 :]
        with pytest.raises(sealing.CannotOpen):
            key.open(changed, b"info")
    for length in range(0, len(sealed), 7):
        with pytest.raises(sealing.CannotOpen):
            key.open(sealed[:length], b"info")


def test_case_26_random_input_meets_our_refusals_only() -> None:
    key, cipher, chance = sealing.OpeningKey.generate(), rest.RestCipher(bytes(32)), random.Random(26)
    for _ in range(600):
        junk = chance.randbytes(chance.choice((0, 1, 31, 32, 64, 1135, 1136, 1216, 1400)))
        with pytest.raises(errors.CannotOpen):
            key.open(junk, b"")
        with pytest.raises(errors.CannotDecrypt):
            cipher.decrypt(junk, b"")
        with pytest.raises(errors.BadSealingKey):
            sealing.SealingKey.from_bytes(junk)


def test_case_14_the_library_alone_would_take_a_low_order_key() -> None:
    """It says no only when something is to be sealed, which would be in the middle of a night's work."""
    public = sealing.OpeningKey.generate().public.to_bytes()
    built = MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:1184]),
        X25519PublicKey.from_public_bytes(bytes(32)),
    )
    assert built is not None
    with pytest.raises(sealing.BadSealingKey):
        sealing.SealingKey.from_bytes(public[:1184] + bytes(32))


def test_case_28_two_sealings_of_one_message_differ_in_every_part() -> None:
    """300 only, for time: the library draws the ephemeral keys, and the self test looks at them too."""
    key = sealing.OpeningKey.generate()
    sealed = [key.public.seal(b"message", b"info") for _ in range(300)]
    for start, end in ((0, 1088), (1088, 1120), (1120, 1143)):
        assert len({one[start:end] for one in sealed}) == 300


@pytest.mark.slow
def test_case_28_no_nonce_comes_twice_in_a_hundred_thousand() -> None:
    cipher = rest.RestCipher(rest.new_key())
    assert len({cipher.encrypt(b"", b"")[: rest.NONCE_BYTES] for _ in range(100_000)}) == 100_000


def test_a_stored_value_belongs_to_its_place() -> None:
    """Case 82 at this layer."""
    cipher = rest.RestCipher(rest.new_key())
    stored = cipher.encrypt(b"value", b"cases|name|1")
    assert cipher.decrypt(stored, b"cases|name|1") == b"value"
    with pytest.raises(rest.CannotDecrypt):
        cipher.decrypt(stored, b"cases|name|2")
    with pytest.raises(ValueError, match="32 bytes"):
        rest.RestCipher(bytes(31))


def test_private_keys_are_neither_shown_nor_pickled() -> None:
    signer, opener, cipher = (
        signing.SigningKey.generate(),
        sealing.OpeningKey.generate(),
        rest.RestCipher(bytes(32)),
    )
    assert signer.to_seed().hex()[:16] not in repr(signer)
    assert opener.to_bytes().hex()[:16] not in repr(opener)
    for key in (signer, opener, cipher):
        with pytest.raises(TypeError):
            pickle.dumps(key)


def test_public_keys_are_values() -> None:
    key = sealing.OpeningKey.generate().public
    assert key == sealing.SealingKey.from_bytes(bytes(key))
    assert len({key, sealing.SealingKey.from_bytes(key.to_bytes())}) == 1
    verify = signing.SigningKey.generate().verify_key
    assert len({verify, signing.VerifyKey(bytes(verify))}) == 1
    assert nacl.bindings.crypto_core_ed25519_is_valid_point(bytes(verify))
