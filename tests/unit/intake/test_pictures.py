"""The decoder of pictures: what comes out is a picture and nothing else, whatever goes in (cases 51, 52)."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from services.intake.pictures.workshop import DECODER, Copies, PictureRefused, Workshop
from tests.unit.intake.pictures import (
    HEIC,
    PDF,
    SECRETS,
    SVG,
    bomb_png,
    huge_png,
    picture,
    saved,
    telling_jpeg,
    telling_png,
)

BARE = {0xC0, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0}
"""Segments of a JPEG that a decoder needs: frames, tables, the scan, and JFIF's first one."""


def segments(data: bytes) -> list[tuple[int, bytes]]:
    """Marker and content of each segment up to the scan."""
    found, at = [], 2
    while data[at + 1] != 0xDA:
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((data[at + 1], data[at + 4 : at + 2 + length]))
        at += 2 + length
    return found


def is_bare(data: bytes) -> bool:
    """A JPEG with no segment but those that draw it, and nothing after its end."""
    kinds = segments(data)
    jfif = [content for marker, content in kinds if marker == 0xE0]
    small = len(jfif) == 1 and len(jfif[0]) == 14
    return small and {marker for marker, _ in kinds} <= BARE and data.endswith(b"\xff\xd9")


def test_nothing_but_the_picture_is_left() -> None:
    """Case 52: EXIF with a place, small picture, XMP, IPTC, profile, comment; case 51: what hangs on."""
    sent = telling_jpeg()
    for secret in SECRETS:
        assert secret in sent, "the test would prove nothing"
    copies = Workshop().copies(sent)
    for data in (copies.picture, copies.small):
        assert is_bare(data)
        assert not [secret for secret in SECRETS if secret in data]
        opened = Image.open(io.BytesIO(data))
        assert not opened.getexif()
        assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_picture_stands_upright() -> None:
    """What EXIF said of its direction is done to the pixels: red was left, and is at the top."""
    opened = Image.open(io.BytesIO(Workshop().copies(telling_jpeg()).picture))
    assert opened.size == (40, 60)
    red, _, blue = opened.getpixel((20, 5))  # type: ignore[misc]
    assert red > 200 > blue


def test_other_kinds_become_the_same() -> None:
    for data in (telling_png(), saved(picture(), "WEBP", exif=b"Exif\x00\x00mano-vieta")):
        copies = Workshop().copies(data)
        assert is_bare(copies.picture)
        assert not [secret for secret in SECRETS if secret in copies.picture]
    opened = Image.open(io.BytesIO(Workshop().copies(telling_png()).picture))
    assert opened.getpixel((5, 5)) == (255, 255, 255), "what was see-through is white, and hides nothing"


def test_a_large_one_is_made_smaller() -> None:
    copies = Workshop().copies(saved(picture((4000, 1000))))
    assert Image.open(io.BytesIO(copies.picture)).size == (1600, 400)
    assert Image.open(io.BytesIO(copies.small)).size == (320, 80)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (HEIC, "heic"),
        (SVG, "unknown"),
        (PDF, "unknown"),
        (b"GIF89a<script>", "unknown"),
        (b"", "unknown"),
        (huge_png(), "pixels"),
        (saved(picture((900, 900)))[:2000], "broken"),
        (bytes(10 * 1024 * 1024 + 1), "large"),
    ],
    ids=["heic", "svg", "pdf", "gif", "nothing", "huge", "cut off", "too many bytes"],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(data: bytes, code: str) -> None:
    """Case 51."""
    with pytest.raises(PictureRefused) as refused:
        Workshop().copies(data)
    assert refused.value.code == code


def test_what_grows_while_it_is_read_is_refused() -> None:
    """Case 51: a text of 200 MB in 200 KB."""
    with pytest.raises(PictureRefused):
        Workshop().copies(bomb_png())


def test_a_decoder_that_was_taken_over_reaches_nothing() -> None:
    """After `lock_down`: no file, no connection, no other process, no more memory; and no environment."""
    tried = f"""
import os, runpy, socket, sys
decoder = runpy.run_path({str(DECODER)!r}, run_name="decoder")
decoder["lock_down"]()
def reached(what):
    try:
        what()
    except (OSError, MemoryError):
        return False
    return True
print([name for name, what in (
    ("file", lambda: open("/etc/passwd")),
    ("connection", lambda: socket.socket()),
    ("process", lambda: os.pipe()),
    ("memory", lambda: bytearray(900_000_000)),
) if reached(what)], sorted(os.environ))
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", tried], capture_output=True, text=True, env={}, timeout=60, check=True
    )
    assert done.stdout.split("\n")[0].startswith("[] "), done.stdout


@pytest.mark.parametrize(
    "answer",
    ["b'OK' + bytes(4)", "b'OK\\0\\0\\0\\x04' + b'<html><script>'", "b'NOshell'", "b'x' * 9_000_000", "b''"],
)
def test_the_word_of_a_decoder_is_looked_at(tmp_path: Path, answer: str) -> None:
    """It may answer anything, and for ever; only two JPEGs are believed."""
    false = tmp_path / "decoder.py"
    false.write_text(f"import sys\nsys.stdout.buffer.write({answer})\n")
    with pytest.raises(PictureRefused) as refused:
        Workshop(false).copies(b"x")
    assert refused.value.code == "broken"


def test_a_decoder_that_never_ends_is_ended(tmp_path: Path) -> None:
    false = tmp_path / "decoder.py"
    false.write_text("while True: pass\n")
    with pytest.raises(PictureRefused):
        Workshop(false, patience=0.3).copies(b"x")


def test_copies_say_nothing_of_themselves() -> None:
    assert "secret" not in repr(Copies(b"secret", b"secret"))
