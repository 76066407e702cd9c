"""The rota in the database."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notify.domain.rota import BadRota, DutyPerson, WeeklyHours
from services.notify.store.tables import DutyPersonRow


class NoSuchPerson(LookupError):
    """Nobody with this id is on the rota; list the rota to see the ids."""


def add(session: Session, person: DutyPerson) -> None:
    """Put a person on the rota. Raises BadRota when the address is there already."""
    taken = session.scalar(select(DutyPersonRow.id).where(DutyPersonRow.email == person.email))
    if taken is not None:
        raise BadRota("this address is on the rota already: change or remove that entry")
    session.add(
        DutyPersonRow(
            id=person.id,
            name=person.name,
            email=person.email,
            language=person.language,
            zone=person.zone,
            hours=person.hours.text,
            begins=person.begins,
            ends=person.ends,
            active=person.active,
        )
    )
    session.flush()


def everybody(session: Session) -> list[DutyPerson]:
    """The whole rota, by name."""
    rows: Sequence[DutyPersonRow] = session.scalars(
        select(DutyPersonRow).order_by(DutyPersonRow.name, DutyPersonRow.id)
    ).all()
    return [_person(row) for row in rows]


def find(session: Session, person_id: str) -> DutyPerson | None:
    """One person, or None."""
    row = session.get(DutyPersonRow, person_id)
    return None if row is None else _person(row)


def set_active(session: Session, person_id: str, active: bool) -> None:
    """Take a person off duty for the time being, or back. Raises NoSuchPerson."""
    _get(session, person_id).active = active
    session.flush()


def remove(session: Session, person_id: str) -> None:
    """Delete a person from the rota. Raises NoSuchPerson."""
    session.delete(_get(session, person_id))
    session.flush()


def _get(session: Session, person_id: str) -> DutyPersonRow:
    row = session.get(DutyPersonRow, person_id)
    if row is None:
        raise NoSuchPerson("nobody with this id is on the rota; list the rota to see the ids")
    return row


def _person(row: DutyPersonRow) -> DutyPerson:
    return DutyPerson(
        id=row.id,
        name=row.name,
        email=row.email,
        language=row.language,
        zone=row.zone,
        hours=WeeklyHours.parse(row.hours),
        begins=row.begins,
        ends=row.ends,
        active=row.active,
    )
