"""Case 43 under a flood: the receipts of one who guesses tell nothing, however many alerts the guess fills.

Asking intake and proposing take time only where something matches. Here they take the clock's time: three
times what was measured, scaled to an allowance of 10 alerts a slot instead of 2,000.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from services.matching.allowances import allowances
from services.matching.domain import slots
from services.matching.finer import Finer
from services.matching.proposing import Proposing
from shared.post import processor
from shared.post.pace import Allowance
from shared.post.sealed import SealedPost
from shared.post.sealed_opener import EnvelopeOpener
from shared.runtime import ids
from shared.wire.messages import AlertPublished, AlertWithdrawn, Body, Receipt
from shared.wire.parties import Party, Role
from tests.scenario.play import LYON, VILNIUS, alerts_held, holds, looks_for, matches_at, share
from tests.support.world import SLOT, World, world

pytestmark = pytest.mark.slow

A_SLOT = 10
FLOOD = 4 * A_SLOT
SCALE = 2_000 / A_SLOT
ASK_SECONDS = 0.004 * 2.5 * SCALE
MATCH_SECONDS = 0.008 * 2.5 * SCALE
RECALL_SECONDS = 0.003 * 2.5 * SCALE

Told = list[tuple[int, list[tuple[str, int, str]]]]
"""By slot since the flood began: outcome, version and time of every item that was signed."""


def told(
    folder: Path, patch: pytest.MonkeyPatch, held: bool, limits: Sequence[Allowance], count: int = FLOOD
) -> Told:
    """What Vilnius is told after it sent one guess many times and took all of it back."""
    with world(folder, (VILNIUS, LYON)) as made:
        made.befriend(VILNIUS, LYON)
        made.pump()
        lyon = made[LYON]
        if held:
            holds(lyon)
        made.run_slots(3)
        guess = _sent(patch, made)
        made.run_slots(3)
        matching = lyon.posts[1].office
        matching.allowances = tuple(limits)
        matching.sealed = replace(cast(EnvelopeOpener, matching.sealed), aide=None)
        _takes_time(patch, made)
        seen: Told = []
        patch.setattr(processor, "BATCH", 4)  # receipts have their turn between batches, as in a real worker
        made.clock.advance(timedelta(seconds=SLOT - made.clock.now().timestamp() % SLOT))
        begin = slots.number(made.clock.now(), SLOT)
        real = SealedPost.send

        def listen(post: SealedPost, session: Any, to: Party, body: Body, **how: Any) -> str:
            if isinstance(body, Receipt) and to.organisation == VILNIUS:
                items = sorted((one.outcome.value, one.version, one.at) for one in body.items)
                seen.append((slots.number(made.clock.now(), SLOT) - begin, items))
            return real(post, session, to, body, **how)

        with patch.context() as ears:
            ears.setattr(SealedPost, "send", listen)
            references = [ids.new_id("alert") for _ in range(count)]
            _flood(made, [guess.model_copy(update={"alert": one}) for one in references])
            _run(made, begin + 10)
            assert len(alerts_held(lyon)) == 1 + count
            assert (len(matches_at(lyon)) > 0) is held
            _flood(made, [AlertWithdrawn(alert=one, version=2) for one in references])
            _run(made, begin + 20)
        assert {row[1] for row in alerts_held(lyon)[1:]} <= {"withdrawn", "live"}
        assert sum(row[1] == "withdrawn" for row in alerts_held(lyon)) == count
    return seen


def both(
    folder: Path, patch: pytest.MonkeyPatch, limits: Sequence[Allowance], count: int = FLOOD
) -> tuple[Told, Told]:
    """What it is told by a Lyon that holds her, and by one that does not."""
    found = []
    for held in (True, False):
        with patch.context() as one:
            found.append(told(folder / str(held), one, held, limits, count))
    return found[0], found[1]


def test_a_flood_of_one_guess_is_signed_in_the_same_slots_match_or_no_match(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_match, without = both(tmp_path, monkeypatch, allowances(A_SLOT))
    assert with_match == without
    assert sum(len(items) for _, items in without) == 3 * FLOOD, "stored, compared, deleted"


def test_without_an_allowance_the_receipts_would_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the test above can fail: twice the flood, since a question takes half the time, and no limit."""
    with_match, without = both(tmp_path, monkeypatch, allowances(100 * A_SLOT), 2 * FLOOD)
    assert with_match != without


def _sent(patch: pytest.MonkeyPatch, made: World) -> AlertPublished:
    """An alert as Vilnius sends it to Lyon: what a dishonest intake can send again and again."""
    found: list[AlertPublished] = []
    real = SealedPost.send

    def listen(post: SealedPost, session: Any, to: Party, body: Body, **how: Any) -> str:
        if isinstance(body, AlertPublished):
            found.append(body)
        return real(post, session, to, body, **how)

    with patch.context() as ears:
        ears.setattr(SealedPost, "send", listen)
        share(made[VILNIUS], looks_for(made[VILNIUS]), [LYON])
    return found[0]


def _takes_time(patch: pytest.MonkeyPatch, made: World) -> None:
    ask, settle, retract = Finer._ask, Proposing.settle, Proposing.retract

    def slow_ask(self: Finer, *arguments: Any) -> None:
        ask(self, *arguments)
        made.clock.advance(timedelta(seconds=ASK_SECONDS))

    def slow_settle(self: Proposing, *arguments: Any) -> None:
        settle(self, *arguments)
        made.clock.advance(timedelta(seconds=MATCH_SECONDS))

    def slow_retract(self: Proposing, session: Any, references: Sequence[str], why: Any) -> None:
        retract(self, session, references, why)
        made.clock.advance(timedelta(seconds=RECALL_SECONDS * len(references)))

    patch.setattr(Finer, "_ask", slow_ask)
    patch.setattr(Proposing, "settle", slow_settle)
    patch.setattr(Proposing, "retract", slow_retract)


def _flood(made: World, bodies: Sequence[Body]) -> None:
    """All of it lies at the relay before Lyon takes the first."""
    intake = made[VILNIUS].intake
    with intake.database.begin() as session:
        for body in bodies:
            intake.use_cases.context.post.send(session, Party(LYON, Role.MATCHING), body)
    for post in made[VILNIUS].posts:
        for lane in post.wires.lanes:
            while post.office.outbox_relay(lane).publish_due():
                pass


def _run(made: World, until: int) -> None:
    """Lyon works on. The clock moves by itself while it compares, and by five seconds when it rests."""
    lyon = made[LYON]
    while slots.number(made.clock.now(), SLOT) < until:
        if lyon.turn() == 0:
            made.clock.advance(timedelta(seconds=5))
