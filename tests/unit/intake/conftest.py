"""Three intakes; each is made only when a test asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.runtime.clock import ManualClock
from tests.support.clock import manual_clock
from tests.unit.intake.world import LYON, VILNIUS, Node, node


@pytest.fixture
def clock() -> ManualClock:
    return manual_clock()


@pytest.fixture
def vilnius(tmp_path: Path, clock: ManualClock) -> Iterator[Node]:
    made = node(VILNIUS, tmp_path, clock)
    yield made
    made.database.dispose()


@pytest.fixture
def lyon(tmp_path: Path, clock: ManualClock) -> Iterator[Node]:
    made = node(LYON, tmp_path, clock)
    yield made
    made.database.dispose()
