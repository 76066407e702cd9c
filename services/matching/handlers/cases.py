"""Own cases, from the own intake: pseudonyms and coded values, never a name (rule 5)."""

from sqlalchemy.orm import Session

from services.matching.columns import Columns
from services.matching.continuing import Continuing
from services.matching.handlers.bodies import body_of
from services.matching.store import duty, partners
from services.matching.store.candidates import Candidates
from services.matching.store.cases import Cases, OwnCase
from services.matching.store.matches import Matches
from shared.post.incoming import Incoming
from shared.runtime.clock import Clock
from shared.store.audit import Audit
from shared.wire.local import CaseClosed, CasePseudonyms, EpochClosed
from shared.wire.values import decode_base64


class CaseHandlers:
    """Handlers of case.pseudonyms, case.closed and epoch.closed."""

    def __init__(
        self,
        cases: Cases,
        matches: Matches,
        candidates: Candidates,
        columns: Columns,
        continuing: Continuing,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._cases = cases
        self._matches = matches
        self._candidates = candidates
        self._columns = columns
        self._continuing = continuing
        self._audit = audit
        self._clock = clock

    def pseudonyms(self, session: Session, incoming: Incoming) -> None:
        """Replace what is known of a case, then compare it with the partner's live alerts."""
        body = body_of(incoming, CasePseudonyms)
        partner = partners.known(session, body.partner)
        if body.epoch <= partner.closed_epoch or self._cases.is_closed(session, body.case):
            return
        if self._cases.version(session, body.partner, body.epoch, body.case) > body.version:
            return
        self._columns.changing(session, body.partner)
        self._cases.put(session, _own_case(body))
        self._candidates.delete_older(session, body.partner, body.case, body.version)
        self._audit.append(
            session,
            incoming.sender,
            "case.pseudonyms",
            body.case,
            {"partner": body.partner, "epoch": body.epoch, "version": body.version},
        )
        if partner.may_speak:
            self._continuing.begin(session, body.partner, body.case)
        else:  # what is alive of it still is when it comes back, and comes anew as a repetition
            self._continuing.postpone(session, body.partner, body.case)

    def closed(self, session: Session, incoming: Incoming) -> None:
        """Forget a case for ever, with its candidates and possible matches.

        Intake deletes what it shows of them itself.
        """
        body = body_of(incoming, CaseClosed)
        for partner in self._cases.close(session, body.case, self._clock.now()):
            self._columns.changing(session, partner)
        self._candidates.delete_of_case(session, body.case)
        self._matches.delete_of_case(session, body.case)
        duty.forget(session, own_case=body.case)
        self._audit.append(session, incoming.sender, "case.closed", body.case)

    def epoch_closed(self, session: Session, incoming: Incoming) -> None:
        """Drop the pseudonyms of an epoch and of those before it."""
        body = body_of(incoming, EpochClosed)
        partner = partners.known(session, body.partner)
        if body.epoch > partner.closed_epoch:
            partners.change(session, body.partner, closed_epoch=body.epoch)
        self._columns.changing(session, body.partner)
        self._cases.drop(session, body.partner, up_to_epoch=body.epoch)
        self._columns.forget(body.partner)
        self._audit.append(session, incoming.sender, "epoch.closed", body.partner, {"epoch": body.epoch})


def _own_case(body: CasePseudonyms) -> OwnCase:
    return OwnCase(
        partner=body.partner,
        epoch=body.epoch,
        own_case=body.case,
        version=body.version,
        kind=body.kind,
        groups="".join(entry.group for entry in body.entries),
        pseudonyms=b"".join(decode_base64(entry.value) for entry in body.entries),
        description=body.description,
    )
