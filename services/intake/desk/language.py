"""In which language and at which time of day a page is written."""

from babel.core import get_global
from flask import g, has_request_context, request, session
from flask_babel import refresh

from services.intake.desk.ports import desk

NAMES = {
    "lt": "Lietuvių",
    "en": "English",
    "fr": "Français",
    "pl": "Polski",
    "ru": "Русский",
    "uk": "Українська",
    "lv": "Latviešu",
    "de": "Deutsch",
}
"""Each language calls itself by its own name."""
SESSION_FIELD = "language"
SWITCH = "switch_language"
"""The field of a form that asks for another language and keeps what was typed."""


def chosen() -> str:
    """What the reader chose, else the language of the account, else of the browser, else the desk's first."""
    offered = desk().languages
    if not has_request_context():
        return offered[0]
    actor = getattr(g, "actor", None)
    for wish in (session.get(SESSION_FIELD), actor.language if actor else None):
        if wish in offered:
            return str(wish)
    return request.accept_languages.best_match(offered) or offered[0]


def time_zone_of(organisation: str) -> str:
    """The time zone of the country that an organisation id begins with; UTC when it is not known."""
    zones = get_global("territory_zones").get(organisation[:2].upper(), [])
    return str(zones[0]) if zones else "UTC"


def switched() -> bool:
    """Whether the form that was sent only asks for another language, which is chosen then."""
    wanted = request.form.get(SWITCH, "")
    if wanted not in desk().languages:
        return False
    session[SESSION_FIELD] = wanted
    refresh()
    return True
