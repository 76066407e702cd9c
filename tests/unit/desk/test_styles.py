"""Colours that everybody can read, and styles that keep what the pages rely on (docs/DESIGN-SYSTEM.md)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.intake.desk import catalogue

STATIC = Path(catalogue.__file__).parent / "static"
STYLES = {path.name: path.read_text(encoding="utf-8") for path in sorted(STATIC.glob("*.css"))}
SURFACES = ("page", "card", "tint", "warn", "bad-tint", "good-tint")
TEXT = [("ink", surface) for surface in SURFACES] + [
    *(("soft", surface) for surface in SURFACES),
    *(("blue", surface) for surface in SURFACES),
    *(("bad", surface) for surface in ("page", "card", "bad-tint", "tint", "warn")),
    *(("good", surface) for surface in ("page", "card", "good-tint")),
    ("on-blue", "blue"),
]
"""Colours of text, and what they are written on: 4.5 to 1 (WCAG 2.2, 1.4.3)."""
SIGNS = [
    *(("focus", surface) for surface in SURFACES),
    *(("warn-line", surface) for surface in ("page", "card", "warn")),
    ("soft", "card"),
    ("bad", "card"),
]
"""Edges that say something, of fields, of focus and of notices: 3 to 1 (1.4.11)."""


def colours(scheme: str) -> dict[str, str]:
    """The custom properties of a scheme: the dark one changes some of the light ones, paper all of them."""
    light, dark = STYLES["base.css"].split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", dark.split("\n}")[0]))
    if scheme == "print":
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", STYLES["print.css"]))
    return found


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb, 0 to 1 (WCAG 2.2)."""
    text = colour[1:] if len(colour) == 7 else "".join(sign * 2 for sign in colour[1:])
    parts = [int(text[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_everything_can_be_read(scheme: str) -> None:
    found = colours(scheme)
    for pairs, least in ((TEXT, 4.5), (SIGNS, 3.0)):
        weak = {pair: contrast(found[pair[0]], found[pair[1]]) for pair in pairs}
        assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < least} == {}


def test_contrast_is_reckoned_as_the_standard_does() -> None:
    assert round(contrast("#000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#fff"), 2) == 4.48


def test_colours_are_named_once() -> None:
    """A page that writes a colour of its own would be unreadable in the other scheme."""
    for name, style in STYLES.items():
        rules = re.sub(r":root \{.*?\}", "", style, flags=re.S)
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b", rules) == [], name
        used, named = (
            set(re.findall(r"var\(--([a-z-]+)\)", style)),
            set(re.findall(r"--([a-z-]+):", STYLES["base.css"])),
        )
        assert used <= named, name


def test_nothing_is_fetched_and_nothing_moves_for_who_does_not_want_it() -> None:
    for name, style in STYLES.items():
        assert "url(" not in style, name
        assert "@import" not in style, name
    assert "prefers-reduced-motion: reduce" in STYLES["base.css"]


def test_paper_has_no_navigation_and_no_address() -> None:
    hidden = re.findall(r"^(.*) \{ display: none; \}$", STYLES["print.css"], re.M)[0].split(", ")
    assert {".top nav", ".who", "footer", ".skip", "form"} <= set(hidden)
    assert "a::after { content: none; }" in STYLES["print.css"]


def test_on_a_phone_each_row_of_a_table_becomes_a_block() -> None:
    """And facts stand one below the other: two columns leave three letters for a value."""
    phone = STYLES["desk.css"].split("@media (max-width: 40rem) {")[1].split("\n}")[0]
    assert "dl { grid-template-columns: 1fr; }" in phone
    assert ".scroll tr { display: block;" in phone
    assert "content: attr(data-title)" in phone
