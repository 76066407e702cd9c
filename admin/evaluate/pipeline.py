"""The real pipeline over two tables: canonical names, match keys, blind evaluation, salted tags, comparison.

One process plays both houses. What each of them would not see here it does not use: the cases become
pseudonyms by blind questions alone, the comparison sees tags, pseudonyms and coded values, and the finder
learns of an alert's person what a shared match key unlocks.
"""

import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from admin.evaluate.measures import Pair
from admin.evaluate.sheets import Entry
from admin.evaluate.workers import Progress, Workers
from services.intake.domain.codes import CaseKind as IntakeKind
from services.intake.domain.description import describe
from services.intake.domain.finer import agreement
from services.intake.domain.finer.dealing import DEALT
from services.intake.domain.finer.details import Details, of_person
from services.intake.domain.finer.rarity import own_sounds, told_rarity
from services.intake.domain.matchkeys import MatchKey, alert_keys, case_keys
from services.matching.column import UNKNOWN_BAND, CaseRow, Column
from services.matching.comparing import Found, look, weigh
from services.matching.keyless import KeylessCases
from services.matching.store.cases import OwnCase
from services.matching.store.content import AlertFacts, StoredAlert, TagMaterial
from shared.crypto import tags
from shared.crypto.oprf import BlindedBatch, PseudonymKey
from shared.wire.codes import CaseKind
from shared.wire.local import Agreement
from shared.wire.messages import TAGS_PER_ALERT, Description

PARTNER, EPOCH = "evaluation", 1
INFO = "evaluation|evaluation|1"


@dataclass(frozen=True, slots=True)
class Costs:
    """What it took."""

    evaluations_per_case: float
    keys_per_alert: float
    """Of the tags of an alert, those that stand for a key; the others are random."""
    tags_per_alert: int
    seconds: float
    memory_mb: float
    """Of all processes that worked at the same time, at their highest."""


@dataclass(frozen=True, slots=True)
class _Case:
    own: OwnCase
    sounds: list[tuple[str, str]]
    """What is counted of it, to tell how rare a name is."""


@dataclass(frozen=True, slots=True)
class _Alert:
    id: str
    material: TagMaterial
    keys: int
    description: Description


def run(left: Sequence[Entry], right: Sequence[Entry], progress: Progress) -> tuple[list[Pair], Costs]:
    """Compare the alerts of `right` with the cases of `left`; every pair that would be shown."""
    started, master = time.monotonic(), secrets.token_bytes(32)
    cases = [one for one in left if one.kind is not IntakeKind.MISSING]
    alerts = [one for one in right if one.kind in (None, IntakeKind.MISSING)]
    with Workers(progress, _be_publisher, master) as publishers:
        known = list(publishers.through(_own_cases, cases, "cases become pseudonyms"))
        asked = list(publishers.through(_alerts, alerts, "alerts become tags"))
    sounds = Counter(sound for case in known for sound in case.sounds)
    with Workers(progress, _be_finder, cases, [case.own for case in known], sounds) as finders:
        pairs = list(finders.through(_compare, asked, "alerts are compared"))
    keys = sum(len(case.own.pseudonyms) // tags.PSEUDONYM_BYTES for case in known)
    return pairs, Costs(
        evaluations_per_case=keys / max(1, len(known)),
        keys_per_alert=sum(alert.keys for alert in asked) / max(1, len(asked)),
        tags_per_alert=TAGS_PER_ALERT,
        seconds=time.monotonic() - started,
        memory_mb=max(publishers.memory_mb, finders.memory_mb),
    )


class _Here:
    """What a worker process holds."""

    fine: PseudonymKey
    coarse: PseudonymKey
    column: Column
    keyless: KeylessCases
    cases: dict[int, OwnCase]
    entries: dict[str, Entry]
    sounds: Counter[tuple[str, str]]


def _be_publisher(master: bytes) -> None:
    _Here.fine = PseudonymKey.derive(master, INFO)
    _Here.coarse = PseudonymKey.derive(master, f"{INFO}|coarse")


def _be_finder(entries: list[Entry], cases: list[OwnCase], sounds: Counter[tuple[str, str]]) -> None:
    _Here.column, _Here.keyless, _Here.cases = Column(), KeylessCases(), {}
    _Here.entries = {entry.id: entry for entry in entries}
    _Here.sounds = sounds
    rows = []
    for row, case in enumerate(cases, start=1):
        _Here.cases[row] = case
        rows.append(CaseRow(row, case.description.birth_decade or UNKNOWN_BAND, case.pseudonyms))
        if not case.pseudonyms:
            _Here.keyless.put(row, case.description)
    _Here.column.put(rows)


def _own_cases(entries: list[Entry]) -> list[_Case]:
    """Keys of each case, evaluated blindly, many in one question."""
    drafts = [case_keys(entry.person) for entry in entries]
    every = [key for keys in drafts for key in keys]
    answers = {
        coarse: iter(_asked(publisher, [key for key in every if key.coarse is coarse]))
        for coarse, publisher in ((False, _Here.fine), (True, _Here.coarse))
    }
    return [
        _Case(_own_case(entry, keys, [next(answers[key.coarse]) for key in keys]), own_sounds(entry.person))
        for entry, keys in zip(entries, drafts, strict=True)
    ]


def _own_case(entry: Entry, keys: list[MatchKey], pseudonyms: list[bytes]) -> OwnCase:
    return OwnCase(
        partner=PARTNER,
        epoch=EPOCH,
        own_case=entry.id,
        version=1,
        kind=CaseKind(entry.kind.value) if entry.kind else CaseKind.FOUND,
        groups="".join(key.group for key in keys),
        pseudonyms=b"".join(pseudonyms),
        description=_description(entry),
    )


def _asked(publisher: PseudonymKey, keys: list[MatchKey]) -> list[bytes]:
    if not keys:
        return []
    batch = BlindedBatch.of([key.text for key in keys])
    return batch.finalize(*publisher.evaluate(batch.blinded), publisher.public_key)


def _alerts(entries: list[Entry]) -> list[_Alert]:
    made: list[_Alert] = []
    for entry in entries:
        keys, salt = alert_keys(entry.person), tags.new_salt()
        pseudonyms = b"".join(
            (_Here.coarse if key.coarse else _Here.fine).pseudonym(key.text) for key in keys
        )
        padded = tags.padded_tags(salt, pseudonyms, TAGS_PER_ALERT)
        details = tags.masked_details(salt, pseudonyms, of_person(entry.person, DEALT).pack(), padded)
        material = TagMaterial(EPOCH, salt, b"".join(padded), details)
        made.append(_Alert(entry.id, material, len(keys), _description(entry)))
    return made


def _compare(alerts: list[_Alert]) -> list[Pair]:
    pairs: list[Pair] = []
    for alert in alerts:
        stored = StoredAlert(PARTNER, alert.id, 1, (alert.material,), b"")
        facts = AlertFacts(alert.description, {"kind": CaseKind.MISSING.value})
        band = alert.description.birth_decade or UNKNOWN_BAND
        rows = _Here.column.search(alert.material.salt, alert.material.tags, band)
        for row in sorted(rows | _Here.keyless.search(alert.description)):
            found = look(stored, [_Here.cases[row]])
            result = weigh(facts, found, _agreement(found)) if found is not None else None
            if found is not None and result is not None:
                pairs.append(
                    Pair(found.cases[0].own_case, alert.id, result.score.score, result.score.strength)
                )
    return pairs


def _agreement(found: Found) -> Agreement | None:
    """What the finder's intake would answer."""
    if found.common is None:
        return None
    person = _Here.entries[found.cases[0].own_case].person
    levels = agreement.compare(person, Details.unpack(found.common.details), DEALT)
    rarity = told_rarity(person, levels, lambda which, name: _Here.sounds[which, name], len(_Here.entries))
    return Agreement.model_validate({**levels.to_plain(), **rarity})


def _description(entry: Entry) -> Description:
    values: dict[str, Any] = describe(entry.person).to_plain()
    return Description.model_validate(values, strict=False)
