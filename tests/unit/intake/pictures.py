"""Pictures as telephones and attackers send them; every place and name in them is invented."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

SECRETS = (b"Slaptoji gatve 7", b"54.6872", b"Nokia 3310", b"<?php", b"<script>", b"mano-vieta")


def picture(
    size: tuple[int, int] = (60, 40), colour: str | tuple[int, ...] = "red", mode: str = "RGB"
) -> Image.Image:
    return Image.new(mode, size, colour)


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def telling_jpeg() -> bytes:
    """A JPEG with everything that a telephone and its owner can put into one (case 52)."""
    exif = Image.Exif()
    exif[0x010F] = "Nokia 3310"
    exif[0x0112] = 6  # a quarter turn to the right
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (IFDRational(54), IFDRational(41), IFDRational(14))
    gps[29] = "mano-vieta 54.6872"
    xmp = b"<x:xmpmeta><dc:title>Slaptoji gatve 7</dc:title></x:xmpmeta>"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    left, right = picture((30, 40), "red"), picture((60, 40), "blue")
    right.paste(left, (0, 0))
    plain = saved(right, exif=exif.tobytes(), icc_profile=profile, comment=b"Slaptoji gatve 7", xmp=xmp)
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x15\x1c\x02\x5a\x00\x10Slaptoji gatve 7"
    thumbnail = b"JFXX\x00\x10" + saved(picture((8, 8), "green"), comment=b"mano-vieta")
    marked = plain[:2]
    for marker, data in ((0xED, iptc), (0xE0, thumbnail)):
        marked += bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data
    return marked + plain[2:] + b"<?php system($_GET['x']); ?><script>alert(1)</script>"


def telling_png() -> bytes:
    info = PngInfo()
    info.add_text("Comment", "Slaptoji gatve 7")
    info.add_itxt("XML:com.adobe.xmp", "<x>mano-vieta</x>")
    return saved(picture(colour=(255, 0, 0, 0), mode="RGBA"), "PNG", pnginfo=info) + b"<script>"


def huge_png(side: int = 40_000) -> bytes:
    """A few hundred bytes that say they are 1.6 thousand million pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(bytes(1000)))


def bomb_png() -> bytes:
    """Small enough by its pixels, and its text grows to 200 MB."""
    head = struct.pack(">IIBBBBB", 10, 10, 8, 2, 0, 0, 0)
    text = b"Comment\x00\x00" + zlib.compress(bytes(200_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"zTXt", text) + _chunk(b"IEND", b"")


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
