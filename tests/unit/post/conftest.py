"""Fixtures of the post office's tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.bus.memory import MemoryBus
from tests.support.clock import manual_clock
from tests.support.database import new_database
from tests.unit.post.offices import LYON, ORGANISATIONS, RIGA, VILNIUS, Desk, Office, office


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A service that reads plain events."""
    made = Desk(new_database("sqlite", tmp_path))
    yield made
    made.database.dispose()


@dataclass
class Offices:
    """Three parties on one relay."""

    vilnius: Office
    lyon: Office
    riga: Office
    relay: MemoryBus


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    """Intake of Vilnius, matching of Lyon and of Riga; all verified."""
    relay, clock = MemoryBus.relay(ORGANISATIONS), manual_clock()
    vilnius, lyon, riga = (office(party, tmp_path, relay, clock) for party in (VILNIUS, LYON, RIGA))
    made = Offices(vilnius, lyon, riga, relay)
    yield made
    for each in (made.vilnius, made.lyon, made.riga):
        each.database.dispose()
