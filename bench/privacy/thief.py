"""A thief of the matching database: what can be read in it without the key file, with it, and by counting.

The rows are those that matching keeps: own cases as pseudonyms under one publisher's keys, alerts with their
content encrypted. Names are looked for in the bytes of the database file itself.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, insert, select

from bench.privacy.attack import Attacker
from bench.privacy.people import Alert
from bench.privacy.real import Keys, Sent, send
from services.intake.domain.matchkeys import case_keys
from services.matching.store import tables
from services.matching.store.content import AlertContentSealer, StoredAlert, TagMaterial
from shared.crypto.rest import RestCipher, new_key

PARTNER = "publisher"
COUNTED = ("Z", "N", "I")
"""Groups whose pseudonyms are counted and laid beside the guesses of their plan, by rank."""


@dataclass(frozen=True, slots=True)
class Stolen:
    """Counts; shares between 0 and 1."""

    cases: int
    alerts: int
    names_in_the_file: int
    """Names of people, their skeletons in match keys, or details, found in the bytes of the file."""
    descriptions_without_key: int
    descriptions_with_key: float
    pseudonyms_named_offline: int
    """Of the stored pseudonyms, those that a list of match keys explains without the publisher."""
    details_of_own: float
    """Of the alerts about people who are on file as well, those whose details a stored pseudonym unlocks."""
    details_of_others: float
    """Of the alerts about anybody else."""
    named_by_counting: float
    """Own cases named by laying the commonest pseudonyms beside the commonest names."""


def steal(attacker: Attacker, alerts: Sequence[Alert], people: Sequence[Alert], shared: int) -> Stolen:
    """Fill a database with these alerts and own cases, the first `shared` of them the same people; rob it."""
    keys, seal = Keys("finder"), AlertContentSealer(RestCipher(new_key()))
    held = [*alerts[:shared], *people][: len(people)]
    sent = [send(alert, keys) for alert in alerts]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "matching.db"
        engine = create_engine(f"sqlite:///{path}")
        tables.metadata.create_all(engine)
        pseudonyms = [keys.pseudonyms(case_keys(one.person)) for one in held]
        with engine.begin() as connection:
            connection.execute(insert(tables.own_case), [_case(n, one) for n, one in enumerate(pseudonyms)])
            connection.execute(
                insert(tables.alert), [_alert(a, s, seal) for a, s in zip(alerts, sent, strict=True)]
            )
        with engine.connect() as connection:
            rows = connection.execute(select(tables.alert.c.alert, tables.alert.c.content)).all()
        engine.dispose()
        data = path.read_bytes()
    opened = [seal.open(PARTNER, row.alert, 1, row.content) for row in rows]
    flat = [each for one in pseudonyms for each in one]
    guesses = [guess.text for plan in COUNTED for guess in attacker.guesses(plan, 300)]
    mine = Keys("finder", "thief")
    known = {key.pseudonym(text) for text in guesses for key in (mine.fine, mine.coarse)}
    return Stolen(
        cases=len(held),
        alerts=len(alerts),
        names_in_the_file=sum(one in data for one in secrets((*alerts, *held))),
        descriptions_without_key=data.count(b'"sex"') + data.count(b"birth_decade"),
        descriptions_with_key=sum("sex" in json.loads(one.values) for one in opened) / len(alerts),
        pseudonyms_named_offline=sum(one in known for one in flat),
        details_of_own=_unlocked(sent[:shared], flat),
        details_of_others=_unlocked(sent[shared:], flat),
        named_by_counting=by_counting(attacker, attacker.population.alerts),
    )


def _unlocked(sent: Sequence[Sent], pseudonyms: Sequence[bytes]) -> float:
    return sum(any(one.opened(each) for each in pseudonyms) for one in sent) / len(sent)


def by_counting(attacker: Attacker, people: Sequence[Alert]) -> float:
    """Lay the n-th commonest pseudonym of a group beside the n-th likeliest guess; the best group counts.

    Pseudonyms of one partner are equal where match keys are, so the keys themselves are counted here.
    """
    best = 0.0
    for group in COUNTED:
        bearers: defaultdict[bytes, set[int]] = defaultdict(set)
        for one in people:
            for key in case_keys(one.person):
                if key.group == group:
                    bearers[key.text].add(one.number)
        ranked = sorted(bearers, key=lambda text: (-len(bearers[text]), sha256(text).digest()))
        named: set[int] = set()
        for text, guess in zip(ranked, attacker.guesses(group, len(ranked)), strict=False):
            named |= bearers[text] if guess.text == text else set()
        best = max(best, len(named) / len(people))
    return best


def secrets(people: Iterable[Alert]) -> set[bytes]:
    """What must not stand in the file: names as written, and match keys."""
    found: set[bytes] = set()
    for one in people:
        names = (one.person.given_name, one.person.family_name)
        found |= {name.encode() for name in names if len(name) > 5}
        found |= {key.text for key in one.keys[:3]}
    return found


def _case(number: int, pseudonyms: Sequence[bytes]) -> dict[str, object]:
    return {
        "partner": PARTNER,
        "epoch": 1,
        "own_case": f"case-{number}",
        "version": 1,
        "kind": "found",
        "groups": "",
        "pseudonyms": b"".join(pseudonyms),
        "description": new_key(),  # encrypted in life; random bytes stand for it
        "revision": 1,
    }


def _alert(alert: Alert, sent: Sent, seal: AlertContentSealer) -> dict[str, object]:
    values = json.dumps(alert.open.to_plain())
    stored = StoredAlert(
        PARTNER,
        f"alert-{alert.number}",
        1,
        (TagMaterial(1, sent.salt, sent.tags, sent.details),),
        values.encode(),
    )
    return {
        "partner": PARTNER,
        "alert": stored.alert,
        "state": "live",
        "version": 1,
        "expires": datetime.now(UTC) + timedelta(days=90),
        "content": seal.seal(stored),
    }
