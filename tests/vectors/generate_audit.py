"""Write the vectors of the audit chain anew, the same bytes each time: python tests/vectors/generate_audit.py

Nothing of shared.store makes them (see tests/unit/store/make_audit.py).
"""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent.parent))

from tests.unit.store import make_audit  # noqa: E402

if __name__ == "__main__":
    text = make_audit.text()
    (FOLDER / "audit.json").write_text(text)
    print(f"audit.json: {len(text)} characters")
