"""The files that `myosotis evaluate` writes: tried before the work begins, written whole or not at all."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from admin.errors import AdminError


def check(results: Mapping[str, Path], read: Mapping[str, Path]) -> None:
    """Refuse results that could not be written after an hour, or would replace what is read.

    Both map an option to its path. Raises AdminError.
    """
    taken = {path.resolve(): option for option, path in read.items()}
    for option, path in results.items():
        place = path.resolve()
        other = taken.setdefault(place, option)
        if other != option:
            raise AdminError(f"{option} and {other} are the same file, {path}; give each its own.")
        if place.exists() and not place.is_file():
            continue  # a pipe or a device: written as it is
        if not place.parent.is_dir():
            raise AdminError(f"{option}: there is no folder {path.parent}; make it first.")
        if not os.access(place.parent, os.W_OK | os.X_OK) or (
            place.exists() and not os.access(place, os.W_OK)
        ):
            raise AdminError(f"{option}: {path} cannot be written; choose a folder that is yours.")


def write(contents: Mapping[Path, str]) -> None:
    """Write all of them, each under another name first. Raises OSError; then none has appeared or changed."""
    with ExitStack() as undo:
        waiting: list[tuple[Path, Path]] = []
        for path, text in contents.items():
            if path.exists() and not path.is_file():
                path.write_text(text, encoding="utf-8", newline="")
                continue
            place = path.resolve()  # a link stays one
            part = place.with_name(f".{place.name}.part")
            undo.callback(part.unlink, missing_ok=True)
            part.write_text(text, encoding="utf-8", newline="")
            waiting.append((part, place))
        for part, place in waiting:
            part.replace(place)
