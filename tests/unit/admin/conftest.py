"""Nodes for the commands: each situation is made once and copied for every test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import hire, make_node
from tests.support.kept import Kept, go_on, keep
from tests.support.sharing import share_five
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


@pytest.fixture(scope="session")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Vilnius and Lyon with staff, who do not know each other yet."""
    folder = tmp_path_factory.mktemp("strangers")
    with world(folder / "world", (VILNIUS, LYON)) as made:
        for each in made.nodes.values():
            hire(each.folder)
        return keep(made, folder / "kept")


@pytest.fixture(scope="session")
def sharers(strangers: Kept, tmp_path_factory: pytest.TempPathFactory) -> tuple[Kept, list[str]]:
    """The same two as partners, with five alerts of Vilnius at Lyon; and the ids of the alerts."""
    folder = tmp_path_factory.mktemp("sharers")
    with go_on(strangers, folder / "world") as made:
        alerts = share_five(made, VILNIUS, LYON)
        return keep(made, folder / "kept"), alerts


@pytest.fixture
def two(strangers: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Vilnius and Lyon with staff; the commands see the world's clock."""
    with go_on(strangers, tmp_path / "world") as made:
        monkeypatch.setattr("admin.node.SystemClock", lambda: made.clock)
        yield made


@pytest.fixture
def sharing(
    sharers: tuple[Kept, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[World, list[str]]]:
    """Partners with five alerts of Vilnius at Lyon, and their ids; the commands see the world's clock."""
    kept, alerts = sharers
    with go_on(kept, tmp_path / "world") as made:
        monkeypatch.setattr("admin.node.SystemClock", lambda: made.clock)
        yield made, alerts
