"""Pseudonyms by a verifiable oblivious pseudorandom function (PROTOCOL 3.3, RFC 9497 VOPRF mode).

Suite ristretto255-SHA512. A publisher holds a `PseudonymKey` per finder and epoch; the finder blinds its
match keys in a `BlindedBatch`, the publisher evaluates them without learning any, and one proof shows that
the announced key was used for all. The wire carries plain elements: a blinded or evaluated element and a
public key have 32 bytes, a proof 64 (scalars c and s of RFC 9497 2.2.1, 32 bytes each, little-endian).

A pseudonym is the first 16 of the 64 bytes of the function's output.
"""

from __future__ import annotations

from collections.abc import Sequence

import nacl.utils
from voprf import ristretto

from shared.crypto.errors import BadEvaluation, BadPoint

__all__ = [
    "ELEMENT_BYTES",
    "MAX_BATCH",
    "MAX_INPUT_BYTES",
    "PROOF_BYTES",
    "PSEUDONYM_BYTES",
    "BadEvaluation",
    "BadPoint",
    "BlindedBatch",
    "PseudonymKey",
    "check_public_key",
    "random_point",
]

ELEMENT_BYTES = 32
SCALAR_BYTES = 32
PROOF_BYTES = 2 * SCALAR_BYTES
MASTER_BYTES = 32
PSEUDONYM_BYTES = 16
MAX_BATCH = 2**16 - 1
MAX_INPUT_BYTES = 2**16 - 1
_GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
_FILLER_BYTES = 32
_RUST_PANIC_MODULE = "pyo3_runtime"


class PseudonymKey:
    """The publisher's key for one finder and one epoch; lives in intake only."""

    __slots__ = ("_evaluator", "public_key")

    def __init__(self, evaluator: ristretto.Evaluator) -> None:
        self._evaluator = evaluator
        self.public_key = evaluator.public_key.serialize()

    @classmethod
    def derive(cls, master: bytes, info: str) -> PseudonymKey:
        """Derive the key named by `info`, written "publisher|finder|epoch", from the 32-byte master.

        DeriveKeyPair of RFC 9497 3.2.1. Raises ValueError for a master of another length.
        """
        if len(master) != MASTER_BYTES:
            problem = f"A pseudonym master has {MASTER_BYTES} bytes, this one has {len(master)}."
            raise ValueError(problem)
        return cls(ristretto.Evaluator.from_seed(bytes(master), info.encode()))

    def evaluate(self, blinded: Sequence[bytes]) -> tuple[list[bytes], bytes]:
        """Evaluate a whole batch (BlindEvaluate, RFC 9497 3.3.2).

        Takes 1 to 65,535 elements of 32 bytes; returns as many elements in the same order and the 64-byte
        proof. Raises BadPoint, and evaluates nothing, if one of them is the identity, no canonical encoding
        of a group element, or of another length (case 32).
        """
        if not 1 <= len(blinded) <= MAX_BATCH:
            problem = f"A batch has 1 to {MAX_BATCH} elements, this one has {len(blinded)}."
            raise BadPoint(problem)
        # The library reads the first 32 bytes and ignores what follows, so the length is checked here.
        if any(len(element) != ELEMENT_BYTES for element in blinded):
            problem = f"Every blinded element has {ELEMENT_BYTES} bytes. The whole batch is refused."
            raise BadPoint(problem)
        try:
            points = [ristretto.BlindedInput.deserialize(element) for element in blinded]
        except ValueError:
            raise BadPoint("A blinded element is not a group element. The whole batch is refused.") from None
        return _split(self._evaluator.evaluate_batch(points).serialize())

    def pseudonym(self, match_key: bytes) -> bytes:
        """Return the 16-byte pseudonym of a match key that this side knows (Evaluate, RFC 9497 3.3.1).

        Raises ValueError for a match key of 0 or more than 65,535 bytes.
        """
        _check_input(match_key)
        return self._evaluator.evaluate_known_input(match_key)[:PSEUDONYM_BYTES]

    def __repr__(self) -> str:
        return f"PseudonymKey({self.public_key.hex()[:16]})"

    def __reduce__(self) -> str:
        raise TypeError("A pseudonym key is derived where it is needed, and never pickled.")


class BlindedBatch:
    """The finder's side of one question: match keys, blinded, with the blinding factors in memory only."""

    __slots__ = ("_clients", "blinded")

    def __init__(self, clients: list[ristretto.Client], blinded: list[bytes]) -> None:
        self._clients = clients
        self.blinded = blinded

    @classmethod
    def of(cls, match_keys: Sequence[bytes]) -> BlindedBatch:
        """Blind 1 to 65,535 match keys; `.blinded` holds one 32-byte element each, in the same order.

        Blind of RFC 9497 3.3.2, with fresh randomness for every key. Raises ValueError for an empty or too
        long batch or match key.
        """
        if not 1 <= len(match_keys) <= MAX_BATCH:
            problem = f"A batch has 1 to {MAX_BATCH} match keys."
            raise ValueError(problem)
        for match_key in match_keys:
            _check_input(match_key)
        clients = []
        blinded = []
        for match_key in match_keys:
            client, element = ristretto.Client.blind(match_key)
            clients.append(client)
            blinded.append(element.serialize())
        return cls(clients, blinded)

    def finalize(self, evaluated: Sequence[bytes], proof: bytes, public_key: bytes) -> list[bytes]:
        """Check the proof for the whole batch and return one 16-byte pseudonym per match key, in order.

        Finalize of RFC 9497 3.3.2. Raises BadEvaluation, and returns nothing, if an element was evaluated
        under another key, the order or number differs, or anything is not canonically encoded (33, 34).
        """
        if len(evaluated) != len(self._clients):
            problem = (
                f"The answer has {len(evaluated)} elements, the question had {len(self._clients)}. Ask again."
            )
            raise BadEvaluation(problem)
        if any(len(element) != ELEMENT_BYTES for element in evaluated):
            problem = f"Every evaluated element has {ELEMENT_BYTES} bytes. The whole answer is refused."
            raise BadEvaluation(problem)
        _check_proof(proof)
        try:
            outputs = ristretto.Client.finalize_batch(
                self._clients,
                ristretto.VerifiableBatchOutput.deserialize(_join(evaluated, proof)),
                ristretto.PublicKey.deserialize(bytes(public_key)),
            )
        except BaseException as error:
            # voprf 0.2.0 panics where the proof of a batch is wrong, and a panic is no Exception: a partner
            # could end a worker with it. It unwinds cleanly, touches no state, and what it prints is no data.
            if not (isinstance(error, ValueError) or type(error).__module__ == _RUST_PANIC_MODULE):
                raise
            raise BadEvaluation(
                "The answer was not computed with the key that the partner announced. It is refused whole."
            ) from None
        return [output[:PSEUDONYM_BYTES] for output in outputs]

    def __len__(self) -> int:
        return len(self._clients)

    def __repr__(self) -> str:
        return f"BlindedBatch({len(self._clients)} match keys)"

    def __reduce__(self) -> str:
        raise TypeError(
            "Blinding factors live in memory only; after a restart the match keys are blinded anew."
        )


def random_point() -> bytes:
    """Return a filler of 32 bytes that nobody can tell from a blinded match key.

    It is one: the blinding of a random input that is forgotten at once.
    """
    return ristretto.Client.blind(nacl.utils.random(_FILLER_BYTES))[1].serialize()


def check_public_key(public_key: bytes) -> None:
    """Raise BadPoint unless this is a canonical group element other than the identity, in 32 bytes."""
    try:
        ristretto.PublicKey.deserialize(bytes(public_key))
    except ValueError:
        raise BadPoint(
            "This pseudonym public key is not a group element. Ask its owner for a new card."
        ) from None


def _check_input(match_key: bytes) -> None:
    if not 1 <= len(match_key) <= MAX_INPUT_BYTES:
        problem = f"A match key has 1 to {MAX_INPUT_BYTES} bytes."
        raise ValueError(problem)


def _check_proof(proof: bytes) -> None:
    """Refuse scalars not below the group order: adding it gives a second valid encoding (case 34)."""
    if len(proof) != PROOF_BYTES:
        problem = f"A proof has {PROOF_BYTES} bytes, this one has {len(proof)}."
        raise BadEvaluation(problem)
    for scalar in (proof[:SCALAR_BYTES], proof[SCALAR_BYTES:]):
        if int.from_bytes(scalar, "little") >= _GROUP_ORDER:
            raise BadEvaluation("The proof is not canonically encoded. The whole answer is refused.")


def _split(serialised: bytes) -> tuple[list[bytes], bytes]:
    """Take the library's form apart: the proof comes first there, then the elements."""
    elements = [
        serialised[start : start + ELEMENT_BYTES]
        for start in range(PROOF_BYTES, len(serialised), ELEMENT_BYTES)
    ]
    return elements, serialised[:PROOF_BYTES]


def _join(elements: Sequence[bytes], proof: bytes) -> bytes:
    """Put the library's form together again."""
    return bytes(proof) + b"".join(elements)
