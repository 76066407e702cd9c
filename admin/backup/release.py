"""After a restore: review what was shared, decide, and let the node speak again (case 84).

A backup is older than what partners know. So numbers and versions jump ahead, what was withdrawn or erased
since is withdrawn or erased again, and everything that is still shared goes out anew under new sealing keys.
"""

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin.backup import standings
from admin.backup.restoring import PARKED
from admin.errors import AdminError
from admin.node import Node
from admin.rotation.commands import rotate_sealing
from admin.witness import Witness
from services.intake.app import IntakeApp
from services.intake.domain.alert import AlertState
from services.intake.handlers import set_aside
from services.intake.handlers.actor import ADMINISTERS, Actor
from services.intake.handlers.alerts import lost as lost_alerts
from services.intake.handlers.alerts.shares import Shares
from services.intake.handlers.people import People
from services.intake.handlers.vault import CaseVault
from services.intake.store.alerts import AlertRow, ShareRow
from services.intake.store.cases import CaseRow
from shared.bus.topology import SERVICES
from shared.post import quarantine_mode
from shared.runtime import ids
from shared.store import outbox, sequence
from shared.store.tables import OutboxRow, SequenceRow
from shared.wire.parties import Role

NUMBERS_AHEAD = 1_000_000
"""How far a stream jumps when its partner gave no witness; the gap makes the partner ask for everything."""
VERSIONS_AHEAD = 1_000
LARGEST_VERSION = 1_000_000
"""As the wire has it (shared.wire.values.Version)."""
MAY_RELEASE = ADMINISTERS


class Decision(StrEnum):
    """What became of an alert since the backup."""

    KEEP = "keep"
    WITHDRAW = "withdraw"
    ERASE = "erase"
    """The case behind it was erased since: it is erased again."""


@dataclass(frozen=True, slots=True)
class Released:
    """What was done."""

    kept: int
    withdrawn: int
    erased: int
    sent_anew: int
    lost: int
    """Alerts that only partners know any more; they are recalled."""


def live_alerts(node: Node) -> list[dict[str, object]]:
    """What the restored node believes to be shared."""
    with node.database("intake") as database, database.read() as session:
        chosen = select(AlertRow).where(AlertRow.state == AlertState.PUBLISHED).order_by(AlertRow.created_at)
        return [
            {
                "alert": row.id,
                "short": ids.short(row.id),
                "case": row.case_id,
                "case_short": ids.short(row.case_id),
                "shared": row.created_at,
                "decision": "",
            }
            for row in session.scalars(chosen)
        ]


def read_decisions(path: Path) -> dict[str, Decision]:
    """A CSV with the columns `alert` (or `case`) and `decision`. Raises AdminError."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, Decision] = {}
    for number, row in enumerate(rows, start=2):
        reference = (row.get("alert") or row.get("case") or "").strip()
        try:
            found[reference] = Decision((row.get("decision") or "").strip().lower())
        except ValueError:
            raise AdminError(
                f"{path}, row {number}: write keep, withdraw or erase as the decision."
            ) from None
    return found


def release(
    node: Node,
    actor: Actor,
    decisions: Mapping[str, Decision] | None,
    witnesses: Mapping[str, Witness],
    *,
    keep: Collection[str],
    suspend: Collection[str] = (),
) -> Released:
    """Reconcile and end the quarantine. `decisions` None: everything is still shared.

    `witnesses`: partner -> the file that it gave us. `keep` and `suspend` name every partner with whom there
    was an exchange at the time of the backup. Raises AdminError, and changes nothing, when a live alert or a
    partner has no decision, or a witness file is not that partner's word.
    """
    now, gone = node.clock.now(), frozenset(suspend)
    for partner, witness in witnesses.items():
        witness.must_be_word_of(partner, node.organisation)
    with node.intake() as intake, intake.database.begin() as session:
        if not quarantine_mode.is_quarantined(session):
            raise AdminError("This node is not in quarantine: there is nothing to release.")
        standings.check(session, keep, suspend)
        standings.suspend_in_intake(intake, session, actor, gone)
        kept, withdrawn, erased = _decide(intake, session, actor, decisions)
        _catch_up(session, witnesses, now, gone)
    for service in SERVICES[1:]:
        with node.database(service) as database, database.begin() as session:
            if service == Role.MATCHING:
                standings.suspend_in_matching(session, gone, now)
            _catch_up(session, witnesses, now, gone)
    rotate_sealing(node)
    with node.matching() as matching, matching.database.begin() as session:
        # What partners withdrew since the backup is here again, too.
        for partner in matching.directory.view(session, now).verified():
            matching.handlers.ask_anew(session, partner)
    for service in SERVICES[1:]:
        with node.database(service) as database, database.begin() as session:
            quarantine_mode.release(session)
    with node.intake() as intake, intake.database.begin() as session:
        # Last, and in one step with the new sending: an interruption before it leaves the node silent.
        shares = _shares(intake)
        partners = intake.directory.view(session, now).verified()
        anew = sum(shares.send_anew(session, partner) for partner in partners)
        lost = _recall_lost(intake, session, actor, witnesses)
        set_aside.admit(session, actor.id)
        details: dict[str, str | int] = {"kept": kept, "withdrawn": withdrawn, "erased": erased}
        intake.use_cases.context.audit.append(session, actor.id, "restore.released", "node", details)
        quarantine_mode.release(session)
    return Released(kept, withdrawn, erased, anew, lost)


def _recall_lost(intake: IntakeApp, session: Session, actor: Actor, witnesses: Mapping[str, Witness]) -> int:
    """What partners hold and this backup does not know; returns how many alerts that were."""
    context, recalled = intake.use_cases.context, 0
    for partner, witness in witnesses.items():
        for held in witness.alerts:
            version = min(held.version + VERSIONS_AHEAD, LARGEST_VERSION)
            if lost_alerts.recall(context, session, partner, held.alert, version):
                context.audit.append(session, actor.id, "restore.recalled", held.alert)
                recalled += 1
    return recalled


def _decide(
    intake: IntakeApp, session: Session, actor: Actor, decisions: Mapping[str, Decision] | None
) -> tuple[int, int, int]:
    live = session.scalars(select(AlertRow).where(AlertRow.state == AlertState.PUBLISHED)).all()
    chosen: dict[str, Decision] = {}
    for alert in live:
        by_case = (decisions or {}).get(alert.case_id)
        decision = Decision.KEEP if decisions is None else decisions.get(alert.id, by_case)
        if decision is None:
            raise AdminError(
                f"Alert {alert.id} has no decision: write keep, withdraw or erase for each; nothing was done."
            )
        chosen[alert.id] = decision
    for share in session.scalars(select(ShareRow)):
        share.version += VERSIONS_AHEAD  # a partner may have seen versions that this backup does not know
    session.flush()
    shares, erased = _shares(intake), 0
    wanted = {case for case, what in (decisions or {}).items() if what is Decision.ERASE}
    for alert in live:
        if chosen[alert.id] is Decision.WITHDRAW:
            shares.withdraw_alert(session, alert)
        elif chosen[alert.id] is Decision.ERASE:
            wanted.add(alert.case_id)
    for reference in sorted(wanted):
        row = session.get(CaseRow, reference)
        if row is not None and row.state != "erased":
            intake.use_cases.cases.erase_row(session, row, actor)
            erased += 1
    count = list(chosen.values()).count
    return count(Decision.KEEP), count(Decision.WITHDRAW), erased


def _settle_waiting(session: Session, now: datetime, gone: Collection[str]) -> None:
    """What waited for partners at the time of the backup.

    What was meant for their matching is about alerts: forgotten, because what still holds goes out anew. The
    rest (notices, receipts, keys) goes out late; what arrived before the accident is recognised there.
    """
    ours = OutboxRow.state == "parked", OutboxRow.reason == PARKED
    for partner in gone:  # which is given nothing any more
        session.execute(delete(OutboxRow).where(*ours, OutboxRow.recipient.startswith(f"{partner}/")))
    session.execute(delete(OutboxRow).where(*ours, OutboxRow.recipient.endswith(f"/{Role.MATCHING}")))
    outbox.retry_parked(session, now, ids=list(session.scalars(select(OutboxRow.id).where(*ours))))


def _catch_up(
    session: Session, witnesses: Mapping[str, Witness], now: datetime, gone: Collection[str]
) -> None:
    """Every stream to a partner goes on after what that partner has seen.

    Never further than without its word: a partner that names a huge number would end the stream.
    """
    _settle_waiting(session, now, gone)
    seen = {one.stream: one.last for witness in witnesses.values() for one in witness.received}
    for row in session.scalars(select(SequenceRow).where(SequenceRow.direction == "out")).all():
        sender, _, to = row.stream.partition(">")
        if sender.partition("/")[0] != to.partition("/")[0]:
            ahead = row.last + NUMBERS_AHEAD
            sequence.advance(session, row.stream, min(seen.get(row.stream, ahead), ahead))


def _shares(intake: IntakeApp) -> Shares:
    context = intake.use_cases.context
    return Shares(context, People(context, CaseVault(context)))
