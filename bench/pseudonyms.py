"""(c) Pseudonym evaluations: our answering path's crypto against the bare `voprf` library."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from voprf import ristretto

from bench.figures import per_second, ratio_in_turn
from bench.nodes import POLICY
from shared.crypto.oprf import BlindedBatch, PseudonymKey

MASTER = bytes(32)
INFO = "lt-vilnius|fr-lyon|1"


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """`ours` is evaluations a second, in the last round."""

    ratio: float
    ours: float


def measure(batches: int, rounds: int, say: Callable[[str], None]) -> Pseudonyms:
    """Batches of the size that one partner's question has in one slot."""
    blinded = BlindedBatch.of([os.urandom(24) for _ in range(POLICY.batch_points)]).blinded
    key = PseudonymKey.derive(MASTER, INFO)
    bare_key = ristretto.Evaluator.from_seed(MASTER, INFO.encode())
    count = batches * len(blinded)
    rates: list[float] = []

    def ours() -> None:
        for _ in range(batches):
            key.evaluate(blinded)

    def bare() -> None:
        for _ in range(batches):
            points = [ristretto.BlindedInput.deserialize(element) for element in blinded]
            bare_key.evaluate_batch(points).serialize()

    def rate() -> float:
        rates.append(per_second(ours, count))
        return rates[-1]

    ratio = ratio_in_turn(rate, lambda: per_second(bare, count), rounds)
    say(f"{rates[-1]:.0f} evaluations a second, {ratio:.2f} of the bare library")
    return Pseudonyms(ratio, rates[-1])
