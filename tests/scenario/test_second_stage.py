"""The finer comparison over whole nodes: details unlocked at Lyon's matching, compared at Lyon's intake."""

from datetime import timedelta

import pytest
from sqlalchemy import MetaData, select

from services.intake.domain.finer.dealing import DEALT
from services.intake.domain.finer.details import of_person
from services.intake.store.matches import ComparisonRow
from services.matching import app as matching_app
from services.matching.store import candidates, tables
from services.matching.store.alerts import AlertKey, Alerts
from services.matching.store.content import AlertContentSealer
from shared.crypto.rest import RestCipher
from shared.crypto.tags import DETAILS_BYTES
from shared.post.sealed import SealedPost
from shared.store.engine import Database
from shared.wire.local import CandidateFound
from shared.wire.values import decode_base64
from tests.scenario.play import (
    LYON,
    VILNIUS,
    alert_now,
    holds,
    looks_for,
    matches_at,
    person,
    share,
    stuck,
    withdraw,
)
from tests.scenario.test_workers import settings_of
from tests.support.world import Node, Post, World

pytestmark = pytest.mark.slow


def asked(node: Node) -> int:
    """Pairs that matching has asked about."""
    with node.matching.database.read() as session:
        return len(session.execute(select(candidates.table)).all())


def compared(node: Node) -> int:
    """Questions that intake has answered today."""
    with node.intake.database.read() as session:
        return len(session.scalars(select(ComparisonRow)).all())


def questions(monkeypatch: pytest.MonkeyPatch) -> list[CandidateFound]:
    """Everything that is asked from now on, before it is sealed."""
    found: list[CandidateFound] = []
    real = SealedPost.tell

    def tell(self: SealedPost, session: object, body: object, **how: object) -> str:
        if isinstance(body, CandidateFound):
            found.append(body)
        return real(self, session, body, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(SealedPost, "tell", tell)
    return found


def test_the_details_of_the_publisher_reach_the_finders_intake_and_come_back_as_levels(
    two: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vilnius masks them, a shared key unlocks them at Lyon, and only Lyon's intake compares them."""
    heard = questions(monkeypatch)
    held = holds(two[LYON])
    two.run_slots(2)
    share(two[VILNIUS], looks_for(two[VILNIUS]))
    two.pump()
    [question] = heard
    assert decode_base64(question.details) == of_person(person(), DEALT).pack()
    assert question.case == held
    [match] = matches_at(two[LYON])
    opened = two[LYON].intake.use_cases.matches.open(match.id, two[LYON].actor())
    assert "birth_same" in {reason.comparator for reason in opened.reasons if reason.verdict == "for"}
    assert (asked(two[LYON]), compared(two[LYON])) == (1, 1)
    assert stuck(two) == []


def test_a_namesake_shares_a_key_and_is_told_apart(two: World) -> None:
    """Both names and the year: what one key alone says of two people, and the details do not."""
    lyon = two[LYON]
    holds(lyon, person(born="2008-11-27"))
    two.run_slots(2)
    share(two[VILNIUS], looks_for(two[VILNIUS]))
    two.pump()
    assert (asked(lyon), compared(lyon)) == (1, 1)
    for match in matches_at(lyon):  # whether it is shown is the weights' business; why is not
        opened = lyon.intake.use_cases.matches.open(match.id, lyon.actor())
        said = {reason.comparator: reason.verdict for reason in opened.reasons}
        assert said.get("birth_same") is None


def test_a_restart_between_question_and_answer_loses_nothing(two: World) -> None:
    """Rule 11: matching asked and was killed; intake was away; the answer comes to another process."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    holds(lyon)
    two.run_slots(2)
    waiting = lyon.posts.pop(0)  # intake's worker is down
    share(vilnius, looks_for(vilnius))
    two.pump()
    assert (asked(lyon), compared(lyon), matches_at(lyon)) == (1, 0, [])
    wires = lyon.posts[0].wires
    fresh = matching_app.build(settings_of(lyon, "matching"), two.clock)
    old, lyon.matching = lyon.matching, fresh
    lyon.posts[0] = Post(fresh.office(wires), wires)
    lyon.posts.insert(0, waiting)
    two.pump()
    assert len(matches_at(lyon)) == 1
    assert (asked(lyon), compared(lyon)) == (1, 1)
    assert stuck(two) == []
    old.database.dispose()


def test_receipts_do_not_wait_for_the_second_stage(two: World) -> None:
    """Rule 4, case 43: Lyon signs while its intake answers nothing; the match comes when it does."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    holds(lyon)
    two.run_slots(2)
    waiting = lyon.posts.pop(0)
    alert = share(vilnius, looks_for(vilnius))
    two.run_slots(3)
    assert [each.state for each in alert_now(vilnius, alert).shares] == ["compared"]
    assert matches_at(lyon) == []
    lyon.posts.insert(0, waiting)
    two.pump()
    assert len(matches_at(lyon)) == 1


def test_an_answer_that_comes_after_the_recall_shows_nothing(two: World) -> None:
    """Rule 7: the question was under way when the search ended."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    holds(lyon)
    two.run_slots(2)
    waiting = lyon.posts.pop(0)
    alert = share(vilnius, looks_for(vilnius))
    two.pump()
    withdraw(vilnius, alert)
    two.pump()
    assert asked(lyon) == 0
    lyon.posts.insert(0, waiting)
    two.run_slots(3)
    assert matches_at(lyon) == []
    assert asked(lyon) == 0
    assert [each.state for each in alert_now(vilnius, alert).shares] == ["deleted"]
    assert stuck(two) == []


def test_intake_is_asked_again_when_the_question_was_lost(two: World) -> None:
    """The local broker lost it: after some minutes it is asked anew, and answered once."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    holds(lyon)
    two.run_slots(2)
    waiting = lyon.posts.pop(0)
    share(vilnius, looks_for(vilnius))
    two.pump()
    lost = lyon.local.take("intake", 100)
    assert lost
    lyon.local.bury("intake", lost)
    lyon.posts.insert(0, waiting)
    two.pump()
    assert matches_at(lyon) == []
    two.clock.advance(timedelta(minutes=6))
    two.pump()
    assert len(matches_at(lyon)) == 1
    assert compared(lyon) == 1


def every_value(database: Database) -> list[bytes]:
    """All texts and bytes of all rows."""
    metadata = MetaData()
    metadata.reflect(database.engine)
    found: list[bytes] = []
    with database.read() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)):
                found += [v if isinstance(v, bytes) else str(v).encode() for v in row if v is not None]
    return found


def test_matching_keeps_no_detail_of_its_own_cases(two: World) -> None:
    """Rule 5: nothing that a thief of its database could test a name against, key file or not.

    The details of the own person, packed, are in no column; nor are those of the alert but as the publisher
    masked them.
    """
    vilnius, lyon = two[VILNIUS], two[LYON]
    own = person("Austeja", "Kazlauskiene")
    holds(lyon, own)
    two.run_slots(2)
    share(vilnius, looks_for(vilnius))
    two.run_slots(2)
    assert len(matches_at(lyon)) == 1
    opener = Alerts(AlertContentSealer(RestCipher(lyon.matching.bundle["rest"])))
    with lyon.matching.database.read() as session:
        [reference] = session.execute(select(tables.alert.c.alert)).scalars()
        key = AlertKey(VILNIUS, reference)
        [part] = opener.read(session, [key])[key].sets
    packed = {of_person(one, DEALT).pack() for one in (own, person())}
    assert packed.isdisjoint(
        part.details[start : start + DETAILS_BYTES] for start in range(0, len(part.details), DETAILS_BYTES)
    )
    stored = every_value(lyon.matching.database)
    assert not [value for value in stored if any(detail in value for detail in packed)]
    assert set(candidates.table.c.keys()) == {
        "partner", "alert", "own_case", "alert_version", "case_version", "asked", "ask_again", "agreement",
    }, "a new column has to be thought about"  # fmt: skip
