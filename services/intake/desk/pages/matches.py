"""Possible matches: the list, one of them with its reasons, and what a person decides about it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import guard, match_reasons
from services.intake.desk.access import page
from services.intake.desk.i18n import gettext
from services.intake.desk.pages.today import waiting
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.desk.words import LABELS
from services.intake.domain.codes import ExclusionReason, MatchState
from services.intake.domain.errors import DomainError
from services.intake.handlers.actor import DECIDES_MATCHES, READS_CASES
from services.intake.handlers.errors import EditConflict
from services.intake.handlers.match_views import MatchView
from services.intake.handlers.matches import LIST_LIMIT

pages = Blueprint("matches", __name__, url_prefix="/matches")

QUESTION = "question:"
"""A question from the list is kept in the note as its code, so that everybody reads it in their language."""
MAX_NOTE = 1000


@page(pages, "", READS_CASES)
def match_list() -> ResponseReturnValue:
    """Those that want a decision; all of them with ?state=all."""
    actor, intake = guard.actor(), desk().intake
    everything = request.args.get("state") == "all"
    found = intake.matches.overview(actor) if everything else waiting(intake.matches, actor)
    names = {partner.organisation: partner.name for partner in intake.partners.overview(actor)}
    return render_template(
        "matches.html", matches=found, everything=everything, names=names, limit=LIST_LIMIT
    )


@page(pages, "/<match_id>", READS_CASES)
def one_match(match_id: str) -> ResponseReturnValue:
    """One possible match."""
    return _page(desk().intake.matches.open(match_id, guard.actor()))


@page(pages, "/<match_id>/decide", DECIDES_MATCHES, ("POST",))
def decide(match_id: str) -> ResponseReturnValue:
    """What a person says about it; the version on the page says which facts they saw."""
    actor, matches = guard.actor(), desk().intake.matches
    wanted, version = request.form.get("state", ""), request.form.get("version", "")
    if wanted not in MatchState.__members__.values() or not version.isdecimal() or len(version) > 9:
        abort(400)
    state, note = MatchState(wanted), request.form.get("note", "").strip()[:MAX_NOTE]
    reason = request.form.get("reason", "") if state is MatchState.EXCLUDED else ""
    question = request.form.get("question", "") if state is MatchState.NEED_INFORMATION else ""
    try:
        if state is MatchState.NEED_INFORMATION:
            if question not in LABELS["question"]:
                return _page(matches.open(match_id, actor), gettext("Choose the question to be answered."))
            note = f"{QUESTION}{question}\n{note}".strip()
        known = reason in ExclusionReason.__members__.values()
        matches.decide(
            match_id,
            state,
            actor,
            reason=ExclusionReason(reason) if known else None,
            note=note,
            seen_version=int(version),
        )
    except (DomainError, EditConflict) as error:
        changed = gettext("The facts changed meanwhile. Look at them again before you decide.")
        sentence = changed if isinstance(error, EditConflict) else said(error)
        return _page(matches.open(match_id, actor), sentence)
    flash(gettext("Your decision is kept. It stays in the house."))
    return redirect(url_for("matches.one_match", match_id=match_id), 303)


def _page(view: MatchView, error: str = "") -> ResponseReturnValue:
    actor, intake = guard.actor(), desk().intake
    summary = view.summary
    partner = next(
        (one for one in intake.partners.overview(actor) if one.organisation == summary.partner), None
    )
    duty = next((one for one in intake.duty.entries(actor) if one.reference == summary.duty), None)
    rendered = render_template(
        "match.html",
        view=view,
        match=summary,
        reasons=match_reasons.columns(view.reasons),
        meaning=match_reasons.meaning(summary.strength, view.reasons),
        common=match_reasons.is_common(view.reasons),
        partner=partner,
        photos=intake.photos.overview(summary.case_id, actor),
        duty=duty,
        who=desk().history.names({step.actor for step in view.history}),
        questions=[_question(step.note) for step in view.history],
        mine=summary.state is MatchState.PROBABLE and view.history[-1].actor == actor.id,
        may={state.value for state in view.may_become},
        error=error,
    )
    return rendered, 422 if error else 200


def _question(note: str) -> tuple[str, str]:
    """The code of a question and the words beside it."""
    if not note.startswith(QUESTION):
        return "", note
    code, _, words = note.removeprefix(QUESTION).partition("\n")
    return code, words
