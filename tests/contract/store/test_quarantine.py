"""The list of what was refused."""

import hashlib
from datetime import timedelta

import pytest

from shared.store import quarantine
from shared.store.engine import Database
from tests.support.clock import START

VILNIUS = "lt-vilnius"


def test_it_keeps_code_size_and_fingerprint_and_only_for_old_keys_the_envelope(database: Database) -> None:
    """Case 10."""
    with database.begin() as session:
        assert quarantine.add(session, "relay", "signature", b"MYOS one", START)
        assert quarantine.add(session, "relay", "revoked-or-old-key", b"MYOS two!", START)
        kept, plain = quarantine.newest(session)
        assert (plain.code, plain.size, plain.envelope) == ("signature", 8, None)
        assert plain.sha256 == hashlib.sha256(b"MYOS one").digest()
        assert (kept.code, kept.envelope) == ("revoked-or-old-key", b"MYOS two!")
        assert [row.id for row in quarantine.newest(session, code="signature")] == [plain.id]
        assert quarantine.counts(session, START) == {"signature": 1, "revoked-or-old-key": 1}
        assert quarantine.remove(session, kept.id) == b"MYOS two!"
        assert quarantine.remove(session, kept.id) is None
        assert quarantine.counts(session, START) == {"signature": 1}


def test_a_flood_stops_filling_the_disk(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 72."""
    monkeypatch.setattr(quarantine, "MOST_ROWS", 3)
    with database.begin() as session:
        added = [quarantine.add(session, "relay", "decrypt", bytes([n]), START, VILNIUS) for n in range(5)]
        assert added == [True, True, True, False, False]
        assert quarantine.add(session, "relay", "signature", b"x", START, VILNIUS)
        assert quarantine.add(session, "relay", "decrypt", b"x", START, "lv-riga"), "another has its own room"


def test_what_comes_again_is_counted_in_its_row(database: Database) -> None:
    """Case 72: 22 MB of one unsigned envelope filled the list, and nothing else was kept for 90 days."""
    hour = timedelta(hours=1)
    with database.begin() as session:
        for number in range(1_000):
            assert quarantine.add(session, "relay", "unknown-sender", b"MYOS", START + number * hour, VILNIUS)
        [row] = quarantine.newest(session)
        assert (row.times, row.received, row.envelope) == (1_000, START + 999 * hour, b"MYOS")
        assert quarantine.counts(session, START) == {"unknown-sender": 1_000}
        assert quarantine.purge(session, START + 999 * hour) == 0, "as old as its last repetition"


def test_a_long_list_keeps_no_envelope_from_its_second_look(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much was refused before, what may be right in a moment is kept."""
    monkeypatch.setattr(quarantine, "MOST_ROWS", 2)
    with database.begin() as session:
        for number in range(5):
            envelope = bytes(quarantine.LARGEST_ENVELOPE + 1 + number)
            quarantine.add(session, "relay", "sender-not-verified", envelope, START, VILNIUS)
        assert len(quarantine.newest(session)) == 2
        assert quarantine.add(session, "relay", "sender-not-verified", b"MYOS", START, VILNIUS)
        assert list(quarantine.waiting(session, "relay").values()) == [b"MYOS"]


def test_no_sender_takes_the_room_of_another(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Room is by routing key, which the relay guards; the relay itself has no more than the room of all."""
    monkeypatch.setattr(quarantine, "MOST_ENVELOPES", 2)
    monkeypatch.setattr(quarantine, "MOST_OF_ALL", 3)
    senders = ["xx-flood", "xx-flood", "xx-flood", VILNIUS, "lv-riga"]
    with database.begin() as session:
        for number, sender in enumerate(senders):
            quarantine.add(session, "relay", "unknown-sender", bytes([number]), START, sender)
        kept = [row.sender for row in quarantine.newest(session) if row.envelope is not None]
        assert sorted(kept) == [VILNIUS, "xx-flood", "xx-flood"]
        assert quarantine.lost_of(session, "lv-riga")
        assert not quarantine.lost_of(session, VILNIUS)


def test_what_is_sent_again_as_it_was_waits_again(database: Database) -> None:
    """A partner repeats what we miss as it was sealed: the same bytes, and they may be right this time."""
    with database.begin() as session:
        quarantine.add(session, "relay", "sender-not-verified", b"MYOS", START, VILNIUS)
        assert quarantine.stop_waiting(session, START + timedelta(minutes=11)) == 1
        assert quarantine.lost_of(session, VILNIUS)
        later = START + timedelta(hours=1)
        quarantine.add(session, "relay", "sender-not-verified", b"MYOS", later, VILNIUS)
        assert list(quarantine.waiting(session, "relay").values()) == [b"MYOS"]


def test_a_flood_of_envelopes_keeps_few_of_them_and_no_large_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 72: an old key's id is no secret, and the signature is not checked before."""
    monkeypatch.setattr(quarantine, "MOST_ENVELOPES", 2)
    code = "revoked-or-old-key"
    sizes = [quarantine.LARGEST_ENVELOPE + 1, quarantine.LARGEST_ENVELOPE, 8, 8]
    assert quarantine.LARGEST_ENVELOPE == 70_000
    with database.begin() as session:
        for number, size in enumerate(sizes):
            assert quarantine.add(session, "relay", code, bytes([number]) * size, START)
        rows = list(reversed(quarantine.newest(session)))
        assert [row.size for row in rows] == sizes
        assert [row.envelope is not None for row in rows] == [False, True, True, False]
        quarantine.remove(session, rows[1].id)
        assert quarantine.add(session, "relay", code, b"room again", START)
        assert quarantine.newest(session)[0].envelope == b"room again"


def test_purge_by_age(database: Database) -> None:
    with database.begin() as session:
        quarantine.add(session, "relay", "decrypt", b"old", START - timedelta(days=91))
        quarantine.add(session, "relay", "decrypt", b"x", START)
        assert quarantine.purge(session, START - timedelta(days=90)) == 1
        assert quarantine.counts(session, START) == {"decrypt": 1}
