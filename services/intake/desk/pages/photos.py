"""Photos of a case: the page, the pictures themselves, adding and removing one."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.intake.desk import guard
from services.intake.desk.access import page
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.desk.sentences import said
from services.intake.desk.uploads import sent_file
from services.intake.handlers.actor import READS_CASES, WRITES_CASES
from services.intake.handlers.errors import CaseErased, IntakeError, NotFound
from services.intake.handlers.photos import MOST

pages = Blueprint("photos", __name__, url_prefix="/cases/<case_id>/photos")


@page(pages, "", READS_CASES)
def photo_list(case_id: str) -> ResponseReturnValue:
    """The photos of a case, and where a person who may change it adds one."""
    return _page(case_id)


@page(pages, "", WRITES_CASES, ("POST",))
def add_photo(case_id: str) -> ResponseReturnValue:
    """Keep a copy of a picture. Refused ones are answered with a sentence that says what to send instead."""
    actor, photos = guard.actor(), desk().intake.photos
    photos.overview(case_id, actor)  # NotFound before anything is read
    _, data = sent_file("photo")
    if not data:
        return _page(case_id, gettext("Choose a picture first.")), 422
    try:
        photos.add(case_id, data, actor)
    except (NotFound, CaseErased):
        raise
    except IntakeError as error:
        return _page(case_id, said(error)), 422
    flash(
        gettext("The photo is kept. Place and time of the picture and everything else in the file are gone.")
    )
    return redirect(url_for("photos.photo_list", case_id=case_id), 303)


@page(pages, "/<photo_id>", READS_CASES)
def picture(case_id: str, photo_id: str) -> ResponseReturnValue:
    """The photo itself."""
    return _jpeg(desk().intake.photos.look(case_id, photo_id, guard.actor()))


@page(pages, "/<photo_id>/small", READS_CASES)
def small(case_id: str, photo_id: str) -> ResponseReturnValue:
    """The photo, small."""
    return _jpeg(desk().intake.photos.look(case_id, photo_id, guard.actor(), small=True))


@page(pages, "/<photo_id>/remove", WRITES_CASES, ("POST",))
def remove_photo(case_id: str, photo_id: str) -> ResponseReturnValue:
    """Delete a photo."""
    desk().intake.photos.remove(case_id, photo_id, guard.actor())
    flash(gettext("The photo is removed."))
    return redirect(url_for("photos.photo_list", case_id=case_id), 303)


def _page(case_id: str, error: str = "") -> str:
    actor, intake = guard.actor(), desk().intake
    photos, view = intake.photos.overview(case_id, actor), intake.cases.get(case_id, actor)
    return render_template(
        "photos.html",
        case=view.summary,
        photos=photos,
        who=desk().history.names({one.added_by for one in photos}),
        most=MOST,
        writes=actor.role in WRITES_CASES,
        error=error,
    )


def _jpeg(data: bytes) -> Response:
    """Our own type and our own name, whatever somebody sent (case 51)."""
    answer = make_response(data)
    answer.headers["Content-Type"] = "image/jpeg"
    answer.headers["Content-Disposition"] = 'inline; filename="photo.jpg"'
    return answer
