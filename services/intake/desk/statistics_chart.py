"""A bar chart as SVG, drawn with attributes alone: the desk's policy allows no styles inside a page."""

from markupsafe import Markup, escape

from services.intake.desk.statistics_text import Part
from services.intake.domain.statistics import Sort

WIDTH, LABEL, BAR, LINE, TOP = 760, 370, 290, 26, 30
BLUE, GREY = "#1f5fa8", "#888888"


def chart(part: Part, *, alone: bool = False) -> Markup:
    """One breakdown. `alone`: a file with colours of its own; else the text has the page's colour.

    What is under 5 is an open bar as long as 5 would be, what is withheld has none. The figures stand beside
    the bars and, in a page, in the table below.
    """
    largest = max([5, *(line.shown.value or 0 for line in part.lines)])
    ink = "#1a1a1a" if alone else "currentColor"
    height = TOP + LINE * len(part.lines) + 6
    drawn = [Markup('<text x="0" y="18" font-weight="bold" fill="{}">{}</text>').format(ink, part.title)]
    for number, line in enumerate(part.lines):
        y = TOP + number * LINE
        drawn.append(
            Markup('<text x="{}" y="{}" text-anchor="end" fill="{}">{}</text>').format(
                LABEL - 8, y + 16, ink, line.word
            )
        )
        length = _length(line.shown.sort, line.shown.value, largest)
        if length and line.shown.sort is Sort.UNDER:
            drawn.append(
                Markup(
                    '<rect x="{}" y="{}" width="{}" height="18" fill="none" stroke="{}" '
                    'stroke-dasharray="3 2"/>'
                ).format(LABEL, y + 2, length, GREY)
            )
        elif length:
            drawn.append(
                Markup('<rect x="{}" y="{}" width="{}" height="18" fill="{}"/>').format(
                    LABEL, y + 2, length, BLUE
                )
            )
        drawn.append(
            Markup('<text x="{}" y="{}" fill="{}">{}</text>').format(
                LABEL + length + 8, y + 16, ink, line.figure
            )
        )
    told = ". ".join(f"{line.word}: {line.figure}" for line in part.lines)
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" '
        'aria-label="{2}" font-family="sans-serif" font-size="13">'
    ).format(WIDTH, height, escape(f"{part.title}. {told}"))
    return head + Markup("").join(drawn) + Markup("</svg>")


def _length(sort: Sort, value: int | None, largest: int) -> int:
    if sort is Sort.WITHHELD:
        return 0
    return round(BAR * (5 if value is None else value) / largest)
