"""Partners' alerts: encrypted content while live, a placeholder for ever after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, tuple_, update
from sqlalchemy.orm import Session

from services.matching.domain.standing import Standing, State
from services.matching.store.content import AlertContentSealer, StoredAlert
from services.matching.store.opened import OpenedAlerts
from services.matching.store.statements import insert
from services.matching.store.tables import alert as table
from shared.crypto.errors import CannotDecrypt
from shared.runtime import log

_AT_ONCE = 200


@dataclass(frozen=True, slots=True, order=True)
class AlertKey:
    """An alert's reference is unique for its partner only."""

    partner: str
    alert: str


# Built once: making a statement costs more than running it.
_STANDING = select(table.c.state, table.c.version).where(
    table.c.partner == bindparam("p"), table.c.alert == bindparam("a")
)
_LIVE = select(table.c.alert, table.c.version).where(table.c.state == State.LIVE.value)
_KNOWN = select(table.c.alert).where(
    table.c.partner == bindparam("p"), table.c.alert.in_(bindparam("a", expanding=True))
)
_NEW = table.insert()


class Alerts:
    """Reads and writes alerts through the cipher of the service."""

    def __init__(self, sealer: AlertContentSealer) -> None:
        self._sealer = sealer
        self.in_memory = OpenedAlerts()

    def standing(self, session: Session, key: AlertKey) -> Standing | None:
        """What is known of the alert."""
        row = session.connection().execute(_STANDING, {"p": key.partner, "a": key.alert}).one_or_none()
        return None if row is None else Standing(State(row[0]), row[1])

    def known(self, session: Session, keys: Sequence[AlertKey]) -> set[AlertKey]:
        """Those of these alerts of which anything is known, placeholders included."""
        found: set[AlertKey] = set()
        for partner in {key.partner for key in keys}:
            alerts = [key.alert for key in keys if key.partner == partner]
            for start in range(0, len(alerts), _AT_ONCE):
                asked = {"p": partner, "a": alerts[start : start + _AT_ONCE]}
                known = session.connection().execute(_KNOWN, asked).scalars()
                found.update(AlertKey(partner, alert) for alert in known)
        return found

    def store_new(self, session: Session, alerts: Sequence[tuple[StoredAlert, datetime]]) -> None:
        """Keep live alerts of which nothing is known, each with the time at which it expires."""
        rows = [
            {"partner": stored.partner, "alert": stored.alert, **self._values(stored, expires)}
            for stored, expires in alerts
        ]
        session.connection().execute(_NEW, rows)

    def replace(self, session: Session, stored: StoredAlert, expires: datetime) -> None:
        """Keep a live alert in place of an older version."""
        chosen = (table.c.partner == stored.partner) & (table.c.alert == stored.alert)
        session.execute(update(table).where(chosen).values(**self._values(stored, expires)))

    def _values(self, stored: StoredAlert, expires: datetime) -> dict[str, object]:
        return {
            "state": State.LIVE.value,
            "version": stored.version,
            "expires": expires,
            "content": self._sealer.seal(stored),
        }

    def empty(self, session: Session, key: AlertKey, standing: Standing) -> None:
        """Leave nothing but the placeholder; makes one for an alert that never came."""
        values = {
            "state": standing.state.value,
            "version": standing.version,
            "expires": None,
            "content": None,
        }
        statement = insert(session, table).values(partner=key.partner, alert=key.alert, **values)
        session.execute(
            statement.on_conflict_do_update(index_elements=[table.c.partner, table.c.alert], set_=values)
        )
        self.in_memory.drop(key.partner, key.alert)

    def delete_of_partner(self, session: Session, organisation: str) -> list[AlertKey]:
        """Delete the partner's live alerts, without a placeholder: it may send them again. Returns which."""
        chosen = (table.c.partner == organisation) & (table.c.state == State.LIVE.value)
        gone = session.execute(table.delete().where(chosen).returning(table.c.alert)).scalars()
        keys = sorted(AlertKey(organisation, reference) for reference in gone)
        for key in keys:
            self.in_memory.drop(key.partner, key.alert)
        return keys

    def over(self, session: Session, now: datetime, limit: int) -> list[tuple[AlertKey, Standing]]:
        """Live alerts whose end has passed, the oldest first."""
        chosen = (
            select(table.c.partner, table.c.alert, table.c.version)
            .where(table.c.state == State.LIVE.value, table.c.expires <= now)
            .order_by(table.c.expires)
            .limit(limit)
        )
        return [(AlertKey(p, a), Standing(State.LIVE, v)) for p, a, v in session.execute(chosen)]

    def read(
        self, session: Session, keys: Iterable[AlertKey], *, skip_damaged: bool = False
    ) -> dict[AlertKey, StoredAlert]:
        """The live ones among these alerts, decrypted. Raises CannotDecrypt for a damaged row (case 82).

        With `skip_damaged` such a row is left out, and the log says so.
        """
        wanted = sorted(set(keys))
        found: dict[AlertKey, StoredAlert] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            pairs = [(key.partner, key.alert) for key in wanted[start : start + _AT_ONCE]]
            chosen = select(table.c.partner, table.c.alert, table.c.version, table.c.content).where(
                tuple_(table.c.partner, table.c.alert).in_(pairs), table.c.content.is_not(None)
            )
            for partner, reference, version, content in session.execute(chosen):
                try:
                    opened = self._sealer.open(partner, reference, version, content)
                except CannotDecrypt:
                    if not skip_damaged:
                        raise
                    log.get("comparing").exception("alert_unreadable")
                else:
                    found[AlertKey(partner, reference)] = opened
        return found

    def live(
        self, session: Session, organisation: str, after: str, limit: int
    ) -> tuple[Sequence[StoredAlert], str | None]:
        """At most `limit` live alerts of a partner behind the reference `after`, in the order of references.

        Decrypted; those that did not change come from memory. A damaged one is passed over (case 82). With
        them the reference to go on behind; None if there are no more.
        """
        chosen = _LIVE.where(table.c.partner == organisation, table.c.alert > after)
        rows = session.execute(chosen.order_by(table.c.alert).limit(limit)).all()
        known = {one: self.in_memory.read(organisation, one, version) for one, version in rows}
        stale = [AlertKey(organisation, one) for one, alert in known.items() if alert is None]
        read = self.read(session, stale, skip_damaged=True)
        known |= {key.alert: alert for key, alert in read.items()}
        last = rows[-1][0] if len(rows) == limit else None
        # Another worker may have deleted what is in memory here.
        self.in_memory.keep_only(organisation, set(known), after, last)
        for alert in read.values():
            self.in_memory.keep(alert)
        return [alert for alert in known.values() if alert is not None], last
