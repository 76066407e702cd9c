"""Write the crypto vectors anew, the same bytes each time: python tests/vectors/generate_crypto.py

Nothing of shared.crypto is used: every expected value comes from a published vector, from another library, or
from the references beside the tests, so that the vectors can find a mistake of ours.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent.parent))

from tests.unit.crypto import make_at_rest, make_oprf, make_oprf_batch, make_sealing, make_signing  # noqa: E402

ABOUT = {
    "signing": "PROTOCOL 3.1. Ed25519 over a label and a message.",
    "sealing": "PROTOCOL 3.2. HPKE base mode with X-Wing, HKDF-SHA256, ChaCha20-Poly1305.",
    "oprf": "PROTOCOL 3.3 and 7.2. RFC 9497, ristretto255-SHA512; `blinds` are little-endian scalars.",
    "tags": "PROTOCOL 3.4. `numbers` are the tags in big-endian order, in decimal; `unlock` reads details.",
    "rest": "PROTOCOL 3.5. XChaCha20-Poly1305.",
    "keyfile": "PROTOCOL 3.6. Key files, version 1.",
}


def files() -> dict[str, str]:
    """File name and whole text of every vector file."""
    makers = {
        "signing": make_signing.signing,
        "sealing": make_sealing.sealing,
        "oprf": lambda: [*make_oprf.oprf(), *make_oprf_batch.batch()],
        "tags": make_at_rest.tags,
        "rest": make_at_rest.rest,
        "keyfile": make_at_rest.keyfile,
    }
    encoding = (
        "bytes are lowercase hexadecimal; `error` names the refusal, `case` the row in the list of cases"
    )
    return {
        f"{name}.json": json.dumps(
            {"about": ABOUT[name], "encoding": encoding, "vectors": make()}, indent=2, ensure_ascii=False
        )
        + "\n"
        for name, make in makers.items()
    }


if __name__ == "__main__":
    for file_name, text in files().items():
        (FOLDER / file_name).write_text(text)
        print(f"{file_name}: {len(json.loads(text)['vectors'])} vectors")
