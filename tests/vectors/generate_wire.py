"""Write the wire vectors anew, the same bytes each time: python tests/vectors/generate_wire.py

Nothing of shared.wire or shared.partners makes them (see tests/unit/wire/make_vectors.py). The encapsulations
are random and therefore kept from the file that is there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent.parent))

from tests.unit.wire import make_vectors  # noqa: E402


def files() -> dict[str, str]:
    """File name and whole text of every vector file."""
    found = {}
    for name in make_vectors.ABOUT:
        path = FOLDER / f"{name}.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        found[path.name] = make_vectors.text_of(name, known)
    return found


if __name__ == "__main__":
    for file_name, text in files().items():
        (FOLDER / file_name).write_text(text)
        print(f"{file_name}: {len(text)} characters")
