"""A database with the partners' tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.store.engine import Database
from tests.unit.partners import world


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = world.database(tmp_path)
    yield opened
    opened.dispose()
