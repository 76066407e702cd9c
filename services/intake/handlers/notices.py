"""Telling a partner something about its alert, and being told: only under a recorded consent (rule 2)."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.domain.codes import ConsentPurpose, ConsentScope, ContactWish, MatchState
from services.intake.domain.consent import NotCovered
from services.intake.handlers.actor import READS_CASES, SYSTEM, WRITES_CASES, Actor
from services.intake.handlers.consents import Consents
from services.intake.handlers.errors import NotFound, NotYetDecided, PartnerNotVerified
from services.intake.handlers.ports import Context
from services.intake.handlers.visible import visible
from services.intake.store.alerts import AlertRow, NoticeRow, ShareRow
from services.intake.store.cases import CaseRow
from services.intake.store.matches import MatchRow, NoticeSentRow
from shared.partners.view import CannotSend
from shared.post.incoming import Incoming, Refuse
from shared.runtime import clock as clocks
from shared.runtime import ids
from shared.wire import codes
from shared.wire.local import DutyWaiting
from shared.wire.messages import MatchNotice
from shared.wire.parties import Party, Role

SCOPE_OF: dict[ContactWish, ConsentScope] = {
    ContactWish.TELL_SAFE: ConsentScope.SAFE,
    ContactWish.PASS_MESSAGE: ConsentScope.MESSAGE,
    ContactWish.SHARE_CONTACT: ConsentScope.CONTACT,
    ContactWish.MEET: ConsentScope.CONTACT,
}
"""What a notice of each wish tells; where the person is, it never tells."""
_REACH = tuple(ContactWish)
LIST_LIMIT = 200
MOST_OF_ONE_ALERT = 20
"""What one partner may say about one alert; more is set aside for an administrator to look at."""
FOLDED_FOR = timedelta(hours=1)
"""What a partner says of one alert within an hour is one notice to the people on duty."""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A partner's word about one of our alerts: what the found person wishes, and until when it holds."""

    id: str
    case_id: str
    alert_id: str
    partner: str
    wish: str
    until: datetime
    received_at: datetime


class Notices:
    """The handler of `match.notice`, and sending one."""

    def __init__(self, context: Context, consents: Consents) -> None:
        self._context = context
        self._consents = consents

    def send(self, match_id: str, consent_id: str, wish: ContactWish, by: Actor) -> str:
        """Tell the publisher of a matched alert what the person wishes; returns the notice's id.

        Raises NotCovered unless the consent is in force, addressed to this partner and reaches this wish;
        NotYetDecided while nobody has judged the match; PartnerNotVerified.
        """
        by.must_be(WRITES_CASES)
        context = self._context
        now = context.clock.now()
        with context.database.begin() as session:
            match = session.get(MatchRow, match_id, with_for_update=True)
            case = None if match is None else session.get(CaseRow, match.case_id)
            if match is None or case is None or not by.sees_team(case.team):
                raise NotFound()
            if match.state not in (MatchState.PROBABLE, MatchState.CONFIRMED):
                raise NotYetDecided()
            consent = self._consents.load(session, consent_id, case.id)
            if wish not in SCOPE_OF or _REACH.index(wish) > _REACH.index(consent.contact_wish):
                raise NotCovered()
            consent.require(
                addressee=match.partner,
                purpose=ConsentPurpose.ANSWER_ENQUIRY,
                scope=SCOPE_OF[wish],
                today=now.date(),
            )
            until = datetime.combine(consent.until, time(23, 59, 59), UTC)
            body = MatchNotice.model_validate(
                {
                    "alert": match.alert,
                    "wish": codes.ContactWish(wish),
                    "consent": consent_id,
                    "until": clocks.to_wire(until),
                }
            )
            try:
                message_id = context.post.send(session, Party(match.partner, Role.INTAKE), body, priority=0)
            except CannotSend:
                raise PartnerNotVerified(match.partner) from None
            row = NoticeSentRow(
                id=ids.new_id("notice"),
                match_id=match_id,
                consent_id=consent_id,
                partner=match.partner,
                wish=wish,
                message_id=message_id,
                sent_by=by.id,
                sent_at=now,
            )
            session.add(row)
            details = {"consent": consent_id, "wish": wish.value, "partner": match.partner}
            context.audit.append(session, by.id, "notice.sent", match_id, details)
            return row.id

    def on_notice(self, session: Session, incoming: Incoming) -> None:
        """A found person agreed to have us told: show it, and say that something waits."""
        body = incoming.body
        if not isinstance(body, MatchNotice):
            raise TypeError("only match.notice is handled here")
        share = session.get(ShareRow, body.alert, with_for_update=True)
        if share is None or share.partner != incoming.organisation:
            raise Refuse("alert.unknown")
        alert = session.get_one(AlertRow, share.alert_id)
        now = self._context.clock.now()
        known = session.scalars(select(NoticeRow).where(NoticeRow.share_id == share.id)).all()
        said = (body.consent, body.wish, clocks.from_wire(body.until))
        if said in [(one.consent, one.wish, one.until) for one in known]:
            return  # the same word under another message id: a partner that was restored, or a hostile one
        if len(known) >= MOST_OF_ONE_ALERT:
            raise Refuse("notice.too_many")
        recent = [one.duty for one in known if timedelta(0) <= now - one.received_at < FOLDED_FOR]
        new_id = ids.new_id("notice")
        row = NoticeRow(
            id=new_id,
            duty=recent[0] if recent else new_id,
            share_id=share.id,
            partner=share.partner,
            wish=body.wish,
            consent=body.consent,
            until=clocks.from_wire(body.until),
            received_at=now,
        )
        session.add(row)
        session.flush()
        self._context.audit.append(session, SYSTEM, "notice.received", row.id, {"case": alert.case_id})
        waiting = DutyWaiting(
            reference=row.duty,
            urgency=codes.Urgency(alert.urgency),
            status=codes.MsgStatus(alert.msg_status),
            at=clocks.to_wire(now),
        )
        self._context.post.tell(session, waiting, priority=0)

    def overview(self, by: Actor, *, case_id: str | None = None) -> list[NoticeView]:
        """Notices about the cases that this person may see, the newest first; the look is audited."""
        by.must_be(READS_CASES)
        chosen = (
            select(NoticeRow, AlertRow)
            .join(ShareRow, ShareRow.id == NoticeRow.share_id)
            .join(AlertRow, AlertRow.id == ShareRow.alert_id)
            .join(CaseRow, CaseRow.id == AlertRow.case_id)
            .where(visible(by))
            .order_by(NoticeRow.received_at.desc(), NoticeRow.id)
            .limit(LIST_LIMIT)
        )
        if case_id is not None:
            chosen = chosen.where(AlertRow.case_id == case_id)
        with self._context.database.begin() as session:
            found = [
                NoticeView(row.id, alert.case_id, alert.id, row.partner, row.wish, row.until, row.received_at)
                for row, alert in session.execute(chosen)
            ]
            self._context.audit.append(session, by.id, "notice.listed", "notices", {"count": len(found)})
            return found
