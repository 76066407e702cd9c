"""Databases, what waits in them, what was set aside, and the audit logs."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from admin.audit_commands import explain, verify_all
from admin.doctor.finding import Finding, broken, look, ok
from admin.errors import damaged, is_damaged, sentence
from admin.node import Node
from shared.post import pace, quarantine_mode
from shared.post.routes import Lane
from shared.runtime.clock import LARGEST_ABSENCE, in_utc
from shared.store import clock_seen, inbox, outbox, quarantine, schema
from shared.store.engine import Database
from shared.store.tables import AuditRow, OutboxRow

LATE = timedelta(minutes=15)
CLOCK_SLACK = timedelta(minutes=2)
REFUSED_DAYS = timedelta(days=7)


def databases(node: Node) -> Iterator[Finding]:
    """Reachable, in the newest shape, whole."""
    with node.databases() as opened:
        for service, database in opened.items():
            name = f"database {service}"
            try:
                database.check()
            except SQLAlchemyError as error:
                what = damaged(f"The database of {service}") if is_damaged(error) else sentence(error)
                yield broken(name, what)
                continue
            if schema.needs_migration(database, f"services.{service}"):
                yield broken(name, "It is not in the newest shape: run `myosotis migrate`.")
            elif not _whole(database):
                yield broken(name, damaged(f"The database of {service}"))
            else:
                yield ok(name, f"Reached, newest shape ({database.dialect}).")


def _whole(database: Database) -> bool:
    if database.dialect != "sqlite":
        return True
    with database.read() as session:
        return session.execute(text("PRAGMA quick_check(1)")).scalar() == "ok"


def waiting(node: Node) -> Iterator[Finding]:
    """Outbox and inbox: how much, how old, and what a person has to decide."""
    now = node.clock.now()
    with node.databases() as opened:
        for service, database in opened.items():
            with database.read() as session:
                if (begun := quarantine_mode.since(session)) is not None:
                    yield look(
                        f"quarantine {service}",
                        f"Restored on {begun:%Y-%m-%d}: nothing is sent until `myosotis restore release`.",
                    )
                depths = [outbox.depth(session, lane) for lane in Lane]
                going = Counter(row.reason or "unknown" for row in outbox.parked(session))
                coming = Counter(row.reason or "unknown" for row in inbox.parked(session))
                refused = quarantine.counts(session, now - REFUSED_DAYS)
                backlogs = pace.backlogs(session, now)
            ages = [now - depth.oldest for depth in depths if depth.oldest is not None]
            count = sum(depth.waiting for depth in depths)
            if ages and max(ages) > LATE:
                minutes = int(max(ages).total_seconds() // 60)
                yield look(
                    f"outbox {service}",
                    f"{count} wait, the oldest for {minutes} minutes: is the worker running?",
                )
            else:
                yield ok(f"outbox {service}", f"{count} wait.")
            for way, reasons in (("out", going), ("in", coming)):
                if reasons:
                    why = ", ".join(f"{n} {reason}" for reason, n in reasons.items())
                    advice = "see `myosotis parked list`, mend the cause, then `myosotis parked retry`"
                    yield look(f"parked {way} {service}", f"{why}: {advice}.")
            for backlog in backlogs:
                yield look(
                    f"held back {service}",
                    f"{backlog.sender} sends more than one partner may: {backlog.count} wait, the last until "
                    f"{backlog.until:%Y-%m-%d %H:%M} UTC. Telephone it; `myosotis partner suspend` stops it.",
                )
            if refused:
                codes = ", ".join(f"{n} {code}" for code, n in sorted(refused.items()))
                yield look(f"refused {service}", f"In 7 days: {codes}; see `myosotis quarantine list`.")


def clock(node: Node) -> Iterator[Finding]:
    """The wall clock against the newest time that was written down before."""
    now = node.clock.now()
    written: list[datetime] = []
    seen: list[datetime] = []
    held: list[timedelta] = []
    with node.databases() as opened:
        for database in opened.values():
            with database.read() as session:
                maxima = [session.scalar(select(func.max(one))) for one in (AuditRow.at, OutboxRow.created)]
                written += [in_utc(found) for found in maxima if found is not None]
                seen += [found for found in (clock_seen.last_seen(session),) if found is not None]
                held += [found for found in (clock_seen.held_by(session),) if found is not None]
    newest = max(seen or written, default=now)  # a clock once wrong leaves rows behind that stay wrong
    if newest > now + CLOCK_SLACK:
        minutes = int((newest - now).total_seconds() // 60)
        problem = f"This machine's clock is {minutes} minutes behind what was written down before"
    elif held:
        problem = f"The clock jumped by {int(max(held, key=abs).total_seconds() // 60)} minutes"
    elif seen and now - max(seen) > LARGEST_ABSENCE:
        days = (now - max(seen)).days
        problem = f"The services saw the clock for the last time {days} days ago, or it is far ahead"
    else:
        yield ok("clock", f"{now:%Y-%m-%d %H:%M} UTC, not before anything that was written down.")
        return
    yield broken(
        "clock",
        f"{problem}: {now:%Y-%m-%d %H:%M} UTC. Nothing is deleted by age until it is settled. If that is "
        "wrong, set the time and turn on time synchronisation; if it is right, run `myosotis doctor "
        "--accept-clock`.",
    )


def accept_clock(node: Node) -> None:
    """A person says that the clock is right as it is now."""
    with node.databases() as opened:
        for database in opened.values():
            with database.begin() as session:
                clock_seen.accept(session, node.clock.now())


def audit(node: Node) -> Iterator[Finding]:
    """The three logs."""
    for service, report in verify_all(node).items():
        name = f"audit {service}"
        if report.ok:
            yield ok(name, f"{report.length} rows, unbroken.")
        else:
            yield broken(name, f"Cannot be believed: {explain(report)}. Change nothing; see OPERATIONS.")
