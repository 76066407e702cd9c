"""`myosotis doctor` against a real RabbitMQ, real certificates and a mail server that is not there."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from admin.nodes import BrokerPlace
from shared.bus.definitions import Definitions
from shared.bus.private_node import BrokerPorts, PrivateBroker
from shared.bus.topology import SERVICES, node_user
from shared.runtime.clock import ManualClock, SystemClock
from tests.support.command import make_node, run
from tests.support.world import plan_for

pytestmark = pytest.mark.broker
VILNIUS = "lt-vilnius"


def node_on(broker: PrivateBroker, folder: Path) -> Path:
    """Vilnius' node, connected to this broker."""

    def certificates(node: Path) -> None:
        for service in SERVICES:
            tls = node / service / "tls"
            tls.mkdir()
            for lane, user in (("local", node_user(VILNIUS, service)), ("relay", VILNIUS)):
                shutil.copyfile(broker.folder / "authority" / "ca.pem", tls / f"{lane}-ca.pem")
                for end in ("pem", "key"):
                    shutil.copyfile(broker.folder / "clients" / f"{user}.{end}", tls / f"{lane}.{end}")

    place = BrokerPlace("127.0.0.1", broker.ports.tls, "localhost")
    plan = replace(plan_for(VILNIUS, folder), local=place, relay=place)
    return make_node(folder, plan=plan, adapt=certificates)


def findings(node: Path, *options: object, code: int | None = None) -> dict[str, tuple[str, str]]:
    """Check -> state and sentence."""
    rows = run("doctor", "--json", *options, node=node, code=code).json
    return {row["check"]: (row["state"], row["sentence"]) for row in rows}


def test_a_sound_node(broker: PrivateBroker, tmp_path: Path) -> None:
    node = node_on(broker, tmp_path / "node")
    found = findings(node, code=0)
    assert {check for check, (state, _) in found.items() if state == "LOOK"} == {
        "root key",
        "duty rota",
        "mail",
    }
    for service in SERVICES:
        for check in (f"broker local {service}", f"rights local {service}", f"reading local {service}"):
            assert found[check][0] == "OK", (check, found[check])
    assert {found[f"{what} relay {role}"][0] for what in ("broker", "rights", "reading", "certificate")
            for role in ("intake", "matching")} == {"OK"}  # fmt: skip
    said = run("doctor", node=node)
    assert "OK      database intake" in said.out


def test_what_waits_in_a_queue_is_still_there_afterwards(broker: PrivateBroker, tmp_path: Path) -> None:
    from tests.support.broker import envelope, publishing, take_all

    node = node_on(broker, tmp_path / "node")
    with publishing(broker, "lv-riga") as publisher:
        publisher.publish([envelope(b"one", sender="lv-riga", to=VILNIUS, role="intake")])
    findings(node, "--only", "broker", code=0)
    assert take_all(broker, "inbox.lt-vilnius.intake") == [b"one"]


def test_rights_that_are_too_wide_are_found(tmp_path: Path) -> None:
    """Case 75: a broker whose definitions were loosened by hand."""

    def loosen(made: Definitions) -> None:
        for permission in made["permissions"]:
            permission["read"] = ".*"
        for permission in made["topic_permissions"]:
            permission["write"] = ".*"

    broker = PrivateBroker(tmp_path / "broker", BrokerPorts.free(), [VILNIUS], loosen)
    broker.start()
    try:
        found = findings(node_on(broker, tmp_path / "node"), "--only", "broker", code=1)
    finally:
        broker.stop()
    assert found["rights relay intake"][0] == "BROKEN"
    assert "another's name" in found["rights relay intake"][1]
    assert found["reading relay matching"][0] == found["reading local notify"][0] == "BROKEN"


def test_another_authority_and_an_expired_certificate(
    broker: PrivateBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 74, told in sentences."""
    node = node_on(broker, tmp_path / "node")
    from shared.bus.certificates import CertificateAuthority

    other = CertificateAuthority.create(tmp_path / "other")
    shutil.copyfile(other.ca_file, node / "intake" / "tls" / "local-ca.pem")
    found = findings(node, "--only", "broker", code=1)
    assert found["broker local intake"][0] == "BROKEN"
    assert "certificate" in found["broker local intake"][1]
    for days, state in ((380, "LOOK"), (400, "BROKEN")):
        later = ManualClock(SystemClock().now() + timedelta(days=days))
        monkeypatch.setattr("admin.node.SystemClock", lambda later=later: later)
        assert findings(node, "--only", "broker")["certificate relay matching"][0] == state
