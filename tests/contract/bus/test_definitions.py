"""The topology, and the committed files that are generated from it."""

import json
import re
from pathlib import Path

import pytest

from shared.bus import broker_files, definitions, topology, write_examples

DEPLOY = Path(__file__).parents[3] / "deploy" / "rabbitmq"
EXAMPLE = write_examples.EXAMPLE_ORGANISATIONS


@pytest.mark.parametrize("name", ["definitions.example.json", "rabbitmq.conf", "enabled_plugins"])
def test_the_committed_files_are_the_generated_ones(tmp_path: Path, name: str) -> None:
    write_examples.write(tmp_path)
    assert (DEPLOY / name).read_text() == (tmp_path / name).read_text()


@pytest.mark.parametrize(
    "line",
    [
        "listeners.tcp = none",
        "ssl_options.verify = verify_peer",
        "ssl_options.fail_if_no_peer_cert = true",
        "ssl_cert_login_from = common_name",
        "auth_mechanisms.1 = EXTERNAL",
    ],
)
def test_the_configuration_leaves_one_way_in(line: str) -> None:
    lines = broker_files.configuration(broker_files.IN_CONTAINER).splitlines()
    assert line in lines
    assert not any("guest" in each or "management" in each for each in lines if not each.startswith("#"))
    assert [each.split(" = ")[1] for each in lines if "ssl_options.versions" in each] == [
        "tlsv1.3",
        "tlsv1.2",
    ]


def test_every_queue_is_safe() -> None:
    for queue in definitions.generate(EXAMPLE)["queues"]:
        arguments = queue["arguments"]
        assert arguments["x-queue-type"] == "quorum"
        assert arguments["x-max-length-bytes"] > 0
        assert arguments["x-delivery-limit"] >= 1_000_000
        if queue["name"].startswith("dead"):
            assert arguments["x-message-ttl"] == 7 * topology.DAY_MS
            assert arguments["x-overflow"] == "drop-head"
            assert "x-dead-letter-exchange" not in arguments
        else:
            assert arguments["x-overflow"] == "reject-publish"
            assert arguments["x-message-ttl"] == 60 * topology.DAY_MS
            assert arguments["x-dead-letter-strategy"] == "at-least-once"


def test_every_user_has_rights_on_keys_in_every_vhost_and_configures_nothing() -> None:
    made = definitions.generate(EXAMPLE)
    pairs = {(each["user"], each["vhost"]) for each in made["permissions"]}
    assert pairs == {(each["user"], each["vhost"]) for each in made["topic_permissions"]}
    assert {user for user, _ in pairs} == set(definitions.users(made))
    names = [each["name"] for each in made["queues"] + made["exchanges"]] + ["", "\n", "x"]
    for permission in made["permissions"]:
        assert not any(re.search(permission["configure"], name) for name in names)
    assert all(user["password_hash"] == "" and user["tags"] == [] for user in made["users"])


def test_a_relay_alone_and_a_node_alone() -> None:
    assert [each["name"] for each in definitions.generate(EXAMPLE, nodes=[])["vhosts"]] == ["relay"]
    alone = definitions.generate([], nodes=["lt-vilnius"], relay=False)
    assert [each["name"] for each in alone["vhosts"]] == ["node.lt-vilnius"]
    assert json.loads(definitions.as_text(alone)) == alone


@pytest.mark.parametrize(
    "name", ["", "vilnius", "lt-", "lt-x", "LT-vilnius", "lt-a.b", "lt-.*", "lt-vilnius\n"]
)
def test_an_id_that_would_change_a_pattern_is_refused(name: str) -> None:
    with pytest.raises(topology.BadOrganisationId, match="lt-vilnius"):
        topology.relay([name])
