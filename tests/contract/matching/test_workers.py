"""Case 87 with the second stage: several workers on one inbox, answers between everything, each pair once."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, func, select
from sqlalchemy.orm import Session

from services.matching.handlers import Handlers
from services.matching.store import unfinished
from shared.post import processor
from shared.post.incoming import Incoming
from shared.post.processor import Processor
from shared.store import inbox
from shared.store.tables import InboxRow
from shared.wire.local import CandidateFound, DutyWaiting, MatchProposed
from shared.wire.messages import Body
from shared.wire.parties import Party
from tests.support.matching_world import World, agreement, answer_to, reference

PEOPLE = [f"{number}" for number in range(10)]
ALERTS_EACH = 3
WORKERS = 3
PATIENCE_SECONDS = 60.0

told = Table(
    "told_in_test",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("type", String(40), nullable=False),
    Column("body", String, nullable=False),
)
"""What was told, in the transaction that told it: what is undone was not said."""


@dataclass
class StoredPost:
    """A post that says nothing before the commit."""

    def tell(self, session: Session, body: Body, *, priority: int = 5) -> str:
        session.execute(told.insert().values(type=body.TYPE, body=body.model_dump_json()))
        return reference("msg", "x")

    def wake(self, session: Session, key: str) -> int:
        return 0

    def send(self, session: Session, to: Party, body: Body, **how: Any) -> str:
        raise AssertionError("nothing here goes to a partner")


@dataclass
class Node:
    """One database with its inbox, its workers and an intake that answers."""

    world: World
    messages: dict[bytes, Incoming] = field(default_factory=dict)
    heard: int = 0

    def arrive(self, session: Session, body: Body) -> None:
        incoming = self.world.incoming(body)
        payload = incoming.id.encode()
        self.messages[payload] = incoming
        now = self.world.clock.now()
        row = inbox.Incoming(incoming.sender, incoming.id, incoming.type, payload, now)
        assert inbox.put(session, row, None)

    def said(self, kind: type[Body]) -> list[Any]:
        with self.world.database.read() as session:
            chosen = select(told.c.body).where(told.c.type == kind.TYPE).order_by(told.c.id)
            return [kind.model_validate_json(body) for body in session.scalars(chosen)]

    def answer(self, chance: random.Random) -> int:
        """What was asked since the last call is answered, in any order, some of it twice; how much."""
        questions = self.said(CandidateFound)[self.heard :]
        self.heard += len(questions)
        said = [answer_to(question, agreement()) for question in questions]
        with self.world.database.begin() as session:
            for body in chance.sample(said + said[::2], len(said + said[::2])):
                self.arrive(session, body)
        return len(questions)

    def is_quiet(self) -> bool:
        with self.world.database.read() as session:
            open_rows = select(func.count()).select_from(InboxRow).where(InboxRow.state != "done")
            return session.scalar(open_rows) == 0 and unfinished.first(session) is None

    def worker(self, name: str) -> tuple[Processor, Handlers]:
        handlers = self.world.another_worker()
        return self._processor(handlers, name), handlers

    def _processor(self, handlers: Handlers, name: str) -> Processor:
        return Processor(
            self.world.database,
            handlers.handlers,
            lambda payload, received: replace(self.messages[payload], received=received),
            None,
            self.world.clock,
            name,
            batches=handlers.batches,
        )


@pytest.fixture
def node(world: World) -> Node:
    """Intake answers through the inbox, and what is said is stored."""
    told.create(world.database.engine)
    world.intake = None
    world.post = StoredPost()  # type: ignore[assignment]
    world.handlers = world.another_worker()
    return Node(world)


def together(works: list[Callable[[], None]]) -> None:
    """Each in a thread of its own; the first error is raised here."""
    failed: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as problem:
            failed.append(problem)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert not any(thread.is_alive() for thread in threads)
    if failed:
        raise failed[0]


@pytest.mark.slow
def test_workers_share_one_inbox_and_propose_every_pair_once(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alerts and own cases of the same people come in any order, and answers, some twice, between them."""
    monkeypatch.setattr(processor, "BATCH", 4)
    chance = random.Random(87)
    world = node.world
    bodies: list[Body] = [world.case(name) for name in PEOPLE]
    names = [(name, f"{name}, {number}") for name in PEOPLE for number in range(ALERTS_EACH)]
    bodies += [world.alert(alert, person=name) for name, alert in names]
    with world.database.begin() as session:
        for body in chance.sample(bodies, len(bodies)):
            node.arrive(session, body)
    barrier, over = threading.Barrier(WORKERS), threading.Event()
    handled: Counter[str] = Counter()

    def work(name: str) -> Callable[[], None]:
        one, handlers = node.worker(name)

        def run() -> None:
            barrier.wait()
            while not over.is_set():
                handled[name] += one.process_due()
                handlers.compare_more()

        return run

    def intake() -> None:
        waited = threading.Event()
        for _ in range(int(PATIENCE_SECONDS / 0.05)):
            if not node.answer(chance) and node.is_quiet() and not node.answer(chance):
                break
            waited.wait(0.05)
        over.set()

    together([intake, *(work(f"worker-{number}") for number in range(WORKERS))])
    pairs = {(reference("alert", alert), reference("case", name)): 1 for name, alert in names}
    assert Counter((match.alert, match.case) for match in node.said(MatchProposed)) == pairs
    assert Counter((one.alert, one.case) for one in node.said(CandidateFound)) == pairs, "asked once, too"
    on_record = [(row["alert"], row["own_case"]) for row in world.rows("possible_match")]
    assert Counter(on_record) == pairs
    assert {one.reference for one in node.said(DutyWaiting)} <= {one.duty for one in node.said(MatchProposed)}
    assert len(handled) == WORKERS, "each had its share"
    assert min(handled.values()) > 0


def test_an_answer_that_two_workers_take_up_at_once_is_proposed_once(node: Node) -> None:
    """The same answer under two ids, and the same question overdue at a third worker."""
    world = node.world
    world.handle(world.case())
    world.handle(world.alert())
    [question] = node.said(CandidateFound)
    with world.database.begin() as session:
        for _ in range(2):
            node.arrive(session, answer_to(question, agreement()))
    barrier = threading.Barrier(3)
    (first, _), (second, _), (_, third) = (node.worker(f"worker-{number}") for number in range(3))

    def settle(one: Processor) -> Callable[[], None]:
        def run() -> None:
            barrier.wait()
            while not node.is_quiet():
                one.process_due()

        return run

    def ask() -> None:
        barrier.wait()
        third.ask_again()
        third.compare_more()

    together([settle(first), settle(second), ask])
    assert len(node.said(MatchProposed)) == len(world.rows("possible_match")) == 1
