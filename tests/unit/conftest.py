"""What every unit test has around it."""

from typing import Any

import pytest

from shared.store import engine

_prepare = engine._prepare_sqlite


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite does not wait until a commit is on the disk: no unit test cuts the power, and many commit.

    That a service does wait is for tests/contract/store (case 86).
    """

    def prepare(connection: Any, record: object) -> None:
        _prepare(connection, record)
        connection.execute("PRAGMA synchronous = OFF")

    monkeypatch.setattr(engine, "_prepare_sqlite", prepare)
