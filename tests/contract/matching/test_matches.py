"""Which pairs are shown to a person, when, and how often."""

import threading
from dataclasses import replace
from datetime import timedelta

from services.matching.domain.decisions import Match
from services.matching.store.alerts import AlertKey
from services.matching.store.matches import Matches, MatchRow
from shared.crypto.rest import RestCipher
from shared.wire import codes, local, messages
from shared.wire.local import DutyWaiting, MatchDecided, MatchProposed, MatchRetracted
from tests.support.matching_world import (
    RIGA,
    VILNIUS,
    World,
    agreement,
    pseudonyms_of,
    reference,
    tag_set,
    withdrawn,
)

UPDATED = messages.AlertUpdated


def proposed(world: World) -> list[MatchProposed]:
    return [body for body in world.post.bodies(MatchProposed) if isinstance(body, MatchProposed)]


def decide(world: World, state: str, facts: str | None = None) -> None:
    last = proposed(world)[-1]
    world.handle(MatchDecided(match=last.match, state=codes.MatchState(state), facts=facts or last.facts))


def test_an_alert_finds_an_own_case(world: World) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    [match] = proposed(world)
    assert (match.partner, match.alert) == (VILNIUS, reference("alert", "ona"))
    assert match.case == reference("case", "ona")
    assert match.strength in (codes.Strength.VERY_LIKELY, codes.Strength.ALMOST_CERTAIN)
    said = {reason.comparator for reason in match.reasons if reason.verdict is codes.Verdict.FOR}
    assert said >= {"family_name_same", "given_name_same", "keys_year_both", "keys_date_whole", "sex"}
    [waiting] = world.post.bodies(DutyWaiting)
    assert isinstance(waiting, DutyWaiting)
    assert set(waiting.to_wire()) == {"reference", "urgency", "status", "at"}
    assert waiting.reference == match.match


def test_a_new_own_case_finds_a_live_alert(world: World) -> None:
    """The reverse comparison gives the same result."""
    world.handle(world.case("first"))
    world.handle(world.alert("first"))
    world.handle(world.alert("second"))
    world.handle(world.case("second"))
    one, other = proposed(world)
    assert (one.score, one.strength, one.facts) == (other.score, other.strength, other.facts)


def test_one_key_is_no_match_where_the_person_does_not_agree(world: World) -> None:
    """Case 42: hits of one group only, and intake finds another person behind them."""
    world.intake = lambda question: agreement(given="different", family="different", birth="different")
    for groups in ("N", "D", "P"):
        world.handle(world.case(groups, groups=groups))
        world.handle(world.alert(groups, groups=groups))
    assert proposed(world) == []


def test_hits_spread_over_different_cases_are_no_match(world: World) -> None:
    """Case 42: one group here, another there. Each case is weighed with its own keys alone."""
    alike = {reference("case", "three")}
    other = agreement(given="different", family="different", birth="different")
    world.intake = lambda question: agreement() if question.case in alike else other
    world.handle(world.case("one", person="ona", groups="N"))
    world.handle(world.case("two", person="ona", groups="D"))
    world.handle(world.alert("ona", groups="NDMP"))
    world.compare_all()
    assert proposed(world) == []
    world.handle(world.case("three", person="ona", groups="NP"))
    [match] = proposed(world)
    assert match.case == reference("case", "three")
    keys = {reason.comparator for reason in match.reasons if reason.comparator.startswith("keys_")}
    assert keys == {"keys_year_both", "keys_place_both"}


def test_both_epochs_are_matched_until_the_older_is_closed(world: World) -> None:
    """Case 41: half of the table is evaluated anew."""
    world.handle(world.case("old", person="old", epoch=1))
    world.handle(world.case("new", person="new", epoch=2))
    world.handle(world.alert("old", epochs=(1, 2)))
    world.handle(world.alert("new", epochs=(1, 2)))
    assert len(proposed(world)) == 2
    world.handle(local.EpochClosed(partner=VILNIUS, epoch=1))
    assert [row["epoch"] for row in world.rows("own_case")] == [2]
    world.handle(world.alert("late", person="old", epochs=(1, 2)))
    assert len(proposed(world)) == 2
    world.handle(world.case("old", version=2, person="old", epoch=1))  # late, and over
    assert len(world.rows("own_case")) == 1


def test_keys_of_two_epochs_of_one_case_count_together(world: World) -> None:
    """Case 41: a case whose two epochs hold one family each."""
    world.handle(world.case(groups="N", epoch=1))
    world.handle(world.case(groups="D", epoch=2))
    world.handle(world.alert(epochs=(1, 2)))
    assert len(proposed(world)) == 1


def test_once_for_the_same_facts(world: World) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    world.handle(world.alert(version=2, kind=UPDATED))  # fresh salt, same facts
    world.handle(world.case())
    assert len(proposed(world)) == 1
    world.handle(world.alert(version=3, kind=UPDATED, description={"sex": "female", "eye_colour": "green"}))
    assert [match.version for match in proposed(world)] == [1, 2]
    assert len(world.post.bodies(DutyWaiting)) == 1


def test_excluded_stays_excluded_until_a_fact_changes(world: World) -> None:
    """Rule 6 and DESIGN 4.7."""
    world.handle(world.case())
    world.handle(world.alert())
    decide(world, "excluded")
    world.handle(world.alert(version=2, kind=UPDATED))
    world.handle(world.case(version=2))
    assert len(proposed(world)) == 1
    world.handle(world.case(version=3, description={"sex": "female", "height": "160"}))
    assert [match.version for match in proposed(world)] == [1, 2]
    assert len(world.post.bodies(DutyWaiting)) == 2


def test_excluded_is_remembered_while_the_facts_come_and_go(world: World) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    decide(world, "excluded")
    world.handle(world.case(version=2, person="somebody else"))
    world.handle(world.case(version=3))
    assert len(proposed(world)) == 1


def test_a_decision_about_older_facts_hides_no_newer_ones(world: World) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    old = proposed(world)[0].facts
    world.handle(world.alert(version=2, kind=UPDATED, description={"sex": "female"}))
    decide(world, "excluded", facts=old)
    assert [row["state"] for row in world.rows("possible_match")] == ["new"]


def test_a_pair_that_no_longer_agrees_is_retracted(world: World) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    world.handle(world.alert(version=2, kind=UPDATED, person="somebody else"))
    [retracted] = world.post.bodies(MatchRetracted)
    assert isinstance(retracted, MatchRetracted)
    assert retracted.why == "changed"
    world.handle(world.alert(version=3, kind=UPDATED))
    assert [match.version for match in proposed(world)] == [1, 2]


def test_a_closed_case_is_forgotten_for_ever(world: World) -> None:
    world.handle(world.case())
    world.handle(world.alert("other"))
    world.handle(world.alert())
    world.handle(local.CaseClosed(case=reference("case", "ona")))
    assert world.rows("possible_match") == []
    [row] = world.rows("own_case")
    assert (row["groups"], row["pseudonyms"], row["description"]) == ("", b"", b"")
    world.handle(world.case(version=2))
    world.handle(world.alert(version=2, kind=UPDATED))
    assert len(proposed(world)) == 1


def test_only_found_people_are_compared_with_alerts_for_missing_ones(world: World) -> None:
    world.handle(world.case("missing", person="ona", kind="missing"))
    world.handle(world.alert())
    world.handle(world.case("found", person="jonas"))
    alert = world.alert("jonas")
    world.handle(alert.model_copy(update={"kind": codes.CaseKind.FOUND}))
    assert proposed(world) == []


def test_a_person_without_keys_is_found_by_marks_and_never_strongly(world: World) -> None:
    marks = {
        "sex": "female", "birth_decade": 1990, "height": "160", "eye_colour": "green", "hair_colour": "red",
        "marks": ["tattoo:hand_left", "scar:face"], "nationality": "LT", "region": "LT-VL",
    }  # fmt: skip
    world.handle(world.case(groups="", kind="unidentified", description=marks))
    world.handle(world.alert(description=marks))
    world.handle(world.alert("second", description=marks))
    world.handle(world.case("late", groups="", kind="unidentified", description=marks))
    assert [match.strength for match in proposed(world)] == [codes.Strength.ABOUT_EVEN] * 4
    world.handle(world.alert("vague", description={"sex": "female", "birth_decade": 1990}))
    assert len(proposed(world)) == 4


def test_two_workers_never_propose_one_pair_twice(world: World) -> None:
    """Case 87: columns of their own, one alert, at the same time."""
    world.handle(world.case())
    world.handle(world.alert("warm"))
    workers = [world.another_worker() for _ in range(4)]
    alert = world.alert()
    barrier = threading.Barrier(len(workers))

    def work(index: int) -> None:
        barrier.wait()
        world.handle(alert, by=workers[index])

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(workers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.rows("possible_match")) == 1
    assert len(proposed(world)) == 1 == len(world.post.bodies(DutyWaiting))


def test_a_pair_cannot_be_on_record_twice(world: World) -> None:
    """Case 87: what holds when everything else fails is the unique constraint."""
    matches = Matches(RestCipher(world.key))
    key = AlertKey(VILNIUS, reference("alert", "ona"))
    added = []
    for reference_of_match in (reference("match", "one"), reference("match", "two")):
        row = MatchRow(key, reference("case", "ona"), Match(reference_of_match, 1, "new", "f" * 64, None))
        with world.database.begin() as session:
            added.append(matches.add(session, row, world.clock.now()))
    assert added == [True, False]


def test_a_worker_sees_what_another_one_stored_and_deleted(world: World) -> None:
    """Case 87: columns in memory follow the database."""
    other = world.another_worker()
    world.handle(world.alert("warm"), by=other)
    world.handle(world.case())
    world.handle(world.alert(), by=other)
    assert len(proposed(world)) == 1
    world.handle(local.CaseClosed(case=reference("case", "ona")))
    world.handle(world.alert("again", person="ona"), by=other)
    assert len(proposed(world)) == 1


def test_a_transaction_that_is_undone_leaves_nothing_in_memory(world: World) -> None:
    world.handle(world.alert("warm"))
    case, alert = world.case(), world.alert()
    try:
        with world.database.begin() as session:
            world.handlers.handlers[case.TYPE](session, world.incoming(case))
            world.handlers.handlers[alert.TYPE](session, world.incoming(alert))
            raise InterruptedError
    except InterruptedError:
        world.post.sent.clear()
    world.handle(world.case("jonas"))  # takes the revision that was undone
    world.handle(world.alert())
    assert proposed(world) == []
    world.handle(world.alert("jonas"))
    assert [match.case for match in proposed(world)] == [reference("case", "jonas")]


def test_alerts_that_name_other_epochs_fill_no_memory(world: World) -> None:
    """An alert may name any epoch. Only those of which something is held here are columns."""
    world.handle(world.case(epoch=7))
    world.handle(world.alert("warm", epochs=(7,)))
    columns = world.handlers.columns
    columns._most_empty = 3
    for epoch in range(8, 20):
        world.handle(world.alert(f"{epoch}", epochs=(epoch,)))
    assert columns.remembered == 1 + 3
    world.handle(world.alert(epochs=(7,)))
    assert [match.case for match in proposed(world)] == [reference("case", "ona")]


def test_an_epoch_that_was_empty_is_read_when_a_case_comes(world: World) -> None:
    world.handle(world.alert("warm", epochs=(3,)))
    world.handle(world.alert("again", epochs=(3,)))
    world.handle(world.case(epoch=3))
    world.handle(world.alert(epochs=(3,)))
    assert len(proposed(world)) == 1


def test_the_column_that_was_not_used_for_longest_gives_way(world: World) -> None:
    """It is read again when it is needed."""
    columns = world.handlers.columns
    columns._most = 2
    for epoch in (1, 2, 3):
        world.handle(world.case(f"in {epoch}", epoch=epoch))
        world.handle(world.alert(f"warm {epoch}", epochs=(epoch,)))
        assert columns.remembered <= 2
    for epoch in (1, 2, 3):
        world.handle(world.alert(f"in {epoch}", epochs=(epoch,)))
    assert len(proposed(world)) == 3


def waiting(world: World) -> list[DutyWaiting]:
    return [body for body in world.post.bodies(DutyWaiting) if isinstance(body, DutyWaiting)]


def test_many_alerts_of_one_person_are_one_notice(world: World) -> None:
    """One partner, one own case, many references (decisions/0014): each is shown, one reference is told."""
    world.handle(world.case())
    for number in range(30):
        world.handle(world.alert(f"copy {number}", person="ona"))
    found = proposed(world)
    assert len({match.match for match in found}) == 30
    assert {match.duty for match in found} == {found[0].match}
    assert {body.reference for body in waiting(world)} == {found[0].match}


def test_one_notice_a_day_and_for_each_partner_and_case(world: World) -> None:
    world.handle(world.case())
    world.handle(world.case("jonas"))
    world.handle(world.case(partner=RIGA))
    world.handle(world.alert())
    world.handle(world.alert("jonas"))
    world.handle(world.alert("from riga", person="ona", partner=RIGA), RIGA)
    assert all(match.duty == match.match for match in proposed(world))
    world.clock.advance(timedelta(hours=23))
    world.handle(world.alert("copy 1", person="ona"))
    assert proposed(world)[-1].duty == proposed(world)[0].match
    world.clock.advance(timedelta(hours=1))
    world.handle(world.alert("copy 2", person="ona"))
    assert proposed(world)[-1].duty == proposed(world)[-1].match
    assert len(world.rows("duty_notice")) == 1, "what is older than a day is forgotten"


def test_of_a_partner_or_a_case_that_is_gone_no_notice_is_remembered(world: World) -> None:
    """Rule 7: it stayed until somebody was told of something else, with partner and case."""
    for name in ("ona", "jonas"):
        world.handle(world.case(name))
        world.handle(world.alert(name))
    world.handle(local.CaseClosed(case=reference("case", "ona")))
    assert [row["own_case"] for row in world.rows("duty_notice")] == [reference("case", "jonas")]
    stands = {"organisation": VILNIUS, "card": "", "prekeys": [], "revocations": []}
    world.handle(local.PartnerChanged(status=codes.PartnerStatus.SUSPENDED, **stands))
    assert world.rows("duty_notice") == []


def test_taking_back_and_sharing_anew_stays_one_notice(world: World) -> None:
    world.handle(world.case())
    for number in range(5):
        world.handle(world.alert(f"copy {number}", person="ona"))
        world.handle(withdrawn(f"copy {number}"))
    assert len({body.reference for body in waiting(world)}) == 1


def test_a_clock_that_was_ahead_folds_nothing(world: World) -> None:
    """Case 27: what was told in a year that has not come is no notice of today."""
    world.handle(world.case())
    world.clock.jump(timedelta(days=365))
    world.handle(world.alert(expires="2028-01-01T00:00:00Z"))
    world.clock.jump(timedelta(days=-365))
    world.handle(world.alert("copy", person="ona"))
    assert proposed(world)[-1].duty == proposed(world)[-1].match


def test_random_tags_find_nothing(world: World) -> None:
    for index in range(20):
        world.handle(world.case(f"case {index}"))
    filler = [tag_set(pseudonyms_of("nobody", ""))]
    world.handle(world.alert("nobody", tag_sets=filler))
    assert proposed(world) == []


def test_an_older_decision_that_comes_late_does_not_undo_the_newer(world: World) -> None:
    """Excluded by mistake and taken back: the match stays on record as shown, whichever came first."""
    world.handle(world.case())
    world.handle(world.alert())
    [match] = proposed(world)
    for state, seq in ((codes.MatchState.IN_REVIEW, 6), (codes.MatchState.EXCLUDED, 5)):
        body = MatchDecided(match=match.match, state=state, facts=match.facts)
        with world.database.begin() as session:
            world.handlers.handlers[body.TYPE](session, replace(world.incoming(body), seq=seq))
    assert [row["state"] for row in world.rows("possible_match")] == ["in_review"]


def test_a_retraction_for_want_of_facts_says_what_it_takes_back(world: World) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    world.handle(world.alert(version=2, kind=UPDATED, person="somebody else"))
    assert [
        body.version for body in world.post.bodies(MatchRetracted) if isinstance(body, MatchRetracted)
    ] == [1]
