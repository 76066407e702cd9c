"""Slots: the fixed rhythm in which one organisation asks another (PROTOCOL 7.4)."""

from datetime import UTC, datetime

DAY_SECONDS = 86_400
_WEEK_SECONDS = 7 * DAY_SECONDS
# 1970-01-01 was a Thursday, so the first Sunday 03:00 UTC came three days and three hours later.
_REST_SECONDS = 3 * DAY_SECONDS + 3 * 3600


def slot_at(moment: datetime, slot_seconds: int) -> int:
    """The number of the slot that holds this moment."""
    return int(moment.timestamp()) // slot_seconds


def second_of(slot: int, slot_seconds: int) -> int:
    """When the slot begins, in seconds since 1970."""
    return slot * slot_seconds


def day_of(slot: int, slot_seconds: int) -> int:
    """The day, counted from 1970, on which the slot begins."""
    return slot * slot_seconds // DAY_SECONDS


def slots_in(day: int, slot_seconds: int) -> int:
    """How many slots begin on this day."""
    first = -(-day * DAY_SECONDS // slot_seconds)
    following = -(-(day + 1) * DAY_SECONDS // slot_seconds)
    return following - first


def is_rest(slot: int, slot_seconds: int) -> bool:
    """Whether everybody keeps silent in this slot: the one that holds Sunday 03:00 UTC.

    Batches have a constant size and rate, so every honest partner would use its whole budget, and the alarm
    for that (case 36) would ring for all of them. A pause that does not depend on anybody's cases tells
    nothing about them, and leaves the alarm for who takes all that there is.
    """
    into_week = (slot * slot_seconds - _REST_SECONDS) % _WEEK_SECONDS
    return slot_seconds <= DAY_SECONDS and (into_week == 0 or into_week > _WEEK_SECONDS - slot_seconds)


def start_of(slot: int, slot_seconds: int) -> datetime:
    """When the slot begins."""
    return datetime.fromtimestamp(slot * slot_seconds, UTC)
