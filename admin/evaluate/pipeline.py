"""The real pipeline over two tables: canonical names, match keys, blind evaluation, salted tags, comparison.

One process plays both houses. What each of them would not see here it does not use: the cases become
pseudonyms by blind questions alone, and the comparison sees tags, pseudonyms and coded values.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, TypeVar

from admin.evaluate.measures import Pair
from admin.evaluate.sheets import Entry
from services.intake.domain.codes import CaseKind as IntakeKind
from services.intake.domain.description import describe
from services.intake.domain.matchkeys import ALERT_KEYS, alert_keys, case_keys
from services.matching.column import UNKNOWN_BAND, CaseRow, Column
from services.matching.comparing import weigh
from services.matching.keyless import KeylessCases
from services.matching.store.cases import OwnCase
from services.matching.store.content import AlertFacts, StoredAlert, TagMaterial
from services.matching.store.tables import RARITY_LETTERS
from shared.crypto import tags
from shared.crypto.oprf import BlindedBatch, PseudonymKey
from shared.wire.codes import CaseKind
from shared.wire.messages import TAGS_PER_ALERT, Description

PARTNER, EPOCH, INFO = "evaluation", 1, "evaluation|evaluation|1"
_AT_ONCE = 100
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
Progress = Callable[[str, int, int], None]
"""What is being done, how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What it took."""

    evaluations_per_case: float
    keys_per_alert: float
    """Of the tags of an alert, those that stand for a key; the others are random."""
    tags_per_alert: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Alert:
    id: str
    salt: bytes
    tags: bytes
    keys: int
    description: Description


def run(left: Sequence[Entry], right: Sequence[Entry], progress: Progress) -> tuple[list[Pair], Costs]:
    """Compare the alerts of `right` with the cases of `left`; every pair that would be shown."""
    started, master = time.monotonic(), secrets.token_bytes(32)
    cases = [one for one in left if one.kind is not IntakeKind.MISSING]
    alerts = [one for one in right if one.kind in (None, IntakeKind.MISSING)]
    with _pool(_be_publisher, master) as pool:
        known = list(_through(pool, _own_cases, cases, "cases become pseudonyms", progress))
        asked = list(_through(pool, _alerts, alerts, "alerts become tags", progress))
    with _pool(_be_finder, known) as pool:
        pairs = list(_through(pool, _compare, asked, "alerts are compared", progress))
    keys = sum(len(case.pseudonyms) // tags.PSEUDONYM_BYTES for case in known)
    return pairs, Costs(
        evaluations_per_case=keys / max(1, len(known)),
        keys_per_alert=sum(alert.keys for alert in asked) / max(1, len(asked)),
        tags_per_alert=TAGS_PER_ALERT,
        seconds=time.monotonic() - started,
    )


def _pool(begin: Callable[..., None], what: object) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), begin, (what,))


def _through(
    pool: ProcessPoolExecutor,
    work: Callable[[list[_Item]], list[_Result]],
    items: Sequence[_Item],
    what: str,
    progress: Progress,
) -> Iterator[_Result]:
    done = 0
    pieces = [list(items[start : start + _AT_ONCE]) for start in range(0, len(items), _AT_ONCE)]
    progress(what, 0, len(items))
    for piece, results in zip(pieces, pool.map(work, pieces), strict=True):
        done += len(piece)
        progress(what, done, len(items))
        yield from results


class _Here:
    """What a worker process holds."""

    key: PseudonymKey
    column: Column
    keyless: KeylessCases
    cases: dict[int, OwnCase]


def _be_publisher(master: bytes) -> None:
    _Here.key = PseudonymKey.derive(master, INFO)


def _be_finder(cases: list[OwnCase]) -> None:
    _Here.column, _Here.keyless, _Here.cases = Column(), KeylessCases(), {}
    rows = []
    for row, case in enumerate(cases, start=1):
        _Here.cases[row] = case
        rows.append(CaseRow(row, case.description.birth_decade or UNKNOWN_BAND, case.pseudonyms))
        if not case.pseudonyms:
            _Here.keyless.put(row, case.description)
    _Here.column.put(rows)


def _own_cases(entries: list[Entry]) -> list[OwnCase]:
    """Keys of each case, evaluated blindly, many in one question."""
    drafts = [case_keys(entry.person) for entry in entries]
    texts = [key.text for keys in drafts for key in keys]
    pseudonyms: list[bytes] = []
    if texts:
        batch = BlindedBatch.of(texts)
        pseudonyms = batch.finalize(*_Here.key.evaluate(batch.blinded), _Here.key.public_key)
    made: list[OwnCase] = []
    for entry, keys in zip(entries, drafts, strict=True):
        mine, pseudonyms = pseudonyms[: len(keys)], pseudonyms[len(keys) :]
        made.append(
            OwnCase(
                partner=PARTNER,
                epoch=EPOCH,
                own_case=entry.id,
                version=1,
                kind=CaseKind(entry.kind.value) if entry.kind else CaseKind.FOUND,
                groups="".join(key.group + RARITY_LETTERS[key.rarity.value] for key in keys),
                pseudonyms=b"".join(mine),
                description=_description(entry),
            )
        )
    return made


def _alerts(entries: list[Entry]) -> list[_Alert]:
    made: list[_Alert] = []
    for entry in entries:
        keys, salt = alert_keys(entry.person)[:ALERT_KEYS], tags.new_salt()
        pseudonyms = b"".join(_Here.key.pseudonym(key.text) for key in keys)
        padded = b"".join(tags.padded_tags(salt, pseudonyms, TAGS_PER_ALERT))
        made.append(_Alert(entry.id, salt, padded, len(keys), _description(entry)))
    return made


def _compare(alerts: list[_Alert]) -> list[Pair]:
    pairs: list[Pair] = []
    for alert in alerts:
        stored = StoredAlert(PARTNER, alert.id, 1, (TagMaterial(EPOCH, alert.salt, alert.tags),), b"")
        facts = AlertFacts(alert.description, {"kind": CaseKind.MISSING.value})
        rows = _Here.column.search(alert.salt, alert.tags, alert.description.birth_decade or UNKNOWN_BAND)
        for row in sorted(rows | _Here.keyless.search(alert.description)):
            case = _Here.cases[row]
            result = weigh(stored, facts, [case])
            if result is not None:
                pairs.append(Pair(case.own_case, alert.id, result.score.score, result.score.strength))
    return pairs


def _description(entry: Entry) -> Description:
    values: dict[str, Any] = describe(entry.person).to_plain()
    return Description.model_validate(values, strict=False)
