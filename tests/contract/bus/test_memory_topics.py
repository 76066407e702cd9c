"""The memory bus routes as topic exchanges do."""

import pytest

from shared.bus.memory import MemoryBus, matches
from shared.bus.port import BrokerUnavailable, Outgoing, PublishOutcome


@pytest.mark.parametrize(
    ("binding", "key", "expected"),
    [
        ("from.*.to.lv-riga.intake", "from.lt-vilnius.to.lv-riga.intake", True),
        ("from.*.to.lv-riga.intake", "from.to.lv-riga.intake", False),
        ("from.*.to.lv-riga.intake", "from.a.b.to.lv-riga.intake", False),
        ("notify.#", "notify", True),
        ("notify.#", "notify.match.proposed", True),
        ("notify.#", "notifyx.match", False),
        ("#", "", True),
    ],
)
def test_topics(binding: str, key: str, expected: bool) -> None:
    assert matches(binding, key) is expected


def test_a_broker_that_is_away_takes_nothing_and_loses_nothing() -> None:
    bus = MemoryBus.node("lt-vilnius")
    message = Outgoing("notify.match.proposed", b"{}", "")
    assert bus.publisher().publish([message]) == [PublishOutcome.CONFIRMED]
    bus.away = True
    assert bus.publisher().publish([message]) == [PublishOutcome.UNKNOWN]
    with pytest.raises(BrokerUnavailable):
        bus.consumer("notify").check()
    assert len(bus.waiting("notify")) == 1


def test_a_key_that_amqp_cannot_carry_never_reaches_the_connection() -> None:
    with pytest.raises(ValueError, match="255"):
        Outgoing("x" * 256, b"", "")
