"""The second stage: what shares a key is compared by intake, once; asking loses and doubles nothing."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from services.matching import continuing
from services.matching.comparing import in_common
from services.matching.finer import MOST_AT_ONCE
from services.matching.store.cases import Cases
from services.matching.store.content import stored
from services.matching.store.tables import alert as table
from shared.crypto.rest import RestCipher
from shared.crypto.tags import DETAILS_BYTES, tag
from shared.wire.codes import PartnerStatus
from shared.wire.local import Agreement, CandidateFound, CaseClosed, MatchProposed, PartnerChanged
from shared.wire.messages import AlertUpdated, Body
from shared.wire.values import decode_base64, encode_base64
from tests.support.matching_world import (
    TOLD,
    VILNIUS,
    World,
    agreement,
    answer_to,
    pseudonyms_of,
    reference,
    tag_set,
    tombstone,
    withdrawn,
)

NEWER, OLDER = (word[:DETAILS_BYTES] for word in (b"newer than that", b"older than that"))
SAYS_NOTHING = Agreement(
    given="unknown", family="unknown", swapped=False, birth="unknown", place="unknown",
    given_one_in=0, family_one_in=0,
)  # fmt: skip


@pytest.fixture(autouse=True)
def waiting(world: World) -> None:
    """Intake answers when a test says so."""
    world.intake = None


def asked(world: World) -> list[CandidateFound]:
    """Every question that was ever sent."""
    return [body for body in world.post.bodies(CandidateFound) if isinstance(body, CandidateFound)]


def proposed(world: World) -> list[MatchProposed]:
    return [body for body in world.post.bodies(MatchProposed) if isinstance(body, MatchProposed)]


def compare_all(world: World) -> None:
    while world.handlers.compare_more():
        pass


def test_a_pair_is_asked_about_and_proposed_when_it_is_answered(world: World) -> None:
    world.handle(world.case(version=3))
    alert = world.alert(version=2)
    world.handle(alert)
    assert proposed(world) == []
    [question] = asked(world)
    assert (question.alert, question.alert_version) == (alert.alert, 2)
    assert (question.case, question.case_version, question.partner) == (reference("case", "ona"), 3, VILNIUS)
    assert decode_base64(question.details) == TOLD
    world.answer()
    [match] = proposed(world)
    assert (match.alert, match.alert_version, match.case) == (alert.alert, 2, question.case)


@pytest.mark.parametrize("order", ["alert first", "case first"])
def test_either_way_round_asks_the_same(world: World, order: str) -> None:
    both: list[Body] = [world.alert(), world.case()]
    for body in both if order == "alert first" else both[::-1]:
        world.handle(body)
    [question] = asked(world)
    assert decode_base64(question.details) == TOLD
    world.answer()
    assert len(proposed(world)) == 1


def test_an_answer_is_kept_for_its_versions(world: World) -> None:
    """What is compared again in the same versions is not asked about again."""
    world.handle(world.case())
    world.handle(world.alert())
    world.answer()
    world.handle(world.case())  # the same version once more
    compare_all(world)
    assert len(asked(world)) == 1
    world.handle(world.case(version=2))
    assert [question.case_version for question in asked(world)] == [1, 2]
    world.answer()
    world.handle(world.alert(version=2, kind=AlertUpdated))
    assert [question.alert_version for question in asked(world)] == [1, 1, 2]
    assert len(world.rows("candidate")) == 1
    world.answer()
    assert len(proposed(world)) == 1, "the facts are the same, and so is the match"


def test_names_that_do_not_agree_are_no_match_for_a_key_that_does(world: World) -> None:
    """What the second stage is for: a namesake, or a chance hit, shares a key and little else."""
    world.handle(world.case(groups="N"))
    world.handle(world.alert(groups="N"))
    world.intake = lambda question: agreement(
        given="different", family="different", birth="different", place="different"
    )
    world.answer()
    assert proposed(world) == []
    assert len(world.rows("candidate")) == 1, "the answer is kept, so that nobody asks again"


def test_a_changed_answer_is_a_new_fact(world: World) -> None:
    """Excluded stays excluded until a fact changes; how the names agree is one (rule 6)."""
    world.handle(world.case())
    world.handle(world.alert())
    world.answer()
    world.handle(world.alert(version=2, kind=AlertUpdated))
    world.intake = lambda question: agreement(birth="one_part")
    world.answer()
    assert len({match.facts for match in proposed(world)}) == 2


def test_how_rare_the_names_are_is_no_fact(world: World) -> None:
    """It moves with all own cases: an excluded match must not come back because others were registered."""
    world.handle(world.case())
    world.handle(world.alert())
    world.answer()
    world.handle(world.alert(version=2, kind=AlertUpdated))
    world.intake = lambda question: agreement(given_one_in=1000, family_one_in=2000)
    world.answer()
    assert len(proposed(world)) == 1


@pytest.mark.parametrize("change", ["alert", "case"])
def test_a_late_answer_to_an_older_version_is_dropped(world: World, change: str) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    [old] = world.questions()
    newer = world.alert(version=2, kind=AlertUpdated) if change == "alert" else world.case(version=2)
    world.handle(newer)
    world.handle(answer_to(old, agreement()))
    assert proposed(world) == []
    [row] = world.rows("candidate")
    assert row["agreement"] is None
    world.handle(answer_to(world.questions()[-1], agreement()))
    assert len(proposed(world)) == 1


def test_a_second_answer_changes_nothing(world: World) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    [question] = world.questions()
    world.answer()
    before = world.rows("candidate")
    world.handle(answer_to(question, agreement(family="different")))
    assert world.rows("candidate") == before
    assert len(proposed(world)) == 1


@pytest.mark.parametrize("end", ["withdrawn", "tombstone", "expired", "suspended", "closed"])
def test_what_ended_leaves_no_candidate_and_takes_no_answer(world: World, end: str) -> None:
    """Rule 7: the answer comes after its alert, its case or its partner is gone."""
    world.handle(world.case())
    world.handle(world.alert())
    [question] = world.questions()
    if end == "expired":
        world.clock.advance(timedelta(days=31))
        assert world.handlers.expire_alerts() == 1
    else:
        gone = PartnerStatus.SUSPENDED
        ends: dict[str, Body] = {
            "withdrawn": withdrawn(),
            "tombstone": tombstone(),
            "suspended": PartnerChanged(
                organisation=VILNIUS, status=gone, card="", prekeys=[], revocations=[]
            ),
            "closed": CaseClosed(case=question.case),
        }
        world.handle(ends[end])
    assert world.rows("candidate") == []
    world.handle(answer_to(question, agreement()))
    compare_all(world)
    assert (proposed(world), world.rows("candidate"), world.rows("possible_match")) == ([], [], [])


def test_an_answer_that_was_kept_goes_with_its_alert(world: World) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    world.answer()
    world.handle(withdrawn())
    assert (world.rows("candidate"), world.rows("possible_match")) == ([], [])


def test_what_is_not_answered_is_asked_again_and_less_and_less_often(world: World) -> None:
    """A question that was lost on its way, or a restart of intake from a backup."""
    world.handle(world.case())
    world.handle(world.alert())
    world.handlers = world.another_worker()
    assert world.handlers.ask_again() == 0
    minutes = []
    for _ in range(60):
        before = len(asked(world))
        world.clock.advance(timedelta(minutes=1))
        world.handlers.ask_again()
        compare_all(world)
        minutes += [world.clock.now()] * (len(asked(world)) - before)
    pauses = [(later - sooner) / timedelta(minutes=1) for sooner, later in pairwise(minutes)]
    assert pauses == [10, 20], "after 5, 15 and 35 minutes"
    assert len({question.model_dump_json() for question in asked(world)}) == 1, "the very same question"
    world.answer()
    assert len(proposed(world)) == 1, "answered four times, proposed once"
    world.clock.advance(timedelta(days=2))
    assert world.handlers.ask_again() == 0


def test_a_damaged_alert_holds_up_no_other_pair(world: World) -> None:
    """Case 82: the row fails, others work."""
    for name in ("ona", "jonas"):
        world.handle(world.case(name))
        world.handle(world.alert(name))
    damaged = table.update().where(table.c.alert == reference("alert", "ona"))
    with world.database.begin() as session:
        session.execute(damaged.values(content=b"damaged" * 30))
    world.clock.advance(timedelta(minutes=5))
    assert world.handlers.ask_again() == 2
    compare_all(world)
    assert [row["alert"] for row in world.rows("candidate")] == [reference("alert", "jonas")]
    world.answer()
    assert {match.alert for match in proposed(world)} == {reference("alert", "jonas")}


def test_a_suspect_partner_is_not_asked_about_until_it_is_back(world: World) -> None:
    stands = {"organisation": VILNIUS, "card": "", "prekeys": [], "revocations": []}
    world.handle(world.case())
    world.handle(world.alert())
    world.handle(PartnerChanged(status=PartnerStatus.SUSPECT, **stands))
    world.clock.advance(timedelta(hours=1))
    assert world.handlers.ask_again() == 0
    world.answer()
    assert proposed(world) == []
    world.handle(PartnerChanged(status=PartnerStatus.VERIFIED, **stands))
    compare_all(world)
    assert len(proposed(world)) == 1
    assert len(asked(world)) == 1


def test_a_clock_that_was_ahead_keeps_no_question_from_being_asked(world: World) -> None:
    """Case 27."""
    world.handle(world.case())
    world.clock.jump(timedelta(days=365))
    world.handle(world.alert(expires="2028-01-01T00:00:00Z"))
    world.clock.jump(timedelta(days=-365))
    assert world.handlers.ask_again() == 1
    compare_all(world)
    assert len(asked(world)) == 2


def test_an_answer_that_says_nothing_counts_for_a_day(world: World) -> None:
    """The limit of intake: matching weighs without, and asks again when there is room (rule 11)."""
    world.handle(world.case())
    world.handle(world.alert())
    world.intake = lambda question: SAYS_NOTHING
    world.answer()
    shown = len(proposed(world))
    world.handlers.ask_again()
    compare_all(world)
    assert len(asked(world)) == 1
    world.clock.advance(timedelta(days=1))
    assert world.handlers.ask_again() == 1
    compare_all(world)
    assert len(asked(world)) == 2
    assert len(proposed(world)) == shown, "meanwhile what was known stays"
    world.intake = None
    world.answer()
    assert len(proposed(world)) == shown + 1
    world.clock.advance(timedelta(days=2))
    assert world.handlers.ask_again() == 0


def test_what_is_shown_stays_while_an_answer_is_awaited(world: World) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    world.answer()
    world.handle(world.alert(version=2, kind=AlertUpdated))
    assert [row["state"] for row in world.rows("possible_match")] == ["new"]
    world.intake = lambda question: agreement(given="different", family="different", birth="different")
    world.answer()
    assert {row["state"] for row in world.rows("possible_match")} <= {"withdrawn", "new"}
    assert world.post.sent[-1].body.TYPE in ("match.retracted", "match.proposed")


def test_a_kill_while_an_answer_is_taken_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule 11: the answer and what follows from it are one transaction."""
    world.handle(world.case())
    world.handle(world.alert())
    [question] = world.questions()
    with monkeypatch.context() as cut:
        cut.setattr(continuing, "partners", None)
        with pytest.raises(AttributeError):
            world.handle(answer_to(question, agreement()))
    assert world.rows("candidate")[0]["agreement"] is None
    world.handle(answer_to(question, agreement()))
    assert len(proposed(world)) == 1


def test_an_alert_asks_about_one_pair_and_leaves_the_others(world: World) -> None:
    """Case 43: the time that an alert takes must not tell how many of the people in it are here."""
    people = [f"{number}" for number in range(6)]
    for one in people:
        world.handle(world.case(one))
    keys = [key for one in people for key in pseudonyms_of(one, "NDMP")]
    told = Counter(body.TYPE for body in _of(world, world.alert("all of them", tag_sets=[tag_set(keys)])))
    assert MOST_AT_ONCE == 1
    assert told == {"candidate.found": 1}, "and nothing is proposed before the answer"
    compare_all(world)
    assert len(asked(world)) == 6
    world.answer()
    compare_all(world)
    assert len(world.rows("possible_match")) == len(proposed(world)) == 6


def test_answers_that_come_together_are_settled_in_pieces(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction proposes a bounded number, whatever arrives in its batch (decisions/0014)."""
    monkeypatch.setattr(continuing, "PROPOSALS", 4)
    world.handle(world.case("ona"))
    for number in range(10):
        world.handle(world.alert(f"{number}", person="ona"))
    questions = world.questions()
    world.heard += len(questions)
    world.handle_together([answer_to(question, agreement()) for question in questions])
    assert len(proposed(world)) == 4
    compare_all(world)
    assert len({match.alert for match in proposed(world)}) == len(proposed(world)) == 10


def test_the_newer_of_two_epochs_is_unlocked(world: World) -> None:
    """Case 41: the person may have changed between the two, where a partner sends them in a strange way."""
    world.handle(world.case(epoch=2))
    world.handle(world.case(version=2, epoch=1))  # the newer version under the older epoch
    sets = [
        tag_set(pseudonyms_of("ona", "NDMP", epoch=epoch), epoch, details)
        for epoch, details in ((2, NEWER), (1, OLDER))
    ]
    alert = world.alert(tag_sets=sets)
    world.handle(alert)
    [question] = asked(world)
    assert decode_base64(question.details) == NEWER


def test_a_key_that_agrees_by_chance_does_not_decide_what_is_unlocked(world: World) -> None:
    """The commonest of what the hits of one epoch unlock."""
    alert = world.alert()
    parts = alert.tag_sets[0]
    details = bytearray(decode_base64(parts.details))
    kept = stored(VILNIUS, alert)
    [first, *_] = pseudonyms_of("ona", "NDMP")
    tags = kept.sets[0].tags
    place = [tags[start : start + 8] for start in range(0, len(tags), 8)].index(tag(kept.sets[0].salt, first))
    details[DETAILS_BYTES * place] ^= 0xFF
    changed = parts.model_copy(update={"details": encode_base64(bytes(details))})
    odd = stored(VILNIUS, alert.model_copy(update={"tag_sets": [changed]}))
    world.handle(world.case())
    with world.database.read() as session:
        cases = Cases(RestCipher(world.key)).of_cases(session, VILNIUS, [reference("case", "ona")])
    common = in_common(odd, cases[reference("case", "ona")])
    assert common is not None
    assert (common.details, common.groups) == (TOLD, "DMNP")


def test_what_is_kept_of_an_answer_is_encrypted_and_always_as_long(world: World) -> None:
    """Without the key the database says nothing of how names agree, not even by a length."""
    lengths = set()
    answers = agreement(), agreement(given="different", birth="one_part"), SAYS_NOTHING
    for number, said in enumerate(answers):
        world.handle(world.case(f"{number}"))
        world.handle(world.alert(f"{number}"))
        world.intake = lambda question, said=said: said  # type: ignore[misc]
        world.answer()
    for row in world.rows("candidate"):
        lengths.add(len(row["agreement"]))
        assert b"given" not in row["agreement"]
    assert len(lengths) == 1


def _of(world: World, body: Body) -> list[Body]:
    """What is sent in the transaction of one message."""
    before = len(world.post.sent)
    world.handle(body)
    return [sent.body for sent in world.post.sent[before:]]
