"""The states of a delivery and of a thing that waits, and how the one follows from the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class DeliveryState(StrEnum):
    """One notice to one person on one channel."""

    PENDING = "pending"
    SENDING = "sending"
    """Claimed by a worker and written down before it is sent."""
    RETRYING = "retrying"
    SENT = "sent"
    PARKED = "parked"
    CANCELLED = "cancelled"


class WaitingState(StrEnum):
    """A thing that waits, over all the people who are told of it."""

    PLANNED = "planned"
    TOLD = "told"
    RETRYING = "retrying"
    PARKED = "parked"
    NOBODY_ON_DUTY = "nobody_on_duty"
    SETTLED = "settled"


OPEN_DELIVERIES = (DeliveryState.PENDING, DeliveryState.RETRYING)
UNTOLD = (WaitingState.PLANNED, WaitingState.RETRYING, WaitingState.PARKED, WaitingState.NOBODY_ON_DUTY)
"""Nobody knows of it yet, so whoever comes on duty is told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far telling people has come. `reason` names what hinders, even when somebody was told."""

    state: WaitingState
    told: int
    reason: str | None


def standing(deliveries: Iterable[tuple[DeliveryState, str, str | None]]) -> Standing:
    """Sum up deliveries given as (state, person, reason). One person told is enough for `told`."""
    rows = [row for row in deliveries if row[0] is not DeliveryState.CANCELLED]
    told = len({person for state, person, _ in rows if state is DeliveryState.SENT})
    parked = [reason for state, _, reason in rows if state is DeliveryState.PARKED]
    hindered = [reason for state, _, reason in rows if reason and state is not DeliveryState.SENT]
    reason = next((reason for reason in (*parked, *hindered) if reason), None)
    if told:
        return Standing(WaitingState.TOLD, told, reason)
    if not rows:
        return Standing(WaitingState.NOBODY_ON_DUTY, 0, None)
    if len(parked) == len(rows):
        return Standing(WaitingState.PARKED, 0, reason)
    if hindered:
        return Standing(WaitingState.RETRYING, 0, reason)
    return Standing(WaitingState.PLANNED, 0, None)
