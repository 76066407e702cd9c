"""A relay and two nodes, three projects that only meet over TLS, as OPERATIONS 1, 3, 4 and 7 say."""

import csv
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.runtime.ports import free_ports
from tests.compose.engine import ComposeFailed, Project
from tests.compose.households import Household, command, eventually, gateway, project

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1200)]


@dataclass(frozen=True, slots=True)
class Circle:
    """Two nodes that are verified partners and meet at a relay."""

    place: Path
    relay: Project
    kaunas: Household
    nantes: Household

    def down(self) -> None:
        """Remove everything of both nodes and of the relay, volumes too."""
        for one in (self.kaunas.project, self.nantes.project, self.relay):
            one.down()


@pytest.fixture(scope="module")
def circle(engine: None) -> Iterator[Circle]:
    """From nothing to verified partners, in the order of OPERATIONS."""
    with tempfile.TemporaryDirectory(prefix="myosotis-circle-") as name:
        os.chmod(name, 0o711)  # noqa: S103 - containers reach what is inside, and list nothing
        place = Path(name)
        kaunas_port, nantes_port, relay_port = free_ports(3)
        command("relay", "create", place / "relay", "--name", "relay.example.org", "--port", str(relay_port))
        kaunas = Household.set_up("lt-kaunas", place / "kaunas", kaunas_port)
        nantes = Household.set_up("fr-nantes", place / "nantes", nantes_port)
        made = Circle(place, project(place / "relay", "relay"), kaunas, nantes)
        made.down()  # what an interrupted run left: a database with other passwords, for instance
        try:
            _meet(made)
            yield made
        finally:
            made.down()


def _meet(circle: Circle) -> None:
    circle.relay.compose("build", "--quiet", seconds=1200)
    for node in (circle.kaunas, circle.nantes):
        _join(circle, node)
    circle.relay.up()
    for node in (circle.kaunas, circle.nantes):
        node.project.up()
        assert json.loads(node.project.compose("run", "--rm", "-T", "admin", "status", "--json"))
        node.staff()
    for node, other in ((circle.kaunas, circle.nantes), (circle.nantes, circle.kaunas)):
        other.admin("card", "export")
        node.befriend(other, other.folder / f"{other.organisation}.card")


def _join(circle: Circle, node: Household) -> None:
    """Admitted by the relay's operator; the file and the words arrive on two ways."""
    out, words = circle.place / f"{node.organisation}.relay", circle.place / "words"
    words.write_text("six words of my own choice\n")
    relay = circle.place / "relay"
    command("relay", "admit", node.organisation, "--relay", relay, "--out", out, "--passphrase-file", words)
    address = f"{gateway()}:{circle.relay.environment['MYOSOTIS_RELAY_PORT']}"
    join = ("relay", "join", out, "--passphrase-file", words, "--address", address)
    command("--node", node.folder, *join)


def test_an_alert_goes_across_the_relay(circle: Circle) -> None:
    """And is withdrawn again: the recall travels, and its receipt comes back (rule 7)."""
    alert = circle.kaunas.share(1)
    eventually(lambda: circle.kaunas.alerts()[alert] == "compared")
    there = circle.kaunas.reference(alert)
    assert circle.nantes.held("lt-kaunas")[there] == "live"
    circle.kaunas.admin("withdraw", alert, "--yes", *circle.kaunas.signed("vera"))
    eventually(lambda: circle.kaunas.alerts()[alert] == "deleted")
    assert circle.nantes.held("lt-kaunas")[there] == "withdrawn"
    listed = json.loads(circle.kaunas.admin("alerts", "list", "--json"))
    shown = [(one["there"], one["overdue"]) for one in listed if one["alert"] == alert]
    assert shown == [("deleted", False)]


def test_a_relay_has_only_what_its_broker_may_read(circle: Circle) -> None:
    """Nothing that the next command, or the container, cannot read; and no member's file beside it."""
    relay = circle.place / "relay"
    owners = {path.name: path.stat().st_uid for path in (relay, *relay.iterdir(), *(relay / "tls").iterdir())}
    theirs = {"definitions.json", "rabbitmq.conf", "enabled_plugins", "tls", *os.listdir(relay / "tls")}
    assert {name for name, owner in owners.items() if owner == 10001} == theirs
    mounted = circle.relay.containers()["relay"]["Mounts"]
    assert not [one for one in mounted if "authority" in one["Source"]]
    assert "fr-nantes" in command("relay", "list", "--relay", relay)


def test_a_lost_node_comes_back_from_its_backup(circle: Circle) -> None:
    """Case 84 between two nodes: back up, go on, lose everything, restore, release; both agree again."""
    kaunas, nantes = circle.kaunas, circle.nantes
    kept, recalled = kaunas.share(2), kaunas.share(3)
    eventually(lambda: {kaunas.alerts()[each] for each in (kept, recalled)} == {"compared"})
    kaunas.admin("backup", "before.myosotis", "--passphrase-file", "/node/backup-passphrase")
    later = kaunas.share(4)
    kaunas.admin("withdraw", recalled, "--yes", *kaunas.signed("vera"))
    eventually(lambda: (kaunas.alerts()[later], kaunas.alerts()[recalled]) == ("compared", "deleted"))

    one, two, three = (kaunas.reference(alert) for alert in (kept, recalled, later))
    file = circle.place / "before.myosotis"
    file.write_bytes((kaunas.folder / "before.myosotis").read_bytes())
    kaunas.project.down()
    kaunas.folder.rename(circle.place / "lost")
    passphrase = circle.place / "root-passphrase"
    command("restore", file, kaunas.folder, "--passphrase-file", passphrase)
    kaunas.put("password", "an invented password 1")
    kaunas.project.compose("up", "--detach", "--wait", "postgres")
    kaunas.admin("restore", "load")
    kaunas.project.up()
    before = nantes.held("lt-kaunas")
    assert (before[one], before[two], before[three]) == ("live", "withdrawn", "live")

    kaunas.put("witness.json", nantes.admin("audit", "witness", "lt-kaunas"))
    kaunas.admin("audit", "verify", "--witness", "witness.json")
    decisions = {kept: "keep", recalled: "withdraw"}
    rows = list(csv.DictReader(kaunas.admin("restore", "review").splitlines()))
    assert {row["alert"] for row in rows} == set(decisions)
    lines = [f"{row['alert']},{decisions[row['alert']]}" for row in rows]
    kaunas.put("decisions.csv", "\n".join(["alert,decision", *lines]))
    with pytest.raises(ComposeFailed, match="decision"):
        kaunas.admin("restore", "release", "--all-still-shared", "--decisions", "decisions.csv", "--yes")
    kaunas.project.compose("stop", "intake-worker", "matching", "notify")
    kaunas.admin(
        "restore", "release", "--decisions", "decisions.csv", "--keep", "fr-nantes",
        "--witness", "fr-nantes", "witness.json", "--yes",
        *kaunas.signed("anna"),
    )  # fmt: skip
    kaunas.admin("user", "enable", "vera", *kaunas.signed("anna"))
    kaunas.project.up()
    eventually(lambda: (kaunas.alerts()[kept], kaunas.alerts()[recalled]) == ("compared", "deleted"))
    after = nantes.held("lt-kaunas")
    # What was shared after the backup is not known here any more: it is recalled and not left behind there.
    assert after == before | {one: "live", two: "withdrawn", three: "withdrawn"}
    again = kaunas.share(5)
    eventually(lambda: kaunas.alerts()[again] == "compared")
