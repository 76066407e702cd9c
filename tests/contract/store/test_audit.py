"""The audit chain shows every later change (case 83)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from shared.crypto.errors import BadSignature
from shared.crypto.signing import SigningKey
from shared.runtime.clock import ManualClock
from shared.store import audit_check
from shared.store.audit import HEAD_LABEL, Audit, Head, NotACode, row_hash
from shared.store.audit_check import AuditReport, ForkedLog, Problem
from shared.store.engine import Database
from shared.store.tables import AuditHeadRow, AuditRow
from tests.support.clock import START

Details = dict[str, str | int]
LOG = "lt-vilnius/intake"
KEY = SigningKey.from_seed(bytes(range(32)))


def sign(message: bytes) -> bytes:
    return KEY.sign(HEAD_LABEL, message)


def check(head: Head) -> None:
    KEY.verify_key.verify(HEAD_LABEL, head.message, head.signature)


@pytest.fixture
def heads(database: Database, clock: ManualClock) -> list[Head]:
    """A log of ten rows, with heads signed after the fifth and the tenth."""
    log, signed = Audit(LOG, clock), []
    with database.begin() as session:
        for number in range(1, 11):
            log.append(
                session, "user_a", "case.opened", f"case_{number}", {"reason": "search", "count": number}
            )
            clock.advance(timedelta(seconds=61, microseconds=5))
            if number % 5 == 0:
                head = log.sign_head(session, sign)
                assert head is not None
                signed.append(head)
    return signed


def verified(database: Database, *witnessed: Head) -> AuditReport:
    with database.read() as session:
        return audit_check.verify(session, LOG, check, witnessed)


def rewrite(session: Session, first: int) -> None:
    """Make rows from `first` on fit each other again, as somebody with the whole database could."""
    before = session.get(AuditRow, first - 1)
    previous = before.hash if before else bytes(32)
    index = first
    while (row := session.get(AuditRow, index)) is not None:
        row.previous = previous
        row.hash = row_hash(LOG, row)
        previous = row.hash
        index += 1


def change(session: Session) -> None:
    session.execute(update(AuditRow).where(AuditRow.index == 7).values(actor="user_b"))


def change_details(session: Session) -> None:
    session.execute(update(AuditRow).where(AuditRow.index == 3).values(details="{}"))


def change_nonce(session: Session) -> None:
    session.execute(update(AuditRow).where(AuditRow.index == 2).values(nonce=bytes(16)))


def remove(session: Session) -> None:
    session.execute(delete(AuditRow).where(AuditRow.index == 4))


def remove_first(session: Session) -> None:
    session.execute(delete(AuditRow).where(AuditRow.index == 1))


def swap_link(session: Session) -> None:
    row = session.get_one(AuditRow, 6)
    row.previous = bytes(32)
    row.hash = row_hash(LOG, row)


def change_and_rewrite(session: Session) -> None:
    change(session)
    session.expire_all()
    rewrite(session, 7)


def truncate(session: Session) -> None:
    session.execute(delete(AuditRow).where(AuditRow.index > 8))


def truncate_all(session: Session) -> None:
    session.execute(delete(AuditRow))


def forge_head(session: Session) -> None:
    session.execute(update(AuditHeadRow).where(AuditHeadRow.index == 5).values(signature=bytes(64)))


@pytest.mark.parametrize(
    ("damage", "problem", "first_bad_index"),
    [
        (change, Problem.CHANGED, 7),
        (change_details, Problem.CHANGED, 3),
        (change_nonce, Problem.CHANGED, 2),
        (remove, Problem.REMOVED, 4),
        (remove_first, Problem.REMOVED, 1),
        (swap_link, Problem.FORKED, 6),
        (change_and_rewrite, Problem.FORKED, 6),
        (truncate, Problem.TRUNCATED, 9),
        (truncate_all, Problem.TRUNCATED, 1),
        (forge_head, Problem.BAD_HEAD, 5),
    ],
)
@pytest.mark.usefixtures("heads")
def test_every_damage_is_named_with_its_place(
    database: Database, damage: Callable[[Session], None], problem: Problem, first_bad_index: int
) -> None:
    with database.begin() as session:
        damage(session)
    report = verified(database)
    assert (report.ok, report.problem, report.first_bad_index) == (False, problem, first_bad_index)


@pytest.mark.usefixtures("heads")
def test_an_untouched_log_is_believed(database: Database) -> None:
    assert verified(database) == AuditReport(10)


def test_a_partner_shows_what_the_own_database_hides(database: Database, heads: list[Head]) -> None:
    """Rows and signed heads are cut here, but a partner has witnessed the tenth row."""
    with database.begin() as session:
        session.execute(delete(AuditRow).where(AuditRow.index > 5))
        session.execute(delete(AuditHeadRow).where(AuditHeadRow.index > 5))
    assert verified(database).ok
    report = verified(database, heads[1])
    assert (report.problem, report.first_bad_index) == (Problem.TRUNCATED, 6)


def test_a_forked_log_is_shown_by_the_witnessed_head(
    database: Database, heads: list[Head], clock: ManualClock
) -> None:
    with database.begin() as session:
        session.execute(delete(AuditRow).where(AuditRow.index > 5))
        session.execute(delete(AuditHeadRow).where(AuditHeadRow.index > 5))
        for _ in range(8):
            Audit(LOG, clock).append(session, "user_b", "case.opened", "case_x")
    report = verified(database, heads[1])
    assert (report.problem, report.first_bad_index) == (Problem.FORKED, 6)


def without_place(head: Head) -> Head:
    """As a receipt carries it: the hash alone, not signed on its own."""
    return Head(head.log, 0, head.hash, START, b"")


def check_if_signed(head: Head) -> None:
    if head.signature:
        check(head)


def test_a_head_without_its_place_is_looked_for_in_the_whole_log(
    database: Database, heads: list[Head], clock: ManualClock
) -> None:
    """Case 83: what partners saw in receipts still shows a log that was cut or written anew."""
    seen = [without_place(head) for head in heads]
    with database.read() as session:
        assert audit_check.verify(session, LOG, check_if_signed, seen) == AuditReport(10)
    with database.begin() as session:
        session.execute(delete(AuditRow).where(AuditRow.index > 6))
        session.execute(delete(AuditHeadRow))
        for _ in range(8):
            Audit(LOG, clock).append(session, "user_b", "case.opened", "case_x")
    with database.read() as session:
        report = audit_check.verify(session, LOG, check_if_signed, seen)
    assert report == AuditReport(14, Problem.UNKNOWN_HEAD, 6)


def test_equal_rows_have_different_hashes(database: Database, clock: ManualClock) -> None:
    """Case 43: a partner that sees heads cannot try out which rows led to them."""
    with database.begin() as session:
        one, other = (Audit(LOG, clock).append(session, "user_a", "case.opened", "case_1") for _ in range(2))
        same_place = replace(other, index=one.index, previous=one.previous)
        assert len(one.nonce) == 16
        assert row_hash(LOG, one) != row_hash(LOG, same_place)


def test_as_a_witness_we_notice_a_fork_and_keep_both_heads(database: Database) -> None:
    partner = SigningKey.generate()

    def signed(index: int, hash_: bytes) -> Head:
        unsigned = Head("fr-lyon/intake", index, hash_, START, b"")
        return Head(unsigned.log, index, hash_, START, partner.sign(HEAD_LABEL, unsigned.message))

    def check_partner(head: Head) -> None:
        partner.verify_key.verify(HEAD_LABEL, head.message, head.signature)

    with database.begin() as session:
        audit_check.witness(session, signed(3, b"a" * 32), check_partner)
        audit_check.witness(session, signed(3, b"a" * 32), check_partner)
        audit_check.witness(session, signed(9, b"b" * 32), check_partner)
        with pytest.raises(ForkedLog):
            audit_check.witness(session, signed(3, b"c" * 32), check_partner)
        with pytest.raises(BadSignature):
            audit_check.witness(
                session, Head("fr-lyon/intake", 12, b"d" * 32, START, bytes(64)), check_partner
            )
        newest = audit_check.newest_witnessed(session, "fr-lyon/intake")
        assert newest is not None
        assert newest.index == 9
        assert session.query(AuditHeadRow).count() == 3


def test_a_head_is_signed_once(database: Database, heads: list[Head], clock: ManualClock) -> None:
    with database.begin() as session:
        assert Audit(LOG, clock).sign_head(session, sign) == heads[1]


def test_an_empty_log_has_no_head_and_is_believed(database: Database, clock: ManualClock) -> None:
    with database.begin() as session:
        assert Audit(LOG, clock).sign_head(session, sign) is None
    assert verified(database) == AuditReport(0)


@pytest.mark.parametrize(
    ("actor", "action", "subject", "details"),
    [
        ("Žydrūnė", "case.opened", "case_a", {}),
        ("user_a", "opened the case", "case_a", {}),
        ("user_a", "case.opened", "Jonas Petraitis", {}),
        ("user_a", "case.opened", "case_a", {"note": "she said that"}),
        ("user_a", "case.opened", "case_a", {"Surname": "x"}),
        ("user_a", "case.opened", "case_a", {"weight": 1.5}),
        ("user_a", "case.opened", "x" * 65, {}),
    ],
)
def test_text_is_refused(
    database: Database,
    clock: ManualClock,
    actor: str,
    action: str,
    subject: str,
    details: dict[str, str | int],
) -> None:
    """Details hold ids and codes only, and the refusal does not repeat what was given."""
    with pytest.raises(NotACode) as caught, database.begin() as session:
        Audit(LOG, clock).append(session, actor, action, subject, details)
    for word in ("Žydrūnė", "Jonas", "said"):
        assert word not in str(caught.value)


def test_a_row_is_written_in_the_transaction_of_what_it_tells(database: Database, clock: ManualClock) -> None:
    with pytest.raises(RuntimeError), database.begin() as session:  # noqa: PT012 - a transaction that fails
        Audit(LOG, clock).append(session, "user_a", "case.opened", "case_a")
        raise RuntimeError
    assert verified(database) == AuditReport(0)
