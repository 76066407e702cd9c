"""Lists of alerts: filters and order are part of the query, so that what is cut into pages was asked for."""

from dataclasses import dataclass

from sqlalchemy import Select, select

from services.intake.domain.alert import AlertState
from services.intake.handlers.actor import Actor
from services.intake.handlers.alerts.views import AlertView
from services.intake.handlers.search_terms import NAME, SOURCE_ID, SearchTerms
from services.intake.handlers.visible import visible
from services.intake.store.alerts import AlertRow, ShareRow
from services.intake.store.cases import BlindIndexRow, CaseRow

PER_PAGE = 50
UNSETTLED = ("pending", "queued", "sent", "deleting", "refused")
"""States of a share in which something is still to come, or to be done by a person."""
ORDERS = ("changed", "shared", "ends")


@dataclass(frozen=True, slots=True, repr=False)
class AlertFilter:
    """Which alerts, and in which order. `text` is the whole name of the case, or its id in an old table."""

    text: str = ""
    case_id: str | None = None
    live_only: bool = False
    unsettled: bool = False
    order: str = "changed"
    """`changed`: the newest change first; `shared`: the newest first; `ends`: what ends soonest first."""


@dataclass(frozen=True, slots=True, repr=False)
class AlertPage:
    """One page of a list of alerts."""

    alerts: list[AlertView]
    total: int
    number: int
    pages: int


def chosen_alerts(wanted: AlertFilter, terms: SearchTerms, by: Actor) -> Select[AlertRow]:
    """The query for the alerts that fit, of the cases that this person may see."""
    chosen = select(AlertRow).join(CaseRow, CaseRow.id == AlertRow.case_id).where(visible(by))
    if wanted.case_id is not None:
        chosen = chosen.where(AlertRow.case_id == wanted.case_id)
    if wanted.live_only:
        chosen = chosen.where(AlertRow.state == AlertState.PUBLISHED)
    if wanted.unsettled:
        shares = select(ShareRow.alert_id).where(ShareRow.state.in_(UNSETTLED))
        chosen = chosen.where(AlertRow.id.in_(shares))
    if wanted.text:
        values = [value for field in (NAME, SOURCE_ID) if (value := terms.value(field, wanted.text))]
        named = select(BlindIndexRow.case_id).where(BlindIndexRow.value.in_(values))
        chosen = chosen.where(AlertRow.case_id.in_(named))
    orders = {
        "changed": AlertRow.changed_at.desc(),
        "shared": AlertRow.created_at.desc(),
        "ends": AlertRow.expires_at.asc(),
    }
    return chosen.order_by(orders.get(wanted.order, orders["changed"]), AlertRow.id)
