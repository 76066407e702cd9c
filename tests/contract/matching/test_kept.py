"""What people decide is kept without a reference, and outlives what it was about (decisions/0021)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.matching import rules
from services.matching.handlers.alerts import KEYS_VERSION
from services.matching.quality import Report, report
from services.matching.store import kept as store
from services.matching.store import tables
from services.matching.store.candidates import table as candidate
from services.matching.store.kept import Kept, KeptDecisions, Seen
from shared.crypto.rest import RestCipher
from shared.wire.codes import MatchState, PartnerStatus, Strength
from shared.wire.local import CaseClosed, MatchDecided, MatchProposed, PartnerChanged
from shared.wire.messages import AlertUpdated, Body
from tests.support.matching_world import VILNIUS, World, agreement, tombstone, withdrawn


def proposed(world: World) -> list[MatchProposed]:
    return [body for body in world.post.bodies(MatchProposed) if isinstance(body, MatchProposed)]


def decide(world: World, state: str, match: MatchProposed | None = None, seq: int = 0) -> None:
    match = match or proposed(world)[-1]
    body = MatchDecided(match=match.match, state=MatchState(state), facts=match.facts)
    with world.database.begin() as session:
        world.handlers.handlers[body.TYPE](session, replace(world.incoming(body), seq=seq))


def kept(world: World) -> list[Kept]:
    with world.database.read() as session:
        return KeptDecisions(RestCipher(world.key)).everything(session)


def reported(world: World) -> Report:
    with world.database.read() as session:
        return report(session, RestCipher(world.key))


@pytest.fixture
def shown(world: World) -> MatchProposed:
    """A possible match, which nobody has looked at."""
    world.handle(world.case())
    world.handle(world.alert())
    return proposed(world)[-1]


@pytest.mark.parametrize(
    "state", ["probable", "excluded", "need_information", "in_review", "reunited_elsewhere"]
)
def test_a_decision_is_kept_with_what_was_seen(world: World, shown: MatchProposed, state: str) -> None:
    decide(world, state)
    [row] = kept(world)
    assert (row.state, row.strength, row.has_keys) == (state, shown.strength, True)
    assert (row.keys_version, row.weights_version) == (KEYS_VERSION, rules.weights_version())
    assert row.month == world.clock.now().year * 100 + world.clock.now().month
    said = {reason.comparator for reason in shown.reasons if reason.verdict != "unknown"}
    names = {code: f"{code}_{seen.row}" for code, seen in row.seen.items()}
    assert {name if name in said else code for code, name in names.items()} == said
    assert row.seen["birth"] == Seen("same", 1, 0)


def test_nothing_kept_is_exact_enough_to_be_a_reference(world: World, shown: MatchProposed) -> None:
    """Intake keeps a match's exact score; the rarity of two names would be somebody's."""
    decide(world, "probable")
    [row] = kept(world)
    assert abs(row.score - shown.score) <= 50
    assert (row.seen["given_name"].bits, row.seen["family_name"].bits) == (8, 12)  # 500 and 5,000
    world.intake = lambda question: agreement(given_one_in=1_000_000, family_one_in=200_000)
    world.handle(world.case("rare"))
    world.handle(world.alert("rare"))
    decide(world, "probable")
    assert {one.seen["family_name"].bits for one in kept(world)} == {12, 16}
    assert {one.seen["given_name"].bits for one in kept(world)} == {8, 16}, "no step beyond one in 65,536"
    assert any(match.score % 100 for match in proposed(world)), "else the next line shows nothing"
    assert {one.score % 100 for one in kept(world)} == {0}


def test_a_row_holds_no_reference_and_nothing_in_clear(world: World, shown: MatchProposed) -> None:
    """Neither the columns nor what is encrypted in them; each row is as long as every other."""
    decide(world, "probable")
    world.intake = lambda question: agreement(given="initial", place="same", family_one_in=0)
    world.handle(world.case("other", groups="N", description={}))
    world.handle(world.alert("other", groups="N", description={}))
    decide(world, "excluded")
    rows = world.rows("kept_decision")
    assert [set(row) for row in rows] == [{"id", "month", "content"}] * 2
    assert len({len(row["content"]) for row in rows}) == 1
    for known in (shown.match, shown.alert, shown.case, VILNIUS, "probable", "same"):
        assert not any(known.encode() in row["content"] for row in rows)
        assert not any(known in row["id"] for row in rows)
    references = {shown.match, shown.alert, shown.case, VILNIUS}
    assert not any(word in repr(one) for one in kept(world) for word in references)


@pytest.mark.parametrize("end", ["withdrawn", "tombstone", "expired", "suspended", "closed"])
def test_what_ended_leaves_the_row_and_no_link(world: World, shown: MatchProposed, end: str) -> None:
    decide(world, "probable")
    [before] = kept(world)
    [row] = world.rows("kept_decision")
    assert [match["decision"] for match in world.rows("possible_match")] == [row["id"]]
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
            "closed": CaseClosed(case=shown.case),
        }
        world.handle(ends[end])
    assert kept(world) == [before]
    everything = [
        (name, value)
        for name in tables.metadata.tables
        if name != "kept_decision"
        for one in world.rows(name)
        for value in one.values()
    ]
    assert row["id"] not in [value for _, value in everything]
    assert world.rows("possible_match") == []


def test_deciding_again_replaces_the_row(world: World, shown: MatchProposed) -> None:
    """Excluded by mistake, taken back, and probable in the end: one row, the last word."""
    ids = set()
    for seq, state in enumerate(("excluded", "in_review", "probable", "confirmed"), start=1):
        decide(world, state, seq=seq)
        assert [one.state for one in kept(world)] == [state]
        ids |= {row["id"] for row in world.rows("kept_decision")}
    assert len(ids) == 4, "a row that was replaced is gone, its id as well"


def test_a_late_decision_replaces_nothing(world: World, shown: MatchProposed) -> None:
    decide(world, "probable", seq=6)
    decide(world, "excluded", seq=5)
    assert [one.state for one in kept(world)] == ["probable"]


def test_each_match_has_its_own_row(world: World, shown: MatchProposed) -> None:
    world.handle(world.alert("copy", person="ona"))
    for number, match in enumerate(proposed(world)):
        decide(world, "probable" if number else "excluded", match)
    assert sorted(one.state for one in kept(world)) == ["excluded", "probable"]


def test_a_decision_whose_alert_is_gone_keeps_nothing(world: World, shown: MatchProposed) -> None:
    world.handle(withdrawn())
    decide(world, "probable", shown)
    assert kept(world) == []


def test_a_decision_about_other_facts_keeps_nothing(world: World, shown: MatchProposed) -> None:
    """What would be computed now is not what the person saw; and what they took back does not stay."""
    decide(world, "excluded", shown, seq=1)
    world.handle(world.alert(version=2, kind=AlertUpdated, description={"sex": "male"}))
    assert len(kept(world)) == 1, "about the older facts, and still right about them"
    decide(world, "in_review", shown, seq=2)
    assert kept(world) == []
    assert [row["decision"] for row in world.rows("possible_match")] == [None]
    decide(world, "probable", proposed(world)[-1], seq=3)
    [row] = kept(world)
    assert row.seen["sex"].row == "different"


def test_a_pair_that_is_being_compared_anew_is_not_kept(world: World, shown: MatchProposed) -> None:
    world.intake = None
    world.handle(world.alert(version=2, kind=AlertUpdated))
    decide(world, "probable", shown)
    assert kept(world) == []
    assert [row["state"] for row in world.rows("possible_match")] == ["probable"]


@pytest.mark.parametrize("damaged", ["alert", "candidate", "own_case"])
def test_a_decision_counts_though_a_row_is_damaged(world: World, shown: MatchProposed, damaged: str) -> None:
    """Case 82: it is remembered, and only not kept for the figures."""
    column = {"alert": tables.alert.c.content, "candidate": candidate.c.agreement,
              "own_case": tables.own_case.c.description}[damaged]  # fmt: skip
    with world.database.begin() as session:
        session.execute(column.table.update().values({column: b"\x00" * 64}))
    decide(world, "excluded", shown)
    assert kept(world) == []
    assert [row["state"] for row in world.rows("possible_match")] == ["excluded"]


def test_a_case_without_a_name_is_kept_apart(world: World) -> None:
    full: dict[str, Any] = {
        "sex": "female", "birth_decade": 1990, "height": "160", "eye_colour": "green",
        "languages": ["lt"], "marks": ["scar:face", "tattoo:hand_left", "scar:neck"], "nationality": "LT",
        "region": "LT-VL",
    }  # fmt: skip
    world.handle(world.case(groups="", description=full))
    world.handle(world.alert(description=full))
    decide(world, "probable")
    [row] = kept(world)
    assert (row.has_keys, row.strength) == (False, Strength.ABOUT_EVEN)
    assert row.seen["marks"] == Seen("same", 2, 0), "no more than count"
    assert "family_name" not in row.seen


def test_the_oldest_months_go_first(
    world: World, shown: MatchProposed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_KEPT", 3)
    decide(world, "probable")
    [one] = kept(world)
    keep = KeptDecisions(RestCipher(world.key))
    with world.database.begin() as session:
        for month in (202601, 202608, 202603, 202605):
            keep.add(session, replace(one, month=month))
    assert sorted(row.month for row in kept(world)) == sorted((202605, 202608, one.month))
    with world.database.begin() as session:  # the newest stays, though a clock that was wrong made it old
        name = keep.add(session, replace(one, month=202001))
        assert name in [row.id for row in session.execute(store.table.select())]
    decide(world, "excluded", shown)  # its own row may have been among those that went
    assert len(kept(world)) == 3


def test_the_report_counts_decisions_and_what_waits(world: World) -> None:
    for number, state in enumerate(("probable", "probable", "excluded", "need_information", "")):
        world.handle(world.case(f"n{number}"))
        world.handle(world.alert(f"n{number}"))
        if state:
            decide(world, state)
    found = reported(world)
    strength = proposed(world)[-1].strength
    tally = found.by_strength[strength]
    assert (tally.right, tally.wrong, tally.open, tally.undecided) == (2, 1, 1, 1)
    assert tally.shown == 5 == found.together.shown
    world.intake = None
    world.handle(world.alert("n4", version=2, kind=AlertUpdated))
    found = reported(world)
    assert (found.together.undecided, found.not_weighed) == (0, 1)
    for number in range(5):
        world.handle(withdrawn(f"n{number}"))
    found = reported(world)
    assert (found.together.decided, found.together.open, found.together.undecided) == (3, 1, 0)
    assert found.not_weighed == 0


def test_what_came_back_with_new_facts_waits_again(world: World, shown: MatchProposed) -> None:
    """The exclusion was about older facts: it counts, and so does the pair that waits."""
    decide(world, "excluded")
    world.handle(world.alert(version=2, kind=AlertUpdated, description={"sex": "female"}))
    together = reported(world).together
    assert (together.wrong, together.undecided) == (1, 1)
