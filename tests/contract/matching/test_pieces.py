"""However much fits, one transaction asks about a bounded piece of it; nothing is lost or doubled by that."""

import pytest
from sqlalchemy import select

from services.matching import continuing
from services.matching.finer import MOST_AT_ONCE
from services.matching.store import unfinished
from shared.wire.codes import PartnerStatus
from shared.wire.local import CaseClosed, PartnerChanged
from shared.wire.messages import Body
from tests.support.matching_world import VILNIUS, World, pseudonyms_of, reference, tag_set, withdrawn

PIECE = 4


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(continuing, "PROPOSALS", PIECE)
    monkeypatch.setattr(continuing, "ALERTS", 3 * PIECE)


def proposed(world: World) -> list[str]:
    """The alerts of all proposals, in the order in which they were sent."""
    return [sent.body.alert for sent in world.post.sent if sent.body.TYPE == "match.proposed"]


def left(world: World) -> int:
    with world.database.read() as session:
        return len(session.execute(select(unfinished.table)).all())


def flooded(world: World, count: int) -> None:
    """So many live alerts of one person."""
    for number in range(count):
        world.handle(world.alert(f"{number}", person="ona"))


def test_one_case_that_fits_many_alerts_is_proposed_in_pieces(world: World) -> None:
    """One transaction of 2,000 proposals held the write lock for 13 seconds. Questions cost about as much."""
    flooded(world, 10)
    world.handle(world.case("ona"))
    pieces = [len(proposed(world))]
    while world.compare_more():
        pieces.append(len(proposed(world)) - sum(pieces))
    assert [piece for piece in pieces if piece] == [PIECE, PIECE, 10 - 2 * PIECE]
    assert len(set(proposed(world))) == len(proposed(world)) == len(world.rows("possible_match")) == 10
    assert left(world) == 0


def test_the_cases_of_a_batch_share_one_piece(world: World) -> None:
    flooded(world, 3)
    world.handle_together([world.case(f"{number}", person="ona") for number in range(5)])
    assert len(proposed(world)) == PIECE
    world.compare_all()
    assert len(world.rows("possible_match")) == len(proposed(world)) == 15


def test_a_transaction_looks_at_few_alerts_even_when_none_fits(world: World) -> None:
    for number in range(3 * PIECE + 1):
        world.handle(world.alert(f"{number}"))
    world.handle(world.case("nobody"))
    assert left(world) == 1
    assert world.compare_more() == 1
    assert (left(world), world.compare_more()) == (0, 0)


def test_a_case_that_comes_while_a_partner_is_suspect_is_compared_when_it_is_back(world: World) -> None:
    """Its live alerts come anew as repetitions, which compare nothing: the child would not be found."""
    flooded(world, 2)
    stands = {"organisation": VILNIUS, "card": "", "prekeys": [], "revocations": []}
    world.handle(PartnerChanged(status=PartnerStatus.SUSPECT, **stands))
    world.handle(world.case("ona"))
    assert world.compare_more() == 0
    assert proposed(world) == []
    world.handle(PartnerChanged(status=PartnerStatus.VERIFIED, **stands))
    world.compare_all()
    assert len(proposed(world)) == len(world.rows("possible_match")) == 2
    assert left(world) == 0


def test_a_kill_within_a_piece_repeats_that_piece_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 11: what was proposed and where to go on are one transaction."""
    flooded(world, 10)
    world.handle(world.case("ona"))
    with monkeypatch.context() as cut:
        cut.setattr(unfinished, "move", _die)
        with pytest.raises(KeyboardInterrupt):
            world.compare_more()
    assert len(world.rows("possible_match")) == PIECE
    other = world.another_worker()
    world.compare_all(by=other)
    assert len(world.rows("possible_match")) == 10
    assert left(world) == 0


def test_an_alert_that_fits_many_cases_proposes_the_strongest_and_leaves_the_others(world: World) -> None:
    """Case 43: the time that an alert takes must not tell how many of the people in it are here."""
    people = [f"{number}" for number in range(6)]
    for one in people:
        world.handle(world.case(one, groups="NDMP" if one == "3" else "N"))
    keys = [key for one in people for key in pseudonyms_of(one, "NDMP")]
    alert = world.alert("all of them", tag_sets=[tag_set(keys)])
    world.handle(alert)
    [first] = world.rows("possible_match")
    assert MOST_AT_ONCE == 1
    assert first["own_case"] == reference("case", "3")
    world.handle(alert)  # the same again changes nothing
    world.compare_all()
    assert len(world.rows("possible_match")) == len(proposed(world)) == 6


def test_a_new_version_of_a_case_begins_anew(world: World) -> None:
    flooded(world, 10)
    world.handle(world.case("ona"))
    world.handle(world.case("ona", 2, person="somebody else"))
    world.compare_all()
    states = [row["state"] for row in world.rows("possible_match")]
    assert states == ["withdrawn"] * PIECE, "what was proposed is taken back, and nothing more is proposed"


@pytest.mark.parametrize("end", ["withdrawn", "suspended", "closed"])
def test_what_ended_meanwhile_is_not_proposed(world: World, end: str) -> None:
    flooded(world, 10)
    world.handle(world.case("ona"))
    status = PartnerStatus.SUSPENDED
    suspended = PartnerChanged(organisation=VILNIUS, status=status, card="", prekeys=[], revocations=[])
    ends: dict[str, list[Body]] = {
        "withdrawn": [withdrawn(f"{number}") for number in range(10)],
        "suspended": [suspended],
        "closed": [CaseClosed(case=reference("case", "ona"))],
    }
    for body in ends[end]:
        world.handle(body)
    world.compare_all()
    assert len(proposed(world)) == PIECE
    assert world.rows("possible_match") == []
    assert left(world) == 0


def _die(*arguments: object) -> None:
    raise KeyboardInterrupt
