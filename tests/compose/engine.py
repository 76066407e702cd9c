"""Docker Compose as these tests use it: a project of its own, removed with its volumes at the end."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOW_TO_GET_ONE = (
    "No Docker engine with Compose answers here. Install both (on Debian: docker.io and docker-compose), "
    "start the engine, then run `make compose-test` again."
)


class ComposeFailed(Exception):
    """A docker command failed; its last lines are in the message."""


def run(*command: str, environment: Mapping[str, str] | None = None, seconds: float = 600) -> str:
    """The standard output of a command. Raises ComposeFailed."""
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=clean(environment),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if result.returncode != 0:
        lines = (result.stdout + result.stderr).splitlines()[-40:]
        raise ComposeFailed(f"{' '.join(command)} ended with {result.returncode}:\n" + "\n".join(lines))
    return result.stdout


def need_engine() -> None:
    """Fail, and never skip, where there is no engine."""
    try:
        run("docker", "info", seconds=60)
        run("docker", "compose", "version", seconds=60)
    except (OSError, ComposeFailed, subprocess.TimeoutExpired) as problem:
        raise AssertionError(HOW_TO_GET_ONE) from problem


@dataclass(frozen=True, slots=True)
class Project:
    """One compose project. `name` begins with myosotis-test, so that no real node is ever meant."""

    name: str
    profile: str
    environment: Mapping[str, str] = field(default_factory=dict)

    def compose(self, *arguments: str, seconds: float = 600) -> str:
        """docker compose ... for this project and profile."""
        return run(
            "docker", "compose", "--ansi", "never", "-p", self.name, "--profile", self.profile, *arguments,
            environment=self.environment, seconds=seconds,
        )  # fmt: skip

    def up(self) -> None:
        """Start everything and wait until it is healthy; what failed says so with its log."""
        try:
            self.compose("up", "--detach", "--wait", "--quiet-pull")
        except ComposeFailed as problem:
            raise ComposeFailed(f"{problem}\n{self.failing_logs()}") from None

    def down(self) -> None:
        """Remove containers, networks and volumes of this project, and nothing else."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "40")

    def containers(self) -> dict[str, dict[str, Any]]:
        """What `docker inspect` says about each container, by service."""
        ids = self.compose("ps", "--all", "--quiet").split()
        inspected: list[dict[str, Any]] = json.loads(run("docker", "inspect", *ids)) if ids else []
        return {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in inspected}

    def failing_logs(self, lines: int = 25) -> str:
        """The last lines of every service that is not as it should be."""
        failing = [service for service, one in self.containers().items() if not _well(one["State"])]
        parts = [self.compose("logs", "--no-color", "--tail", str(lines), service) for service in failing]
        return "\n".join(parts) or "every container is well"

    def exec(self, service: str, *command: str) -> str:
        """Run a command inside a running container."""
        return self.compose("exec", "-T", service, *command)


def _well(state: Mapping[str, Any]) -> bool:
    if state["Status"] == "exited":
        return bool(state["ExitCode"] == 0)
    return bool(
        state["Status"] == "running" and state.get("Health", {}).get("Status", "healthy") == "healthy"
    )


def clean(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment without what would change the compose file's meaning, and `more`."""
    prefixes = ("COMPOSE_", "MYOSOTIS_", "VILNIUS_", "RIGA_", "LYON_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
    return kept | dict(more or {})


__all__: Sequence[str] = ("HOW_TO_GET_ONE", "ROOT", "ComposeFailed", "Project", "clean", "need_engine", "run")
