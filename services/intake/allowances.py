"""How much of one partner intake handles at once (decisions/0014): far above what an honest one sends."""

from shared.post.pace import Allowance

ALLOWANCES = (
    # Every 4 seconds at the fastest, a regular batch and one of a first load.
    Allowance("requests", frozenset({"pseudonym.request"}), at_once=2_000, a_minute=40),
    Allowance("responses", frozenset({"pseudonym.response"}), at_once=2_000, a_minute=40),
    # At most 40 in a slot, and only after very many alerts of ours.
    Allowance("receipts", frozenset({"receipt"}), at_once=1_000, a_minute=60),
    # A new sealing key a week for each role, a new card now and then.
    Allowance("cards", frozenset({"card.updated"}), at_once=100, a_minute=1),
    # One account of its own: a stolen key has to be known at once, whatever else its owner's thief says.
    Allowance("revocations", frozenset({"key.revoked"}), at_once=100, a_minute=1),
    # A person writes each of them.
    Allowance("notices", frozenset({"match.notice"}), at_once=200, a_minute=5),
)
