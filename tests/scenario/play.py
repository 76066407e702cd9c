"""What people do in the scenarios, in one line each."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from services.intake.domain.alert import Choices
from services.intake.domain.case import Case
from services.intake.domain.codes import CaseKind, Category, EyeColour, Risk, Sex
from services.intake.domain.dates import PartialDate
from services.intake.domain.person import LastSeen, Person
from services.intake.handlers.alerts.views import AlertView, ShareView
from services.intake.handlers.match_views import MatchSummary
from services.intake.store.alerts import ShareRow
from services.matching.app import MatchingApp
from services.matching.store import tables as matching_tables
from services.notify.admin import NotifyAdmin
from shared.post.upkeep import Upkeep
from shared.runtime.worker import Loop
from shared.store.engine import Database
from shared.store.tables import InboxRow, OutboxRow, RejectedRow
from tests.support.world import Node, World

VILNIUS, RIGA, LYON = "lt-vilnius", "lv-riga", "fr-lyon"
RELEASED = frozenset({"sex", "birth_decade", "height", "eye_colour", "languages"})


def person(given: str = "Austėja", family: str = "Kazlauskienė", born: str = "2008-03-14") -> Person:
    """An invented person."""
    return Person(
        given_name=given,
        family_name=family,
        sex=Sex.FEMALE,
        date_of_birth=PartialDate.parse(born, date(2026, 11, 21)),
        height_cm=168,
        eye_colour=EyeColour.GREEN,
        languages=("lt", "ru"),
        last_seen=LastSeen.at("Vilnius", PartialDate(2026, 11, 2)),
    )


def register(node: Node, kind: CaseKind, someone: Person | None = None, risk: Risk = Risk.HIGH) -> str:
    """A caseworker saves a case; its id."""
    case = Case(kind=kind, person=someone or person(), category=Category.RUNAWAY, risk=risk)
    return node.intake.use_cases.cases.register(case, node.actor()).summary.id


def looks_for(node: Node, someone: Person | None = None) -> str:
    """A missing person is registered."""
    return register(node, CaseKind.MISSING, someone)


def holds(node: Node, someone: Person | None = None) -> str:
    """A found person is registered: an older spelling of the name, as somebody elsewhere would write it."""
    return register(node, CaseKind.FOUND, someone or person("Austeja", "Kazlauskiene"))


def share(node: Node, case_id: str, partners: Sequence[str] | None = None) -> AlertView:
    """The caseworker chooses *Share an alert*."""
    choices = Choices(released=RELEASED)
    return node.intake.use_cases.alerts.publish(case_id, choices, node.actor(), partners=partners)


def withdraw(node: Node, alert: AlertView) -> AlertView:
    """The search ended."""
    return node.intake.use_cases.alerts.withdraw(alert.id, node.actor())


def alert_now(node: Node, alert: AlertView) -> AlertView:
    """The alert as the desk shows it now."""
    return node.intake.use_cases.alerts.get(alert.id, node.actor())


def share_at(node: Node, alert: AlertView, partner: str) -> ShareView:
    """Where an alert stands at one partner."""
    return next(each for each in alert_now(node, alert).shares if each.partner == partner)


def matches_at(node: Node) -> list[MatchSummary]:
    """The possible matches on a desk."""
    return node.intake.use_cases.matches.overview(node.actor())


def alerts_held(node: Node) -> list[tuple[str, str, int, bool]]:
    """What matching holds of partners' alerts: partner, state, version, whether there is content."""
    table = matching_tables.alert
    with node.matching.database.read() as session:
        rows = session.execute(select(table).order_by(table.c.partner, table.c.alert))
        return [(row.partner, row.state, row.version, row.content is not None) for row in rows]


def duty(node: Node, mail: str = "duty@example.org", language: str = "fr") -> None:
    """Somebody is on duty."""
    rota = NotifyAdmin(node.notify.database, node.notify.channels, node.clock)
    rota.add_person("Duty", mail, language=language)


def upkeep(node: Node) -> None:
    """What each service does by the clock: new sealing keys, destroyed old ones, rows past their time."""
    for app in (node.intake, node.matching):
        _upkeep_of(app.loops()).step()


def _upkeep_of(loops: Sequence[Loop]) -> Upkeep:
    [found] = [loop.run for loop in loops if loop.name == "upkeep"]
    owner = getattr(found, "__self__", None)
    assert isinstance(owner, Upkeep)
    return owner


def refused_at(database: Database) -> list[str]:
    """Why messages were refused, each time, in the order of their first time."""
    with database.read() as session:
        rows = session.scalars(select(RejectedRow).order_by(RejectedRow.id))
        return [row.code for row in rows for _ in range(row.times)]


def stuck(world: World) -> list[str]:
    """Rows that wait, came early or are parked, anywhere: a world at rest has none."""
    found = []
    for node in world.nodes.values():
        for app in (node.intake, node.matching, node.notify):
            with app.database.read() as session:
                for row in session.scalars(select(InboxRow).where(InboxRow.state != "done")):
                    found.append(f"{node.id} inbox {row.type} {row.state} {row.reason}")
                for sent in session.scalars(select(OutboxRow).where(OutboxRow.state != "sent")):
                    found.append(f"{node.id} outbox {sent.recipient} {sent.state} {sent.reason}")
    return found


def references(node: Node) -> dict[str, str]:
    """Partner -> the reference under which it knows the newest alert."""
    with node.intake.database.read() as session:
        return {row.partner: row.id for row in session.scalars(select(ShareRow))}


def matching_of(node: Node) -> MatchingApp:
    """The matching service of a node."""
    return node.matching
