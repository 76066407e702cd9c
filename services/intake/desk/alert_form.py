"""The form of an alert: what to release, to whom, how, until when."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from datetime import date as date_type
from typing import Any

from flask_babel import to_utc
from werkzeug.datastructures import MultiDict

from services.intake.desk.i18n import gettext
from services.intake.domain.alert import DEFAULT_RELEASED, Choices
from services.intake.domain.codes import MsgStatus, PermittedUse, Tlp
from services.intake.domain.description import FIELDS
from services.intake.handlers.alerts.views import AlertView

CIRCLE = "circle"
CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class AlertForm:
    """What was ticked. `until` is the text of a date, empty for the longest time."""

    released: frozenset[str] = DEFAULT_RELEASED
    audience: str = CIRCLE
    partners: tuple[str, ...] = ()
    tlp: str = Tlp.AMBER_STRICT.value
    permitted_use: str = PermittedUse.ASK_PARTNER.value
    until: str = ""
    exercise: bool = False
    because: str = ""
    """Why so much is told. A person's words: they stand in no address."""
    error: str = ""

    @property
    def choices(self) -> Choices:
        """The choices as the use cases take them."""
        return Choices(
            released=self.released,
            status=MsgStatus.EXERCISE if self.exercise else MsgStatus.ACTUAL,
            tlp=Tlp(self.tlp),
            permitted_use=PermittedUse(self.permitted_use),
        )

    def address(self) -> dict[str, Any]:
        """What was chosen, for the address of the page that shows it: names of fields and codes, no value."""
        return {
            "released": sorted(self.released),
            "audience": self.audience,
            "partners": list(self.partners),
            "tlp": self.tlp,
            "permitted_use": self.permitted_use,
            "until": self.until,
            "exercise": "yes" if self.exercise else "",
        }

    @property
    def to(self) -> list[str] | None:
        """The chosen partners; None is the whole circle."""
        return None if self.audience == CIRCLE else list(self.partners)

    @property
    def ends(self) -> datetime | None:
        """The end of the last day where the organisation is, or None for the longest time."""
        if not self.until:
            return None
        midnight = datetime.combine(date_type.fromisoformat(self.until), time(23, 59, 59))
        moment: datetime = to_utc(midnight)
        return moment.replace(tzinfo=UTC)


def of_alert(view: AlertView) -> AlertForm:
    """A form filled with what an alert releases now; its date stays until somebody writes another one."""
    return AlertForm(
        released=frozenset(view.released),
        audience=CHOSEN,
        partners=tuple(share.partner for share in view.shares),
        tlp=view.tlp,
        permitted_use=view.permitted_use,
        exercise=view.msg_status == MsgStatus.EXERCISE,
        because=view.because,
    )


def read(form: MultiDict[str, str]) -> AlertForm:
    """What was sent. Values that no list knows are left out; what a person can mend is in `error`."""
    error, until = "", form.get("until", "").strip()
    try:
        if until:
            date_type.fromisoformat(until)
    except ValueError:
        error = gettext("Write the last day as 2027-03-31, or leave it empty for the longest time.")
    tlp, use = form.get("tlp", ""), form.get("permitted_use", "")
    if tlp not in Tlp.__members__.values() or use not in PermittedUse.__members__.values():
        error = gettext("Choose one from the list.")
        tlp, use = Tlp.AMBER_STRICT.value, PermittedUse.ASK_PARTNER.value
    made = AlertForm(
        released=frozenset(form.getlist("released")) & frozenset(FIELDS),
        audience=CHOSEN if form.get("audience") == CHOSEN else CIRCLE,
        partners=tuple(form.getlist("partners")),
        tlp=tlp,
        permitted_use=use,
        until=until,
        exercise=form.get("exercise") == "yes",
        because=form.get("because", "").strip(),
        error=error,
    )
    if made.audience == CHOSEN and not made.partners and not error:
        return replace(made, error=gettext("Choose at least one partner."))
    return made
