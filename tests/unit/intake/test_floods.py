"""One partner that says very much: it is bounded, shown, and hides nothing of others (decisions/0014)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services.intake.domain.alert import Choices
from services.intake.domain.codes import CaseKind, MatchState
from services.intake.handlers import matches as matches_module
from services.intake.handlers import notices as notices_module
from services.intake.handlers.matches import SHOWN_ALIKE
from services.intake.handlers.notices import MOST_OF_ONE_ALERT
from services.intake.store.alerts import ReceiptEvidenceRow, ReceiptItemRow
from services.intake.store.base import IntakeBase
from shared.post.incoming import Refuse
from shared.runtime import ids
from shared.runtime.clock import from_wire, to_wire
from shared.wire import codes
from shared.wire.local import DutySettled, DutyState, DutyWaiting, MatchProposed, MatchRetracted
from shared.wire.messages import AlertPublished, MatchNotice, Receipt, ReceiptItem
from tests.unit.intake.test_matches import OWN, found_case, proposal
from tests.unit.intake.world import LEAD, LYON, OTHER_TEAM, RIGA, VILNIUS, WORKER, Node, case


def flood(node: Node, case_id: str, count: int, **changes: object) -> list[MatchProposed]:
    """Many alerts of one partner fit one case; matching tells of all under the reference of the first."""
    first = ids.new_id("match")
    bodies = []
    for number in range(count):
        match = first if number == 0 else ids.new_id("match")
        bodies.append(proposal(node, case_id, **{"match": match, "duty": first, **changes}))
        node.handle(bodies[-1], f"{node.organisation}/matching")
    return bodies


def rows(node: Node, table: type[IntakeBase]) -> int:
    with node.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.slow
def test_a_flood_hides_no_match_of_others_and_each_is_listed_with_its_case(lyon: Node) -> None:
    case_id = found_case(lyon)
    [other] = flood(lyon, case_id, 1, partner=RIGA)
    lyon.clock.advance(timedelta(minutes=1))
    flood(lyon, case_id, 30)
    listed = lyon.intake.matches.overview(WORKER, waiting_only=True)
    assert [one.id for one in listed if one.partner == RIGA] == [other.match]
    alike = [one for one in listed if one.partner == VILNIUS]
    assert [one.more for one in alike].count(0) == SHOWN_ALIKE - 1
    assert sum(one.more for one in alike) == 30 - SHOWN_ALIKE
    assert len(lyon.intake.matches.overview(WORKER, case_id=case_id)) == 31


def test_what_presses_most_stands_before_the_rest_of_a_flood(lyon: Node) -> None:
    case_id = found_case(lyon)
    [urgent] = flood(lyon, case_id, 1, status="Actual")
    lyon.clock.advance(timedelta(minutes=1))
    flood(lyon, case_id, 10, urgency="Past", status="Actual")
    assert urgent.match in [one.id for one in lyon.intake.matches.overview(WORKER)]


def test_a_notice_is_settled_when_the_last_match_under_it_was_looked_at(lyon: Node) -> None:
    first, second, third = flood(lyon, found_case(lyon), 3)
    lyon.new()
    lyon.intake.matches.decide(first.match, MatchState.PROBABLE, WORKER)
    lyon.handle(MatchRetracted(match=second.match, why="withdrawn"), OWN)
    assert lyon.bodies(DutySettled) == []
    lyon.intake.matches.decide(third.match, MatchState.NEED_INFORMATION, WORKER)
    assert [body.reference for body in lyon.bodies(DutySettled)] == [first.match]


def test_a_match_that_comes_after_its_notice_was_settled_is_told_again(lyon: Node) -> None:
    """Nothing is lost by folding: what nobody has seen yet is told, under the same reference."""
    case_id = found_case(lyon)
    [first] = flood(lyon, case_id, 1)
    assert lyon.bodies(DutyWaiting) == []
    lyon.intake.matches.decide(first.match, MatchState.PROBABLE, WORKER)
    lyon.handle(proposal(lyon, case_id, duty=first.match), OWN)
    lyon.handle(proposal(lyon, case_id, duty=first.match), OWN)
    [waiting] = lyon.bodies(DutyWaiting)
    assert waiting.reference == first.match
    assert from_wire(waiting.at) > lyon.clock.now(), "or a settling of this very second could undo it"


def test_every_match_shows_what_was_told_of_it(lyon: Node) -> None:
    first, second = flood(lyon, found_case(lyon), 2)
    at = to_wire(lyon.clock.now())
    told = DutyState(reference=first.match, state="told", channel="email", told=1, at=at)
    lyon.handle(told, "notify")
    listed = {one.id: one for one in lyon.intake.matches.overview(WORKER)}
    assert {one.duty_state for one in listed.values()} == {"told"}
    assert listed[second.match].told_as == ids.short(first.match)
    assert listed[first.match].told_as is None
    assert lyon.intake.matches.open(second.match, WORKER).summary.duty_state == "told"


def published(node: Node, count: int = 1, by: object = WORKER) -> list[str]:
    """Alerts of so many cases, as Lyon knows them."""
    before = len(node.bodies(AlertPublished))
    for _ in range(count):
        searched = node.intake.cases.register(case(), by).summary.id  # type: ignore[arg-type]
        node.intake.alerts.publish(searched, Choices(), by, partners=[LYON])  # type: ignore[arg-type]
    return [body.alert for body in node.bodies(AlertPublished)[before:]]


def notice(node: Node, alert: str, **changes: object) -> MatchNotice:
    values: dict[str, object] = {
        "alert": alert,
        "wish": codes.ContactWish.TELL_SAFE,
        "consent": ids.new_id("consent"),
        "until": to_wire(node.clock.now() + timedelta(days=30)),
    } | changes
    return MatchNotice.model_validate(values)


def test_the_same_notice_again_changes_nothing(vilnius: Node) -> None:
    """A hostile or restored partner repeats it under other message ids."""
    [alert] = published(vilnius)
    body = notice(vilnius, alert)
    for _ in range(5):
        vilnius.handle(body, f"{LYON}/intake")
        vilnius.clock.advance(timedelta(hours=2))
    assert len(vilnius.intake.notices.overview(WORKER)) == 1
    assert len(vilnius.bodies(DutyWaiting)) == 1


def test_another_word_about_an_alert_is_kept_and_told_once_an_hour(vilnius: Node) -> None:
    [alert] = published(vilnius)
    for wish in (codes.ContactWish.TELL_SAFE, codes.ContactWish.PASS_MESSAGE):
        vilnius.handle(notice(vilnius, alert, wish=wish), f"{LYON}/intake")
    vilnius.clock.advance(timedelta(hours=1))
    vilnius.handle(notice(vilnius, alert, wish=codes.ContactWish.MEET), f"{LYON}/intake")
    assert len(vilnius.intake.notices.overview(WORKER)) == 3
    first, second, third = [body.reference for body in vilnius.bodies(DutyWaiting)]
    assert first == second != third


@pytest.mark.slow
def test_very_many_words_about_one_alert_are_set_aside(vilnius: Node) -> None:
    """Refused means parked in the inbox, where an administrator sees them."""
    alert, another = published(vilnius, 2)
    for _ in range(MOST_OF_ONE_ALERT):
        vilnius.handle(notice(vilnius, alert), f"{LYON}/intake")
    with pytest.raises(Refuse, match=r"notice\.too_many"):
        vilnius.handle(notice(vilnius, alert), f"{LYON}/intake")
    vilnius.handle(notice(vilnius, another), f"{LYON}/intake")
    assert len(vilnius.intake.notices.overview(WORKER)) == MOST_OF_ONE_ALERT + 1


def receipt(node: Node, *items: tuple[str, int, str]) -> Receipt:
    at = to_wire(node.clock.now())
    return Receipt(
        items=[
            ReceiptItem(alert=alert, version=version, outcome=codes.ReceiptOutcome(outcome), at=at)
            for alert, version, outcome in items
        ],
        missing=[],
        resend=False,
    )


@pytest.mark.slow
def test_receipts_that_say_the_same_again_are_not_kept_again(vilnius: Node) -> None:
    [alert] = published(vilnius)
    vilnius.handle(receipt(vilnius, (alert, 1, "stored"), (alert, 1, "compared")), f"{LYON}/matching")
    for _ in range(20):
        vilnius.handle(receipt(vilnius, (alert, 1, "stored"), (alert, 1, "stored")), f"{LYON}/matching")
        vilnius.handle(receipt(vilnius), f"{LYON}/matching")
    assert (rows(vilnius, ReceiptEvidenceRow), rows(vilnius, ReceiptItemRow)) == (1, 2)
    vilnius.handle(receipt(vilnius, (alert, 1, "deleted")), f"{LYON}/matching")
    assert (rows(vilnius, ReceiptEvidenceRow), rows(vilnius, ReceiptItemRow)) == (2, 3)
    vilnius.clock.advance(timedelta(hours=2))
    vilnius.handle(receipt(vilnius), f"{LYON}/matching")
    assert rows(vilnius, ReceiptEvidenceRow) == 3, "the tip of the partner's log is witnessed once an hour"


@pytest.mark.slow
def test_versions_that_were_never_sent_fill_one_row(vilnius: Node) -> None:
    [alert] = published(vilnius)
    for version in range(2, 40):
        vilnius.handle(receipt(vilnius, (alert, version, "stored")), f"{LYON}/matching")
    assert rows(vilnius, ReceiptItemRow) == 1


def test_a_receipt_full_of_foreign_alerts_is_one_alarm(vilnius: Node) -> None:
    items = [(ids.new_id("alert"), 1, "stored") for _ in range(50)]
    vilnius.handle(receipt(vilnius, *items), f"{LYON}/matching")
    assert vilnius.actions().count("alarm.raised") == 1
    assert "receipt_foreign" in vilnius.alarms()


def test_a_share_that_was_sent_anew_moves_on_by_what_was_signed_before(vilnius: Node) -> None:
    """A repetition is not kept, and still counts: the alert is there."""
    [alert] = published(vilnius)
    vilnius.handle(receipt(vilnius, (alert, 1, "compared")), f"{LYON}/matching")
    vilnius.handle(receipt(vilnius).model_copy(update={"resend": True}), f"{LYON}/matching")
    [share] = vilnius.intake.alerts.overview(WORKER)[0].shares
    assert share.state == "queued"
    vilnius.handle(receipt(vilnius, (alert, 1, "compared")), f"{LYON}/matching")
    [share] = vilnius.intake.alerts.overview(WORKER)[0].shares
    assert share.state == "compared"


@pytest.mark.slow
def test_lists_are_cut_after_the_team_was_chosen(vilnius: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two teams: the newer rows of one must not push those of the other out of its own lists."""
    monkeypatch.setattr(matches_module, "LIST_LIMIT", 3)
    monkeypatch.setattr(notices_module, "LIST_LIMIT", 3)
    monkeypatch.setattr("services.intake.handlers.alerts.alerts.LIST_LIMIT", 3)
    mine = vilnius.intake.cases.register(case(CaseKind.FOUND), WORKER).summary.id
    [match] = flood(vilnius, mine, 1, partner=LYON)
    [alert] = published(vilnius)
    vilnius.handle(notice(vilnius, alert), f"{LYON}/intake")
    for _ in range(5):
        vilnius.clock.advance(timedelta(minutes=1))
        theirs = vilnius.intake.cases.register(case(CaseKind.FOUND), OTHER_TEAM).summary.id
        flood(vilnius, theirs, 1, partner=LYON)
        [foreign] = published(vilnius, by=OTHER_TEAM)
        vilnius.handle(notice(vilnius, foreign), f"{LYON}/intake")
    intake = vilnius.intake
    assert [one.id for one in intake.matches.overview(WORKER)] == [match.match]
    assert len(intake.alerts.overview(WORKER)) == 1
    assert [one.alert_id for one in intake.notices.overview(WORKER)] == [
        one.id for one in intake.alerts.overview(WORKER)
    ]
    for listed in (intake.matches, intake.alerts, intake.notices):
        assert len(listed.overview(LEAD)) == len(listed.overview(OTHER_TEAM)) == 3


@pytest.mark.slow
def test_duty_entries_are_those_of_the_own_team(vilnius: Node) -> None:
    """Case 46: a reference of another team's match is a fact about another team's case."""
    at = to_wire(vilnius.clock.now())

    def told(reference: str) -> str:
        body = DutyState(reference=reference, state="told", channel="email", told=1, at=at)
        vilnius.handle(body, "notify")
        return reference

    mine = vilnius.intake.cases.register(case(CaseKind.FOUND), WORKER).summary.id
    theirs = vilnius.intake.cases.register(case(CaseKind.FOUND), OTHER_TEAM).summary.id
    seen = {told(flood(vilnius, mine, 2, partner=LYON)[0].match)}
    hidden = {told(flood(vilnius, theirs, 1, partner=LYON)[0].match), told(ids.new_id("match"))}
    for by, kept in ((WORKER, seen), (OTHER_TEAM, hidden)):
        [alert] = published(vilnius, by=by)
        vilnius.handle(notice(vilnius, alert), f"{LYON}/intake")
        kept.add(told(vilnius.bodies(DutyWaiting)[-1].reference))
    assert {one.reference for one in vilnius.intake.duty.entries(WORKER)} == seen
    assert {one.reference for one in vilnius.intake.duty.entries(OTHER_TEAM)} < hidden
    assert {one.reference for one in vilnius.intake.duty.entries(LEAD)} == seen | hidden


@pytest.mark.slow
def test_a_list_of_duty_entries_is_cut_after_the_team_was_chosen(vilnius: Node) -> None:
    mine = vilnius.intake.cases.register(case(CaseKind.FOUND), WORKER).summary.id
    [match] = flood(vilnius, mine, 1, partner=LYON)
    for number in range(101):
        reference = match.match if number == 0 else ids.new_id("match")
        at = to_wire(vilnius.clock.now())
        body = DutyState(reference=reference, state="told", channel="email", told=1, at=at)
        vilnius.handle(body, "notify")
        vilnius.clock.advance(timedelta(seconds=1))
    assert [one.reference for one in vilnius.intake.duty.entries(WORKER)] == [match.match]
