"""The benchmark's own arithmetic and its report."""

import json
from pathlib import Path

import pytest

from bench.figures import percentile, rss_mb
from bench.report import BEGIN, END, NoPlaceForFigures, Report


@pytest.mark.parametrize(
    ("percent", "expected"), [(50, 50.0), (99, 99.0), (100, 100.0), (1, 1.0), (0.5, 1.0)]
)
def test_percentile_is_the_nearest_rank(percent: float, expected: float) -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert percentile(values, percent) == expected


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="at least one"):
        percentile([], 50)


def test_memory_of_this_process_is_plausible() -> None:
    import os

    assert 10 < rss_mb(os.getpid()) < 4000


def test_json_has_the_keys_and_four_digits(tmp_path: Path) -> None:
    report = Report()
    report.put(exchange_ratio=0.512345, rss_mb={"matching": 81.2})
    report.write(tmp_path / "build" / "bench.json")
    assert json.loads((tmp_path / "build" / "bench.json").read_text()) == {
        "exchange_ratio": 0.5123,
        "rss_mb": {"matching": 81.2},
    }


def test_the_table_replaces_the_older_one_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n")
    report = Report()
    report.put(desk_ms_p50=123.0, rss_mb={"matching": 81.2})
    report.write_table(page)
    report.write_table(page)
    text = page.read_text()
    assert text.startswith("above\n")
    assert text.endswith("\nbelow\n")
    assert "old" not in text
    assert text.count("| `desk_ms_p50` | 123.0 |") == 1
    assert "| `rss_mb` matching | 81.2 |" in text


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no place")
    with pytest.raises(NoPlaceForFigures):
        Report().write_table(page)
    assert page.read_text() == "no place"
