"""Every test here runs on SQLite and on PostgreSQL; mail goes to a real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.runtime.clock import ManualClock
from shared.store.engine import Database
from shared.store.schema import migrate
from tests.contract.notify.node import Node
from tests.support.clock import manual_clock
from tests.support.database import KINDS, new_url


@pytest.fixture(params=[pytest.param(kind, marks=pytest.mark.database) for kind in KINDS])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that notify's migrations made."""
    address = new_url(str(request.param), tmp_path)
    made = Database(address)
    migrate(made, "services.notify")
    made.dispose()
    return address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    made = Database(url)
    yield made
    made.dispose()


@pytest.fixture
def clock() -> ManualClock:
    return manual_clock()


@pytest.fixture
def node(database: Database, clock: ManualClock) -> Node:
    """Notify of one organisation with a channel that does what the test says."""
    return Node(database, clock)
