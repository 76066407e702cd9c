"""Possible matches: the inbox with its memory, one of them with its reasons, and what a person decides."""

from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import again, guard, language, match_reasons, match_steps
from services.intake.desk.access import page
from services.intake.desk.i18n import gettext
from services.intake.desk.paging import page_number
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.desk.wording import label
from services.intake.desk.words import LABELS
from services.intake.domain.codes import ExclusionReason, MatchState
from services.intake.domain.errors import DomainError
from services.intake.handlers.actor import DECIDES_MATCHES, READS_CASES
from services.intake.handlers.errors import MatchMoved
from services.intake.handlers.match_lists import MatchFilter
from services.intake.handlers.match_views import WAITING, MatchView
from shared.partners.verification import VerificationError

pages = Blueprint("matches", __name__, url_prefix="/matches")

MAX_NOTE = 1000
WAIT, ALL = "waiting", "all"


@dataclass(frozen=True, slots=True, repr=False)
class Typed:
    """What stood in the form when it could not be sent, so that it comes back."""

    question: str = ""
    reason: str = ""
    note: str = ""


@page(pages, "", READS_CASES)
def match_list() -> ResponseReturnValue:
    """Those that want a decision, or of one state, or all: `state` and `partner` stand in the address."""
    actor, matches = guard.actor(), desk().intake.matches
    names = {partner.organisation: partner.name for partner in desk().intake.partners.overview(actor)}
    tab, partner = request.args.get("state", ""), request.args.get("partner", "")
    tab = tab if tab == ALL or tab in MatchState.__members__.values() else WAIT
    partner = partner if partner in names else ""
    states = {WAIT: frozenset(WAITING), ALL: frozenset(MatchState)}
    chosen = states.get(tab) or frozenset({MatchState(tab)})
    wanted = MatchFilter(chosen, partner=partner or None, pressing_first=chosen <= frozenset(WAITING))
    counts = matches.counts(actor)
    found = matches.page_of(wanted, actor, page_number())
    return render_template(
        "matches.html",
        found=found,
        tab=tab,
        tabs=[WAIT, *(state.value for state in MatchState), ALL],
        counts={
            WAIT: sum(counts.get(state, 0) for state in WAITING),
            ALL: sum(counts.values()),
            **{state.value: counts.get(state, 0) for state in MatchState},
        },
        names=names,
        address={"state": tab, "partner": partner},
        who=desk().history.names({one.decided_by for one in found.matches if one.decided_by}),
    )


@page(pages, "/<match_id>", READS_CASES)
def one_match(match_id: str) -> ResponseReturnValue:
    """One possible match."""
    return _page(desk().intake.matches.open(match_id, guard.actor()))


def _confirms() -> bool:
    """That it is the same person is what others act on; every other decision is taken back by a click."""
    return request.form.get("state") == MatchState.CONFIRMED


@page(pages, "/<match_id>/decide", DECIDES_MATCHES, ("POST",), sensitive=_confirms)
def decide(match_id: str) -> ResponseReturnValue:
    """What a person says about it; version and state on the page say what they saw."""
    actor, matches, typed = guard.actor(), desk().intake.matches, _typed()
    if language.switched():
        return _page(matches.open(match_id, actor), typed=typed)
    version, wanted = request.form.get("version", ""), request.form.get("state", "")
    seen = request.form.get("seen_state", "")
    known_states = MatchState.__members__.values()
    if wanted not in known_states or not version.isdecimal() or len(version) > 9:
        return _page(matches.open(match_id, actor), gettext("Choose one from the list."), typed)
    if seen not in ("", *known_states):
        return _page(matches.open(match_id, actor), gettext("Choose one from the list."), typed)
    state, note = MatchState(wanted), typed.note
    if state is MatchState.NEED_INFORMATION:
        if not typed.question:
            sentence = gettext("Choose the question to be answered.")
            return _page(matches.open(match_id, actor), sentence, typed)
        note = match_steps.with_question(typed.question, note)
    reason = typed.reason if state is MatchState.EXCLUDED else ""
    try:
        matches.decide(
            match_id,
            state,
            actor,
            reason=ExclusionReason(reason) if reason else None,
            note=note,
            seen_version=int(version),
            seen_state=MatchState(seen) if seen else None,
        )
    except MatchMoved as moved:
        view = matches.open(match_id, actor)
        return _page(view, _moved(view, seen) or said(moved), typed, 409)
    except (DomainError, VerificationError) as error:
        return _page(matches.open(match_id, actor), said(error), typed)
    flash(gettext("Your decision is kept. It stays in the house."))
    return redirect(url_for("matches.one_match", match_id=match_id), 303)


def _typed() -> Typed:
    question, reason = request.form.get("question", ""), request.form.get("reason", "")
    return Typed(
        question if question in LABELS["question"] else "",
        reason if reason in ExclusionReason.__members__.values() else "",
        request.form.get("note", "").strip()[:MAX_NOTE],
    )


def _moved(view: MatchView, seen: str) -> str:
    """Who was quicker, and what they said; empty where the facts changed."""
    last = view.history[-1]
    if seen == last.state or not seen:
        return gettext("The facts changed meanwhile. Look at them again before you decide.")
    who = desk().history.names({last.actor}).get(last.actor) or gettext("the system")
    return gettext(
        "Meanwhile it was decided: %(who)s, %(state)s. Nothing of yours is kept yet. Look at it again.",
        who=who,
        state=label("match_state", last.state),
    )


def _page(
    view: MatchView, error: str = "", typed: Typed | None = None, status: int = 422
) -> ResponseReturnValue:
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
        back=match_steps.came_back(view),
        partner=partner,
        photos=intake.photos.overview(summary.case_id, actor),
        duty=duty,
        who=desk().history.names({step.actor for step in view.history}),
        questions=[match_steps.question(step.note) for step in view.history],
        mine=summary.state is MatchState.PROBABLE and view.history[-1].actor == actor.id,
        may={state.value for state in view.may_become},
        typed=typed or Typed(),
        error=error,
    )
    return rendered, status if error else 200


@again.form("matches.decide")
def _again(match_id: str) -> str:
    """What was typed about a match when the sign-in had ended. Nothing is decided."""
    ended = gettext("Your sign-in had ended. Nothing is decided. Look at what you wrote, and send it again.")
    shown = _page(desk().intake.matches.open(match_id, guard.actor()), ended, _typed())
    return current_app.make_response(shown).get_data(as_text=True)
