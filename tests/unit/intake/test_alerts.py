"""Alerts: previewed, shared under separate references, updated, recalled, erased; and their receipts."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.intake.domain.alert import BadExpiry, Choices, NotSearchedFor, Stays
from services.intake.domain.codes import CaseKind, Risk
from services.intake.domain.finer.dealing import DEALT
from services.intake.domain.finer.details import of_person
from services.intake.domain.matchkeys import alert_keys
from services.intake.handlers.alerts import shares
from services.intake.handlers.alerts.views import AlertView
from services.intake.handlers.errors import CannotShare, NotFound, PartnerNotVerified
from services.intake.handlers.pseudonyms.answerer import keys_of
from services.intake.store.alerts import ReceiptEvidenceRow, ShareRow
from shared.crypto.tags import tag, unlock_all
from shared.runtime.clock import to_wire
from shared.store import outbox
from shared.wire.codes import ReceiptOutcome
from shared.wire.messages import (
    AlertContent,
    AlertPublished,
    AlertUpdated,
    AlertWithdrawn,
    Receipt,
    ReceiptItem,
    SequenceGap,
    TagSet,
    Tombstone,
)
from shared.wire.values import decode_base64
from tests.unit.intake.world import (
    ADMIN,
    LEAD,
    LYON,
    OTHER_TEAM,
    RIGA,
    WORKER,
    Node,
    case,
    person,
    verify,
)

ALL_FIELDS = Choices(released=frozenset({"sex", "birth_decade", "eye_colour", "region", "last_seen"}))


def publish(node: Node, **options: object) -> AlertView:
    saved = node.intake.cases.register(case(), WORKER)
    return node.intake.alerts.publish(saved.summary.id, Choices(), WORKER, **options)  # type: ignore[arg-type]


def tags_of(tag_set: TagSet) -> set[bytes]:
    data = decode_base64(tag_set.tags)
    return {data[start : start + 8] for start in range(0, len(data), 8)}


def receipt(
    node: Node, partner: str, outcome: ReceiptOutcome, version: int, alert: str, **more: object
) -> None:
    item = ReceiptItem(alert=alert, version=version, outcome=outcome, at=to_wire(node.clock.now()))
    body = Receipt(items=[item], missing=[], resend=False)
    node.handle(body, f"{partner}/matching", evidence=b"signed by " + partner.encode())


def state(node: Node, alert: AlertView, partner: str) -> str:
    found = node.intake.alerts.get(alert.id, WORKER)
    return next(share.state for share in found.shares if share.partner == partner)


def test_preview_is_what_leaves(vilnius: Node) -> None:
    saved = vilnius.intake.cases.register(case(), WORKER).summary
    shown = vilnius.intake.alerts.preview(saved.id, ALL_FIELDS, WORKER)
    vilnius.intake.alerts.publish(saved.id, ALL_FIELDS, WORKER, partners=[LYON])
    [body] = vilnius.bodies(AlertPublished)
    assert body.description.to_wire() == dict(shown.preview.leaves)
    assert ("region", Stays.PROTECTED) in shown.preview.stays  # rule 3: unknown counts as protected
    assert (body.urgency, body.category, body.tlp) == (shown.urgency, shown.category, shown.tlp)
    assert body.expires == to_wire(shown.expires_at)
    assert shown.partners == [LYON, RIGA]
    assert shown.match_keys == len(alert_keys(person()))


def test_the_tags_are_those_that_the_partner_can_compare(vilnius: Node) -> None:
    publish(vilnius, partners=[LYON])
    [body] = vilnius.bodies(AlertPublished)
    [tag_set] = body.tag_sets
    keys, salt = keys_of(vilnius.intake.context, LYON, 1), decode_base64(tag_set.salt)
    expected = {tag(salt, keys.pseudonym(one)) for one in alert_keys(person())}
    assert expected <= tags_of(tag_set)
    assert len(tags_of(tag_set)) == 160
    other = keys_of(vilnius.intake.context, RIGA, 1)
    assert not {tag(salt, other.pseudonym(one)) for one in alert_keys(person())} & tags_of(tag_set)


def test_two_partners_cannot_join_their_alerts(vilnius: Node) -> None:
    """Case 39: no common tag, salt or reference."""
    publish(vilnius)
    lyon, riga = vilnius.bodies(AlertPublished)
    assert lyon.alert != riga.alert
    assert lyon.tag_sets[0].salt != riga.tag_sets[0].salt
    assert not tags_of(lyon.tag_sets[0]) & tags_of(riga.tag_sets[0])


def test_the_details_are_those_of_the_person_and_read_by_each_key_of_hers(vilnius: Node) -> None:
    """Decision 19: whoever has the pseudonym behind any tag reads them."""
    publish(vilnius)
    [body] = [one for one in vilnius.bodies(AlertPublished) if one.tag_sets][:1]
    share = next(sent.to for sent in vilnius.post.sent if sent.body is body)
    [tag_set] = body.tag_sets
    salt, all_tags = decode_base64(tag_set.salt), decode_base64(tag_set.tags)
    masked = decode_base64(tag_set.details)
    keys = keys_of(vilnius.intake.context, share.partition("/")[0], 1)
    pseudonyms = b"".join(map(keys.pseudonym, alert_keys(person())))
    read = set(unlock_all(salt, pseudonyms, all_tags, masked))
    assert read == {of_person(person(), DEALT).pack()}


def test_details_say_the_same_in_every_version_and_epoch_and_to_every_partner(vilnius: Node) -> None:
    """Otherwise they add up, for whoever has one match key of the person, until one name is left."""
    saved = vilnius.intake.cases.register(case(), WORKER).summary.id
    alert = vilnius.intake.alerts.publish(saved, Choices(), WORKER)
    vilnius.intake.policies.rotate_epoch(LYON, ADMIN)
    vilnius.intake.alerts.update(alert.id, WORKER)
    [key, *_] = alert_keys(person())
    read, sets = set(), 0
    for sent in vilnius.post.sent:
        if isinstance(sent.body, AlertContent):
            for one in sent.body.tag_sets:
                pseudonym = keys_of(vilnius.intake.context, sent.to.partition("/")[0], one.epoch).pseudonym(
                    key
                )
                parts = map(decode_base64, (one.tags, one.details))
                read |= set(unlock_all(decode_base64(one.salt), pseudonym, *parts))
                sets += 1
    assert len(read) == 1
    assert sets >= 6, "both versions to both partners, one of them under two epochs"


def test_two_alerts_to_one_partner_share_no_tag(vilnius: Node) -> None:
    """Case 40, and the same for two versions of one alert."""
    alert = publish(vilnius, partners=[LYON])
    sister = vilnius.intake.cases.register(case(someone=person("Rasa")), WORKER).summary.id
    vilnius.intake.alerts.publish(sister, Choices(), WORKER, partners=[LYON])
    vilnius.intake.alerts.update(alert.id, WORKER)
    bodies: list[AlertContent] = [*vilnius.bodies(AlertPublished), *vilnius.bodies(AlertUpdated)]
    sets = [tags_of(body.tag_sets[0]) for body in bodies]
    assert len(sets) == 3
    assert not sets[0] & sets[1]
    assert not sets[0] & sets[2]


def test_found_people_are_never_announced(vilnius: Node) -> None:
    for kind in (CaseKind.FOUND, CaseKind.UNIDENTIFIED):
        saved = vilnius.intake.cases.register(case(kind), WORKER).summary.id
        with pytest.raises(NotSearchedFor):
            vilnius.intake.alerts.publish(saved, Choices(), WORKER)
    assert vilnius.bodies(AlertPublished) == []


def test_unverified_partner_gets_nothing(vilnius: Node) -> None:
    vilnius.intake.partners.suspend(LYON, WORKER)
    with pytest.raises(PartnerNotVerified, match="twelve words"):
        publish(vilnius, partners=[LYON, RIGA])
    assert vilnius.bodies(AlertPublished) == []
    alert = publish(vilnius)  # the circle: whoever is verified
    assert [share.partner for share in alert.shares] == [RIGA]


def test_urgent_alerts_go_first(vilnius: Node) -> None:
    for risk in (Risk.LOW, Risk.HIGH):
        saved = vilnius.intake.cases.register(case(risk=risk), WORKER).summary.id
        vilnius.intake.alerts.publish(saved, Choices(), WORKER, partners=[LYON])
    low, high = (sent.priority for sent in vilnius.post.sent if isinstance(sent.body, AlertPublished))
    assert high < low


def test_bad_end_date_and_second_alert_are_refused(vilnius: Node) -> None:
    with pytest.raises(BadExpiry):
        publish(vilnius, until=vilnius.clock.now() + timedelta(days=400))
    alert = publish(vilnius, partners=[LYON])
    with pytest.raises(CannotShare):
        vilnius.intake.alerts.publish(alert.case_id, Choices(), WORKER)
    assert len(vilnius.intake.alerts.add_partners(alert.id, [LYON, RIGA], WORKER).shares) == 2
    assert len(vilnius.bodies(AlertPublished)) == 2
    with pytest.raises(NotFound):
        vilnius.intake.alerts.get(alert.id, OTHER_TEAM)


def test_receipts_move_the_share_and_are_kept(vilnius: Node) -> None:
    alert = publish(vilnius)
    share = next(one for one in alert.shares if one.partner == LYON)
    assert share.state == "queued"
    receipt(vilnius, LYON, ReceiptOutcome.COMPARED, 1, share.id)
    receipt(vilnius, LYON, ReceiptOutcome.STORED, 1, share.id)  # late: moves nothing back
    assert state(vilnius, alert, LYON) == "compared"
    assert state(vilnius, alert, RIGA) == "queued"
    kept = vilnius.intake.receipts.evidence(share.id, WORKER)
    assert [one.outcome for one in kept] == ["compared", "stored"]
    with vilnius.database.read() as session:
        assert set(session.scalars(select(ReceiptEvidenceRow.evidence))) == {b"signed by fr-lyon"}


def test_a_partner_cannot_sign_for_another(vilnius: Node) -> None:
    """Case 47, on the wire."""
    alert = publish(vilnius)
    share = next(one for one in alert.shares if one.partner == LYON)
    vilnius.intake.alerts.withdraw(alert.id, WORKER)
    receipt(vilnius, RIGA, ReceiptOutcome.DELETED, 2, share.id)
    assert state(vilnius, alert, LYON) == "deleting"
    assert "receipt_foreign" in vilnius.alarms()


def test_recall_is_open_until_the_partner_signed(vilnius: Node) -> None:
    """Rule 7."""
    alert = publish(vilnius, partners=[LYON])
    withdrawn = vilnius.intake.alerts.withdraw(alert.id, WORKER)
    [body] = vilnius.bodies(AlertWithdrawn)
    assert (body.alert, body.version) == (alert.shares[0].id, 2)
    assert (withdrawn.state, withdrawn.shares[0].state) == ("withdrawn", "deleting")
    receipt(vilnius, LYON, ReceiptOutcome.COMPARED, 1, body.alert)
    assert state(vilnius, alert, LYON) == "deleting"
    vilnius.clock.advance(timedelta(hours=26))
    assert vilnius.intake.alerts.get(alert.id, WORKER).shares[0].overdue
    receipt(vilnius, LYON, ReceiptOutcome.DELETED, 2, body.alert)
    assert state(vilnius, alert, LYON) == "deleted"
    vilnius.intake.alerts.withdraw(alert.id, WORKER)
    assert len(vilnius.bodies(AlertWithdrawn)) == 1


def test_a_late_word_about_an_older_version_changes_nothing(vilnius: Node) -> None:
    """Rule 7: version 1 expired there while we prolonged to 2; its receipt comes late and 2 is still held."""
    alert = publish(vilnius, partners=[LYON])
    share = alert.shares[0].id
    vilnius.intake.alerts.update(alert.id, WORKER)
    receipt(vilnius, LYON, ReceiptOutcome.DELETED, 1, share)
    assert state(vilnius, alert, LYON) == "queued"
    receipt(vilnius, LYON, ReceiptOutcome.DELETED, 3, share)  # nor does a word about what was never sent
    assert state(vilnius, alert, LYON) == "queued"
    assert [one.version for one in vilnius.intake.receipts.evidence(share, WORKER)] == [1, 3]
    vilnius.intake.alerts.withdraw(alert.id, WORKER)
    assert [(body.alert, body.version) for body in vilnius.bodies(AlertWithdrawn)] == [(share, 3)]


@pytest.mark.slow
def test_who_signs_a_deletion_nobody_asked_for_is_recalled_all_the_same(vilnius: Node) -> None:
    """Rule 7: only the signature for a recall ends a share; an early one only says how it stands there."""
    alert = publish(vilnius, partners=[LYON])
    share = alert.shares[0].id
    receipt(vilnius, LYON, ReceiptOutcome.DELETED, 1, share)
    shown = vilnius.intake.alerts.get(alert.id, WORKER).shares[0]
    assert (shown.state, shown.reason) == ("deleted", "deleted_there")
    receipt(vilnius, LYON, ReceiptOutcome.STORED, 1, share)
    assert state(vilnius, alert, LYON) == "deleted"
    vilnius.intake.alerts.withdraw(alert.id, WORKER)
    [body] = vilnius.bodies(AlertWithdrawn)
    shown = vilnius.intake.alerts.get(alert.id, WORKER).shares[0]
    assert (shown.state, shown.deleted_at) == ("deleting", None)
    receipt(vilnius, LYON, ReceiptOutcome.DELETED, body.version, share)
    shown = vilnius.intake.alerts.get(alert.id, WORKER).shares[0]
    assert (shown.state, shown.reason) == ("deleted", None)
    assert shown.deleted_at is not None


def test_an_update_reaches_who_let_the_alert_expire(vilnius: Node) -> None:
    """Rule 7: a deletion of the partner's own accord does not cut it off from newer versions."""
    alert = publish(vilnius, partners=[LYON])
    item = ReceiptItem(
        alert=alert.shares[0].id,
        version=1,
        outcome=ReceiptOutcome.DELETED,
        at=to_wire(vilnius.clock.now()),
        reason="expired",
    )
    vilnius.handle(Receipt(items=[item], missing=[], resend=False), f"{LYON}/matching")
    assert vilnius.intake.alerts.get(alert.id, WORKER).shares[0].reason == "expired"
    shown = vilnius.intake.alerts.update(alert.id, WORKER).shares[0]
    assert [body.version for body in vilnius.bodies(AlertUpdated)] == [2]
    assert (shown.state, shown.reason, shown.deleted_at) == ("queued", None, None)
    vilnius.intake.policies.rotate_epoch(LYON, ADMIN)
    assert [body.version for body in vilnius.bodies(AlertUpdated)] == [2, 3]


def test_nothing_is_recalled_where_nothing_was_sent(vilnius: Node) -> None:
    alert = publish(vilnius, partners=[LYON])
    with vilnius.database.begin() as session:
        share = session.get_one(ShareRow, alert.shares[0].id)
        share.queued_at, share.state = None, "pending"
    vilnius.intake.alerts.withdraw(alert.id, WORKER)
    assert state(vilnius, alert, LYON) == "deleted"
    assert vilnius.bodies(AlertWithdrawn) == []


def test_ending_the_search_withdraws_everything(vilnius: Node) -> None:
    alert = publish(vilnius)
    vilnius.intake.cases.end_search(alert.case_id, 1, WORKER)
    assert len(vilnius.bodies(AlertWithdrawn)) == 2


@pytest.mark.slow
def test_erasure_sends_tombstones_also_after_a_withdrawal(vilnius: Node) -> None:
    """Case 91."""
    alert = publish(vilnius)
    vilnius.intake.alerts.withdraw(alert.id, WORKER)
    for share in alert.shares:
        receipt(vilnius, share.partner, ReceiptOutcome.DELETED, 2, share.id)
    assert vilnius.intake.cases.erase(alert.case_id, WORKER) == 2
    assert {(body.alert, body.version) for body in vilnius.bodies(Tombstone)} == {
        (share.id, 3) for share in alert.shares
    }
    assert {share.state for share in vilnius.intake.alerts.get(alert.id, WORKER).shares} == {"deleting"}


def test_resend_publishes_every_live_alert_and_open_recall_anew(vilnius: Node) -> None:
    """Case 20."""
    live, ended = publish(vilnius, partners=[LYON]), publish(vilnius, partners=[LYON])
    vilnius.intake.alerts.withdraw(ended.id, WORKER)
    vilnius.new()
    vilnius.handle(Receipt(items=[], missing=[], resend=True), f"{LYON}/matching")
    bodies = [sent.body for sent in vilnius.new()]
    assert [type(body) for body in bodies] == [AlertPublished, AlertWithdrawn]
    assert [body.alert for body in bodies] == [live.shares[0].id, ended.shares[0].id]  # type: ignore[attr-defined]


@pytest.mark.slow
def test_resend_repeats_recalls_that_were_signed_for(vilnius: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 84 at the partner: restored from an old backup, it holds again what it had deleted."""
    ended, erased = publish(vilnius, partners=[LYON]), publish(vilnius, partners=[LYON])
    vilnius.intake.alerts.withdraw(ended.id, WORKER)
    vilnius.intake.cases.erase(erased.case_id, WORKER)
    (one,), (two,) = ended.shares, erased.shares
    for share in (one, two):
        receipt(vilnius, LYON, ReceiptOutcome.DELETED, 2, share.id)
    vilnius.clock.advance(timedelta(days=50))
    vilnius.new()
    wish = Receipt(items=[], missing=[], resend=True)
    vilnius.handle(wish, f"{LYON}/matching")
    sent = [(type(sent.body), sent.body.alert, sent.body.version) for sent in vilnius.new()]  # type: ignore[attr-defined]
    assert sorted(sent, key=str) == sorted([(AlertWithdrawn, one.id, 2), (Tombstone, two.id, 2)], key=str)
    for alert, share in ((ended, one), (erased, two)):
        (open_again,) = vilnius.intake.alerts.get(alert.id, WORKER).shares
        assert (open_again.state, open_again.overdue) == ("deleting", False)
        receipt(vilnius, LYON, ReceiptOutcome.DELETED, 2, share.id)
        assert vilnius.intake.alerts.get(alert.id, WORKER).shares[0].state == "deleted"
    assert timedelta(days=67) == shares.RECALLS_REPEATED_FOR  # how long a backup may be kept
    monkeypatch.setattr(shares, "RECALLS_REPEATED_FOR", timedelta(days=49))
    vilnius.clock.advance(timedelta(days=1))
    vilnius.new()
    vilnius.handle(wish, f"{LYON}/matching")
    assert vilnius.new() == []


def test_a_gap_that_is_no_longer_kept_is_answered_by_everything(vilnius: Node) -> None:
    """Case 19: the numbers are asked of the outbox first."""
    publish(vilnius, partners=[LYON])
    vilnius.new()
    gap = SequenceGap(first=3, last=4)
    vilnius.handle(Receipt(items=[], missing=[gap], resend=False), f"{LYON}/matching")
    assert [type(sent.body) for sent in vilnius.new()] == [AlertPublished]
    assert "resend_gone" in vilnius.alarms()
    vilnius.clock.advance(timedelta(days=1))
    huge = SequenceGap(first=0, last=2**53 - 1)
    vilnius.handle(Receipt(items=[], missing=[huge], resend=False), f"{LYON}/matching")
    assert [type(sent.body) for sent in vilnius.new()] == [AlertPublished]


@pytest.mark.slow
def test_everything_is_sent_anew_once_a_day_and_an_early_wish_is_met_later(vilnius: Node) -> None:
    """A partner must not keep us busy with `resend`; what it wished for is not lost either (rule 11)."""
    publish(vilnius, partners=[LYON])
    vilnius.new()
    wish, nothing = (Receipt(items=[], missing=[], resend=resend) for resend in (True, False))
    found = []
    for body in (wish, wish, wish, nothing):
        vilnius.handle(body, f"{LYON}/matching")
        found.append(len(vilnius.new()))
    assert found == [1, 0, 0, 0]
    vilnius.clock.advance(timedelta(days=1))
    for body in (nothing, nothing):
        vilnius.handle(body, f"{LYON}/matching")
        found.append(len(vilnius.new()))
    assert found[4:] == [1, 0]
    vilnius.handle(wish, f"{RIGA}/matching")  # every partner for itself
    assert "receipt.received" in vilnius.actions()


def test_at_most_a_hundred_numbers_are_sent_again_for_a_receipt(
    vilnius: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lowest first; the rest is asked for again by the next receipt, or comes with everything."""
    asked: list[list[int]] = []

    def resend(_session: object, _recipient: str, numbers: list[int], _now: object) -> list[int]:
        asked.append(numbers)
        return []

    monkeypatch.setattr(outbox, "resend", resend)
    publish(vilnius, partners=[LYON])
    vilnius.new()
    exactly = [SequenceGap(first=1, last=60), SequenceGap(first=101, last=140)]
    vilnius.handle(Receipt(items=[], missing=exactly, resend=False), f"{LYON}/matching")
    assert vilnius.new() == []
    more = [SequenceGap(first=1, last=60), SequenceGap(first=101, last=2**53 - 1)]
    vilnius.handle(Receipt(items=[], missing=more, resend=False), f"{LYON}/matching")
    assert asked == [[*range(1, 61), *range(101, 141)]] * 2
    assert [type(sent.body) for sent in vilnius.new()] == [AlertPublished]


def test_a_recall_to_a_suspended_partner_goes_when_it_can(vilnius: Node) -> None:
    alert = publish(vilnius, partners=[LYON])
    vilnius.intake.partners.suspend(LYON, WORKER)
    vilnius.intake.alerts.withdraw(alert.id, WORKER)
    share = vilnius.intake.alerts.get(alert.id, WORKER).shares[0]
    assert (share.state, share.reason) == ("deleting", "partner.suspended")
    assert vilnius.bodies(AlertWithdrawn) == []
    vilnius.intake.partners.restart(LYON, ADMIN)
    vilnius.intake.partners.restart(LYON, LEAD)
    assert len(vilnius.bodies(AlertWithdrawn)) == 1


def test_new_epoch_sends_live_alerts_with_both_tag_sets(vilnius: Node) -> None:
    """Case 41, the publisher's half."""
    publish(vilnius)
    vilnius.intake.policies.rotate_epoch(LYON, ADMIN)
    [body] = vilnius.bodies(AlertUpdated)
    assert ([one.epoch for one in body.tag_sets], body.version) == ([2, 1], 2)
    assert not tags_of(body.tag_sets[0]) & tags_of(body.tag_sets[1])


def test_outdated_alert_is_shown_and_updated(vilnius: Node) -> None:
    alert = publish(vilnius, partners=[LYON])
    vilnius.intake.cases.update(alert.case_id, case(someone=person("Rasa")), 1, WORKER)
    assert vilnius.intake.alerts.get(alert.id, WORKER).outdated
    updated = vilnius.intake.alerts.update(alert.id, WORKER, choices=ALL_FIELDS)
    assert not updated.outdated
    [body] = vilnius.bodies(AlertUpdated)
    assert (body.version, body.description.eye_colour) == (2, "green")


@pytest.mark.slow
def test_partner_seen_by_the_desk(vilnius: Node) -> None:
    publish(vilnius)
    shown = {one.organisation: one for one in vilnius.intake.partners.overview(ADMIN)}
    assert shown[LYON].shares == {"queued": 1}
    assert shown[LYON].hold is None
    vilnius.set_status(LYON, "unverified")
    assert vilnius.intake.partners.get(LYON, ADMIN).hold == "partner.not-verified"
    verify(vilnius, LYON)
