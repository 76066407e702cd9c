"""Case 73: what a member may put into a message, the headers above all, and what our consumer makes of it."""

import struct

import pika
import pytest

from shared.bus.port import Delivery
from shared.bus.private_node import PrivateBroker
from shared.bus.rabbitmq import RabbitConsumer
from shared.bus.rabbitmq.properties import ReceivedProperties
from tests.support.broker import Recorder, consuming, raw_channel, wait_for

KEY = "from.lt-vilnius.to.lv-riga.matching"


def _table(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def _nested(depth: int) -> bytes:
    content = b""
    for _ in range(depth):
        content = b"\x01aF" + _table(content)
    return content


HEADERS = {
    "a date beyond all calendars": b"\x01aT" + b"\x7f" * 8,
    "a key that is not UTF-8": b"\x02\xff\xfeS" + _table(b"x"),
    "nested 5,000 deep": _nested(5000),
}


class _RawProperties(pika.BasicProperties):
    """Writes a header table as given."""

    table = b""

    def encode(self) -> list[bytes]:
        flags = pika.BasicProperties.FLAG_CONTENT_TYPE | pika.BasicProperties.FLAG_HEADERS
        return [struct.pack(">H", flags), b"\x04text", _table(self.table)]


@pytest.mark.broker
@pytest.mark.parametrize("table", HEADERS.values(), ids=HEADERS)
def test_case_73_headers_that_break_a_reader_do_not_break_ours(broker: PrivateBroker, table: bytes) -> None:
    """Without our own reader of properties, pika raises on the date and the nesting, every time."""
    properties = _RawProperties()
    properties.table = table
    with raw_channel(broker.relay_address("lt-vilnius")) as channel:
        channel.confirm_delivery()
        channel.basic_publish("envelopes", KEY, b"hostile", properties)
        channel.basic_publish("envelopes", KEY, b"later")
    seen = Recorder()
    with consuming(RabbitConsumer(broker.relay_address("lv-riga"), "inbox.lv-riga.matching"), seen):
        wait_for(lambda: len(seen.seen) == 2)
    assert seen.seen == [Delivery(KEY, b"hostile", "text"), Delivery(KEY, b"later", "")]


@pytest.mark.broker
def test_case_73_lying_headers_are_never_shown(broker: PrivateBroker) -> None:
    lies = pika.BasicProperties(
        content_type="text/html",
        headers={"x-death": [{"count": 99, "queue": "inbox.lv-riga.matching"}], "x-delivery-count": 50},
        app_id="lv-riga",
        message_id="msg_0",
        timestamp=1,
    )
    with raw_channel(broker.relay_address("lt-vilnius")) as channel:
        channel.confirm_delivery()
        channel.basic_publish("envelopes", KEY, b"body", lies)
    seen = Recorder()
    with consuming(RabbitConsumer(broker.relay_address("lv-riga"), "inbox.lv-riga.matching"), seen):
        wait_for(lambda: len(seen.seen) == 1)
    assert seen.seen == [Delivery(KEY, b"body", "text/html")]
    assert set(Delivery.__slots__) == {"routing_key", "body", "content_type"}


@pytest.mark.broker
def test_case_73_a_false_user_id_is_refused_by_the_broker(broker: PrivateBroker) -> None:
    with raw_channel(broker.relay_address("lt-vilnius")) as channel:
        channel.confirm_delivery()
        with pytest.raises(pika.exceptions.ChannelClosedByBroker) as refused:
            channel.basic_publish("envelopes", KEY, b"", pika.BasicProperties(user_id="lv-riga"))
    assert refused.value.reply_code == 406


def test_case_73_no_property_list_can_raise() -> None:
    whole = b"".join(
        pika.BasicProperties(
            content_type="a/b",
            content_encoding="c",
            headers={"d": "e"},
            delivery_mode=2,
            priority=1,
            correlation_id="f",
            reply_to="g",
            expiration="1",
            message_id="token",
            timestamp=5,
        ).encode()
    )
    read = ReceivedProperties().decode(whole)
    assert (read.content_type, read.message_id) == ("a/b", "token")
    for end in range(len(whole)):
        for junk in (b"", b"\xff" * 3, b"\xff" * 40):
            ReceivedProperties().decode(whole[:end] + junk)
