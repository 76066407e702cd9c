"""Where a partner stands, and what people decided about possible matches."""

from sqlalchemy.orm import Session

from services.matching.columns import Columns
from services.matching.deciding import Deciding
from services.matching.handlers.bodies import body_of
from services.matching.proposing import Proposing
from services.matching.store import duty, partners, receipts, unfinished
from services.matching.store.alerts import Alerts
from services.matching.store.candidates import Candidates
from services.matching.store.cases import Cases
from services.matching.store.matches import Matches
from shared.post.incoming import Incoming
from shared.store import quarantine
from shared.store.audit import Audit
from shared.wire.codes import PartnerStatus
from shared.wire.local import MatchDecided, PartnerChanged

_GONE = (PartnerStatus.SUSPENDED, PartnerStatus.LEFT)
_STOPPED = (*_GONE, PartnerStatus.SUSPECT)


class PartnerHandlers:
    """Handlers of partner.changed and match.decided; the directory itself is updated by the post."""

    def __init__(
        self,
        alerts: Alerts,
        cases: Cases,
        matches: Matches,
        candidates: Candidates,
        columns: Columns,
        proposing: Proposing,
        deciding: Deciding,
        audit: Audit,
    ) -> None:
        self._alerts = alerts
        self._cases = cases
        self._matches = matches
        self._candidates = candidates
        self._columns = columns
        self._proposing = proposing
        self._deciding = deciding
        self._audit = audit

    def changed(self, session: Session, incoming: Incoming) -> None:
        """A suspended partner, or one that left, has nothing here; a returned one is asked for all.

        Whatever it was that kept it from speaking: what it said meanwhile, perhaps a recall, was refused for
        good (rule 7). A new partner is asked only if we lost something that came before it was verified.
        """
        body = body_of(incoming, PartnerChanged)
        before = partners.known(session, body.organisation)
        values: dict[str, object] = {"status": body.status.value}
        if body.status in _GONE:
            self._forget(session, body.organisation, left=body.status is PartnerStatus.LEFT)
        if body.status in _STOPPED:
            values["wants_resend"] = True  # told when it is a partner again, by whatever way it comes back
        elif body.status is PartnerStatus.VERIFIED and not before.may_speak:
            values["wants_resend"] = before.wants_resend or quarantine.lost_of(session, body.organisation)
        partners.change(session, body.organisation, **values)
        self._audit.append(
            session, incoming.sender, "partner.changed", body.organisation, {"status": body.status.value}
        )

    def decided(self, session: Session, incoming: Incoming) -> None:
        """What a person decided, for the facts that they saw."""
        body = body_of(incoming, MatchDecided)
        if self._deciding.decide(session, body.match, body.state, body.facts, incoming.seq or 0):
            self._audit.append(
                session, incoming.sender, "match.decided", body.match, {"state": body.state.value}
            )

    def ask_anew(self, session: Session, organisation: str) -> None:
        """The next receipt to a verified partner asks for everything anew (case 20)."""
        if partners.known(session, organisation).may_speak:
            partners.change(session, organisation, wants_resend=True)
            self._audit.append(session, "clock", "resend.asked", organisation)

    def _forget(self, session: Session, organisation: str, *, left: bool) -> None:
        self._alerts.delete_of_partner(session, organisation)
        self._candidates.delete_of_partner(session, organisation)
        self._proposing.retract(session, self._matches.delete_of_partner(session, organisation), "partner")
        receipts.drop(session, organisation)
        unfinished.drop(session, organisation)
        duty.forget(session, partner=organisation)
        if left:
            self._columns.changing(session, organisation)
            self._cases.drop(session, organisation)
            self._columns.forget(organisation)
