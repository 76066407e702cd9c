"""How much of one partner matching handles at once (decisions/0014).

What arrives in one receipt slot is told of one slot later (decisions/0005), and an alert that matches takes
longer than one that does not: three times as long for the question that it asks of intake, and about ten
times together with the answer, which comes later and competes for the same processor (decisions/0019). So
no more may arrive in a slot than is surely handled by then though all of it matches, or a partner could
count in the receipts how fast we were, and so learn whether we hold somebody whom it guessed (rule 4, case
43). Measured on two cores: 8 ms for an alert that matches, 3 ms for a recall of one. With the numbers below
that is 22 of the 60 seconds of a slot.
"""

from shared.post.pace import Allowance


def allowances(alerts_a_slot: int) -> tuple[Allowance, ...]:
    """The allowances where so many alerts of one partner may be handled in one slot of receipts."""
    return (
        Allowance(
            "alerts",
            frozenset({"alert.published", "alert.updated"}),
            at_once=alerts_a_slot,
            a_minute=max(1, alerts_a_slot // 2),
        ),
        # An account of its own: no flood of alerts may hold back a recall (rule 7).
        Allowance(
            "ends", frozenset({"alert.withdrawn", "tombstone"}), at_once=alerts_a_slot, a_minute=alerts_a_slot
        ),
    )
