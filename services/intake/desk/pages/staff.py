"""Colleagues: whom to let in, by a link that works once, and whom to let in no more."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import guard
from services.intake.desk.access import ANYBODY, always, page
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.handlers.actor import ADMINISTERS, Actor, UserRole
from services.intake.handlers.errors import BadField, IntakeError, LinkNotGood, LoginTaken, WeakPassword
from services.intake.handlers.invitations import Link

pages = Blueprint("staff", __name__)

TYPED = ("new_login", "name", "role", "team", "account_language")


@page(pages, "/staff", ADMINISTERS)
def staff_list() -> ResponseReturnValue:
    """Every account, and the links that wait."""
    return _page()


@page(pages, "/staff/invite", ADMINISTERS, ("POST",), sensitive=always)
def invite() -> ResponseReturnValue:
    """A new account, and the link that is handed over; shown once."""
    typed = {name: request.form.get(name, "").strip()[:200] for name in TYPED}
    if typed["role"] not in UserRole.__members__.values():
        return _page(typed, gettext("Choose what this person is here for."))
    wish = typed["account_language"]
    try:
        link = desk().intake.invitations.invite(
            typed["new_login"],
            typed["name"],
            UserRole(typed["role"]),
            guard.actor(),
            language=wish if wish in desk().languages else desk().languages[0],
            team=typed["team"] or "main",
        )
    except (BadField, LoginTaken) as error:
        return _page(typed, said(error))
    return _link(link)


@page(pages, "/staff/<user_id>/link", ADMINISTERS, ("POST",), sensitive=always)
def new_link(user_id: str) -> ResponseReturnValue:
    """For a forgotten password, or an invitation that ran out."""
    return _link(desk().intake.invitations.renew(user_id, guard.actor()))


@page(pages, "/staff/links/<link_id>/revoke", ADMINISTERS, ("POST",))
def revoke_link(link_id: str) -> ResponseReturnValue:
    """A link that opens nothing any more."""
    desk().intake.invitations.revoke(link_id, guard.actor())
    flash(gettext("That link opens nothing any more."))
    return redirect(url_for("staff.staff_list"), 303)


@page(pages, "/staff/<user_id>/disable", ADMINISTERS, ("POST",), sensitive=always)
def disable(user_id: str) -> ResponseReturnValue:
    """Somebody leaves: everything ends at once, and a page says what is left to do (case 98)."""
    try:
        left = desk().intake.users.deactivate(user_id, guard.actor())
    except IntakeError as error:
        return _page(error=said(error))
    return render_template("staff_left.html", left=left)


@page(pages, "/staff/<user_id>/enable", ADMINISTERS, ("POST",), sensitive=always)
def enable(user_id: str) -> ResponseReturnValue:
    """Somebody comes back."""
    return _step(lambda by: desk().intake.users.enable(user_id, by))


@page(pages, "/staff/<user_id>/sign-out", ADMINISTERS, ("POST",), sensitive=always)
def sign_out_everywhere(user_id: str) -> ResponseReturnValue:
    """A telephone was lost, or worse."""
    return _step(lambda by: desk().intake.users.end_sign_ins(user_id, by))


@page(pages, "/staff/<user_id>/second-step", ADMINISTERS, ("POST",), sensitive=always)
def take_second_step(user_id: str) -> ResponseReturnValue:
    """Somebody lost telephone and paper."""
    return _step(lambda by: desk().intake.users.take_second_step(user_id, by))


@page(pages, "/welcome/<token>", ANYBODY, ("GET", "POST"))
def welcome(token: str) -> ResponseReturnValue:
    """Where a link leads: choose a password. Looking uses nothing up."""
    links, error = desk().intake.invitations, ""
    try:
        invited = links.look(token)
        if request.method == "POST":
            new = request.form.get("new", "")
            if new != request.form.get("again", ""):
                error = gettext("The two new passwords differ.")
            else:
                links.accept(token, new)
                return _begin(invited.user_id, half=invited.second_step)
    except WeakPassword as problem:
        error = said(problem)
    except LinkNotGood as problem:
        return render_template("welcome.html", invited=None, error=said(problem)), 404
    return render_template("welcome.html", invited=invited, error=error, token=token), 422 if error else 200


def _begin(user_id: str, *, half: bool) -> ResponseReturnValue:
    made = desk().intake.sign_ins.begin(user_id, half=half)
    if half:
        guard.begin_half(made)
        return redirect(url_for("account.second"), 303)
    return redirect(guard.begin(made), 303)


def _step(do: Callable[[Actor], object]) -> ResponseReturnValue:
    try:
        do(guard.actor())
    except IntakeError as error:
        return _page(error=said(error))
    flash(gettext("Done."))
    return redirect(url_for("staff.staff_list"), 303)


def _link(link: Link) -> ResponseReturnValue:
    address = url_for("staff.welcome", token=link.token, _external=True)
    return render_template("staff_link.html", link=link, address=address)


def _page(typed: dict[str, str] | None = None, error: str = "") -> ResponseReturnValue:
    actor, intake = guard.actor(), desk().intake
    people = intake.users.overview(actor)
    rendered = render_template(
        "staff.html",
        people=people,
        links=intake.invitations.overview(actor),
        who={one.id: one.name for one in people},
        typed=typed or dict.fromkeys(TYPED, ""),
        error=error,
    )
    return rendered, 422 if error else 200
