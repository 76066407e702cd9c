"""Case 83: a log that was changed, cut or written anew is named, with its first bad row."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.runtime.clock import SystemClock
from shared.store.audit import Audit
from shared.store.engine import Database
from tests.support.command import refused, run
from tests.support.world import World

from .conftest import LYON, VILNIUS


def tamper(node: Path, *statements: str) -> None:
    """What a thief of the database does."""
    line = sqlite3.connect(node / "intake" / "intake.db")
    for statement in statements:
        line.execute(statement)
    line.commit()
    line.close()


def verdict(node: Path, *options: object, code: int = 1) -> tuple[bool, object, str]:
    """ok, first bad row, problem of intake's log."""
    rows = run("audit", "verify", "--json", *options, node=node, code=code).json
    (row,) = [row for row in rows if row["log"] == "lt-vilnius/intake"]
    return row["ok"], row["first_bad"], row["problem"]


def test_a_sound_log(node: Path) -> None:
    assert verdict(node, code=0) == (True, None, "")


@pytest.mark.parametrize(
    ("statement", "row", "word"),
    [
        ("UPDATE audit SET actor = 'somebody' WHERE \"index\" = 2", 2, "changed"),
        ('DELETE FROM audit WHERE "index" = 3', 3, "removed"),
    ],
)
def test_a_changed_or_removed_row_is_named(node: Path, statement: str, row: int, word: str) -> None:
    tamper(node, statement)
    ok, first, problem = verdict(node)
    assert (ok, first) == (False, row)
    assert word in problem
    assert "Change nothing" in refused("audit", "verify", node=node)


def forge(node: Path) -> None:
    """The same number of rows, hashed well, telling another story from row 2 on."""
    tamper(node, 'DELETE FROM audit WHERE "index" > 1')
    database = Database(f"sqlite:///{node / 'intake' / 'intake.db'}")
    with database.begin() as session:
        for _ in range(5):
            Audit("lt-vilnius/intake", SystemClock()).append(session, "nobody", "nothing", "nothing")
    database.dispose()


@pytest.mark.parametrize(
    ("attack", "word"),
    [
        (
            lambda node: tamper(node, 'DELETE FROM audit WHERE "index" > 2', "DELETE FROM audit_head"),
            "cut off",
        ),
        (lambda node: (forge(node), tamper(node, "DELETE FROM audit_head")), "written anew"),
    ],
)
def test_a_head_kept_elsewhere_shows_what_the_log_hides(
    node: Path, tmp_path: Path, attack: Callable[[Path], object], word: str
) -> None:
    kept = tmp_path / "head.json"
    kept.write_text(run("audit", "head", node=node).out)
    attack(node)
    assert verdict(node, code=0)[0]  # alone, the log looks sound
    ok, _, problem = verdict(node, "--witness", kept)
    assert not ok
    assert word in problem


@pytest.mark.slow
def test_a_partner_is_the_witness(sharing: tuple[World, list[str]], tmp_path: Path) -> None:
    """Heads travel in receipts, so Vilnius can show Lyon's own log to Lyon."""
    world, _ = sharing
    kept = tmp_path / "witness.json"
    kept.write_text(run("audit", "witness", LYON, node=world[VILNIUS].folder).out)
    lyon = world[LYON].folder
    run("audit", "verify", "--witness", kept, node=lyon)
    line = sqlite3.connect(lyon / "matching" / "matching.db")
    line.execute('DELETE FROM audit WHERE "index" > 1')
    line.execute("DELETE FROM audit_head WHERE log = 'fr-lyon/matching'")
    line.commit()
    line.close()
    run("audit", "verify", node=lyon)
    rows = run("audit", "verify", "--json", "--witness", kept, node=lyon, code=1).json
    assert [row["ok"] for row in rows if row["log"] == "fr-lyon/matching"] == [False]


def test_a_file_that_is_no_witness(node: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("{}")
    assert "not a witness file" in refused("audit", "verify", "--witness", tmp_path / "file", node=node)
    assert "has arrived" in refused("audit", "witness", "fr-lyon", node=node)
