"""The three-organisation profile on a real Docker engine: hardened, checked like the demo, hard to kill."""

import json
import time
from typing import Any

import pytest

from demo.check import Act
from tests.compose.conftest import RunningDemo
from tests.compose.engine import run

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1800)]

ONE_SHOTS = {"demo-setup", "demo-prepare"}
VICTIMS = ("lyon-matching", "vilnius-intake", "riga-intake")
KILL_CHILD_OF_INIT = (
    "import os, pathlib, signal\n"
    "for entry in pathlib.Path('/proc').iterdir():\n"
    "    if entry.name.isdigit():\n"
    "        status = (entry / 'status').read_text()\n"
    "        if 'PPid:\\t1\\n' in status and int(entry.name) != os.getpid():\n"
    "            os.kill(int(entry.name), signal.SIGKILL)\n"
)


def test_every_container_is_restricted(demo: RunningDemo) -> None:
    """Read-only root, no capability, no new privileges, an ordinary user, bounded memory and processes."""
    containers = demo.project.containers()
    assert len(containers) == 17
    for service, one in containers.items():
        host, config = one["HostConfig"], one["Config"]
        assert host["ReadonlyRootfs"], service
        assert host["CapDrop"] == ["ALL"], service
        assert not host["CapAdd"], service
        assert not host["Privileged"], service
        assert "no-new-privileges:true" in host["SecurityOpt"], service
        assert config["User"] == "10001:10001", service
        assert host["Memory"] > 0, service
        assert host["NanoCpus"] > 0, service
        assert 0 < host["PidsLimit"] <= 512, service
        expected = "no" if service in ONE_SHOTS else "unless-stopped"
        assert host["RestartPolicy"]["Name"] == expected, service


def test_only_the_desks_are_published_and_only_on_this_machine(demo: RunningDemo) -> None:
    """No database, broker, mail server or health page can be reached from outside."""
    published = {
        service: [(place["HostIp"], inside) for inside, places in ports.items() for place in places or []]
        for service, one in demo.project.containers().items()
        if (ports := one["NetworkSettings"]["Ports"])
    }
    published = {service: places for service, places in published.items() if places}
    desks = {"vilnius-desk", "riga-desk", "lyon-desk"}
    assert published == {desk: [("127.0.0.1", "8080/tcp")] for desk in desks}
    networks = json.loads(run("docker", "network", "inspect", *_networks(demo)))
    assert {one["Name"] for one in networks if not one["Internal"]} == {"myosotis-test_demo-outside"}


def test_no_secret_is_in_the_environment_or_the_image(demo: RunningDemo) -> None:
    """Passwords, tokens and keys come from files; an image and an environment are easily shown around."""
    for service, one in demo.project.containers().items():
        for variable in one["Config"]["Env"]:
            name, _, value = variable.partition("=")
            harmless = name.endswith("_FILE") or value.startswith("/") or "://" not in value
            assert harmless, (service, name)
            assert "PASSPHRASE" not in name, service
            assert not ("PASSWORD" in name and not name.endswith("_FILE")), (service, name)
            assert not any(secret in value for secret in demo.secrets), (service, name)
        arguments = json.dumps([one["Config"]["Cmd"], one["Config"]["Entrypoint"], one["Config"]["Labels"]])
        assert not any(secret in arguments for secret in demo.secrets), service
    for image in ("myosotis:local", "myosotis-demo:local"):
        history = run("docker", "image", "history", "--no-trunc", "--format", "{{.CreatedBy}}", image)
        assert "BEGIN PRIVATE KEY" not in history
        assert "PASSWORD" not in history.upper()
        assert "PASSPHRASE" not in history.upper()
    logs = demo.project.compose("logs", "--no-color")
    assert not any(secret in logs for secret in demo.secrets)


def test_the_image_holds_no_compiler_and_nothing_but_the_program(demo: RunningDemo) -> None:
    """No compiler, no package cache, no tests, no demo people in the image of a node."""
    script = (
        "import importlib.util, json, pathlib, shutil; print(json.dumps({"
        "'tools': [tool for tool in ('gcc', 'cc', 'g++', 'make') if shutil.which(tool)],"
        "'modules': [one for one in ('demo', 'tests', 'pytest', 'aiosmtpd', 'pip') "
        "if importlib.util.find_spec(one)],"
        "'writable': [str(one) for one in pathlib.Path('/opt/myosotis').rglob('*') "
        "if not one.is_symlink() and one.stat().st_uid != 0][:3]}))"
    )
    found: dict[str, Any] = json.loads(demo.project.exec("lyon-desk", "python", "-c", script))
    assert found == {"tools": [], "modules": [], "writable": []}


def test_a_service_has_its_own_secrets_only(demo: RunningDemo) -> None:
    """Rule 5: matching's container cannot see intake's key file, and notify's has none at all."""
    list_keys = (
        "import pathlib; print(*sorted(one.name for one in pathlib.Path('/').glob('etc/myosotis/*.key')))"
    )
    assert demo.project.exec("riga-matching", "python", "-c", list_keys).split() == ["matching.key"]
    assert demo.project.exec("riga-notify", "python", "-c", list_keys).split() == []
    assert demo.project.exec("riga-intake", "python", "-c", list_keys).split() == ["intake.key"]


def test_the_database_takes_nobody_without_tls_or_for_another_database(demo: RunningDemo) -> None:
    """The password of notify opens notify's database over TLS, and nothing else."""
    connect = (
        "import psycopg, sys, tomllib, pathlib\n"
        "folder = pathlib.Path('/etc/myosotis')\n"
        "url = tomllib.loads((folder / 'service.toml').read_text())['database_url'].split('+psycopg')\n"
        "name = url[1].rpartition('/')[2]\n"
        "arguments = dict(host='postgres', user=name, dbname=name,\n"
        "    password=(folder / 'database-password').read_text().strip(), connect_timeout=10)\n"
        "for change in ({}, {'sslmode': 'disable'}, {'dbname': name.replace('notify', 'intake')}):\n"
        "    try:\n"
        "        with psycopg.connect(**{**arguments, **change}): print('in')\n"
        "    except psycopg.OperationalError: print('refused')\n"
    )
    assert demo.project.exec("lyon-notify", "python", "-c", connect).split() == ["in", "refused", "refused"]


def test_the_act_is_true_although_services_are_killed(demo: RunningDemo, act: Act) -> None:
    """Cases 86 and 62: kill -9 while alerts are under way; the containers come back, and nothing is lost.

    The same facts as `make demo CHECK=1`, over the desks' real HTTP.
    """
    before = {service: one["RestartCount"] for service, one in demo.project.containers().items()}
    killed: list[str] = []

    def say(line: str) -> None:
        """After the first lines about alerts that were shared, and so while they are under way, kill."""
        print(line, flush=True)
        if "alerts shared" in line and len(killed) < len(VICTIMS):
            killed.append(VICTIMS[len(killed)])
            # Nobody waits for its end: the container ends with its worker, and this with the container.
            demo.project.compose("exec", "--detach", "-T", killed[-1], "python", "-c", KILL_CHILD_OF_INIT)

    act.say = say
    act.wait_for_desks()
    act.share_alerts()
    assert killed == list(VICTIMS)
    assert act.verify() == 0, demo.project.failing_logs()
    for service in VICTIMS:
        _wait_until_healthy(demo, service)
        assert demo.project.containers()[service]["RestartCount"] == before[service] + 1


def test_a_stopped_container_ends_in_order(demo: RunningDemo) -> None:
    """SIGTERM is passed on by init, the worker drains and ends with 0, and starts again when asked."""
    demo.project.compose("stop", "riga-notify")
    assert demo.project.containers()["riga-notify"]["State"]["ExitCode"] == 0
    demo.project.up()
    _wait_until_healthy(demo, "riga-notify")


def _wait_until_healthy(demo: RunningDemo, service: str, seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while demo.project.containers()[service]["State"].get("Health", {}).get("Status") != "healthy":
        assert time.monotonic() < until, demo.project.failing_logs()
        time.sleep(2)


def _networks(demo: RunningDemo) -> list[str]:
    listed = run(
        "docker", "network", "ls", "--quiet",
        "--filter", f"label=com.docker.compose.project={demo.project.name}",
    )  # fmt: skip
    return listed.split()
