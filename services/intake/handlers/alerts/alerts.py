"""The caseworker's side of alerts: preview, publish, update, withdraw, and where they stand."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.domain.alert import Alert, AlertState, Choices, expiry, preview
from services.intake.domain.codes import Category
from services.intake.domain.matchkeys import alert_keys
from services.intake.handlers.actor import READS_CASES, WRITES_CASES, Actor
from services.intake.handlers.alerts.lists import PER_PAGE, AlertFilter, AlertPage, chosen_alerts
from services.intake.handlers.alerts.shares import Shares, choices_of
from services.intake.handlers.alerts.views import AlertPreview, AlertView, ShareView
from services.intake.handlers.asking import Asking
from services.intake.handlers.errors import CannotShare, CaseErased, NotFound, PartnerNotVerified
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.search_terms import SearchTerms
from services.intake.store.alerts import AlertRow, ShareRow
from services.intake.store.cases import CaseRow
from shared.post.routes import Lane
from shared.runtime import ids
from shared.store.tables import OutboxRow
from shared.wire.messages import TAGS_PER_ALERT
from shared.wire.parties import Party, Role

OVERDUE = timedelta(hours=24)
LIST_LIMIT = 200


class Alerts:
    """Alerts of this organisation."""

    def __init__(self, context: Context, people: People, shares: Shares, asking: Asking) -> None:
        self._asking = asking
        self._context = context
        self._people = people
        self._shares = shares
        self._terms = SearchTerms(context.keys.blind_index)

    def preview(
        self, case_id: str, choices: Choices, by: Actor, *, until: datetime | None = None
    ) -> AlertPreview:
        """What `publish` with the same choices would send. Raises the same errors, changes nothing."""
        by.must_be(WRITES_CASES)
        context = self._context
        with context.database.begin() as session:
            row = self._case(session, case_id, by)
            case = self._people.load_case(session, row)
            draft = Alert.share(case, choices, context.clock.now(), until)
            self._asking.must_be_open(session, row, case)
            directory = context.partners(session)
            context.audit.append(session, by.id, "alert.previewed", case_id)
            held = {name: why.sentence for name, why in directory.holds().items()}
            held.pop(context.organisation, None)
            return AlertPreview(
                preview=preview(case.person, choices),
                kind=row.kind,
                category=row.category,
                urgency=case.urgency,
                msg_status=choices.status,
                tlp=choices.tlp,
                permitted_use=choices.permitted_use,
                expires_at=draft.expires,
                match_keys=len(alert_keys(case.person)),
                tags=TAGS_PER_ALERT,
                partners=directory.verified(),
                held=held,
            )

    def publish(
        self,
        case_id: str,
        choices: Choices,
        by: Actor,
        *,
        partners: Sequence[str] | None = None,
        until: datetime | None = None,
    ) -> AlertView:
        """Share an alert with these partners, or with the circle: all that are verified (`partners` None).

        Raises PartnerNotVerified, CannotShare, and the domain's NotSearchedFor, CaseIsClosed, BadExpiry.
        """
        by.must_be(WRITES_CASES)
        now = self._context.clock.now()
        with self._context.database.begin() as session:
            row = self._case(session, case_id, by, lock=True)
            case = self._people.load_case(session, row)
            alert = Alert.share(case, choices, now, until)
            self._asking.must_be_open(session, row, case)
            if self._live_of(session, case_id) is not None:
                raise CannotShare("This case has an alert already; update it, or add partners to it.")
            chosen = self._addressees(session, partners)
            stored = AlertRow(
                id=ids.new_id("ownalert"),
                case_id=case_id,
                version=alert.version,
                state=alert.state,
                urgency=case.urgency,
                created_by=by.id,
                created_at=now,
            )
            self._fill(stored, row, alert)
            session.add(stored)
            session.flush()
            for partner in chosen:
                self._shares.publish(session, stored, partner)
            details: dict[str, str | int] = {"case": case_id, "partners": len(chosen)}
            self._context.audit.append(session, by.id, "alert.published", stored.id, details)
            return self._view(session, stored)

    def add_partners(self, alert_id: str, partners: Sequence[str], by: Actor) -> AlertView:
        """Share a live alert with more partners; those that have it already are left alone."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            stored, row = self._find(session, alert_id, by, lock=True)
            _alert_of(stored).update(choices_of(stored))  # raises AlertOver
            self._asking.must_be_open(session, row, self._people.load_case(session, row))
            known = {share.partner for share in self._shares.of_alert(session, alert_id)}
            added = [one for one in self._addressees(session, partners) if one not in known]
            for partner in added:
                self._shares.publish(session, stored, partner)
            self._context.audit.append(session, by.id, "alert.extended", alert_id, {"partners": len(added)})
            return self._view(session, stored)

    def update(
        self, alert_id: str, by: Actor, *, choices: Choices | None = None, until: datetime | None = None
    ) -> AlertView:
        """Send the case as it is now, with new choices if given. Raises AlertOver after a withdrawal."""
        by.must_be(WRITES_CASES)
        now = self._context.clock.now()
        with self._context.database.begin() as session:
            stored, row = self._find(session, alert_id, by, lock=True)
            expires = expiry(Category(row.category), now, until) if until is not None else None
            alert = _alert_of(stored).update(choices or choices_of(stored), expires)
            case = self._people.load_case(session, row)
            self._asking.must_be_open(session, row, case)
            stored.urgency = case.urgency
            self._fill(stored, row, alert)
            session.flush()
            for share in self._shares.of_alert(session, alert_id):
                self._shares.update(session, stored, share)
            self._context.audit.append(session, by.id, "alert.updated", alert_id, {"version": stored.version})
            return self._view(session, stored)

    def withdraw(self, alert_id: str, by: Actor) -> AlertView:
        """The search ended: recall it everywhere. No reason travels. A second time changes nothing."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            stored, _ = self._find(session, alert_id, by, lock=True)
            if not _alert_of(stored).is_over:
                recalled = self._shares.withdraw_alert(session, stored)
                self._context.audit.append(session, by.id, "alert.withdrawn", alert_id, {"shares": recalled})
            return self._view(session, stored)

    def get(self, alert_id: str, by: Actor) -> AlertView:
        """One alert and where it stands at every partner; the look is audited."""
        by.must_be(READS_CASES)
        with self._context.database.begin() as session:
            stored, row = self._find(session, alert_id, by)
            self._context.audit.append(session, by.id, "alert.viewed", alert_id, {"case": row.id})
            return self._view(session, stored)

    def overview(
        self,
        by: Actor,
        *,
        case_id: str | None = None,
        live_only: bool = False,
        unsettled: bool = False,
    ) -> list[AlertView]:
        """Alerts of the cases that this person may see, the newest change first, at most 200.

        `unsettled`: only those of which something has not arrived, was refused or is not signed for.
        """
        wanted = AlertFilter(case_id=case_id, live_only=live_only, unsettled=unsettled)
        return self.page_of(wanted, by, per_page=LIST_LIMIT).alerts

    def page_of(
        self, wanted: AlertFilter, by: Actor, number: int = 1, *, per_page: int = PER_PAGE
    ) -> AlertPage:
        """One page of the alerts that fit; a number beyond the last page is the last page."""
        by.must_be(READS_CASES)
        chosen = chosen_alerts(wanted, self._terms, by)
        with self._context.database.begin() as session:
            total = session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0
            pages = max(1, -(-total // per_page))
            number = min(max(number, 1), pages)
            found = session.scalars(chosen.limit(per_page).offset((number - 1) * per_page)).all()
            self._context.audit.append(session, by.id, "alert.listed", "alerts", {"count": len(found)})
            self._people.read_ahead(session, [alert.case_id for alert in found])
            return AlertPage([self._view(session, alert) for alert in found], total, number, pages)

    def _addressees(self, session: Session, partners: Sequence[str] | None) -> list[str]:
        verified = self._context.partners(session).verified()
        if partners is None:
            if not verified:
                raise CannotShare("No partner is verified yet; invite one and compare the twelve words.")
            return verified
        if not partners:
            raise CannotShare("Choose at least one partner.")
        for partner in partners:
            if not self._context.is_verified(session, partner):
                raise PartnerNotVerified(partner)
        return sorted(set(partners))

    def _live_of(self, session: Session, case_id: str) -> AlertRow | None:
        return session.scalars(
            select(AlertRow).where(
                AlertRow.case_id == case_id,
                AlertRow.state == AlertState.PUBLISHED,
                AlertRow.expires_at > self._context.clock.now(),
            )
        ).first()

    def _case(self, session: Session, case_id: str, by: Actor, *, lock: bool = False) -> CaseRow:
        row = session.get(CaseRow, case_id, with_for_update=lock or None)
        if row is None or not by.sees_team(row.team):
            raise NotFound()
        if row.state == "erased":
            raise CaseErased()
        return row

    def _find(
        self, session: Session, alert_id: str, by: Actor, *, lock: bool = False
    ) -> tuple[AlertRow, CaseRow]:
        stored = session.get(AlertRow, alert_id, with_for_update=lock or None)
        row = None if stored is None else session.get(CaseRow, stored.case_id)
        if stored is None or row is None or not by.sees_team(row.team):
            raise NotFound()
        return stored, row

    def _fill(self, stored: AlertRow, row: CaseRow, alert: Alert) -> None:
        stored.version, stored.case_version = alert.version, row.version
        stored.msg_status, stored.tlp = alert.choices.status, alert.choices.tlp
        stored.permitted_use = alert.choices.permitted_use
        stored.released, stored.expires_at = sorted(alert.choices.released), alert.expires
        stored.changed_at = self._context.clock.now()

    def _view(self, session: Session, stored: AlertRow) -> AlertView:
        row = session.get_one(CaseRow, stored.case_id)
        return AlertView(
            id=stored.id,
            short=ids.short(stored.id),
            case_id=row.id,
            label=self._people.label(session, row.id),
            version=stored.version,
            state=stored.state,
            urgency=stored.urgency,
            msg_status=stored.msg_status,
            tlp=stored.tlp,
            permitted_use=stored.permitted_use,
            released=list(stored.released),
            expires_at=stored.expires_at,
            created_at=stored.created_at,
            ended_at=stored.ended_at,
            outdated=stored.state == AlertState.PUBLISHED and stored.case_version < row.version,
            shares=[
                share_view(session, share, self._context.clock.now())
                for share in self._shares.of_alert(session, stored.id)
            ],
        )


def share_view(session: Session, share: ShareRow, now: datetime) -> ShareView:
    """A share, with what the outbox knows of its newest message: sent, or parked with a reason."""
    state, reason, sent_at = share.state, share.reason, share.sent_at
    if share.message_id is not None:
        outgoing = session.scalar(
            select(OutboxRow).where(
                OutboxRow.lane == Lane.RELAY,
                OutboxRow.recipient == str(Party(share.partner, Role.MATCHING)),
                OutboxRow.message_id == share.message_id,
            )
        )
        if outgoing is not None and outgoing.state == "sent":
            sent_at = outgoing.sent
            state = "sent" if state == "queued" else state
        elif outgoing is not None and state in ("queued", "deleting"):
            reason = reason or outgoing.reason
    deleting = share.deleting_at if state == "deleting" else None
    return ShareView(
        id=share.id,
        short=ids.short(share.id),
        partner=share.partner,
        state=state,
        reason=reason,
        version=share.version,
        queued_at=share.queued_at,
        sent_at=sent_at,
        stored_at=share.stored_at,
        compared_at=share.compared_at,
        deleting_at=share.deleting_at,
        deleted_at=share.deleted_at,
        overdue=deleting is not None and now - deleting > OVERDUE,
    )


def _alert_of(stored: AlertRow) -> Alert:
    return Alert(choices_of(stored), stored.expires_at, stored.version, AlertState(stored.state))
