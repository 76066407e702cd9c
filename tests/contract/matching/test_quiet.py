"""A possible match of the lowest strength stands on the desk and wakes nobody."""

import pytest

from services.matching import scoring
from shared.wire import messages
from shared.wire.codes import Strength
from shared.wire.local import DutyWaiting, MatchDecided, MatchProposed
from tests.support.matching_world import World, withdrawn


@pytest.fixture
def unlikely(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Whatever is found is unlikely; `undo` makes it as strong as it is."""
    monkeypatch.setattr(scoring, "STRENGTHS", ())
    return monkeypatch


def proposed(world: World) -> list[MatchProposed]:
    return [body for body in world.post.bodies(MatchProposed) if isinstance(body, MatchProposed)]


def told(world: World) -> list[str]:
    return [body.reference for body in world.post.bodies(DutyWaiting) if isinstance(body, DutyWaiting)]


def update(world: World, version: int, colour: str) -> None:
    changed = {"sex": "female", "birth_decade": 1990, "eye_colour": colour}
    world.handle(world.alert(version=version, kind=messages.AlertUpdated, description=changed))


def test_an_unlikely_match_is_shown_and_tells_nobody(world: World, unlikely: pytest.MonkeyPatch) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    [match] = proposed(world)
    assert (match.strength, match.duty) == (Strength.UNLIKELY, None)
    assert told(world) == []
    assert world.rows("duty_notice") == []


def test_every_stronger_one_tells(world: World) -> None:
    assert [strength for strength in Strength if not strength.wakes] == [Strength.UNLIKELY]
    world.handle(world.case())
    world.handle(world.alert())
    assert told(world) == [proposed(world)[0].match]


def test_it_is_told_once_it_is_stronger_and_not_again(world: World, unlikely: pytest.MonkeyPatch) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    update(world, 2, "blue")
    assert told(world) == []
    unlikely.undo()
    update(world, 3, "brown")
    assert told(world) == [proposed(world)[-1].match] == [proposed(world)[-1].duty]
    update(world, 4, "green")
    assert len(told(world)) == 1
    assert proposed(world)[-1].duty is None, "what is told already is only shown anew"


def test_who_has_looked_at_it_is_not_woken_for_it(world: World, unlikely: pytest.MonkeyPatch) -> None:
    world.handle(world.case())
    world.handle(world.alert())
    match = proposed(world)[0]
    world.handle(MatchDecided.model_validate_json(
        f'{{"match": "{match.match}", "state": "in_review", "facts": "{match.facts}"}}'
    ))  # fmt: skip
    unlikely.undo()
    update(world, 2, "brown")
    assert len(proposed(world)) == 2
    assert told(world) == []


def test_unlikely_ones_do_not_use_up_the_notice_of_a_strong_one(
    world: World, unlikely: pytest.MonkeyPatch
) -> None:
    """Many alerts of one person are one notice: the first that is told, not the first that is shown."""
    world.handle(world.case())
    world.handle(world.alert("a guess", person="ona"))
    world.handle(withdrawn("a guess"))
    unlikely.undo()
    world.handle(world.alert())
    assert told(world) == [proposed(world)[-1].match]
