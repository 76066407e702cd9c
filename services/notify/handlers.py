"""What notify does with the two events it hears, in whatever order and however often (cases 70, 71)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from services.notify.channels.registry import Channels
from services.notify.domain.states import WaitingState
from services.notify.domain.urgency import is_more_serious
from services.notify.planning import Planner
from services.notify.store import deliveries, waiting
from services.notify.store.tables import WaitingRow
from shared.post.incoming import Handler, Incoming, Refuse
from shared.runtime.clock import Clock, from_wire
from shared.wire.codes import MsgStatus, Urgency
from shared.wire.local import DutySettled, DutyWaiting


class Handlers:
    """The handlers of notify, by message type."""

    def __init__(self, channels: Channels, clock: Clock) -> None:
        self._planner = Planner(channels)
        self._clock = clock

    def by_type(self) -> Mapping[str, Handler]:
        """For the processor of shared.post."""
        return {DutyWaiting.TYPE: self.duty_waiting, DutySettled.TYPE: self.duty_settled}

    def duty_waiting(self, session: Session, incoming: Incoming) -> None:
        """Something waits: plan a notice for everybody on duty, once.

        The same reference again, no more serious than before, tells nobody twice. One that was settled after
        this event began to wait stays settled.
        """
        body = incoming.body
        if not isinstance(body, DutyWaiting):
            raise Refuse("schema")
        now, at = self._clock.now(), from_wire(body.at)
        row = waiting.locked(session, body.reference)
        if row is None:
            row = waiting.add(session, body.reference, body.urgency.value, body.status.value, at, now)
        elif row.settled is not None and at < row.settled:
            return
        elif row.state == WaitingState.SETTLED:
            waiting.open_again(row, body.urgency.value, body.status.value, at, now)
        elif _more_serious(body, row):
            deliveries.cancel(session, row.reference, now)
            # Never an earlier time: a `settled` from between the two would end what waits since then.
            latest = max(row.at, at)
            waiting.open_again(row, body.urgency.value, body.status.value, latest, now)
        else:
            row.at = max(row.at, at)
            return
        self._planner.plan(session, row, now)

    def duty_settled(self, session: Session, incoming: Incoming) -> None:
        """Nothing waits any more: cancel what is not sent. Remembered even when it came first."""
        body = incoming.body
        if not isinstance(body, DutySettled):
            raise Refuse("schema")
        now = self._clock.now()
        settled = _whole_seconds(incoming.created)
        row = waiting.locked(session, body.reference)
        if row is None:
            unknown = (Urgency.UNKNOWN.value, MsgStatus.TEST.value)
            row = waiting.add(session, body.reference, *unknown, settled, now)
        elif row.at > settled:
            return  # it waits again since then; this is news from before
        deliveries.cancel(session, body.reference, now)
        row.settled = max(row.settled or settled, settled)
        row.state, row.changed = WaitingState.SETTLED, now


def _more_serious(body: DutyWaiting, row: WaitingRow) -> bool:
    return is_more_serious(
        body.urgency.value, body.status.value, than_urgency=row.urgency, than_status=row.status
    )


def _whole_seconds(moment: datetime) -> datetime:
    """`at` of duty.waiting has whole seconds; only like is compared with like."""
    return moment.replace(microsecond=0)
