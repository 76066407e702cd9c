"""Our own keys: root files, role keys that rotate, and opening keys that are destroyed (cases 19 and 20)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from shared.crypto import keyfile
from shared.crypto.rest import CannotDecrypt
from shared.partners import card as cards
from shared.partners import prekeys, revocation, rolekeys, succession
from shared.partners.identity import CardDetails, OrganisationIdentity
from shared.partners.rolekeys import RoleKeys
from shared.partners.tables import OpeningKeyRow
from shared.store.engine import Database
from shared.wire import envelope, messages
from shared.wire.parties import Party, Role
from shared.wire.reject import Code, Reject
from tests.unit.partners.world import NOW, POLICY, key
from tests.unit.wire import parts

PASSPHRASE = b"a passphrase for tests"
ME = Party("fr-lyon", Role.MATCHING)
DETAILS = CardDetails("fr-lyon", "Recherche Lyon (invented)", "FR", ("fr",), "+33000000000", POLICY)
ROLES = [(Role.INTAKE, key("a").verify_key), (Role.MATCHING, key("b").verify_key)]


def role_keys() -> RoleKeys:
    bundle = keyfile.KeyBundle(
        {rolekeys.SIGNING_SECRET: key("b").to_seed(), rolekeys.OPENING_SECRET: bytes(range(32))}
    )
    return RoleKeys.from_bundle(ME, bundle)


@pytest.mark.slow
def test_an_identity_is_made_loaded_and_rotated(tmp_path: Path) -> None:
    root_file, next_file = tmp_path / "root.key", tmp_path / "next-root.key"
    made = OrganisationIdentity.create(root_file, next_file, PASSPHRASE, keyfile.INTERACTIVE)
    loaded = OrganisationIdentity.load(root_file, PASSPHRASE)
    first = cards.check(loaded.issue_card(DETAILS, ROLES, NOW), NOW)
    assert first.root == made.root.verify_key
    assert first.card.seq == int(NOW.timestamp())
    again = cards.check(loaded.issue_card(DETAILS, ROLES, NOW, after_seq=first.card.seq), NOW)
    assert succession.follow(first, again) is succession.Step.UPDATED
    rotated = OrganisationIdentity.rotate(root_file, next_file, PASSPHRASE, keyfile.INTERACTIVE)
    second = cards.check(rotated.issue_card(DETAILS, ROLES, NOW), NOW)
    assert succession.follow(first, second) is succession.Step.ROTATED
    assert OrganisationIdentity.load(tmp_path / "root.key.new", PASSPHRASE).next_hash == rotated.next_hash


@pytest.mark.slow
def test_the_root_file_does_not_hold_the_next_key(tmp_path: Path) -> None:
    """Otherwise a thief of the current key would have the next one as well."""
    root_file, next_file = tmp_path / "root.key", tmp_path / "next-root.key"
    OrganisationIdentity.create(root_file, next_file, PASSPHRASE, keyfile.INTERACTIVE)
    following = keyfile.load(next_file, PASSPHRASE)["next-root"]
    assert following not in keyfile.load(root_file, PASSPHRASE).values()


def test_a_card_lives_400_days_at_most(tmp_path: Path) -> None:
    identity = OrganisationIdentity(key("root"), cards.next_root_hash(key("next").verify_key))
    details = CardDetails(
        "fr-lyon", "Lyon", "FR", ("fr",), "+33000000000", POLICY, valid_for=timedelta(days=4000)
    )
    checked = cards.check(identity.issue_card(details, ROLES, NOW), NOW)
    assert checked.valid_until - checked.valid_from == timedelta(days=400)


def test_a_revocation_is_believed() -> None:
    identity = OrganisationIdentity(key("root"), cards.next_root_hash(key("next").verify_key))
    card = cards.check(identity.issue_card(DETAILS, ROLES, NOW), NOW)
    data = identity.issue_revocation("fr-lyon", ["0123456789abcdef"], NOW)
    assert revocation.check(data, card).since == NOW


def test_sealing_keys_change_weekly(database: Database) -> None:
    keys = role_keys()
    with database.begin() as session:
        with pytest.raises(ValueError, match="rotate"):
            keys.prekey_set(session)
        assert keys.rotate(session, NOW)
        first = keys.prekey_set(session)
        assert not keys.rotate(session, NOW + timedelta(days=7, seconds=-1))
        assert keys.prekey_set(session) == first
        assert keys.rotate(session, NOW + timedelta(days=7))
        assert keys.prekey_set(session) != first
        assert keys.rotate(session, NOW + timedelta(days=7), force=True)
    card = cards.check(OrganisationIdentity(key("root"), "0" * 64).issue_card(DETAILS, ROLES, NOW), NOW)
    checked = prekeys.check(first, card)
    assert checked.party == ME
    assert checked.keys[0].not_after - checked.keys[0].not_before == timedelta(days=60)


def test_the_number_grows_even_after_a_restored_backup(database: Database) -> None:
    keys = role_keys()
    with database.begin() as session:
        keys.rotate(session, NOW)
        before = session.scalar(select(OpeningKeyRow.seq))
    assert before == int(NOW.timestamp())


def test_cases_19_and_20_kept_for_67_days_and_then_destroyed(database: Database) -> None:
    keys = role_keys()
    with database.begin() as session:
        for week in range(12):
            keys.rotate(session, NOW + timedelta(days=7 * week))
            if week == 0:
                first = next(iter(keys.ring(session).keys))
    with database.begin() as session:
        assert keys.prune(session, NOW + timedelta(days=67, seconds=-1)) == 0
        assert keys.ring(session).opening_key(first) is not None
        assert keys.prune(session, NOW + timedelta(days=67)) == 1
        assert keys.ring(session).opening_key(first) is None
        # Even on a clock that is far ahead the key that partners use now stays.
        assert keys.prune(session, NOW + timedelta(days=4000)) == 10
        assert len(keys.ring(session).keys) == 1


def test_case_20_a_ring_forgets_what_another_process_destroyed(database: Database) -> None:
    mine, other = role_keys(), role_keys()
    with database.begin() as session:
        other.rotate(session, NOW)
        first = next(iter(other.ring(session).keys))
        assert mine.ring(session).opening_key(first) is not None
    with database.begin() as session:
        other.rotate(session, NOW + timedelta(days=68))
        other.prune(session, NOW + timedelta(days=68) + prekeys.GRACE)
        second = next(iter(other.ring(session).keys))
        assert mine.ring(session).opening_key(second) is not None
        assert mine.ring(session).opening_key(first) is None


def test_a_thief_of_the_database_alone_has_nothing(database: Database, tmp_path: Path) -> None:
    keys = role_keys()
    with database.begin() as session:
        keys.rotate(session, NOW)
        private = next(iter(keys.ring(session).keys.values())).to_bytes()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("service.db*"))
    assert private not in stored
    assert private[:32] not in stored
    assert private[64:] not in stored
    thief = RoleKeys(ME, key("b"), bytes(32))
    with database.read() as session, pytest.raises(CannotDecrypt):
        thief.ring(session)


def test_an_opening_key_moved_to_another_row_does_not_open(database: Database) -> None:
    keys = role_keys()
    with database.begin() as session:
        keys.rotate(session, NOW)
        keys.rotate(session, NOW, force=True)
        rows = session.scalars(select(OpeningKeyRow)).all()
        session.execute(
            update(OpeningKeyRow).where(OpeningKeyRow.kid == rows[0].kid).values(private=rows[1].private)
        )
    with database.read() as session, pytest.raises(CannotDecrypt):
        keys.ring(session)


def test_case_19_28_days_off_line_with_rotations_and_out_of_order(database: Database) -> None:
    """Vilnius seals on five days, with the key that it knew then; Lyon opens all of it later, backwards."""
    keys, sent = role_keys(), []
    for day in (0, 7, 14, 21, 28):
        now = NOW + timedelta(days=day)
        with database.begin() as session:
            keys.rotate(session, now)
            newest = max(session.scalars(select(OpeningKeyRow)), key=lambda row: row.seq)
            public = keys.ring(session).keys[bytes.fromhex(newest.kid)].public
        inner = envelope.Inner(
            id=f"msg_{'b' * 25}{'abcdefg'[day // 7]}",
            sender=parts.VILNIUS,
            skid=parts.skid_of(parts.VILNIUS),
            to=ME,
            created=now,
            expires=now + timedelta(days=60),
            seq=day // 7 + 1,
            body=messages.Tombstone(alert=parts.ALERT, version=1),
        )
        sent.append(envelope.seal(inner, parts.signing_key(parts.VILNIUS), public))
    later = NOW + timedelta(days=28, hours=1)
    with database.begin() as session:
        keys.prune(session, later)
        ring = keys.ring(session)
    arguments: dict[str, Any] = {"keyring": ring, "directory": parts.FixedDirectory(), "me": ME}
    opened = [
        envelope.open_envelope(data, now=later, seen=lambda sender, message_id: False, **arguments)
        for data in reversed(sent)
    ]
    assert [message.inner.seq for message in opened] == [5, 4, 3, 2, 1]
    with database.begin() as session:
        keys.prune(session, NOW + timedelta(days=67))
        ring = keys.ring(session)
    with pytest.raises(Reject) as caught:
        envelope.open_envelope(
            sent[0], keyring=ring, directory=parts.FixedDirectory(), me=ME, now=later, seen=lambda s, m: False
        )
    assert caught.value.code is Code.UNKNOWN_KEY


def test_keys_do_not_show_themselves() -> None:
    assert "RoleKeys(fr-lyon/matching)" in repr(role_keys())
    assert key("b").to_seed().hex() not in repr(role_keys().__dict__)
