"""Coarse questions between two intakes: their few places, their blocks, their key (decisions/0018)."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.intake.domain.alert import Choices
from services.intake.domain.codes import CaseKind
from services.intake.domain.matchkey_places import is_coarse
from services.intake.domain.matchkeys import MatchKey, alert_keys, case_keys
from services.intake.domain.person import Person
from services.intake.handlers.ports import Context
from services.intake.handlers.pseudonyms import answerer, asker, tasks
from services.intake.handlers.pseudonyms.answerer import keys_of
from services.intake.handlers.pseudonyms.batches import PartnerKeys, PublicKeys, Question
from services.intake.store.pseudonyms import PinnedKeyRow
from shared.crypto.tags import tag
from shared.wire.local import CasePseudonyms
from shared.wire.messages import AlertPublished, PseudonymRequest, PseudonymResponse
from shared.wire.values import decode_base64
from tests.support.clock import manual_clock
from tests.unit.intake.world import (
    LYON,
    POLICY,
    VILNIUS,
    WORKER,
    Node,
    advance,
    case,
    deliver,
    node,
    person,
)

COARSE_OF_48 = [22, 23, 46, 47]


def undated(given: str = "Žydrūnė") -> Person:
    return replace(person(given), date_of_birth=None)


def register(lyon: Node, someone: Person) -> str:
    return lyon.intake.cases.register(case(CaseKind.FOUND, someone), WORKER).summary.id


def round_trip(lyon: Node, vilnius: Node) -> None:
    lyon.new()
    lyon.intake.asker.tick(lyon.clock.now())
    deliver(lyon, vilnius)
    deliver(vilnius, lyon)
    advance(lyon.clock)


def made_of(count: int) -> list[MatchKey]:
    """A fine key, and so many coarse ones."""
    return [MatchKey("N", b"fine"), *(MatchKey("Z", b"coarse %d" % at, coarse=True) for at in range(count))]


@pytest.fixture
def coarse_keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many coarse keys a case has, by its given name; others have none."""
    counts: dict[str, int] = {}
    monkeypatch.setattr(asker, "case_keys", lambda someone: made_of(counts.get(someone.given_name, 0)))
    return counts


@pytest.fixture
def pair(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Node, Node]]:
    """Vilnius and Lyon, with batches of the size that the test asks for."""
    policy = POLICY.model_copy(update={"batch_points": request.param, "first_load_batch": 1000})
    clock = manual_clock()
    made = tuple(
        node(name, tmp_path, clock, policy=policy, partners=(VILNIUS, LYON)) for name in (VILNIUS, LYON)
    )
    yield made[0], made[1]
    for one in made:
        one.database.dispose()


def handed_over(lyon: Node, vilnius: Node, case_id: str) -> int:
    """How many of `made_of`'s coarse keys matching was told for this case; each of them rightly."""
    [told] = [one for one in lyon.bodies(CasePseudonyms) if one.case == case_id]
    known = keys_of(vilnius.intake.context, LYON, 1)
    expected = [known.pseudonym(key) for key in made_of(len(told.entries) - 1)]
    assert [decode_base64(entry.value) for entry in told.entries] == expected
    return len(told.entries) - 1


@pytest.mark.parametrize(
    ("pair", "coarse", "handed"),
    [(240, 7, 7), (100, 7, 7), (100, 10, 8), (49, 7, 4), (30, 7, 2), (24, 1, 1), (24, 0, 0)],
    indirect=["pair"],
)
def test_coarse_keys_take_several_blocks_of_batches_of_any_size(
    pair: tuple[Node, Node], coarse_keys: dict[str, int], coarse: int, handed: int
) -> None:
    """Where a batch has too few blocks for a case, the last coarse keys are left out."""
    vilnius, lyon = pair
    coarse_keys["Rasa"] = coarse
    case_id = register(lyon, person("Rasa"))
    round_trip(lyon, vilnius)
    assert handed_over(lyon, vilnius, case_id) == handed


@pytest.mark.parametrize("pair", [23], indirect=True)
def test_a_batch_too_small_for_a_case_is_answered_all_the_same(
    pair: tuple[Node, Node], coarse_keys: dict[str, int]
) -> None:
    vilnius, lyon = pair
    with lyon.database.begin() as session:
        row = tasks.asking_of(session, VILNIUS)
        row.first_load = "done"
    register(lyon, person("Rasa"))
    round_trip(lyon, vilnius)
    assert lyon.bodies(CasePseudonyms) == []
    assert lyon.alarms() == set()
    pinned_keys(lyon)


@pytest.mark.parametrize("pair", [72], indirect=True)
def test_a_case_that_does_not_fit_waits_and_is_first_in_the_next_batch(
    pair: tuple[Node, Node], coarse_keys: dict[str, int]
) -> None:
    """Three blocks: the small ones go before it once, however many more of them arrive."""
    vilnius, lyon = pair
    coarse_keys["Large"] = 6
    first, large, second, third = (register(lyon, person(name)) for name in ("One", "Large", "Two", "Three"))
    with lyon.database.begin() as session:
        tasks.asking_of(session, VILNIUS).first_load = "done"
    round_trip(lyon, vilnius)
    assert [one.case for one in lyon.bodies(CasePseudonyms)] == [first, second]
    for name in ("Four", "Five", "Six"):
        register(lyon, person(name))
    round_trip(lyon, vilnius)
    assert [one.case for one in lyon.bodies(CasePseudonyms)] == [first, second, large]
    assert handed_over(lyon, vilnius, large) == 6
    round_trip(lyon, vilnius)
    assert [one.case for one in lyon.bodies(CasePseudonyms)][3] == third


@pytest.mark.parametrize("count", [0, 2, 7, 10])
def test_batches_look_the_same_however_coarse_the_cases_are(
    lyon: Node, coarse_keys: dict[str, int], count: int
) -> None:
    """Case 37."""
    coarse_keys["Rasa"] = count
    register(lyon, person("Rasa"))
    for _ in range(3):
        lyon.intake.asker.tick(lyon.clock.now())
        advance(lyon.clock)
    sent = lyon.bodies(PseudonymRequest)
    assert len(sent) == 6  # three slots, two partners
    assert {one.purpose for one in sent} == {"regular"}
    assert {len(decode_base64(one.blinded)) for one in sent} == {POLICY.batch_points * 32}


def pinned_keys(lyon: Node) -> PublicKeys:
    with lyon.database.read() as session:
        row = session.get_one(PinnedKeyRow, (VILNIUS, 1))
        return PublicKeys(row.public_key, row.coarse_public_key)


@pytest.mark.parametrize("part", ["fine", "coarse"])
def test_both_keys_are_pinned(vilnius: Node, lyon: Node, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """A publisher that changes one of them inside an epoch could tell cases apart: nothing is stored."""
    register(lyon, person())
    round_trip(lyon, vilnius)
    known = keys_of(vilnius.intake.context, LYON, 1).public
    assert pinned_keys(lyon) == known
    lyon.intake.cases.update(lyon.bodies(CasePseudonyms)[0].case, case(CaseKind.FOUND), 1, WORKER)

    def changed(context: Context, partner: str, epoch: int) -> PartnerKeys:
        keys = PartnerKeys(context.keys.pseudonym_master, context.organisation, partner, epoch)
        other = PartnerKeys(secrets.token_bytes(32), context.organisation, partner, epoch)
        setattr(keys, f"_{part}", getattr(other, f"_{part}"))
        keys.public = replace(keys.public, **{part: getattr(other.public, part)})
        return keys

    monkeypatch.setattr(answerer, "keys_of", changed)
    round_trip(lyon, vilnius)
    assert vilnius.bodies(PseudonymResponse)[-1].outcome == "evaluated"
    assert len(lyon.bodies(CasePseudonyms)) == 1
    assert "pseudonym_key_changed" in lyon.alarms()
    assert pinned_keys(lyon) == known


def test_somebody_without_a_birth_date_is_found_under_the_coarse_key(vilnius: Node, lyon: Node) -> None:
    someone = undated("Margarita")  # a long name: more coarse keys than there are places
    found = register(lyon, someone)
    searched = vilnius.intake.cases.register(case(CaseKind.MISSING, someone), WORKER).summary.id
    round_trip(lyon, vilnius)
    vilnius.intake.alerts.publish(searched, Choices(), WORKER, partners=[LYON])
    [told], [alert] = lyon.bodies(CasePseudonyms), vilnius.bodies(AlertPublished)
    assert told.case == found
    salt = decode_base64(alert.tag_sets[0].salt)
    groups = {
        entry.group
        for entry in told.entries
        if tag(salt, decode_base64(entry.value)) in decode_base64(alert.tag_sets[0].tags)
    }
    coarse = [key.group for key in case_keys(someone) if key.coarse]
    assert len(coarse) > 4
    assert groups >= set(coarse[:4])  # a batch of two blocks has places for four of them


def test_an_alert_tells_a_guesser_nothing_coarse_for_its_fine_places(vilnius: Node) -> None:
    """All 48 places ask the alert's own coarse keys; only those in coarse places fit a tag."""
    searched = vilnius.intake.cases.register(case(CaseKind.MISSING, undated()), WORKER).summary.id
    vilnius.intake.alerts.publish(searched, Choices(), WORKER, partners=[LYON])
    [alert] = vilnius.bodies(AlertPublished)
    salt, tags = decode_base64(alert.tag_sets[0].salt), decode_base64(alert.tag_sets[0].tags)
    guesses = [key.text for key in alert_keys(undated()) if key.coarse]
    assert guesses
    question = Question([guesses[place % len(guesses)] for place in range(48)])
    keys = keys_of(vilnius.intake.context, LYON, 1)
    found = question.finalize(keys.evaluate(question.blinded), keys.public)
    hits = [place for place, one in enumerate(found) if tag(salt, one) in tags]
    assert hits == COARSE_OF_48
    assert all(is_coarse(place, 48) for place in hits)
