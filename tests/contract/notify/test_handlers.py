"""duty.waiting and duty.settled: in any order, any number of times."""

from datetime import timedelta

import pytest

from services.notify.channels.base import TransportError
from shared.post.incoming import Incoming, Refuse
from shared.runtime.ids import new_id
from shared.wire.codes import MsgStatus, Urgency
from shared.wire.local import DutySettled, DutyState, DutyWaiting
from tests.contract.notify.node import Node


def test_everybody_on_duty_is_told_once(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    node.admin.add_person("Jonas", "jonas@desk.example", language="en")
    node.admin.add_person("Paulius", "paulius@desk.example", hours="mon 08:00-09:00")
    reference = node.waits()
    assert node.states == []
    node.waits(reference)
    node.dispatch()
    node.waits(reference)
    node.pass_time(hours=5)
    node.dispatch()
    assert sorted(node.channel.addresses) == ["jonas@desk.example", "rasa@desk.example"]
    assert node.states == [("told", 1, None), ("told", 2, None)]
    languages = {address: notice.language for address, notice, _ in node.channel.tried}
    assert languages == {"jonas@desk.example": "en", "rasa@desk.example": "lt"}


def test_nobody_on_duty_is_visible_and_told_to_whoever_comes(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example", hours="sun 08:00-17:00")
    reference = node.waits(urgency=Urgency.IMMEDIATE)
    assert node.dispatch() == 0
    assert node.states == [("nobody_on_duty", 0, None)]
    assert node.admin.list_waiting()[0].state == "nobody_on_duty"
    node.watch.step()
    assert node.states == [("nobody_on_duty", 0, None)], "what did not change is not said again"
    node.pass_time(hours=9)
    node.watch.step()
    node.dispatch()
    assert node.channel.addresses == ["rasa@desk.example"]
    assert node.states[-1] == ("told", 1, None)
    node.watch.step()
    assert node.dispatch() == 0
    assert node.waiting(reference).state == "told"


def test_the_next_shift_is_told_when_the_last_one_could_not_be(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example", hours="sat 00:00-24:00")
    node.admin.add_person("Jonas", "jonas@desk.example", hours="sun 00:00-24:00")
    node.channel.fails["rasa@desk.example"] = TransportError("address_refused.550", permanent=True)
    node.waits()
    node.dispatch()
    assert node.states == [("parked", 0, "address_refused.550")]
    node.pass_time(hours=2)
    node.watch.step()
    node.dispatch()
    assert node.channel.addresses == ["rasa@desk.example", "jonas@desk.example"]
    assert node.states[-1] == ("told", 1, "address_refused.550")


def test_no_channel_is_visible(node: Node) -> None:
    node.channel.reachable = False
    node.admin.add_person("Rasa", "rasa@desk.example")
    node.waits()
    assert node.states == [("parked", 0, "no_channel")]
    assert "[smtp]" in node.admin.list_waiting()[0].explanation
    node.channel.reachable = True
    node.watch.step()
    node.dispatch()
    assert node.states[-1] == ("told", 1, None)


def test_a_test_stays_on_the_desk(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    node.waits(status=MsgStatus.TEST, urgency=Urgency.IMMEDIATE)
    assert node.dispatch() == 0
    assert node.channel.tried == []
    assert node.states == [("told", 1, None)]
    assert node.post.sent[0].to == "intake"


def test_an_exercise_goes_out_as_one_and_after_everything_real(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    node.waits(status=MsgStatus.EXERCISE, urgency=Urgency.IMMEDIATE)
    node.waits(urgency=Urgency.PAST)
    node.waits(urgency=Urgency.IMMEDIATE)
    node.dispatch()
    order = [(notice.urgency, notice.exercise) for _, notice, _ in node.channel.tried]
    assert order == [("Immediate", False), ("Past", False), ("Immediate", True)]


def test_what_becomes_more_serious_is_told_again(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    reference = node.waits(status=MsgStatus.EXERCISE)
    node.dispatch()
    node.waits(reference)
    node.dispatch()
    node.waits(reference, urgency=Urgency.IMMEDIATE)
    node.dispatch()
    node.waits(reference, urgency=Urgency.PAST)
    node.waits(reference, status=MsgStatus.TEST, urgency=Urgency.IMMEDIATE)
    node.dispatch()
    told = [(notice.urgency, notice.status) for _, notice, _ in node.channel.tried]
    assert told == [("Expected", "Exercise"), ("Expected", "Actual"), ("Immediate", "Actual")]
    assert len({delivery_id for _, _, delivery_id in node.channel.tried}) == 3


def test_what_is_settled_before_it_was_sent_is_not_sent(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    reference = node.waits()
    node.settles(reference)
    node.settles(reference)
    node.watch.step()
    assert node.dispatch() == 0
    assert node.channel.tried == []
    assert node.deliveries() == [("cancelled", 0, None)]
    assert node.states == []
    assert node.admin.list_waiting() == []


def test_case_71_settled_before_waiting_stays_settled(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    reference = new_id("match")
    began = node.clock.now()
    node.pass_time(seconds=3)
    node.settles(reference)
    node.waits(reference, at=began)
    node.watch.step()
    assert node.dispatch() == 0
    assert node.waiting(reference).state == "settled"


def test_case_71_what_waits_again_after_it_was_settled_is_told_again(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    reference = node.waits()
    node.dispatch()
    node.pass_time(seconds=5)
    node.settles(reference)
    node.pass_time(seconds=5)
    node.waits(reference)
    node.dispatch()
    assert node.channel.addresses == ["rasa@desk.example"] * 2
    assert node.states == [("told", 1, None), ("told", 1, None)]


def test_case_71_a_late_settled_does_not_end_what_waits_again(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    reference = node.waits()
    settled = node.clock.now() + timedelta(seconds=5)
    node.pass_time(seconds=10)
    node.waits(reference)
    node.settles(reference, at=settled)
    assert node.waiting(reference).state == "planned"


@pytest.mark.parametrize("wrong", [0, 1])
def test_a_body_of_another_type_is_refused(node: Node, wrong: int) -> None:
    bodies = [
        DutySettled(reference=new_id("match")),
        DutyWaiting(
            reference=new_id("match"),
            urgency=Urgency.PAST,
            status=MsgStatus.TEST,
            at="2026-11-21T21:40:00Z",
        ),
    ]
    handler = list(node.handlers.values())[wrong]
    event = Incoming("duty.waiting", "intake", new_id("msg"), node.clock.now(), None, bodies[wrong])
    with node.database.begin() as session, pytest.raises(Refuse):
        handler(session, event)


def ring_again(node: Node, reference: str, **how: object) -> None:
    """Settled, and a moment later it waits again."""
    node.settles(reference)
    node.pass_time(seconds=2)
    node.waits(reference, **how)  # type: ignore[arg-type]
    node.watch.step()
    node.dispatch()


def test_what_waits_again_and_again_rings_after_growing_pauses_and_is_never_dropped(node: Node) -> None:
    """A partner that takes back and shares anew without end must not ring without end (decisions/0014)."""
    node.admin.add_person("Rasa", "rasa@desk.example")
    reference = node.waits()
    node.dispatch()
    for _ in range(30):
        ring_again(node, reference)
    assert len(node.channel.tried) == 2
    assert node.states[-1] == ("retrying", 0, "again_later")
    assert "once more" in node.admin.list_waiting()[0].explanation
    node.pass_time(hours=1)
    node.watch.step()
    node.dispatch()
    assert len(node.channel.tried) == 3
    assert node.states[-1] == ("told", 1, None)


def test_a_day_of_it_rings_four_times(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    reference = node.waits()
    node.dispatch()
    for _ in range(24 * 4 - 1):
        node.pass_time(minutes=15)
        node.dispatch()
        ring_again(node, reference)
    assert len(node.channel.tried) == 4


def test_after_a_quiet_day_it_rings_at_once(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    reference = node.waits()
    node.dispatch()
    for _ in range(5):
        ring_again(node, reference)
    node.pass_time(hours=26)
    node.watch.step()
    node.dispatch()
    rung = len(node.channel.tried)
    node.settles(reference)
    node.pass_time(hours=25)
    node.waits(reference)
    node.dispatch()
    assert len(node.channel.tried) == rung + 1


def test_what_is_more_serious_than_all_before_rings_at_once_and_only_then(node: Node) -> None:
    """Falling and rising again is no new seriousness, or it would ring for ever."""
    node.admin.add_person("Rasa", "rasa@desk.example")
    reference = node.waits(urgency=Urgency.PAST)
    node.dispatch()
    for _ in range(4):
        ring_again(node, reference, urgency=Urgency.PAST)
    assert len(node.channel.tried) == 2
    for _ in range(4):
        node.waits(reference, urgency=Urgency.IMMEDIATE)
        node.dispatch()
        ring_again(node, reference, urgency=Urgency.PAST)
    urgencies = [notice.urgency for _, notice, _ in node.channel.tried]
    assert urgencies == ["Past", "Past", "Immediate"]


def test_an_older_settled_does_not_move_the_newer_one_back(node: Node) -> None:
    start = node.clock.now()
    reference = node.waits(at=start)
    node.settles(reference, at=start + timedelta(seconds=30))
    node.settles(reference, at=start + timedelta(seconds=10))
    node.waits(reference, at=start + timedelta(seconds=20))
    assert node.waiting(reference).state == "settled"


def test_an_older_more_serious_event_does_not_let_an_older_settled_end_the_newer(node: Node) -> None:
    start = node.clock.now()
    reference = node.waits(at=start + timedelta(seconds=30))
    node.waits(reference, urgency=Urgency.IMMEDIATE, at=start)
    node.settles(reference, at=start + timedelta(seconds=10))
    assert node.waiting(reference).state != "settled"


def test_what_was_settled_before_does_not_make_the_newer_more_serious(node: Node) -> None:
    start = node.clock.now()
    reference = node.waits(at=start)
    node.settles(reference, at=start + timedelta(seconds=20))
    node.waits(reference, at=start + timedelta(seconds=30))
    node.waits(reference, urgency=Urgency.IMMEDIATE, at=start + timedelta(seconds=10))
    row = node.waiting(reference)
    assert (row.urgency, row.round) == ("Expected", 2)


def test_each_word_to_the_desk_has_a_higher_step(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    node.admin.add_person("Jonas", "jonas@desk.example")
    node.waits()
    node.dispatch()
    assert [body.step for body in node.post.bodies(DutyState) if isinstance(body, DutyState)] == [1, 2]
