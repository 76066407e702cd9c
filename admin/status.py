"""A node in ten lines of counts."""

from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from admin.node import Node, naming
from services.intake.handlers.actor import Actor
from services.intake.store.alerts import AlertRow
from services.intake.store.cases import CaseRow
from services.intake.store.matches import MatchRow
from shared.post import pace, quarantine_mode
from shared.post.routes import Lane
from shared.store import outbox


def overview(node: Node, actor: Actor) -> dict[str, Any]:
    """Counts and states; nothing of a person."""
    with node.intake() as intake:
        partners = intake.use_cases.partners.overview(actor)
        alarms = intake.use_cases.alarms.open(actor)
        with intake.database.read() as session:
            found: dict[str, Any] = {
                "organisation": node.organisation,
                "quarantine": _quarantine(session),
                "partners": dict(Counter(view.status.value for view in partners)),
                "cases": _counts(session, CaseRow.state),
                "alerts": _counts(session, AlertRow.state),
                "possible_matches": _counts(session, MatchRow.state),
                "alarms": len(alarms),
            }
    with node.databases() as databases:
        for service, database in databases.items():
            with naming(service), database.read() as session:
                depths = [outbox.depth(session, lane) for lane in Lane]
                backlogs = pace.backlogs(session, node.clock.now())
            waiting = {
                "waiting": sum(depth.waiting for depth in depths),
                "parked": sum(depth.parked for depth in depths),
            }
            found[f"outbox_of_{service}"] = waiting
            if service != "notify":  # no partner speaks with it
                found[f"held_back_in_{service}"] = {one.sender: one.count for one in backlogs}
    return found


def _quarantine(session: Session) -> str:
    begun = quarantine_mode.since(session)
    return (
        "no" if begun is None else f"since {begun:%Y-%m-%d}: nothing is sent; see `myosotis restore review`"
    )


def _counts(session: Session, column: InstrumentedAttribute[str]) -> dict[str, int]:
    chosen = select(column, func.count()).group_by(column).order_by(column)
    return dict(session.execute(chosen).all())
