"""Which column is meant by a heading: Lithuanian, English, French and Russian tables as people keep them."""

import re
import unicodedata
from collections.abc import Sequence

from services.intake.domain.import_table import Layout, Table

LOOKED_AT = 20
"""Rows in which the headings are looked for: above them stand titles, dates and whose table it is."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("case id", "case number", "no", "number", "nr", "eil nr", "bylos nr", "numeris", "numero", "n°",
           "numéro", "no dossier", "numéro de dossier", "номер", "№", "№ п/п", "номер дела"),
    "kind": ("type", "case kind", "rūšis", "bylos rūšis", "tipas", "genre de dossier", "type de dossier",
             "вид", "тип"),
    "given_name": ("given names", "first name", "forename", "vardas", "vardai", "prénom", "prénoms", "имя"),
    "family_name": ("last name", "surname", "pavardė", "nom", "nom de famille", "фамилия"),
    "alternate_names": ("other names", "aliases", "kiti vardai", "kita pavardė", "mergautinė pavardė",
                        "autres noms", "nom de naissance", "другие имена", "прежняя фамилия"),
    "sex": ("gender", "lytis", "sexe", "пол"),
    "date_of_birth": ("birth date", "born", "dob", "gimimo data", "gimė", "gimimo metai", "date de naissance",
                      "né le", "née le", "né(e) le", "naissance", "дата рождения", "год рождения"),
    "age": ("age in years", "amžius", "âge", "возраст"),
    "nationality": ("citizenship", "pilietybė", "nationalité", "гражданство"),
    "languages": ("language", "kalbos", "kalba", "langues", "langue", "языки", "язык"),
    "last_seen_date": ("last seen", "last seen on", "date last seen", "missing since", "date missing",
                       "paskutinį kartą matytas", "dingimo data", "dingo", "kada dingo", "vu le",
                       "vu(e) le", "date de disparition", "disparu le", "disparu(e) le",
                       "дата исчезновения", "пропал", "когда пропал"),
    "last_seen_place": ("last seen at", "place", "where", "vieta", "dingimo vieta", "kur dingo", "lieu",
                        "lieu de disparition", "место", "место исчезновения"),
    "height_cm": ("height", "ūgis", "ūgis cm", "taille", "taille cm", "рост"),
    "eye_colour": ("eyes", "eye color", "colour of eyes", "akys", "akių spalva", "yeux",
                   "couleur des yeux", "глаза", "цвет глаз"),
    "hair_colour": ("hair", "hair color", "colour of hair", "plaukai", "plaukų spalva", "cheveux",
                    "couleur des cheveux", "волосы", "цвет волос"),
    "marks": ("marks on the body", "žymės", "kūno žymės", "ypatingos žymės", "signes",
              "signes particuliers", "приметы", "особые приметы"),
    "category": ("kategorija", "catégorie", "категория"),
    "protect_location": ("protect place", "protected", "saugoti vietą", "protéger le lieu",
                         "скрыть место"),
}  # fmt: skip
"""The columns of the import, with headings in use. A column's own name is always read."""

_BETWEEN = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """How headings and words of lists are compared: without case, accents, punctuation or double spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    return _BETWEEN.sub(" ", bare).strip() or bare.strip()


_KNOWN = {fold(heading): column for column, headings in COLUMNS.items() for heading in (column, *headings)}


def column_of(heading: str) -> str | None:
    """The column that a heading names."""
    return _KNOWN.get(fold(heading)) if heading.strip() else None


def heading_row(rows: Sequence[Sequence[str]]) -> int:
    """The row with the headings: the one of the first twenty that names most columns, at least two.

    Where none does, the first row with anything in it; 1 for a table without rows.
    """
    first, best, most = 0, 0, 1
    for number, cells in enumerate(rows[:LOOKED_AT], start=1):
        if not first and any(cell.strip() for cell in cells):
            first = number
        named = len({column_of(cell) for cell in cells} - {None})
        if named > most:
            best, most = number, named
    return best or first or 1


def headings(table: Table, row: int) -> tuple[str, ...]:
    """What stands in the row of the headings, cell by cell."""
    return tuple(cell.strip() for cell in table.rows[row - 1]) if 1 <= row <= len(table.rows) else ()


def propose(table: Table, row: int | None = None) -> Layout:
    """The layout that the headings speak for; a second column with the same meaning is left for a person."""
    row = row or heading_row(table.rows)
    found: list[str | None] = []
    for heading in headings(table, row):
        column = column_of(heading)
        found.append(None if column in found else column)
    return Layout(row, tuple(found))


def samples(table: Table, layout: Layout, place: int, count: int = 3) -> tuple[str, ...]:
    """The first different values of a column, so that a person sees what they are choosing for."""
    below = (row[place].strip() for row in table.rows[layout.heading_row :] if place < len(row))
    return tuple(dict.fromkeys(value[:40] for value in below if value))[:count]
