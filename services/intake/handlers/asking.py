"""Who is asking: what stands against sharing a case, and the second person who may allow it all the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.intake.domain.asking import (
    NOTHING_CHECKED,
    REFUSALS,
    EnquirerCheck,
    Hold,
    Order,
    holds,
)
from services.intake.domain.case import Case, Enquirer
from services.intake.domain.codes import CaseKind
from services.intake.handlers.actor import ALLOWS_SHARING, READS_CASES, TAKES_ORDERS_AWAY, WRITES_CASES, Actor
from services.intake.handlers.errors import NotFound, OrderIsNotYours, ReasonNeeded, SamePersonAgain
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.search_terms import SearchTerms, fold
from services.intake.handlers.two_people import must_be_two
from services.intake.store.cases import BlindIndexRow, CaseRow
from services.intake.store.fields import SHARE_PERMISSION
from services.intake.store.permissions import SharePermissionRow
from shared.runtime.clock import to_wire

A_DAY = timedelta(hours=24)
PHONE_DIGITS = 8
"""So many digits at the end tell a number apart; what stands before is written in many ways."""


@dataclass(frozen=True, slots=True, repr=False)
class Standing:
    """Where a case stands: what holds it back, and what a second person allowed."""

    holds: tuple[Hold, ...]
    asked_about: int
    """People whom this enquirer registered in the day before and with this case."""
    because: str
    allowed_by: str | None
    allowed_at: datetime | None
    covered: bool
    """Whether sharing is open: nothing holds it, or all that does was allowed."""
    may_allow: bool
    """Whether the reader could be the second person."""


class Asking:
    """The use cases around the enquirer."""

    def __init__(self, context: Context, people: People) -> None:
        self._context = context
        self._people = people
        self._terms = SearchTerms(context.keys.blind_index)

    def standing(self, case_id: str, by: Actor) -> Standing:
        """What stands against sharing this case. NotFound also for another team's (case 46)."""
        by.must_be(READS_CASES)
        with self._context.database.read() as session:
            row = self._find(session, case_id, by)
            return self._standing(session, row, self._people.load_case(session, row), by)

    def allow(self, case_id: str, because: str, by: Actor) -> None:
        """A second person allows sharing. Not who wrote the case or the check; with a reason (rule 9)."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._find(session, case_id, by)
            by.must_be(ALLOWS_SHARING)
            case = self._people.load_case(session, row)
            if by.id in _authors(row, case):
                raise SamePersonAgain()
            must_be_two(session, row.created_by, by.id, self._context.clock.now())
            if not because.strip():
                raise ReasonNeeded()
            standing = self._standing(session, row, case, by)
            session.execute(delete(SharePermissionRow).where(SharePermissionRow.case_id == case_id))
            record = {"because": because.strip()[:2000], "covers": [hold.value for hold in standing.holds]}
            sealed = SHARE_PERMISSION.seal(self._people.cipher(session, case_id), case_id, record)
            now = self._context.clock.now()
            session.add(SharePermissionRow(case_id=case_id, record=sealed, allowed_by=by.id, allowed_at=now))
            self._context.audit.append(
                session, by.id, "sharing.allowed", case_id, {"holds": len(standing.holds)}
            )

    def must_be_open(self, session: Session, row: CaseRow, case: Case) -> None:
        """Raise SharingHeld with what weighs most, unless a second person allowed it."""
        standing = self._standing(session, row, case, None)
        if not standing.covered:
            raise REFUSALS[self._uncovered(session, row, standing.holds)[0]]()

    def is_flagged(self, session: Session, row: CaseRow, case: Case) -> bool:
        """Whether one enquirer has registered more people in a day than one person should (case 94)."""
        return Hold.TOO_MANY in holds(_check(case), case.risk, self._asked_about(session, row, case))

    def checked(self, session: Session, row: CaseRow, old: Case | None, new: Case, by: Actor) -> Case:
        """The new case with its check stamped; a changed enquirer loses what was found out about the old one.

        A protection order is taken away by a safeguarding lead only: raises OrderIsNotYours.
        """
        before = old.enquirer if old else None
        stands = before is not None and before.check.order is Order.YES
        enquirer = new.enquirer
        if enquirer is not None:
            check = enquirer.check
            untouched = before is not None and before.check.said == check.said
            if before is not None and untouched and fold(before.name) != fold(enquirer.name):
                check = EnquirerCheck(order=Order.YES) if stands else NOTHING_CHECKED
            elif before is not None and untouched:
                check = before.check
            elif check.said != NOTHING_CHECKED.said and (before is not None or not check.by):
                check = replace(check, by=by.id, at=to_wire(self._context.clock.now()))
            enquirer = replace(enquirer, check=check)
        if (
            stands
            and (enquirer is None or enquirer.check.order is not Order.YES)
            and by.role not in TAKES_ORDERS_AWAY
        ):
            raise OrderIsNotYours()
        if old is not None and before != enquirer:
            session.execute(delete(SharePermissionRow).where(SharePermissionRow.case_id == row.id))
        return replace(new, enquirer=enquirer)

    def _standing(self, session: Session, row: CaseRow, case: Case, by: Actor | None) -> Standing:
        asked = self._asked_about(session, row, case)
        found = holds(_check(case), case.risk, asked)
        permission = session.get(SharePermissionRow, row.id)
        because = self._record(session, permission)["because"] if permission else ""
        second = by is not None and by.role in ALLOWS_SHARING and by.id not in _authors(row, case)
        return Standing(
            holds=found,
            asked_about=asked,
            because=because,
            allowed_by=permission.allowed_by if permission else None,
            allowed_at=permission.allowed_at if permission else None,
            covered=not self._uncovered(session, row, found),
            may_allow=second,
        )

    def _uncovered(self, session: Session, row: CaseRow, found: tuple[Hold, ...]) -> list[Hold]:
        permission = session.get(SharePermissionRow, row.id)
        covers = set(self._record(session, permission)["covers"]) if permission else set()
        return [hold for hold in found if hold.value not in covers]

    def _record(self, session: Session, permission: SharePermissionRow) -> dict[str, Any]:
        cipher = self._people.cipher(session, permission.case_id)
        record: dict[str, Any] = SHARE_PERMISSION.open(cipher, permission.case_id, permission.record)
        return record

    def _asked_about(self, session: Session, row: CaseRow, case: Case) -> int:
        """Searches in the whole house by the same name, number or mail of an enquirer, whichever are most."""
        found = [0]
        for field, text in asker_terms(case.enquirer if case.kind is CaseKind.MISSING else None):
            value = self._terms.value(field, text)
            same = (
                select(func.count(CaseRow.id.distinct()))
                .join(BlindIndexRow, BlindIndexRow.case_id == CaseRow.id)
                .where(BlindIndexRow.field == field, BlindIndexRow.value == value)
                .where(
                    CaseRow.kind == CaseKind.MISSING,
                    CaseRow.created_at > row.created_at - A_DAY,
                    CaseRow.created_at <= row.created_at,
                )
            )
            found.append(session.scalar(same) or 0)
        return max(found)

    def _find(self, session: Session, case_id: str, by: Actor) -> CaseRow:
        row = session.get(CaseRow, case_id)
        if row is None or row.state == "erased" or not by.sees_team(row.team):
            raise NotFound()
        return row


def asker_terms(enquirer: Enquirer | None) -> Iterator[tuple[str, str]]:
    """What the blind index knows an enquirer by: the name, the end of the number, the mail address."""
    if enquirer is None:
        return
    digits = re.sub(r"\D", "", enquirer.phone)[-PHONE_DIGITS:]
    for field, text in (
        ("asker_name", enquirer.name),
        ("asker_mail", enquirer.email),
        ("asker_phone", digits),
    ):
        if fold(text):
            yield field, text


def _check(case: Case) -> EnquirerCheck | None:
    return case.enquirer.check if case.enquirer else None


def _authors(row: CaseRow, case: Case) -> set[str]:
    check = _check(case)
    return {row.created_by, check.by if check else ""}
