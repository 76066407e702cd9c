"""Today: what waits, the most urgent first."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import guard
from services.intake.desk.access import SIGNED_IN, page
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.handlers.actor import READS_CASES, SEES_ALARMS, WRITES_CASES, Actor
from services.intake.handlers.alerts.views import AlertView, ShareView
from services.intake.handlers.match_views import URGENCY_ORDER, MatchSummary
from services.intake.handlers.matches import Matches

pages = Blueprint("today", __name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One share that has not arrived, is refused or was not signed for."""

    alert: AlertView
    share: ShareView


@page(pages, "/", SIGNED_IN)
def today() -> ResponseReturnValue:
    """What waits for this person."""
    actor, intake = guard.actor(), desk().intake
    reads, alarms = actor.role in READS_CASES, actor.role in SEES_ALARMS
    alerts = intake.alerts.overview(actor, unsettled=True) if reads else []
    return render_template(
        "today.html",
        reads=reads,
        sees_alarms=alarms,
        matches=waiting(intake.matches, actor) if reads else [],
        stuck=[Delivery(alert, share) for alert in alerts for share in alert.shares if is_stuck(share)],
        unsigned=[Delivery(alert, share) for alert in alerts for share in alert.shares if is_unsigned(share)],
        held=[partner for partner in intake.partners.overview(actor) if partner.hold],
        alarms=intake.alarms.open(actor) if alarms else [],
        notices=intake.notices.overview(actor) if reads else [],
        handovers=intake.handovers.waiting(actor) if reads else [],
        drafts=intake.drafts.overview(actor) if actor.role in WRITES_CASES else [],
        duty={entry.reference: entry for entry in intake.duty.entries(actor)} if reads else {},
    )


@page(pages, "/alarms/<alarm_id>/seen", SEES_ALARMS, ("POST",))
def alarm_seen(alarm_id: str) -> ResponseReturnValue:
    """Somebody looked at an alarm."""
    desk().intake.alarms.seen(alarm_id, guard.actor())
    flash(gettext("Noted. It comes back if it happens again."))
    return redirect(url_for("today.today"), 303)


def waiting(matches: Matches, actor: Actor) -> list[MatchSummary]:
    """Possible matches that want a decision: real ones before exercises, then by urgency and strength."""
    found = matches.overview(actor, waiting_only=True)
    return sorted(found, key=_urgent_first)


def _urgent_first(match: MatchSummary) -> tuple[bool, int, int]:
    order = URGENCY_ORDER.index(match.urgency) if match.urgency in URGENCY_ORDER else len(URGENCY_ORDER)
    return match.msg_status != "Actual", order, -match.score


def is_stuck(share: ShareView) -> bool:
    """It cannot go on by itself, or was refused, and a reason is known."""
    return share.state == "refused" or (share.state in ("pending", "queued") and share.reason is not None)


def is_unsigned(share: ShareView) -> bool:
    """It is on its way, and the partner has not signed for it yet."""
    return not is_stuck(share) and share.state in ("pending", "queued", "sent", "deleting")
