"""Registering a case in steps. Each is saved as it is sent, so that it can be left and taken up again."""

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import again, case_form, case_merge, case_steps, guard, language
from services.intake.desk.access import page
from services.intake.desk.case_form import CaseForm
from services.intake.desk.case_merge import Merged
from services.intake.desk.case_steps import CHECK, STEPS
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.desk.triage_words import proposal_of
from services.intake.desk.wording import form_value
from services.intake.handlers.actor import WRITES_CASES
from services.intake.handlers.drafts import DraftSummary, DraftView
from services.intake.handlers.errors import DraftTooLong, EditConflict

pages = Blueprint("drafts", __name__, url_prefix="/drafts")
FIRST = case_steps.NAMES[0]


@page(pages, "/new", WRITES_CASES, ("GET", "POST"))
def new_draft() -> ResponseReturnValue:
    """The first step; nothing is kept before it is sent."""
    if request.method == "GET":
        return _shown(None, case_steps.empty(), FIRST)
    mine = case_steps.overlaid(case_steps.empty(), case_form.typed(request.form), FIRST)
    if language.switched():
        return _shown(None, mine, FIRST)
    return _saved(None, mine, FIRST)


@page(pages, "/<draft_id>/<step>", WRITES_CASES, ("GET", "POST"))
def one_step(draft_id: str, step: str) -> ResponseReturnValue:
    """One step of a draft; the last one shows everything and registers the case."""
    if step not in STEPS:
        abort(404)
    view = desk().intake.drafts.get(draft_id, guard.actor())
    stored = case_steps.unpacked(view.typed)
    if request.method == "GET":
        return _check(view, stored) if step == CHECK else _shown(view.summary, stored, step)
    if step == CHECK:
        return _check(view, stored) if language.switched() else _registered(view, stored)
    typed = case_form.typed(request.form)
    mine = case_steps.overlaid(stored, typed, step)
    if language.switched():
        return _shown(view.summary, mine, step, base=typed.base)
    merged = case_merge.merge(replace(mine, base=typed.base), stored, STEPS[step])
    if merged.both or merged.taken:  # a colleague changed this step meanwhile (case 59)
        return _shown(view.summary, merged.form, step, base=_base(stored, step), merged=merged), 409
    try:
        return _saved(view, mine, step)
    except EditConflict:  # saved by a colleague in the moment between reading and writing
        return one_step(draft_id, step)


@page(pages, "/<draft_id>/discard", WRITES_CASES, ("GET", "POST"))
def discard(draft_id: str) -> ResponseReturnValue:
    """Delete a draft, after asking."""
    drafts, actor = desk().intake.drafts, guard.actor()
    if request.method == "GET":
        return render_template("draft_discard.html", draft=drafts.get(draft_id, actor).summary)
    drafts.discard(draft_id, actor)
    flash(gettext("The draft is deleted."))
    return redirect(url_for("cases.case_list"), 303)


@again.form("drafts.new_draft")
@again.form("drafts.one_step")
def _again(draft_id: str | None = None, step: str = FIRST) -> str:
    """A step as it was typed, after the session had ended."""
    typed = case_form.typed(request.form)
    if draft_id is None:
        return _shown(None, case_steps.overlaid(case_steps.empty(), typed, FIRST), FIRST, again=True)
    view = desk().intake.drafts.get(draft_id, guard.actor())
    stored = case_steps.unpacked(view.typed)
    if step not in STEPS or step == CHECK:
        return _check(view, stored)
    mine = case_steps.overlaid(stored, typed, step)
    return _shown(view.summary, mine, step, base=typed.base, again=True)


def _saved(view: DraftView | None, mine: CaseForm, step: str) -> ResponseReturnValue:
    """Keep the step and go where the button says. Going back or away keeps even what does not fit."""
    go, drafts, actor = request.form.get("go", "next"), desk().intake.drafts, guard.actor()
    draft = view.summary if view else None
    if go not in ("back", "leave"):
        judged, _ = case_steps.judged(mine, step, desk().clock.now().date())
        if judged.errors:
            return _shown(draft, judged, step, base=request.form.get("base", "")), 422
    target = {"back": case_steps.before(step), "leave": step}.get(go, case_steps.after(step))
    record, label = case_steps.packed(mine), case_steps.label_of(mine)
    try:
        if draft is None:
            draft = drafts.begin(record, label, target, actor)
        else:
            draft = drafts.save(draft.id, record, label, target, draft.version, actor)
    except DraftTooLong as error:
        longest = max(STEPS[step], key=lambda name: len(mine.part(name)))
        refused = replace(mine, errors={longest: said(error)})
        return _shown(draft, refused, step, base=request.form.get("base", "")), 422
    if go == "leave":
        flash(gettext("The draft is kept. Your team can go on with it."))
        return redirect(url_for("cases.case_list"), 303)
    return redirect(url_for("drafts.one_step", draft_id=draft.id, step=target), 303)


def _registered(view: DraftView, stored: CaseForm) -> ResponseReturnValue:
    """The case, if what the page showed is still what is stored and everything fits."""
    _, made = case_steps.judged(stored, CHECK, desk().clock.now().date())
    text = request.form.get("version", "")
    seen = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    if made is None:
        return _check(view, stored), 422
    try:
        saved = desk().intake.drafts.register(view.summary.id, made, seen, guard.actor())
    except EditConflict:
        newest = desk().intake.drafts.get(view.summary.id, guard.actor())
        return _check(newest, case_steps.unpacked(newest.typed), changed=True), 409
    flash(gettext("The case is registered."))
    return redirect(url_for("cases.one_case", case_id=saved.summary.id), 303)


def _shown(
    draft: DraftSummary | None,
    form: CaseForm,
    step: str,
    *,
    base: str | None = None,
    merged: Merged | None = None,
    again: bool = False,
) -> str:
    """One step. `base`: what stood in it when it was opened; by default what stands in it now."""
    return render_template(
        "draft_step.html",
        draft=draft,
        form=replace(form, base=_base(form, step) if base is None else base),
        step=step,
        names=case_steps.NAMES,
        number=case_steps.NAMES.index(step) + 1,
        merged=merged,
        again=again,
        proposal=proposal_of(form) if step == "risk" else None,
    )


def _check(view: DraftView, stored: CaseForm, *, changed: bool = False) -> str:
    """Everything that was written, by step, and what is missing."""
    form, _ = case_steps.judged(stored, CHECK, desk().clock.now().date())
    told = [
        (step, [(name, form_value(name, form.part(name))) for name in fields if form.part(name)])
        for step, fields in STEPS.items()
        if step != CHECK
    ]
    return render_template(
        "draft_check.html",
        draft=view.summary,
        form=form,
        step=CHECK,
        names=case_steps.NAMES,
        number=len(case_steps.NAMES),
        told=told,
        changed=changed,
        step_of=case_steps.step_of,
        proposal=proposal_of(form),
    )


def _base(form: CaseForm, step: str) -> str:
    return form.packed(STEPS[step])
