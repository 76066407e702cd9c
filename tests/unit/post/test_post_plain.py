"""Plain events: only what is exactly one of the agreed kinds comes in, and nothing else goes out."""

import json
from typing import Any

import pytest

from shared.bus.port import Verdict
from shared.post import plain
from shared.post.plain import MAX_EVENT_BYTES, PlainPost
from shared.wire import canonical, local
from shared.wire.local import CaseClosed, DutyWaiting, MatchDecided
from shared.wire.reject import Code, Reject
from tests.unit.post.offices import Desk, outbox, refused, settled_event, waiting_event


def changed(event: bytes, **fields: Any) -> bytes:
    """The same event with other fields; None removes one."""
    values = {**json.loads(event), **fields}
    return canonical.dumps({name: value for name, value in values.items() if value is not None})


def test_an_event_comes_back_as_it_was_told(desk: Desk) -> None:
    event = waiting_event(desk.clock)
    incoming = plain.decode(event, "notify")
    assert (incoming.type, incoming.sender, incoming.seq) == ("duty.waiting", "matching", None)
    assert isinstance(incoming.body, DutyWaiting)
    assert incoming.created == desk.clock.now()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"type": "match.proposed"}, Code.SCHEMA),
        ({"type": "no.such.thing"}, Code.SCHEMA),
        ({"from": "desk"}, Code.SCHEMA),
        ({"id": "1"}, Code.SCHEMA),
        ({"v": 2}, Code.SCHEMA),
        ({"v": True}, Code.SCHEMA),
        ({"body": {}}, Code.SCHEMA),
        ({"body": None}, Code.SCHEMA),
        ({"more": 1}, Code.SCHEMA),
        ({"created": "2026-11-21 21:40"}, Code.SCHEMA),
    ],
)
def test_what_is_not_exactly_an_event_is_refused(desk: Desk, fields: dict[str, Any], code: Code) -> None:
    """Case 24: a missing, unknown or wrong field; a sealed type told in the open is refused too."""
    event = changed(waiting_event(desk.clock), **fields)
    with pytest.raises(Reject) as refusal:
        plain.decode(event, "notify")
    assert refusal.value.code is code
    assert desk.take(event) == [Verdict.DEAD]
    assert [row.code for row in refused(desk.database)] == [code.value]


def test_free_text_has_no_place_in_an_event(desk: Desk) -> None:
    """Rule 8: not even in an agreed body."""
    event = waiting_event(desk.clock)
    body = {**json.loads(event)["body"], "note": "Žydrūnė"}
    with pytest.raises(Reject):
        plain.decode(changed(event, body=body), "notify")


def test_an_event_for_another_service_is_refused(desk: Desk) -> None:
    with pytest.raises(Reject) as refusal:
        plain.decode(waiting_event(desk.clock), "intake")
    assert refusal.value.code is Code.NOT_FOR_ME


def test_an_event_over_four_kib_is_refused_unread(desk: Desk) -> None:
    """Case 73: 4,096 bytes are read, 4,097 are not."""
    event = waiting_event(desk.clock)
    padded = event[:-1] + b" " * (MAX_EVENT_BYTES - len(event)) + b"}"
    assert len(padded) == MAX_EVENT_BYTES
    codes = []
    for data in (padded, padded + b" "):
        with pytest.raises(Reject) as refusal:
            plain.decode(data, "notify")
        codes.append(refusal.value.code)
    assert codes == [Code.JSON_NOT_CANONICAL, Code.SIZE]


@pytest.mark.parametrize("data", [b"", b"{", b"null", b"\xff\xfe", b'{"v":1,"v":1}', b"[" * 4000])
def test_rubbish_is_refused_and_never_an_error(desk: Desk, data: bytes) -> None:
    """Case 2 for plain events: an empty or damaged one is refused, and what comes with it flows."""
    good = settled_event(desk.clock)
    assert desk.take(data, good) == [Verdict.DEAD, Verdict.ACK]


def test_a_sealed_type_cannot_be_told_in_the_open(desk: Desk) -> None:
    """Rule 5: what matching and intake say to each other is never plain."""
    post = PlainPost("intake", desk.clock)
    secret = CaseClosed(case="case_" + "a" * 26)
    with desk.database.begin() as session, pytest.raises(ValueError, match=r"case\.closed"):
        post.tell(session, secret)
    assert outbox(desk.database) == []
    assert MatchDecided.TYPE not in local.PLAIN_BODIES
