"""Cryptographic long-term keys: Bloom filters of folded names and birth date (clkhash, anonlink)."""

from typing import Any

from bench.matching.peers.rows import Row, Scored, Tables, library

_AT_LEAST = 0.6
_SECRET = "a secret that the houses share"  # noqa: S105  # anybody may know the secret of a benchmark


def run(tables: Tables) -> Scored:
    """Pairs by the Dice coefficient of their filters."""
    schema = library("clkhash.schema").from_json_dict(_schema())
    generate = library("clkhash.clk").generate_clks
    sides = [
        generate([_cells(row) for row in rows], schema, _SECRET, max_workers=1)
        for rows in (tables.left, tables.right)
    ]
    similarity = library("anonlink.similarities").dice_coefficient
    score, _, (lefts, rights) = library("anonlink.candidate_generation").find_candidate_pairs(
        sides, similarity, _AT_LEAST
    )
    return [
        (tables.left[left].id, tables.right[right].id, float(value))
        for value, left, right in zip(score, lefts, rights, strict=True)
    ]


def _cells(row: Row) -> list[str]:
    year, month, day = (*row.born.split("-"), "", "", "")[:3]
    return [row.given, row.family, year or (str(row.year) if row.year else ""), month, day, row.sex]


def _schema() -> dict[str, Any]:
    def feature(name: str, bits: int, grams: int, positional: bool) -> dict[str, Any]:
        comparison: dict[str, Any] = {"type": "ngram", "n": grams}
        if positional:
            comparison["positional"] = True
        return {
            "identifier": name,
            "format": {"type": "string", "encoding": "utf-8"},
            "hashing": {
                "comparison": comparison,
                "strategy": {"bitsPerToken": bits},
                "hash": {"type": "blakeHash"},
                "missingValue": {"sentinel": ""},
            },
        }

    return {
        "version": 3,
        "clkConfig": {"l": 1024, "kdf": {"type": "HKDF", "hash": "SHA256", "keySize": 64}},
        "features": [
            feature("given", 15, 2, False),
            feature("family", 15, 2, False),
            feature("year", 20, 1, True),
            feature("month", 20, 1, True),
            feature("day", 20, 1, True),
            feature("sex", 10, 1, False),
        ],
    }
