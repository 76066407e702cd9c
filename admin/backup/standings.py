"""Partners after a restore: the backup does not know whom somebody suspended since (case 84).

So the administrator says of each partner with whom there was an exchange whether it goes on; nothing is
assumed.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.errors import AdminError
from services.intake.app import IntakeApp
from services.intake.handlers.actor import Actor
from shared.partners import verification
from shared.partners.tables import PartnerRow
from shared.wire.codes import PartnerStatus

_OPEN = (PartnerStatus.UNVERIFIED, PartnerStatus.COMPARED, PartnerStatus.VERIFIED)


def undecided(session: Session) -> list[PartnerRow]:
    """The partners of which somebody has to say whether they stay."""
    chosen = select(PartnerRow).where(PartnerRow.status.in_(_OPEN)).order_by(PartnerRow.organisation)
    return list(session.scalars(chosen))


def check(session: Session, keep: Collection[str], suspend: Collection[str]) -> None:
    """Raise AdminError unless each of them is named once, and nobody else."""
    known = {row.organisation for row in undecided(session)}
    twice = sorted(set(keep) & set(suspend))
    strange = sorted((set(keep) | set(suspend)) - known)
    missing = sorted(known - set(keep) - set(suspend))
    if twice:
        raise AdminError(f"{twice[0]} is both kept and suspended: say one of them; nothing was done.")
    if strange:
        raise AdminError(
            f"{strange[0]} is no partner that could be kept or suspended: `restore review` lists them; "
            "nothing was done."
        )
    if missing:
        raise AdminError(
            f"{missing[0]} has no decision: somebody may have suspended it after the backup. Say --keep "
            f"{missing[0]} or --suspend {missing[0]}; nothing was done."
        )


def suspend_in_intake(intake: IntakeApp, session: Session, actor: Actor, partners: Collection[str]) -> None:
    """Suspend them in the release's own transaction, before anything is written for a partner."""
    for partner in sorted(partners):
        verification.suspend(session, partner, intake.clock.now())
        intake.use_cases.context.audit.append(session, actor.id, "partner.suspended", partner)
        intake.use_cases.partners.tell_matching(session, partner)


def suspend_in_matching(session: Session, partners: Collection[str], now: datetime) -> None:
    """Do not wait for intake's message, which deletes what is theirs: until then nothing is said to them."""
    for row in undecided(session):
        if row.organisation in partners:
            verification.suspend(session, row.organisation, now)
