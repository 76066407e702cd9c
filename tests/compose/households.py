"""A node and a relay as their administrators run them: the words of docs/OPERATIONS.md, with containers."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from tests.compose.engine import ComposeFailed, Project, clean, run

USER = 10001
PASSWORD = "an invented password 1"
PASSPHRASE = "five unrelated invented words here"
CASES = "id,kind,given_name,family_name,sex,date_of_birth,last_seen_date\n"
_PLACES = re.compile(rb"words at the places ([0-9]+), ([0-9]+), ([0-9]+)\.")


def command(*arguments: object) -> str:
    """`myosotis ...` on the machine itself, as root. Raises ComposeFailed with its sentence."""
    return run(sys.executable, "-m", "admin", *map(str, arguments), seconds=120)


def settings(folder: Path) -> dict[str, str]:
    """What `.env` in this folder says to docker compose."""
    lines = (folder / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def project(folder: Path, profile: str, **changed: str) -> Project:
    """The compose project that `.env` describes, under a name that says that it is a test's."""
    values = settings(folder) | changed
    name = values.pop("COMPOSE_PROJECT_NAME").replace("myosotis-", "myosotis-test-")
    return Project(name, profile, values)


@dataclass(frozen=True, slots=True)
class Household:
    """One node: its folder, and its containers."""

    organisation: str
    folder: Path
    project: Project

    @classmethod
    def set_up(cls, organisation: str, folder: Path, desk_port: int) -> "Household":
        """The five questions, and the node's folder; nothing is started yet."""
        passphrase = folder.parent / "root-passphrase"
        passphrase.write_text(f"{PASSPHRASE}\n")
        command(
            "--node", folder, "setup", "--for", "compose", "--organisation", organisation,
            "--name", f"{organisation} (invented)", "--languages", "en",
            "--public-url", f"http://localhost:{desk_port}", "--mail", "none",
            "--duty-phone", "+37060000009", "--root-passphrase-file", passphrase,
        )  # fmt: skip
        for service in ("intake", "matching"):
            # Receipts come every minute otherwise, two slots later: longer than a test should wait.
            file = folder / service / "service.toml"
            file.write_text("receipt_slot_seconds = 2\n" + file.read_text())
        made = cls(organisation, folder, project(folder, "node", MYOSOTIS_DESK_PORT=str(desk_port)))
        made.put("password", PASSWORD)
        made.put("given-password", f"{PASSWORD}, for once")
        made.put("backup-passphrase", PASSPHRASE)
        return made

    def put(self, name: str, text: str) -> None:
        """A file for the command in the container: as OPERATIONS says, `install -o 10001 -m 600`."""
        path = self.folder / name
        path.write_text(f"{text}\n")
        path.chmod(0o600)
        os.chown(path, USER, USER)

    def admin(self, *arguments: str) -> str:
        """`myosotis ...` in the container that `docker compose run admin` makes.

        One that stays: a new one for each command would cost the tests minutes.
        """
        return run("docker", "exec", self._sleeper(), "myosotis", *arguments, seconds=120)

    def _sleeper(self) -> str:
        name = f"{self.project.name}-sleeper"
        if not run("docker", "ps", "--quiet", "--filter", f"name=^{name}$"):
            sleep = ("--entrypoint", "sleep", "admin", "1800")
            self.project.compose("run", "--rm", "--detach", "--no-deps", "--name", name, *sleep)
        return name

    def down(self) -> None:
        """Remove everything of it, volumes too."""
        self.project.down()

    def staff(self) -> None:
        """The first administrator, a second one, and a caseworker."""
        new = ("--new-password-file", "/node/password")
        self.admin("user", "add", "anna", "--name", "Anna", "--first", *new)
        for login, role in (("boris", "administrator"), ("vera", "caseworker")):
            given = ("--new-password-file", "/node/given-password")
            self.admin("user", "add", login, "--name", login, "--role", role, *self.signed("anna"), *given)
            first = ("--as", login, "--password-file", "/node/given-password")
            self.admin("user", "password", login, *first, *new)

    def signed(self, login: str) -> tuple[str, ...]:
        """Who does it."""
        return ("--as", login, "--password-file", "/node/password")

    def words(self) -> list[str]:
        """Our own twelve, as they are read out on the telephone."""
        said = self.admin("partner", "words", *self.signed("anna"))
        return [word for _, word in sorted((int(n), w) for n, w in re.findall(r"([0-9]+)\. ([a-z]+)", said))]

    def befriend(self, other: "Household", card: Path) -> None:
        """Add, compare by telephone, approve: two people on this side."""
        shutil.copy(card, self.folder / card.name)
        self.admin("partner", "add", card.name, *self.signed("anna"))
        words = other.words()
        with subprocess.Popen(
            ["docker", "exec", "-i", self._sleeper(), "myosotis", "partner", "compare", other.organisation,
             *self.signed("anna")],
            env=clean(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ) as telephone:  # fmt: skip
            assert telephone.stdin is not None
            assert telephone.stdout is not None
            asked = next(found for line in telephone.stdout if (found := _PLACES.search(line)))
            typed = "".join(f"{words[int(place) - 1]}\n" for place in asked.groups())
            telephone.communicate(typed.encode(), timeout=120)
            assert telephone.returncode == 0
        self.admin("partner", "approve", other.organisation, *self.signed("boris"))

    def share(self, number: int) -> str:
        """Register a missing person and share an alert with every partner; our reference of the alert."""
        born = f"19{50 + number}-03-1{number % 10}"
        self.put("cases.csv", f"{CASES}{number},missing,Invented{number},Person{number},f,{born},2026-11-01")
        self.admin("import", "cases.csv", *self.signed("vera"))
        cases = json.loads(self.admin("cases", "list", "--json"))
        said = self.admin("publish", cases[0]["case"], "--circle", "--yes", *self.signed("vera"))
        found = re.search(r"Alert (ownalert_[a-z0-9]+)", said)
        assert found is not None, said
        return found[1]

    def alerts(self) -> dict[str, str]:
        """Our alerts, and where each stands at the one partner. Asked often, so not by the slow command."""
        return dict(row.split("|") for row in self.query("intake", "SELECT alert_id, state FROM share"))

    def reference(self, alert: str) -> str:
        """Under which reference the one partner knows an alert of ours."""
        (found,) = self.query("intake", f"SELECT id FROM share WHERE alert_id = '{alert}'")  # noqa: S608
        return found

    def held(self, sender: str) -> dict[str, str]:
        """What our matching holds of `sender`: references of that partner, and their states."""
        rows = self.query("matching", f"SELECT alert, state FROM alert WHERE partner = '{sender}'")  # noqa: S608
        return dict(row.split("|") for row in rows)

    def query(self, service: str, statement: str) -> list[str]:
        """Rows of a service's database, as psql prints them."""
        said = self.project.exec("postgres", "psql", "-U", "postgres", "-d", service, "-Atc", statement)
        return said.split()


def eventually(condition: Callable[[], bool], seconds: float = 90) -> None:
    """Wait until it holds; each look is a container."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to be so in time"
        time.sleep(1)


def gateway() -> str:
    """Under which address a container reaches what this machine publishes."""
    networks: list[dict[str, Any]] = json.loads(run("docker", "network", "inspect", "bridge"))
    bridge = networks[0]["IPAM"]["Config"][0]
    # An engine that has just made its bridge does not say it; it takes the first address then.
    first = next(ip_network(bridge["Subnet"]).hosts())
    return str(bridge.get("Gateway", first))


__all__ = ["ComposeFailed", "Household", "command", "eventually", "gateway", "project", "settings"]
