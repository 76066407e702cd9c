"""The sealed post: numbered, signed and sealed before it is stored; a gap is seen, asked for and filled."""

from datetime import timedelta

import pytest

from shared.bus.port import Delivery, Verdict
from shared.partners.view import CannotSend, HoldReason
from shared.post.routes import Lane, stream
from shared.runtime import ids
from shared.store import outbox as outbox_store
from shared.store import sequence
from shared.wire import envelope
from shared.wire.codes import MatchState
from shared.wire.local import CaseClosed, DutySettled, MatchDecided
from shared.wire.messages import AlertWithdrawn
from shared.wire.parties import Party, Role
from tests.unit.post.conftest import Offices
from tests.unit.post.offices import ENVELOPE, LYON, RIGA, VILNIUS, Book, inbox, outbox, refused


def withdrawn(version: int = 1) -> AlertWithdrawn:
    """A small message that a partner's matching takes."""
    return AlertWithdrawn(alert=ids.new_id("alert"), version=version)


def deliveries(offices: Offices) -> list[Delivery]:
    """Publish all that is due; what then lies in Lyon's inbox queue, taken out of it."""
    while offices.vilnius.outbox_relay().publish_due():
        pass
    return offices.relay.take(offices.lyon.queue, 1000)


def test_a_message_arrives_with_its_sender_and_number(offices: Offices) -> None:
    sent, book = withdrawn(), Book()
    [message_id] = offices.vilnius.send(LYON, sent)
    assert offices.lyon.receiver().take(deliveries(offices)) == [Verdict.ACK]
    offices.lyon.processor({"alert.withdrawn": book}).process_due()
    [incoming] = book.seen
    assert (incoming.id, incoming.sender, incoming.seq, incoming.body) == (message_id, str(VILNIUS), 1, sent)
    assert incoming.organisation == "lt-vilnius"
    assert sent.alert.encode() in incoming.evidence  # what the sender signed, word for word


def test_nothing_readable_is_stored_on_the_way(offices: Offices) -> None:
    """Rule 5: neither the outbox nor the relay nor the inbox shows an alert's reference."""
    sent = withdrawn()
    offices.vilnius.send(LYON, sent)
    [row] = outbox(offices.vilnius.database)
    [delivery] = batch = deliveries(offices)
    offices.lyon.receiver().take(batch)
    for stored in (row.body, delivery.body, inbox(offices.lyon.database)[0].payload):
        assert sent.alert.encode() not in stored
        assert b"withdrawn" not in stored


def test_numbers_run_without_gaps_for_each_party(offices: Offices) -> None:
    """A number that was rolled back is given out again, so a gap always means a loss."""
    offices.vilnius.send(LYON, withdrawn(), withdrawn())
    with offices.vilnius.database.begin() as session:
        offices.vilnius.post.send(session, LYON, withdrawn())
        session.rollback()
    offices.vilnius.send(RIGA, withdrawn())
    offices.vilnius.send(LYON, withdrawn())
    numbered = [(row.recipient, row.sequence) for row in outbox(offices.vilnius.database)]
    assert numbered == [
        ("fr-lyon/matching", 1),
        ("fr-lyon/matching", 2),
        ("lv-riga/matching", 1),
        ("fr-lyon/matching", 3),
    ]


def test_routing(offices: Offices) -> None:
    """Partners by the relay, the own matching by the local broker and sealed, notify in the open."""
    with offices.vilnius.database.begin() as session:
        offices.vilnius.post.send(session, LYON, withdrawn())
        offices.vilnius.post.tell(session, CaseClosed(case=ids.new_id("case")))
        offices.vilnius.post.tell(session, DutySettled(reference=ids.new_id("match")))
    rows = [(row.lane, row.routing_key, row.content_type) for row in outbox(offices.vilnius.database)]
    assert rows == [
        (Lane.RELAY, "from.lt-vilnius.to.fr-lyon.matching", ENVELOPE),
        (Lane.LOCAL, "matching.message", ENVELOPE),
        (Lane.LOCAL, "notify.message", "application/vnd.myosotis.event+json"),
    ]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("unverified", HoldReason.NOT_VERIFIED),
        ("compared", HoldReason.NOT_VERIFIED),
        ("suspended", HoldReason.SUSPENDED),
        ("suspect", HoldReason.SUSPECT),
        ("left", HoldReason.LEFT),
    ],
)
def test_who_is_not_verified_is_given_nothing(offices: Offices, status: str, reason: HoldReason) -> None:
    """And uses no number, so that there is no gap afterwards."""
    offices.vilnius.set_status("fr-lyon", status)
    with pytest.raises(CannotSend) as held:
        offices.vilnius.send(LYON, withdrawn())
    assert held.value.reason is reason
    assert outbox(offices.vilnius.database) == []
    offices.vilnius.set_status("fr-lyon", "verified")
    offices.vilnius.send(LYON, withdrawn())
    assert outbox(offices.vilnius.database)[0].sequence == 1


def test_a_sealing_key_past_its_time_is_not_used(offices: Offices) -> None:
    """Case 17: after 60 days without a newer key nothing is sent, and the reason says so."""
    offices.vilnius.clock.advance(timedelta(days=60))
    with pytest.raises(CannotSend) as held:
        offices.vilnius.send(LYON, withdrawn())
    assert held.value.reason is HoldReason.NO_SEALING_KEY


def test_a_gap_is_seen_asked_for_and_filled(offices: Offices) -> None:
    """Case 19: numbers 2 and 3 are lost, 5 comes before 4; what is missing is known and sent again."""
    offices.vilnius.send(LYON, *(withdrawn() for _ in range(5)))
    first, _, _, fourth, fifth = deliveries(offices)
    receiver, numbers = offices.lyon.receiver(), stream(VILNIUS, LYON)
    receiver.take([first, fifth])
    with offices.lyon.database.read() as session:
        assert sequence.missing(session, numbers) == [sequence.Gap(2, 4)]
    receiver.take([fourth])
    with offices.lyon.database.read() as session:
        [gap] = sequence.missing(session, numbers)
    assert gap == sequence.Gap(2, 3)
    with offices.vilnius.database.begin() as session:
        assert outbox_store.resend(session, str(LYON), list(gap), offices.vilnius.clock.now()) == []
    again = deliveries(offices)
    assert len(again) == 2  # only what was asked for
    receiver.take(again)
    with offices.lyon.database.read() as session:
        assert sequence.missing(session, numbers) == []
    assert len(inbox(offices.lyon.database)) == 5


def test_a_replay_of_an_envelope_has_no_second_effect(offices: Offices) -> None:
    """Cases 3 and 63 for envelopes."""
    offices.vilnius.send(LYON, withdrawn())
    [delivery], book = deliveries(offices), Book()
    receiver = offices.lyon.receiver()
    assert receiver.take([delivery]) == [Verdict.ACK]
    offices.lyon.processor({"alert.withdrawn": book}).process_due()
    assert receiver.take([delivery, delivery]) == [Verdict.ACK] * 2
    offices.lyon.processor({"alert.withdrawn": book}).process_due()
    assert len(book.seen) == 1


@pytest.mark.slow
def test_an_envelope_for_another_is_dead_and_the_rest_flows(offices: Offices) -> None:
    """Cases 5 and 66: a message for Lyon delivered to Riga, in the middle of good ones."""
    offices.vilnius.send(RIGA, withdrawn())
    offices.vilnius.send(LYON, withdrawn())
    [stray] = deliveries(offices)
    [good] = offices.relay.take(offices.riga.queue, 10)
    assert offices.riga.receiver().take([good, stray, good]) == [Verdict.ACK, Verdict.DEAD, Verdict.ACK]
    assert [row.code for row in refused(offices.riga.database)] == ["unknown-key"]


def test_a_suspended_sender_is_refused(offices: Offices) -> None:
    offices.vilnius.send(LYON, withdrawn())
    batch = deliveries(offices)
    offices.lyon.set_status("lt-vilnius", "suspended")
    assert offices.lyon.receiver().take(batch) == [Verdict.DEAD]
    assert [row.code for row in refused(offices.lyon.database)] == ["sender-suspended"]


def test_what_the_own_node_says_is_believed_from_the_own_node_only(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A partner cannot tell our matching what our intake says: its keys may not sign that type."""
    told = MatchDecided(match=ids.new_id("match"), state=MatchState.EXCLUDED, facts="0" * 64)
    monkeypatch.setattr(envelope, "_belongs", lambda inner: True)  # a hostile partner asks nobody
    offices.vilnius.send(LYON, told)
    monkeypatch.undo()
    assert offices.lyon.receiver().take(deliveries(offices)) == [Verdict.DEAD]
    assert [row.code for row in refused(offices.lyon.database)] == ["type-not-allowed"]


def test_the_siblings_of_one_node_use_the_same_envelope(offices: Offices) -> None:
    sibling = Party("lt-vilnius", Role.MATCHING)
    with offices.vilnius.database.begin() as session:
        offices.vilnius.post.tell(session, CaseClosed(case=ids.new_id("case")))
    [row] = outbox(offices.vilnius.database)
    assert (row.recipient, row.sequence) == (str(sibling), 1)
    assert row.body[:4] == b"MYOS"
