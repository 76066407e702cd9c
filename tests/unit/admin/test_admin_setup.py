"""`myosotis setup`: five questions, and all of a node or nothing."""

import base64
import hmac
import os
import stat
import tomllib
from functools import partial
from pathlib import Path

import pytest

from admin.setup import answers, folder, postgres
from admin.setup.folder import STAGING, Extras
from admin.setup.plan import in_compose, node_plan
from shared.crypto.keyfile_format import STANDARD, unpack
from shared.partners import card as cards
from shared.partners.bundle import CardFile
from shared.runtime.clock import SystemClock
from tests.support.command import ROOT_PASSPHRASE, refused, run, secret_file
from tests.support.world import FAST

FIVE = {
    "--organisation": "lt-vilnius",
    "--name": "Neužmirštuolė",
    "--languages": "lt,en",
    "--public-url": "https://desk.example.org",
    "--mail": "none",
    "--duty-phone": "+370 600 00000",
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root keys that are quick to shut; the full cost is looked at once."""
    monkeypatch.setattr("admin.setup.command.Extras", partial(Extras, root_profile=FAST))


@pytest.mark.slow
def test_root_keys_are_shut_at_full_cost(tmp_path: Path) -> None:
    run("setup", *options(tmp_path), node=tmp_path / "node")
    for name in ("root.key", "next-root.key"):
        data = (tmp_path / "node" / "root" / name).read_bytes()
        assert unpack(data, ROOT_PASSPHRASE).profile == STANDARD


def options(tmp_path: Path, **changes: str) -> list[object]:
    """The five answers as options."""
    given = {**FIVE, **{f"--{name.replace('_', '-')}": value for name, value in changes.items()}}
    flat: list[object] = [part for pair in given.items() for part in pair]
    return [*flat, "--root-passphrase-file", secret_file(tmp_path, ROOT_PASSPHRASE)]


def test_five_questions_make_a_node(tmp_path: Path, quick: None) -> None:
    typed = ["lt-vilnius", "Neužmirštuolė", "lt,en", "https://desk.example.org", "none", "+370 600 00000"]
    secret = [ROOT_PASSPHRASE.decode()] * 2
    said = run("setup", node=tmp_path / "node", answers="\n".join([*typed, *secret]) + "\n")
    assert "user add --first" in said.out
    card = CardFile.decode((tmp_path / "node" / "public" / "lt-vilnius.card").read_bytes())
    assert cards.read(card.card).card.name == "Neužmirštuolė"
    assert cards.read(card.card).card.duty_phone == "+37060000000"


def test_a_wrong_answer_is_asked_again(tmp_path: Path, quick: None) -> None:
    typed = [
        "LT Vilnius",
        "lt-vilnius",
        "Name",
        "xx",
        "lt",
        "http://desk.example.org",
        "http://localhost:8080",
    ]
    typed += ["mail.example.org:25", "not an address", "a@example.org", "0600", "+37060000000"]
    said = run(
        "setup",
        "--root-passphrase-file",
        secret_file(tmp_path, ROOT_PASSPHRASE),
        node=tmp_path / "node",
        answers="\n".join(typed) + "\n",
    )
    for hint in ("such as lt-vilnius", "choose from lt", "begins with https", "a mail address", "+370 600"):
        assert hint in said.out + said.err
    smtp = tomllib.loads((tmp_path / "node" / "notify" / "service.toml").read_text())["smtp"]
    assert smtp == {"host": "mail.example.org", "port": 25, "starttls": True, "sender": "a@example.org"}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("organisation", "vilnius"),
        ("name", "two\u202elines"),
        ("languages", "klingon"),
        ("public_url", "http://desk.example.org"),
        ("duty_phone", "112"),
        ("mail", "mail server"),
    ],
)
def test_an_option_that_is_no_answer_changes_nothing(tmp_path: Path, option: str, value: str) -> None:
    said = run("setup", *options(tmp_path, **{option: value}), node=tmp_path / "node", code=2)
    assert f"'--{option.replace('_', '-')}'" in said.err
    assert not (tmp_path / "node").exists()


def test_a_node_that_is_there_is_noticed_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "node" / "intake").mkdir(parents=True)
    said = run("setup", *options(tmp_path), node=tmp_path / "node", code=1)
    assert "There is a node" in said.err
    assert "Making keys" not in said.err


def test_only_languages_that_the_desk_speaks_are_offered(tmp_path: Path) -> None:
    said = run("setup", *options(tmp_path, languages="lt,xx"), node=tmp_path / "node", code=2)
    assert "choose from lt, en, fr, pl, ru, uk, lv, de," in said.err


def test_a_short_root_passphrase_is_refused(tmp_path: Path) -> None:
    file = secret_file(tmp_path, "short", "short")
    sentence = refused("setup", *options(tmp_path), "--root-passphrase-file", file, node=tmp_path / "node")
    assert "12 characters" in sentence
    assert not (tmp_path / "node").exists()


def test_a_node_is_never_overwritten(tmp_path: Path, quick: None) -> None:
    run("setup", *options(tmp_path), node=tmp_path / "node")
    before = (tmp_path / "node" / "intake" / "intake.key").read_bytes()
    assert "choose another folder" in refused("setup", *options(tmp_path), node=tmp_path / "node")
    assert (tmp_path / "node" / "intake" / "intake.key").read_bytes() == before


def test_an_interrupted_set_up_leaves_no_node(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 78: a full disk in the middle leaves nothing, and the next run begins afresh."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28), "broker")

    with monkeypatch.context() as patched:
        patched.setattr("admin.setup.folder._broker", full)
        assert "No space left" in refused("setup", *options(tmp_path), node=tmp_path / "node")
    assert list((tmp_path / "node").iterdir()) == []
    (tmp_path / "node" / STAGING / "intake").mkdir(parents=True)  # as a kill would leave it
    run("setup", *options(tmp_path), node=tmp_path / "node")
    assert not (tmp_path / "node" / STAGING).exists()


def test_only_the_owner_reads_secrets(tmp_path: Path, quick: None) -> None:
    run("setup", *options(tmp_path), node=tmp_path / "node")
    secret = ("*.key", "passphrase", "*-password")
    found = [path for pattern in secret for path in (tmp_path / "node").rglob(pattern)]
    assert len(found) >= 11
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}


def make_compose(tmp_path: Path, extras: Extras) -> Path:
    """A folder for containers, with quick keys."""
    given = answers.Answers("lt-vilnius", "N", "LT", ("lt",), "https://d.example", {}, "+37060000000")
    places = in_compose("lt-vilnius", hosts_relay=bool(extras.relay_name))
    target = tmp_path / "node"
    folder.write(target, node_plan(given, places), places, ROOT_PASSPHRASE, SystemClock(), extras)
    return target


def test_a_compose_folder_has_a_role_and_a_database_for_each_service(tmp_path: Path) -> None:
    made = make_compose(tmp_path, Extras(root_profile=FAST))
    script = (made / "postgres" / "init.sql").read_text()
    for service in ("intake", "matching", "notify"):
        settings = tomllib.loads((made / service / "service.toml").read_text())
        password = (made / service / settings["database_password_file"]).read_text().strip()
        assert settings["database_url"].startswith(f"postgresql+psycopg://{service}@postgres:")
        assert f"CREATE DATABASE {service} OWNER {service}" in script
        assert f"REVOKE ALL ON DATABASE {service} FROM PUBLIC" in script
        assert len(password) == 64
        assert password not in script
    assert "MYOSOTIS_FOLDER=" in (made / ".env").read_text()


def test_a_node_that_hosts_the_relay_is_its_first_member(tmp_path: Path) -> None:
    made = make_compose(tmp_path, Extras(relay_name="relay.example.org", root_profile=FAST))
    listed = run("relay", "list", "--json", node=made).json
    assert listed == [{"organisation": "lt-vilnius", "local_broker_here": True}]
    assert tomllib.loads((made / "intake" / "service.toml").read_text())["relay"]["host"] == "broker"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_services_own_their_files_and_not_the_root_key(tmp_path: Path) -> None:
    made = make_compose(tmp_path, Extras(owner=(10001, 10001), root_profile=FAST))
    assert (made / "intake" / "intake.key").stat().st_uid == 10001
    assert (made / "root" / "root.key").stat().st_uid == 0
    assert (made / "broker" / "authority" / "ca.key").stat().st_uid == 0


def test_the_verifier_is_the_one_of_rfc_7677() -> None:
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    begin, keys = postgres.scram("pencil", salt).rsplit("$", 1)
    assert begin == "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
    nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    message = f"n=user,r=rOprNGfwEbeRWgbNEkqO,r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={nonce}"
    signature = hmac.digest(base64.b64decode(keys.split(":")[1]), message.encode(), "sha256")
    assert base64.b64encode(signature) == b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
