"""What a found person, or their guardian, agreed to: for one addressee, one purpose, until a date."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.intake.domain.codes import ConsentPurpose, ConsentScope, ConsentSource, ContactWish
from services.intake.domain.errors import DomainError

LONGEST = timedelta(days=366)


class ConsentIncomplete(DomainError):
    """A consent needs one addressee, one purpose, the language it was given in and an end date."""


class WitnessMissing(DomainError):
    """A wish that was spoken needs the colleague who heard it; write down who witnessed it."""


class ConsentTooLong(DomainError):
    """A consent lasts at most a year from the day it was given; ask again after that."""


class BeyondTheWish(DomainError):
    """This tells more than the person wishes; untick it, or talk with the person again."""


class NotCovered(DomainError):
    """No consent in force allows telling this to this addressee; talk with the person first."""


_SCOPE = ConsentScope
_CONTACT = frozenset({_SCOPE.SAFE, _SCOPE.MESSAGE, _SCOPE.NAME, _SCOPE.CONTACT, _SCOPE.HEALTH, _SCOPE.PHOTO})
MOST: dict[ContactWish, frozenset[ConsentScope]] = {
    ContactWish.NO_CONTACT: frozenset(),
    ContactWish.TELL_SAFE: frozenset({_SCOPE.SAFE}),
    ContactWish.PASS_MESSAGE: frozenset({_SCOPE.SAFE, _SCOPE.MESSAGE}),
    ContactWish.SHARE_CONTACT: _CONTACT,
    ContactWish.MEET: _CONTACT | {_SCOPE.WHEREABOUTS},
}
"""The most that each wish can cover. Whereabouts: only for somebody who wants to meet."""

_WITNESSED = frozenset({ConsentSource.WITNESSED_WORD, ConsentSource.GUARDIAN_WITNESSED_WORD})


@dataclass(frozen=True, slots=True, repr=False)
class Consent:
    """A recorded wish. `until` is the last day on which it holds."""

    contact_wish: ContactWish
    source: ConsentSource
    language: str
    """ISO 639: in which language it was asked and given."""
    addressee: str
    """Organisation id of the one partner who may be told."""
    purpose: ConsentPurpose
    scope: frozenset[ConsentScope]
    given: date
    until: date
    witnessed_by: str = ""
    """User reference of the colleague who heard it."""
    withdrawn: date | None = None

    def __post_init__(self) -> None:
        if not (self.addressee and self.language) or self.until < self.given:
            raise ConsentIncomplete()
        if self.until - self.given > LONGEST:
            raise ConsentTooLong()
        if self.source in _WITNESSED and not self.witnessed_by:
            raise WitnessMissing()
        if not self.scope <= MOST[self.contact_wish]:
            raise BeyondTheWish()

    def in_force(self, today: date) -> bool:
        """Given, not over and not withdrawn; a withdrawal counts from its own day on."""
        withdrawn = self.withdrawn is not None and today >= self.withdrawn
        return self.given <= today <= self.until and not withdrawn

    def covers(self, *, addressee: str, purpose: ConsentPurpose, scope: ConsentScope, today: date) -> bool:
        """Whether exactly this may be told to exactly them today."""
        meant = (self.addressee, self.purpose) == (addressee, purpose)
        return meant and scope in self.scope and self.in_force(today)

    def require(self, *, addressee: str, purpose: ConsentPurpose, scope: ConsentScope, today: date) -> None:
        """Raise NotCovered unless `covers`."""
        if not self.covers(addressee=addressee, purpose=purpose, scope=scope, today=today):
            raise NotCovered()

    def withdraw(self, today: date) -> "Consent":
        """No longer in force from today; the first withdrawal stands."""
        return self if self.withdrawn is not None else replace(self, withdrawn=today)

    def __repr__(self) -> str:
        return "<Consent>"
