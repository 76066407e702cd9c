"""The list of what was refused."""

import hashlib
from datetime import timedelta

import pytest

from shared.store import quarantine
from shared.store.engine import Database
from tests.support.clock import START


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
        added = [quarantine.add(session, "relay", "decrypt", b"x", START) for _ in range(5)]
        assert added == [True, True, True, False, False]
        assert quarantine.add(session, "relay", "signature", b"x", START)


def test_a_flood_of_envelopes_keeps_few_of_them_and_no_large_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 72: an old key's id is no secret, and the signature is not checked before."""
    monkeypatch.setattr(quarantine, "MOST_ENVELOPES", 2)
    code = "revoked-or-old-key"
    sizes = [quarantine.LARGEST_ENVELOPE + 1, quarantine.LARGEST_ENVELOPE, 8, 8]
    assert quarantine.LARGEST_ENVELOPE == 70_000
    with database.begin() as session:
        for size in sizes:
            assert quarantine.add(session, "relay", code, bytes(size), START)
        rows = list(reversed(quarantine.newest(session)))
        assert [row.size for row in rows] == sizes
        assert [row.envelope is not None for row in rows] == [False, True, True, False]
        quarantine.remove(session, rows[1].id)
        assert quarantine.add(session, "relay", code, b"room again", START)
        assert quarantine.newest(session)[0].envelope == b"room again"


def test_purge_by_age(database: Database) -> None:
    with database.begin() as session:
        quarantine.add(session, "relay", "decrypt", b"x", START - timedelta(days=91))
        quarantine.add(session, "relay", "decrypt", b"x", START)
        assert quarantine.purge(session, START - timedelta(days=90)) == 1
        assert quarantine.counts(session, START) == {"decrypt": 1}
