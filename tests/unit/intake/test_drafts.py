"""Drafts and notes for the next shift: whose they are, that they are sealed, and that they go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.intake.domain.case import TextTooLong
from services.intake.handlers.drafts import KEPT_FOR, MOST_BYTES
from services.intake.handlers.errors import DraftTooLong, EditConflict, NotAllowed, NotFound
from services.intake.store.cases import CaseRow
from services.intake.store.drafts import DraftRow
from services.intake.store.handovers import HandoverRow
from shared.crypto.errors import CannotDecrypt
from tests.unit.intake.world import ADMIN, LEAD, OTHER_TEAM, SECOND, WORKER, Node, case

TYPED = {"values": {"given_name": "Žydrūnė", "note": "Pilies g. 5"}, "languages": [], "marks": []}


def begin(node: Node) -> str:
    return node.intake.drafts.begin(TYPED, "Žydrūnė", "contact", WORKER).id


def test_a_draft_is_taken_up_where_it_was_left(vilnius: Node) -> None:
    draft = begin(vilnius)
    found = vilnius.intake.drafts.get(draft, WORKER)
    assert (found.typed, found.summary.step, found.summary.label) == (TYPED, "contact", "Žydrūnė")
    assert [one.id for one in vilnius.intake.drafts.overview(WORKER)] == [draft]
    assert vilnius.actions()[-3:] == ["draft.begun", "draft.viewed", "draft.listed"]


def test_nothing_of_a_draft_can_be_read_in_the_table(vilnius: Node) -> None:
    """Case 82: sealed under a key of its own, and bound to its row."""
    first, second = begin(vilnius), begin(vilnius)
    with vilnius.database.begin() as session:
        rows = [session.get_one(DraftRow, one) for one in (first, second)]
        for row in rows:
            for column in (row.record, row.label, row.wrapped):
                assert b"ydr" not in column
        rows[0].record = rows[1].record
    with pytest.raises(CannotDecrypt):
        vilnius.intake.drafts.get(first, WORKER)


def test_another_teams_draft_is_not_there(vilnius: Node) -> None:
    """Case 46."""
    draft = begin(vilnius)
    drafts = vilnius.intake.drafts
    for refused in (
        lambda: drafts.get(draft, OTHER_TEAM),
        lambda: drafts.save(draft, TYPED, "", "person", 1, OTHER_TEAM),
        lambda: drafts.register(draft, case(), 1, OTHER_TEAM),
        lambda: drafts.discard(draft, OTHER_TEAM),
    ):
        with pytest.raises(NotFound):
            refused()
    assert drafts.overview(OTHER_TEAM) == []
    assert drafts.get(draft, LEAD).summary.id == draft
    for by in (ADMIN, SECOND):
        with pytest.raises(NotAllowed):
            drafts.get(draft, by)


def test_the_second_of_two_who_save_is_told(vilnius: Node) -> None:
    """Case 59."""
    draft = begin(vilnius)
    vilnius.intake.drafts.save(draft, TYPED, "", "person", 1, WORKER)
    with pytest.raises(EditConflict):
        vilnius.intake.drafts.save(draft, TYPED, "", "person", 1, LEAD)
    with pytest.raises(EditConflict):
        vilnius.intake.drafts.register(draft, case(), 1, LEAD)


def test_a_draft_becomes_one_case_and_is_gone(vilnius: Node) -> None:
    draft = begin(vilnius)
    made = vilnius.intake.drafts.register(draft, case(), 1, WORKER)
    assert made.case == case()
    with pytest.raises(NotFound):
        vilnius.intake.drafts.register(draft, case(), 1, WORKER)
    with vilnius.database.read() as session:
        assert session.scalars(select(DraftRow)).all() == []
        assert len(session.scalars(select(CaseRow)).all()) == 1


def test_a_draft_goes_when_it_is_deleted_or_forgotten(vilnius: Node) -> None:
    """After 30 days it is not there, and a worker deletes the row."""
    drafts, deleted = vilnius.intake.drafts, begin(vilnius)
    drafts.discard(deleted, WORKER)
    old = begin(vilnius)
    vilnius.clock.advance(KEPT_FOR - timedelta(seconds=1))
    young = begin(vilnius)
    assert drafts.get(old, WORKER).summary.id == old
    vilnius.clock.advance(timedelta(seconds=1))
    for gone in (deleted, old):
        with pytest.raises(NotFound):
            drafts.get(gone, WORKER)
    assert [one.id for one in drafts.overview(WORKER)] == [young]
    with vilnius.database.begin() as session:
        assert drafts.expire(session) == 1
        assert [row.id for row in session.scalars(select(DraftRow))] == [young]


def test_a_draft_has_a_bound(vilnius: Node) -> None:
    """Case 58."""
    with pytest.raises(DraftTooLong):
        vilnius.intake.drafts.begin({"values": {"note": "x" * MOST_BYTES}}, "", "person", WORKER)


def test_a_note_for_the_next_shift_waits_until_somebody_has_it(vilnius: Node) -> None:
    handovers = vilnius.intake.handovers
    made = handovers.register(case(), "Perskambinti", WORKER).summary.id
    [waiting] = handovers.waiting(LEAD)
    assert (waiting.text, waiting.case_id, waiting.written_by) == ("Perskambinti", made, WORKER.id)
    assert handovers.waiting(OTHER_TEAM) == []
    with pytest.raises(NotFound):
        handovers.take_over(waiting.id, OTHER_TEAM)
    assert handovers.take_over(waiting.id, LEAD) == made
    handovers.take_over(waiting.id, WORKER)
    assert handovers.waiting(LEAD) == []
    [taken] = handovers.of_case(made, WORKER)
    assert taken.taken_by == LEAD.id
    assert [one for one in vilnius.actions() if one.startswith("handover")] == [
        "handover.written",
        "handover.listed",
        "handover.taken",
    ]


def test_a_note_goes_with_its_case(vilnius: Node) -> None:
    """Case 91."""
    made = vilnius.intake.handovers.register(case(), "Perskambinti", WORKER).summary.id
    with vilnius.database.read() as session:
        assert b"Perskambinti" not in session.scalars(select(HandoverRow.text)).one()
    vilnius.intake.cases.erase(made, WORKER)
    with vilnius.database.read() as session:
        assert session.scalars(select(HandoverRow)).all() == []
        row = session.get_one(CaseRow, made)
        assert (row.note, row.triage) == (None, None)
    assert vilnius.intake.handovers.waiting(LEAD) == []


def test_a_case_whose_note_is_too_long_is_not_half_saved(vilnius: Node) -> None:
    with pytest.raises(TextTooLong):
        vilnius.intake.handovers.register(case(), "x" * 2001, WORKER)
    assert vilnius.intake.cases.overview(WORKER) == []
