"""Journey 1 and journey 7 from the command line: two nodes get to know each other, share, recall, part."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.intake.handlers.actor import UserRole
from tests.support.command import Said, acting, refused, run
from tests.support.world import World

from .conftest import LYON, VILNIUS

NAME = "Kanarėlė-Testauskienė"
CSV = f"""id,kind,given_name,family_name,date_of_birth,sex
1,missing,Žydrūnė,{NAME},2009-03-04,female
2,missing,,,,
3,missing,Jonas,Jonaitis,2010-31-12,male
"""


def words_of(world: World, organisation: str) -> tuple[str, ...]:
    """The twelve words that the other side reads out."""
    there = world[organisation]
    return there.intake.use_cases.partners.own_words(there.actor(UserRole.ADMINISTRATOR))


def compare(world: World, here: str, other: str, tmp_path: Path, *, right: bool = True) -> Said:
    """Telephone, and type the words that are asked for. They are known once the places are printed."""
    words = words_of(world, other)

    def telephone(prompt: str, **_: object) -> str:
        return words[int(prompt.removeprefix("Word ")) - 1] if right else "zebra"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("admin.partner_commands.click.prompt", telephone)
        arguments = ["partner", "compare", other, *acting(tmp_path, "anna")]
        return run(*arguments, node=world[here].folder, code=None)


def introduce(world: World, here: str, other: str, tmp_path: Path) -> None:
    """Card, words, second person."""
    file = tmp_path / f"{other}.card"
    run("card", "export", "--out", file, node=world[other].folder)
    run("partner", "add", file, *acting(tmp_path, "anna"), node=world[here].folder)
    assert compare(world, here, other, tmp_path).code == 0
    run("partner", "approve", other, *acting(tmp_path, "boris"), node=world[here].folder)
    run("partner", "first-load", other, "--cases", 100, *acting(tmp_path, "anna"), node=world[here].folder)


def status(world: World, here: str) -> str:
    """What Vilnius' list says of its only partner."""
    return str(run("partner", "list", "--json", node=world[here].folder).json[0]["status"])


@pytest.mark.slow
def test_two_people_verify_a_partner(two: World, tmp_path: Path) -> None:
    introduce(two, VILNIUS, LYON, tmp_path)
    assert status(two, VILNIUS) == "verified"


def test_whoever_compared_cannot_approve(two: World, tmp_path: Path) -> None:
    file = tmp_path / "card"
    run("card", "export", "--out", file, node=two[LYON].folder)
    here = two[VILNIUS].folder
    run("partner", "add", file, *acting(tmp_path, "anna"), node=here)
    refused("partner", "approve", LYON, *acting(tmp_path, "boris"), node=here)
    compare(two, VILNIUS, LYON, tmp_path)
    assert "second person" in refused("partner", "approve", LYON, *acting(tmp_path, "anna"), node=here)
    assert status(two, VILNIUS) == "compared"


@pytest.mark.slow
def test_wrong_words_twice_cost_a_day(two: World, tmp_path: Path) -> None:
    """Case 97."""
    file = tmp_path / "card"
    run("card", "export", "--out", file, node=two[LYON].folder)
    run("partner", "add", file, *acting(tmp_path, "anna"), node=two[VILNIUS].folder)
    assert "one try is left" in compare(two, VILNIUS, LYON, tmp_path, right=False).err
    assert "twice" in compare(two, VILNIUS, LYON, tmp_path, right=False).err
    blocked = compare(two, VILNIUS, LYON, tmp_path)
    assert blocked.code == 1
    assert "wait a day" in blocked.err
    two.clock.advance(timedelta(hours=25))
    assert compare(two, VILNIUS, LYON, tmp_path).code == 0


def test_a_file_that_is_no_card(two: World, tmp_path: Path) -> None:
    file = tmp_path / "card"
    file.write_bytes(b"%PDF-1.7")
    sentence = refused("partner", "add", file, *acting(tmp_path, "anna"), node=two[VILNIUS].folder)
    assert "not a card file" in sentence


def test_each_step_says_what_comes_next(two: World, tmp_path: Path) -> None:
    """What is not possible now, our own card, and a card that comes again."""
    here, by = two[VILNIUS].folder, acting(tmp_path, "anna")
    own, theirs = tmp_path / "own.card", tmp_path / "theirs.card"
    run("card", "export", "--out", own, node=here)
    run("card", "export", "--out", theirs, node=two[LYON].folder)
    assert "our own card" in refused("partner", "add", own, *by, node=here)
    said = run("partner", "add", theirs, *by, node=here).out
    assert "The partner is unverified." in said
    assert "partner compare fr-lyon" in said
    assert "partner compare fr-lyon" in refused("partner", "approve", LYON, *by, node=here)
    assert compare(two, VILNIUS, LYON, tmp_path).code == 0
    run("partner", "approve", LYON, *acting(tmp_path, "boris"), node=here)
    assert "goes on already" in refused("partner", "approve", LYON, *by, node=here)
    again = run("partner", "add", theirs, *by, node=here).out
    assert "The partner is verified." in again
    assert "compare" not in again
    run("partner", "suspend", LYON, "--yes", *by, node=here)
    assert "partner restart fr-lyon" in refused("partner", "suspend", LYON, "--yes", *by, node=here)


@pytest.mark.slow
def test_import_share_recall_and_never_a_name(two: World, tmp_path: Path) -> None:
    """The way of one alert from the command line; an administrator's lists show references only (rule 9)."""
    for here, other in ((VILNIUS, LYON), (LYON, VILNIUS)):
        introduce(two, here, other, tmp_path)
    two.pump()
    here, by = two[VILNIUS].folder, acting(tmp_path, "rasa")
    table = tmp_path / "cases.csv"
    table.write_text(CSV, encoding="utf-8")
    dry = run("import", table, "--dry-run", *by, node=here, code=1)
    assert "Row 4, column date_of_birth" in dry.out
    assert run("cases", "list", "--json", node=here).json == []
    done = run("import", table, *by, node=here, code=1)
    assert "1 case imported" in done.out
    (case,) = run("cases", "list", "--json", node=here).json

    declined = run("publish", case["short"], "--to", LYON, *by, node=here, answers="n\n", code=1)
    assert "This leaves" in declined.out
    assert run("alerts", "list", "--json", node=here).json == []
    shared = run("publish", case["short"], "--circle", "--yes", *by, node=here)
    assert "family_name (never leaves)" in shared.out
    two.run_slots(3)
    (share,) = run("alerts", "list", "--json", node=here).json
    assert (share["partner"], share["there"], share["state"]) == (LYON, "compared", "published")

    refused("withdraw", "ZZZZ", "--yes", *by, node=here)
    run("withdraw", share["short"], "--yes", *by, node=here)
    two.run_slots(3)
    (share,) = run("alerts", "list", "--json", node=here).json
    assert (share["there"], share["state"]) == ("deleted", "withdrawn")
    everything = [dry, done, declined, shared, run("status", node=here), run("cases", "list", node=here)]
    assert all(NAME not in said.out + said.err for said in everything)


def test_publishing_needs_an_addressee_and_a_verified_one(two: World, tmp_path: Path) -> None:
    here, by = two[VILNIUS].folder, acting(tmp_path, "rasa")
    table = tmp_path / "cases.csv"
    table.write_text(CSV, encoding="utf-8")
    run("import", table, *by, node=here, code=1)
    (case,) = run("cases", "list", "--json", node=here).json
    run("publish", case["case"], *by, node=here, code=2)
    assert "verified" in refused("publish", case["case"], "--to", LYON, "--yes", *by, node=here)
    assert "verified" in refused("publish", case["case"], "--circle", "--yes", *by, node=here)


@pytest.mark.slow
def test_one_suspends_two_restart(two: World, tmp_path: Path) -> None:
    """Journey 7."""
    introduce(two, VILNIUS, LYON, tmp_path)
    here = two[VILNIUS].folder
    run("partner", "suspend", LYON, "--yes", *acting(tmp_path, "anna"), node=here)
    assert status(two, VILNIUS) == "suspended"
    assert "second person" in run("partner", "restart", LYON, *acting(tmp_path, "anna"), node=here).out
    assert "second person" in refused("partner", "restart", LYON, *acting(tmp_path, "anna"), node=here)
    run("partner", "restart", LYON, *acting(tmp_path, "boris"), node=here)
    assert status(two, VILNIUS) == "verified"
