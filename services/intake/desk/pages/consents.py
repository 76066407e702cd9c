"""Consents of a person who is with us: recorded, listed, withdrawn at any time (rule 2)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import consent_form, guard, language
from services.intake.desk.access import page
from services.intake.desk.consent_form import ConsentForm
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.handlers.actor import READS_CASES, WRITES_CASES
from services.intake.handlers.errors import BadField

pages = Blueprint("consents", __name__, url_prefix="/cases/<case_id>/consents")


@page(pages, "", READS_CASES)
def consent_list(case_id: str) -> ResponseReturnValue:
    """What the person agreed to, the newest first, and what it is for."""
    actor, intake = guard.actor(), desk().intake
    found = intake.consents.overview(case_id, actor)
    people = {one.recorded_by for one in found} | {one.withdrawn_by or "" for one in found}
    return render_template(
        "consents.html",
        case=intake.cases.get(case_id, actor).summary,
        consents=found,
        names=_partner_names(),
        who=desk().history.names(people | {one.consent.witnessed_by for one in found}),
        papers={one.id: one for one in intake.attachments.overview(case_id, actor)},
        writes=actor.role in WRITES_CASES,
    )


@page(pages, "/new", WRITES_CASES, ("GET", "POST"))
def record_consent(case_id: str) -> ResponseReturnValue:
    """Write down what the person wishes."""
    actor, intake = guard.actor(), desk().intake
    if request.method == "GET":
        spoken = intake.cases.get(case_id, actor).case.person.languages
        today = desk().clock.now().date()
        return _shown(case_id, consent_form.empty(today, spoken[0] if spoken else ""))
    intake.attachments.overview(case_id, actor)  # NotFound before anything is judged
    form, made = consent_form.read(request.form)
    if language.switched():
        form.errors.clear()
        return _shown(case_id, form)
    if made is None:
        return _shown(case_id, form), 422
    try:
        intake.consents.record(case_id, made, actor, paper=form.of("paper"))
    except BadField as error:
        form.errors[error.field] = said(error)
        return _shown(case_id, form), 422
    flash(gettext("The consent is recorded. Nothing is told by recording it."))
    return redirect(url_for("consents.consent_list", case_id=case_id), 303)


@page(pages, "/<consent_id>/withdraw", WRITES_CASES, ("POST",))
def withdraw_consent(case_id: str, consent_id: str) -> ResponseReturnValue:
    """The person changed their mind."""
    desk().intake.consents.withdraw(consent_id, guard.actor(), case_id=case_id)
    flash(gettext("The consent is withdrawn. From now on nothing is told under it."))
    return redirect(url_for("consents.consent_list", case_id=case_id), 303)


def _shown(case_id: str, form: ConsentForm) -> str:
    """The form as it was filled."""
    actor, intake = guard.actor(), desk().intake
    return render_template(
        "consent_form.html",
        form=form,
        case=intake.cases.get(case_id, actor).summary,
        partners=sorted(_partner_names().items(), key=lambda one: one[1]),
        witnesses=intake.consents.witnesses(actor),
        papers=[(one.id, one.name) for one in intake.attachments.overview(case_id, actor)],
    )


def _partner_names() -> dict[str, str]:
    return {one.organisation: one.name for one in desk().intake.partners.overview(guard.actor())}
