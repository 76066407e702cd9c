"""Alerts that a partner made up to keep matching busy: however much is in them, each costs little."""

import pytest
from sqlalchemy import event

from services.matching import comparing, continuing
from services.matching.store import opened
from services.matching.store.alerts import Alerts
from services.matching.store.content import AlertContentSealer
from shared.crypto.rest import RestCipher
from shared.wire.local import CandidateFound
from tests.support.matching_world import RIGA, VILNIUS, World, pseudonyms_of, reference, tag_set, withdrawn


@pytest.fixture(autouse=True)
def waiting(world: World) -> None:
    """Intake answers when a test says so."""
    world.intake = None


def asked(world: World) -> list[CandidateFound]:
    return [body for body in world.post.bodies(CandidateFound) if isinstance(body, CandidateFound)]


def all_of(world: World, count: int, name: str = "all of them", partner: str = VILNIUS) -> None:
    """One alert with so many people in it, who all are here."""
    people = [f"{number}" for number in range(count)]
    for one in people:
        world.handle(world.case(one, groups="N", partner=partner))
    keys = [key for one in people for key in pseudonyms_of(one, "N", partner)]
    world.handle(world.alert(name, partner=partner, tag_sets=[tag_set(keys)]), partner)


def test_an_alert_is_compared_with_a_bounded_number_of_cases(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 160 of the commonest names it would be thousands; those that agree in most come first."""
    monkeypatch.setattr(comparing, "MOST_OF_ALERT", 3)
    for one in ("alike", "more alike"):
        world.handle(world.case(one, groups="NDMP"))
    all_of(world, 0)
    keys = [key for one in ("alike", "more alike") for key in pseudonyms_of(one, "NDMP")][:7]
    for number in range(9):
        world.handle(world.case(f"{number}", groups="N"))
        keys += pseudonyms_of(f"{number}", "N")
    world.handle(world.alert(tag_sets=[tag_set(keys)]))
    while world.handlers.compare_more():
        pass
    assert len(asked(world)) == 3
    assert [question.case for question in asked(world)][:2] == [
        reference("case", "alike"), reference("case", "more alike"),
    ]  # fmt: skip


def test_people_in_an_alert_are_not_read_for_it_one_by_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 43: what its own transaction costs must not tell how many of them are here."""
    contexts: list[bytes] = []
    decrypt = RestCipher.decrypt

    def noted(self: RestCipher, sealed: bytes, context: bytes) -> bytes:
        contexts.append(context)
        return decrypt(self, sealed, context)

    monkeypatch.setattr(RestCipher, "decrypt", noted)
    counts = []
    for people in (2, 40):
        for number in range(people):
            world.handle(world.case(f"{number}", groups="N"))
        keys = [key for number in range(people) for key in pseudonyms_of(f"{number}", "N")]
        alert = world.alert(f"{people} people", tag_sets=[tag_set(keys)])
        world.handle(world.alert(f"nobody {people}"))  # so that the column is read before
        contexts.clear()
        world.handle(alert)
        counts.append(sum(b"own_case" in context for context in contexts))
    assert counts == [1, 1]


def test_what_an_alert_left_over_goes_with_it(world: World) -> None:
    """Thousands of rows about alerts that are gone were done in one transaction of many seconds."""
    all_of(world, 9)
    assert len(world.rows("unfinished_comparison")) == 8
    world.handle(withdrawn("all of them"))
    assert world.rows("unfinished_comparison") == []


def test_pairs_of_which_nothing_comes_are_bounded_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(continuing, "PAIRS", 4)
    all_of(world, 10)
    for number in range(10):  # they have nothing in common with the alert any more
        world.handle(world.case(f"{number}", 2, groups="N", person="somebody else"))
    left = len(world.rows("unfinished_comparison"))
    assert world.handlers.compare_more() == 4
    assert len(world.rows("unfinished_comparison")) == left - 4


def test_what_one_partner_left_over_holds_up_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(continuing, "PAIRS", 4)
    all_of(world, 40)
    all_of(world, 3, "of riga", RIGA)
    world.handlers.compare_more()
    assert [question.partner for question in asked(world)][2:] == [VILNIUS, RIGA, VILNIUS, RIGA]
    while world.handlers.compare_more():
        pass
    assert len(asked(world)) == 40 + 3


def test_live_alerts_in_memory_have_a_bound(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A partner can keep as many alive as it likes. All are compared, whatever fits."""
    monkeypatch.setattr(opened, "MOST_BYTES", 20_000)
    for number in range(30):
        world.handle(world.alert(f"{number}", groups="N"))
    alerts = Alerts(AlertContentSealer(RestCipher(world.key)))
    for _ in range(2):
        with world.database.read() as session:
            found, _ = alerts.live(session, VILNIUS, "", 100)
        assert {alert.alert for alert in found} == {reference("alert", f"{number}") for number in range(30)}
        assert 0 < alerts.in_memory.nbytes <= 20_000
        assert len(alerts.in_memory) < 10


def test_an_alert_that_another_worker_deleted_leaves_the_memory(world: World) -> None:
    """Rule 7. The others stay, and are not decrypted again."""
    for name in ("ona", "jonas", "petras"):
        world.handle(world.alert(name))
    alerts = Alerts(AlertContentSealer(RestCipher(world.key)))
    with world.database.read() as session:
        alerts.live(session, VILNIUS, "", 100)
    before = alerts.in_memory.nbytes
    world.handle(withdrawn("ona"))
    statements: list[str] = []
    event.listen(
        world.database.engine, "before_cursor_execute", lambda *args: statements.append(str(args[2]))
    )
    with world.database.read() as session:
        assert len(alerts.live(session, VILNIUS, "", 100)[0]) == 2
    assert not any("content" in statement for statement in statements)
    assert len(alerts.in_memory) == 2
    assert alerts.in_memory.nbytes == before * 2 // 3
