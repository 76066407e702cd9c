"""Cases from a table: dry run, one batch, taken back whole."""

import pytest

from services.intake.domain.alert import Choices
from services.intake.handlers.errors import BatchInUse, BatchUndone, NothingToImport
from tests.unit.intake.world import OTHER_TEAM, WORKER, Node

TABLE = """id;kind;given_name;family_name;date_of_birth
V-1;missing;Rasa;Testaitė;2001-03-10
V-2;found;Иван;Тестов;1999
V-3;missing;Ona;Klaidaitė;2001-13-45
""".encode()


def test_dry_run_changes_nothing(vilnius: Node) -> None:
    found = vilnius.intake.imports.dry_run(TABLE, WORKER)
    assert [one.id for one in found.accepted] == ["V-1", "V-2"]
    assert [(one.row, one.column) for one in found.problems] == [(4, "date_of_birth")]
    assert vilnius.intake.cases.overview(WORKER) == []


@pytest.mark.slow
def test_batch_is_saved_and_taken_back(vilnius: Node) -> None:
    batch, found = vilnius.intake.imports.commit(TABLE, WORKER)
    assert (batch.rows, len(found.problems)) == (2, 1)
    assert {one.label for one in vilnius.intake.cases.overview(WORKER)} == {"Rasa Testaitė", "Иван Тестов"}
    assert len(vilnius.intake.cases.search("v 2", WORKER)) == 1
    assert vilnius.new() == []  # nothing is shared by an import
    assert vilnius.intake.imports.undo(batch.id, WORKER) == 2
    assert vilnius.intake.cases.overview(WORKER) == []
    with pytest.raises(BatchUndone):
        vilnius.intake.imports.undo(batch.id, WORKER)
    assert vilnius.intake.imports.overview(WORKER)[0].undone_at is not None


@pytest.mark.slow
def test_shared_batch_cannot_be_taken_back(vilnius: Node) -> None:
    batch, _ = vilnius.intake.imports.commit(TABLE, WORKER)
    [searched] = vilnius.intake.cases.overview(WORKER, kind="missing")
    alert = vilnius.intake.alerts.publish(searched.id, Choices(), WORKER)
    with pytest.raises(BatchInUse):
        vilnius.intake.imports.undo(batch.id, WORKER)
    vilnius.intake.alerts.withdraw(alert.id, WORKER)
    assert vilnius.intake.imports.undo(batch.id, WORKER) == 2


def test_table_without_a_good_row_is_refused(vilnius: Node) -> None:
    with pytest.raises(NothingToImport):
        vilnius.intake.imports.commit(b"id;kind;family_name\nV-1;;\n", OTHER_TEAM)
