"""Pseudonyms between two real intakes: constant batches, budgets, refusals, epochs."""

import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from services.intake.domain.codes import CaseKind
from services.intake.domain.matchkeys import MatchKey, alert_keys, case_keys
from services.intake.handlers.errors import NotAllowed
from services.intake.handlers.intake import build
from services.intake.handlers.pseudonyms import slots
from services.intake.handlers.pseudonyms.answerer import keys_of
from services.intake.handlers.pseudonyms.asker import MIN_ASK_SECONDS
from services.intake.handlers.pseudonyms.policies import policy_of
from services.intake.store.cases import PersonRow
from services.intake.store.pseudonyms import AskingRow, PinnedKeyRow, PolicyRow, PseudonymTaskRow
from shared.crypto.oprf import random_point
from shared.partners.card import PseudonymPolicy
from shared.post.incoming import Refuse
from shared.wire.local import CaseClosed, CasePseudonyms, EpochClosed
from shared.wire.messages import PseudonymRequest, PseudonymResponse
from shared.wire.values import decode_base64, encode_base64
from tests.support.clock import manual_clock
from tests.unit.intake.world import (
    ADMIN,
    LYON,
    POLICY,
    SLOT,
    VILNIUS,
    WORKER,
    Node,
    advance,
    case,
    deliver,
    node,
    person,
)
from tests.unit.partners import world as cards

A = f"{VILNIUS}/intake"
B = f"{LYON}/intake"
IDENTITY = bytes(32)


def request(
    node: Node, *, ahead: int = 0, points: int = POLICY.batch_points, **changes: object
) -> PseudonymRequest:
    """A well-formed request of Lyon's for the present slot."""
    values = {
        "epoch": 1,
        "slot": slots.slot_at(node.clock.now(), SLOT) + ahead,
        "purpose": "regular",
        "blinded": encode_base64(b"".join(random_point() for _ in range(points))),
    } | changes
    return PseudonymRequest.model_validate(values)


def policy(node: Node, partner: str = LYON) -> PolicyRow:
    with node.database.read() as session:
        return session.get_one(PolicyRow, partner)


def asking(node: Node, partner: str = VILNIUS) -> AskingRow:
    with node.database.read() as session:
        return session.get_one(AskingRow, partner)


def answers(node: Node) -> list[PseudonymResponse]:
    return node.bodies(PseudonymResponse)


def round_trip(lyon: Node, vilnius: Node) -> None:
    """One slot: Lyon asks Vilnius, Vilnius answers."""
    lyon.new()
    lyon.intake.asker.tick(lyon.clock.now())
    deliver(lyon, vilnius)
    deliver(vilnius, lyon)


def register(lyon: Node, count: int) -> list[str]:
    made = []
    for number in range(count):
        someone = person(f"Rasa{'abcdefghij'[number]}", born=f"2001-03-{number + 10}")
        made.append(lyon.intake.cases.register(case(CaseKind.FOUND, someone), WORKER).summary.id)
    return made


def test_finder_learns_what_the_publisher_computes(vilnius: Node, lyon: Node) -> None:
    [case_id] = register(lyon, 1)
    round_trip(lyon, vilnius)
    [told] = lyon.bodies(CasePseudonyms)
    assert (told.case, told.partner, told.epoch, told.version) == (case_id, VILNIUS, 1, 1)
    keys = case_keys(person("Rasaa", born="2001-03-10"))
    known = keys_of(vilnius.intake.context, LYON, 1)
    assert [entry.group for entry in told.entries] == [one.group for one in keys]
    assert [decode_base64(entry.value) for entry in told.entries] == [known.pseudonym(one) for one in keys]
    with lyon.database.read() as session:
        assert session.scalars(
            select(PseudonymTaskRow.state).where(PseudonymTaskRow.partner == VILNIUS)
        ).all() == ["done"]


def test_keys_differ_by_partner_and_epoch(vilnius: Node) -> None:
    """Case 39, at its root; and each partner and epoch has a coarse key of its own."""
    context = vilnius.intake.context
    known = [keys_of(context, LYON, 1), keys_of(context, LYON, 2), keys_of(context, "lv-riga", 1)]
    same = [MatchKey("Z", b"mk2|Z|a|b|female", coarse) for coarse in (False, True)]
    assert len({keys.pseudonym(one) for keys in known for one in same}) == 6
    assert len({public for keys in known for public in (keys.public.fine, keys.public.coarse)}) == 6


@pytest.mark.slow
@pytest.mark.parametrize("count", [0, 1, 2])
def test_batches_look_the_same_whatever_is_asked(lyon: Node, count: int) -> None:
    """Case 37: one request a slot, of one size, also with nothing to ask."""
    register(lyon, count)
    for _ in range(3):
        lyon.intake.asker.tick(lyon.clock.now())
        lyon.intake.asker.tick(lyon.clock.now() + timedelta(seconds=5))
        advance(lyon.clock)
    sent = [one for one in lyon.post.sent if one.to == A]
    assert len(sent) == 3
    assert {len(decode_base64(one.body.blinded)) for one in sent} == {POLICY.batch_points * 32}  # type: ignore[attr-defined]
    assert {one.body.purpose for one in sent} == {"regular"}  # type: ignore[attr-defined]
    assert len({one.priority for one in sent}) == 1


def test_missing_people_are_not_asked_about(vilnius: Node, lyon: Node) -> None:
    lyon.intake.cases.register(case(CaseKind.MISSING), WORKER)
    round_trip(lyon, vilnius)
    assert lyon.bodies(CasePseudonyms) == []


@pytest.mark.parametrize(
    "bad",
    [IDENTITY, b"\xff" * 32, bytes(31) + b"\x80"],
    ids=["identity", "non-canonical", "no-point"],
)
@pytest.mark.parametrize("place", [0, POLICY.batch_points - 1], ids=["fine", "coarse"])
def test_one_bad_point_refuses_the_batch(vilnius: Node, bad: bytes, place: int) -> None:
    """Case 32; the last place of whole blocks is a coarse one."""
    points = [random_point() for _ in range(POLICY.batch_points)]
    points[place] = bad
    vilnius.handle(request(vilnius, blinded=encode_base64(b"".join(points))), B)
    [answer] = answers(vilnius)
    assert answer.outcome == "malformed"
    assert not any(decode_base64(answer.evaluated))
    assert policy(vilnius).refused_malformed == 1


@pytest.mark.parametrize("points", [1, POLICY.batch_points - 1, POLICY.batch_points + 1])
def test_wrong_size_is_refused_in_the_same_size(vilnius: Node, points: int) -> None:
    """Case 35: larger or smaller than the constant."""
    vilnius.handle(request(vilnius, points=points), B)
    advance(vilnius.clock)
    vilnius.handle(request(vilnius), B)
    refused, answered = answers(vilnius)
    assert (refused.outcome, answered.outcome) == ("malformed", "evaluated")
    assert len(refused.evaluated) == len(answered.evaluated)
    for name in ("proof", "coarse_proof", "public_key", "coarse_public_key"):
        assert not any(decode_base64(getattr(refused, name)))
        assert len(getattr(refused, name)) == len(getattr(answered, name))


def test_second_batch_in_a_slot_is_refused_counted_and_alarms_at_three(vilnius: Node) -> None:
    """Case 35."""
    first = request(vilnius)
    vilnius.handle(first, B)
    for number, again in enumerate((first, request(vilnius), request(vilnius, ahead=-1)), start=1):
        assert "pseudonym_abuse" not in vilnius.alarms()
        vilnius.handle(again, B)
        assert policy(vilnius).offences == number
    assert [one.outcome for one in answers(vilnius)] == ["evaluated", "over_budget"]
    assert "pseudonym_abuse" in vilnius.alarms()


@pytest.mark.slow
@pytest.mark.parametrize("purpose", ["regular", "first_load"])
def test_of_the_refusals_in_a_slot_one_is_answered(vilnius: Node, purpose: str) -> None:
    """An answer is large and is kept; whatever slot a partner names, it gets one refusal in each of ours."""
    points = POLICY.batch_points if purpose == "regular" else POLICY.first_load_batch
    for number in range(40):
        vilnius.handle(request(vilnius, ahead=2 + number, points=points, purpose=purpose), B)
    [refused] = answers(vilnius)
    assert refused.outcome == "over_budget"
    assert (policy(vilnius).unanswered, policy(vilnius).refused_over_budget) == (39, 40)
    assert vilnius.actions().count("pseudonyms.unanswered") == 1
    assert vilnius.actions().count("alarm.raised") == 1
    [standing] = [one for one in vilnius.intake.policies.standings(ADMIN) if one.partner == LYON]
    assert standing.unanswered == 39
    advance(vilnius.clock)
    vilnius.handle(request(vilnius, ahead=2, points=points, purpose=purpose), B)
    assert len(answers(vilnius)) == 2
    advance(vilnius.clock)
    if purpose == "regular":
        vilnius.handle(request(vilnius), B)
        assert answers(vilnius)[-1].outcome == "evaluated"


def test_a_refusal_of_one_purpose_is_answered_beside_one_of_the_other(vilnius: Node) -> None:
    """An honest partner asks both in one slot."""
    vilnius.handle(request(vilnius, ahead=2), B)
    first_load = request(vilnius, points=POLICY.first_load_batch, purpose="first_load")
    vilnius.handle(first_load, B)
    assert [one.outcome for one in answers(vilnius)] == ["over_budget", "not_approved"]


def test_a_refusal_is_kept_a_day_and_an_answer_as_everything(vilnius: Node) -> None:
    vilnius.handle(request(vilnius), B)
    vilnius.handle(request(vilnius, ahead=2), B)
    kept = [sent.keep for sent in vilnius.post.sent if sent.to == B]
    assert kept == [None, timedelta(days=1)]


def test_slots_of_the_future_cannot_be_spent(vilnius: Node) -> None:
    """Case 35: a slot number is a time, not a counter to run up."""
    vilnius.handle(request(vilnius, ahead=2), B)
    assert answers(vilnius)[0].outcome == "over_budget"
    vilnius.handle(request(vilnius, ahead=1), B)
    assert answers(vilnius)[1].outcome == "evaluated"


def test_unverified_partner_is_given_nothing(vilnius: Node) -> None:
    vilnius.set_status(LYON, "suspended")
    with pytest.raises(Refuse):
        vilnius.handle(request(vilnius), B)
    assert answers(vilnius) == []


@pytest.mark.slow
@pytest.mark.parametrize(("left_out", "alarm"), [(None, True), (30, False)])
def test_whole_budget_on_14_days_running_alarms(tmp_path: Path, left_out: int | None, alarm: bool) -> None:
    """Case 36; every slot of every day, the rest slot included. One slot left out begins the count anew."""
    quarter = 6 * 3600
    few = PseudonymPolicy(batch_points=1, slot_seconds=quarter, first_load_batch=24)
    vilnius = node(VILNIUS, tmp_path, policy=few)
    batch = encode_base64(random_point())
    vilnius.clock.advance(timedelta(hours=2, minutes=20))  # to midnight
    for number in range(14 * 4):
        assert "pseudonym_budget_full" not in vilnius.alarms()
        if number != left_out:
            slot = slots.slot_at(vilnius.clock.now(), quarter)
            vilnius.handle(request(vilnius, blinded=batch, slot=slot), B)
        vilnius.clock.advance(timedelta(hours=6))
    assert ("pseudonym_budget_full" in vilnius.alarms()) is alarm
    vilnius.database.dispose()


def test_an_honest_asker_never_uses_the_whole_budget(lyon: Node) -> None:
    """Case 36, the other half: a pause that does not depend on any case keeps the alarm meaningful."""
    start = slots.slot_at(lyon.clock.now(), SLOT)
    asked = [slot for slot in range(start, start + 14 * 24) if not slots.is_rest(slot, SLOT)]
    assert len(asked) == 14 * 24 - 2
    assert (
        slots.start_of(next(s for s in range(start, start + 200) if slots.is_rest(s, SLOT)), SLOT).hour == 3
    )


def test_forged_answer_stores_nothing(vilnius: Node, lyon: Node) -> None:
    """Case 33: other order, one element under another key, another proof; and case 34, a proof with + L."""
    register(lyon, 1)
    lyon.new()
    lyon.intake.asker.tick(lyon.clock.now())
    deliver(lyon, vilnius)
    [answer] = answers(vilnius)
    data, proof = decode_base64(answer.evaluated), decode_base64(answer.proof)
    order = 2**252 + 27742317777372353535851937790883648493
    plus = ((int.from_bytes(proof[:32], "little") + order) % 2**256).to_bytes(32, "little") + proof[32:]
    forgeries = [
        {"evaluated": encode_base64(data[32:] + data[:32])},
        {"evaluated": encode_base64(random_point() + data[32:])},
        {"evaluated": encode_base64(data[:-32])},
        {"proof": encode_base64(bytes(64))},
        {"proof": encode_base64(plus)},
        {"public_key": encode_base64(random_point())},
        {"coarse_proof": encode_base64(bytes(64))},
        {"coarse_proof": answer.proof, "proof": answer.coarse_proof},
        {"coarse_public_key": encode_base64(random_point())},
        {"coarse_public_key": answer.public_key},
    ]
    for forgery in forgeries:
        lyon.handle(answer.model_copy(update=forgery), A)
        assert lyon.bodies(CasePseudonyms) == []
    assert "pseudonym_bad_proof" in lyon.alarms()
    with lyon.database.read() as session:
        assert session.get(PinnedKeyRow, (VILNIUS, 1)) is None
    lyon.handle(answer, A)
    assert len(lyon.bodies(CasePseudonyms)) == 1


def test_another_key_in_the_same_epoch_is_refused(vilnius: Node, lyon: Node) -> None:
    """A publisher that changes keys inside an epoch could tell our cases apart; nothing is stored."""
    register(lyon, 1)
    round_trip(lyon, vilnius)
    lyon.intake.cases.update(lyon.bodies(CasePseudonyms)[0].case, case(CaseKind.FOUND), 1, WORKER)
    advance(lyon.clock)
    replaced = replace(
        vilnius.intake.context, keys=replace(vilnius.keys, pseudonym_master=secrets.token_bytes(32))
    )
    vilnius.intake = build(replaced)
    round_trip(lyon, vilnius)
    assert len(lyon.bodies(CasePseudonyms)) == 1
    assert "pseudonym_key_changed" in lyon.alarms()


def test_after_a_restart_the_slot_is_kept_silent_and_all_is_asked_anew(vilnius: Node, lyon: Node) -> None:
    """Blinding factors live in memory only."""
    register(lyon, 1)
    lyon.new()
    lyon.intake.asker.tick(lyon.clock.now())
    deliver(lyon, vilnius)
    lyon.intake = build(lyon.intake.context)
    assert lyon.intake.asker.tick(lyon.clock.now()) == []
    deliver(vilnius, lyon)
    assert lyon.bodies(CasePseudonyms) == []
    advance(lyon.clock)
    round_trip(lyon, vilnius)
    assert len(lyon.bodies(CasePseudonyms)) == 1
    assert policy(vilnius).offences == 0


def test_a_case_changed_under_way_is_asked_again(vilnius: Node, lyon: Node) -> None:
    [case_id] = register(lyon, 1)
    lyon.new()
    lyon.intake.asker.tick(lyon.clock.now())
    lyon.intake.cases.update(case_id, case(CaseKind.FOUND), 1, WORKER)
    deliver(lyon, vilnius)
    deliver(vilnius, lyon)
    assert lyon.bodies(CasePseudonyms) == []
    advance(lyon.clock)
    round_trip(lyon, vilnius)
    assert [one.version for one in lyon.bodies(CasePseudonyms)] == [2]


@pytest.mark.slow
def test_a_case_closed_under_way_is_not_handed_over(vilnius: Node, lyon: Node) -> None:
    [case_id] = register(lyon, 1)
    lyon.new()
    lyon.intake.asker.tick(lyon.clock.now())
    lyon.intake.cases.end_search(case_id, 1, WORKER)
    deliver(lyon, vilnius)
    deliver(vilnius, lyon)
    assert lyon.bodies(CasePseudonyms) == []
    assert [one.case for one in lyon.bodies(CaseClosed)] == [case_id]


@pytest.mark.slow
def test_first_load_waits_for_approval_and_then_ends(vilnius: Node, lyon: Node) -> None:
    register(lyon, 9)
    round_trip(lyon, vilnius)
    assert asking(lyon).first_load == "waiting"
    assert policy(vilnius).refused_not_approved == 1
    assert policy(vilnius).offences == 0
    assert lyon.alarms() == set()
    advance(lyon.clock)
    round_trip(lyon, vilnius)  # meanwhile the regular rhythm goes on
    assert len(lyon.bodies(CasePseudonyms)) == 2
    with pytest.raises(NotAllowed):
        vilnius.intake.policies.approve_first_load(LYON, 9, WORKER)
    assert vilnius.intake.policies.approve_first_load(LYON, 9, ADMIN) == 3 * POLICY.first_load_batch
    for _ in range(4):
        advance(lyon.clock)
        round_trip(lyon, vilnius)
    assert len({one.case for one in lyon.bodies(CasePseudonyms)}) == 9
    assert asking(lyon).first_load == "done"
    assert "first_load.approved" in vilnius.actions()


def test_first_load_beyond_the_allowance_is_refused(vilnius: Node) -> None:
    vilnius.intake.policies.approve_first_load(LYON, 4, ADMIN)
    for _ in range(2):
        points = POLICY.first_load_batch
        vilnius.handle(request(vilnius, points=points, purpose="first_load"), B)
        advance(vilnius.clock)
    assert [one.outcome for one in answers(vilnius)] == ["evaluated", "not_approved"]


@pytest.mark.slow
def test_epoch_change_asks_everything_anew_and_then_closes_the_old(vilnius: Node, lyon: Node) -> None:
    """Case 41: both epochs are answered until done, and matching is told when the old one may go."""
    register(lyon, 3)
    for _ in range(3):
        round_trip(lyon, vilnius)
        advance(lyon.clock)
        if policy(vilnius).refused_not_approved == 1:
            vilnius.intake.policies.approve_first_load(LYON, 3, ADMIN)
    assert len(lyon.bodies(CasePseudonyms)) == 3
    assert vilnius.intake.policies.rotate_epoch(LYON, ADMIN) == 2
    round_trip(lyon, vilnius)  # asked in the old epoch, answered, and told of the new one
    assert answers(vilnius)[-1].outcome == "evaluated"
    assert asking(lyon).epoch == 2
    advance(lyon.clock)
    round_trip(lyon, vilnius)
    assert len([one for one in lyon.bodies(CasePseudonyms) if one.epoch == 2]) == 2
    assert lyon.bodies(EpochClosed) == []
    advance(lyon.clock)
    round_trip(lyon, vilnius)
    assert len([one for one in lyon.bodies(CasePseudonyms) if one.epoch == 2]) == 3
    assert [(one.partner, one.epoch) for one in lyon.bodies(EpochClosed)] == [(VILNIUS, 1)]


def answered(vilnius: Node, lyon: Node) -> PseudonymResponse:
    """Lyon asks in this slot; the answer is made, and not delivered."""
    lyon.new()
    lyon.intake.asker.tick(lyon.clock.now())
    deliver(lyon, vilnius)
    return answers(vilnius)[-1]


def test_an_epoch_is_followed_step_by_step_and_only_from_an_answer_to_our_batch(
    vilnius: Node, lyon: Node
) -> None:
    """Every new epoch makes all tasks anew, so nobody may send us through a hundred thousand of them."""
    register(lyon, 1)
    round_trip(lyon, vilnius)
    advance(lyon.clock)
    answer = answered(vilnius, lyon)
    for strange in ({"slot": answer.slot - 1}, {"epoch": 7}, {"purpose": "first_load"}):
        lyon.handle(answer.model_copy(update={"current_epoch": 100_000} | strange), A)
        refused = {"outcome": "epoch_over", "current_epoch": 100_000}
        lyon.handle(answer.model_copy(update=refused | strange), A)
        assert asking(lyon).epoch == 1
    lyon.handle(answer.model_copy(update={"current_epoch": 100_000, "proof": encode_base64(bytes(64))}), A)
    assert asking(lyon).epoch == 1
    for _ in range(2):  # the second is the same answer under another id
        lyon.handle(answer.model_copy(update={"current_epoch": 100_000}), A)
        assert asking(lyon).epoch == 2


@pytest.mark.slow
def test_a_partner_that_is_older_than_we_are_says_where_to_begin(vilnius: Node, lyon: Node) -> None:
    """Nothing was ever evaluated for us: the first answer, also a refusal, names the epoch."""
    register(lyon, 1)
    with vilnius.database.begin() as session:
        policy_of(session, LYON).current_epoch = 5
    round_trip(lyon, vilnius)
    assert asking(lyon).epoch == 5
    advance(lyon.clock)
    round_trip(lyon, vilnius)
    assert [one.epoch for one in lyon.bodies(CasePseudonyms)] == [5]


def test_an_answer_is_used_once_under_whatever_id(vilnius: Node, lyon: Node) -> None:
    """Rule 11: never acted on twice."""
    register(lyon, 1)
    answer = answered(vilnius, lyon)
    lyon.handle(answer, A)
    assert lyon.intake.asker.under_way(VILNIUS) is None
    lyon.handle(answer, A)
    assert len(lyon.bodies(CasePseudonyms)) == 1


def change_card(node: Node, organisation: str, slot_seconds: int) -> None:
    """The organisation's next card, with slots of another length, arrives here."""
    changed = POLICY.model_copy(update={"slot_seconds": slot_seconds})
    data = cards.signed(cards.card(organisation, policy=changed, seq=11))
    with node.database.begin() as session:
        own = organisation == node.organisation
        added = node.intake.context.directory.add_card(session, data, node.clock.now(), own=own)
        assert added.refused is None


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [(60, 3600), (3600, 60)])
def test_asking_goes_on_when_slots_change_length(tmp_path: Path, before: int, after: int) -> None:
    """A slot's number means another time after the change; both sides compare when slots begin."""
    clock = manual_clock()
    old = POLICY.model_copy(update={"slot_seconds": before})
    lyon = node(LYON, tmp_path, clock, policy=old)
    vilnius = node(VILNIUS, tmp_path, clock, policy=old)
    register(lyon, 1)
    round_trip(lyon, vilnius)
    for one in (lyon, vilnius):
        change_card(one, VILNIUS, after)
    clock.advance(timedelta(seconds=max(before, after)))
    round_trip(lyon, vilnius)
    assert [one.outcome for one in answers(vilnius)] == ["evaluated", "evaluated"]
    assert answers(vilnius)[-1].slot == slots.slot_at(clock.now(), after)
    assert policy(vilnius).offences == 0
    for one in (lyon, vilnius):
        one.database.dispose()


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [(60, 3600), (3600, 60)])
def test_a_first_load_is_tried_again_when_slots_change_length(
    tmp_path: Path, before: int, after: int
) -> None:
    clock = manual_clock()
    old = POLICY.model_copy(update={"slot_seconds": before})
    lyon = node(LYON, tmp_path, clock, policy=old)
    vilnius = node(VILNIUS, tmp_path, clock, policy=old)
    register(lyon, 9)
    round_trip(lyon, vilnius)
    assert asking(lyon).first_load == "waiting"
    assert asking(lyon).retry_start == asking(lyon).last_start + 2 * before
    for one in (lyon, vilnius):
        change_card(one, VILNIUS, after)
    clock.advance(timedelta(seconds=2 * max(before, after)))
    round_trip(lyon, vilnius)
    assert [one.purpose for one in answers(vilnius)] == ["first_load", "first_load"]
    for one in (lyon, vilnius):
        one.database.dispose()


def test_slots_of_a_second_do_not_make_us_ask_every_second(tmp_path: Path) -> None:
    """A partner's card must not fill our disk."""
    quick = POLICY.model_copy(update={"slot_seconds": 1})
    lyon = node(LYON, tmp_path, partners=(VILNIUS,), policy=quick)
    asked = 0
    for _ in range(5 * MIN_ASK_SECONDS):
        asked += len(lyon.intake.asker.tick(lyon.clock.now()))
        lyon.clock.advance(timedelta(seconds=1))
    assert asked == 5
    lyon.database.dispose()


def test_closed_epoch_is_refused_without_offence(vilnius: Node) -> None:
    vilnius.intake.policies.rotate_epoch(LYON, ADMIN)
    vilnius.clock.advance(timedelta(days=31))
    vilnius.handle(request(vilnius, epoch=1), B)
    assert (answers(vilnius)[0].outcome, answers(vilnius)[0].current_epoch) == ("epoch_over", 2)
    assert policy(vilnius).offences == 0


def test_nothing_is_asked_of_a_suspended_partner(lyon: Node) -> None:
    register(lyon, 1)
    lyon.intake.partners.suspend(VILNIUS, WORKER)
    assert lyon.intake.asker.tick(lyon.clock.now()) == ["lv-riga"]


def test_damaged_case_stops_no_other(vilnius: Node, lyon: Node) -> None:
    """Case 82: a row that cannot be read is named, the others are asked about."""
    first, second = register(lyon, 2)
    with lyon.database.begin() as session:
        row = session.scalars(select(PersonRow).where(PersonRow.case_id == first)).one()
        row.record = row.record[:-1] + bytes([row.record[-1] ^ 1])
    round_trip(lyon, vilnius)
    assert [one.case for one in lyon.bodies(CasePseudonyms)] == [second]
    assert "case_unreadable" in lyon.alarms()


def test_keys_of_case_and_alert_fit_their_places() -> None:
    assert 0 < len(case_keys(person())) <= 24
    assert 0 < len(alert_keys(person())) <= 160
