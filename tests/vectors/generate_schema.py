"""Write the JSON Schema of the messages anew: python tests/vectors/generate_schema.py

Unlike the vectors it is made from the models of shared.wire: it tells others what this implementation reads.
"""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent.parent))

from tests.unit.wire import make_schema  # noqa: E402

if __name__ == "__main__":
    text = make_schema.text()
    (FOLDER / make_schema.FILE).write_text(text)
    print(f"{make_schema.FILE}: {len(text)} characters")
