"""Finds traces of a person in bytes, whatever they were turned into (case 88)."""

import base64
import hashlib
import hmac
import json
import unicodedata
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from quopri import encodestring

CHUNK = 8 * 1024 * 1024


def folded(text: str) -> str:
    """ASCII letters only: ū becomes u."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def in_base64(data: bytes) -> Iterator[bytes]:
    """The part of a base64 text that these bytes decide, for each of the three places they can begin at."""
    for offset in range(3):
        text = base64.b64encode(bytes(offset) + data)
        begin = -(-offset * 8 // 6)
        end = (offset + len(data)) * 8 // 6
        yield text[begin:end]


def forms(token: str) -> Iterator[tuple[str, bytes]]:
    """Every form that one token might take, with its name."""
    for name, text in {"raw": token, "lower": token.lower(), "upper": token.upper()}.items():
        for folding, spelled in (("", text), (" folded", folded(text))):
            data = spelled.encode()
            yield f"{name}{folding}", data
            yield f"{name}{folding} utf-16-le", spelled.encode("utf-16-le")
            yield f"{name}{folding} utf-16-be", spelled.encode("utf-16-be")
            yield f"{name}{folding} json", json.dumps(spelled)[1:-1].encode()
            yield f"{name}{folding} url", urllib.parse.quote(spelled).encode()
            yield f"{name}{folding} mail", encodestring(data).strip()
            yield f"{name}{folding} hex", data.hex().encode()
            yield f"{name}{folding} hex upper", data.hex().upper().encode()
            for place, encoded in enumerate(in_base64(data)):
                yield f"{name}{folding} base64 {place}", encoded
            digests = {
                "sha256": hashlib.sha256(data).digest(),
                "sha1": hashlib.sha1(data).digest(),  # noqa: S324 - looked for, not used
                "md5": hashlib.md5(data).digest(),  # noqa: S324
                "hmac": hmac.new(b"", data, hashlib.sha256).digest(),
            }
            for kind, digest in digests.items():
                yield f"{name}{folding} {kind}", digest
                yield f"{name}{folding} {kind} hex", digest.hex().encode()
                for place, encoded in enumerate(in_base64(digest)):
                    yield f"{name}{folding} {kind} base64 {place}", encoded


def needles(tokens: Iterable[str]) -> dict[bytes, str]:
    """What to look for, and what it is. A form that is too short to be no accident is left out."""
    found: dict[bytes, str] = {}
    for token in tokens:
        for name, data in forms(token):
            if len(data) >= 7:
                found.setdefault(data, f"{folded(token)}: {name}")
    return found


def traces(data: bytes, wanted: Mapping[bytes, str]) -> set[str]:
    """What is found in these bytes."""
    return {name for needle, name in wanted.items() if needle in data}


def search(folder: Path, wanted: Mapping[bytes, str]) -> list[str]:
    """Every trace in every file below a folder, and in the names of files."""
    found, longest = [], max(map(len, wanted))
    for path in sorted(folder.rglob("*")):
        where = path.relative_to(folder)
        found += [f"name of {where}: {name}" for name in traces(str(where).encode(), wanted)]
        if not path.is_file() or path.is_symlink():
            continue
        with path.open("rb") as file:
            before = b""
            while chunk := file.read(CHUNK):
                found += [f"{where}: {name}" for name in traces(before + chunk, wanted)]
                before = chunk[-longest:]
    return found


def size_of(folder: Path) -> int:
    """Bytes below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
