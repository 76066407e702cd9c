"""Houses: one to look at, made once a file, and one to change, made for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.house import House, full_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A full house; tests only look, so that they can share it."""
    made = full_house(tmp_path_factory.mktemp("house"))
    yield made
    made.node.database.dispose()


@pytest.fixture
def own_house(tmp_path: Path) -> Iterator[House]:
    """A full house for one test alone."""
    made = full_house(tmp_path)
    yield made
    made.node.database.dispose()
