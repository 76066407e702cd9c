"""`myosotis matching quality`: says when it means nothing, proposes, and applies nothing."""

import hashlib
from dataclasses import replace
from pathlib import Path

from admin.node import Node
from services.matching import rules, weights
from services.matching.handlers.alerts import KEYS_VERSION
from services.matching.store.kept import Kept, KeptDecisions, Seen
from shared.crypto.rest import RestCipher
from shared.wire.codes import MatchState, Strength
from tests.support.command import refused, run

ROW = Kept(
    202611, MatchState.PROBABLE, Strength.VERY_LIKELY, 300, True, KEYS_VERSION, rules.weights_version(),
    {"sex": Seen("same", 1, 0), "family_name": Seen("same", 1, 12)},
)  # fmt: skip


def keep(node: Path, rows: list[Kept]) -> None:
    with Node.at(node).matching() as app, app.database.begin() as session:
        kept = KeptDecisions(RestCipher(app.bundle["rest"]))
        for row in rows:
            kept.add(session, row)


def several(right: int, wrong: int, **changes: object) -> list[Kept]:
    said = replace(ROW, **changes)  # type: ignore[arg-type]
    no = replace(said, state=MatchState.EXCLUDED, seen={"sex": Seen("different", 1, 0)})
    return [said] * right + [no] * wrong


def test_an_empty_node_says_that_nothing_is_known(node: Path) -> None:
    said = run("matching", "quality", node=node).out
    assert "No decision is kept yet." in said
    assert "too few to mean anything: almost_certain, very_likely, likely, about_even, unlikely" in said
    found = run("matching", "quality", "--json", node=node).json
    assert [row["strength"] for row in found["by_strength"]] == [strength.value for strength in Strength]
    assert found["together"]["precision"] is None
    assert (found["kept"], found["months"]) == (0, None)


def test_precision_by_strength_with_its_interval(node: Path) -> None:
    keep(node, several(36, 4) + several(2, 9, strength=Strength.LIKELY, month=202609))
    found = run("matching", "quality", "--json", node=node).json
    rows = {row["strength"]: row for row in found["by_strength"]}
    very, likely = rows["very_likely"], rows["likely"]
    assert (very["decided"], very["probable"], very["excluded"], very["enough"]) == (40, 36, 4, True)
    assert (very["precision"], very["precision_from"], very["precision_to"]) == (0.9, 0.7695, 0.9604)
    assert (likely["precision"], likely["enough"]) == (0.1818, False)
    assert found["months"] == ["2026-09", "2026-11"]
    said = run("matching", "quality", node=node).out
    [line] = [line for line in said.splitlines() if line.startswith("very_likely")]
    assert "90 in 100" in line
    assert "77 to 96" in line
    assert "too few" not in line
    [line] = [line for line in said.splitlines() if line.startswith("likely")]
    assert line.rstrip().endswith("too few")
    assert "too few to mean anything: almost_certain, likely, about_even, unlikely." in said


def test_decisions_under_other_weights_are_named(node: Path) -> None:
    keep(node, [ROW, replace(ROW, weights_version="00000000")])
    assert "1 decision made under other weights" in run("matching", "quality", node=node).out
    counted = run("matching", "quality", "--json", node=node).json["kept_by_weights"]
    assert counted == {rules.weights_version(): 1, "00000000": 1}


def test_a_proposal_wants_fifty_of_each_kind(node: Path, tmp_path: Path) -> None:
    keep(node, several(60, 12))
    file = tmp_path / "weights.txt"
    said = refused("matching", "quality", "--propose", file, node=node)
    assert "0 probable and 38 excluded ones are missing: there are 60 and 12" in said
    assert not file.exists()


def test_a_proposal_that_could_not_be_written_is_told_at_once(node: Path, tmp_path: Path) -> None:
    said = refused("matching", "quality", "--propose", tmp_path / "nowhere" / "weights.txt", node=node)
    assert "--propose: there is no folder" in said
    assert "strength" not in said


def test_a_proposal_is_a_table_and_applies_nothing(node: Path, tmp_path: Path) -> None:
    keep(node, several(80, 55))
    source = Path(weights.__file__ or "")
    before = hashlib.sha256(source.read_bytes()).digest()
    file = tmp_path / "weights.txt"
    said = run("matching", "quality", "--propose", file, "--json", node=node)
    assert said.json["kept"] == 135
    assert "Nothing was applied" in said.err
    text = file.read_text()
    assert "NOTHING WAS APPLIED" in text
    assert "release" in text
    assert "80 pairs called probable and 55 excluded" in text
    [line] = [line for line in text.splitlines() if line.startswith("sex different")]
    old, new, change, behind = map(int, line.split()[2:])
    assert old == weights.BESIDE_NAMES["sex"].outcomes["different"]
    assert (new - old, behind) == (change, 55)
    assert change < 0
    assert all(len(line) <= 110 for line in text.splitlines())
    assert hashlib.sha256(source.read_bytes()).digest() == before
