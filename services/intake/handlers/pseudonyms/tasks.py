"""Which own cases still have to be asked of which partner.

Only people whom we hold are asked for: alerts are compared with found and unidentified cases (DESIGN 5).
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from services.intake.handlers.ports import Context
from services.intake.store.cases import CaseRow
from services.intake.store.pseudonyms import AskingRow, PseudonymTaskRow
from shared.wire.codes import CaseKind
from shared.wire.local import EpochClosed

ASKED_KINDS = (CaseKind.FOUND, CaseKind.UNIDENTIFIED)
FIRST_EPOCH = 1


def asking_of(session: Session, partner: str) -> AskingRow:
    """Where we stand in asking this partner, locked; the first time, every case becomes a task."""
    row = session.scalar(select(AskingRow).where(AskingRow.partner == partner).with_for_update())
    if row is None:
        row = AskingRow(
            partner=partner,
            epoch=FIRST_EPOCH,
            last_start=-1,
            first_load="under_way",
            retry_start=0,
            retry_pause=1,
            refusals=0,
            last_outcome="",
        )
        session.add(row)
        session.flush()
        add_all(session, partner, FIRST_EPOCH)
    return row


def add_all(session: Session, partner: str, epoch: int) -> None:
    """Every open case becomes a task for this partner and epoch, unless it is one already."""
    known = select(PseudonymTaskRow.case_id).where(
        PseudonymTaskRow.partner == partner, PseudonymTaskRow.epoch == epoch
    )
    cases = session.execute(
        select(CaseRow.id, CaseRow.version).where(
            CaseRow.state == "open", CaseRow.kind.in_(ASKED_KINDS), CaseRow.id.not_in(known)
        )
    ).all()
    rows = [
        {"case_id": case, "partner": partner, "epoch": epoch, "version": version, "state": "waiting"}
        for case, version in cases
    ]
    if rows:
        session.execute(insert(PseudonymTaskRow), rows)


def case_changed(session: Session, context: Context, case: CaseRow) -> None:
    """A case was registered or updated: ask every verified partner for its newest version."""
    if case.kind not in ASKED_KINDS:
        return
    for partner in context.partner_ids(session):
        if not context.is_verified(session, partner):
            continue
        asking = asking_of(session, partner)
        task = session.scalar(
            select(PseudonymTaskRow).where(
                PseudonymTaskRow.case_id == case.id,
                PseudonymTaskRow.partner == partner,
                PseudonymTaskRow.epoch == asking.epoch,
            )
        )
        if task is None:
            task = PseudonymTaskRow(case_id=case.id, partner=partner, epoch=asking.epoch)
            session.add(task)
        task.version, task.state, task.done_at = case.version, "waiting", None
    session.flush()


def case_ended(session: Session, case_id: str) -> None:
    """A case was closed or erased: nobody is asked about it any more."""
    session.execute(delete(PseudonymTaskRow).where(PseudonymTaskRow.case_id == case_id))


def waiting(session: Session, partner: str, epoch: int, limit: int) -> Sequence[PseudonymTaskRow]:
    """The oldest tasks that are to be asked."""
    return session.scalars(
        select(PseudonymTaskRow).where(*_waiting(partner, epoch)).order_by(PseudonymTaskRow.id).limit(limit)
    ).all()


def waiting_count(session: Session, partner: str, epoch: int) -> int:
    """How many cases still have to be asked."""
    counted = select(func.count()).select_from(PseudonymTaskRow).where(*_waiting(partner, epoch))
    return session.scalar(counted) or 0


def new_epoch(session: Session, asking: AskingRow, epoch: int) -> None:
    """The partner began a new epoch: ask for everything anew, newest epoch only (case 41).

    What was done for the old one stays until all is done; what was still waiting there never will be: alerts
    carry tags of both epochs until then.
    """
    session.execute(
        delete(PseudonymTaskRow).where(
            PseudonymTaskRow.partner == asking.partner,
            PseudonymTaskRow.epoch < epoch,
            PseudonymTaskRow.state == "waiting",
        )
    )
    asking.epoch = epoch
    session.flush()
    add_all(session, asking.partner, epoch)


def close_old_epochs(session: Session, context: Context, asking: AskingRow) -> None:
    """When nothing waits any more, matching may drop the pseudonyms of every older epoch."""
    if waiting_count(session, asking.partner, asking.epoch):
        return
    older = (PseudonymTaskRow.partner == asking.partner, PseudonymTaskRow.epoch < asking.epoch)
    for epoch in session.scalars(
        select(PseudonymTaskRow.epoch).where(*older).distinct().order_by(PseudonymTaskRow.epoch)
    ).all():
        context.post.tell(session, EpochClosed(partner=asking.partner, epoch=epoch))
    session.execute(delete(PseudonymTaskRow).where(*older))


def _waiting(partner: str, epoch: int) -> tuple[ColumnElement[bool], ...]:
    row = PseudonymTaskRow
    return row.partner == partner, row.epoch == epoch, row.state == "waiting"
