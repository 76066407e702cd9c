"""Receipts at fixed slots, the same with and without a match (rule 4, case 43)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.matching.handlers import periodic
from shared.post.routes import stream
from shared.runtime.clock import to_wire
from shared.store import sequence
from shared.store.tables import AuditRow
from shared.wire.messages import Receipt
from shared.wire.parties import Party, Role
from tests.support.matching_world import ME, RIGA, SLOT, VILNIUS, World, withdrawn


def receipts(world: World) -> list[Receipt]:
    return [body for body in world.post.bodies(Receipt) if isinstance(body, Receipt)]


def audit_rows(world: World) -> list[dict[str, Any]]:
    with world.database.read() as session:
        return [dict(row._mapping) for row in session.execute(select(AuditRow.__table__))]


def test_one_receipt_per_partner_and_slot(world: World) -> None:
    world.handle(world.alert("ona"))
    world.handle(world.alert("jonas"))
    world.handle(world.alert("edgar"), sender=RIGA)
    assert world.handlers.send_receipts() == 0  # the slot is not over
    assert world.tick(slots=1) == 0  # nor the one in which what arrived then is handled
    assert world.tick(slots=1) == 2
    assert world.handlers.send_receipts() == 0
    assert world.another_worker().send_receipts() == 0  # nor by another process
    assert sorted(sent.to for sent in world.post.sent) == [f"{VILNIUS}/intake", f"{RIGA}/intake"]
    assert sorted(len(receipt.items) for receipt in receipts(world)) == [2, 4]
    assert world.tick() == 0  # nothing new to tell


def test_what_happens_after_the_boundary_waits_for_the_next(world: World) -> None:
    world.clock.advance(timedelta(seconds=SLOT - 1))
    world.handle(world.alert("ona"))
    world.clock.advance(timedelta(seconds=1))
    world.handle(world.alert("jonas"))
    assert world.handlers.send_receipts() == 0
    assert world.tick(slots=1) == 1
    assert {item.alert for item in receipts(world)[0].items} == {world.alert("ona").alert}
    assert world.tick(slots=1) == 1
    assert {item.alert for item in receipts(world)[1].items} == {world.alert("jonas").alert}


def test_of_more_than_a_slot_can_hold_the_oldest_is_told_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an overload: in the order of arrival, whatever was handled first, and so many in a slot."""
    monkeypatch.setattr(periodic, "ITEMS_PER_RECEIPT", 2)
    monkeypatch.setattr(periodic, "RECEIPTS_PER_SLOT", 1)
    begins = world.clock.now()
    world.handle(world.alert("later"), received=begins + timedelta(seconds=SLOT))
    world.handle(world.alert("first"), received=begins)
    world.clock.advance(timedelta(seconds=SLOT))
    told = []
    for _ in range(2):
        assert world.tick() == 1
        told.append({item.alert for item in receipts(world)[-1].items})
    assert told == [{world.alert("first").alert}, {world.alert("later").alert}]


@pytest.mark.parametrize("seconds", [0, 3, SLOT - 11, SLOT])
def test_how_long_handling_took_is_not_told(world: World, seconds: int) -> None:
    """Case 43: an alert that matched takes longer, and perhaps until after the boundary."""
    begins = world.clock.now()
    world.clock.advance(timedelta(seconds=10 + seconds))
    world.handle(world.alert("ona"), received=begins + timedelta(seconds=10))
    sent = []
    for boundary in (1, 2, 3):
        world.clock.advance(max(timedelta(), begins + timedelta(seconds=SLOT * boundary) - world.clock.now()))
        sent.append(world.handlers.send_receipts())
    assert sent == [0, 1, 0]
    assert {item.at for item in receipts(world)[0].items} == {to_wire(begins)}


def test_a_partner_cannot_fill_the_table_of_gaps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 19: matching reads as many gaps as fit into a receipt, and gives all up at once."""
    asked = []
    missing = sequence.missing

    def counted(session: Session, name: str, limit: int) -> list[sequence.Gap]:
        asked.append(missing(session, name, limit))
        return asked[-1]

    monkeypatch.setattr(sequence, "missing", counted)
    numbers = stream(Party(VILNIUS, Role.INTAKE), ME)
    world.handle(world.alert())
    with world.database.begin() as session:
        sequence.note_all_received(session, numbers, range(2, 600, 2))
    world.tick()
    assert len(receipts(world)[0].missing) == 50
    world.tick(slots=20)
    assert [len(found) for found in asked] == [50, 50]
    with world.database.read() as session:
        assert missing(session, numbers) == []


def test_a_receipt_is_the_same_with_and_without_a_match(world: World) -> None:
    """Case 43: content, size, number and time of what leaves do not tell whether something was found."""
    told = []
    for name, case in (("ona", "ona"), ("jonas", "somebody else")):
        world.post.sent.clear()
        world.handle(world.case(case))
        world.handle(world.alert(name))
        world.tick()
        [receipt] = receipts(world)
        items = [(item.version, item.outcome, item.reason) for item in receipt.items]
        assert receipt.head is not None
        told.append((items, receipt.missing, receipt.resend, len(receipt.model_dump_json())))
    assert len(world.rows("possible_match")) == 1
    assert told[0] == told[1]


def test_a_repeated_alert_is_confirmed_again(world: World) -> None:
    """The partner sends anew when a receipt was lost."""
    alert = world.alert()
    world.handle(alert)
    world.tick()
    world.handle(alert)
    world.tick()
    assert [len(receipt.items) for receipt in receipts(world)] == [2, 2]


def test_deletion_is_signed_for_each_time_it_is_asked(world: World) -> None:
    for _ in range(2):
        world.handle(withdrawn())
        world.tick()
    assert [[item.outcome for item in receipt.items] for receipt in receipts(world)] == [["deleted"]] * 2


def test_gaps_are_told_once_and_again_after_a_while(world: World) -> None:
    """Case 19: the receipt asks for what is missing."""
    world.handle(world.alert())
    with world.database.begin() as session:
        numbers = stream(Party(VILNIUS, Role.INTAKE), ME)
        for seq in (1, 4, 7):
            sequence.note_received(session, numbers, seq)
    world.tick()
    assert [(gap.first, gap.last) for gap in receipts(world)[0].missing] == [(2, 3), (5, 6)]
    assert world.tick() == 0
    assert world.tick(slots=20) == 1
    assert receipts(world)[1].missing == []
    assert [receipt.resend for receipt in receipts(world)] == [False, True]
    assert world.tick(slots=20) == 0  # everything comes anew under new numbers: nothing more to wait for


def test_a_flood_is_split_at_the_same_boundary(world: World) -> None:
    world.handle_together([withdrawn(f"alert {index}") for index in range(600)])
    assert world.tick() == 2
    assert [len(receipt.items) for receipt in receipts(world)] == [500, 100]


def test_the_audit_head_travels_in_the_receipt(world: World) -> None:
    """Case 83: partners witness the chain, by its hash; its length would tell what was found (case 43)."""
    world.handle(world.alert())
    world.tick()
    head = receipts(world)[0].head
    assert head is not None
    assert list(head.to_wire()) == ["hash"]
    assert any(row["hash"].hex() == head.hash for row in audit_rows(world))


def test_a_partner_that_cannot_be_sent_to_holds_up_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.handle(world.alert("ona"))
    world.handle(world.alert("edgar"), sender=RIGA)
    send = world.post.send

    def refuse_vilnius(session: object, to: Party, *rest: object, **more: object) -> str:
        if to.organisation == VILNIUS:
            raise ConnectionRefusedError
        return send(session, to, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(world.post, "send", refuse_vilnius)
    with pytest.raises(ConnectionRefusedError):
        world.tick()
    assert [sent.to for sent in world.post.sent] == [f"{RIGA}/intake"]
    monkeypatch.undo()
    assert world.handlers.send_receipts() == 1  # what was not sent is still owed
