"""Who does something, and what the roles may do (rule 9)."""

from dataclasses import dataclass
from enum import StrEnum

from services.intake.handlers.errors import NotAllowed


class UserRole(StrEnum):
    """What a member of staff is here for."""

    CASEWORKER = "caseworker"
    SECOND_READER = "second_reader"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    DUTY_OFFICER = "duty_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


READS_CASES = frozenset(
    {UserRole.CASEWORKER, UserRole.SECOND_READER, UserRole.SAFEGUARDING_LEAD, UserRole.DUTY_OFFICER}
)
WRITES_CASES = frozenset({UserRole.CASEWORKER, UserRole.SAFEGUARDING_LEAD, UserRole.DUTY_OFFICER})
EVERY_TEAM = frozenset({UserRole.SAFEGUARDING_LEAD, UserRole.DUTY_OFFICER})
"""These see the cases of all teams: a child protection question and a night have no team."""
DECIDES_MATCHES = READS_CASES
ALLOWS_SHARING = frozenset({UserRole.SAFEGUARDING_LEAD, UserRole.DUTY_OFFICER})
"""May be the second person where something stands against sharing a case."""
TAKES_ORDERS_AWAY = frozenset({UserRole.SAFEGUARDING_LEAD})
"""Registering a protection order is safe, so everybody may; taking it away is not."""
COMPARES_PARTNERS = frozenset({UserRole.ADMINISTRATOR, UserRole.SAFEGUARDING_LEAD, UserRole.DUTY_OFFICER})
APPROVES_PARTNERS = frozenset({UserRole.ADMINISTRATOR, UserRole.SAFEGUARDING_LEAD})
SUSPENDS_PARTNERS = COMPARES_PARTNERS | {UserRole.CASEWORKER}
"""Stopping is safe, so one person may (journey 7)."""
ADMINISTERS = frozenset({UserRole.ADMINISTRATOR})
SEES_PARTNERS = frozenset(UserRole)
SEES_ALARMS = frozenset({UserRole.ADMINISTRATOR, UserRole.SAFEGUARDING_LEAD, UserRole.AUDITOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person. `id` is what the audit log names; `team` limits which cases are theirs."""

    id: str
    role: UserRole
    team: str
    language: str = "en"

    def must_be(self, roles: frozenset[UserRole]) -> None:
        """Raise NotAllowed unless this person has one of these roles."""
        if self.role not in roles:
            raise NotAllowed()

    def sees_team(self, team: str) -> bool:
        """Whether cases of this team exist for this person (case 46)."""
        return team == self.team or self.role in EVERY_TEAM


SYSTEM = "system"
"""The actor in the audit log when nobody did it: a message came or a clock struck."""
