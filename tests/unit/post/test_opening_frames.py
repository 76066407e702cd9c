"""What goes between a worker and its opening process is read strictly, and says the same on both sides."""

import pytest

from shared.bus.port import Delivery
from shared.crypto import signing
from shared.post.opening import frames
from shared.post.opening.terms import Terms
from shared.wire.envelope import Opened
from shared.wire.messages import AlertWithdrawn
from shared.wire.reject import Code
from tests.unit.post.conftest import Offices
from tests.unit.post.offices import LYON, Office


def terms_of(office: Office) -> Terms:
    """As the office opens now."""
    with office.database.read() as session:
        view = office.directory.view(session, office.clock.now())
        return Terms(office.me, office.keys.ring(session).keys, view.signers())


def arriving(offices: Offices, count: int = 1) -> list[Delivery]:
    """So many envelopes from Vilnius in Lyon's inbox queue, taken out of it."""
    bodies = [AlertWithdrawn(alert="alert_" + "a" * 26, version=number + 1) for number in range(count)]
    offices.vilnius.send(LYON, *bodies)
    while offices.vilnius.outbox_relay().publish_due():
        pass
    return offices.relay.take(offices.lyon.queue, 1000)


def test_terms_open_alike_on_the_other_side(offices: Offices) -> None:
    [delivery] = arriving(offices)
    here, now = terms_of(offices.lyon), offices.lyon.clock.now()
    there = Terms.from_bytes(here.to_bytes())
    [opened] = here.open([delivery.body], now)
    assert isinstance(opened, Opened)
    assert there.open([delivery.body], now) == [opened]
    offices.lyon.set_status("lt-vilnius", "suspended")
    suspended = Terms.from_bytes(terms_of(offices.lyon).to_bytes())
    assert suspended.open([delivery.body], now) == [Code.SENDER_SUSPENDED]


def test_terms_never_show_a_key(offices: Offices) -> None:
    terms = terms_of(offices.lyon)
    [key] = terms.keys.values()
    assert key.to_bytes().hex() not in repr(terms)


def test_an_order_and_an_answer_come_back_as_they_went(offices: Offices) -> None:
    lyon = offices.lyon
    bodies = [delivery.body for delivery in arriving(offices)] + [b"", b"not an envelope"]
    read, now = frames.read_envelopes(frames.envelopes(bodies, lyon.clock.now()))
    assert (read, now) == (bodies, lyon.clock.now())
    terms = terms_of(lyon)
    outcomes = terms.open(bodies, now)
    [good, empty, other] = frames.read_answer(frames.answer(outcomes))
    assert isinstance(outcomes[0], Opened)
    assert good == (outcomes[0].raw_signature, outcomes[0].inner_bytes)
    assert [empty, other] == [Code.SIZE, Code.SIZE]


@pytest.mark.parametrize(
    "data",
    [
        b"\x00",
        b"\x00\x00\x00\x05abc",
        b"\x00\x00\x00\x01\x02",
        b"\x00\x00\x00\x09\x01no-reason",
        b"\x00\x00\x00\x41\x00" + bytes(signing.SIGNATURE_BYTES),
        b"\x00\x00\x00\x00",
    ],
    ids=[
        "half a length",
        "half a text",
        "unknown kind",
        "unknown code",
        "signature of nothing",
        "empty outcome",
    ],
)
def test_anything_else_is_no_answer(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        frames.read_answer(data)
