"""Partners' alerts: stored, compared, deleted; each effect with its receipt and its audit row."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from services.matching.comparing import Comparing
from services.matching.domain import slots
from services.matching.domain import standing as rules
from services.matching.domain.standing import Effect, Standing, State
from services.matching.finer import Finer
from services.matching.handlers.bodies import body_of
from services.matching.handlers.new_alerts import Arrival, NewAlerts, wait_key
from services.matching.proposing import Proposing, Why
from services.matching.store import partners, receipts, unfinished
from services.matching.store.alerts import AlertKey, Alerts
from services.matching.store.candidates import Candidates
from services.matching.store.content import facts_of, stored
from services.matching.store.matches import Matches
from shared.post.incoming import Incoming, Refuse, Wait
from shared.post.sender import Post
from shared.runtime.clock import Clock, from_wire
from shared.store.audit import Audit
from shared.wire.codes import ReceiptOutcome
from shared.wire.messages import AlertContent, AlertWithdrawn, Tombstone

KEYS_VERSION = 2
"""The rules for match keys that own pseudonyms were made with; others would agree with nothing."""


class AlertHandlers:
    """Handlers of alert.published, alert.updated, alert.withdrawn and tombstone."""

    def __init__(
        self,
        alerts: Alerts,
        matches: Matches,
        candidates: Candidates,
        comparing: Comparing,
        finer: Finer,
        proposing: Proposing,
        post: Post,
        audit: Audit,
        clock: Clock,
        slot_seconds: int,
    ) -> None:
        self._alerts = alerts
        self._matches = matches
        self._candidates = candidates
        self._comparing = comparing
        self._finer = finer
        self._proposing = proposing
        self._post = post
        self._audit = audit
        self._clock = clock
        self._slot_seconds = slot_seconds
        self._new = NewAlerts(alerts, comparing, finer, post, audit)

    def published(self, session: Session, incoming: Incoming) -> None:
        """A new alert, or one sent again."""
        self._content(session, incoming, update=False)

    def published_many(self, session: Session, messages: Sequence[Incoming]) -> None:
        """Many at once: new ones together, and each that is not plainly new by itself and in its turn."""
        arrivals = [self._arrival(session, message) for message in messages]
        seen = self._alerts.known(session, [arrival.key for arrival in arrivals])
        fresh: list[Arrival] = []
        for arrival in arrivals:
            if arrival.key not in seen and self._may_be_kept(arrival):
                fresh.append(arrival)
            else:
                self._new.keep(session, fresh)
                fresh = []
                self.published(session, arrival.incoming)
            seen.add(arrival.key)
        self._new.keep(session, fresh)

    def updated(self, session: Session, incoming: Incoming) -> None:
        """A newer version; waits for its alert if that has not arrived (case 71)."""
        self._content(session, incoming, update=True)

    def withdrawn(self, session: Session, incoming: Incoming) -> None:
        """The search ended: everything but a placeholder is deleted (rule 7)."""
        body = body_of(incoming, AlertWithdrawn)
        self._end(session, incoming, body.alert, body.version, State.WITHDRAWN)

    def tombstone(self, session: Session, incoming: Incoming) -> None:
        """The alert was erased and must never come back."""
        body = body_of(incoming, Tombstone)
        self._end(session, incoming, body.alert, body.version, State.TOMBSTONE)

    def expired(self, session: Session, key: AlertKey, known: Standing) -> None:
        """Delete a live alert whose end has passed."""
        self._delete(session, key, rules.expire(known), "expired")
        slot = self._slot(self._clock.now())
        receipts.owe(session, key, known.version, slot, ReceiptOutcome.DELETED, reason="expired")
        self._audit.append(session, "clock", "alert.expired", key.alert, {"partner": key.partner})

    def _arrival(self, session: Session, incoming: Incoming) -> Arrival:
        partner = partners.known(session, incoming.organisation)
        body = body_of(incoming, AlertContent)
        key = AlertKey(partner.partner, body.alert)
        return Arrival(incoming, partner, key, body, self._slot_of(incoming))

    def _may_be_kept(self, arrival: Arrival) -> bool:
        """Whether nothing but earlier news of the same alert could be in the way of keeping it."""
        over = from_wire(arrival.body.expires) <= self._clock.now()
        decision = rules.content(None, arrival.body.version, update=False, over=over)
        keys_fit = arrival.body.keys_version == KEYS_VERSION
        return arrival.partner.may_speak and keys_fit and decision.effect is Effect.STORE

    def _content(self, session: Session, incoming: Incoming, *, update: bool) -> None:
        arrival = self._arrival(session, incoming)
        body, key = arrival.body, arrival.key
        if not arrival.partner.may_speak:
            # It came before the partner was suspended. After a return everything is asked for anew.
            raise Refuse("partner_not_verified")
        known = self._alerts.standing(session, key)
        over = from_wire(body.expires) <= self._clock.now()
        decision = rules.content(known, body.version, update=update, over=over)
        if decision.effect is Effect.WAIT:
            raise Wait(wait_key(key))
        if decision.effect is Effect.STORE and body.keys_version != KEYS_VERSION:
            self._refuse(session, incoming, key, body.version, "keys_version")
        elif decision.effect is Effect.REFUSE:
            if decision.standing is not None and decision.standing != known:
                self._alerts.empty(session, key, decision.standing)
                self._post.wake(session, wait_key(key))
            self._refuse(session, incoming, key, body.version, decision.reason or "refused")
        elif decision.effect is Effect.STORE:
            self._store(session, arrival, known)
        elif decision.effect is Effect.REPEAT:
            receipts.owe_many(session, [arrival.due])

    def _store(self, session: Session, arrival: Arrival, known: Standing | None) -> None:
        if known is None:
            self._new.keep(session, [arrival])
            return
        alert, facts = stored(arrival.key.partner, arrival.body), facts_of(arrival.body)
        self._alerts.replace(session, alert, from_wire(arrival.body.expires))
        self._candidates.delete_of_alert(session, arrival.key)  # answers about the older version
        found = self._comparing.alert_with_cases(session, arrival.partner, alert, facts)
        on_record = self._matches.of_alert(session, arrival.key)
        if found or on_record:
            self._finer.begin(session, alert, facts, found, on_record)
        receipts.owe_many(session, [arrival.due])
        self._audit.append_many(session, [arrival.entry])

    def _end(self, session: Session, incoming: Incoming, alert: str, version: int, state: State) -> None:
        key = AlertKey(incoming.organisation, alert)
        partners.known(session, key.partner)
        known = self._alerts.standing(session, key)
        ended = rules.end(known, version, state)
        if ended != known:
            self._delete(session, key, ended, "tombstone" if state is State.TOMBSTONE else "withdrawn")
            self._audit.append(
                session,
                incoming.sender,
                f"alert.{state.value}",
                alert,
                {"version": version, "message": incoming.id},
            )
        if known is None:
            self._post.wake(session, wait_key(key))
        receipts.owe(session, key, version, self._slot_of(incoming), ReceiptOutcome.DELETED)

    def _delete(self, session: Session, key: AlertKey, placeholder: Standing, why: Why) -> None:
        """Delete tags, details, description, candidates and matches; the placeholder stays."""
        self._alerts.empty(session, key, placeholder)
        self._candidates.delete_of_alert(session, key)
        unfinished.drop_of_alert(session, key.partner, key.alert)
        self._proposing.retract(session, self._matches.delete_of_alert(session, key), why)

    def _refuse(self, session: Session, incoming: Incoming, key: AlertKey, version: int, reason: str) -> None:
        slot = self._slot_of(incoming)
        receipts.owe(session, key, version, slot, ReceiptOutcome.REFUSED, reason=reason)
        self._audit.append(
            session,
            incoming.sender,
            "alert.refused",
            key.alert,
            {"version": version, "reason": reason, "message": incoming.id},
        )

    def _slot_of(self, incoming: Incoming) -> datetime:
        """When the slot of the arrival began: the effect comes later for an alert that matched (case 43)."""
        return self._slot(incoming.received or self._clock.now())

    def _slot(self, moment: datetime) -> datetime:
        return slots.start(slots.number(moment, self._slot_seconds), self._slot_seconds)
