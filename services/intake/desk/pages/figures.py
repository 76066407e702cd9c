"""Statistics: one period on a page that prints well, as CSV, as Excel, and as a pack for 25 May."""

import csv
import io
import zipfile

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from services.intake.desk import guard, statistics_chart, statistics_text
from services.intake.desk.access import page
from services.intake.desk.downloads import download
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import LANGUAGES, desk
from services.intake.domain.statistics import periods_of
from services.intake.handlers.statistics import READS_STATISTICS, Figures
from services.intake.handlers.workbook_writer import XLSX, Sheet, safe, write

pages = Blueprint("statistics", __name__, url_prefix="/statistics")


@page(pages, "", READS_STATISTICS)
def overview() -> ResponseReturnValue:
    """The chosen period, or the newest year."""
    chosen = request.args.get("period", "")
    years = desk().intake.statistics.years(guard.actor())
    known = [code for year in years for code in periods_of(year)]
    return _period(chosen if chosen in known else str(years[0]))


@page(pages, "/<period>", READS_STATISTICS)
def one_period(period: str) -> ResponseReturnValue:
    """One period: figures, charts and what they mean."""
    return _period(period)


def _period(period: str) -> str:
    actor, made = guard.actor(), desk().intake.statistics
    found = made.figures(period, actor)
    parts = statistics_text.parts(found)
    return render_template(
        "statistics.html",
        found=found,
        periods=[
            (code, statistics_text.period_name(code)) for y in made.years(actor) for code in periods_of(y)
        ],
        title=statistics_text.period_name(period),
        totals=statistics_text.totals(found),
        parts=[(part, statistics_chart.chart(part)) for part in parts],
        rules=statistics_text.rules(),
        first_word=statistics_text.taken(found.first_word),
        judged=statistics_text.taken(found.judged),
    )


@page(pages, "/<period>/figures.csv", READS_STATISTICS)
def as_csv(period: str) -> ResponseReturnValue:
    """The figures as CSV."""
    return download(_csv(_to_give_away(period)), f"statistics-{period}.csv", "text/csv; charset=utf-8")


@page(pages, "/<period>/figures.xlsx", READS_STATISTICS)
def as_workbook(period: str) -> ResponseReturnValue:
    """The figures as Excel."""
    found = _to_give_away(period)
    sheet = Sheet(period, _headings(), list(statistics_text.rows(found)))
    return download(write([sheet]), f"statistics-{period}.xlsx", XLSX)


@page(pages, "/<period>/pack.zip", READS_STATISTICS)
def pack(period: str) -> ResponseReturnValue:
    """For 25 May, International Missing Children's Day: text, charts and figures in three languages."""
    found, written = _to_give_away(period), io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as files:
        for code in LANGUAGES:
            with force_locale(code):
                files.writestr(
                    f"{code}/statistics-{period}.txt", statistics_text.text(found, desk().organisation)
                )
                files.writestr(f"{code}/statistics-{period}.csv", _csv(found))
                for part in statistics_text.parts(found):
                    chart = str(statistics_chart.chart(part, alone=True))
                    files.writestr(f"{code}/{part.code}.svg", chart)
    return download(written.getvalue(), f"statistics-{period}.zip", "application/zip")


def _to_give_away(period: str) -> Figures:
    return desk().intake.statistics.figures(period, guard.actor(), to_give_away=True)


def _headings() -> list[str]:
    return [gettext("What is counted"), gettext("Row"), gettext("Figure")]


def _csv(found: Figures) -> bytes:
    """With a byte order mark, so that Excel reads the letters right; no cell is a formula (case 50)."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in (_headings(), *statistics_text.rows(found)):
        writer.writerow([safe(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")
