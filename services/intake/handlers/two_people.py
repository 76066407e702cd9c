"""When two accounts are two people (rule 9).

Two accounts do not make two people: whoever made an account, or set its password, may be the one who uses it,
and may use it to make a third. So an account that another person made, or whose password another person set,
does not count as one of two for a week, in which its owner, or whoever reads the list of accounts or the
audit log, may notice. Before the node knows any partner it counts at once, or nobody could begin.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.store.users import UserRow
from shared.partners.tables import PartnerRow
from shared.partners.verification import SamePerson
from shared.wire.codes import PartnerStatus

APART_AFTER = timedelta(days=7)


def counts_from(session: Session, now: datetime) -> datetime | None:
    """From when on an account that is made now, or whose password another person sets now, counts.

    None: at once.
    """
    partner = select(PartnerRow.organisation).where(PartnerRow.status != PartnerStatus.SELF.value).limit(1)
    return None if session.scalar(partner) is None else now + APART_AFTER


def must_be_two(session: Session, first: str | None, second: str, now: datetime) -> None:
    """Raise SamePerson when one of these accounts is too new to be known as another person's."""
    for one in (first, second):
        row = None if one is None else session.get(UserRow, one)
        if row is not None and row.counts_from is not None and now < row.counts_from:
            raise SamePerson(
                "within a week after another person made an account or set its password, it is no second "
                "person; ask somebody who has had their own account for longer"
            )
