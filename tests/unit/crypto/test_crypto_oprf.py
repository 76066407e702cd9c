"""Pseudonyms between the real library, in both roles, and the slow reference."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable

import pytest
from voprf import ristretto

from shared.crypto import oprf
from tests.unit.crypto import reference_ristretto as group

MASTER = bytes(range(32))
INFO = "lt-vilnius|lv-riga|2026-4"
KEYS = [b"match key %d" % index for index in range(6)]


@pytest.fixture
def key() -> oprf.PseudonymKey:
    return oprf.PseudonymKey.derive(MASTER, INFO)


def test_the_finder_learns_what_the_publisher_computes_for_a_known_person(key: oprf.PseudonymKey) -> None:
    batch = oprf.BlindedBatch.of(KEYS)
    evaluated, proof = key.evaluate(batch.blinded)
    assert batch.finalize(evaluated, proof, key.public_key) == [
        key.pseudonym(match_key) for match_key in KEYS
    ]


def test_our_blinding_meets_the_reference_as_publisher() -> None:
    """Case 31, the client's half: the reference evaluates and proves, the real client unblinds."""
    secret, public = group.derive_key_pair(MASTER, INFO.encode(), group.VOPRF_MODE)
    for size in (1, 2):
        batch = oprf.BlindedBatch.of(KEYS[:size])
        evaluated = [group.evaluate(secret, element) for element in batch.blinded]
        proof = group.prove(secret, public, batch.blinded, evaluated, 1234567)
        expected = [group.output(secret, match_key, group.VOPRF_MODE)[:16] for match_key in KEYS[:size]]
        assert batch.finalize(evaluated, proof, public) == expected


def test_keys_of_partners_and_epochs_have_nothing_in_common() -> None:
    keys = [
        oprf.PseudonymKey.derive(master, info)
        for master in (MASTER, bytes(32))
        for info in (INFO, "lt-vilnius|fr-lyon|2026-4", "lt-vilnius|lv-riga|2027-1")
    ]
    assert len({one.public_key for one in keys}) == len({one.pseudonym(b"same") for one in keys}) == 6


def test_blinding_is_fresh_each_time() -> None:
    """Case 28 for blinded elements, fillers among them."""
    batch = oprf.BlindedBatch.of([b"same"] * 100)
    fillers = [oprf.random_point() for _ in range(100)]
    assert len(set(batch.blinded + fillers)) == 200


def test_a_filler_is_evaluated_like_any_other(key: oprf.PseudonymKey) -> None:
    batch = oprf.BlindedBatch.of(KEYS[:1])
    asked = [oprf.random_point(), *batch.blinded, oprf.random_point()]
    evaluated, _ = key.evaluate(asked)
    assert len(evaluated) == 3


Spoil = Callable[[oprf.PseudonymKey, list[bytes], bytes], tuple[list[bytes], bytes]]


def with_another_key(_: oprf.PseudonymKey, evaluated: list[bytes], proof: bytes) -> tuple[list[bytes], bytes]:
    return [group.encode(group.add(group.decode(evaluated[0]), group.BASE)), *evaluated[1:]], proof


def with_c_plus_l(_: oprf.PseudonymKey, evaluated: list[bytes], proof: bytes) -> tuple[list[bytes], bytes]:
    return evaluated, (int.from_bytes(proof[:32], "little") + group.L).to_bytes(32, "little") + proof[32:]


def with_s_plus_l(_: oprf.PseudonymKey, evaluated: list[bytes], proof: bytes) -> tuple[list[bytes], bytes]:
    return evaluated, proof[:32] + (int.from_bytes(proof[32:], "little") + group.L).to_bytes(32, "little")


SPOILT: dict[str, Spoil] = {
    "case 33: one under another key": with_another_key,
    "case 33: order changed": lambda _, evaluated, proof: (
        [evaluated[1], evaluated[0], *evaluated[2:]],
        proof,
    ),
    "case 33: one twice": lambda _, evaluated, proof: ([evaluated[1], *evaluated[1:]], proof),
    "case 33: one too few": lambda _, evaluated, proof: (evaluated[1:], proof),
    "case 33: one too many": lambda _, evaluated, proof: ([*evaluated, evaluated[0]], proof),
    "case 33: the identity": lambda _, evaluated, proof: ([bytes(32), *evaluated[1:]], proof),
    "case 33: not canonical": lambda _, evaluated, proof: ([b"\xff" * 32, *evaluated[1:]], proof),
    "case 33: 33 and 31 bytes": lambda _, evaluated, proof: (
        [evaluated[0] + evaluated[1][:1], evaluated[1][1:], *evaluated[2:]],
        proof,
    ),
    "case 34: c + L": with_c_plus_l,
    "case 34: s + L": with_s_plus_l,
    "case 34: 63 bytes of proof": lambda _, evaluated, proof: (evaluated, proof[:-1]),
    "case 34: 65 bytes of proof": lambda _, evaluated, proof: (evaluated, proof + b"\x00"),
    "case 34: a bit of the proof": lambda _, evaluated, proof: (
        evaluated,
        bytes((proof[0] ^ 1,)) + proof[1:],
    ),
    "case 34: no proof": lambda _, evaluated, proof: (evaluated, b""),
    "case 34: c and s exchanged": lambda _, evaluated, proof: (evaluated, proof[32:] + proof[:32]),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_a_spoilt_answer_is_refused_whole(key: oprf.PseudonymKey, spoil: Spoil) -> None:
    batch = oprf.BlindedBatch.of(KEYS)
    evaluated, proof = spoil(key, *key.evaluate(batch.blinded))
    with pytest.raises(oprf.BadEvaluation):
        batch.finalize(evaluated, proof, key.public_key)


@pytest.mark.parametrize("spoil", [with_c_plus_l, with_s_plus_l])
def test_case_34_the_refusal_is_ours_and_not_only_the_library_s(key: oprf.PseudonymKey, spoil: Spoil) -> None:
    batch = oprf.BlindedBatch.of(KEYS)
    evaluated, proof = spoil(key, *key.evaluate(batch.blinded))
    with pytest.raises(oprf.BadEvaluation, match="not canonically encoded"):
        batch.finalize(evaluated, proof, key.public_key)


def test_case_33_an_answer_under_a_key_that_was_not_announced(key: oprf.PseudonymKey) -> None:
    batch = oprf.BlindedBatch.of(KEYS)
    other = oprf.PseudonymKey.derive(MASTER, "lt-vilnius|fr-lyon|2026-4")
    for public_key in (key.public_key, b"", bytes(32), b"\xff" * 32, key.public_key + b"\x00"):
        with pytest.raises(oprf.BadEvaluation):
            batch.finalize(*other.evaluate(batch.blinded), public_key)


def test_case_33_the_library_alone_would_end_the_worker(key: oprf.PseudonymKey) -> None:
    """A wrong proof for a batch is a panic there, which `except Exception` does not catch."""
    client, element = ristretto.Client.blind(b"match key")
    evaluated, proof = key.evaluate([element.serialize()])
    spoilt = ristretto.VerifiableBatchOutput.deserialize(proof[32:] + proof[:32] + evaluated[0])
    announced = ristretto.PublicKey.deserialize(key.public_key)
    with pytest.raises(BaseException, match="ProofVerification") as caught:
        ristretto.Client.finalize_batch([client], spoilt, announced)
    assert not isinstance(caught.value, Exception)


def test_what_is_no_refusal_of_the_library_passes_through(
    key: oprf.PseudonymKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Library:
        @staticmethod
        def deserialize(_: bytes) -> None:
            raise KeyboardInterrupt

    batch = oprf.BlindedBatch.of(KEYS)
    answer = key.evaluate(batch.blinded)
    monkeypatch.setattr(ristretto, "PublicKey", Library)
    with pytest.raises(KeyboardInterrupt):
        batch.finalize(*answer, key.public_key)


def test_case_26_random_answers_and_batches_meet_our_refusals_only(key: oprf.PseudonymKey) -> None:
    chance, batch = random.Random(26), oprf.BlindedBatch.of(KEYS[:2])
    point = oprf.random_point()
    for _ in range(300):
        elements = [chance.choice((point, chance.randbytes(32))) for _ in range(2)]
        with pytest.raises(oprf.BadEvaluation):
            batch.finalize(elements, chance.randbytes(chance.choice((0, 63, 64, 65))), key.public_key)
        with pytest.raises(oprf.BadPoint):
            key.evaluate([point, b"\xff" + chance.randbytes(31)])


def test_case_33_the_answer_to_another_question(key: oprf.PseudonymKey) -> None:
    answer = key.evaluate(oprf.BlindedBatch.of(KEYS).blinded)
    with pytest.raises(oprf.BadEvaluation):
        oprf.BlindedBatch.of(KEYS).finalize(*answer, key.public_key)


def test_case_32_the_library_alone_would_take_33_bytes(key: oprf.PseudonymKey) -> None:
    """It ignores what follows the first 32, so two different batches would count as one."""
    element = oprf.random_point()
    assert ristretto.BlindedInput.deserialize(element + b"\x00").serialize() == element
    with pytest.raises(oprf.BadPoint, match="whole batch"):
        key.evaluate([element, element + b"\x00"])


def test_public_keys_on_a_card_are_checked(key: oprf.PseudonymKey) -> None:
    oprf.check_public_key(key.public_key)
    for raw in (b"", bytes(32), b"\xff" * 32, key.public_key[:31], key.public_key + b"\x00"):
        with pytest.raises(oprf.BadPoint):
            oprf.check_public_key(raw)


def test_sizes_out_of_bounds_are_refused_on_both_sides(key: oprf.PseudonymKey) -> None:
    for bad in ([], [b""], [b"x" * 65536]):
        with pytest.raises(ValueError, match="1 to"):
            oprf.BlindedBatch.of(bad)
    for match_key in (b"", b"x" * 65536):
        with pytest.raises(ValueError, match="1 to"):
            key.pseudonym(match_key)
    with pytest.raises(ValueError, match="32 bytes"):
        oprf.PseudonymKey.derive(bytes(31), INFO)
    with pytest.raises(oprf.BadPoint, match="65535"):
        key.evaluate([bytes(32)] * 65536)


def test_keys_and_blinding_factors_are_neither_shown_nor_pickled(key: oprf.PseudonymKey) -> None:
    batch = oprf.BlindedBatch.of(KEYS)
    assert repr(batch) == "BlindedBatch(6 match keys)"
    assert len(batch) == 6
    for secret in (key, batch):
        with pytest.raises(TypeError):
            pickle.dumps(secret)
