"""Column types that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, TypeDecorator

from shared.runtime.clock import in_utc

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit key; SQLite counts up by itself only for a column whose type reads INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC and given back in UTC. Refuses naive times with NaiveTime."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Towards the database: SQLite keeps text without a zone, so it is given UTC without one."""
        if value is None:
            return None
        moment = in_utc(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """`process_bind_param` and what the database makes of it, once for a time that many rows share."""
        process = super().bind_processor(dialect)
        if process is None:
            return None
        # One pair, replaced as a whole: threads share it.
        newest: list[tuple[datetime | None, Any]] = [(None, process(None))]

        def processed(value: datetime | None) -> Any:
            known, stored = newest[0]
            if value is not known:
                stored = process(value)
                newest[0] = (value, stored)
            return stored

        return processed

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
