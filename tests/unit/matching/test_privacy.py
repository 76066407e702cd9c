"""Matching has no room for a name, and tells the duty nothing but that something waits (rules 5 and 8)."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from services.matching.store import tables
from services.matching.store.alerts import AlertKey, Alerts
from services.matching.store.content import AlertContentSealer
from shared.crypto.errors import CannotDecrypt
from shared.crypto.rest import RestCipher
from shared.store.engine import Database
from shared.store.schema import migrate, needs_migration
from tests.support.matching_world import VILNIUS, World, matching_database, reference


def test_no_column_can_hold_a_name() -> None:
    """Rule 5: references, codes, numbers, times and ciphertext; a new column has to be thought about here."""
    texts = {
        f"{table.name}.{column.name}"
        for table in tables.metadata.tables.values()
        for column in table.columns
        if column.type.python_type is str
    }
    assert {name.partition(".")[2] for name in texts} == {
        "partner", "status", "gaps_told", "own_case", "kind", "groups", "alert", "state", "match", "outcome",
        "reason", "after", "id", "decision",
    }  # fmt: skip


def test_the_migration_makes_the_tables(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'matching.db'}")
    assert migrate(database, "services.matching") == "matching_0001"
    assert not needs_migration(database, "services.matching")
    made = set(inspect(database.engine).get_table_names())
    assert set(tables.metadata.tables) | {"inbox", "outbox", "audit"} <= made
    database.dispose()


def test_kept_decisions_are_not_stored_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    """The audit log has each decision and its match, in order: the n-th row would be its n-th line."""
    database = Database(f"sqlite:///{tmp_path / 'matching.db'}")
    migrate(database, "services.matching")
    with database.read() as session, pytest.raises(DBAPIError, match="no such column: rowid"):
        session.execute(text("SELECT rowid FROM kept_decision"))
    database.dispose()


def test_a_moved_content_does_not_decrypt(tmp_path: Path) -> None:
    """Case 82: the row fails, others work."""
    world = World(matching_database("sqlite", tmp_path))
    world.handle(world.alert("ona"))
    world.handle(world.alert("jonas"))
    ona, jonas = (AlertKey(VILNIUS, reference("alert", name)) for name in ("ona", "jonas"))
    alerts = Alerts(AlertContentSealer(RestCipher(world.key)))
    with world.database.begin() as session:
        content = {row["alert"]: row["content"] for row in world.rows("alert")}[ona.alert]
        table = tables.alert
        session.execute(table.update().where(table.c.alert == jonas.alert).values(content=content))
    with world.database.read() as session:
        with pytest.raises(CannotDecrypt):
            alerts.read(session, [jonas])
        assert alerts.read(session, [ona])[ona].alert == ona.alert
    world.database.dispose()
