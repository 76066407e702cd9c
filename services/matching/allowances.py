"""How much of one partner matching handles at once (decisions/0014)."""

from shared.post.pace import Allowance

ALLOWANCES = (
    # Several times what the largest partner has alive, so that a first load, or everything sent anew, passes.
    # What then follows each minute is compared in a second, well within the slot that its receipt is for.
    Allowance("alerts", frozenset({"alert.published", "alert.updated"}), at_once=40_000, a_minute=200),
    # An account of its own: no flood of alerts may hold back a recall (rule 7).
    Allowance("ends", frozenset({"alert.withdrawn", "tombstone"}), at_once=40_000, a_minute=200),
)
