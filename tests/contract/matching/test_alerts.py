"""What happens to a partner's alert, in whatever order messages arrive."""

from datetime import timedelta

import pytest

from services.matching.domain.standing import State
from shared.post.incoming import Refuse, Wait
from shared.store import quarantine
from shared.store.tables import AuditRow
from shared.wire import codes, local, messages
from shared.wire.messages import Receipt
from tests.support.matching_world import RIGA, VILNIUS, World, tombstone, withdrawn

PUBLISHED, UPDATED = messages.AlertPublished, messages.AlertUpdated


def standing(world: World) -> list[tuple[str, int, bool]]:
    return [(r["state"], r["version"], r["content"] is not None) for r in world.rows("alert")]


def test_an_alert_is_stored_encrypted(world: World) -> None:
    world.handle(world.alert(description={"eye_colour": "green"}))
    [row] = world.rows("alert")
    assert (row["state"], row["version"]) == (State.LIVE, 1)
    assert b"green" not in row["content"]
    assert b"missing" not in row["content"]


def test_an_early_update_waits_and_wins_later(world: World) -> None:
    """Case 71: update before publish."""
    with pytest.raises(Wait) as early:
        world.handle(world.alert(version=2, kind=UPDATED))
    assert world.rows("alert") == []
    world.handle(world.alert(version=1))
    assert early.value.key in world.post.woken
    world.handle(world.alert(version=2, kind=UPDATED))
    assert standing(world) == [(State.LIVE, 2, True)]


def test_an_older_version_changes_nothing(world: World) -> None:
    world.handle(world.alert(version=1))
    world.handle(world.alert(version=3, kind=UPDATED))
    content = world.rows("alert")[0]["content"]
    world.handle(world.alert(version=2, kind=UPDATED))
    assert world.rows("alert")[0]["content"] == content


def test_withdraw_before_publish_leaves_a_placeholder(world: World) -> None:
    """Case 71: withdraw before publish stays withdrawn."""
    world.handle(withdrawn(version=3))
    world.handle(world.alert(version=1))
    world.handle(world.alert(version=7, kind=UPDATED))
    assert standing(world) == [(State.WITHDRAWN, 3, False)]


def test_publish_after_a_tombstone_is_refused_and_told(world: World) -> None:
    """Case 71: publish after tombstone, whatever its version."""
    world.handle(world.alert())
    world.handle(tombstone())
    world.handle(world.alert(version=20))
    assert standing(world) == [(State.TOMBSTONE, 9, False)]
    world.tick()
    [receipt] = world.post.bodies(Receipt)
    assert isinstance(receipt, Receipt)
    assert ("refused", "tombstone") in [(item.outcome, item.reason) for item in receipt.items]


def test_two_partners_may_use_one_reference(world: World) -> None:
    world.handle(world.alert())
    world.handle(withdrawn(), sender=RIGA)
    states = {row["partner"]: row["state"] for row in world.rows("alert")}
    assert states == {VILNIUS: State.LIVE, RIGA: State.WITHDRAWN}


def test_withdrawal_deletes_everything_of_the_alert(world: World) -> None:
    """Rule 7: tags, description and matches go; the desk is told; a receipt is owed."""
    world.handle(world.case())
    world.handle(world.alert())
    assert len(world.rows("possible_match")) == 1
    world.handle(withdrawn())
    [row] = world.rows("alert")
    assert row["content"] is None
    assert row["expires"] is None
    assert world.rows("possible_match") == []
    [retracted] = world.post.bodies(local.MatchRetracted)
    [proposed] = world.post.bodies(local.MatchProposed)
    assert isinstance(retracted, local.MatchRetracted)
    assert isinstance(proposed, local.MatchProposed)
    assert (retracted.match, retracted.why) == (proposed.match, "withdrawn")
    assert [r["outcome"] for r in world.rows("receipt_due")][-1] == "deleted"


def test_an_alert_expires_and_a_newer_one_brings_it_back(world: World) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    assert world.handlers.expire_alerts() == 0
    world.clock.advance(timedelta(days=31))
    assert world.handlers.expire_alerts() == 1
    assert standing(world) == [(State.EXPIRED, 1, False)]
    assert world.rows("possible_match") == []
    world.handle(world.alert(version=2, kind=UPDATED))
    assert standing(world) == [(State.LIVE, 2, True)]


def test_an_alert_that_is_over_on_arrival_is_refused(world: World) -> None:
    alert = world.alert()
    world.clock.advance(timedelta(days=31))
    world.handle(alert)
    assert standing(world) == [(State.EXPIRED, 1, False)]


def test_other_rules_for_keys_are_refused(world: World) -> None:
    world.handle(world.alert(keys_version=1))
    assert world.rows("alert") == []
    assert [(r["outcome"], r["reason"]) for r in world.rows("receipt_due")] == [("refused", "keys_version")]


def test_a_suspended_partner_has_nothing_here(world: World) -> None:
    """Its alerts and matches go, what is still under way is refused, and on return all is asked for anew."""
    world.handle(world.case())
    world.handle(world.alert())
    world.handle(partner_changed("suspended"))
    assert world.rows("alert") == []
    assert world.rows("possible_match") == [] == world.rows("receipt_due")
    with pytest.raises(Refuse):
        world.handle(world.alert("jonas"))
    assert world.tick() == 0
    world.handle(partner_changed("verified"))
    assert world.tick(slots=1) == 1
    [receipt] = world.post.bodies(Receipt)
    assert isinstance(receipt, Receipt)
    assert receipt.resend
    world.handle(world.alert())
    assert len(world.rows("possible_match")) == 1


@pytest.mark.parametrize(
    "way", [("suspect",), ("suspended", "unverified", "compared"), ("left", "unverified")]
)
def test_whatever_stopped_a_partner_all_is_asked_for_anew(world: World, way: tuple[str, ...]) -> None:
    """Rule 7: a recall that came meanwhile was refused."""
    world.handle(world.alert())
    for status in (*way, "verified"):
        world.handle(partner_changed(status))
    world.tick(slots=1)
    assert wishes(world)[-1]


@pytest.mark.parametrize("lost", [True, False])
def test_a_new_partner_is_asked_anew_only_for_what_is_lost(world: World, lost: bool) -> None:
    """Its alerts may come before the word that it is verified, and more of them than are kept (5.3)."""
    for status in ("unverified", "compared"):
        world.handle(partner_changed(status))
    with world.database.begin() as session:
        now = world.clock.now()
        quarantine.add(session, "relay", "sender-not-verified", b"kept", now, VILNIUS)
        quarantine.add(session, "relay", "sender-not-verified", b"of another", now, "lv-riga")
        quarantine.stop_waiting(session, now)
        if lost:
            quarantine.add(session, "relay", "sender-not-verified", bytes(70_001), now, VILNIUS)
    world.handle(partner_changed("verified"))
    assert world.tick(slots=1) == int(lost)
    assert wishes(world) == [True] * int(lost)


def wishes(world: World) -> list[bool]:
    """Of every receipt, whether it asks for everything anew."""
    return [body.resend for body in world.post.bodies(Receipt) if isinstance(body, Receipt)]


def test_of_a_partner_that_left_no_pseudonym_stays(world: World) -> None:
    world.handle(world.case())
    world.handle(partner_changed("left"))
    assert world.rows("own_case") == []


def test_every_effect_is_in_the_audit_log_with_ids_only(world: World) -> None:
    """Rule 10."""
    world.handle(world.case())
    world.handle(world.alert())
    world.handle(withdrawn())
    world.tick()
    with world.database.read() as session:
        actions = [row.action for row in session.query(AuditRow).order_by(AuditRow.index)]
    assert actions == [
        "case.pseudonyms", "alert.stored", "match.proposed",
        "match.deleted", "alert.withdrawn", "receipt.sent",
    ]  # fmt: skip


def partner_changed(status: str) -> local.PartnerChanged:
    return local.PartnerChanged(organisation=VILNIUS, status=codes.PartnerStatus(status), card="", prekeys=[])
