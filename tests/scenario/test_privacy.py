"""What a partner, a publisher and a relay can tell apart, and what they cannot (rule 4)."""

import io
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import MetaData, select

from services.intake.domain.codes import MatchState
from services.intake.domain.person import LastSeen
from shared.bus.memory import MemoryBus
from shared.bus.port import Outgoing, PublishOutcome
from shared.post.sender import Post
from shared.runtime import log
from shared.store.engine import Database
from shared.wire.messages import AlertContent, Body
from shared.wire.parties import Party
from shared.wire.values import decode_base64
from tests.scenario.play import (
    LYON,
    RIGA,
    VILNIUS,
    holds,
    looks_for,
    matches_at,
    person,
    share,
    withdraw,
)
from tests.support.world import Node, World, world

pytestmark = pytest.mark.slow

SIMILAR = ("Austeja", "Kazlauskiene", "2008-03-14")
STRANGER = ("Nicolas", "Dubreuil", "1955-12-01")


@dataclass
class Sent:
    """Every alert that an intake sent, as it was before it was sealed."""

    alerts: list[tuple[str, AlertContent]] = field(default_factory=list)

    def listen(self, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
        """Hear what goes out of a node."""
        context = node.intake.use_cases.context
        real = context.post.send

        def send(session: Any, to: Party, body: Body, **options: Any) -> str:
            if isinstance(body, AlertContent):
                self.alerts.append((to.organisation, body))
            return real(session, to, body, **options)

        listening = SimpleNamespace(send=send, tell=context.post.tell, wake=context.post.wake)
        shares = node.intake.use_cases.alerts._shares
        monkeypatch.setattr(shares, "_context", replace(context, post=cast(Post, listening)))


def tags_of(alert: AlertContent) -> set[bytes]:
    """All its tags."""
    data = [decode_base64(each.tags) for each in alert.tag_sets]
    return {tags[start : start + 8] for tags in data for start in range(0, len(tags), 8)}


def salts_of(alert: AlertContent) -> set[str]:
    """All its salts."""
    return {each.salt for each in alert.tag_sets}


def test_two_partners_cannot_join_their_alerts(three: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 39: one person, two partners: no common tag, salt or reference, and no common number."""
    sent = Sent()
    sent.listen(three[VILNIUS], monkeypatch)
    share(three[VILNIUS], looks_for(three[VILNIUS]))
    (first, one), (second, other) = sent.alerts
    assert {first, second} == {LYON, RIGA}
    assert tags_of(one).isdisjoint(tags_of(other))
    assert salts_of(one).isdisjoint(salts_of(other))
    assert one.alert != other.alert
    assert len(tags_of(one)) == len(tags_of(other)) == 160


def test_two_alerts_with_one_surname_cannot_be_linked(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 40: to one partner: the same surname, even the same person once more, no common tag."""
    sent = Sent()
    sent.listen(two[VILNIUS], monkeypatch)
    for given in ("Austėja", "Milda", "Austėja"):
        share(two[VILNIUS], looks_for(two[VILNIUS], person(given)))
    one, other, again = (alert for _, alert in sent.alerts)
    assert tags_of(one).isdisjoint(tags_of(other) | tags_of(again))
    assert tags_of(other).isdisjoint(tags_of(again))
    assert len({one.alert, other.alert, again.alert}) == 3


def test_hits_over_different_cases_or_one_group_show_nothing(two: World) -> None:
    """Case 42: a namesake of another age, and somebody else born on that day with another surname."""
    lyon = two[LYON]
    for given, family, born in (
        ("Austeja", "Petraityte", "1971-06-30"),  # the given name alone
        ("Milda", "Kazlauskiene", "1971-01-02"),  # the surname alone
        ("Dorota", "Lewandowska", "2008-03-14"),  # the date of birth alone
    ):
        # Nothing else is known of them, so no description can speak for them.
        known = person(given, family, born)
        holds(lyon, replace(known, height_cm=None, eye_colour=None, languages=(), last_seen=LastSeen()))
    two.run_slots(2)
    share(two[VILNIUS], looks_for(two[VILNIUS]))
    two.run_slots(2)
    assert matches_at(lyon) == []


@dataclass
class Seen:
    """All that the publisher and the relay can see in one world."""

    tables: dict[str, list[tuple[Any, ...]]]
    traffic: list[tuple[str, str, int, str]]
    log: list[str]


REFERENCE = re.compile(r"\b[a-z]{2,10}_[a-z2-7]{26}\b")
HEX = re.compile(r"\b[0-9a-f]{16,128}\b")


def shape(value: Any) -> Any:
    """A value without what is random in it: bytes by their length, references and digests by their kind."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, str):
        known = HEX.sub("<hex>", REFERENCE.sub(lambda found: found[0].partition("_")[0], value))
        # A base64 text of random bytes, by its length.
        return re.sub(r"[A-Za-z0-9+/]{40,}={0,2}", lambda found: f"<{len(found[0])}>", known)
    return value


def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    metadata = MetaData()
    metadata.reflect(database.engine)
    found = {}
    with database.read() as session:
        for table in metadata.sorted_tables:
            rows = session.execute(select(table)).all()
            shaped = [tuple(shape(value) for value in row) for row in rows]
            # Rows under random keys have no order of their own.
            found[table.name] = sorted(shaped, key=repr)
    return found


def live_through(folder: Path, lyon_holds: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch) -> Seen:
    """The same story whether or not Lyon's case fits; Lyon's people look at what there is and decide."""
    traffic: list[tuple[str, str, int, str]] = []
    lines = io.StringIO()
    with world(folder, (VILNIUS, LYON)) as made, monkeypatch.context() as patch:
        real = MemoryBus.route

        def route(bus: MemoryBus, message: Outgoing) -> PublishOutcome:
            if bus is made.relay:
                at = made.clock.now().isoformat()
                traffic.append((at, message.routing_key, len(message.body), message.content_type))
            return real(bus, message)

        patch.setattr(MemoryBus, "route", route)
        made.befriend(VILNIUS, LYON)
        made.pump()
        holds(made[LYON], person(*lyon_holds))
        made.run_slots(2)
        log.configure("intake", lines)
        alert = share(made[VILNIUS], looks_for(made[VILNIUS]))
        made.run_slots(3)
        fits = lyon_holds == SIMILAR
        assert len(matches_at(made[LYON])) == int(fits)
        for match in matches_at(made[LYON]):
            made[LYON].intake.use_cases.matches.open(match.id, made[LYON].actor())
            made[LYON].intake.use_cases.matches.decide(match.id, MatchState.PROBABLE, made[LYON].actor())
        made.run_slots(3)
        made[VILNIUS].intake.use_cases.alerts.update(alert.id, made[VILNIUS].actor())
        made.run_slots(3)
        withdraw(made[VILNIUS], alert)
        made.run_slots(3)
        node = made[VILNIUS]
        tables: dict[str, list[tuple[Any, ...]]] = {}
        for name, database in (
            ("intake", node.intake.database),
            ("matching", node.matching.database),
            ("notify", node.notify.database),
        ):
            tables |= {f"{name}.{table}": rows for table, rows in dump(database).items()}
        log_lines = [shape(line) for line in lines.getvalue().splitlines()]
        return Seen(tables, sorted(traffic), log_lines)


def test_the_publisher_sees_the_same_with_and_without_a_match(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 43: databases, queues, sizes and times at Vilnius, all that is not random, are equal."""
    found = live_through(tmp_path / "match", SIMILAR, monkeypatch)
    nothing = live_through(tmp_path / "none", STRANGER, monkeypatch)
    assert found.traffic == nothing.traffic
    assert set(found.tables) == set(nothing.tables)
    for name in sorted(found.tables):
        assert found.tables[name] == nothing.tables[name], name
    assert len(found.tables["intake.receipt_item"]) == 5
    assert found.log == nothing.log
