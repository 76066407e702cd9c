"""Labels of codes for the templates, in the reader's language."""

from flask import Flask

from services.intake.desk.formats import clock_time
from services.intake.desk.i18n import gettext, ngettext
from services.intake.desk.words import LABELS
from services.intake.handlers.duty import DutyEntry


def add_to(app: Flask) -> None:
    """Give the templates `label`, `options` and `duty_sentence`."""
    app.jinja_env.globals.update(label=label, options=options, duty_sentence=duty_sentence, trouble=trouble)


def label(group: str, code: object) -> str:
    """The word for a code of a list; a code that the list does not know is shown as it is."""
    if code is None or code == "":
        return ""
    word = LABELS[group].get(str(code))
    return gettext(word) if word is not None else str(code)


def options(group: str) -> list[tuple[str, str]]:
    """Codes and words of a whole list, for a choice."""
    return [(code, gettext(word)) for code, word in LABELS[group].items()]


def trouble(reason: str | None) -> str:
    """Why something did not arrive: a hold of the partner, a trouble on the way, or else the code itself."""
    if not reason:
        return ""
    return label("hold" if reason in LABELS["hold"] else "trouble", reason)


def duty_sentence(entry: DutyEntry) -> str:
    """Who was told about one thing that waits."""
    at = clock_time(entry.at)
    if entry.state == "told":
        return ngettext(
            "One person was told at %(at)s.", "%(num)s people were told at %(at)s.", entry.told, at=at
        )
    if entry.state == "nobody_on_duty":
        return gettext("Nobody is on duty, so nobody was told (%(at)s).", at=at)
    why = label("duty_reason", (entry.reason or "").split(".")[0])
    if entry.state == "retrying":
        return gettext("Nobody could be told yet; it is tried again (%(at)s). %(why)s", at=at, why=why)
    return gettext("Telling the people on duty failed at %(at)s; call them. %(why)s", at=at, why=why)
