"""Every test here runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.crypto.rest import RestCipher
from shared.runtime.clock import ManualClock
from shared.store.engine import Database
from tests.support.clock import manual_clock
from tests.support.database import KINDS, new_database, new_url


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.database) for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, tmp_path: Path) -> str:
    return new_url(kind, tmp_path)


@pytest.fixture
def database(kind: str, tmp_path: Path) -> Iterator[Database]:
    made = new_database(kind, tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def url(database: Database) -> str:
    """For another process: an address that opens the same database."""
    return database.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def clock() -> ManualClock:
    return manual_clock()


@pytest.fixture
def cipher() -> RestCipher:
    return RestCipher(bytes(range(32)))
