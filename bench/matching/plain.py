"""Matching without its cryptography: match keys compared as texts, for experiments that have to be quick.

The keys, the details and the comparators are the real ones; only the blind evaluation and the salting, which
change no result, are left out. 5,000 by 5,000 take some ten seconds.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from admin.evaluate import sheets
from services.intake.domain.description import describe
from services.intake.domain.finer import agreement
from services.intake.domain.finer.dealing import DEALT
from services.intake.domain.finer.details import Details, of_person
from services.intake.domain.finer.rarity import own_sounds, told_rarity
from services.intake.domain.matchkeys import alert_keys, case_keys
from services.matching.compare.port import Pair
from shared.wire.local import Agreement
from shared.wire.messages import Description


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case and an alert with a match key in common."""

    left: str
    right: str
    pair: Pair
    is_true: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """All candidates of two tables."""

    candidates: list[Candidate]
    true_pairs: int
    keys_per_case: float
    keys_per_alert: float

    @property
    def recall(self) -> float:
        """Of the true pairs, the share that shares a key."""
        return sum(one.is_true for one in self.candidates) / max(1, self.true_pairs)


def join(folder: Path, today: date) -> Joined:
    """Candidates of `cases.csv` and `alerts.csv` in a folder; `truth.csv` says which are one person."""
    left, right = sheets.read(folder / "cases.csv", today), sheets.read(folder / "alerts.csv", today)
    truth = sheets.read_truth(folder / "truth.csv", left, right)
    index: dict[bytes, list[tuple[int, str]]] = defaultdict(list)
    case_count = alert_count = 0
    for place, entry in enumerate(left.entries):
        for key in case_keys(entry.person):
            index[key.text].append((place, key.group))
            case_count += 1
    described = [_description(entry) for entry in left.entries]
    sounds = Counter(sound for entry in left.entries for sound in own_sounds(entry.person))

    def counted(which: str, sound: str) -> int:
        return sounds[which, sound]

    found: list[Candidate] = []
    for entry in right.entries:
        groups: dict[int, set[str]] = defaultdict(set)
        keys = alert_keys(entry.person)
        alert_count += len(keys)
        for key in keys:
            for place, group in index.get(key.text, ()):
                groups[place].add(group)
        if not groups:
            continue
        told, mine = Details.unpack(of_person(entry.person, DEALT).pack()), _description(entry)
        for place, letters in groups.items():
            own = left.entries[place]
            levels = agreement.compare(own.person, told, DEALT)
            wire = Agreement.model_validate(
                {**levels.to_plain(), **told_rarity(own.person, levels, counted, len(left.entries))}
            )
            pair = Pair(mine, described[place], frozenset(letters), wire)
            found.append(Candidate(own.id, entry.id, pair, (own.id, entry.id) in truth))
    return Joined(found, len(truth), case_count / len(left.entries), alert_count / len(right.entries))


def _description(entry: sheets.Entry) -> Description:
    return Description.model_validate(describe(entry.person).to_plain(), strict=False)
