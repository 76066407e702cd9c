"""An own case beside what an alert would tell of it, field by field."""

from dataclasses import dataclass

from services.intake.desk.formats import coded
from services.intake.domain.alert import Preview, Stays
from services.intake.domain.person import Person

_COARSER = {
    "date_of_birth": "birth_decade",
    "age": "birth_decade",
    "height_cm": "height",
    "last_seen_date": "last_seen",
    "last_seen_place": "region",
}
"""What is told, at most, in place of a field that never leaves."""
_FIELDS = (
    *("given_name", "family_name", "alternate_names", "sex", "date_of_birth", "age", "nationality"),
    *("languages", "height_cm", "eye_colour", "hair_colour", "marks", "last_seen_date", "last_seen_place"),
)


@dataclass(frozen=True, slots=True, repr=False)
class Side:
    """One field of the case: what we know, and what of it is told; `why` says why nothing is."""

    field: str
    own: str
    told_as: str
    """The field under which it is told; empty for one of which nothing ever is."""
    told: str
    why: str


def sides(person: Person, preview: Preview) -> list[Side]:
    """Every field of which something is known, in the order of the case."""
    leaves, stays = dict(preview.leaves), dict(preview.stays)
    made = []
    for name in _FIELDS:
        own = _own(person, name)
        if not own or (name == "age" and person.date_of_birth is not None):
            continue
        told_as = _COARSER.get(name, "" if stays.get(name) is Stays.NEVER_LEAVES else name)
        told = coded(told_as, leaves[told_as]) if told_as in leaves else ""
        why = "" if told else (stays.get(told_as) or Stays.NEVER_LEAVES).value
        made.append(Side(name, own, told_as, told, why))
    return made


def _own(person: Person, name: str) -> str:
    if name.startswith("last_seen_"):
        return str(getattr(person.last_seen, name.removeprefix("last_seen_")) or "")
    value = getattr(person, name)
    if name in ("given_name", "family_name", "alternate_names", "date_of_birth", "age", "height_cm"):
        return ", ".join(value) if isinstance(value, tuple) else str(value or "")
    return coded(name, value)
