"""Partners: where each stands, what was delivered, and the steps that take two people."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import formats, guard
from services.intake.desk.access import SIGNED_IN, always, page
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.handlers.actor import (
    ADMINISTERS,
    APPROVES_PARTNERS,
    COMPARES_PARTNERS,
    SUSPENDS_PARTNERS,
    Actor,
)
from services.intake.handlers.errors import IntakeError
from services.intake.handlers.partners import PartnerView
from shared.partners.verification import VerificationError

pages = Blueprint("partners", __name__, url_prefix="/partners")

POSITIONS = range(1, 13)


@page(pages, "", SIGNED_IN)
def partner_list() -> ResponseReturnValue:
    """All partners."""
    return render_template("partners.html", partners=desk().intake.partners.overview(guard.actor()))


@page(pages, "/own-words", COMPARES_PARTNERS)
def own_words() -> ResponseReturnValue:
    """Our own twelve words, to be read out."""
    return render_template("own_words.html", words=desk().intake.partners.own_words(guard.actor()))


@page(pages, "/<organisation>", SIGNED_IN)
def one_partner(organisation: str) -> ResponseReturnValue:
    """One partner."""
    return _page(desk().intake.partners.get(organisation, guard.actor()))


@page(pages, "/<organisation>/compare", COMPARES_PARTNERS, ("POST",))
def compare(organisation: str) -> ResponseReturnValue:
    """First the three places, then the words that were read out. Wrong twice: a day's wait (case 97)."""
    actor, partners = guard.actor(), desk().intake.partners
    view = partners.get(organisation, actor)
    typed = request.form.getlist("word")
    try:
        if not typed:
            places = partners.start_comparison(organisation, actor)
            return render_template("compare.html", partner=view, places=places)
        result = partners.compare(organisation, typed, actor)
    except VerificationError as error:
        return _page(view, said(error))
    if result.right:
        flash(gettext("The words are right. Now a second person approves."))
        return redirect(url_for("partners.one_partner", organisation=organisation), 303)
    if result.wait_until is not None:
        at = formats.moment(result.wait_until)
        sentence = gettext("The words were wrong twice. Nothing more can be tried until %(at)s.", at=at)
    else:
        sentence = gettext("The words are not right. Do not go on if you have any doubt who is calling.")
    return _page(partners.get(organisation, actor), sentence)


@page(pages, "/<organisation>/approve", APPROVES_PARTNERS, ("POST",), sensitive=always)
def approve(organisation: str) -> ResponseReturnValue:
    """The second person's word."""
    return _step(organisation, lambda actor: desk().intake.partners.approve(organisation, actor))


@page(pages, "/<organisation>/suspend", SUSPENDS_PARTNERS, ("GET", "POST"))
def suspend(organisation: str) -> ResponseReturnValue:
    """Stop everything with this partner; one person may (journey 7)."""
    if request.method == "GET":
        view = desk().intake.partners.get(organisation, guard.actor())
        return render_template("suspend.html", partner=view)
    return _step(organisation, lambda actor: desk().intake.partners.suspend(organisation, actor))


@page(pages, "/<organisation>/restart", APPROVES_PARTNERS, ("POST",), sensitive=always)
def restart(organisation: str) -> ResponseReturnValue:
    """Agree to go on; two people have to."""
    return _step(organisation, lambda actor: desk().intake.partners.restart(organisation, actor))


@page(pages, "/<organisation>/first-load", ADMINISTERS, ("POST",))
def first_load(organisation: str) -> ResponseReturnValue:
    """Let a new partner ask once about all its cases."""
    text = request.form.get("cases", "").strip()
    cases = int(text) if text.isdecimal() and len(text) < 9 else 0
    return _step(
        organisation, lambda actor: desk().intake.policies.approve_first_load(organisation, cases, actor)
    )


def _step(organisation: str, do: Callable[[Actor], object]) -> ResponseReturnValue:
    """One step of a person; what is not possible is said on the partner's page."""
    actor, partners = guard.actor(), desk().intake.partners
    view = partners.get(organisation, actor)
    try:
        do(actor)
    except (VerificationError, IntakeError) as error:
        return _page(view, said(error))
    flash(gettext("Done."))
    return redirect(url_for("partners.one_partner", organisation=organisation), 303)


def _page(view: PartnerView, error: str = "") -> ResponseReturnValue:
    actor, made = guard.actor(), desk()
    standings = {one.partner: one for one in made.intake.policies.standings(actor)}
    people = {one for one in (view.compared_by, view.approved_by) if one}
    rendered = render_template(
        "partner.html",
        partner=view,
        standing=standings.get(view.organisation),
        who=made.history.names(people),
        error=error,
        compares=actor.role in COMPARES_PARTNERS,
        approves=actor.role in APPROVES_PARTNERS,
        suspends=actor.role in SUSPENDS_PARTNERS,
        administers=actor.role in ADMINISTERS,
    )
    return rendered, 422 if error else 200
