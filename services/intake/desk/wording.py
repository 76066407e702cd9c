"""Labels of codes for the templates, in the reader's language."""

from flask import Flask

from services.intake.desk.formats import coded, moment_from
from services.intake.desk.i18n import gettext, ngettext
from services.intake.desk.ports import desk
from services.intake.desk.words import LABELS
from services.intake.domain.triage import BY_CODE
from services.intake.handlers.duty import DutyEntry

_TRIAGE = "triage_"


def add_to(app: Flask) -> None:
    """Give the templates `label`, `options` and `duty_sentence`."""
    app.jinja_env.globals.update(label=label, options=options, duty_sentence=duty_sentence, trouble=trouble)
    app.jinja_env.globals.update(form_field=form_field, form_value=form_value)


def label(group: str, code: object) -> str:
    """The word for a code of a list; a code that the list does not know is shown as it is."""
    if code is None or code == "":
        return ""
    word = LABELS[group].get(str(code))
    return gettext(word) if word is not None else str(code)


def options(group: str) -> list[tuple[str, str]]:
    """Codes and words of a whole list, for a choice."""
    return [(code, gettext(word)) for code, word in LABELS[group].items()]


def form_field(name: str) -> str:
    """What a field of the case form is called."""
    if name.startswith(_TRIAGE):
        return gettext(BY_CODE[name.removeprefix(_TRIAGE)].asks)
    return label("form_field" if name in LABELS["form_field"] else "field", name)


def form_value(name: str, value: str) -> str:
    """What stands in a field of the case form, in words; languages and marks come one on each line."""
    if name in ("kind", "category", "risk"):
        return label(name, value)
    if name.startswith(_TRIAGE) or name == "enquirer_plausible":
        return label("answer", value)
    if name in ("enquirer_identity", "enquirer_order"):
        return label(name.removeprefix("enquirer_"), value)
    if name == "protect_location":
        words = {"yes": gettext("yes"), "no": gettext("no, the region may be told")}
        return words.get(value, gettext("not known"))
    if name in ("languages", "marks"):
        return coded(name, value.splitlines())
    return coded("languages" if name == "enquirer_language" else name, value)


def trouble(reason: str | None) -> str:
    """Why something did not arrive: a hold of the partner, a trouble on the way, or else the code itself."""
    if not reason:
        return ""
    return label("hold" if reason in LABELS["hold"] else "trouble", reason)


def duty_sentence(entry: DutyEntry) -> str:
    """Who was told about one thing that waits."""
    at = moment_from(entry.at, desk().clock.now())
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
