"""Files that people attach: a name that cannot play tricks, and whether opening it may do harm (case 48)."""

import re
import unicodedata

MAX_NAME = 120
NAMELESS = "attachment"
QUIET = frozenset(
    {
        *("pdf", "txt", "csv", "docx", "xlsx", "pptx", "odt", "ods", "odp"),
        *("jpg", "jpeg", "png", "webp", "heic", "tif", "tiff"),
        *("mp3", "m4a", "ogg", "wav", "mp4", "mov"),
    }
)
"""Types that a program only shows. Every other one is given out with a warning."""
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
_SCRIPTS = re.compile(
    rb"vbaproject\.bin|/javascript\b|/js\b|/launch\b|/openaction\b|<script|<html|<svg|<!doctype",
    re.IGNORECASE,
)
"""Macros of a document, deeds of a PDF, pages."""
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_name(typed: str) -> str:
    """The name alone: no folder, no invisible or direction-changing character, at most 120 characters.

    The end stays, because it says what kind of file it is.
    """
    text = unicodedata.normalize("NFC", typed).replace("\\", "/").rpartition("/")[2]
    text = "".join(one for one in text if unicodedata.category(one)[0] != "C" or one in "\t\n")
    text = " ".join(_FORBIDDEN.sub("_", text).split()).strip(". ")
    if not text:
        return NAMELESS
    if _RESERVED.match(text):
        text = f"_{text}"
    stem, dot, end = text.rpartition(".")
    if len(text) > MAX_NAME and stem and len(end) <= 10:
        return stem[: MAX_NAME - len(end) - 1].rstrip(". ") + dot + end
    return text[:MAX_NAME]


def danger(name: str, content: bytes) -> str:
    """Why opening this file may do harm: `program`, `script`, `type`; empty for a quiet one.

    Looks at the bytes first: a program that is called photo.jpg is still a program.
    """
    if content.startswith(_PROGRAMS):
        return "program"
    if _SCRIPTS.search(content) is not None:
        return "script"
    stem, _, end = name.rpartition(".")
    return "" if stem and end.lower() in QUIET else "type"
