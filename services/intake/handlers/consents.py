"""What found people agreed to: recorded, taken back, and looked up before anything is told (rule 2)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.intake.domain.codes import ConsentPurpose, ConsentScope, ConsentSource, ContactWish
from services.intake.domain.consent import Consent
from services.intake.handlers.actor import EVERY_TEAM, READS_CASES, WRITES_CASES, Actor
from services.intake.handlers.errors import BadField, CaseErased, NotFound
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.store.cases import CaseRow, ConsentRow
from services.intake.store.fields import CONSENT_RECORD
from services.intake.store.papers import AttachmentRow
from services.intake.store.users import UserRow
from shared.runtime import ids
from shared.wire.codes import CaseKind


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A recorded consent."""

    id: str
    case_id: str
    consent: Consent
    in_force: bool
    recorded_by: str
    recorded_at: datetime
    state: str
    """`live`, `expired` or `withdrawn`."""
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    paper: str | None
    """The attachment that was signed, if one was kept."""


class Consents:
    """Consents of the people whom we hold."""

    def __init__(self, context: Context, people: People) -> None:
        self._context = context
        self._people = people

    def record(self, case_id: str, consent: Consent, by: Actor, *, paper: str = "") -> ConsentView:
        """Write down what the person wishes; `paper` is the attachment of this case that was signed.

        Raises BadField for a case of somebody whom we do not hold, for a paper of another case, for an
        addressee that is no partner and for a day that has not come.
        """
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            case = self._case(session, case_id, by)
            self._check(session, case, consent, paper)
            row = ConsentRow(
                id=ids.new_id("consent"),
                case_id=case_id,
                recorded_by=by.id,
                recorded_at=self._context.clock.now(),
                paper_id=paper or None,
            )
            cipher = self._people.cipher(session, case_id)
            row.record = CONSENT_RECORD.seal(cipher, row.id, _to_record(consent))
            session.add(row)
            self._context.audit.append(session, by.id, "consent.recorded", case_id, {"consent": row.id})
            return self._view(session, row)

    def withdraw(self, consent_id: str, by: Actor, *, case_id: str | None = None) -> ConsentView:
        """The person changed their mind: from now on nothing is told under this consent.

        NotFound also where a case is given and the consent is another one's.
        """
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = session.get(ConsentRow, consent_id, with_for_update=True)
            if row is None or case_id not in (None, row.case_id):
                raise NotFound()
            self._case(session, row.case_id, by)
            if row.withdrawn_at is None:
                row.withdrawn_at, row.withdrawn_by = self._context.clock.now(), by.id
                details = {"consent": consent_id}
                self._context.audit.append(session, by.id, "consent.withdrawn", row.case_id, details)
            return self._view(session, row)

    def overview(self, case_id: str, by: Actor) -> list[ConsentView]:
        """The consents of a case, the newest first; the look is audited."""
        by.must_be(READS_CASES)
        with self._context.database.begin() as session:
            self._case(session, case_id, by)
            rows = session.scalars(
                select(ConsentRow)
                .where(ConsentRow.case_id == case_id)
                .order_by(ConsentRow.recorded_at.desc(), ConsentRow.id)
            ).all()
            self._context.audit.append(session, by.id, "consent.listed", case_id)
            return [self._view(session, row) for row in rows]

    def witnesses(self, by: Actor) -> list[tuple[str, str]]:
        """Ids and names of colleagues who may have heard a wish: those who see this person's cases."""
        by.must_be(READS_CASES)
        with self._context.database.read() as session:
            chosen = select(UserRow.id, UserRow.name).where(
                UserRow.active,
                UserRow.role.in_(READS_CASES),
                or_(UserRow.team == by.team, UserRow.role.in_(EVERY_TEAM)),
            )
            return [(one.id, one.name) for one in session.execute(chosen.order_by(UserRow.name))]

    def load(self, session: Session, consent_id: str, case_id: str) -> Consent:
        """The consent of this case; NotFound for another case's. A withdrawal counts at once."""
        row = session.get(ConsentRow, consent_id)
        if row is None or row.case_id != case_id:
            raise NotFound()
        return self._view(session, row).consent

    def _check(self, session: Session, case: CaseRow, consent: Consent, paper: str) -> None:
        if case.kind == CaseKind.MISSING:
            raise BadField("case", "Only somebody who was found can agree to be told about.")
        if consent.given > self._context.clock.now().date():
            raise BadField("given", "This day has not come yet; write the day on which it was given.")
        if consent.addressee not in self._context.partner_ids(session):
            raise BadField("addressee", "Choose the one partner who may be told.")
        heard = session.get(UserRow, consent.witnessed_by) if consent.witnessed_by else None
        if consent.witnessed_by and heard is None:
            raise BadField("witnessed_by", "Choose the colleague who heard it.")
        kept = session.get(AttachmentRow, paper) if paper else None
        if paper and (kept is None or kept.case_id != case.id):
            raise BadField("paper", "Choose an attachment of this case, or none.")

    def _case(self, session: Session, case_id: str, by: Actor) -> CaseRow:
        row = session.get(CaseRow, case_id)
        if row is None or not by.sees_team(row.team):
            raise NotFound()
        if row.state == "erased":
            raise CaseErased()
        return row

    def _view(self, session: Session, row: ConsentRow) -> ConsentView:
        cipher = self._people.cipher(session, row.case_id)
        withdrawn = row.withdrawn_at.date() if row.withdrawn_at else None
        consent = _from_record(CONSENT_RECORD.open(cipher, row.id, row.record), withdrawn)
        live = consent.in_force(self._context.clock.now().date())
        return ConsentView(
            id=row.id,
            case_id=row.case_id,
            consent=consent,
            in_force=live,
            recorded_by=row.recorded_by,
            recorded_at=row.recorded_at,
            state="withdrawn" if row.withdrawn_at else "live" if live else "expired",
            withdrawn_by=row.withdrawn_by,
            withdrawn_at=row.withdrawn_at,
            paper=row.paper_id,
        )


def _to_record(consent: Consent) -> dict[str, Any]:
    return {
        "contact_wish": consent.contact_wish.value,
        "source": consent.source.value,
        "language": consent.language,
        "addressee": consent.addressee,
        "purpose": consent.purpose.value,
        "scope": sorted(scope.value for scope in consent.scope),
        "given": consent.given.isoformat(),
        "until": consent.until.isoformat(),
        "witnessed_by": consent.witnessed_by,
    }


def _from_record(record: dict[str, Any], withdrawn: date | None) -> Consent:
    return Consent(
        contact_wish=ContactWish(record["contact_wish"]),
        source=ConsentSource(record["source"]),
        language=record["language"],
        addressee=record["addressee"],
        purpose=ConsentPurpose(record["purpose"]),
        scope=frozenset(ConsentScope(scope) for scope in record["scope"]),
        given=date.fromisoformat(record["given"]),
        until=date.fromisoformat(record["until"]),
        witnessed_by=record["witnessed_by"],
        withdrawn=withdrawn,
    )
