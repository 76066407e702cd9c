"""Every test here runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.matching_world import World, matching_database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A matching service with an empty database."""
    database = matching_database(request.param, tmp_path)
    yield World(database)
    database.dispose()


@pytest.fixture
def twin(world: World, tmp_path: Path) -> Iterator[World]:
    """A second service that starts as empty as the first."""
    database = matching_database(world.database.dialect, tmp_path)
    yield World(database)
    database.dispose()
