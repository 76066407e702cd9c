"""A field decrypts in its own place under its own key, and nowhere else (case 82)."""

import pytest

from shared.crypto.errors import CannotDecrypt
from shared.crypto.rest import RestCipher
from shared.store.blind import BlindIndex
from shared.store.context import field_context
from shared.store.encrypted import CipherRing, EncryptedBytes, EncryptedJson, EncryptedText

KEY = RestCipher(b"1" * 32)
SURNAME = EncryptedText("person", "surname")
GIVEN = EncryptedText("person", "given_name")
NAME = "Žydrūnė Kanarėlė-Testauskienė"


def test_what_was_sealed_opens_and_is_ciphertext() -> None:
    stored = SURNAME.seal(KEY, "case_a", NAME)
    assert SURNAME.open(KEY, "case_a", stored) == NAME
    assert NAME.encode()[:6] not in stored
    assert stored != SURNAME.seal(KEY, "case_a", NAME)


def test_a_value_moved_to_another_row_or_column_fails_and_the_rest_works() -> None:
    """Case 82."""
    rows = {row: SURNAME.seal(KEY, row, f"{NAME} {row}") for row in ("case_a", "case_b", "case_c")}
    rows["case_a"], rows["case_b"] = rows["case_b"], rows["case_a"]
    for row in ("case_a", "case_b"):
        with pytest.raises(CannotDecrypt):
            SURNAME.open(KEY, row, rows[row])
    assert SURNAME.open(KEY, "case_c", rows["case_c"]) == f"{NAME} case_c"
    with pytest.raises(CannotDecrypt):
        GIVEN.open(KEY, "case_c", rows["case_c"])
    with pytest.raises(CannotDecrypt):
        EncryptedText("witness", "surname").open(KEY, "case_c", rows["case_c"])


def test_every_flipped_bit_is_noticed() -> None:
    """Case 82: bit rot."""
    stored = SURNAME.seal(KEY, 7, "x")
    for place in range(len(stored) * 8):
        broken = bytearray(stored)
        broken[place // 8] ^= 1 << place % 8
        with pytest.raises(CannotDecrypt) as caught:
            SURNAME.open(KEY, 7, bytes(broken))
        assert NAME not in str(caught.value)


def test_another_cases_key_does_not_open_it() -> None:
    with pytest.raises(CannotDecrypt):
        SURNAME.open(RestCipher(b"2" * 32), 7, SURNAME.seal(KEY, 7, NAME))


def test_places_do_not_run_into_each_other() -> None:
    places = {
        field_context(*parts)
        for parts in (("ab", "c", "1"), ("a", "bc", "1"), ("ab", "c1", ""), ("a", "b", "c1"))
    }
    assert len(places) == 4


def test_json_and_bytes() -> None:
    notes = EncryptedJson("person", "notes")
    value = {"marks": ["scar", "ž"], "height": None, "count": 3}
    assert notes.open(KEY, 1, notes.seal(KEY, 1, value)) == value
    with pytest.raises(ValueError, match="JSON"):
        notes.seal(KEY, 1, {"x": float("nan")})
    photo = EncryptedBytes("photo", "content")
    assert photo.open(KEY, 1, photo.seal(KEY, 1, b"\x00\xff")) == b"\x00\xff"


def test_during_a_rotation_both_keys_open_and_it_can_resume() -> None:
    """Case 81."""
    newer = RestCipher(b"2" * 32)
    ring = CipherRing(newer, [KEY])
    rows = {number: SURNAME.seal(KEY, number, f"name {number}") for number in range(6)}
    for number in range(3):  # killed half-way
        rows[number] = SURNAME.seal(ring, number, SURNAME.open(ring, number, rows[number]))
    assert [SURNAME.open(ring, number, rows[number]) for number in rows] == [
        f"name {number}" for number in rows
    ]
    done = [
        number
        for number, stored in rows.items()
        if ring.is_newest(stored, EncryptedBytes("person", "surname").context(number))
    ]
    assert done == [0, 1, 2]
    with pytest.raises(CannotDecrypt):
        CipherRing(newer).decrypt(rows[5], EncryptedBytes("person", "surname").context(5))


def test_a_blind_index_is_equal_for_equal_values_of_one_field_and_key() -> None:
    index = BlindIndex(b"k" * 32)
    assert index.of("surname", "kanarele") == index.of("surname", "kanarele")
    assert len(index.of("surname", "kanarele")) == 16
    others = {
        index.of("surname", "kanarele"), index.of("given_name", "kanarele"), index.of("surname", "kanarel"),
        index.of("surnamek", "anarele"), BlindIndex(b"j" * 32).of("surname", "kanarele"),
    }  # fmt: skip
    assert len(others) == 5
    # Known answer: HMAC-SHA-256, so that a later version finds what this one wrote.
    assert index.of("surname", "kanarele").hex() == "8f6718ed1fb2e0dea4539de166c5372d"
    assert "k" * 8 not in repr(index)


def test_a_blind_index_refuses_what_would_not_be_one() -> None:
    with pytest.raises(ValueError, match="NULL"):
        BlindIndex(b"k" * 32).of("surname", "")
    with pytest.raises(ValueError, match="32 bytes"):
        BlindIndex(b"k")
