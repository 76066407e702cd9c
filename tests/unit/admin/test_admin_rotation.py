"""New keys while partners go on: nothing is lost, and what is stolen counts no more."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from admin.node import Node
from services.intake.handlers.actor import UserRole
from shared.partners import fingerprint
from shared.partners.tables import OpeningKeyRow
from shared.wire.codes import PartnerStatus
from shared.wire.parties import Party, Role
from tests.support.command import ROOT_PASSPHRASE, acting, refused, run, secret_file
from tests.support.sharing import start_again, states
from tests.support.world import World

from .conftest import LYON, VILNIUS


def rotate(world: World, tmp_path: Path, *arguments: object, code: int = 0) -> str:
    """`myosotis rotate ...` in Vilnius."""
    secret = secret_file(tmp_path, ROOT_PASSPHRASE, "root")
    folder = world[VILNIUS].folder
    by = acting(tmp_path, "anna")
    return run("rotate", *arguments, "--root-passphrase-file", secret, *by, node=folder, code=code).out


def still_exchanging(world: World, alert: str) -> None:
    """A recall goes there and its receipt comes back; nobody refused anything."""
    node = world[VILNIUS]
    node.intake.use_cases.alerts.withdraw(alert, node.actor(UserRole.CASEWORKER))
    world.run_slots(3)
    assert states(world, VILNIUS)[alert] == "deleted"
    lyon = world[LYON]
    (view,) = lyon.intake.use_cases.partners.overview(lyon.actor(UserRole.ADMINISTRATOR))
    assert view.status is PartnerStatus.VERIFIED


def known_root(world: World) -> tuple[str, ...]:
    """Vilnius' twelve words as Lyon's directory has them."""
    lyon = world[LYON]
    with lyon.intake.database.read() as session:
        card = lyon.intake.directory.view(session, world.clock.now()).card(VILNIUS)
    assert card is not None
    return fingerprint.words(VILNIUS, card.root)


@pytest.mark.slow
def test_the_next_root_key_takes_over(sharing: tuple[World, list[str]], tmp_path: Path) -> None:
    world, alerts = sharing
    before = known_root(world)
    rotate(world, tmp_path, "root", "--yes")
    world.pump()
    assert known_root(world) != before
    still_exchanging(world, alerts[0])
    world.clock.advance(timedelta(seconds=5))
    rotate(world, tmp_path, "card")  # the new files are in their places
    world.pump()
    still_exchanging(world, alerts[1])


@pytest.mark.slow
def test_an_interrupted_root_rotation_goes_on(
    sharing: tuple[World, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, alerts = sharing

    def power_cut(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("admin.rotation.cards.install", power_cut)
        rotate(world, tmp_path, "root", "--yes", code=1)
    world.pump()
    still_exchanging(world, alerts[0])
    rotate(world, tmp_path, "root", "--yes")
    world.pump()
    still_exchanging(world, alerts[1])


@pytest.mark.slow
@pytest.mark.parametrize("role", ["intake", "matching"])
def test_a_role_key_is_announced_and_then_used(
    sharing: tuple[World, list[str]], tmp_path: Path, role: str
) -> None:
    world, alerts = sharing
    old = getattr(world[VILNIUS], role).keys.skid
    world.clock.advance(timedelta(seconds=5))
    rotate(world, tmp_path, "role-key", role)
    world.pump()
    still_exchanging(world, alerts[0])
    early = refused("rotate", "role-key", role, *acting(tmp_path, "anna"), node=world[VILNIUS].folder)
    assert "partners need time" in early
    world.clock.advance(timedelta(hours=1))
    rotate(world, tmp_path, "role-key", role)
    start_again(world, VILNIUS)
    assert getattr(world[VILNIUS], role).keys.skid != old
    world.run_slots(1)
    still_exchanging(world, alerts[1])
    run("audit", "verify", node=world[VILNIUS].folder)


@pytest.mark.slow
def test_a_stolen_role_key_counts_no_more(sharing: tuple[World, list[str]], tmp_path: Path) -> None:
    """Journey 7, and case 10 for whoever goes on with the stolen key."""
    world, alerts = sharing
    old = world[VILNIUS].intake.keys.skid
    world.clock.advance(timedelta(seconds=5))
    rotate(world, tmp_path, "role-key", "intake", "--stolen", "--yes")
    start_again(world, VILNIUS)
    world.pump()
    lyon = world[LYON]
    with lyon.intake.database.read() as session:
        view = lyon.intake.directory.view(session, world.clock.now())
        thief = view.signer(Party(VILNIUS, Role.INTAKE), old)
    assert thief is None or thief.status.value != "trusted"
    still_exchanging(world, alerts[0])


@pytest.mark.slow
def test_sealing_keys_and_epochs(sharing: tuple[World, list[str]], tmp_path: Path) -> None:
    world, alerts = sharing
    here = world[VILNIUS].folder
    run("rotate", "sealing", "--yes", *acting(tmp_path, "anna"), node=here)
    run("rotate", "epoch", LYON, "--yes", *acting(tmp_path, "anna"), node=here)
    world.run_slots(2)
    still_exchanging(world, alerts[0])
    assert "not finished" in refused("rotate", "epoch", LYON, "--yes", *acting(tmp_path, "anna"), node=here)


def test_a_wrong_root_passphrase_changes_nothing(node: Path, tmp_path: Path) -> None:
    wrong, here = secret_file(tmp_path, "another passphrase", "wrong"), node
    before = sorted((path.name, path.read_bytes()) for path in (here / "root").iterdir())
    for what in (["root", "--yes"], ["card"], ["role-key", "matching"]):
        by = acting(tmp_path, "anna")
        sentence = refused("rotate", *what, "--root-passphrase-file", wrong, *by, node=here)
        assert "passphrase does not open" in sentence
    after = sorted((path.name, path.read_bytes()) for path in (here / "root").iterdir())
    assert after == before


@pytest.mark.slow
def test_a_node_without_partners_has_new_keys_too(node: Path, tmp_path: Path) -> None:
    secret = secret_file(tmp_path, ROOT_PASSPHRASE, "root")
    with Node.at(node).databases() as databases, databases["intake"].read() as session:
        before = set(session.scalars(select(OpeningKeyRow.kid)))
    by = acting(tmp_path, "anna")
    run("rotate", "sealing", "--yes", *by, node=node)
    with Node.at(node).databases() as databases, databases["intake"].read() as session:
        assert before < set(session.scalars(select(OpeningKeyRow.kid)))
    card = (node / "public" / f"{VILNIUS}.card").read_bytes()
    run("rotate", "role-key", "matching", "--root-passphrase-file", secret, *by, node=node)
    assert (node / "public" / f"{VILNIUS}.card").read_bytes() != card
    shown = run("audit", "show", "--who", "anna", "--json", node=node).json
    ordered = [(row["did"], row["about"]) for row in shown if not row["did"].startswith("sign_in")]
    assert ordered == [("sealing_keys.rotate", "node"), ("role_key.announce", "matching")]


def test_keys_are_changed_in_a_persons_name(node: Path, tmp_path: Path) -> None:
    """Rule 10: not without a password, not by everybody, and the order is in the log before it is done."""
    secret = secret_file(tmp_path, ROOT_PASSPHRASE, "root")
    root = ["--root-passphrase-file", secret]
    commands: list[list[object]] = [
        ["rotate", "root", "--yes", *root],
        ["rotate", "card", *root],
        ["rotate", "role-key", "intake", *root],
        ["rotate", "role-key", "intake", "--stolen", "--yes", *root],
        ["rotate", "sealing", "--yes"],
        ["duty", "add", "a@example.org", "--name", "A"],
    ]
    before = (node / "public" / f"{VILNIUS}.card").read_bytes()
    wrong = ["--as", "anna", "--password-file", secret_file(tmp_path, "wrong", "wrong")]
    assert "Signing in did not work" in refused(*commands[0], *wrong, node=node)
    for command in commands:
        assert "role does not allow" in refused(*command, *acting(tmp_path, "lea"), node=node)
    assert (node / "public" / f"{VILNIUS}.card").read_bytes() == before
    assert run("duty", "list", "--json", node=node).json == []
    run("duty", "add", "a@example.org", "--name", "A", *acting(tmp_path, "anna"), node=node)
    run("rotate", "card", "--root-passphrase-file", secret_file(tmp_path, "no", "no"),
        *acting(tmp_path, "anna"), node=node, code=1)  # fmt: skip
    shown = run("audit", "show", "--who", "anna", "--json", node=node).json
    assert [row["did"] for row in shown if row["did"] in ("duty.add", "card.rotate")] == [
        "duty.add",
        "card.rotate",
    ]
    assert "no account" in refused("audit", "show", "--who", "nobody", node=node)
    assert run("audit", "show", "--about", "rota", node=node).out.count("duty.add") == 1


@pytest.mark.slow
def test_a_second_root_key_waits_until_the_first_has_left(
    sharing: tuple[World, list[str]], tmp_path: Path
) -> None:
    """A partner that hears of the second before the first has to take us for a thief."""
    world, alerts = sharing
    world.clock.advance(timedelta(seconds=5))
    rotate(world, tmp_path, "root", "--yes")
    secret, here = secret_file(tmp_path, ROOT_PASSPHRASE, "root"), world[VILNIUS].folder
    again = ["rotate", "root", "--yes", "--root-passphrase-file", secret, *acting(tmp_path, "anna")]
    assert "has not left for fr-lyon" in refused(*again, node=here)
    world.pump()
    world.clock.advance(timedelta(seconds=5))
    run(*again, node=here)
    world.pump()
    still_exchanging(world, alerts[0])
