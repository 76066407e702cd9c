"""What came a moment too early is looked at again, for ten minutes."""

from datetime import timedelta

import pytest

from shared.bus.port import Verdict
from shared.post.sealed_opener import EnvelopeOpener
from shared.post.second_look import SecondLook
from shared.store import sequence
from shared.wire.messages import AlertWithdrawn
from shared.wire.reject import Code
from tests.unit.post.conftest import Offices
from tests.unit.post.offices import LYON, Office, inbox, refused


def looking(office: Office) -> SecondLook:
    """The loop of this office."""
    return SecondLook(
        office.receiver(), EnvelopeOpener(office.me, office.keys, office.directory, office.clock)
    )


def arrive(offices: Offices) -> list[Verdict]:
    """Vilnius sends to Lyon, and Lyon's receiver takes it."""
    offices.vilnius.send(LYON, AlertWithdrawn(alert="alert_" + "a" * 26, version=2))
    offices.vilnius.outbox_relay().publish_due()
    return offices.lyon.receiver().take(offices.relay.take(offices.lyon.queue, 10))


def test_an_alert_that_overtakes_the_word_that_its_sender_is_verified_waits(offices: Offices) -> None:
    """Intake verified Vilnius, matching hears it later than the first alert (case 67's order, by message)."""
    lyon = offices.lyon
    lyon.set_status("lt-vilnius", "compared")
    assert arrive(offices) == [Verdict.DEAD]
    look = looking(lyon)
    assert look.step() == 0
    assert inbox(lyon.database) == []
    lyon.set_status("lt-vilnius", "verified")
    assert look.step() == 1
    (row,) = inbox(lyon.database)
    assert (row.sender, row.type, row.state) == ("lt-vilnius/intake", "alert.withdrawn", "waiting")
    assert refused(lyon.database) == []
    with lyon.database.read() as session:
        assert sequence.missing(session, "lt-vilnius/intake>fr-lyon/matching") == []
    assert look.step() == 0


def test_a_kill_between_the_two_steps_repeats_nothing(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 11: stored, and killed before it is struck off the list."""
    lyon = offices.lyon
    lyon.set_status("lt-vilnius", "compared")
    arrive(offices)
    lyon.set_status("lt-vilnius", "verified")
    with monkeypatch.context() as cut:
        cut.setattr("shared.store.quarantine.remove", _die)
        with pytest.raises(KeyboardInterrupt):
            looking(lyon).step()
    assert looking(lyon).step() == 1
    assert (len(inbox(lyon.database)), refused(lyon.database)) == (1, [])


def test_after_ten_minutes_it_is_refused_for_good(offices: Offices) -> None:
    lyon = offices.lyon
    lyon.set_status("lt-vilnius", "compared")
    arrive(offices)
    lyon.clock.advance(timedelta(minutes=11))
    assert looking(lyon).step() == 0
    lyon.set_status("lt-vilnius", "verified")
    assert looking(lyon).step() == 0
    (row,) = refused(lyon.database)
    assert (row.code, row.envelope) == (Code.SENDER_NOT_VERIFIED, None)
    assert row.sender == "lt-vilnius", "by the routing key, which the relay guards"


@pytest.mark.parametrize("status", ["suspended", "suspect", "left"])
def test_nothing_of_a_partner_that_people_stopped_is_kept(offices: Offices, status: str) -> None:
    lyon = offices.lyon
    lyon.set_status("lt-vilnius", status)
    arrive(offices)
    lyon.set_status("lt-vilnius", "verified")
    assert looking(lyon).step() == 0
    assert inbox(lyon.database) == []


def _die(*arguments: object) -> None:
    raise KeyboardInterrupt
