"""Today: what waits, the most urgent first, how long it has waited, and one click to act."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import guard
from services.intake.desk.access import SIGNED_IN, page
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.handlers.actor import READS_CASES, SEES_ALARMS, WRITES_CASES, Actor
from services.intake.handlers.match_views import URGENCY_ORDER, MatchSummary
from services.intake.handlers.matches import Matches

pages = Blueprint("today", __name__)


@page(pages, "/", SIGNED_IN)
def today() -> ResponseReturnValue:
    """What waits for this person; an administrator sees no case (rule 9)."""
    actor, intake = guard.actor(), desk().intake
    reads, alarms = actor.role in READS_CASES, actor.role in SEES_ALARMS
    partners = intake.partners.overview(actor)
    return render_template(
        "today.html",
        reads=reads,
        writes=actor.role in WRITES_CASES,
        sees_alarms=alarms,
        matches=waiting(intake.matches, actor) if reads else [],
        waits=intake.waiting.of(actor) if reads else None,
        held=[partner for partner in partners if partner.hold],
        partners={partner.organisation: partner for partner in partners},
        alarms=intake.alarms.open(actor) if alarms else [],
        notices=intake.notices.overview(actor) if reads else [],
        handovers=intake.handovers.waiting(actor) if reads else [],
        drafts=intake.drafts.overview(actor) if actor.role in WRITES_CASES else [],
        duty={entry.reference: entry for entry in intake.duty.entries(actor)} if reads else {},
        now=desk().clock.now(),
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
