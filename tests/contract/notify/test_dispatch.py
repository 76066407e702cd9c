"""Retries, parking, claims: what was taken is not sent again, what was not is not forgotten."""

import threading
from datetime import timedelta

import pytest

from services.notify.channels.base import OutcomeUnknown, TransportError
from services.notify.channels.email.transport import WHOLE_SECONDS
from services.notify.store import people
from services.notify.store.deliveries import LEASE
from shared.post.sender import Post
from shared.wire.codes import Urgency
from tests.contract.notify.node import Node

RASA = "rasa@desk.example"


@pytest.fixture(autouse=True)
def rasa(node: Node) -> str:
    """The id of the one person on the rota."""
    return node.admin.add_person("Rasa", RASA).id


def test_a_passing_failure_is_retried_later_and_later(node: Node) -> None:
    node.channel.fails[RASA] = TransportError("server_silent")
    node.waits()
    node.dispatch()
    assert node.deliveries() == [("retrying", 1, "server_silent")]
    node.pass_time(seconds=29)
    assert node.dispatch() == 0
    node.pass_time(seconds=1)
    assert node.dispatch() == 1
    node.pass_time(seconds=59)
    assert node.dispatch() == 0
    del node.channel.fails[RASA]
    node.pass_time(seconds=1)
    node.dispatch()
    assert node.deliveries() == [("sent", 3, None)]
    assert node.states == [("retrying", 0, "server_silent"), ("told", 1, None)]
    assert len({delivery_id for _, _, delivery_id in node.channel.tried}) == 1, "one Message-ID for all"


def test_after_the_last_attempt_it_is_parked_with_its_reason(node: Node) -> None:
    node.channel.fails[RASA] = TransportError("address_refused.450")
    node.waits()
    for _ in range(25):
        node.dispatch()
        node.pass_time(minutes=20)
    assert node.deliveries() == [("parked", 20, "address_refused.450")]
    assert node.states[-1] == ("parked", 0, "address_refused.450")


def test_a_permanent_failure_is_parked_at_once_and_a_person_can_retry_it(node: Node) -> None:
    node.channel.fails[RASA] = TransportError("address_refused.550", permanent=True)
    reference = node.waits()
    node.dispatch()
    node.pass_time(days=1)
    assert node.dispatch() == 0
    (line,) = node.admin.list_parked()
    assert (line.person, line.channel, line.attempts, line.reason) == (
        "Rasa",
        "email",
        1,
        "address_refused.550",
    )
    assert "correct it in the rota" in line.explanation
    del node.channel.fails[RASA]
    assert node.admin.retry_parked() == 1
    assert node.admin.retry_parked() == 0
    node.dispatch()
    assert node.states == [("parked", 0, "address_refused.550"), ("told", 1, None)]
    assert node.waiting(reference).state == "told"


def test_one_failing_address_does_not_hold_up_the_others(node: Node) -> None:
    node.admin.add_person("Jonas", "jonas@desk.example")
    node.channel.fails[RASA] = TransportError("address_refused.550", permanent=True)
    node.waits()
    node.dispatch()
    assert node.states[-1] == ("told", 1, "address_refused.550")


def test_an_unknown_outcome_is_tried_once_more_and_then_left_to_a_person(node: Node) -> None:
    node.channel.fails[RASA] = OutcomeUnknown("outcome_unknown")
    node.waits()
    for _ in range(6):
        node.dispatch()
        node.pass_time(hours=1)
    assert len(node.channel.tried) == 2
    assert node.deliveries() == [("parked", 2, "outcome_unknown")]
    assert node.states == [("retrying", 0, "outcome_unknown"), ("parked", 0, "outcome_unknown")]


def test_a_fault_of_the_channel_itself_stops_nothing(node: Node) -> None:
    node.channel.fails["*"] = RuntimeError("rasa@desk.example is not in my list")
    node.waits()
    node.dispatch()
    assert node.states == [("retrying", 0, "unexpected_error")]


def test_a_lost_claim_is_taken_over_once_and_then_parked(node: Node) -> None:
    """As after a kill -9: the claim is committed, the worker is gone (the real kill is in test_kill)."""
    node.waits()

    class Killed(BaseException):
        """Ends the worker at once, past every handler."""

    def die(*_: object) -> None:
        raise Killed

    node.channel.send = die  # type: ignore[method-assign,assignment]
    for expected in (("sending", 1, None), ("sending", 2, None)):
        with pytest.raises(Killed):
            node.new_dispatcher().step()
        assert node.deliveries() == [expected]
        node.clock.advance(LEASE - timedelta(seconds=1))
        assert not node.new_dispatcher().step(), "the lease still holds"
        node.clock.advance(timedelta(seconds=1))
    node.dispatch()
    assert node.deliveries() == [("parked", 2, "outcome_unknown")]
    assert node.states == [("parked", 0, "outcome_unknown")]


def test_the_lease_is_longer_than_a_mail_may_take() -> None:
    assert timedelta(seconds=2 * WHOLE_SECONDS) < LEASE


def test_a_success_counts_even_when_the_lease_ran_out(node: Node) -> None:
    node.waits()
    real = node.channel.send

    def slow(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        node.pass_time(minutes=10)

    node.channel.send = slow  # type: ignore[method-assign,assignment]
    node.dispatch()
    node.pass_time(days=1)
    assert node.dispatch() == 0
    assert node.deliveries() == [("sent", 1, None)]


def test_a_late_failure_does_not_undo_the_success_of_another_worker(node: Node) -> None:
    node.waits()
    quick, calls = node.new_dispatcher(), []

    def first_slow_then_quick(*_: object) -> None:
        calls.append(1)
        if len(calls) == 1:
            node.clock.advance(LEASE)
            assert quick.step()
            raise TransportError("server_silent")

    node.channel.send = first_slow_then_quick  # type: ignore[method-assign,assignment]
    node.dispatch()
    assert len(calls) == 2
    assert node.deliveries() == [("sent", 2, None)]
    assert node.states == [("told", 1, None)]


def test_a_late_failure_does_not_touch_the_claim_of_another_worker(node: Node) -> None:
    node.waits()
    other, calls = node.new_dispatcher(), []

    class Killed(BaseException):
        """Ends the other worker while it holds the claim."""

    def late(*_: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        node.clock.advance(LEASE)
        with pytest.raises(Killed):
            other.step()
        raise TransportError("server_silent")

    node.channel.send = late  # type: ignore[method-assign,assignment]
    assert node.dispatcher.step()
    assert node.deliveries() == [("sending", 2, None)]


def test_who_is_off_duty_by_the_time_of_a_retry_is_left_alone(node: Node, rasa: str) -> None:
    node.channel.fails[RASA] = TransportError("server_silent")
    node.waits()
    node.dispatch()
    with node.database.begin() as session:
        people.set_active(session, rasa, False)
    node.pass_time(hours=1)
    node.dispatch()
    assert node.deliveries() == [("cancelled", 1, None)]
    assert node.states[-1] == ("nobody_on_duty", 0, None)


def test_what_was_parked_before_it_became_urgent_is_off_the_list(node: Node) -> None:
    node.channel.fails[RASA] = TransportError("message_refused.554", permanent=True)
    reference = node.waits(urgency=Urgency.FUTURE)
    node.dispatch()
    del node.channel.fails[RASA]
    node.waits(reference, urgency=Urgency.IMMEDIATE)
    node.dispatch()
    assert node.admin.list_parked() == []
    assert node.states[-1] == ("told", 1, None)


def test_case_87_two_workers_never_send_the_same_notice(node: Node) -> None:
    for number in range(4):
        node.admin.add_person("Person", f"person{number}@desk.example")
    for _ in range(10):
        node.waits()
    stop = threading.Event()
    workers = [threading.Thread(target=node.new_dispatcher().run, args=(stop,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for _ in range(400):
        if all(state == "sent" for state, _, _ in node.deliveries()):
            break
        stop.wait(0.05)
    stop.set()
    for worker in workers:
        worker.join(30)
        assert not worker.is_alive()
    ids = [delivery_id for _, _, delivery_id in node.channel.tried]
    assert len(ids) == len(set(ids)) == 50
    assert {state for state, _, _ in node.deliveries()} == {"sent"}


def test_settled_while_it_is_being_sent(node: Node) -> None:
    reference = node.waits()

    def settle_and_fail(*_: object) -> None:
        node.pass_time(seconds=1)
        node.settles(reference)
        raise TransportError("server_silent")

    node.channel.send = settle_and_fail  # type: ignore[method-assign,assignment]
    node.dispatch()
    assert node.deliveries() == [("cancelled", 1, None)]
    assert node.states == []


def test_the_outcome_and_what_the_desk_hears_are_one_transaction(node: Node) -> None:
    node.waits()

    class OutOfOrder(Exception):
        """The outbox cannot be written."""

    def refuse(*_: object, **__: object) -> str:
        raise OutOfOrder

    post: Post = node.post
    post.tell = refuse  # type: ignore[method-assign]
    with pytest.raises(OutOfOrder):
        node.dispatch()
    assert node.deliveries() == [("sending", 1, None)], "an outcome that the desk did not hear is none"


def test_who_left_the_rota_is_not_told(node: Node, rasa: str) -> None:
    jonas = node.admin.add_person("Jonas", "jonas@desk.example")
    node.waits(urgency=Urgency.IMMEDIATE)
    node.admin.remove_person(rasa)
    node.admin.set_active(jonas.id, False)
    node.watch.step()
    assert node.dispatch() == 0
    assert node.channel.tried == []
    assert node.states[-1] == ("nobody_on_duty", 0, None)
    node.admin.set_active(jonas.id, True)
    node.watch.step()
    node.dispatch()
    assert node.channel.addresses == ["jonas@desk.example"]


def test_only_short_and_harmless_values_reach_a_channel(node: Node) -> None:
    """Case 89: what a channel is handed holds neither the reference nor its kind."""
    reference = node.waits()
    node.dispatch()
    ((_, notice, delivery_id),) = node.channel.tried
    assert reference not in repr(notice) + delivery_id
    assert "match" not in repr(notice) + delivery_id
