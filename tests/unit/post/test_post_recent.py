"""What was decoded a moment ago: taken once, and only for exactly these bytes."""

from typing import cast

from shared.post.sealed_opener import Recent
from shared.wire.envelope import Inner

MESSAGE = cast(Inner, object())


def test_taken_once_and_only_for_these_bytes() -> None:
    recent = Recent()
    recent.put(b"\x01stored", MESSAGE)
    assert recent.take(b"\x01Stored") is None
    assert recent.take(b"\x01stored") is MESSAGE
    assert recent.take(b"\x01stored") is None


def test_the_oldest_gives_way() -> None:
    recent = Recent(most=2)
    for stored in (b"1", b"2", b"3"):
        recent.put(stored, MESSAGE)
    assert recent.take(b"1") is None
    assert recent.take(b"2") is MESSAGE


def test_it_holds_so_many_bytes_and_no_more() -> None:
    """How long a message is its sender chose."""
    recent = Recent(most_bytes=10)
    for stored in (b"1" * 4, b"1" * 4, b"2" * 4, b"3" * 4):
        recent.put(stored, MESSAGE)
    assert recent.take(b"1" * 4) is None
    assert recent.take(b"2" * 4) is recent.take(b"3" * 4) is MESSAGE
    recent.put(b"4" * 10, MESSAGE)
    assert recent.take(b"4" * 10) is MESSAGE
    recent.put(b"5" * 11, MESSAGE)
    assert recent.take(b"5" * 11) is None
