"""Case 84: a release believes no file more than its writer, and revives nobody who left after the backup."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from admin.backup import archive, restoring
from admin.node import Node
from admin.witness import Witness, of
from services.intake.handlers.actor import UserRole
from services.intake.handlers.errors import NotSignedIn, SignInFailed
from shared.post.quarantine_mode import is_quarantined
from shared.store.tables import OutboxRow, SequenceRow
from shared.wire.codes import PartnerStatus
from tests.support.command import PASSWORD, acting, refused, run
from tests.support.sharing import start_again
from tests.support.world import FAST, World

from .conftest import LYON, VILNIUS

pytestmark = pytest.mark.slow
PASSPHRASE = b"a passphrase for backups"
RIGA = "lv-riga"


def restore(world: World, tmp_path: Path, meanwhile: Callable[[], None] = lambda: None) -> Path:
    """Back up Vilnius, let something happen, and come back from the backup; the new folder."""
    node = world[VILNIUS]
    archive.write(Node.at(node.folder), tmp_path / "backup", PASSPHRASE, profile=FAST)
    meanwhile()
    restoring.restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE, world.clock)
    start_again(world, VILNIUS, tmp_path / "new")
    return tmp_path / "new"


def witness_of_lyon(world: World, tmp_path: Path, **changed: object) -> Path:
    """What Lyon says about Vilnius, with changes."""
    said = of(Node.at(world[LYON].folder), VILNIUS).model_dump()
    path = tmp_path / "witness.json"
    path.write_text(json.dumps(said | changed))
    return path


def numbers(world: World) -> dict[str, int]:
    """Where our streams stand, in intake and matching."""
    found = {}
    for app in (world[VILNIUS].intake, world[VILNIUS].matching):
        with app.database.read() as session:
            rows = session.scalars(select(SequenceRow).where(SequenceRow.direction == "out"))
            found |= {row.stream: row.last for row in rows}
    return found


def is_silent(world: World) -> bool:
    with world[VILNIUS].intake.database.read() as session:
        return is_quarantined(session)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"received": [{"stream": f"{VILNIUS}/intake>{RIGA}/matching", "last": 5}]},
            "never meant for fr-lyon",
        ),
        (
            {"received": [{"stream": f"{LYON}/intake>{VILNIUS}/matching", "last": 5}]},
            "never meant for fr-lyon",
        ),
        ({"by": RIGA}, "name the partner who gave it"),
        ({"about": RIGA}, "name the partner who gave it"),
        ({"alerts": [{"alert": "alert_" + "a" * 26, "version": 2**53 - 1}]}, "not a witness file"),
    ],
)
def test_a_witness_file_has_a_say_in_its_own_writers_streams_alone(
    sharing: tuple[World, list[str]], tmp_path: Path, changed: dict[str, object], sentence: str
) -> None:
    """It is not signed: one partner could end our streams to another, and with them every recall."""
    world, _ = sharing
    here = restore(world, tmp_path)
    before = numbers(world)
    file = witness_of_lyon(world, tmp_path, **changed)
    said = refused(
        "restore", "release", "--all-still-shared", "--keep", LYON, "--witness", LYON, file, "--yes",
        *acting(tmp_path, "anna"), node=here,
    )  # fmt: skip
    assert sentence in said
    assert numbers(world) == before
    assert is_silent(world)


def test_a_huge_number_ends_no_stream(sharing: tuple[World, list[str]], tmp_path: Path) -> None:
    world, _ = sharing
    here = restore(world, tmp_path)
    stream = f"{VILNIUS}/intake>{LYON}/matching"
    before = numbers(world)[stream]
    file = witness_of_lyon(world, tmp_path, received=[{"stream": stream, "last": 2**53 - 1}])
    assert Witness.read(file).received[0].last == 2**53 - 1
    run(
        "restore", "release", "--all-still-shared", "--keep", LYON, "--witness", LYON, file, "--yes",
        *acting(tmp_path, "anna"), node=here,
    )  # fmt: skip
    assert before < numbers(world)[stream] < before + 1_000_100


def test_a_partner_that_was_suspended_since_is_given_nothing(
    sharing: tuple[World, list[str]], tmp_path: Path
) -> None:
    """The backup calls it verified, and every live alert would go out to it anew."""
    world, _ = sharing
    here = restore(world, tmp_path)
    by, release = acting(tmp_path, "anna"), ("restore", "release", "--all-still-shared", "--yes")
    assert "lyon has no decision" in refused(*release, *by, node=here)
    assert "say one of them" in refused(*release, "--keep", LYON, "--suspend", LYON, *by, node=here)
    assert "no partner" in refused(*release, "--keep", LYON, "--suspend", RIGA, *by, node=here)
    assert is_silent(world)
    assert f"{LYON} was verified" in run("restore", "review", node=here).err
    said = run(*release, "--suspend", LYON, *by, node=here)
    assert f"Suspended: {LYON}" in said.out
    assert "0 messages to go out anew" in said.out
    for app in (world[VILNIUS].intake, world[VILNIUS].matching):
        with app.database.read() as session:
            assert app.directory.view(session, world.clock.now()).verified() == []
            waiting = select(OutboxRow.recipient).where(OutboxRow.state != "sent")
            assert not [one for one in session.scalars(waiting) if one.startswith(LYON)]
    world.run_slots(2)
    node = world[VILNIUS]
    assert node.intake.use_cases.partners.get(LYON, node.actor()).status is PartnerStatus.SUSPENDED


def test_nobody_who_left_since_is_back(sharing: tuple[World, list[str]], tmp_path: Path) -> None:
    """Rule 9: an account that was switched off after the backup, a session and a token that were ended."""
    world, _ = sharing
    use_cases = world[VILNIUS].intake.use_cases
    rasa = use_cases.sign_ins.sign_in("rasa", PASSWORD, "10.0.0.1")
    token = use_cases.sign_ins.issue_token("script", rasa.actor)
    admin = world[VILNIUS].actor(UserRole.ADMINISTRATOR, "user_admin")
    here = restore(world, tmp_path, lambda: use_cases.users.deactivate(rasa.actor.id, admin))
    sign_ins = world[VILNIUS].intake.use_cases.sign_ins
    for login in ("rasa", "anna"):  # not even an administrator, at the desk
        with pytest.raises(SignInFailed):
            sign_ins.sign_in(login, PASSWORD, "10.0.0.1")
    with pytest.raises(NotSignedIn):
        sign_ins.resume(rasa.token)
    with pytest.raises(NotSignedIn):
        sign_ins.resume_token(token.token)
    refused("restore", "release", "--all-still-shared", "--keep", LYON, "--yes",
            *acting(tmp_path, "rasa"), node=here)  # fmt: skip
    by = acting(tmp_path, "anna")
    said = run("restore", "release", "--all-still-shared", "--keep", LYON, "--yes", *by, node=here)
    assert "Still off: boris, lea, rasa." in said.out
    assert sign_ins.sign_in("anna", PASSWORD, "10.0.0.1").actor.role is UserRole.ADMINISTRATOR
    with pytest.raises(SignInFailed):
        sign_ins.sign_in("rasa", PASSWORD, "10.0.0.1")
    run("user", "enable", "lea", *by, node=here)
    assert sign_ins.sign_in("lea", PASSWORD, "10.0.0.1").actor.role is UserRole.SAFEGUARDING_LEAD
    listed = {one["login"]: one for one in run("user", "list", "--json", node=here).json}
    assert [login for login, one in listed.items() if one["off_since_restore"]] == ["boris", "rasa"]
