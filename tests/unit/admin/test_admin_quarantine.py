"""Case 84: a node restored from an old backup says nothing until it was reconciled."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import select

from admin.backup import archive, restoring
from admin.node import Node
from services.intake.handlers.actor import UserRole
from services.intake.store.cases import CaseRow
from services.intake.store.desk import AlarmRow
from services.matching.store.tables import alert as foreign_alert
from shared.post.routes import Lane
from shared.store import outbox
from shared.store.tables import SequenceRow, SettingRow
from tests.support.command import acting, refused, run
from tests.support.sharing import TABLE, publish, start_again, states
from tests.support.world import FAST, World

from .conftest import LYON, VILNIUS

pytestmark = pytest.mark.slow  # the quick one is in test_admin_backup.py
PASSPHRASE = b"a passphrase for backups"


@pytest.fixture
def restored(sharing: tuple[World, list[str]], tmp_path: Path) -> tuple[World, list[str], list[str]]:
    """Five alerts, a backup, then one is withdrawn and one case erased, and the disk dies."""
    world, alerts = sharing
    node = world[VILNIUS]
    archive.write(Node.at(node.folder), tmp_path / "backup", PASSPHRASE, profile=FAST)
    by, use_cases = node.actor(UserRole.CASEWORKER), node.intake.use_cases
    cases = [use_cases.alerts.get(alert, by).case_id for alert in alerts]
    use_cases.alerts.withdraw(alerts[0], by)
    use_cases.cases.erase(cases[1], by)
    world.run_slots(2)
    restoring.restore(tmp_path / "backup", tmp_path / "new", PASSPHRASE, world.clock)
    start_again(world, VILNIUS, tmp_path / "new")
    return world, alerts, cases


def lyon_has(world: World) -> int:
    """How many alerts Lyon's matching holds with content."""
    with world[LYON].matching.database.read() as session:
        return len(session.execute(select(foreign_alert).where(foreign_alert.c.state == "live")).all())


def new_people(family_name: str) -> str:
    """The table with other people, under ids of their own."""
    head, *rows = TABLE.replace("Pavyzdys", family_name).splitlines()
    return "\n".join([head, *(f"9{row}" for row in rows)]) + "\n"


def decisions(world: World, tmp_path: Path, alerts: list[str]) -> Path:
    """What a person writes into the reviewed list."""
    printed = run("restore", "review", node=world[VILNIUS].folder).out
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert {row["alert"] for row in rows} == set(alerts)
    what = {alerts[0]: "withdraw", alerts[1]: "erase"}
    path = tmp_path / "decisions.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows({**row, "decision": what.get(row["alert"], "keep")} for row in rows)
    return path


def test_nothing_leaves_and_nothing_is_asked(restored: tuple[World, list[str], list[str]]) -> None:
    world, _, _ = restored
    node, before = world[VILNIUS], lyon_has(world)
    by = node.actor(UserRole.CASEWORKER)
    node.intake.use_cases.imports.commit(new_people("Naujas").encode(), by)
    newest = node.intake.use_cases.cases.overview(by)[0]
    publish(node, newest.id, by)
    assert node.intake.use_cases.asker.tick(world.clock.now()) == []
    world.run_slots(3)
    assert lyon_has(world) == before
    with node.intake.database.read() as session:
        assert outbox.depth(session, Lane.RELAY).waiting > 0


def test_release_needs_a_decision_for_every_alert(
    restored: tuple[World, list[str], list[str]], tmp_path: Path
) -> None:
    world, alerts, _ = restored
    path = decisions(world, tmp_path, alerts)
    half = tmp_path / "half.csv"
    half.write_text("\n".join(path.read_text().splitlines()[:3]) + "\n")
    here, by = world[VILNIUS].folder, acting(tmp_path, "anna")
    assert "has no decision" in refused(
        "restore", "release", "--decisions", half, "--keep", LYON, "--yes", *by, node=here
    )
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(path.read_text().replace("keep", "perhaps"))
    assert "row" in refused("restore", "release", "--decisions", wrong, "--yes", *by, node=here)
    refused(
        "restore",
        "release",
        "--decisions",
        path,
        "--keep",
        LYON,
        "--yes",
        *acting(tmp_path, "rasa"),
        node=here,
    )
    run("restore", "release", "--yes", *by, node=here, code=2)
    assert run("status", "--json", node=here).json["quarantine"] != "no"


def test_withdrawn_and_erased_stay_so_and_the_rest_goes_on(
    restored: tuple[World, list[str], list[str]], tmp_path: Path
) -> None:
    world, alerts, cases = restored
    here = world[VILNIUS].folder
    witness = tmp_path / "witness.json"
    witness.write_text(run("audit", "witness", VILNIUS, node=world[LYON].folder).out)
    seen = {one["stream"]: one["last"] for one in __import__("json").loads(witness.read_text())["received"]}
    path = decisions(world, tmp_path, alerts)
    with world[VILNIUS].intake.database.read() as session:
        kid = world[VILNIUS].intake.keys.prekey_set(session)
    said = run(
        "restore", "release", "--decisions", path, "--keep", LYON, "--witness", LYON, witness, "--yes",
        *acting(tmp_path, "anna"), node=here,
    )  # fmt: skip
    assert "3 alerts kept, 1 withdrawn, 1 case erased again" in said.out
    with world[VILNIUS].intake.database.read() as session:
        assert world[VILNIUS].intake.keys.prekey_set(session) != kid
        numbers = {
            row.stream: row.last
            for row in session.scalars(select(SequenceRow).where(SequenceRow.direction == "out"))
        }
        assert session.get_one(CaseRow, cases[1]).state == "erased"
    assert seen[f"{VILNIUS}/intake>{LYON}/matching"] > 5
    assert all(numbers[stream] >= last for stream, last in seen.items() if stream in numbers)
    world.run_slots(4)
    assert lyon_has(world) == 3
    after = states(world, VILNIUS)
    assert [after[one] for one in alerts[:2]] == ["deleted", "deleted"]
    assert {after[one] for one in alerts[2:]} == {"compared"}
    # And a new one goes the usual way.
    by = world[VILNIUS].actor(UserRole.CASEWORKER)
    world[VILNIUS].intake.use_cases.alerts.withdraw(alerts[2], by)
    world.run_slots(3)
    assert states(world, VILNIUS)[alerts[2]] == "deleted"
    assert lyon_has(world) == 2


def test_without_a_witness_the_numbers_jump(
    restored: tuple[World, list[str], list[str]], tmp_path: Path
) -> None:
    world, alerts, _ = restored
    path = decisions(world, tmp_path, alerts)
    by = acting(tmp_path, "anna")
    run("restore", "release", "--decisions", path, "--keep", LYON, "--yes", *by, node=world[VILNIUS].folder)
    with world[VILNIUS].intake.database.read() as session:
        row = session.get_one(SequenceRow, (f"{VILNIUS}/intake>{LYON}/matching", "out"))
        assert row.last > 1_000_000
    world.run_slots(6)
    assert lyon_has(world) == 3
    assert "not in quarantine" in refused(
        "restore", "release", "--all-still-shared", "--keep", LYON, "--yes", *by, node=world[VILNIUS].folder
    )


def die_and_come_back(world: World, organisation: str, backup: Path) -> None:
    """The disk is lost, and the node restored from this backup."""
    folder = backup.with_suffix(".restored")
    restoring.restore(backup, folder, PASSPHRASE, world.clock)
    start_again(world, organisation, folder)


def alarms(world: World, organisation: str) -> set[str]:
    """What waits on the desk's list of alarms."""
    with world[organisation].intake.database.read() as session:
        return set(session.scalars(select(AlarmRow.kind)))


def test_what_was_shared_after_the_backup_is_recalled(
    sharing: tuple[World, list[str]], tmp_path: Path
) -> None:
    """Rule 7: nobody here knows of it any more, so nobody could ever take it back."""
    world, _ = sharing
    node = world[VILNIUS]
    archive.write(Node.at(node.folder), tmp_path / "backup", PASSPHRASE, profile=FAST)
    by = node.actor(UserRole.CASEWORKER)
    one_row = "\n".join(new_people("Vėlesnis").splitlines()[:2])
    node.intake.use_cases.imports.commit(one_row.encode(), by)
    publish(node, node.intake.use_cases.cases.overview(by)[0].id, by)
    world.run_slots(3)
    assert lyon_has(world) == 6
    die_and_come_back(world, VILNIUS, tmp_path / "backup")
    witness, here = tmp_path / "witness.json", world[VILNIUS].folder
    witness.write_text(run("audit", "witness", VILNIUS, node=world[LYON].folder).out)
    said = run(
        "restore", "release", "--all-still-shared", "--keep", LYON, "--witness", LYON, witness, "--yes",
        *acting(tmp_path, "anna"), node=here,
    )  # fmt: skip
    assert "known to partners only: 1 alert, now recalled" in said.out
    world.run_slots(4)
    assert lyon_has(world) == 5
    assert set(states(world, VILNIUS).values()) == {"compared"}
    # The receipt for it is no receipt for what was never given.
    assert "receipt_foreign" not in alarms(world, VILNIUS)
    with world[VILNIUS].intake.database.read() as session:
        noted = session.scalars(select(SettingRow.value).where(SettingRow.name.startswith("lost."))).all()
    assert noted == ["deleted"]


def test_a_restored_partner_deletes_again_what_it_had_deleted(
    sharing: tuple[World, list[str]], tmp_path: Path
) -> None:
    """Rule 7: its old backup holds an alert that it signed for as deleted; after its release it is gone."""
    world, alerts = sharing
    archive.write(Node.at(world[LYON].folder), tmp_path / "backup", PASSPHRASE, profile=FAST)
    node = world[VILNIUS]
    node.intake.use_cases.alerts.withdraw(alerts[0], node.actor(UserRole.CASEWORKER))
    world.run_slots(3)
    assert states(world, VILNIUS)[alerts[0]] == "deleted"
    die_and_come_back(world, LYON, tmp_path / "backup")
    assert lyon_has(world) == 5
    run(
        "restore", "release", "--all-still-shared", "--keep", VILNIUS, "--yes", *acting(tmp_path, "anna"),
        node=world[LYON].folder,
    )  # fmt: skip
    world.run_slots(2)
    assert lyon_has(world) == 4
    world.run_slots(3)
    assert states(world, VILNIUS)[alerts[0]] == "deleted"
