"""The log of the desk for those who watch over it: who did what, and whether somebody changed the log."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.intake.desk import guard
from services.intake.desk.access import page
from services.intake.desk.paging import page_number
from services.intake.desk.ports import desk
from services.intake.handlers.actor import AUDITS
from services.intake.handlers.audit_log import LogFilter

pages = Blueprint("audit", __name__, url_prefix="/log")


@page(pages, "", AUDITS)
def log_list() -> ResponseReturnValue:
    """Filters and page stand in the address."""
    return _page()


@page(pages, "/check", AUDITS, ("POST",))
def check() -> ResponseReturnValue:
    """Whether every row still fits the others."""
    return _page(report=desk().intake.audit_log.check(guard.actor()))


def _page(**parts: Any) -> ResponseReturnValue:
    actor, log = guard.actor(), desk().intake.audit_log
    people = log.people(actor)
    who = request.args.get("who", "")
    wanted = LogFilter(
        who if who in dict(people) else "", _day(request.args.get("from")), _day(request.args.get("to"))
    )
    address = {
        "who": wanted.user_id,
        "from": wanted.first.isoformat() if wanted.first else "",
        "to": wanted.last.isoformat() if wanted.last else "",
    }
    return render_template(
        "audit.html", found=log.page(wanted, page_number(), actor), people=people, address=address, **parts
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
