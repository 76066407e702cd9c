"""The bench of pages runs, and finds the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.pages.__main__ import BEGIN, END, measure, table, write_table
from bench.pages.house import filled


@pytest.mark.slow
def test_every_page_is_weighed_and_timed(tmp_path: Path) -> None:
    with filled(tmp_path / "node", 6) as house:
        weighed = measure(house)
    pages = {one.page for one in weighed}
    assert {"/", "/cases", "/cases/<case_id>", "/matches", "/alerts/<alert_id>"} <= pages
    assert all(one.kilobytes > 0 and one.milliseconds > 0 and one.ratio > 0 for one in weighed)
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write_table(page, table(weighed, 6))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| `/cases` |" in text
