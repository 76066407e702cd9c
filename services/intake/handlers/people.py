"""Reads and writes the encrypted person behind a case; the only place that opens these columns."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.intake.domain import description as descriptions
from services.intake.domain import person_record
from services.intake.domain.asking import EnquirerCheck, Identity, Order
from services.intake.domain.case import Case, Enquirer, Episode, Separation
from services.intake.domain.codes import CaseKind, Category, Risk, TracingStatus
from services.intake.domain.dates import PartialDate
from services.intake.domain.description import describe
from services.intake.domain.person import Person
from services.intake.domain.triage import NOT_ASKED, Answer, Triage
from services.intake.handlers.errors import CaseErased
from services.intake.handlers.ports import Context
from services.intake.handlers.vault import CaseVault
from services.intake.store import fields
from services.intake.store.cases import CaseKeyRow, CaseRow, EnquirerRow, EpisodeRow, PersonRow
from shared.crypto.rest import RestCipher
from shared.runtime import ids
from shared.wire import canonical
from shared.wire.messages import Description

READ_AHEAD = "labels"
AT_ONCE = 500
"""Ids in one statement: SQLite and PostgreSQL take many more, and this is enough."""


class People:
    """The people of cases."""

    def __init__(self, context: Context, vault: CaseVault) -> None:
        self._context = context
        self._vault = vault

    def cipher(self, session: Session, case_id: str) -> RestCipher:
        """The cipher of a case; raises CaseErased."""
        return self._vault.of(session, case_id)

    def label(self, session: Session, case_id: str) -> str:
        """The name for a list, and nothing else; empty for an erased case or an unnamed person."""
        if case_id in (read := session.info.get(READ_AHEAD, {})):
            return str(read[case_id])
        row = session.scalar(select(PersonRow).where(PersonRow.case_id == case_id))
        if row is None:
            return ""
        return fields.PERSON_LABEL.open(self._vault.of(session, case_id), row.id, row.label)

    def read_ahead(self, session: Session, case_ids: Iterable[str]) -> None:
        """Read the names of a whole list at once; `label` then asks for none of them. For lists only."""
        wanted = set(case_ids)
        session.info[READ_AHEAD] = dict.fromkeys(wanted, "") | self.labels(session, wanted)

    def labels(self, session: Session, case_ids: Iterable[str]) -> dict[str, str]:
        """`label` of many cases with one statement for each 500; erased cases are left out."""
        wanted, found = sorted(set(case_ids)), {}
        for start in range(0, len(wanted), AT_ONCE):
            rows = session.execute(
                select(PersonRow.id, PersonRow.case_id, PersonRow.label, CaseKeyRow.wrapped)
                .join(CaseKeyRow, CaseKeyRow.case_id == PersonRow.case_id)
                .where(PersonRow.case_id.in_(wanted[start : start + AT_ONCE]))
            )
            for row in rows:
                cipher = self._vault.opened(row.case_id, row.wrapped)
                found[row.case_id] = fields.PERSON_LABEL.open(cipher, row.id, row.label)
        return found

    def load(self, session: Session, case_id: str) -> Person:
        """The person of a case; raises CaseErased, or CannotDecrypt for a damaged row (case 82)."""
        row = session.scalar(select(PersonRow).where(PersonRow.case_id == case_id))
        if row is None:
            raise CaseErased()
        record = fields.PERSON_RECORD.open(self._vault.of(session, case_id), row.id, row.record)
        # Dates were checked against the day on which they were entered.
        return person_record.from_plain(record, date.max)

    def describe(self, session: Session, case: CaseRow) -> Description:
        """Every coded value of an own case, for our own matching and the desk."""
        return wire_description(describe(self.load(session, case.id)))

    def load_case(self, session: Session, row: CaseRow) -> Case:
        """The whole case; raises CaseErased."""
        cipher = self._vault.of(session, row.id)
        episode_row = session.scalars(
            select(EpisodeRow).where(EpisodeRow.case_id == row.id).order_by(EpisodeRow.number.desc())
        ).first()
        enquirer_row = session.scalar(select(EnquirerRow).where(EnquirerRow.case_id == row.id))
        enquirer, separation, episode = None, None, Episode()
        if enquirer_row is not None:
            enquirer = _enquirer(fields.ENQUIRER_RECORD.open(cipher, enquirer_row.id, enquirer_row.record))
        if episode_row is not None:
            record = fields.EPISODE_RECORD.open(cipher, episode_row.id, episode_row.record)
            episode = Episode(episode_row.number, _date(record.get("began")))
            separation = _separation(record.get("separation"))
        return Case(
            kind=CaseKind(row.kind),
            person=self.load(session, row.id),
            category=Category(row.category),
            risk=Risk(row.risk),
            tracing_status=TracingStatus(row.tracing_status),
            episode=episode,
            enquirer=enquirer,
            separation=separation,
            note=fields.CASE_NOTE.open(cipher, row.id, row.note) if row.note is not None else "",
            triage=_triage(fields.CASE_TRIAGE.open(cipher, row.id, row.triage)) if row.triage else NOT_ASKED,
        )

    def save(self, session: Session, row: CaseRow, case: Case, cipher: RestCipher) -> None:
        """Write everything personal of a case; what was there is replaced, earlier episodes stay."""
        now = self._context.clock.now()
        person = session.scalar(select(PersonRow).where(PersonRow.case_id == row.id))
        if person is None:
            person = PersonRow(id=ids.new_id("person"), case_id=row.id)
            session.add(person)
        person.label = fields.PERSON_LABEL.seal(cipher, person.id, label_of(case.person))
        person.record = fields.PERSON_RECORD.seal(cipher, person.id, person_record.to_plain(case.person))
        row.note = fields.CASE_NOTE.seal(cipher, row.id, case.note) if case.note else None
        answered = {"answers": dict(case.triage.answers), "because": case.triage.because}
        row.triage = fields.CASE_TRIAGE.seal(cipher, row.id, answered) if case.triage != NOT_ASKED else None
        episode = session.scalar(
            select(EpisodeRow).where(EpisodeRow.case_id == row.id, EpisodeRow.number == case.episode.number)
        )
        if episode is None:
            number = case.episode.number
            episode = EpisodeRow(id=ids.new_id("episode"), case_id=row.id, number=number, created_at=now)
            session.add(episode)
        episode.record = fields.EPISODE_RECORD.seal(cipher, episode.id, _episode_record(case))
        enquirer = session.scalar(select(EnquirerRow).where(EnquirerRow.case_id == row.id))
        if case.enquirer is None:
            session.execute(delete(EnquirerRow).where(EnquirerRow.case_id == row.id))
        else:
            if enquirer is None:
                enquirer = EnquirerRow(id=ids.new_id("enquirer"), case_id=row.id, created_at=now)
                session.add(enquirer)
            enquirer.record = fields.ENQUIRER_RECORD.seal(
                cipher, enquirer.id, _enquirer_record(case.enquirer)
            )
        session.flush()

    def forget(self, session: Session, row: CaseRow) -> None:
        """Erasure: the key first, then the ciphertext, which nobody could read any more."""
        self._vault.destroy(session, row.id)
        for table in (PersonRow, EpisodeRow, EnquirerRow):
            session.execute(delete(table).where(table.case_id == row.id))
        row.note = row.triage = None


def wire_description(description: descriptions.Description) -> Description:
    """The domain's coded values as they travel; strict JSON, so nothing else gets through."""
    return Description.model_validate_json(canonical.dumps(description.to_plain()), strict=True)


def label_of(person: Person) -> str:
    """How a person is named in a list."""
    return f"{person.given_name} {person.family_name}".strip() or ", ".join(person.alternate_names[:1])


def _episode_record(case: Case) -> dict[str, Any]:
    record: dict[str, Any] = {}
    if case.episode.began is not None:
        record["began"] = str(case.episode.began)
    if case.separation is not None:
        separation = case.separation
        values = {
            "date": str(separation.date) if separation.date else "",
            "cause": separation.cause,
            "place": separation.place,
            "last_contact": str(separation.last_contact) if separation.last_contact else "",
        }
        record["separation"] = values
    return record


def _separation(record: dict[str, str] | None) -> Separation | None:
    if record is None:
        return None
    return Separation(
        date=_date(record["date"]),
        cause=record["cause"],
        place=record["place"],
        last_contact=_date(record["last_contact"]),
    )


def _triage(record: dict[str, Any]) -> Triage:
    return Triage.of(record["answers"], record["because"])


def _enquirer(record: dict[str, Any]) -> Enquirer:
    check = record.pop("check")
    made = EnquirerCheck(
        Identity(check["identity"]),
        Order(check["order"]),
        Answer(check["plausible"]),
        check["note"],
        check["by"],
        check["at"],
    )
    return Enquirer(**record, check=made)


def _enquirer_record(enquirer: Enquirer) -> dict[str, Any]:
    return {
        "check": asdict(enquirer.check),
        "name": enquirer.name,
        "relation": enquirer.relation,
        "phone": enquirer.phone,
        "email": enquirer.email,
        "language": enquirer.language,
    }


def _date(text: str | None) -> PartialDate | None:
    return PartialDate.parse(text, date.max) if text else None
