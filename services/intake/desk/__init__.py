"""The desk in the browser: plain pages that work without JavaScript, in eight languages."""

from flask import Flask
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect

from services.intake.desk import formats, guard, language, problems, shell, triage_words, wording
from services.intake.desk.guard import is_known
from services.intake.desk.pages import BLUEPRINTS
from services.intake.desk.ports import EXTENSION, Desk
from services.intake.desk.problems import error_page

__all__ = ["Desk", "add_to", "error_page", "is_known"]


def add_to(app: Flask, made: Desk) -> None:
    """Give an application of shared.web.app the pages of a desk."""
    app.extensions[EXTENSION] = made
    app.config.update(
        BABEL_TRANSLATION_DIRECTORIES="translations",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session, so that a long form is not lost
        # Pages send no referrer at all (shared.web.headers), so it cannot be compared; Sec-Fetch-Site is.
        WTF_CSRF_SSL_STRICT=False,
    )
    Babel(
        app,
        locale_selector=language.chosen,
        default_timezone=language.time_zone_of(made.organisation),
    )
    app.extensions["myosotis-csrf"] = CSRFProtect(app)
    guard.add_to(app)
    problems.add_to(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    formats.add_to(app)
    wording.add_to(app)
    triage_words.add_to(app)
    shell.add_to(app)
