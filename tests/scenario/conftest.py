"""Worlds for the scenarios."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenario.play import LYON, RIGA, VILNIUS
from tests.support.world import World, world


@pytest.fixture
def three(tmp_path: Path) -> Iterator[World]:
    """Vilnius with Riga and Lyon as partners; everything at rest."""
    with world(tmp_path / "world") as made:
        made.befriend(VILNIUS, RIGA)
        made.befriend(VILNIUS, LYON)
        made.pump()
        yield made


@pytest.fixture
def two(tmp_path: Path) -> Iterator[World]:
    """Vilnius and Lyon, who are partners; everything at rest."""
    with world(tmp_path / "world", (VILNIUS, LYON)) as made:
        made.befriend(VILNIUS, LYON)
        made.pump()
        yield made
