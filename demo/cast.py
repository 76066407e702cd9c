"""Who plays: three invented organisations and their invented staff."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff; `role` is one of the desk's roles."""

    login: str
    name: str
    role: str
    language: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation of the demo."""

    id: str
    name: str
    country: str
    languages: tuple[str, ...]
    duty_phone: str
    duty_mail: str
    duty_language: str
    shares: bool
    """Whether it publishes alerts for its missing people at the start."""
    staff: tuple[Member, ...]


def _staff(language: str, *names: str) -> tuple[Member, ...]:
    roles = ("caseworker", "second_reader", "safeguarding_lead", "administrator", "administrator")
    logins = ("caseworker", "reader", "lead", "admin", "admin2")
    return tuple(
        Member(login, name, role, language) for login, name, role in zip(logins, names, roles, strict=True)
    )


VILNIUS = Organisation(
    id="lt-vilnius",
    name="Neužmirštuolė, Vilnius (invented)",
    country="LT",
    languages=("lt", "en"),
    duty_phone="+37060000001",
    duty_mail="budi@vilnius.example",
    duty_language="lt",
    shares=True,
    staff=_staff("lt", "Rūta Pavyzdė", "Tomas Pavyzdys", "Ieva Pavyzdienė", "Jonas Adminas", "Asta Adminė"),
)
RIGA = Organisation(
    id="lv-riga",
    name="Neaizmirstule, Rīga (invented)",
    country="LV",
    languages=("lv", "en"),
    duty_phone="+37120000002",
    duty_mail="duty@riga.example",
    duty_language="en",
    shares=False,
    staff=_staff("en", "Līga Paraugs", "Jānis Paraugs", "Dace Parauga", "Andris Admins", "Inese Admine"),
)
LYON = Organisation(
    id="fr-lyon",
    name="Myosotis Lyon (inventé)",
    country="FR",
    languages=("fr", "en"),
    duty_phone="+33400000003",
    duty_mail="astreinte@lyon.example",
    duty_language="fr",
    shares=False,
    staff=_staff("fr", "Claire Exemple", "Paul Exemple", "Anne Exemple", "Luc Admin", "Zoé Admin"),
)
ORGANISATIONS = (VILNIUS, RIGA, LYON)
