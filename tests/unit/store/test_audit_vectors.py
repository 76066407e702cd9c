"""The vectors of the audit chain against the code that keeps and checks it (case 83)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shared.crypto.signing import VerifyKey
from shared.store import audit_check
from shared.store.audit import HEAD_LABEL, Head, row_hash
from shared.store.engine import Database
from shared.store.tables import AuditRow
from tests.support.database import new_database
from tests.unit.store import make_audit

PATH = Path(__file__).resolve().parents[2] / "vectors" / "audit.json"
FILE = json.loads(PATH.read_text())
Vector = dict[str, Any]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = new_database("sqlite", tmp_path)
    yield made
    made.dispose()


def row_of(fields: Vector) -> AuditRow:
    raw = {name: bytes.fromhex(fields[name]) for name in ("nonce", "previous", "hash")}
    return AuditRow(**fields | raw | {"at": datetime.fromisoformat(fields["at"])})


def head_of(fields: Vector) -> Head:
    return Head(
        log=fields["log"],
        index=fields["index"],
        hash=bytes.fromhex(fields["hash"]),
        at=datetime.fromisoformat(fields.get("at", "1970-01-01T00:00:00+00:00")),
        signature=bytes.fromhex(fields.get("signature", "")),
    )


def check(head: Head) -> None:
    if head.signature:
        VerifyKey(bytes.fromhex(FILE["public_key"])).verify(HEAD_LABEL, head.message, head.signature)


@pytest.mark.parametrize("vector", FILE["vectors"], ids=lambda vector: str(vector["description"]))
def test_a_log_is_judged_as_its_vector_says(vector: Vector, database: Database) -> None:
    with database.begin() as session:
        session.add_all(row_of(fields) for fields in vector["rows"])
    with database.read() as session:
        report = audit_check.verify(session, FILE["log"], check, map(head_of, vector["heads"]))
    if "error" in vector:
        assert (report.problem, report.first_bad_index) == (vector["error"], vector["index"])
    else:
        assert report == audit_check.AuditReport(vector["expected"]["length"])


def test_what_is_hashed_and_what_is_signed_is_as_the_file_shows_it() -> None:
    rows, heads = FILE["vectors"][2]["rows"], FILE["vectors"][2]["heads"]
    assert [row_hash(FILE["log"], row_of(row)).hex() for row in rows] == [row["hash"] for row in rows]
    assert hashlib.sha256(FILE["hashed"].encode()).hexdigest() == rows[0]["hash"]
    assert head_of(heads[1]).message.decode() == FILE["signed"]


def test_every_problem_that_the_check_knows_has_a_vector() -> None:
    assert {vector.get("error") for vector in FILE["vectors"]} == {*audit_check.Problem, None}


def test_the_file_is_what_the_generator_writes() -> None:
    assert PATH.read_text() == make_audit.text(), "run make vectors"
