"""Decodes one picture and writes it anew; runs as a process of its own, and ends.

Whoever sends a picture chooses every byte that a decoder of many thousand lines of C reads. So it is read
here, where there is nothing to take: no key, no case, no environment, and after `lock_down` no file, no
connection and no other process can be opened. In comes the picture (stdin), out comes `OK`, the length of the
picture in 4 bytes, the picture and its small copy (stdout), or `NO` and a code.

Run by its path with `python -I`; it imports nothing of ours.
"""

import io
import resource
import sys
from contextlib import suppress
from pathlib import Path

from PIL import Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
SMALL_SIDE = 320
MEMORY = 768 * 1024 * 1024
PROCESSOR_SECONDS = 15
QUALITY, SMALL_QUALITY = 82, 70
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What EXIF's direction asks for; 1 is upright."""
FORMATS = ("JPEG", "PNG", "WEBP")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_LOADED = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)
"""Imported by name: after `lock_down` nothing more can be."""


class Refused(Exception):
    """The picture cannot be taken; the code says why."""


def lock_down() -> None:
    """From here on: no more memory or time than a large picture needs, and nothing new can be opened."""
    with suppress(OSError):  # where memory is short, this process ends and not the desk
        Path("/proc/self/oom_score_adj").write_text("1000")
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),  # stdin, stdout, stderr: no file, no socket
    ):
        resource.setrlimit(what, (most, most))


def written_anew(data: bytes) -> tuple[bytes, bytes]:
    """A JPEG of at most 1,600 pixels a side, and one of 320, upright, without anything but the picture.

    Raises Refused with `heic`, `unknown`, `pixels` or `broken`.
    """
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise Refused("heic")
    Image.MAX_IMAGE_PIXELS = None  # we count ourselves, before anything is decoded
    try:
        found = Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as problem:
        raise Refused("unknown") from problem
    if found.width * found.height > MOST_PIXELS:
        raise Refused("pixels")
    try:
        return _copies(found)
    except Exception as problem:  # a decoder fails in many ways; all of them are a picture that is broken
        raise Refused("broken") from problem


def _copies(found: Image.Image) -> tuple[bytes, bytes]:
    turned = _direction(found)
    if found.format in ("JPEG", "MPO"):
        found.draft("RGB", (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))  # decodes less of a very large one
    found.load()
    flat = _on_white(found)
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    upright = flat.transpose(TURNS[turned]) if turned else flat
    small = upright.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    return _bare_jpeg(upright, QUALITY), _bare_jpeg(small, SMALL_QUALITY)


def _direction(found: Image.Image) -> int:
    """How the telephone was held, 0 for upright. Whoever wrote nonsense there has an upright picture."""
    try:
        direction = found.getexif().get(0x0112)
    except Exception:
        return 0
    return direction if isinstance(direction, int) and direction in TURNS else 0


def _on_white(found: Image.Image) -> Image.Image:
    """The picture without transparency, so that nothing can hide under it."""
    if found.mode in ("RGBA", "LA", "PA") or "transparency" in found.info:
        clear = found.convert("RGBA")
        flat = Image.new("RGB", clear.size, "white")
        flat.paste(clear, mask=clear.getchannel("A"))
        return flat
    return found.convert("RGB")


def _bare_jpeg(picture: Image.Image, quality: int) -> bytes:
    """The pixels alone, on a new image: what the old one carried beside them stays behind."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def main() -> None:
    """Read, answer, end."""
    Image.preinit()
    lock_down()
    try:
        picture, small = written_anew(sys.stdin.buffer.read())
    except Refused as refused:
        sys.stdout.buffer.write(b"NO" + str(refused).encode())
    except MemoryError:
        sys.stdout.buffer.write(b"NObroken")
    else:
        sys.stdout.buffer.write(b"OK" + len(picture).to_bytes(4, "big") + picture + small)


if __name__ == "__main__":
    main()
