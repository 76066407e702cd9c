"""Words of the import: kinds of repair, orders of a date, encodings."""

from services.intake.desk.words import N_

REPAIRS = {
    "short_year": N_("Years of two digits, with the only century that fits"),
    "day_number": N_("Days written as the numbers that spreadsheets count with"),
    "word": N_("Words that are close to one of our lists"),
    "letter": N_("M and V for the sex, read as Lithuanian"),
    "code": N_("Names of countries and languages, as codes"),
    "metres": N_("Heights in metres, as centimetres"),
    "apostrophe": N_("A stray apostrophe at the beginning, taken away"),
    "invisible": N_("Invisible characters, taken away"),
    "empty": N_("Signs for “not known”, left empty"),
    "merged": N_("Cells that are one with another, filled with its value"),
}
"""In the order in which they are offered; a kind that is not here is never accepted."""
ORDERS = {
    "dmy": N_("day, month, year"),
    "ymd": N_("year, month, day"),
    "mdy": N_("month, day, year"),
}
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1257": N_("Baltic (Windows-1257)"),
    "cp1252": N_("Western European (Windows-1252)"),
    "cp1251": N_("Cyrillic (Windows-1251)"),
}
