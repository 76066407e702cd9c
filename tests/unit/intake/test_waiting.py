"""What waits: counted whole, opened a little, and only of those cases that a person may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from services.intake.domain.alert import Choices
from services.intake.domain.codes import CaseKind, SearchReason
from services.intake.handlers.actor import UserRole
from services.intake.handlers.errors import BadField, CaseErased, NotAllowed, NotFound
from services.intake.handlers.waiting import SHOWN
from services.intake.store.alerts import AlertRow, ShareRow
from tests.unit.intake.world import ADMIN, LEAD, LYON, OTHER_TEAM, RIGA, SECOND, WORKER, Node, case


@contextmanager
def counted(node: Node) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    ran: list[str] = []

    def note(*arguments: Any) -> None:
        ran.append(arguments[2])

    event.listen(node.database.engine, "before_cursor_execute", note)
    try:
        yield ran
    finally:
        event.remove(node.database.engine, "before_cursor_execute", note)


def set_shares(node: Node, partner: str, **values: object) -> None:
    with node.database.begin() as session:
        for share in session.scalars(select(ShareRow).where(ShareRow.partner == partner)):
            for name, value in values.items():
                setattr(share, name, value)


def test_a_search_without_a_reason_waits_until_it_has_one(vilnius: Node) -> None:
    made = [vilnius.intake.cases.register(case(), WORKER).summary.id for _ in range(SHOWN + 2)]
    vilnius.intake.cases.register(case(CaseKind.FOUND), WORKER)
    part = vilnius.intake.waiting.of(WORKER).to_complete
    assert (part.total, len(part.items)) == (SHOWN + 2, SHOWN)
    assert part.items[0].label == "Žydrūnė Kanarėlė-Testauskienė"
    assert vilnius.intake.waiting.of(OTHER_TEAM).to_complete.total == 0
    assert vilnius.intake.waiting.of(LEAD).to_complete.total == SHOWN + 2
    vilnius.intake.reasons.give(made[0], SearchReason.POLICE_REQUEST, WORKER)
    vilnius.intake.cases.end_search(made[1], 1, WORKER)
    vilnius.intake.cases.erase(made[2], WORKER)
    assert vilnius.intake.waiting.of(WORKER).to_complete.total == SHOWN - 1
    assert vilnius.intake.cases.get(made[0], WORKER).summary.search_reason == "police_request"


def test_who_may_give_a_reason(vilnius: Node) -> None:
    """Case 46, and rule 9."""
    missing = vilnius.intake.cases.register(case(), WORKER).summary.id
    found = vilnius.intake.cases.register(case(CaseKind.FOUND), WORKER).summary.id
    give = vilnius.intake.reasons.give
    for by, why in ((OTHER_TEAM, NotFound), (ADMIN, NotAllowed), (SECOND, NotAllowed)):
        with pytest.raises(why):
            give(missing, SearchReason.FAMILY_REQUEST, by)
    with pytest.raises(BadField):
        give(found, SearchReason.FAMILY_REQUEST, WORKER)
    vilnius.intake.cases.erase(missing, WORKER)
    with pytest.raises(CaseErased):
        give(missing, SearchReason.FAMILY_REQUEST, WORKER)
    assert "case.reason" not in vilnius.actions()


def test_a_whole_import_has_one_reason(vilnius: Node) -> None:
    table = b"id,kind,family_name\n1,missing,Pirmas\n2,missing,Antras\n3,found,Trecias\n"
    batch, _ = vilnius.intake.imports.commit(table, WORKER)
    assert vilnius.intake.waiting.of(WORKER).to_complete.total == 2
    with pytest.raises(NotFound):
        vilnius.intake.reasons.give_batch(batch.id, SearchReason.FAMILY_REQUEST, OTHER_TEAM)
    assert vilnius.intake.reasons.give_batch(batch.id, SearchReason.FAMILY_REQUEST, WORKER) == 2
    assert vilnius.intake.waiting.of(WORKER).to_complete.total == 0


def test_an_alert_that_ends_soon_is_named_and_one_that_ended_is_not(vilnius: Node) -> None:
    now = vilnius.clock.now()
    for days in (3, 6, 8):
        one = vilnius.intake.cases.register(case(), WORKER).summary.id
        vilnius.intake.alerts.publish(one, Choices(), WORKER, until=now + timedelta(days=days))
    part = vilnius.intake.waiting.of(WORKER).ending
    assert (part.total, part.oldest) == (2, now + timedelta(days=3))
    assert [item.since for item in part.items] == [now + timedelta(days=3), now + timedelta(days=6)]
    vilnius.clock.advance(timedelta(days=4))
    assert vilnius.intake.waiting.of(WORKER).ending.total == 2
    assert vilnius.intake.waiting.of(OTHER_TEAM).ending.total == 0


def test_what_is_stuck_late_and_under_way(vilnius: Node) -> None:
    """Rule 7: what is overdue is shown, by partner, with its reason and since when."""
    one = vilnius.intake.cases.register(case(), WORKER).summary.id
    vilnius.intake.alerts.publish(one, Choices(), WORKER)
    waits = vilnius.intake.waiting.of(WORKER)
    assert (waits.stuck.total, waits.late.total, waits.under_way.total) == (0, 0, 2)
    set_shares(vilnius, RIGA, state="refused", reason="keys_version")
    began = vilnius.clock.now()
    vilnius.clock.advance(timedelta(hours=25))
    waits = vilnius.intake.waiting.of(WORKER)
    assert [(at.partner, at.reason, at.total) for at in waits.stuck_at] == [(RIGA, "keys_version", 1)]
    assert [(at.partner, at.total, at.oldest) for at in waits.late_at] == [(LYON, 1, began)]
    set_shares(vilnius, LYON, state="deleting", deleting_at=vilnius.clock.now())
    assert vilnius.intake.waiting.of(WORKER).under_way.total == 1, "a recall of this minute is not late"
    vilnius.clock.advance(timedelta(hours=25))
    waits = vilnius.intake.waiting.of(WORKER)
    assert [item.state for item in waits.late.items] == ["deleting"]
    set_shares(vilnius, LYON, state="deleted")
    assert vilnius.intake.waiting.of(WORKER).late.total == 0
    assert vilnius.intake.waiting.of(OTHER_TEAM).stuck.total == 0


def test_it_is_one_look_in_the_log_and_as_many_statements_for_much_as_for_little(vilnius: Node) -> None:
    """Rule 10; and no statement for each row."""

    def more(count: int) -> None:
        for _ in range(count):
            unasked = replace(case(), enquirer=None)  # many of one enquirer would want a second person
            one = vilnius.intake.cases.register(unasked, WORKER).summary.id
            vilnius.intake.alerts.publish(one, Choices(), WORKER)

    more(1)
    with counted(vilnius) as few:
        vilnius.intake.waiting.of(WORKER)
    assert vilnius.actions()[-1] == "today.listed"
    more(15)
    with vilnius.database.begin() as session:
        for alert in session.scalars(select(AlertRow).limit(14)):
            alert.expires_at = vilnius.clock.now() + timedelta(days=1)
    with counted(vilnius) as many:
        vilnius.intake.waiting.of(WORKER)
    assert len(many) <= len(few) + 2
    with pytest.raises(NotAllowed):
        vilnius.intake.waiting.of(ADMIN)
    assert UserRole.ADMINISTRATOR is ADMIN.role


def test_a_list_of_cases_asks_for_all_names_at_once(vilnius: Node) -> None:
    """A name is a statement of the page, and not of each row."""
    vilnius.intake.cases.register(case(), WORKER)
    with counted(vilnius) as few:
        vilnius.intake.cases.overview(WORKER)
    for _ in range(20):
        vilnius.intake.cases.register(case(), WORKER)
    with counted(vilnius) as many:
        found = vilnius.intake.cases.overview(WORKER)
    assert len(many) == len(few)
    assert {one.label for one in found} == {"Žydrūnė Kanarėlė-Testauskienė"}
