"""One node as an administrator starts it: `myosotis setup --for compose`, then `docker compose up`."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.runtime.ports import free_ports
from tests.compose.engine import ROOT, ComposeFailed, Project, run

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1200)]


@pytest.fixture
def folder(engine: None) -> Iterator[Path]:
    """A node of nobody, set up by the command; outside pytest's own folders, which only root may enter."""
    with tempfile.TemporaryDirectory(prefix="myosotis-node-") as name:
        os.chmod(name, 0o711)  # noqa: S103 - containers reach what is inside, and list nothing
        place = Path(name) / "node"
        passphrase = Path(name) / "root-passphrase"
        passphrase.write_text("five unrelated invented words here\n")
        subprocess.run(
            [
                sys.executable, "-m", "admin", "--node", str(place), "setup", "--for", "compose",
                "--organisation", "lt-kaunas", "--name", "Kaunas (invented)", "--languages", "lt,en",
                "--public-url", "http://localhost:8080", "--mail", "none", "--duty-phone", "+37060000009",
                "--root-passphrase-file", str(passphrase),
            ],
            cwd=ROOT, check=True, timeout=120,
        )  # fmt: skip
        yield place


@pytest.mark.parametrize("profile", ["node", "relay", "demo"])
def test_each_profile_is_a_valid_compose_file(profile: str, engine: None) -> None:
    """And none starts a service of another: a demo never touches a real node."""
    services = set(Project("myosotis-test-config", profile).compose("config", "--services").split())
    prefixes = ("demo-", "vilnius-", "riga-", "lyon-")
    of_demo = {one for one in services if one.startswith(prefixes)}
    assert services
    assert of_demo == (services if profile == "demo" else set())
    assert ("relay" in services) == (profile == "relay")


def test_plain_up_means_one_node(engine: None) -> None:
    """`docker compose up` without a profile, on a clean clone, is the node."""
    plain = run("docker", "compose", "config", "--services").split()
    assert set(plain) == set(Project("myosotis-test-config", "node").compose("config", "--services").split())


def test_a_node_without_its_folder_says_what_is_missing(engine: None, tmp_path: Path) -> None:
    """Docker would make empty folders, owned by root, where the secrets should be."""
    project = Project("myosotis-test-empty", "node", {"MYOSOTIS_FOLDER": str(tmp_path / "nowhere")})
    try:
        with pytest.raises(ComposeFailed, match="nowhere"):
            project.compose("create", "postgres")
    finally:
        project.down()
    assert not (tmp_path / "nowhere").exists()


def test_a_node_comes_up_healthy(folder: Path) -> None:
    """Set-up, up, the desk answers; nothing but the desk is published, and the admin's command works."""
    port = free_ports(1)[0]
    settings = dict(
        line.split("=", 1) for line in (folder / ".env").read_text().splitlines() if not line.startswith("#")
    )
    environment = {**settings, "MYOSOTIS_DESK_PORT": str(port)}
    project = Project("myosotis-test-node", "node", environment)
    project.down()  # what an interrupted run left
    try:
        project.compose("build", "--quiet", seconds=1200)
        project.up()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=20) as answer:
            assert answer.status == 200
        published = [
            (service, place["HostIp"])
            for service, one in project.containers().items()
            for places in (one["NetworkSettings"]["Ports"] or {}).values()
            for place in places or []
        ]
        assert published == [("intake-web", "127.0.0.1")]
        status = project.compose("run", "--rm", "-T", "admin", "status", "--json")
        assert json.loads(status)
    finally:
        project.down()
