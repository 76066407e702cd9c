"""`myosotis relay`: the operator admits, the member joins."""

import json
import tomllib
from functools import partialmethod
from pathlib import Path

import pytest
from cryptography import x509

from admin.brokers import BrokerFolder
from admin.node import Node
from admin.relay.bundle import RelayBundle, join
from shared.crypto.keyfile_format import STANDARD, unpack
from tests.support.command import refused, run, secret_file
from tests.support.world import FAST

WORDS = "six words of my own choice"


@pytest.fixture(autouse=True)
def _quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are quick to shut and to open; a slow test looks at the full cost."""
    if request.node.get_closest_marker("slow") is None:
        monkeypatch.setattr(RelayBundle, "write", partialmethod(RelayBundle.write, profile=FAST))


@pytest.mark.slow
def test_the_file_is_shut_at_full_cost(relay: Path, tmp_path: Path) -> None:
    data = admit(relay, tmp_path, "lt-vilnius").read_bytes()
    assert unpack(data, WORDS.encode()).profile == STANDARD


@pytest.fixture
def relay(tmp_path: Path) -> Path:
    run("relay", "create", tmp_path / "relay", "--name", "relay.example.org")
    return tmp_path / "relay"


def admit(relay: Path, tmp_path: Path, organisation: str) -> Path:
    out = tmp_path / f"{organisation}.relay"
    file = secret_file(tmp_path, WORDS, "words")
    run("relay", "admit", organisation, "--relay", relay, "--out", out, "--passphrase-file", file)
    return out


def test_a_member_is_admitted_and_joins(relay: Path, node: Path, tmp_path: Path) -> None:
    file = admit(relay, tmp_path, "lt-vilnius")
    definitions = json.loads((relay / "definitions.json").read_text())
    assert "inbox.lt-vilnius.matching" in [queue["name"] for queue in definitions["queues"]]
    before = (node / "intake" / "service.toml").read_text()
    said = run("relay", "join", file, "--passphrase-file", secret_file(tmp_path, WORDS, "words"), node=node)
    assert "delete" in said.out
    for role in ("intake", "matching"):
        table = tomllib.loads((node / role / "service.toml").read_text())
        assert table["relay"]["host"] == table["relay"]["server_name"] == "relay.example.org"
        assert table["local"] == tomllib.loads(before)["local"]
        certificate = x509.load_pem_x509_certificate((node / role / "tls" / "relay.pem").read_bytes())
        assert certificate.subject.rfc4514_string() == "CN=lt-vilnius"
    assert "relay" not in tomllib.loads((node / "notify" / "service.toml").read_text())


def test_the_file_of_another_organisation_is_refused(relay: Path, node: Path, tmp_path: Path) -> None:
    file, words = admit(relay, tmp_path, "lv-riga"), secret_file(tmp_path, WORDS, "words")
    before = (node / "intake" / "service.toml").read_text()
    assert "for lv-riga" in refused("relay", "join", file, "--passphrase-file", words, node=node)
    assert (node / "intake" / "service.toml").read_text() == before


def test_wrong_words_are_refused_plainly(relay: Path, node: Path, tmp_path: Path) -> None:
    file = admit(relay, tmp_path, "lt-vilnius")
    wrong = secret_file(tmp_path, "other words", "wrong")
    sentence = refused("relay", "join", file, "--passphrase-file", wrong, node=node)
    assert "six words do not open" in sentence


def test_a_file_that_is_no_relay_file_is_noticed_before_the_words_are_asked_for(
    node: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"%PDF-1.7")
    said = run("relay", "join", tmp_path / "file", node=node, code=1)
    assert "not a relay file" in said.err
    assert "six words" not in said.out + said.err


def test_no_private_key_can_be_read_from_the_file(relay: Path, tmp_path: Path) -> None:
    assert b"PRIVATE KEY" not in admit(relay, tmp_path, "lt-vilnius").read_bytes()


def test_admitting_one_keeps_the_others(relay: Path, tmp_path: Path) -> None:
    for organisation in ("lt-vilnius", "lv-riga"):
        admit(relay, tmp_path, organisation)
    listed = run("relay", "list", "--relay", relay, "--json").json
    assert [row["organisation"] for row in listed] == ["lt-vilnius", "lv-riga"]
    run("relay", "remove", "lt-vilnius", "--relay", relay, "--yes")
    assert "lt-vilnius" not in (relay / "definitions.json").read_text()


def test_joining_again_renews_the_certificates(node: Path, tmp_path: Path) -> None:
    broker = BrokerFolder.create(tmp_path / "relay", ["relay.example.org"], members=["lt-vilnius"])
    serials = set()
    for number in range(2):
        out = tmp_path / f"{number}.relay"
        RelayBundle.issue(broker, "lt-vilnius").write(out, b"words")
        join(Node.at(node), RelayBundle.read(out, b"words"))
        pem = (node / "intake" / "tls" / "relay.pem").read_bytes()
        serials.add(x509.load_pem_x509_certificate(pem).serial_number)
        assert (node / "intake" / "service.toml").read_text().count("[relay]") == 1
    assert len(serials) == 2


@pytest.mark.parametrize("organisation", ["Vilnius", "lt-", "../x", "lt-vilnius/../x"])
def test_a_bad_id_is_refused(relay: Path, tmp_path: Path, organisation: str) -> None:
    assert "two letters" in refused("relay", "admit", organisation, "--relay", relay, "--out", tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_without_a_relay_folder_the_sentence_says_so(tmp_path: Path) -> None:
    assert "relay create" in refused("relay", "list", "--relay", tmp_path / "nothing")
