"""A partner on a bad line: away for weeks, with keys that change meanwhile (journey 9)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services.intake.handlers.actor import UserRole
from services.intake.store.alerts import ReceiptEvidenceRow
from services.matching.store import tables
from shared.bus.port import Outgoing
from shared.partners.tables import OpeningKeyRow
from shared.post.routes import stream
from shared.store import sequence
from shared.store.tables import AuditRow, InboxRow, OutboxRow
from shared.wire.parties import Party, Role
from tests.scenario.play import (
    LYON,
    RIGA,
    VILNIUS,
    alert_now,
    alerts_held,
    holds,
    looks_for,
    matches_at,
    person,
    refused_at,
    share,
    share_at,
    stuck,
    upkeep,
    withdraw,
)
from tests.support.world import Node, World

pytestmark = pytest.mark.slow

WEEK = timedelta(days=7)
NUMBERS = stream(Party(VILNIUS, Role.INTAKE), Party(LYON, Role.MATCHING))


def keys_of(node: Node) -> int:
    """How many opening keys matching holds."""
    with node.matching.database.read() as session:
        return session.scalar(select(func.count()).select_from(OpeningKeyRow)) or 0


def lyon_sleeps(world: World, weeks: int) -> None:
    """Lyon's node is off for so long; everybody else lives on."""
    lyon = world.nodes.pop(LYON)
    for _ in range(weeks):
        world.clock.advance(WEEK)
        for node in world.nodes.values():
            upkeep(node)
        world.pump()
    world.nodes[LYON] = lyon


def test_four_weeks_away_with_a_new_key_meanwhile(two: World) -> None:
    """Case 19: sealed for the key of then, opened with it weeks later; out of order, one lost, a gap told."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    held = holds(lyon)
    two.run_slots(2)

    two.clock.advance(WEEK)
    upkeep(lyon)  # a new key, of which Vilnius has not heard yet
    assert keys_of(lyon) == 2
    sleeping = two.nodes.pop(LYON)
    people = [
        person(),
        person("Milda", "Bitinaitė", "1999-07-01"),
        person("Rasa", "Vilkaitė", "2003-11-30"),
        person("Ieva", "Lapinskienė", "1987-01-09"),
    ]
    alerts = [share(vilnius, looks_for(vilnius, someone)) for someone in people]
    two.pump()
    two.nodes[LYON] = sleeping
    lyon_sleeps(two, 4)

    queue = f"inbox.{LYON}.matching"
    waiting = two.relay.take(queue, 100)
    assert len(waiting) == 4
    two.relay.give_back(queue, [waiting[3], waiting[1], waiting[0]])  # the third is lost
    upkeep(lyon)
    two.pump()
    assert len(alerts_held(lyon)) == 3
    with lyon.matching.database.read() as session:
        [gap] = sequence.missing(session, NUMBERS)
    assert len(gap) == 1
    assert [match.case_id for match in matches_at(lyon)] == [held]

    two.run_slots(3)  # the receipt asks for the missing one, and it is served from the outbox
    assert len(alerts_held(lyon)) == 4
    with lyon.matching.database.read() as session:
        assert sequence.missing(session, NUMBERS) == []
    two.run_slots(2)
    assert {share_at(vilnius, alert, LYON).state for alert in alerts} == {"compared"}
    assert refused_at(lyon.matching.database) == []
    assert stuck(two) == []


def test_a_new_sealing_key_reaches_every_partner(two: World) -> None:
    """DESIGN 6: weekly; the next message is sealed for it, and the old one is destroyed after 67 days."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    now = two.clock.now()
    to = Party(LYON, Role.MATCHING)
    with vilnius.intake.database.read() as session:
        before = vilnius.intake.directory.sealing_key(session, to, now)
    two.clock.advance(WEEK)
    upkeep(lyon)
    two.pump()
    with vilnius.intake.database.read() as session:
        after = vilnius.intake.directory.sealing_key(session, to, two.clock.now())
    assert after.kid != before.kid
    share(vilnius, looks_for(vilnius))
    two.pump()
    assert len(alerts_held(lyon)) == 1
    for _ in range(9):
        a_week(two)
    with lyon.matching.database.read() as session:
        held = set(session.scalars(select(OpeningKeyRow.kid)))
    assert before.kid.hex() not in held
    assert len(held) == 10  # of ten weeks; the eleventh, the oldest, is gone for good


def later(world: World) -> None:
    """Twenty minutes, more than the time after which the same gap is told again, and what follows."""
    world.clock.advance(timedelta(minutes=20))
    world.pump()
    world.run_slots(3)


def a_week(world: World) -> None:
    """A week goes by for everybody."""
    world.clock.advance(WEEK)
    for node in world.nodes.values():
        upkeep(node)
    world.pump()


def test_what_came_for_a_destroyed_key_is_asked_for_anew(two: World) -> None:
    """Case 20: after 67 days nobody can open it, so Lyon asks, and Vilnius seals anew for today's key."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    held = holds(lyon)
    two.run_slots(2)
    alert = share(vilnius, looks_for(vilnius))
    for post in vilnius.posts:
        post.turn()
    queue = f"inbox.{LYON}.matching"
    late = two.relay.take(queue, 10)  # the relay holds it back
    assert len(late) == 1
    for _ in range(8):
        a_week(two)
    with lyon.matching.database.begin() as session:
        lyon.matching.keys.prune(session, two.clock.now() + timedelta(days=14))
    two.relay.give_back(queue, late)
    two.pump()
    assert refused_at(lyon.matching.database) == ["unknown-key"]
    assert alerts_held(lyon) == []
    two.run_slots(3)
    assert alerts_held(lyon) == [(VILNIUS, "live", 1, True)]
    assert [match.case_id for match in matches_at(lyon)] == [held]
    two.run_slots(2)
    assert share_at(vilnius, alert, LYON).state == "compared"

    # The number that was lost with the key shows as a gap now. It is asked for, comes again as unreadable as
    # before, and is then given up: it is not asked for for ever.
    later(two)
    with lyon.matching.database.read() as session:
        assert sequence.missing(session, NUMBERS) == []
    assert refused_at(lyon.matching.database) == ["unknown-key"] * 2
    with vilnius.intake.database.read() as session:
        before = session.scalar(select(func.count()).select_from(ReceiptEvidenceRow))
    for _ in range(3):
        later(two)
    with vilnius.intake.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ReceiptEvidenceRow)) == before
    assert stuck(two) == []


def test_nobody_is_asked_twice_a_day_to_seal_anew(two: World) -> None:
    """Case 20: a hint that anybody verified could give again and again must not keep Vilnius busy."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    share(vilnius, looks_for(vilnius))
    two.pump()
    with vilnius.intake.database.read() as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.recipient == f"{LYON}/matching")).one()
        body = row.body[:6] + bytes(8) + row.body[14:]  # for a key that nobody holds

    def asked() -> int:
        with vilnius.intake.database.read() as session:
            chosen = select(func.count()).select_from(InboxRow).where(InboxRow.type == "receipt")
            return session.scalar(chosen) or 0

    two.run_slots(2)
    before = asked()
    for _ in range(5):
        for _ in range(3):
            two.relay.route(Outgoing(row.routing_key, body, row.content_type))
        two.run_slots(2)
    resends = asked() - before
    assert refused_at(lyon.matching.database) == ["unknown-key"] * 15
    assert resends == 2  # the request, and the confirmation of what came anew
    two.clock.advance(timedelta(days=1))
    two.relay.route(Outgoing(row.routing_key, body, row.content_type))
    two.run_slots(5)
    assert asked() - before == 4


def test_a_stranger_cannot_make_us_ask(two: World) -> None:
    """Case 8: a routing key of nobody's, and one of a partner that is not verified, change nothing."""
    lyon = two[LYON]
    partners = lyon.intake.use_cases.partners
    admin = lyon.actor(UserRole.ADMINISTRATOR)
    partners.suspend(VILNIUS, admin)
    two.pump()
    body = b"MYOS\x01\x01" + bytes(2200)
    for sender in (VILNIUS, "xx-stranger"):
        route = Outgoing(f"from.{sender}.to.{LYON}.matching", body, "application/vnd.myosotis.envelope")
        two.relay.route(route)
    two.pump()
    assert refused_at(lyon.matching.database) == ["unknown-key", "unknown-key"]
    with lyon.matching.database.read() as session:
        asked = session.scalars(select(AuditRow.subject).where(AuditRow.action == "resend.asked")).all()
        known = session.scalars(select(tables.partner.c.partner)).all()
    assert asked == []
    assert "xx-stranger" not in known


def test_two_days_without_a_relay_lose_nothing(two: World) -> None:
    """Journey 8: intake goes on; what was withdrawn meanwhile arrives as withdrawn."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    two.relay.away = True
    kept = share(vilnius, looks_for(vilnius))
    ended = share(vilnius, looks_for(vilnius, person("Milda")))
    for hour in range(48):
        two.clock.advance(timedelta(hours=1))
        two.pump()
        if hour == 20:
            withdraw(vilnius, ended)
    assert share_at(vilnius, kept, LYON).state == "queued"
    two.relay.away = False
    two.clock.advance(timedelta(hours=2))
    two.pump()
    two.run_slots(3)
    assert sorted(state for _, state, _, _ in alerts_held(lyon)) == ["live", "withdrawn"]
    assert alert_now(vilnius, kept).shares[0].state == "compared"
    assert alert_now(vilnius, ended).shares[0].state == "deleted"
    assert stuck(two) == []


def test_a_node_that_was_off_for_ten_weeks_comes_back(two: World) -> None:
    """Every key is too old to be sealed for by then; the node renews its own and the exchange goes on."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    lyon_sleeps(two, 10)
    for _ in range(2):
        upkeep(lyon)
        two.pump()
    alert = share(vilnius, looks_for(vilnius))
    two.pump()
    two.run_slots(3)
    assert share_at(vilnius, alert, LYON).state == "compared"
    assert keys_of(lyon) == 2  # the old one until the days of grace are over
    two.clock.advance(WEEK)
    upkeep(lyon)
    assert keys_of(lyon) == 2  # a newer one was made, the oldest is destroyed
    two.pump()
    assert stuck(two) == []


def test_a_partner_that_never_comes_back_does_not_stop_our_rotation(three: World) -> None:
    """Riga's keys run out; Vilnius and Lyon go on, and Riga hears of everything when it is there again."""
    vilnius, riga, lyon = three[VILNIUS], three[RIGA], three[LYON]
    away = three.nodes.pop(RIGA)
    for _ in range(10):
        a_week(three)
    alert = share(vilnius, looks_for(vilnius), [LYON])
    three.run_slots(3)
    assert share_at(vilnius, alert, LYON).state == "compared"
    assert len(alerts_held(lyon)) == 1
    three.nodes[RIGA] = away
    upkeep(riga)
    three.pump()
    second = share(vilnius, looks_for(vilnius, person("Milda", "Bitinaitė", "1999-07-01")), [RIGA])
    three.run_slots(3)
    assert share_at(vilnius, second, RIGA).state == "compared"
