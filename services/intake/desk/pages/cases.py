"""Cases: the list, one case, registering and changing it, its status, its end, its erasure."""

from enum import StrEnum

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from services.intake.desk import again, case_form, case_merge, guard, language
from services.intake.desk.access import page
from services.intake.desk.case_form import CaseForm
from services.intake.desk.i18n import gettext
from services.intake.desk.paging import page_number
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.desk.triage_words import proposal_for
from services.intake.domain.case import ALLOWED
from services.intake.domain.codes import CaseKind, Category, Outcome, Risk, TracingStatus
from services.intake.domain.dates import BadDate, PartialDate
from services.intake.handlers.actor import LAYS_DECOYS, READS_CASES, WRITES_CASES
from services.intake.handlers.case_lists import CaseFilter
from services.intake.handlers.errors import CaseErased, EditConflict

pages = Blueprint("cases", __name__, url_prefix="/cases")

STATES = {"open": "open", "closed": "closed", "all": None}
ORDERS = ("changed", "registered", "risk")
LISTS: dict[str, type[StrEnum]] = {"kind": CaseKind, "category": Category, "risk": Risk}


@page(pages, "", READS_CASES)
def case_list() -> ResponseReturnValue:
    """Filters, order and page stand in the address, so that a list can be kept. Names never do: `search`."""
    return listed("", request.args, page_number())


def listed(text: str, wanted: MultiDict[str, str], number: int) -> str:
    """The list with these filters, and with `text` the cases that it names."""
    actor, intake = guard.actor(), desk().intake
    chosen = {name: wanted.get(name, "") for name in LISTS}
    known = {name: code for name, code in chosen.items() if code in list(LISTS[name])}
    state = wanted.get("state", "open")
    state = state if state in STATES else "open"
    order, batch = wanted.get("order", ""), wanted.get("batch", "")[:40]
    order = order if order in ORDERS else ORDERS[0]
    filters = CaseFilter(
        text=text,
        kind=known.get("kind"),
        category=known.get("category"),
        risk=known.get("risk"),
        state=STATES[state],
        order=order,
        batch=batch or None,
    )
    return render_template(
        "cases.html",
        found=intake.cases.page_of(filters, actor, number),
        coded=intake.short_codes.find(text, actor),
        q=text,
        chosen=chosen,
        state=state,
        states=list(STATES),
        order=order,
        narrowed=len(known) + (state != "open"),
        batch=batch,
        address={**known, "state": state, "order": order} | ({"batch": batch} if batch else {}),
        drafts=intake.drafts.overview(actor) if actor.role in WRITES_CASES and not text else [],
        writes=actor.role in WRITES_CASES,
    )


@page(pages, "/new", WRITES_CASES, ("GET", "POST"))
def new_case() -> ResponseReturnValue:
    """Register a case."""
    if request.method == "GET":
        return render_template(
            "case_form.html", form=case_form.empty(request.args.get("kind", "")), case=None
        )
    form, made = case_form.read(request.form, desk().clock.now().date())
    if language.switched():
        return render_template("case_form.html", form=form.untold(), case=None)
    if made is None:
        return render_template("case_form.html", form=form, case=None), 422
    saved = desk().intake.cases.register(made, guard.actor())
    flash(gettext("The case is registered."))
    return redirect(url_for("cases.one_case", case_id=saved.summary.id), 303)


@again.form("cases.new_case")
def _new_again() -> str:
    """The form as it was typed, after the session had ended."""
    form, _ = case_form.read(request.form, desk().clock.now().date())
    return render_template("case_form.html", form=form.untold(), case=None, again=True)


@page(pages, "/<case_id>", READS_CASES)
def one_case(case_id: str) -> ResponseReturnValue:
    """One case: fields, alerts, possible matches, who looked at it."""
    actor, made = guard.actor(), desk()
    try:
        view = made.intake.cases.get(case_id, actor)
    except CaseErased:
        history = made.history.of_case(case_id, actor)
        return render_template("case_erased.html", history=history, history_of=case_id), 410
    alerts = made.intake.alerts.overview(actor, case_id=case_id)
    handovers = made.intake.handovers.of_case(case_id, actor)
    standing = made.intake.asking.standing(case_id, actor)
    colleagues = {one for note in handovers for one in (note.written_by, note.taken_by) if one}
    colleagues |= {view.case.enquirer.check.by} if view.case.enquirer else set()
    return render_template(
        "case.html",
        view=view,
        case=view.case,
        alerts=alerts,
        live=next((one for one in alerts if one.is_live(made.clock.now())), None),
        matches=made.intake.matches.overview(actor, case_id=case_id),
        notices=made.intake.notices.overview(actor, case_id=case_id),
        photos=made.intake.photos.overview(case_id, actor),
        papers=made.intake.attachments.overview(case_id, actor),
        history=made.history.of_case(case_id, actor),
        history_of=case_id,
        kin=made.intake.same_people.of_case(case_id, actor),
        next_states=sorted(ALLOWED[view.case.tracing_status] - {TracingStatus.CLOSED}),
        handovers=handovers,
        standing=standing,
        staff=made.history.names(colleagues | {standing.allowed_by or ""}),
        proposal=proposal_for(view.case),
        writes=actor.role in WRITES_CASES,
        decoy=made.intake.watch.is_decoy(case_id, actor) if actor.role in LAYS_DECOYS else None,
    )


@page(pages, "/<case_id>/decoy", LAYS_DECOYS, ("POST",))
def decoy(case_id: str) -> ResponseReturnValue:
    """Make a case a decoy, or an ordinary one again; only safeguarding leads know which are (case 95)."""
    desk().intake.watch.mark(case_id, request.form.get("decoy") == "yes", guard.actor())
    flash(gettext("Done."))
    return redirect(url_for("cases.one_case", case_id=case_id), 303)


@page(pages, "/<case_id>/edit", WRITES_CASES, ("GET", "POST"))
def edit_case(case_id: str) -> ResponseReturnValue:
    """Change a case. Who comes second is told so and keeps what they typed (case 59)."""
    actor, cases = guard.actor(), desk().intake.cases
    view = cases.get(case_id, actor)
    if request.method == "GET":
        return render_template("case_form.html", form=case_form.of_case(view.case), case=view.summary)
    form, made = case_form.read(request.form, desk().clock.now().date(), view.case)
    if language.switched():
        return render_template("case_form.html", form=form.untold(), case=view.summary, seen=_version())
    if _version() != view.summary.version:
        merged = case_merge.merge(form, case_form.of_case(view.case))
        return render_template("case_form.html", form=merged.form, case=view.summary, merged=merged), 409
    if made is None:
        return render_template("case_form.html", form=form, case=view.summary), 422
    try:
        cases.update(case_id, made, _version(), actor)
    except EditConflict:  # a colleague saved in the moment between reading and writing
        view = cases.get(case_id, actor)
        merged = case_merge.merge(form, case_form.of_case(view.case))
        return render_template("case_form.html", form=merged.form, case=view.summary, merged=merged), 409
    flash(gettext("The change is saved."))
    return redirect(url_for("cases.one_case", case_id=case_id), 303)


@again.form("cases.edit_case")
def _edit_again(case_id: str) -> str:
    """The same; of a case that changed meanwhile, saving says so (`case_merge`)."""
    view = desk().intake.cases.get(case_id, guard.actor())
    form, _ = case_form.read(request.form, desk().clock.now().date(), view.case)
    seen = request.form.get("version", "")
    return render_template("case_form.html", form=form.untold(), case=view.summary, again=True, seen=seen)


@page(pages, "/<case_id>/status", WRITES_CASES, ("POST",))
def move_case(case_id: str) -> ResponseReturnValue:
    """The next status, which is never `closed` here: ending a search has a page of its own."""
    wanted = request.form.get("status", "")
    if wanted not in TracingStatus.__members__.values() or wanted == TracingStatus.CLOSED:
        abort(400)
    desk().intake.cases.move(case_id, TracingStatus(wanted), _version(), guard.actor())
    flash(gettext("The status is changed."))
    return redirect(url_for("cases.one_case", case_id=case_id), 303)


@page(pages, "/<case_id>/reopen", WRITES_CASES, ("POST",))
def reopen_case(case_id: str) -> ResponseReturnValue:
    """Open a closed case again."""
    desk().intake.cases.reopen(case_id, _version(), guard.actor())
    flash(gettext("The case is open again. Alerts that were taken back stay so."))
    return redirect(url_for("cases.one_case", case_id=case_id), 303)


@page(pages, "/<case_id>/missing-again", WRITES_CASES, ("GET", "POST"))
def missing_again(case_id: str) -> ResponseReturnValue:
    """The same person disappeared again: a new episode of the same case."""
    actor, cases = guard.actor(), desk().intake.cases
    if request.method == "GET":
        summary = cases.get(case_id, actor).summary
        return render_template("case_again.html", case=summary, form=CaseForm({}))
    text = request.form.get("began", "").strip()
    try:
        began = PartialDate.parse(text, desk().clock.now().date()) if text else None
    except BadDate as error:
        form = CaseForm({"began": text}, errors={"began": said(error)})
        summary = cases.get(case_id, actor).summary
        return render_template("case_again.html", case=summary, form=form), 422
    cases.missing_again(case_id, began, _version(), actor)
    flash(gettext("The case is open again, with a new disappearance. Nothing is shared yet."))
    return redirect(url_for("cases.edit_case", case_id=case_id), 303)


@page(pages, "/<case_id>/history", READS_CASES)
def case_history(case_id: str) -> ResponseReturnValue:
    """Everything that was done with a case, page by page."""
    history = desk().history.of_case(case_id, guard.actor(), page_number())
    return render_template("case_history.html", history=history, history_of=case_id)


@page(pages, "/<case_id>/same-person", WRITES_CASES, ("POST",))
def same_person(case_id: str) -> ResponseReturnValue:
    """Say that another case is of the same person, or take that back. Neither case is changed (rule 6)."""
    people, other = desk().intake.same_people, request.form.get("other", "")
    if request.form.get("undo") == "yes":
        people.unlink(case_id, other, guard.actor())
        flash(gettext("The link is taken back."))
    else:
        people.link(case_id, other, guard.actor())
        flash(gettext("The two cases are linked. Neither of them is changed."))
    return redirect(url_for("cases.one_case", case_id=case_id), 303)


@page(pages, "/<case_id>/end", WRITES_CASES, ("GET", "POST"))
def end_search(case_id: str) -> ResponseReturnValue:
    """End the search: close the case and take its alerts back. The reason stays in the house (journey 5)."""
    actor, intake = guard.actor(), desk().intake
    if request.method == "GET":
        view = intake.cases.get(case_id, actor)
        alerts = intake.alerts.overview(actor, case_id=case_id, live_only=True)
        return render_template("case_end.html", case=view.summary, alerts=alerts)
    told = request.form.get("outcome", "")
    outcome = Outcome(told) if told in list(Outcome) else None
    intake.cases.end_search(case_id, _version(), actor, outcome=outcome)
    flash(gettext("The search is ended. Partners delete what they have and sign for it."))
    return redirect(url_for("cases.one_case", case_id=case_id), 303)


def _sure() -> bool:
    return request.form.get("sure") == "yes"


@page(pages, "/<case_id>/erase", WRITES_CASES, ("GET", "POST"), sensitive=_sure)
def erase_case(case_id: str) -> ResponseReturnValue:
    """Erase a case, here and at every partner. The box has to be ticked (journey 6)."""
    actor, intake = guard.actor(), desk().intake
    view = intake.cases.get(case_id, actor)
    if request.method == "GET" or request.form.get("sure") != "yes":
        alerts = intake.alerts.overview(actor, case_id=case_id)
        unticked = request.method == "POST"
        page_ = render_template("case_erase.html", case=view.summary, alerts=alerts, unticked=unticked)
        return page_, 422 if unticked else 200
    intake.cases.erase(case_id, actor)
    flash(gettext("The case is erased. Partners erase what they have and sign for it."))
    return redirect(url_for("cases.case_list"), 303)


def _version() -> int:
    """The version that the page showed. A page without one is broken: 400."""
    text = request.form.get("version", "")
    if not text.isdecimal() or len(text) > 9:
        abort(400)
    return int(text)
