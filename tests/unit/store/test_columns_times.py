"""Times on their way to the database: made once for all rows that share one, never taken for another."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from shared.runtime.clock import NaiveTime
from shared.store.columns import UtcDateTime


def processor(dialect: Dialect) -> Callable[[datetime | None], Any]:
    """As a statement gets it."""
    found = UtcDateTime().dialect_impl(dialect).bind_processor(dialect)
    assert found is not None
    return found


NOON = datetime(2026, 5, 25, 12, tzinfo=UTC)
SAME = datetime(2026, 5, 25, 15, tzinfo=timezone(timedelta(hours=3)))


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
def test_times_in_turn_are_told_apart(dialect: Dialect) -> None:
    process = processor(dialect)
    later = NOON + timedelta(seconds=1)
    first = [process(one) for one in (NOON, NOON, later, None, SAME, NOON, None)]
    assert first[0] == first[1] == first[4] == first[5]
    assert first[2] != first[0]
    assert first[3] is first[6] is None


def test_a_time_without_a_zone_is_refused_behind_one_with_a_zone() -> None:
    process = processor(sqlite.dialect())
    process(NOON)
    with pytest.raises(NaiveTime):
        process(NOON.replace(tzinfo=None))
    assert process(NOON) == "2026-05-25 12:00:00.000000"


def test_threads_that_share_a_statement_get_their_own_times() -> None:
    process = processor(sqlite.dialect())
    wrong: list[object] = []

    def many(year: int) -> None:
        times = [datetime(year, 1, day, tzinfo=UTC) for day in (1, 2)]
        for turn in range(5_000):
            if not process(times[turn % 2]).startswith(f"{year}-01-0{turn % 2 + 1}"):
                wrong.append(year)

    threads = [threading.Thread(target=many, args=(year,)) for year in (1990, 2000, 2010)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong
