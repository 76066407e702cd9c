"""Who is to be told of one reference, and what the desk hears about it."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.notify.channels.registry import Channels
from services.notify.domain import reasons
from services.notify.domain.rota import on_duty
from services.notify.domain.states import Standing, WaitingState, standing
from services.notify.domain.urgency import Reach, priority, reach
from services.notify.store import deliveries, people
from services.notify.store.tables import WaitingRow
from shared.runtime.clock import to_wire
from shared.wire.local import DutyState


class Planner:
    """Plans deliveries and announces the outcome. The caller holds the reference's lock."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    def plan(self, session: Session, row: WaitingRow, now: datetime) -> None:
        """Plan a notice for everybody on duty who does not have one yet, and announce what changed."""
        present = on_duty(people.everybody(session), now)
        desk = self._channels.desk.name
        if reach(row.status) is Reach.DESK_ONLY:
            told = Standing(WaitingState.TOLD, len(present), None)
            self._announce(session, row, told if present else _NOBODY, desk, now)
            return
        for person in present:
            for name, channel in self._channels.people.items():
                if channel.reaches(person):
                    rank = priority(row.urgency, row.status)
                    at = max(now, row.rings)
                    deliveries.plan(session, row.reference, row.round, person.id, name, rank, now, at=at)
        reached = standing(deliveries.outcomes(session, row.reference, row.round))
        if reached.state is WaitingState.NOBODY_ON_DUTY and present:
            reached = Standing(WaitingState.PARKED, 0, reasons.NO_CHANNEL)
        self._announce(session, row, reached, desk, now)

    def announce(self, session: Session, row: WaitingRow, channel: str, now: datetime) -> None:
        """Sum up the deliveries of the current round and tell the desk when that changed."""
        reached = standing(deliveries.outcomes(session, row.reference, row.round))
        self._announce(session, row, reached, channel, now)

    def _announce(
        self, session: Session, row: WaitingRow, reached: Standing, channel: str, now: datetime
    ) -> None:
        if reached.state is WaitingState.PLANNED and row.rings > now:
            reached = Standing(WaitingState.RETRYING, 0, reasons.AGAIN_LATER)
        known = Standing(WaitingState(row.state), row.told, row.reason)
        if row.state == WaitingState.SETTLED or reached == known:
            return
        row.state, row.told, row.reason, row.changed = reached.state, reached.told, reached.reason, now
        if reached.state is WaitingState.PLANNED:
            return  # the desk says by itself that telling people is under way
        row.said += 1
        state = DutyState(
            reference=row.reference,
            state=reached.state.value,
            channel=channel,
            told=reached.told,
            at=to_wire(now),
            step=row.said,
            reason=reached.reason,
        )
        self._channels.desk.tell(session, state)


_NOBODY = Standing(WaitingState.NOBODY_ON_DUTY, 0, None)
