"""Who is asking: what was checked about the person who looks for somebody, and when that is not enough.

A man who looks for the woman who fled from him fills in the same form as a mother. What is not known counts
as protected: a protection order that nobody asked about is no sign that there is none.
"""

from dataclasses import dataclass
from enum import StrEnum

from services.intake.domain.codes import Risk
from services.intake.domain.errors import DomainError
from services.intake.domain.triage import Answer

QUOTA = 10
"""People whom one enquirer may register in a day before a second person has to look."""
MAX_NOTE = 500


class CheckNoteTooLong(DomainError):
    """This note on the check is longer than 500 characters; shorten it."""


class SharingHeld(DomainError):
    """Nothing of this case is shared before a second person has allowed it; its page says why."""


class OrderStands(SharingHeld):
    """A protection order stands against whoever is asking. A second person has to allow sharing first."""


class NotPlausible(SharingHeld):
    """The relation of whoever is asking is not plausible. A second person has to allow sharing first."""


class NotChecked(SharingHeld):
    """The risk is high and who is asking is not checked. Check it, or have a second person allow sharing."""


class TooMany(SharingHeld):
    """One enquirer asked about more than 10 people in a day. A second person has to allow sharing first."""


class Identity(StrEnum):
    """How we know that somebody is who they say."""

    NOT_SEEN = "not_seen"
    DOCUMENT = "document"
    CALLED_BACK = "called_back"
    KNOWN = "known"
    AUTHORITY = "authority"


class Order(StrEnum):
    """Whether a court or the police keeps this person away from the one they look for."""

    NOT_ASKED = "not_asked"
    NO = "no"
    YES = "yes"


@dataclass(frozen=True, slots=True, repr=False)
class EnquirerCheck:
    """What was checked about an enquirer, by whom (a user reference) and when (ISO 8601, UTC)."""

    identity: Identity = Identity.NOT_SEEN
    order: Order = Order.NOT_ASKED
    plausible: Answer = Answer.UNKNOWN
    note: str = ""
    by: str = ""
    at: str = ""

    def __post_init__(self) -> None:
        if len(self.note) > MAX_NOTE:
            raise CheckNoteTooLong()

    @property
    def is_complete(self) -> bool:
        """Every question has an answer, whatever it is."""
        open_ones = (Identity.NOT_SEEN, Order.NOT_ASKED, Answer.UNKNOWN)
        return all(answer is not none for answer, none in zip(self.found, open_ones, strict=True))

    @property
    def found(self) -> tuple[Identity, Order, Answer]:
        """The three answers."""
        return self.identity, self.order, self.plausible

    @property
    def said(self) -> tuple[object, ...]:
        """What was found, without who found it."""
        return *self.found, self.note

    def __repr__(self) -> str:
        return "<EnquirerCheck>"


NOTHING_CHECKED = EnquirerCheck()


class Hold(StrEnum):
    """Why nothing of a case is shared before a second person allowed it."""

    ORDER = "order"
    NOT_PLAUSIBLE = "not_plausible"
    NOT_CHECKED = "not_checked"
    TOO_MANY = "too_many"


REFUSALS: dict[Hold, type[SharingHeld]] = {
    Hold.ORDER: OrderStands,
    Hold.NOT_PLAUSIBLE: NotPlausible,
    Hold.NOT_CHECKED: NotChecked,
    Hold.TOO_MANY: TooMany,
}


def holds(check: EnquirerCheck | None, risk: Risk, asked_about: int) -> tuple[Hold, ...]:
    """What stands against sharing, the heaviest first. Without an enquirer (None) we search ourselves.

    `asked_about`: how many people the same enquirer registered within a day.
    """
    if check is None:
        return ()
    against = {
        Hold.ORDER: check.order is Order.YES,
        Hold.NOT_PLAUSIBLE: check.plausible is Answer.NO,
        Hold.NOT_CHECKED: risk is Risk.HIGH and not check.is_complete,
        Hold.TOO_MANY: asked_about > QUOTA,
    }
    return tuple(hold for hold, stands in against.items() if stands)
