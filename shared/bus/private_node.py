"""A RabbitMQ node of our own beside any other on the machine: for the demo, the tests and the benchmarks.

Everything it has is its own: name, ports, folder, cookie, port mapper (epmd), configuration. It needs no
root, changes nothing outside its folder and never talks to another node.
"""

import os
import shutil
import signal
import subprocess  # nosec B404: starts the broker's own script with fixed arguments
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.bus import definitions, topology
from shared.bus.broker_files import ENABLED_PLUGINS, BrokerPaths, configuration
from shared.bus.certificates import CertificateAuthority
from shared.bus.definitions import Definitions
from shared.bus.node_process import end, freeze, left_running
from shared.bus.port import BrokerAddress, BusError
from shared.bus.probe import answers_amqp
from shared.runtime.ports import free_ports, is_free

START_SECONDS = 60.0
STOP_SECONDS = 20.0
PORTS_SECONDS = 10.0
_LOCATIONS = ("/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin")


class BrokerNotInstalled(BusError):
    """RabbitMQ is not installed on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "RabbitMQ is not installed: as root, run "
            "'apt-get install --no-install-recommends rabbitmq-server' (its own service may stay off)."
        )


class BrokerDidNotStart(BusError):
    """The private RabbitMQ node did not start."""


@dataclass(frozen=True, slots=True)
class BrokerPorts:
    """Three TCP ports on 127.0.0.1: for clients, and two that Erlang wants."""

    tls: int
    distribution: int
    port_mapper: int

    @classmethod
    def free(cls) -> "BrokerPorts":
        """Three ports that nobody uses now."""
        return cls(*free_ports(3))


class PrivateBroker:
    """A relay and local vhosts for `organisations`, in `folder`.

    The folder outlives the node: what lies in its queues is there after the next start. `adapt` may change
    the definitions before each start (tests use it for a small queue).
    """

    def __init__(
        self,
        folder: Path,
        ports: BrokerPorts,
        organisations: Sequence[str],
        adapt: Callable[[Definitions], None] | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.ports = ports
        self.organisations = tuple(organisations)
        self._adapt = adapt
        self._node: subprocess.Popen[bytes] | None = None
        self._port_mapper: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether the node's process lives."""
        return self._node is not None and self._node.poll() is None

    def start(self, timeout: float = START_SECONDS) -> None:
        """Write the files, start the node and wait until it answers.

        Raises `BrokerNotInstalled` and `BrokerDidNotStart`. A node that an earlier run left in this folder is
        ended first.
        """
        script = server_script()
        for leftover in ("node", "port_mapper"):
            left_running(self.folder / f"{leftover}.pid", str(self.folder))
        self._check_ports()
        self._write_files()
        mapper = [_port_mapper_program(), "-port", str(self.ports.port_mapper)]
        try:
            self._port_mapper = self._spawn("port_mapper", mapper)
            self._node = self._spawn("node", [str(script)])
            self._wait(timeout)
        except BaseException:  # whatever it was, Ctrl-C too: leave no process behind
            self.kill()
            raise

    def stop(self) -> None:
        """End the node as an operator would, and its port mapper. May be called twice."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the node as a power cut would (kill -9), with no chance to write anything."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start with the same data and the same ports."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze the node: connections stay open and nothing answers, like a line that went dead."""
        if self._node is not None and self.running:
            freeze(self._node)

    def resume(self) -> None:
        """Let a frozen node go on."""
        if self._node is not None and self.running:
            os.killpg(self._node.pid, signal.SIGCONT)

    def control(self, *arguments: str) -> str:
        """Run `rabbitmqctl` against this node and return what it prints. Raises `BusError`."""
        done = subprocess.run(  # noqa: S603  # nosec B603: a fixed program, no shell
            [str(server_script().with_name("rabbitmqctl")), "--quiet", *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode != 0:
            raise BusError(f"rabbitmqctl {arguments[0]} failed with code {done.returncode}.")
        return done.stdout

    def address(self, user: str, vhost: str = topology.RELAY_VHOST, heartbeat: int = 30) -> BrokerAddress:
        """The way in for one user of the definitions; its certificate was made at the start."""
        clients = self.folder / "clients"
        return BrokerAddress(
            host="127.0.0.1",
            port=self.ports.tls,
            vhost=vhost,
            ca_file=self.folder / "authority" / "ca.pem",
            cert_file=clients / f"{user}.pem",
            key_file=clients / f"{user}.key",
            server_name="localhost",
            heartbeat=heartbeat,
        )

    def relay_address(self, organisation: str, heartbeat: int = 30) -> BrokerAddress:
        """The way of an organisation to the relay."""
        return self.address(organisation, heartbeat=heartbeat)

    def node_address(self, organisation: str, service: str, heartbeat: int = 30) -> BrokerAddress:
        """The way of one service to its organisation's local vhost."""
        return self.address(
            topology.node_user(organisation, service), topology.node_vhost(organisation), heartbeat
        )

    def _check_ports(self) -> None:
        """RabbitMQ itself begins to run without its port and says so only in its log.

        A node that was just ended may hold its ports a moment longer than its first process lives: the
        programs that it started end by themselves.
        """
        until = time.monotonic() + PORTS_SECONDS
        for port in (self.ports.tls, self.ports.distribution, self.ports.port_mapper):
            while not is_free(port):
                if time.monotonic() < until:
                    time.sleep(0.05)
                    continue
                raise BrokerDidNotStart(
                    f"Port {port} is used by another program: end that or choose another port."
                )

    def _write_files(self) -> None:
        for name in ("authority", "clients", "tls", "data", "log", "home"):
            (self.folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        made = definitions.generate(self.organisations)
        if self._adapt is not None:
            self._adapt(made)
        self._write_certificates(made)
        paths = BrokerPaths(
            listen=f"127.0.0.1:{self.ports.tls}",
            ca_file=self.folder / "authority" / "ca.pem",
            cert_file=self.folder / "tls" / "server.pem",
            key_file=self.folder / "tls" / "server.key",
            definitions_file=self.folder / "definitions.json",
        )
        paths.definitions_file.write_text(definitions.as_text(made))
        (self.folder / "rabbitmq.conf").write_text(configuration(paths))
        (self.folder / "enabled_plugins").write_text(ENABLED_PLUGINS)
        (self.folder / "rabbitmq-env.conf").write_text("")

    def _write_certificates(self, made: Definitions) -> None:
        place = self.folder / "authority"
        authority = (
            CertificateAuthority.load(place)
            if (place / "ca.key").exists()
            else CertificateAuthority.create(place)
        )
        if not (self.folder / "tls" / "server.pem").exists():
            authority.issue_server(["localhost"], self.folder / "tls")
        for user in definitions.users(made):
            if not (self.folder / "clients" / f"{user}.pem").exists():
                authority.issue_client(user, self.folder / "clients")

    def _environment(self) -> dict[str, str]:
        """Only what the node needs: no RABBITMQ_ variable of the caller and no file in /etc reaches it."""
        here = self.folder
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8",
            "HOME": str(here / "home"),
            "ERL_EPMD_PORT": str(self.ports.port_mapper),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP_SECONDS": "0",
            "RABBITMQ_NODENAME": f"myosotis-{self.ports.tls}@localhost",
            "RABBITMQ_DIST_PORT": str(self.ports.distribution),
            "RABBITMQ_CONF_ENV_FILE": str(here / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(here / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(here / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(here / "data"),
            "RABBITMQ_LOG_BASE": str(here / "log"),
            "RABBITMQ_PID_FILE": str(here / "rabbitmq.pid"),
            # No spinning while idle, and the link between nodes (which has no peer) on this machine only.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"
            ),
        }

    def _spawn(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / "log" / f"{name}.log").open("ab") as output:
            process = subprocess.Popen(  # noqa: S603  # nosec B603: fixed programs, no shell
                command,
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        (self.folder / f"{name}.pid").write_text(str(process.pid))
        return process

    def _wait(self, timeout: float) -> None:
        until = time.monotonic() + timeout
        probe = self.relay_address(self.organisations[0])
        while time.monotonic() < until:
            if not self.running:
                break
            if answers_amqp(probe):
                return
            threading.Event().wait(0.1)
        raise BrokerDidNotStart(f"RabbitMQ did not start; the reason is in {self.folder / 'log'}.")

    def _end(self, number: signal.Signals) -> None:
        for name, process in (("node", self._node), ("port_mapper", self._port_mapper)):
            if process is not None:
                end(process, number, STOP_SECONDS)
            (self.folder / f"{name}.pid").unlink(missing_ok=True)
        self._node = self._port_mapper = None


def server_script() -> Path:
    """The script that starts a node. Raises `BrokerNotInstalled`.

    Debian's /usr/sbin/rabbitmq-server is not it: that one insists on root and its own user.
    """
    for folder in _LOCATIONS:
        script = Path(folder) / "rabbitmq-server"
        if script.exists():
            return script
    raise BrokerNotInstalled


def _port_mapper_program() -> str:
    program = shutil.which("epmd")
    if program is None:
        raise BrokerNotInstalled
    return program


__all__ = ["BrokerDidNotStart", "BrokerNotInstalled", "BrokerPorts", "PrivateBroker"]
