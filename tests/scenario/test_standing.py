"""Who is given something, who is heard, and what a partner may ask (DESIGN 6, cases 35 and 41)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.intake.handlers.actor import Actor, UserRole
from services.intake.handlers.errors import PartnerNotVerified
from services.intake.store.alerts import NoticeRow
from services.intake.store.pseudonyms import PolicyRow
from services.matching.store import tables
from shared.crypto.oprf import random_point
from shared.partners.records import make_suspect, touch
from shared.partners.tables import PartnerRow
from shared.partners.view import CannotSend
from shared.runtime.clock import to_wire
from shared.store.tables import OutboxRow
from shared.wire.codes import ContactWish, ReceiptOutcome
from shared.wire.messages import Body, MatchNotice, PseudonymRequest, Receipt, ReceiptItem
from shared.wire.parties import Party, Role
from shared.wire.values import encode_base64
from tests.scenario.play import (
    LYON,
    VILNIUS,
    alerts_held,
    holds,
    looks_for,
    matches_at,
    person,
    references,
    refused_at,
    share,
    share_at,
    stuck,
    withdraw,
)
from tests.support.world import POLICY, Node, World

pytestmark = pytest.mark.slow
CONSENT = "consent_" + "a" * 26


def admin(node: Node, name: str = "user_admin_1") -> Actor:
    """An administrator."""
    return node.actor(UserRole.ADMINISTRATOR, name)


def sent_to(node: Node, organisation: str) -> int:
    """How many messages lie or lay in the outbox for a partner."""
    with node.intake.database.read() as session:
        rows = session.scalars(select(OutboxRow.recipient)).all()
    return sum(recipient.startswith(f"{organisation}/") for recipient in rows)


def test_an_unverified_partner_gets_nothing_and_is_given_nothing(two: World) -> None:
    """The outsider has exchanged cards and nobody compared the words."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    with vilnius.intake.database.begin() as session:
        session.get_one(PartnerRow, LYON).status = "unverified"
        touch(session)
        vilnius.intake.use_cases.partners.tell_matching(session, LYON)
    before = sent_to(vilnius, LYON)
    case = looks_for(vilnius)
    with pytest.raises(PartnerNotVerified):
        share(vilnius, case, [LYON])
    two.run_slots(2)
    assert sent_to(vilnius, LYON) == before
    shared = share(lyon, looks_for(lyon, person("Milda")), [VILNIUS])
    two.run_slots(2)
    assert alerts_held(vilnius) == []
    assert set(refused_at(vilnius.matching.database)) == {"sender-not-verified"}
    assert set(refused_at(vilnius.intake.database)) == {"sender-not-verified"}
    assert share_at(lyon, shared, VILNIUS).state == "sent"


def test_a_suspended_partner_gets_nothing_and_is_refused(two: World) -> None:
    """Journey 7: one person suspends; what it had here is deleted; two restart, and everything comes anew."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    holds(lyon)
    two.run_slots(2)
    alert = share(vilnius, looks_for(vilnius))
    two.run_slots(2)
    assert len(matches_at(lyon)) == 1
    lyon.intake.use_cases.partners.suspend(VILNIUS, admin(lyon))
    two.pump()
    assert alerts_held(lyon) == []
    assert matches_at(lyon)[0].state == "withdrawn"
    sent = sent_to(lyon, VILNIUS)
    vilnius.intake.use_cases.alerts.update(alert.id, vilnius.actor())
    two.run_slots(3)
    assert alerts_held(lyon) == []
    assert "sender-suspended" in refused_at(lyon.matching.database)
    assert sent_to(lyon, VILNIUS) == sent
    with lyon.intake.database.begin() as session, pytest.raises(CannotSend):
        lyon.intake.use_cases.context.post.send(
            session,
            Party(VILNIUS, Role.INTAKE),
            PseudonymRequest(epoch=1, slot=1, purpose="regular", blinded=""),
        )
    for name in ("user_admin_1", "user_admin_2"):
        lyon.intake.use_cases.partners.restart(VILNIUS, admin(lyon, name))
    two.run_slots(4)
    assert [row[:2] for row in alerts_held(lyon)] == [(VILNIUS, "live")]
    assert share_at(vilnius, alert, LYON).state == "compared"
    assert [match.state.value for match in matches_at(lyon)].count("new") == 1


@pytest.mark.parametrize("stopped", ["suspended", "suspect"])
def test_what_a_partner_said_before_it_was_stopped_has_no_effect_after(two: World, stopped: str) -> None:
    """PROTOCOL 4.7: beyond its allowance it waits its turn (decisions/0014), and has none any more."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    alert = share(lyon, looks_for(lyon), [VILNIUS])
    two.pump()
    office = lyon.posts[0].office
    office.allowances = tuple(replace(one, at_once=1, a_minute=1) for one in office.allowances)
    about = references(lyon)[VILNIUS]
    now = lyon.clock.now().replace(microsecond=0)

    def item(version: int, outcome: ReceiptOutcome) -> ReceiptItem:
        return ReceiptItem(alert=about, version=version, outcome=outcome, at=to_wire(now))

    def notice(days: int) -> MatchNotice:
        until = to_wire(now + timedelta(days=days))
        return MatchNotice(alert=about, wish=ContactWish.TELL_SAFE, consent=CONSENT, until=until)

    said: list[Body] = []
    for days, outcome in ((1, ReceiptOutcome.STORED), (2, ReceiptOutcome.DELETED)):
        said += [notice(days), Receipt(items=[item(1, outcome)], missing=[], resend=False)]
    with vilnius.intake.database.begin() as session:
        for body in said:
            vilnius.intake.use_cases.context.post.send(session, Party(LYON, Role.INTAKE), body)
    two.pump()
    before = heard(lyon)
    assert (before, share_at(lyon, alert, VILNIUS).state) == (1, "stored")
    if stopped == "suspended":
        lyon.intake.use_cases.partners.suspend(VILNIUS, admin(lyon))
    else:
        with lyon.intake.database.begin() as session:
            make_suspect(session.get_one(PartnerRow, VILNIUS), lyon.clock.now())
            touch(session)
            lyon.intake.use_cases.partners.tell_matching(session, VILNIUS)
    two.pump()
    two.clock.advance(timedelta(hours=2))
    two.pump()
    assert (heard(lyon), share_at(lyon, alert, VILNIUS).state) == (before, "stored")
    parked = [f"{LYON} inbox {kind} parked partner_not_verified" for kind in ("match.notice", "receipt")]
    assert sorted(stuck(two)) == parked, "shown to the administrator, and lost to nobody"


@pytest.mark.parametrize("stopped", ["suspended", "suspect"])
def test_a_recall_that_was_refused_meanwhile_is_asked_for_again(two: World, stopped: str) -> None:
    """Rule 7, case 16: whatever kept the partner from speaking, and by whatever way it comes back."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    alert = share(vilnius, looks_for(vilnius))
    two.run_slots(2)
    if stopped == "suspended":
        lyon.intake.use_cases.partners.suspend(VILNIUS, admin(lyon))
    else:
        with lyon.intake.database.begin() as session:
            make_suspect(session.get_one(PartnerRow, VILNIUS), lyon.clock.now())
            touch(session)
            lyon.intake.use_cases.partners.tell_matching(session, VILNIUS)
    two.pump()
    withdraw(vilnius, alert)
    two.run_slots(2)
    assert share_at(vilnius, alert, LYON).state == "deleting"
    for name in ("user_admin_1", "user_admin_2"):
        lyon.intake.use_cases.partners.restart(VILNIUS, admin(lyon, name))
    two.run_slots(4)
    assert alerts_held(lyon) == [(VILNIUS, "withdrawn", 2, False)]
    assert share_at(vilnius, alert, LYON).state == "deleted"


def heard(node: Node) -> int:
    """How many notices of partners are on the desk."""
    with node.intake.database.read() as session:
        return len(session.scalars(select(NoticeRow)).all())


def test_a_recall_reaches_a_partner_that_was_suspended_meanwhile(two: World) -> None:
    """Rule 7: withdrawn while nothing could be sent; it goes as soon as it may."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    alert = share(vilnius, looks_for(vilnius))
    two.run_slots(2)
    vilnius.intake.use_cases.partners.suspend(LYON, admin(vilnius))
    withdraw(vilnius, alert)
    two.run_slots(2)
    assert share_at(vilnius, alert, LYON).state == "deleting"
    assert alerts_held(lyon) == [(VILNIUS, "live", 1, True)]
    for name in ("user_admin_1", "user_admin_2"):
        vilnius.intake.use_cases.partners.restart(LYON, admin(vilnius, name))
    two.run_slots(3)
    assert alerts_held(lyon) == [(VILNIUS, "withdrawn", 2, False)]
    assert share_at(vilnius, alert, LYON).state == "deleted"


def test_a_partner_cannot_ask_beyond_its_budget(two: World) -> None:
    """Case 35, end to end: a second batch in a slot, a wrong size, a repeated one: an alarm."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    two.run_slots(1)

    def ask(points: int, slot: int) -> None:
        blinded = b"".join(random_point() for _ in range(points))
        body = PseudonymRequest(epoch=1, slot=slot, purpose="regular", blinded=encode_base64(blinded))
        with lyon.intake.database.begin() as session:
            lyon.intake.use_cases.context.post.send(session, Party(VILNIUS, Role.INTAKE), body)
        two.pump()

    slot = int(two.clock.now().timestamp()) // POLICY.slot_seconds
    ask(POLICY.batch_points, slot)  # the slot is used already, by Lyon's own worker
    ask(POLICY.batch_points + 1, slot + 1)
    assert not alarms(vilnius, "pseudonym_abuse")
    ask(POLICY.batch_points, slot)
    with vilnius.intake.database.read() as session:
        row = session.get_one(PolicyRow, LYON)
        assert (row.refused_over_budget, row.refused_malformed, row.offences) == (2, 1, 3)
    assert alarms(vilnius, "pseudonym_abuse")
    assert alarms(lyon, "pseudonym_refused")
    holds(lyon)
    two.run_slots(4)  # honest questions are answered as before
    share(vilnius, looks_for(vilnius))
    two.pump()
    assert len(matches_at(lyon)) == 1


def alarms(node: Node, kind: str) -> bool:
    """Whether an administrator sees this alarm."""
    return any(alarm.kind == kind for alarm in node.intake.use_cases.alarms.open(admin(node)))


def test_an_epoch_changes_without_losing_an_alert(two: World) -> None:
    """Case 41: while half of Lyon's cases have the new epoch, alerts are found under both."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    people = [
        person(),
        person("Milda", "Bitinaitė", "1999-07-01"),
        person("Rasa", "Vilkaitė", "2003-11-30"),
    ]
    for someone in people[:2]:
        holds(lyon, someone)
    two.run_slots(3)
    share(vilnius, looks_for(vilnius, people[0]))
    two.pump()
    assert len(matches_at(lyon)) == 1
    assert vilnius.intake.use_cases.policies.rotate_epoch(LYON, admin(vilnius)) == 2
    two.pump()
    assert epochs(lyon) == {1}
    share(vilnius, looks_for(vilnius, people[1]))  # found under the old epoch
    two.pump()
    assert len(matches_at(lyon)) == 2
    two.run_slots(6)
    assert epochs(lyon) == {2}
    holds(lyon, people[2])
    two.run_slots(2)
    share(vilnius, looks_for(vilnius, people[2]))  # found under the new one
    two.pump()
    assert len(matches_at(lyon)) == 3
    assert {match.state.value for match in matches_at(lyon)} == {"new"}
    two.clock.advance(timedelta(days=31))
    two.pump()
    assert stuck(two) == []


def epochs(node: Node) -> set[int]:
    """The epochs under which Lyon's matching knows its own cases."""
    with node.matching.database.read() as session:
        return set(session.execute(select(tables.own_case.c.epoch)).scalars())
