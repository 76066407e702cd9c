"""`python -m tests.web.screens`: a picture of every page, in build/screenshots (`make screens`).

Of an invented desk, in Lithuanian and English, light and dark, 1200 and 360 pixels wide. ONLY=cases draws
the pages with "cases" in their name alone.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.web.looks import ARGUMENTS, Visitor, served

PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
WIDTHS = (1200, 360)


def main(languages: tuple[str, ...] = ("lt", "en"), only: str = os.environ.get("ONLY", "")) -> int:
    """Draw them all and say how many."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    drawn = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as desk,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for language in languages:
            visitor = Visitor(desk, chromium, language)
            for visit in desk.visits:
                if only not in visit.name:
                    continue
                page = visitor.open(visit)
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    for width in WIDTHS:
                        page.set_viewport_size({"width": width, "height": 740})
                        name = f"{visit.name}-{language}-{scheme}-{width}.png"
                        page.screenshot(path=PICTURES / name, full_page=True)
                        drawn += 1
            visitor.close()
        chromium.close()
    sys.stdout.write(f"{drawn} pictures in {PICTURES}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
