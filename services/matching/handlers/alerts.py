"""Partners' alerts: stored, compared, deleted; each effect with its receipt and its audit row."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.matching.comparing import Comparing
from services.matching.domain import slots
from services.matching.domain import standing as rules
from services.matching.domain.standing import Effect, Standing, State
from services.matching.handlers.bodies import body_of
from services.matching.proposing import Proposing, Why
from services.matching.store import partners, receipts
from services.matching.store.alerts import AlertKey, Alerts
from services.matching.store.content import facts_of, stored
from services.matching.store.matches import Matches
from services.matching.store.partners import Partner
from shared.post.incoming import Incoming, Refuse, Wait
from shared.post.sender import Post
from shared.runtime.clock import Clock, from_wire
from shared.store.audit import Audit
from shared.wire.codes import ReceiptOutcome
from shared.wire.messages import AlertContent, AlertWithdrawn, Tombstone

KEYS_VERSION = 1
"""The rules for match keys that own pseudonyms were made with; others would agree with nothing."""


class AlertHandlers:
    """Handlers of alert.published, alert.updated, alert.withdrawn and tombstone."""

    def __init__(
        self,
        alerts: Alerts,
        matches: Matches,
        comparing: Comparing,
        proposing: Proposing,
        post: Post,
        audit: Audit,
        clock: Clock,
        slot_seconds: int,
    ) -> None:
        self._alerts = alerts
        self._matches = matches
        self._comparing = comparing
        self._proposing = proposing
        self._post = post
        self._audit = audit
        self._clock = clock
        self._slot_seconds = slot_seconds

    def published(self, session: Session, incoming: Incoming) -> None:
        """A new alert, or one sent again."""
        self._content(session, incoming, update=False)

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
        self._receipt(
            session, key, known.version, self._clock.now(), ReceiptOutcome.DELETED, reason="expired"
        )
        self._audit.append(session, "clock", "alert.expired", key.alert, {"partner": key.partner})

    def _content(self, session: Session, incoming: Incoming, *, update: bool) -> None:
        body = body_of(incoming, AlertContent)
        key = AlertKey(incoming.organisation, body.alert)
        partner = partners.known(session, key.partner)
        if not partner.may_speak:
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
            self._store(session, incoming, partner, body, known)
        elif decision.effect is Effect.REPEAT:
            self._stored(session, incoming, key, body.version)

    def _store(
        self,
        session: Session,
        incoming: Incoming,
        partner: Partner,
        body: AlertContent,
        known: Standing | None,
    ) -> None:
        key = AlertKey(partner.partner, body.alert)
        alert, facts = stored(partner.partner, body), facts_of(body)
        self._alerts.store(session, alert, from_wire(body.expires), known=known is not None)
        results = self._comparing.alert_with_cases(session, partner, alert, facts)
        on_record = [] if known is None else self._matches.of_alert(session, key)
        if results or on_record:
            self._proposing.settle(session, alert, facts, results, on_record)
        # The same whether or not something was found (rule 4).
        self._stored(session, incoming, key, alert.version)
        self._audit.append(
            session,
            incoming.sender,
            "alert.stored",
            key.alert,
            {"version": alert.version, "message": incoming.id},
        )
        if known is None:
            self._post.wake(session, wait_key(key))

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
        self._receipt(session, key, version, self._arrival(incoming), ReceiptOutcome.DELETED)

    def _delete(self, session: Session, key: AlertKey, placeholder: Standing, why: Why) -> None:
        """Delete tags, description and matches; the placeholder stays."""
        self._alerts.empty(session, key, placeholder)
        self._proposing.retract(session, self._matches.delete_of_alert(session, key), why)

    def _refuse(self, session: Session, incoming: Incoming, key: AlertKey, version: int, reason: str) -> None:
        arrived = self._arrival(incoming)
        self._receipt(session, key, version, arrived, ReceiptOutcome.REFUSED, reason=reason)
        self._audit.append(
            session,
            incoming.sender,
            "alert.refused",
            key.alert,
            {"version": version, "reason": reason, "message": incoming.id},
        )

    def _stored(self, session: Session, incoming: Incoming, key: AlertKey, version: int) -> None:
        arrived = self._arrival(incoming)
        self._receipt(session, key, version, arrived, ReceiptOutcome.STORED, ReceiptOutcome.COMPARED)

    def _arrival(self, incoming: Incoming) -> datetime:
        return incoming.received or self._clock.now()

    def _receipt(
        self,
        session: Session,
        key: AlertKey,
        version: int,
        arrived: datetime,
        *outcomes: ReceiptOutcome,
        reason: str | None = None,
    ) -> None:
        # Not the moment of the effect: an alert that matched takes longer (rule 4, case 43).
        slot = slots.number(arrived, self._slot_seconds)
        at = slots.start(slot, self._slot_seconds)
        receipts.owe(session, key, version, at, *outcomes, reason=reason)


def wait_key(key: AlertKey) -> str:
    """Under which an early update waits for its alert."""
    return f"alert:{key.partner}:{key.alert}"
