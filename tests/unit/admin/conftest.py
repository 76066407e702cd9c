"""Nodes for the commands: one made once and copied, and two in one world."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import hire, make_node
from tests.support.world import World, world

VILNIUS, LYON = "lt-vilnius", "fr-lyon"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node with staff."""
    return make_node(tmp_path_factory.mktemp("template") / "node")


@pytest.fixture
def node(template: Path, tmp_path: Path) -> Path:
    """A node of one's own."""
    return Path(shutil.copytree(template, tmp_path / "node"))


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Vilnius and Lyon with staff; the commands see the world's clock."""
    with world(tmp_path / "world", (VILNIUS, LYON)) as made:
        monkeypatch.setattr("admin.node.SystemClock", lambda: made.clock)
        for each in made.nodes.values():
            hire(each.folder)
        yield made
