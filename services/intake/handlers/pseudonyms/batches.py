"""A batch under two keys, on both sides: fine questions under one, the few coarse ones under the other.

A coarse match key joins so little that its pseudonym is worth guessing. The place of a question decides under
which key it is evaluated (PROTOCOL 7.2), and an alert's tags of coarse match keys are made with the coarse
key: a guess in a fine place fits no coarse tag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.domain.matchkey_places import joined, parted
from services.intake.domain.matchkeys import MatchKey
from shared.crypto.oprf import (
    PROOF_BYTES,
    BadEvaluation,
    BadPoint,
    BlindedBatch,
    PseudonymKey,
    check_public_key,
)

NO_PROOF = bytes(PROOF_BYTES)
"""Stands for the proof of a part that has no places."""


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What a partner announces for one epoch: 32 bytes each."""

    fine: bytes
    coarse: bytes


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An evaluated batch: 32-byte elements in the order of the places, and one 64-byte proof for each key."""

    elements: list[bytes]
    proof: bytes
    coarse_proof: bytes


class PartnerKeys:
    """The publisher's two keys for one partner and one epoch, derived from its 32-byte master."""

    __slots__ = ("_coarse", "_fine", "public")

    def __init__(self, master: bytes, publisher: str, finder: str, epoch: int) -> None:
        info = f"{publisher}|{finder}|{epoch}"
        self._fine = PseudonymKey.derive(master, info)
        self._coarse = PseudonymKey.derive(master, f"{info}|coarse")
        self.public = PublicKeys(self._fine.public_key, self._coarse.public_key)

    def pseudonym(self, match_key: MatchKey) -> bytes:
        """The 16-byte pseudonym of a match key of our own, under the key of its kind."""
        return (self._coarse if match_key.coarse else self._fine).pseudonym(match_key.text)

    def evaluate(self, points: Sequence[bytes]) -> Evaluated:
        """Evaluate every place under its key; BadPoint, and nothing, if one point of either part is bad."""
        fine, coarse = parted(points)
        elements, proof = self._fine.evaluate(fine)
        coarse_elements, coarse_proof = self._coarse.evaluate(coarse) if coarse else ([], NO_PROOF)
        return Evaluated(joined(elements, coarse_elements), proof, coarse_proof)


class Question:
    """The finder's batch: inputs in the order of the places, blinded, with the factors in memory only."""

    __slots__ = ("_coarse", "_fine", "blinded")

    def __init__(self, inputs: Sequence[bytes]) -> None:
        fine, coarse = parted(inputs)
        self._fine = BlindedBatch.of(fine)
        self._coarse = BlindedBatch.of(coarse) if coarse else None
        self.blinded = joined(self._fine.blinded, self._coarse.blinded if self._coarse else [])

    def finalize(self, answer: Evaluated, keys: PublicKeys) -> list[bytes]:
        """Check both proofs; the 16-byte pseudonyms in the order of the places. BadEvaluation otherwise.

        A publisher whose two keys are one has no coarse key, and its people are guessed at the full budget.
        It does not notice that by itself, so it is told here.
        """
        if keys.fine == keys.coarse:
            raise BadEvaluation("The partner announced one key for fine and coarse questions.")
        elements, coarse_elements = parted(answer.elements)
        pseudonyms = self._fine.finalize(elements, answer.proof, keys.fine)
        if self._coarse is not None:
            coarse = self._coarse.finalize(coarse_elements, answer.coarse_proof, keys.coarse)
            return joined(pseudonyms, coarse)
        try:
            check_public_key(keys.coarse)  # it is pinned, though nothing is proven with it yet
        except BadPoint:
            raise BadEvaluation("The coarse public key is not a group element.") from None
        if answer.coarse_proof != NO_PROOF:
            raise BadEvaluation("There are no coarse places in this batch, and a proof for them.")
        return pseudonyms

    def __repr__(self) -> str:
        return f"Question({len(self.blinded)} points)"
