"""A person in coded values: all that an alert may say in the open part of its content."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from services.intake.domain.codes import EyeColour, HairColour, HeightBand, Sex
from services.intake.domain.person import Person

_BANDS = tuple(HeightBand)


@dataclass(frozen=True, slots=True)
class Description:
    """Coded values, each unknown or not released when None. No free text, nothing precise."""

    sex: Sex | None = None
    birth_decade: int | None = None
    """First year of the ten years in which the person was born."""
    height: HeightBand | None = None
    eye_colour: EyeColour | None = None
    hair_colour: HairColour | None = None
    languages: tuple[str, ...] | None = None
    marks: tuple[str, ...] | None = None
    nationality: str | None = None
    region: str | None = None
    """ISO 3166 country or subdivision where last seen; never there when the place is protected."""
    last_seen: str | None = None
    """Month, YYYY-MM."""

    def to_plain(self) -> dict[str, str | int | list[str]]:
        """JSON values in the wire's field names; what is None is left out."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else str(value) if isinstance(value, str) else value
            for name, value in values.items()
            if value is not None
        }

    def only(self, names: frozenset[str]) -> "Description":
        """The same values, without those whose field is not named."""
        kept: Mapping[str, object] = {name: getattr(self, name) for name in FIELDS if name in names}
        return Description(**kept)  # type: ignore[arg-type]  # the names are this class's own


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Description))


def describe(person: Person) -> Description:
    """Every coded value that is known, and no place if the location is protected (rule 3)."""
    seen = person.last_seen
    return Description(
        sex=person.sex,
        birth_decade=_decade(person),
        height=height_band(person.height_cm) if person.height_cm is not None else None,
        eye_colour=person.eye_colour,
        hair_colour=person.hair_colour,
        languages=tuple(sorted(set(person.languages))) or None,
        marks=tuple(sorted(set(person.marks))) or None,
        nationality=person.nationality,
        region=None if person.location_protected else seen.region,
        last_seen=f"{seen.date.year}-{seen.date.month:02d}" if seen.date and seen.date.month else None,
    )


def height_band(centimetres: int) -> HeightBand:
    """The ten-centimetre band; open below 100 and from 190."""
    if centimetres < 100:
        return HeightBand.UNDER_100
    return _BANDS[min((centimetres - 90) // 10, len(_BANDS) - 1)]


def _decade(person: Person) -> int | None:
    years = person.birth_years()
    if years is None:
        return None
    middle = sum(years) // 2
    return max(1900, middle - middle % 10)
