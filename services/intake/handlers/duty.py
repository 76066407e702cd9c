"""What notify says about what waits: kept for the desk, which never waits for notify (DESIGN 3)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import EVERY_TEAM, READS_CASES, Actor
from services.intake.handlers.ports import Context
from services.intake.handlers.visible import visible
from services.intake.store.alerts import AlertRow, NoticeRow, ShareRow
from services.intake.store.cases import CaseRow
from services.intake.store.desk import DutyStateRow
from services.intake.store.matches import MatchRow
from shared.post.incoming import Incoming, Refuse
from shared.runtime import clock as clocks
from shared.runtime import ids
from shared.wire.local import DutyState


@dataclass(frozen=True, slots=True)
class DutyEntry:
    """Who was told about one thing that waits."""

    reference: str
    short: str
    state: str
    channel: str
    told: int
    reason: str | None
    at: datetime


class Duty:
    """The handler of `duty.state`, and what the desk shows of it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def on_state(self, session: Session, incoming: Incoming) -> None:
        """Keep the newest word about a reference; an older one that comes late changes nothing."""
        body = incoming.body
        if not isinstance(body, DutyState):
            raise TypeError("only duty.state is handled here")
        if incoming.sender != "notify":
            raise Refuse("sender.not-notify")
        at = clocks.from_wire(body.at)
        row = session.get(DutyStateRow, body.reference)
        if row is None:
            row = DutyStateRow(reference=body.reference)
            session.add(row)
        elif (row.at, row.step) > (at, body.step):
            return
        row.state, row.channel, row.told = body.state, body.channel, body.told
        row.reason, row.at, row.step = body.reason, at, body.step

    def entries(self, by: Actor) -> list[DutyEntry]:
        """What is told of the cases that this person may see, the newest first, at most a hundred."""
        by.must_be(READS_CASES)
        with self._context.database.read() as session:
            chosen = select(DutyStateRow).order_by(DutyStateRow.at.desc()).limit(100)
            if by.role not in EVERY_TEAM:
                of_matches = select(MatchRow.duty).join(CaseRow, CaseRow.id == MatchRow.case_id)
                of_notices = (
                    select(NoticeRow.duty)
                    .join(ShareRow, ShareRow.id == NoticeRow.share_id)
                    .join(AlertRow, AlertRow.id == ShareRow.alert_id)
                    .join(CaseRow, CaseRow.id == AlertRow.case_id)
                )
                chosen = chosen.where(
                    or_(
                        DutyStateRow.reference.in_(of_matches.where(visible(by))),
                        DutyStateRow.reference.in_(of_notices.where(visible(by))),
                    )
                )
            rows = session.scalars(chosen)
            return [
                DutyEntry(
                    row.reference,
                    ids.short(row.reference),
                    row.state,
                    row.channel,
                    row.told,
                    row.reason,
                    row.at,
                )
                for row in rows
            ]
