"""What the directory takes in and refuses: cases 8, 10, 12, 15, 16, 17 and 19."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from shared.crypto import signing
from shared.partners import card as cards
from shared.partners import records, revocation, verification
from shared.partners.card import Card
from shared.partners.directory import Directory, Taken
from shared.partners.tables import PartnerCardRow
from shared.partners.view import CannotSend, HoldReason
from shared.store.engine import Database
from shared.wire import canonical
from shared.wire.codes import PartnerStatus
from shared.wire.envelope import BUCKETS, SignerStatus
from shared.wire.local import MOST_REVOCATIONS
from shared.wire.parties import Party, Role
from shared.wire.reject import Code
from tests.unit.partners import world
from tests.unit.partners.world import NOW, card, key, prekey_set, signed

LYON, LYON_MATCHING = Party("fr-lyon", Role.INTAKE), Party("fr-lyon", Role.MATCHING)


class Node:
    """Vilnius's directory, with one transaction for every step."""

    def __init__(self, database: Database) -> None:
        self.database, self.directory = database, Directory("lt-vilnius")

    def add(self, data: bytes, now: datetime = NOW, sender: str | None = None) -> Taken:
        with self.database.begin() as session:
            return self.directory.add_card(session, data, now, sender=sender)

    def prekeys(self, data: bytes, now: datetime = NOW) -> Taken:
        with self.database.begin() as session:
            return self.directory.add_prekeys(session, data, now, organisation="fr-lyon")

    def revoke(
        self, *keys: str, signer: str = "fr-lyon root 1", since: str = "2026-11-01T00:00:00Z"
    ) -> Taken:
        statement = revocation.RevocationStatement(v=1, organisation="fr-lyon", keys=list(keys), since=since)
        with self.database.begin() as session:
            return self.directory.add_revocation(
                session, revocation.issue(statement, key(signer)), NOW, organisation="fr-lyon"
            )

    def verify(self, organisation: str = "fr-lyon") -> None:
        with self.database.begin() as session:
            positions = verification.start_comparison(session, organisation, "ona", NOW)
            words = verification.words_of(session, organisation)
            typed = [words[place - 1] for place in positions]
            assert verification.compare(session, organisation, "ona", typed, NOW).right
            verification.approve(session, organisation, "petras", NOW)

    def status(self, organisation: str = "fr-lyon") -> PartnerStatus | None:
        with self.database.read() as session:
            return self.directory.view(session, NOW).status(organisation)

    def hold(self, to: Party = LYON_MATCHING, now: datetime = NOW) -> HoldReason | None:
        with self.database.read() as session:
            try:
                self.directory.sealing_key(session, to, now)
            except CannotSend as held:
                return held.reason
        return None

    def signer(self, name: str, party: Party = LYON, now: datetime = NOW) -> SignerStatus | None:
        with self.database.read() as session:
            signer = self.directory.view(session, now).signer(party, skid(name))
        return signer.status if signer else None

    def alarms(self) -> list[tuple[str, str, int]]:
        with self.database.read() as session:
            return [(alarm.organisation, alarm.code, alarm.times) for alarm in records.alarms(session)]

    def kept(self) -> list[tuple[str, str | None]]:
        with self.database.read() as session:
            rows = session.scalars(select(PartnerCardRow).order_by(PartnerCardRow.id))
            return [(row.standing, row.code) for row in rows]


def skid(name: str) -> str:
    return signing.key_id(key(name).verify_key)


@pytest.fixture
def node(database: Database) -> Node:
    return Node(database)


@pytest.fixture
def lyon(node: Node) -> Node:
    """A node where Lyon is verified and has sealing keys."""
    assert node.add(signed(card())).changed
    node.verify()
    assert node.prekeys(prekey_set(LYON_MATCHING)).changed
    return node


def test_an_unverified_partner_gets_nothing_and_is_given_nothing(node: Node) -> None:
    assert node.hold() is HoldReason.UNKNOWN_PARTNER
    assert node.signer("fr-lyon intake") is None
    node.add(signed(card()))
    node.prekeys(prekey_set(LYON_MATCHING))
    assert node.status() is PartnerStatus.UNVERIFIED
    assert node.hold() is HoldReason.NOT_VERIFIED
    assert node.signer("fr-lyon intake") is SignerStatus.NOT_VERIFIED
    node.verify()
    assert node.hold() is None
    assert node.signer("fr-lyon intake") is SignerStatus.TRUSTED
    with node.database.read() as session:
        assert node.directory.view(session, NOW).verified() == ["fr-lyon"]


def test_a_key_belongs_to_its_role_and_its_organisation(lyon: Node) -> None:
    assert lyon.signer("fr-lyon intake", LYON_MATCHING) is None
    assert lyon.signer("fr-lyon matching", LYON) is None
    assert lyon.signer("fr-lyon intake", Party("lv-riga", Role.INTAKE)) is None
    assert lyon.hold(LYON) is HoldReason.NO_SEALING_KEY


def test_case_12_a_card_with_a_weaker_suite_leaves_the_old_one(database: Database) -> None:
    node = Node(database)
    node.directory = Directory("lt-vilnius", min_suite=2)
    assert node.add(signed(card())).refused is Code.CARD_WEAK_SUITE
    assert node.status() is None
    node.directory = Directory("lt-vilnius")
    node.add(signed(card(min_suite=2)))
    assert node.add(signed(card(min_suite=1, seq=11))).refused is Code.CARD_WEAK_SUITE
    with database.read() as session:
        current = node.directory.view(session, NOW).card("fr-lyon")
    assert current is not None
    assert current.card.seq == 10


def test_case_15_an_older_card_and_two_cards_of_one_number(lyon: Node) -> None:
    assert not lyon.add(signed(card())).changed
    assert lyon.add(signed(card(seq=9))).refused is Code.CARD_LOWER_SEQUENCE
    assert lyon.alarms() == []
    other = signed(card(duty_phone="+33000000001"))
    assert lyon.add(other).refused is Code.CARD_EQUIVOCATION
    assert lyon.add(other).refused is Code.CARD_EQUIVOCATION
    assert lyon.alarms() == [("fr-lyon", "card.equivocation", 2)]
    assert lyon.kept() == [("accepted", None), ("refused", "card.equivocation")]
    assert lyon.add(signed(card(seq=11))).changed
    assert lyon.status() is PartnerStatus.VERIFIED


@pytest.mark.parametrize(
    ("document", "signer"),
    [
        (card(seq=11, following="root 4"), "fr-lyon root 1"),
        (card(seq=10, following="root 4"), "fr-lyon root 1"),
        (card(seq=11, root="root 4", following="root 5"), "fr-lyon root 1"),
        (card(seq=11, root="root 2", following="root 3"), "fr-lyon root 1"),
    ],
    ids=[
        "another next key",
        "another next key, same number",
        "a new root key",
        "the next key, signed by the old",
    ],
)
def test_case_16_what_a_thief_of_the_root_key_cannot_do(lyon: Node, document: Card, signer: str) -> None:
    assert lyon.add(signed(document, signer)).refused is Code.CARD_NOT_COMMITTED_KEY
    assert lyon.status() is PartnerStatus.SUSPECT
    assert lyon.hold() is HoldReason.SUSPECT
    assert lyon.signer("fr-lyon intake") is SignerStatus.SUSPENDED
    assert lyon.alarms() == [("fr-lyon", "card.not-the-committed-key", 1)]
    assert lyon.kept()[-1] == ("refused", "card.not-the-committed-key")


def test_a_card_by_any_other_key_is_refused_and_makes_nobody_suspect(lyon: Node) -> None:
    for root in ("root 3", "root 4"):
        strange = signed(card(seq=99, root=root, following="root 5"))
        assert lyon.add(strange).refused is Code.CARD_WRONG_ROOT
    assert lyon.add(signed(card(seq=99), "lv-riga root 1")).refused is Code.CARD_WRONG_ROOT
    assert lyon.status() is PartnerStatus.VERIFIED
    assert lyon.alarms() == []


def test_the_committed_key_takes_over_whatever_number_the_thief_used(lyon: Node) -> None:
    assert lyon.add(signed(card(seq=2**53 - 1))).changed
    taken = lyon.add(signed(card(seq=1, root="root 2", following="root 3")))
    assert (taken.changed, taken.rotated) == (True, True)
    assert lyon.status() is PartnerStatus.VERIFIED
    # The old key is worth nothing now.
    assert lyon.add(signed(card(seq=2**53 - 1))).refused is Code.CARD_WRONG_ROOT
    assert (
        lyon.add(signed(card(seq=2, root="root 2", following="root 4"))).refused
        is Code.CARD_NOT_COMMITTED_KEY
    )


def test_case_17_an_expired_card_stops_sending_and_says_why(lyon: Node) -> None:
    later = NOW + timedelta(days=365)
    lyon.prekeys(prekey_set(LYON_MATCHING, seq=2, made=later))
    assert lyon.hold(now=later - timedelta(seconds=1)) is None
    assert lyon.hold(now=later) is HoldReason.CARD_EXPIRED
    assert lyon.signer("fr-lyon intake", now=later) is SignerStatus.CARD_EXPIRED
    with lyon.database.read() as session:
        view = lyon.directory.view(session, later)
        assert view.holds() == {"fr-lyon": HoldReason.CARD_EXPIRED}
        assert view.verified() == []
    ten_years = card(seq=11, valid_until="2036-11-21T12:00:00Z")
    assert lyon.add(signed(ten_years)).refused is Code.CARD_LIFETIME


def test_case_10_a_superseded_key_is_known_as_such(lyon: Node) -> None:
    both = [
        world.entry(Role.INTAKE, "fr-lyon intake"),
        world.entry(Role.INTAKE, "fr-lyon new intake"),
        world.entry(Role.MATCHING, "fr-lyon matching"),
    ]
    lyon.add(signed(card(seq=11, role_keys=both)))
    assert lyon.signer("fr-lyon intake") is SignerStatus.TRUSTED
    assert lyon.signer("fr-lyon new intake") is SignerStatus.TRUSTED
    lyon.add(signed(card(seq=12, role_keys=both[1:])))
    assert lyon.signer("fr-lyon intake") is SignerStatus.SUPERSEDED
    assert lyon.signer("fr-lyon new intake") is SignerStatus.TRUSTED


def test_case_10_a_revoked_key_stays_revoked_whatever_a_card_says(lyon: Node) -> None:
    assert lyon.revoke(skid("fr-lyon matching")).changed
    assert lyon.signer("fr-lyon matching", LYON_MATCHING) is SignerStatus.REVOKED
    assert lyon.signer("fr-lyon intake") is SignerStatus.TRUSTED
    assert lyon.add(signed(card(seq=11))).changed
    assert lyon.signer("fr-lyon matching", LYON_MATCHING) is SignerStatus.REVOKED
    # Its sealing keys count for nothing either: a thief of the role key may have made them.
    assert lyon.hold() is HoldReason.NO_SEALING_KEY
    assert lyon.prekeys(prekey_set(LYON_MATCHING, seq=9)).refused is Code.PREKEY_SIGNER
    assert not lyon.revoke(skid("fr-lyon matching")).changed
    assert lyon.alarms() == [("fr-lyon", "revoked-or-old-key", 1)]


def test_a_revoked_sealing_key_is_not_used(lyon: Node) -> None:
    assert lyon.revoke(world.opening_key(f"{LYON_MATCHING} prekey").public.kid.hex()).changed
    assert lyon.hold() is HoldReason.NO_SEALING_KEY
    assert lyon.prekeys(prekey_set(LYON_MATCHING, seq=2, name="another")).changed
    assert lyon.hold() is None


def test_nobody_else_can_revoke(lyon: Node) -> None:
    taken = lyon.revoke(skid("fr-lyon intake"), signer="lv-riga root 1")
    assert taken.refused is Code.CARD_WRONG_ROOT
    assert lyon.signer("fr-lyon intake") is SignerStatus.TRUSTED


def test_prekeys_go_forward_only(lyon: Node) -> None:
    assert lyon.prekeys(prekey_set(LYON_MATCHING, seq=5, name="five")).changed
    assert not lyon.prekeys(prekey_set(LYON_MATCHING, seq=5, name="five")).changed
    assert lyon.prekeys(prekey_set(LYON_MATCHING, seq=4)).refused is Code.PREKEY_LOWER_SEQUENCE
    assert lyon.prekeys(prekey_set(LYON_MATCHING, seq=5, name="six")).refused is Code.PREKEY_EQUIVOCATION
    assert lyon.alarms() == [("fr-lyon", "prekey.equivocation", 1)]
    with lyon.database.read() as session:
        used = lyon.directory.sealing_key(session, LYON_MATCHING, NOW)
    assert used == world.opening_key(f"{LYON_MATCHING} five").public


def test_a_thief_of_a_role_key_cannot_block_its_successor_with_a_high_number(lyon: Node) -> None:
    assert lyon.prekeys(prekey_set(LYON_MATCHING, seq=2**53 - 1, name="thief")).changed
    new = [world.entry(Role.INTAKE, "fr-lyon intake"), world.entry(Role.MATCHING, "fr-lyon new matching")]
    assert lyon.add(signed(card(seq=11, role_keys=new))).changed
    assert lyon.hold() is HoldReason.NO_SEALING_KEY
    assert lyon.prekeys(prekey_set(LYON_MATCHING, seq=3, signer="fr-lyon new matching")).changed
    assert lyon.hold() is None


def test_case_19_an_old_sealing_key_is_used_until_a_newer_one_comes_for_60_days(lyon: Node) -> None:
    assert lyon.hold(now=NOW + timedelta(days=28)) is None
    assert lyon.hold(now=NOW + timedelta(days=60)) is HoldReason.NO_SEALING_KEY


def test_a_sender_speaks_for_itself_only(lyon: Node) -> None:
    assert lyon.add(signed(card(seq=11)), sender="lv-riga").refused is Code.CARD_WRONG_ORGANISATION
    own = card("lt-vilnius")
    assert lyon.add(signed(own)).refused is Code.CARD_WRONG_ORGANISATION
    assert lyon.status("lt-vilnius") is None


def test_the_own_card_is_self(lyon: Node) -> None:
    with lyon.database.begin() as session:
        assert lyon.directory.add_card(session, signed(card("lt-vilnius")), NOW, own=True).changed
    assert lyon.status("lt-vilnius") is PartnerStatus.SELF
    sibling = Party("lt-vilnius", Role.MATCHING)
    assert lyon.signer("lt-vilnius matching", sibling) is SignerStatus.TRUSTED
    with lyon.database.read() as session:
        assert lyon.directory.view(session, NOW).verified() == ["fr-lyon"]


def test_what_is_rolled_back_is_forgotten(lyon: Node) -> None:
    with lyon.database.begin() as session:
        lyon.directory.add_card(session, signed(card(seq=11, min_suite=2)), NOW)
        seen = lyon.directory.view(session, NOW).card("fr-lyon")
        assert seen is not None
        assert seen.card.seq == 11
        session.rollback()
    with lyon.database.read() as session:
        current = lyon.directory.view(session, NOW).card("fr-lyon")
    assert current is not None
    assert current.card.seq == 10


def test_matching_takes_over_what_intake_decided(
    lyon: Node, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lyon.revoke(skid("fr-lyon intake"))
    with lyon.database.read() as session:
        body = lyon.directory.changed_body(session, "fr-lyon")
    matching = Node(world.database(tmp_path_factory.mktemp("matching")))
    for _ in range(2):
        with matching.database.begin() as session:
            assert matching.directory.mirror(session, body, NOW, 7).refused is None
    assert matching.status() is PartnerStatus.VERIFIED
    assert matching.hold() is None
    assert matching.signer("fr-lyon intake") is SignerStatus.REVOKED
    assert matching.signer("fr-lyon matching", LYON_MATCHING) is SignerStatus.TRUSTED
    with lyon.database.begin() as session:
        verification.suspend(session, "fr-lyon", NOW)
        body = lyon.directory.changed_body(session, "fr-lyon")
    with matching.database.begin() as session:
        matching.directory.mirror(session, body, NOW, 8)
    assert matching.hold() is HoldReason.SUSPENDED
    matching.database.dispose()


def test_what_intake_decided_first_never_undoes_what_it_decided_then(
    lyon: Node, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Case 70: two workers, or a retry, may come to the messages in another order."""
    with lyon.database.read() as session:
        verified = lyon.directory.changed_body(session, "fr-lyon")
    with lyon.database.begin() as session:
        verification.suspend(session, "fr-lyon", NOW)
        suspended = lyon.directory.changed_body(session, "fr-lyon")
    matching = Node(world.database(tmp_path_factory.mktemp("matching")))
    with matching.database.begin() as session:
        assert matching.directory.mirror(session, suspended, NOW, 8).changed
    with matching.database.begin() as session:
        taken = matching.directory.mirror(session, verified, NOW, 7)
    assert taken.overtaken
    assert not taken.changed
    assert matching.status() is PartnerStatus.SUSPENDED
    matching.database.dispose()


def test_the_seventeenth_revocation_reaches_matching(
    lyon: Node, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Case 10: a thief's key is refused however many were revoked before."""
    for number in range(16):
        assert lyon.revoke(f"{number:016x}").changed
    assert lyon.revoke(skid("fr-lyon intake"), since="2020-01-01T00:00:00Z").changed
    assert lyon.status() is PartnerStatus.VERIFIED
    with mirrored(lyon, tmp_path_factory) as matching:
        assert matching.signer("fr-lyon intake") is SignerStatus.REVOKED
        assert matching.status() is PartnerStatus.VERIFIED


@pytest.mark.slow
def test_more_revocations_than_a_message_carries_make_the_partner_suspect(
    lyon: Node, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Case 10: and the key that is in use is told first, however old its statement claims to be."""
    assert lyon.revoke(skid("fr-lyon intake"), since="2020-01-01T00:00:00Z").changed
    for number in range(MOST_REVOCATIONS - 1):
        assert lyon.revoke(f"{number:016x}").changed
    assert lyon.status() is PartnerStatus.VERIFIED
    assert lyon.revoke(f"{MOST_REVOCATIONS - 1:016x}").changed
    assert lyon.status() is PartnerStatus.SUSPECT
    assert not lyon.revoke(f"{0:016x}").changed
    with mirrored(lyon, tmp_path_factory) as matching:
        assert matching.status() is PartnerStatus.SUSPECT
    for person in ("ona", "petras"):
        with lyon.database.begin() as session:
            verification.restart(session, "fr-lyon", person, NOW)
    with mirrored(lyon, tmp_path_factory) as matching:
        assert matching.status() is PartnerStatus.VERIFIED
        assert matching.signer("fr-lyon intake") is SignerStatus.REVOKED


@contextmanager
def mirrored(lyon: Node, folders: pytest.TempPathFactory) -> Iterator[Node]:
    """Matching's directory after it was told what Vilnius's intake knows of Lyon."""
    with lyon.database.read() as session:
        body = lyon.directory.changed_body(session, "fr-lyon")
    matching = Node(world.database(folders.mktemp("matching")))
    with matching.database.begin() as session:
        assert matching.directory.mirror(session, body, NOW, None).refused is None
    yield matching
    matching.database.dispose()


@pytest.mark.slow
def test_as_many_long_revocations_as_are_allowed_fit_into_a_message(lyon: Node) -> None:
    keys = [f"{number:016x}" for number in range(MOST_REVOCATIONS * 32)]
    for start in range(0, len(keys), 32):
        assert lyon.revoke(*keys[start : start + 32]).changed
    with lyon.database.read() as session:
        body = lyon.directory.changed_body(session, "fr-lyon")
    assert len(body.revocations) == MOST_REVOCATIONS
    assert len(canonical.dumps(body.to_wire())) < BUCKETS[-1] - BUCKETS[0]


def test_an_earlier_card_is_verified_once_and_not_at_every_change(
    lyon: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seq in range(11, 16):
        lyon.add(signed(card(seq=seq)))
        lyon.status()
    read, verified = cards.read, list[bytes]()

    def counted(data: bytes) -> cards.CheckedCard:
        verified.append(data)
        return read(data)

    monkeypatch.setattr(cards, "read", counted)
    newest = signed(card(seq=16))
    lyon.add(newest)
    assert lyon.signer("fr-lyon intake") is SignerStatus.TRUSTED
    # The new card, and the one that became an earlier card by it; none of the five before.
    assert len(verified) <= 2
    assert newest in verified


def test_a_directory_follows_another_process(lyon: Node) -> None:
    other_process = Directory("lt-vilnius")

    def status(name: str) -> SignerStatus | None:
        with lyon.database.read() as session:
            signer = other_process.view(session, NOW).signer(LYON, skid(name))
        return signer.status if signer else None

    assert status("fr-lyon intake") is SignerStatus.TRUSTED
    new = [world.entry(Role.INTAKE, "fr-lyon new intake")]
    lyon.add(signed(card(seq=11, role_keys=new)))
    assert status("fr-lyon new intake") is SignerStatus.TRUSTED
    lyon.revoke(skid("fr-lyon new intake"))
    assert status("fr-lyon new intake") is SignerStatus.REVOKED


def test_a_banner_says_why_and_what_to_do(node: Node) -> None:
    with node.database.read() as session, pytest.raises(CannotSend) as caught:
        node.directory.sealing_key(session, LYON, NOW)
    assert str(caught.value) == f"fr-lyon: {HoldReason.UNKNOWN_PARTNER.sentence}"
    assert all(reason.sentence.endswith(".") for reason in HoldReason)
