"""Possible matches: shown, decided, taken back; and nothing of it ever leaves the house."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from services.intake.domain.alert import Choices
from services.intake.domain.codes import (
    CaseKind,
    ConsentPurpose,
    ConsentScope,
    ConsentSource,
    ContactWish,
    ExclusionReason,
    MatchState,
)
from services.intake.domain.consent import Consent, NotCovered
from services.intake.domain.decision import DecisionNotAllowed, ReasonMissing, SecondPersonNeeded
from services.intake.handlers.errors import MatchMoved, NotAllowed, NotFound, NotYetDecided
from services.intake.handlers.match_lists import MatchFilter
from services.intake.handlers.match_views import FieldPair
from shared.post.incoming import Refuse, Wait
from shared.runtime import ids
from shared.runtime.clock import to_wire
from shared.wire import codes
from shared.wire.local import (
    CaseClosed,
    DutySettled,
    DutyState,
    DutyWaiting,
    MatchDecided,
    MatchProposed,
    MatchRetracted,
)
from shared.wire.messages import AlertPublished, MatchNotice
from tests.unit.intake.world import ADMIN, LYON, OTHER_TEAM, RIGA, SECOND, VILNIUS, WORKER, Node, case

OWN = f"{LYON}/matching"


def proposal(node: Node, case_id: str, **changes: object) -> MatchProposed:
    values: dict[str, object] = {
        "match": ids.new_id("match"),
        "version": 1,
        "partner": VILNIUS,
        "alert": ids.new_id("alert"),
        "alert_version": 1,
        "case": case_id,
        "score": 2150,
        "strength": "very_likely",
        "reasons": [
            {"comparator": "match_keys", "verdict": "for", "weight": 2100, "parameters": {"groups": 3}},
            {"comparator": "eye_colour", "verdict": "unknown", "weight": 0, "parameters": {}},
        ],
        "facts": "a" * 64,
        "kind": "missing",
        "category": "runaway",
        "urgency": "Immediate",
        "status": "Exercise",
        "tlp": "amber+strict",
        "permitted_use": "ask_partner",
        "description": {"sex": "female", "birth_decade": 2000},
        "expires": to_wire(node.clock.now() + timedelta(days=90)),
    } | changes
    return MatchProposed.model_validate_json(json.dumps(values))


def found_case(node: Node) -> str:
    saved = node.intake.cases.register(case(CaseKind.FOUND), WORKER).summary.id
    node.new()
    return saved


def proposed(node: Node) -> MatchProposed:
    body = proposal(node, found_case(node))
    node.handle(body, OWN)
    return body


def decided(node: Node, state: MatchState = MatchState.PROBABLE) -> MatchProposed:
    body = proposed(node)
    node.intake.matches.decide(body.match, state, WORKER)
    return body


def consent(**changes: object) -> Consent:
    values: dict[str, object] = {
        "contact_wish": ContactWish.TELL_SAFE,
        "source": ConsentSource.SIGNATURE,
        "language": "lt",
        "addressee": VILNIUS,
        "purpose": ConsentPurpose.ANSWER_ENQUIRY,
        "scope": frozenset({ConsentScope.SAFE}),
        "given": date(2026, 11, 21),
        "until": date(2026, 12, 21),
    } | changes
    return Consent(**values)  # type: ignore[arg-type]


def test_match_is_shown_with_reasons_and_both_sides(lyon: Node) -> None:
    body = proposed(lyon)
    view = lyon.intake.matches.open(body.match, WORKER)
    assert [(one.comparator, one.verdict, one.weight) for one in view.reasons] == [
        ("match_keys", "for", 2100),
        ("eye_colour", "unknown", 0),
    ]
    pairs = {pair.field: (pair.own, pair.released) for pair in view.fields}
    assert pairs["sex"] == ("female", "female")
    assert pairs["eye_colour"] == ("green", None)
    assert view.summary.label == "Žydrūnė Kanarėlė-Testauskienė"
    assert "match.viewed" in lyon.actions()
    with pytest.raises(NotFound):
        lyon.intake.matches.open(body.match, OTHER_TEAM)
    assert lyon.intake.matches.overview(OTHER_TEAM) == []


def test_nothing_goes_to_the_publisher(lyon: Node) -> None:
    """Rule 4, cases 43 and 92: whatever is proposed and decided, no message to a partner."""
    for state in (MatchState.NEED_INFORMATION, MatchState.PROBABLE):
        decided(lyon, state)
    body = proposed(lyon)
    reason = ExclusionReason.RELATIVE
    lyon.intake.matches.decide(body.match, MatchState.EXCLUDED, WORKER, reason=reason, note="sesuo Birutė")
    assert {sent.to for sent in lyon.post.sent} <= {"matching", "notify"}
    [*_, said] = lyon.bodies(MatchDecided)
    assert (said.match, said.state, said.facts) == (body.match, "excluded", body.facts)
    assert body.match in [one.reference for one in lyon.bodies(DutySettled)]
    assert lyon.intake.matches.open(body.match, WORKER).history[-1].note == "sesuo Birutė"


def test_excluded_stays_excluded_until_a_fact_changes(lyon: Node) -> None:
    body = proposed(lyon)
    lyon.intake.matches.decide(
        body.match, MatchState.EXCLUDED, WORKER, reason=ExclusionReason.BIRTH_DATE_DIFFERS
    )
    lyon.handle(body.model_copy(update={"version": 2}), OWN)
    assert lyon.intake.matches.open(body.match, WORKER).summary.state is MatchState.EXCLUDED
    lyon.handle(body.model_copy(update={"version": 3, "facts": "b" * 64}), OWN)
    view = lyon.intake.matches.open(body.match, WORKER)
    assert view.summary.state is MatchState.NEW
    assert [step.state for step in view.history] == ["new", "excluded", "new"]


def test_decisions_follow_the_domain(lyon: Node) -> None:
    body = proposed(lyon)
    matches = lyon.intake.matches
    with pytest.raises(ReasonMissing):
        matches.decide(body.match, MatchState.EXCLUDED, WORKER)
    with pytest.raises(DecisionNotAllowed):
        matches.decide(body.match, MatchState.WITHDRAWN, WORKER)
    with pytest.raises(MatchMoved):
        matches.decide(body.match, MatchState.PROBABLE, WORKER, seen_version=7)
    matches.decide(body.match, MatchState.PROBABLE, WORKER, seen_version=1)
    with pytest.raises(SecondPersonNeeded):
        matches.decide(body.match, MatchState.CONFIRMED, WORKER)
    assert matches.decide(body.match, MatchState.CONFIRMED, SECOND).summary.state is MatchState.CONFIRMED


def test_recall_deletes_what_was_shown(lyon: Node) -> None:
    """Rule 7: the released values go; that there was a match is never forgotten, and never comes back."""
    body = proposed(lyon)
    lyon.handle(MatchRetracted(match=body.match, why="withdrawn"), OWN)
    view = lyon.intake.matches.open(body.match, WORKER)
    assert (view.summary.state, view.retracted_why, view.reasons) == ("withdrawn", "withdrawn", [])
    assert not any(pair.released for pair in view.fields)
    assert view.may_become == []
    lyon.handle(body.model_copy(update={"version": 2, "facts": "b" * 64}), OWN)
    assert lyon.intake.matches.open(body.match, WORKER).summary.state is MatchState.WITHDRAWN


def test_retraction_for_want_of_facts_can_be_made_good(lyon: Node) -> None:
    body = proposed(lyon)
    lyon.handle(MatchRetracted(match=body.match, why="changed"), OWN)
    lyon.handle(body.model_copy(update={"version": 2, "facts": "b" * 64}), OWN)
    assert lyon.intake.matches.open(body.match, WORKER).summary.state is MatchState.NEW


def test_early_retraction_waits_and_old_version_changes_nothing(lyon: Node) -> None:
    """Case 71, for the read model."""
    body = proposal(lyon, found_case(lyon), version=5)
    with pytest.raises(Wait) as waits:
        lyon.handle(MatchRetracted(match=body.match, why="withdrawn"), OWN)
    lyon.handle(body, OWN)
    assert lyon.post.woken == [waits.value.key]
    lyon.handle(body.model_copy(update={"version": 4, "score": 1}), OWN)
    assert lyon.intake.matches.open(body.match, WORKER).summary.score == 2150


def test_only_the_own_matching_may_propose(lyon: Node) -> None:
    for sender in (f"{VILNIUS}/matching", f"{LYON}/intake"):
        with pytest.raises(Refuse):
            lyon.handle(proposal(lyon, found_case(lyon)), sender)


def test_match_of_a_closed_case_is_not_shown(lyon: Node) -> None:
    case_id = found_case(lyon)
    lyon.intake.cases.end_search(case_id, 1, WORKER)
    lyon.new()
    lyon.handle(proposal(lyon, case_id), OWN)
    assert lyon.intake.matches.overview(WORKER) == []
    assert [sent.body.TYPE for sent in lyon.new()] == [CaseClosed.TYPE, DutySettled.TYPE]


def test_duty_state_is_shown_and_late_news_changes_nothing(lyon: Node) -> None:
    body = proposed(lyon)
    for state, minutes in (("told", 5), ("retrying", 1)):
        at = to_wire(lyon.clock.now() + timedelta(minutes=minutes))
        lyon.handle(DutyState(reference=body.match, state=state, channel="email", told=1, at=at), "notify")
    assert lyon.intake.matches.overview(WORKER)[0].duty_state == "told"
    assert lyon.intake.duty.entries(WORKER)[0].told == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"addressee": RIGA},
        {"purpose": ConsentPurpose.PASS_MESSAGE},
        {"contact_wish": ContactWish.NO_CONTACT, "scope": frozenset()},
        {"scope": frozenset()},
        {
            "until": date(2026, 11, 21),
            "given": date(2026, 11, 20),
        },
    ],
    ids=["another-partner", "another-purpose", "no-contact", "empty-scope", "over"],
)
def test_notice_without_the_right_consent_is_refused(lyon: Node, changes: dict[str, object]) -> None:
    """Rule 2 and case 92."""
    body = decided(lyon)
    given = lyon.intake.consents.record(body.case, consent(**changes), WORKER)
    lyon.clock.advance(timedelta(days=1))
    with pytest.raises(NotCovered):
        lyon.intake.notices.send(body.match, given.id, ContactWish.TELL_SAFE, WORKER)
    assert lyon.bodies(MatchNotice) == []


def test_notice_beyond_the_wish_or_after_a_withdrawal_is_refused(lyon: Node) -> None:
    body = decided(lyon)
    given = lyon.intake.consents.record(body.case, consent(), WORKER)
    for wish in (
        ContactWish.PASS_MESSAGE,
        ContactWish.SHARE_CONTACT,
        ContactWish.MEET,
        ContactWish.NO_CONTACT,
    ):
        with pytest.raises(NotCovered):
            lyon.intake.notices.send(body.match, given.id, wish, WORKER)
    lyon.intake.consents.withdraw(given.id, WORKER)
    with pytest.raises(NotCovered):
        lyon.intake.notices.send(body.match, given.id, ContactWish.TELL_SAFE, WORKER)
    assert lyon.bodies(MatchNotice) == []


def test_consent_of_another_case_does_not_count(lyon: Node) -> None:
    body = decided(lyon)
    other = lyon.intake.consents.record(found_case(lyon), consent(), WORKER)
    with pytest.raises(NotFound):
        lyon.intake.notices.send(body.match, other.id, ContactWish.TELL_SAFE, WORKER)


def test_notice_reaches_the_publisher_and_is_shown(lyon: Node, vilnius: Node) -> None:
    searched = vilnius.intake.cases.register(case(), WORKER).summary.id
    vilnius.intake.alerts.publish(searched, Choices(), WORKER, partners=[LYON])
    [alert] = vilnius.bodies(AlertPublished)
    body = proposal(lyon, found_case(lyon), alert=alert.alert)
    lyon.handle(body, OWN)
    given = lyon.intake.consents.record(body.case, consent(), WORKER)
    with pytest.raises(NotYetDecided):
        lyon.intake.notices.send(body.match, given.id, ContactWish.TELL_SAFE, WORKER)
    lyon.intake.matches.decide(body.match, MatchState.PROBABLE, WORKER)
    lyon.intake.notices.send(body.match, given.id, ContactWish.TELL_SAFE, WORKER)
    [notice] = lyon.bodies(MatchNotice)
    with pytest.raises(Refuse):
        vilnius.handle(notice, f"{RIGA}/intake")
    vilnius.handle(notice, f"{LYON}/intake")
    [shown] = vilnius.intake.notices.overview(WORKER)
    assert (shown.case_id, shown.partner, shown.wish) == (searched, LYON, "tell_safe")
    assert len(vilnius.bodies(DutyWaiting)) == 1


def test_a_retraction_does_not_take_back_a_newer_proposal(lyon: Node) -> None:
    first = proposed(lyon)
    lyon.handle(first.model_copy(update={"version": 2, "facts": "b" * 64}), OWN)
    lyon.handle(MatchRetracted(match=first.match, why="changed", version=1), OWN)
    assert lyon.intake.matches.open(first.match, WORKER).summary.state is MatchState.NEW


def test_a_proposal_that_was_taken_back_already_is_not_shown(lyon: Node) -> None:
    """Rule 7, whichever of the two is handled first."""
    first = proposed(lyon)
    lyon.handle(MatchRetracted(match=first.match, why="changed", version=2), OWN)
    lyon.handle(first.model_copy(update={"version": 2, "facts": "b" * 64}), OWN)
    view = lyon.intake.matches.open(first.match, WORKER)
    assert view.summary.state is MatchState.WITHDRAWN
    assert not any(pair.released for pair in view.fields)


@pytest.mark.parametrize("why", ["withdrawn", "tombstone", "expired", "partner"])
def test_what_matching_deleted_never_comes_back(lyon: Node, why: str) -> None:
    first = proposed(lyon)
    lyon.handle(MatchRetracted(match=first.match, why=why), OWN)
    lyon.handle(MatchRetracted(match=first.match, why="changed", version=1), OWN)
    lyon.handle(first.model_copy(update={"version": 2, "facts": "b" * 64}), OWN)
    view = lyon.intake.matches.open(first.match, WORKER)
    assert (view.summary.state, view.retracted_why) == (MatchState.WITHDRAWN, why)


def test_a_notice_of_a_proposal_that_came_late_is_settled(lyon: Node) -> None:
    """Its people were told under a reference under which nothing is shown here."""
    folded = ids.new_id("match")
    newer = proposal(lyon, found_case(lyon), version=2)
    lyon.handle(newer, OWN)
    lyon.new()
    lyon.handle(newer.model_copy(update={"version": 1, "duty": folded}), OWN)
    assert [body.reference for body in lyon.bodies(DutySettled)] == [folded]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_last_word_of_one_second_about_who_was_told_counts(lyon: Node, order: tuple[int, int]) -> None:
    body = proposed(lyon)
    at = to_wire(lyon.clock.now())
    for step in order:
        state = {1: "retrying", 2: "told"}[step]
        said = DutyState(reference=body.match, state=state, channel="email", told=step - 1, at=at, step=step)
        lyon.handle(said, "notify")
    assert lyon.intake.matches.open(body.match, WORKER).summary.duty_state == "told"


def test_an_unlikely_match_is_listed_and_tells_nobody(lyon: Node) -> None:
    """Matching told nobody; intake does not make up for that."""
    body = proposal(lyon, found_case(lyon), strength="unlikely")
    lyon.handle(body, OWN)
    assert [one.id for one in lyon.intake.matches.overview(WORKER, waiting_only=True)] == [body.match]
    assert lyon.bodies(DutyWaiting) == []


def test_an_unlikely_match_that_got_stronger_is_told_under_the_reference_of_matching(lyon: Node) -> None:
    first = proposal(lyon, found_case(lyon), strength="unlikely")
    lyon.handle(first, OWN)
    told = ids.new_id("match")
    stronger = {"version": 2, "facts": "b" * 64, "strength": codes.Strength.LIKELY, "duty": told}
    lyon.handle(first.model_copy(update=stronger), OWN)
    assert lyon.intake.matches.open(first.match, WORKER).summary.duty == told
    # What matching told it under was settled here before: it waits again.
    assert [body.reference for body in lyon.bodies(DutyWaiting)] == [told]
    lyon.intake.matches.decide(first.match, MatchState.IN_REVIEW, WORKER)
    assert [body.reference for body in lyon.bodies(DutySettled)] == [told]


def test_who_looked_at_an_unlikely_match_is_not_told_that_it_got_stronger(lyon: Node) -> None:
    """Matching told of it before it heard of the look."""
    first = proposal(lyon, found_case(lyon), strength="unlikely")
    lyon.handle(first, OWN)
    lyon.intake.matches.decide(first.match, MatchState.IN_REVIEW, WORKER)
    lyon.new()
    stronger = {"version": 2, "facts": "b" * 64, "strength": codes.Strength.LIKELY, "duty": first.match}
    lyon.handle(first.model_copy(update=stronger), OWN)
    assert [sent.body for sent in lyon.new()] == [DutySettled(reference=first.match)]


def test_a_decision_over_the_head_of_a_colleague_is_refused(lyon: Node) -> None:
    """Both saw a new match; who comes second is told so, and nothing is undone (case 59)."""
    body = proposed(lyon)
    seen = {"seen_version": 1, "seen_state": MatchState.NEW}
    lyon.intake.matches.decide(body.match, MatchState.PROBABLE, WORKER, **seen)  # type: ignore[arg-type]
    with pytest.raises(MatchMoved):
        lyon.intake.matches.decide(body.match, MatchState.IN_REVIEW, SECOND, **seen)  # type: ignore[arg-type]
    assert lyon.intake.matches.open(body.match, WORKER).summary.state is MatchState.PROBABLE


@pytest.mark.parametrize("whose", ["alert", "case"])
def test_what_was_excluded_comes_back_and_says_which_fact_changed(lyon: Node, whose: str) -> None:
    body = proposed(lyon)
    lyon.intake.matches.decide(body.match, MatchState.EXCLUDED, WORKER, reason=ExclusionReason.NAMESAKE)
    changes: dict[str, object] = {
        "version": 2,
        "facts": "b" * 64,
        "alert_version": 2 if whose == "alert" else 1,
        "reasons": [
            {"comparator": "match_keys", "verdict": "for", "weight": 2100, "parameters": {"groups": 3}},
            {"comparator": "birth_year", "verdict": "for", "weight": 90, "parameters": {}},
        ],
        "description": {"sex": "female", "birth_decade": 2000, "height": "160"},
    }
    lyon.handle(MatchProposed.model_validate_json(json.dumps(body.model_dump(mode="json") | changes)), OWN)
    [*_, back] = lyon.intake.matches.open(body.match, WORKER).history
    assert back.changed == [whose, "date_of_birth", "eye_colour", "height"]
    lyon.handle(body.model_copy(update={"version": 3, "facts": "c" * 64}), OWN)
    assert [step.changed for step in lyon.intake.matches.open(body.match, WORKER).history][-1] == back.changed


def test_the_inbox_counts_and_filters_by_state_and_partner(lyon: Node) -> None:
    first, second = proposed(lyon), proposed(lyon)
    foreign = lyon.intake.cases.register(case(CaseKind.FOUND), OTHER_TEAM).summary.id
    lyon.handle(proposal(lyon, foreign), OWN)
    lyon.intake.matches.decide(second.match, MatchState.PROBABLE, WORKER)
    counts = lyon.intake.matches.counts(WORKER)
    assert counts == {MatchState.NEW: 1, MatchState.PROBABLE: 1}, "those of another team are not counted"
    page = lyon.intake.matches.page_of(MatchFilter(frozenset({MatchState.NEW})), WORKER)
    assert ([one.id for one in page.matches], page.total) == ([first.match], 1)
    assert lyon.intake.matches.page_of(MatchFilter(partner=RIGA), WORKER).matches == []
    assert lyon.intake.matches.page_of(MatchFilter(partner=VILNIUS), WORKER, per_page=1).pages == 2
    with pytest.raises(NotAllowed):
        lyon.intake.matches.counts(ADMIN)


def test_what_is_unlikely_stands_last_however_urgent_its_alert_is(lyon: Node) -> None:
    """An urgency is that of the alert, and says nothing of a match that it hardly is."""
    unlikely = proposal(lyon, found_case(lyon), strength="unlikely", urgency="Immediate")
    likely = proposal(lyon, found_case(lyon), strength="likely", urgency="Future")
    for body in (likely, unlikely):
        lyon.handle(body, OWN)
    listed = lyon.intake.matches.overview(WORKER, waiting_only=True)
    assert [(one.id, one.presses) for one in listed] == [(likely.match, True), (unlikely.match, False)]


@pytest.mark.parametrize(
    ("field", "own", "told", "says"),
    [
        ("sex", "female", "female", "same"),
        ("sex", "female", "male", "different"),
        ("sex", "female", None, ""),
        ("height", "160", "170", "partly"),
        ("height", "160", "190_and_over", "different"),
        ("birth_decade", 1990, 2000, "partly"),
        ("birth_decade", 1980, 2000, "different"),
        ("languages", ["lt", "ru"], ["ru"], "partly"),
        ("marks", ["scar:face"], ["scar:neck"], "different"),
        ("region", "LT-VL", "LT", "partly"),
        ("last_seen", "2026-05", "2026-06", ""),
    ],
)
def test_marks_of_agreement(field: str, own: Any, told: Any, says: str) -> None:
    assert FieldPair(field, own, told).agreement == says
