"""A person as plain JSON values and back, for the encrypted column and the API. PFIF 1.4 names."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from services.intake.domain.codes import EyeColour, HairColour, Sex
from services.intake.domain.dates import BadDate, PartialDate
from services.intake.domain.person import Age, BadPerson, LastSeen, Person

_LISTS = frozenset({"alternate_names", "languages", "marks"})
_TEXTS = frozenset(
    {
        "given_name",
        "family_name",
        "sex",
        "date_of_birth",
        "age",
        "age_as_of",
        "nationality",
        "eye_colour",
        "hair_colour",
        "last_seen_date",
        "last_seen_place",
        "last_seen_region",
    }
)
FIELDS = _LISTS | _TEXTS | {"height_cm", "protect_location"}

Code = TypeVar("Code", Sex, EyeColour, HairColour)


def to_plain(person: Person) -> dict[str, Any]:
    """JSON values; what is unknown is left out."""
    values: dict[str, Any] = {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "alternate_names": list(person.alternate_names),
        "sex": person.sex and person.sex.value,
        "date_of_birth": person.date_of_birth and str(person.date_of_birth),
        "age": person.age and str(person.age),
        "age_as_of": person.age_as_of and person.age_as_of.isoformat(),
        "nationality": person.nationality,
        "languages": list(person.languages),
        "height_cm": person.height_cm,
        "eye_colour": person.eye_colour and person.eye_colour.value,
        "hair_colour": person.hair_colour and person.hair_colour.value,
        "marks": list(person.marks),
        "last_seen_date": person.last_seen.date and str(person.last_seen.date),
        "last_seen_place": person.last_seen.place,
        "last_seen_region": person.last_seen.region,
    }
    known = {name: value for name, value in values.items() if value}
    if person.protect_location is not None:
        known["protect_location"] = person.protect_location
    return known


def from_plain(values: Mapping[str, Any], today: date) -> Person:
    """Read what `to_plain` wrote or a form sent; raises BadPerson naming the field."""
    for name in values:
        if name not in FIELDS:
            raise BadPerson("person", "This form has a field that a person does not have; reload the page.")
    text = {name: _text(values, name) for name in _TEXTS}
    height, protect = values.get("height_cm"), values.get("protect_location")
    if height is not None and (not isinstance(height, int) or isinstance(height, bool)):
        raise BadPerson("height_cm", "Write the height in whole centimetres, 175.")
    if protect is not None and not isinstance(protect, bool):
        raise BadPerson("protect_location", "Protect the location: yes, no, or leave it unknown.")
    age = Age.parse(text["age"]) if text["age"] else None
    return Person(
        given_name=text["given_name"],
        family_name=text["family_name"],
        alternate_names=_texts(values, "alternate_names"),
        sex=_code(Sex, "sex", text["sex"]),
        date_of_birth=_date("date_of_birth", text["date_of_birth"], today),
        age=age,
        age_as_of=(_day(text["age_as_of"]) or today) if age else None,
        nationality=text["nationality"] or None,
        languages=_texts(values, "languages"),
        height_cm=height,
        eye_colour=_code(EyeColour, "eye_colour", text["eye_colour"]),
        hair_colour=_code(HairColour, "hair_colour", text["hair_colour"]),
        marks=_texts(values, "marks"),
        last_seen=LastSeen(
            date=_date("last_seen_date", text["last_seen_date"], today),
            place=text["last_seen_place"],
            region=text["last_seen_region"] or LastSeen.at(text["last_seen_place"]).region,
        ),
        protect_location=protect,
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadPerson(name, "Write this field as text.")
    return value.strip()


def _texts(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = values.get(name) or ()
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise BadPerson(name, "Write this field as a list of texts.")
    return tuple(item.strip() for item in value if item.strip())


def _code(codes: type[Code], name: str, text: str) -> Code | None:
    if not text:
        return None
    try:
        return codes(text)
    except ValueError:
        raise BadPerson(name, f"Choose one of: {', '.join(codes)}.") from None


def _date(name: str, text: str, today: date) -> PartialDate | None:
    try:
        return PartialDate.parse(text, today) if text else None
    except BadDate as error:
        raise BadPerson(name, str(error)) from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadPerson("age_as_of", "Write the day on which the age was right as 2026-05-15.") from None
