"""Nothing that a partner may send is without an allowance, and honest partners never meet theirs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.intake.allowances import ALLOWANCES as INTAKE
from services.matching.allowances import allowances
from services.matching.handlers.periodic import ITEMS_PER_RECEIPT, RECEIPTS_PER_SLOT
from shared.bus.port import Delivery, Verdict
from shared.post.pace import Allowance, Pace, backlogs
from shared.runtime.settings import ServiceSettings
from shared.wire import messages
from shared.wire.messages import AlertWithdrawn
from shared.wire.parties import Role
from tests.support.matching_world import withdrawn
from tests.unit.post.conftest import Offices
from tests.unit.post.offices import ENVELOPE, LYON, VILNIUS, inbox, outbox

SLOT_SECONDS: int = ServiceSettings.model_fields["receipt_slot_seconds"].default
A_SLOT: int = ServiceSettings.model_fields["alerts_a_slot"].default
MATCHING = allowances(A_SLOT)
ALLOWED: dict[Role, tuple[Allowance, ...]] = {Role.INTAKE: INTAKE, Role.MATCHING: MATCHING}


@pytest.mark.parametrize("role", list(Role))
def test_every_type_of_the_relay_has_one_allowance(role: Role) -> None:
    addressed = sorted(kind for kind, to in messages.ADDRESSED_TO.items() if to is role)
    assert sorted(kind for one in ALLOWED[role] for kind in one.types) == addressed
    names = [one.name for one in ALLOWED[role]]
    assert len(set(names)) == len(names)
    assert all(len(f"pace.{name}.aa-{'a' * 29}/matching") <= 64 for name in names), "a setting's name"


def test_a_recall_and_a_revocation_never_wait_behind_something_else() -> None:
    alone = {"alert.withdrawn", "tombstone"}, {"key.revoked"}
    for kinds in alone:
        assert [one.types for one in (*INTAKE, *MATCHING) if one.types & kinds] == [frozenset(kinds)]


def test_what_an_honest_partner_may_send_is_within_the_allowance() -> None:
    """A first load of ten thousand alerts, and the recall of all of them, waits for minutes and not hours."""
    by_type = {kind: one for one in (*INTAKE, *MATCHING) for kind in one.types}
    for kind, minutes in (("alert.published", 8), ("alert.withdrawn", 4)):
        assert by_type[kind].at_once + minutes * by_type[kind].a_minute >= 10_000
    assert by_type["pseudonym.request"].a_minute >= 2 * 60 / 4, "two questions every 4 seconds (7.4)"
    assert by_type["receipt"].a_minute >= RECEIPTS_PER_SLOT


def test_what_may_arrive_in_a_slot_is_handled_within_one_though_all_of_it_matches() -> None:
    """Case 43: 8 ms for an alert that matches, 3 ms for a recall of one, and 2.5 times that to be sure.

    It is also signed in one slot: an alert is stored and compared, a recall is one fact.
    """
    by_type = {kind: one for one in MATCHING for kind in one.types}
    alerts, ends = by_type["alert.published"].at_once, by_type["alert.withdrawn"].at_once
    assert 2.5 * (alerts * 0.008 + ends * 0.003) <= SLOT_SECONDS
    assert 2 * alerts + ends <= RECEIPTS_PER_SLOT * ITEMS_PER_RECEIPT
    for one in MATCHING:
        assert one.a_minute <= one.at_once, "no slot after the first sees more"


def test_the_receiver_holds_back_and_repetitions_do_not_count(offices: Offices) -> None:
    """The relay may repeat what it recorded: that must not use up the partner's allowance."""
    vilnius, lyon = offices.vilnius, offices.lyon
    allowance = Allowance("ends", frozenset({AlertWithdrawn.TYPE}), at_once=2, a_minute=1)
    vilnius.send(LYON, *(withdrawn(str(number)) for number in range(4)))
    bodies = [row.body for row in outbox(vilnius.database)]
    receiver = replace(lyon.receiver(), pace=Pace((allowance,)))
    for again in (bodies[:2], bodies[:2], bodies[:2], bodies[2:3]):
        deliveries = [Delivery("from.lt-vilnius.to.fr-lyon.matching", one, ENVELOPE) for one in again]
        assert set(receiver.take(deliveries)) == {Verdict.ACK}
    with lyon.database.read() as session:
        [backlog] = backlogs(session, lyon.clock.now())
    assert (backlog.sender, backlog.count) == (str(VILNIUS), 1)
    assert len(inbox(lyon.database)) == 3
    done: list[str] = []
    processor = lyon.processor({AlertWithdrawn.TYPE: lambda session, incoming: done.append(incoming.id)})
    processor.process_due()
    assert len(done) == 2
    lyon.clock.advance(timedelta(minutes=1))
    processor.process_due()
    assert len(done) == 3


def test_a_message_is_kept_as_long_as_its_sender_says(offices: Offices) -> None:
    """A refusal is of no use after its slot, and a partner could fill our disk with refusals."""
    vilnius, day = offices.vilnius, timedelta(days=1)
    with vilnius.database.begin() as session:
        vilnius.post.send(session, LYON, withdrawn("a"), keep=day)
        vilnius.post.send(session, LYON, withdrawn("b"))
    short, long = outbox(vilnius.database)
    assert short.purge_after == vilnius.clock.now() + day
    assert long.purge_after == vilnius.clock.now() + timedelta(days=67)
