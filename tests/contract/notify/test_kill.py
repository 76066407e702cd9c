"""kill -9 between the mail server's yes and our own note of it: the one moment that can repeat a notice."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.notify.channels.email.message import load_wordings
from services.notify.channels.email.transport import Email
from services.notify.store.deliveries import LEASE
from shared.runtime.clock import ManualClock
from shared.runtime.settings import SmtpSettings
from shared.store.engine import Database
from tests.contract.notify.mail_server import MailServer, certificate
from tests.contract.notify.node import Node

WORKER = """
import ssl, sys, time
from pathlib import Path
from services.notify.channels.email.message import load_wordings
from services.notify.channels.email.transport import Email
from shared.runtime.clock import SystemClock
from shared.runtime.settings import SmtpSettings
from shared.store.engine import Database
from tests.contract.notify.node import Node

class Stuck(Email):
    def send(self, notice, person, delivery_id):
        super().send(notice, person, delivery_id)
        Path(sys.argv[3]).touch()
        time.sleep(600)

settings = SmtpSettings(host="127.0.0.1", port=int(sys.argv[2]), starttls=False, sender="desk@example.org")
clock = SystemClock()
email = Stuck(settings, load_wordings(), clock, ssl.create_default_context())
Node(Database(sys.argv[1]), clock, {"email": email}).dispatcher.step()
"""


def test_case_86_a_kill_after_the_mail_was_taken_repeats_it_once_under_the_same_id(
    url: str, database: Database, tmp_path: Path
) -> None:
    clock = ManualClock(datetime.now(UTC))
    with MailServer() as server:
        settings = SmtpSettings(host="127.0.0.1", port=server.port, starttls=False, sender="desk@example.org")
        email = Email(settings, load_wordings(), clock, certificate(tmp_path)[1])
        node = Node(database, clock, {"email": email})
        node.admin.add_person("Rasa", "rasa@desk.example")
        node.waits()

        kill_while_stuck(url, server.port, tmp_path / "taken")
        assert len(server.got) == 1
        assert node.deliveries() == [("sending", 1, None)]
        assert node.dispatch() == 0, "the claim holds until its lease ends"

        clock.advance(LEASE + timedelta(minutes=1))
        node.dispatch()
        assert node.deliveries() == [("sent", 2, None)]
        assert node.states == [("told", 1, None)]
        first, second = server.got
        assert first["Message-ID"] == second["Message-ID"]

        clock.advance(timedelta(days=1))
        assert node.dispatch() == 0
        assert len(server.got) == 2


def kill_while_stuck(url: str, port: int, taken: Path) -> None:
    """Run a worker until the mail server said yes, and kill it before it can write that down."""
    command = [sys.executable, "-c", WORKER, url, str(port), str(taken)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[3]) as worker:
        try:
            until = time.monotonic() + 60
            while not taken.exists():
                assert worker.poll() is None, "the worker ended by itself"
                assert time.monotonic() < until
                time.sleep(0.05)
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
