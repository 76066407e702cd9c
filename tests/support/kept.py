"""A world that is brought somewhere once and gone on with by many tests, each on a copy of its own.

Everything a node knows lies in its folder, so a copy that is opened anew goes on where the first one stopped.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shared.bus.memory import MemoryBus
from shared.runtime.clock import ManualClock
from tests.support.world import World, open_node


@dataclass(frozen=True, slots=True)
class Kept:
    """The folders of a world at rest, and what its clock read."""

    folder: Path
    organisations: tuple[str, ...]
    now: datetime


def keep(world: World, folder: Path) -> Kept:
    """Let the world come to rest, end it and copy it into `folder`."""
    world.pump()
    world.close()
    for organisation, node in world.nodes.items():
        shutil.copytree(node.folder, folder / organisation)
    return Kept(folder, tuple(world.nodes), world.clock.now())


@contextmanager
def go_on(kept: Kept, folder: Path) -> Iterator[World]:
    """A copy of a kept world, at the time when it was kept."""
    shutil.copytree(kept.folder, folder)
    made = World(ManualClock(kept.now), MemoryBus.relay(kept.organisations))
    try:
        for organisation in kept.organisations:
            local = MemoryBus.node(organisation)
            made.nodes[organisation] = open_node(
                organisation, folder / organisation, made.relay, local, made.clock
            )
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)
