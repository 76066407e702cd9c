"""Urgency, back-off, the sum of deliveries, the desk's address, and the reasons."""

import random
from datetime import timedelta

import pytest

from services.notify.domain import reasons
from services.notify.domain.backoff import Backoff
from services.notify.domain.notice import BadDeskAddress, desk_address
from services.notify.domain.states import DeliveryState, Standing, WaitingState, standing
from services.notify.domain.urgency import PRIORITY, Reach, is_more_serious, priority, reach
from shared.wire.codes import MsgStatus, Urgency
from shared.wire.local import DutyState

S, W = DeliveryState, WaitingState


def test_every_urgency_on_the_wire_has_a_place() -> None:
    assert set(PRIORITY) == {urgency.value for urgency in Urgency}
    assert sorted(PRIORITY, key=PRIORITY.__getitem__) == [
        "Immediate",
        "Expected",
        "Unknown",
        "Future",
        "Past",
    ]


@pytest.mark.parametrize("status", [MsgStatus.EXERCISE, MsgStatus.TEST])
def test_a_rehearsal_stands_behind_everything_real(status: MsgStatus) -> None:
    assert priority("Immediate", status) > max(priority(urgency, "Actual") for urgency in Urgency)


def test_a_test_stays_on_the_desk() -> None:
    assert reach(MsgStatus.TEST) is Reach.DESK_ONLY
    assert reach(MsgStatus.EXERCISE) is Reach.PEOPLE
    assert reach(MsgStatus.ACTUAL) is Reach.PEOPLE


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        (("Immediate", "Actual"), ("Expected", "Actual"), True),
        (("Expected", "Actual"), ("Immediate", "Actual"), False),
        (("Immediate", "Actual"), ("Immediate", "Actual"), False),
        (("Past", "Actual"), ("Immediate", "Exercise"), True),
        (("Immediate", "Exercise"), ("Past", "Actual"), False),
        (("Immediate", "Exercise"), ("Past", "Exercise"), False),
        (("Past", "Exercise"), ("Immediate", "Test"), True),
    ],
)
def test_what_makes_people_be_told_again(new: tuple[str, str], old: tuple[str, str], expected: bool) -> None:
    assert is_more_serious(*new, than_urgency=old[0], than_status=old[1]) is expected


def test_the_wait_doubles_up_to_a_cap_and_scatters() -> None:
    middle = [Backoff().wait(attempts, lambda: 0.5).total_seconds() for attempts in range(1, 8)]
    assert middle == [30, 60, 120, 240, 480, 900, 900]
    scattered = {Backoff().wait(3, random.random) for _ in range(50)}
    assert len(scattered) > 40
    assert timedelta(seconds=96) <= min(scattered) <= max(scattered) <= timedelta(seconds=144)
    assert Backoff().wait(10_000, lambda: 0.5) == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], Standing(W.NOBODY_ON_DUTY, 0, None)),
        ([(S.CANCELLED, "a", None)], Standing(W.NOBODY_ON_DUTY, 0, None)),
        ([(S.PENDING, "a", None), (S.SENDING, "b", None)], Standing(W.PLANNED, 0, None)),
        ([(S.PENDING, "a", None), (S.RETRYING, "b", "x")], Standing(W.RETRYING, 0, "x")),
        ([(S.PARKED, "a", "x"), (S.RETRYING, "b", "y")], Standing(W.RETRYING, 0, "x")),
        ([(S.PARKED, "a", "x"), (S.PENDING, "b", None)], Standing(W.RETRYING, 0, "x")),
        ([(S.PARKED, "a", "x"), (S.CANCELLED, "b", None)], Standing(W.PARKED, 0, "x")),
        ([(S.SENT, "a", None), (S.PARKED, "b", "x")], Standing(W.TOLD, 1, "x")),
        ([(S.SENT, "a", None), (S.SENT, "a", None), (S.SENT, "b", None)], Standing(W.TOLD, 2, None)),
        ([(S.SENDING, "a", "x")], Standing(W.RETRYING, 0, "x")),
    ],
)
def test_the_sum_of_deliveries(rows: list[tuple[DeliveryState, str, str | None]], expected: Standing) -> None:
    assert standing(rows) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://desk.example.org", "https://desk.example.org/"),
        ("https://desk.example.org/", "https://desk.example.org/"),
        ("http://localhost:8081/myosotis/", "http://localhost:8081/myosotis/"),
    ],
)
def test_the_desks_address(url: str, expected: str) -> None:
    assert desk_address(url) == expected


@pytest.mark.parametrize(
    "url",
    ["", "desk.example.org", "ftp://desk.example.org", "https://", "https://desk.example.org/?token=1",
     "https://desk.example.org/?", "https://desk.example.org/#case", "https://user:secret@desk.example.org/",
     "https://desk.example.org/a b", "https://desk.example.org/\nx", "javascript:alert(1)", "https://[::1/"],
)  # fmt: skip
def test_case_89_an_address_that_could_identify_or_authorise_is_refused(url: str) -> None:
    with pytest.raises(BadDeskAddress, match="public_url"):
        desk_address(url)


def test_every_reason_is_a_code_with_a_sentence_that_says_what_to_do() -> None:
    for code in reasons.CODES:
        reason = reasons.with_number(code, 550)
        DutyState(
            reference="match_" + "a" * 26,
            state="parked",
            channel="email",
            told=0,
            at="2026-11-21T21:40:00Z",
            reason=reason,
        )
        assert ":" in reasons.explain(code)
        assert reasons.explain(reason).endswith("(the server answered 550)")
    assert reasons.explain(None) == ""
