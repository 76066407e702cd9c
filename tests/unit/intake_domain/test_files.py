"""Names of files, and which of them may do harm (case 48)."""

from __future__ import annotations

import pytest

from services.intake.domain.files import MAX_NAME, clean_name, danger


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("sutikimas.pdf", "sutikimas.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ona\\įsakymas.docx", "įsakymas.docx"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\u200bb\ufeff\u2066c.pdf", "abc.pdf"),
        ("line\nbreak\r\n.pdf", "line break .pdf"),
        ("nul\x00l.pdf", "null.pdf"),
        ('say "yes"<b>|?*.txt', "say _yes__b____.txt"),
        ("CON.pdf", "_CON.pdf"),
        ("  ..hidden.. ", "hidden"),
        ("...", "attachment"),
        ("", "attachment"),
        ("\u202e\u200b", "attachment"),
        ("e\u0301.pdf", "é.pdf"),
    ],
)
def test_a_name_plays_no_tricks(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


def test_a_long_name_keeps_its_end() -> None:
    kept = clean_name("ą" * 500 + ".pdf")
    assert len(kept) <= MAX_NAME
    assert kept.endswith(".pdf")
    assert len(clean_name("x" * 500)) == MAX_NAME


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("letter.pdf", b"%PDF-1.7 plain", ""),
        ("Letter.PDF", b"%PDF-1.7 plain", ""),
        ("letter.pdf", b"%PDF-1.7 /OpenAction /JS (x)", "script"),
        ("letter.docx", b"PK\x03\x04 word/vbaProject.bin", "script"),
        ("photo.jpg", b"MZ\x90\x00", "program"),
        ("notes.txt", b"#!/bin/sh", "program"),
        ("notes.txt", b"<HTML><script>", "script"),
        ("photo.jpg.exe", b"x", "type"),
        ("page.html", b"x", "type"),
        ("archive.zip", b"PK", "type"),
        ("noend", b"x", "type"),
        (".pdf", b"x", "type"),
    ],
)
def test_what_may_do_harm_is_named(name: str, content: bytes, why: str) -> None:
    assert danger(name, content) == why
