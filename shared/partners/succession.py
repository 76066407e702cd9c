"""Whether a new card may take the place of the one known so far (PROTOCOL 4.4).

The current root key may change everything except itself and its commitment to the next one. So a thief of
the current root key cannot take the identity along, and the owner, who alone has the next key, can end it.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.partners.card import CheckedCard, next_root_hash
from shared.wire.reject import Code


class Step(StrEnum):
    """How a card follows another."""

    UNCHANGED = "unchanged"
    UPDATED = "updated"
    ROTATED = "rotated"
    """The committed next root key took over."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The new card is refused, and the old one stays."""

    code: Code
    suspect: bool = False
    """The known root key itself signed what it must not: it may be stolen (case 16)."""
    keep: bool = False
    """The refused card is evidence (case 15)."""


def follow(known: CheckedCard, new: CheckedCard) -> Step | Refusal:
    """Judge `new`, which passed `card.check`, against the current card of the same organisation."""
    if new.card.organisation != known.card.organisation:
        return Refusal(Code.CARD_WRONG_ORGANISATION)
    if new.signed_by != new.root:
        stolen = new.signed_by == known.root
        return Refusal(
            Code.CARD_NOT_COMMITTED_KEY if stolen else Code.CARD_WRONG_ROOT, suspect=stolen, keep=stolen
        )
    if new.card.min_suite < known.card.min_suite:
        return Refusal(Code.CARD_WEAK_SUITE)
    if new.root == known.root:
        return _same_root(known, new)
    if next_root_hash(new.root) == known.card.next_root_hash:
        # The number starts afresh: a thief may have used up the numbers of the key that is replaced.
        return Step.ROTATED
    return Refusal(Code.CARD_WRONG_ROOT)


def _same_root(known: CheckedCard, new: CheckedCard) -> Step | Refusal:
    if new.card.seq < known.card.seq:
        return Refusal(Code.CARD_LOWER_SEQUENCE)
    if new.digest == known.digest:
        return Step.UNCHANGED
    if new.card.next_root_hash != known.card.next_root_hash:
        return Refusal(Code.CARD_NOT_COMMITTED_KEY, suspect=True, keep=True)
    if new.card.seq == known.card.seq:
        return Refusal(Code.CARD_EQUIVOCATION, keep=True)
    return Step.UPDATED
