"""Own cases that share a match key with an alert, and what intake said of them (decisions/0019).

A row is made when intake is asked, in the transaction that asks, and holds the answer later on. What was
asked is not in it: the unlocked details are made anew from the alert and the pseudonyms when they are needed
again. The answer is levels of agreement, encrypted; no value of the own person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    and_,
    bindparam,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from services.matching.store.alerts import AlertKey
from services.matching.store.partners import MAY_SPEAK
from services.matching.store.statements import Insert, dialect, insert_for
from services.matching.store.tables import metadata, partner
from shared.crypto.rest import RestCipher
from shared.store.columns import UtcDateTime
from shared.store.context import field_context
from shared.wire.local import Agreement

FIRST_PAUSE = timedelta(minutes=5)
"""How long an answer may take before intake is asked again; it doubles each time."""
LONGEST_PAUSE = timedelta(days=1)
_SEALED_BYTES = 256
"""Every answer is as long as every other, or its length would tell how names agree."""

table = Table(
    "candidate",
    metadata,
    Column("partner", String(32), primary_key=True),
    Column("alert", String(40), primary_key=True),
    Column("own_case", String(40), primary_key=True),
    Column("alert_version", Integer, nullable=False),
    Column("case_version", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    # None once it was answered.
    Column("ask_again", UtcDateTime, index=True),
    Column("agreement", LargeBinary),
    Index(None, "own_case"),
)
"""Which own case was asked about for which alert, each in which version, and the answer."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row; `agreement` is None until it was answered."""

    alert_version: int
    case_version: int
    asked: int
    """How often."""
    ask_again: datetime | None
    """None once it was answered for good."""
    agreement: Agreement | None

    def is_of(self, alert_version: int, case_version: int) -> bool:
        """Whether these are the versions that were asked about."""
        return (self.alert_version, self.case_version) == (alert_version, case_version)

    def overdue(self, now: datetime) -> bool:
        """Whether to ask again; also what was asked by a clock that was far ahead (case 27)."""
        return self.ask_again is not None and not now < self.ask_again <= now + LONGEST_PAUSE


# Made once: making a statement costs more than running it.
_PAIR = and_(
    table.c.partner == bindparam("p"), table.c.alert == bindparam("a"), table.c.own_case == bindparam("c")
)
_READ = select(table).where(_PAIR)
_FORGET_ALERT = delete(table).where(table.c.partner == bindparam("p"), table.c.alert == bindparam("a"))
_FORGET_OLDER = delete(table).where(
    table.c.partner == bindparam("p"),
    table.c.own_case == bindparam("c"),
    table.c.case_version < bindparam("version"),
)
_ASKED = ("alert_version", "case_version", "asked", "ask_again", "agreement")


@cache
def _ask(dialect_name: str) -> Insert:
    statement = insert_for(dialect_name, table)
    return statement.on_conflict_do_update(
        index_elements=[table.c.partner, table.c.alert, table.c.own_case],
        set_={name: statement.excluded[name] for name in _ASKED},
    )


class Candidates:
    """Reads and writes candidates."""

    def __init__(self, cipher: RestCipher) -> None:
        self._cipher = cipher

    def read(self, session: Session, key: AlertKey, own_case: str) -> Candidate | None:
        """What is on record of a pair."""
        pair = {"p": key.partner, "a": key.alert, "c": own_case}
        row = session.connection().execute(_READ, pair).one_or_none()
        if row is None:
            return None
        agreement = None
        if row.agreement is not None:
            context = _context(key, own_case, row.alert_version, row.case_version)
            agreement = Agreement.model_validate_json(self._cipher.decrypt(row.agreement, context))
        return Candidate(row.alert_version, row.case_version, row.asked, row.ask_again, agreement)

    def asked(
        self,
        session: Session,
        key: AlertKey,
        own_case: str,
        versions: tuple[int, int],
        known: Candidate | None,
        now: datetime,
    ) -> None:
        """Intake is asked about these versions of alert and own case.

        `known` is what is on record of just these; an answer to others is forgotten.
        """
        if known is not None:
            changed = update(table).where(_pair(key, own_case))
            again = now + _pause(known.asked)
            session.execute(changed.values(asked=known.asked + 1, ask_again=again))
            return
        values = {
            "alert_version": versions[0],
            "case_version": versions[1],
            "asked": 1,
            "ask_again": now + FIRST_PAUSE,
            "agreement": None,
        }
        pair = {"partner": key.partner, "alert": key.alert, "own_case": own_case}
        session.connection().execute(_ask(dialect(session)), {**pair, **values})

    def answered(
        self,
        session: Session,
        key: AlertKey,
        own_case: str,
        versions: tuple[int, int],
        agreement: Agreement,
        now: datetime,
    ) -> bool:
        """Keep an answer; False if nobody waits for it: another version, answered before, or gone.

        An answer that says nothing counts for a day: the limit of questions may be behind it.
        """
        plain = agreement.model_dump_json().encode().ljust(_SEALED_BYTES)
        sealed = self._cipher.encrypt(plain, _context(key, own_case, *versions))
        waiting = and_(
            _pair(key, own_case),
            table.c.alert_version == versions[0],
            table.c.case_version == versions[1],
            table.c.ask_again.is_not(None),
        )
        again = None if says_something(agreement) else now + LONGEST_PAUSE
        taken = update(table).where(waiting).values(agreement=sealed, ask_again=again)
        return session.execute(taken.returning(table.c.own_case)).first() is not None

    def overdue(self, session: Session, now: datetime, limit: int) -> list[tuple[AlertKey, str]]:
        """Pairs of partners that may speak whose answer did not come in time, the longest ago first.

        What was asked by a clock that was far ahead is overdue too (case 27).
        """
        speaking = select(partner.c.partner).where(partner.c.status.in_(MAY_SPEAK))
        late = or_(table.c.ask_again <= now, table.c.ask_again > now + LONGEST_PAUSE)
        chosen = (
            select(table.c.partner, table.c.alert, table.c.own_case)
            .where(late, table.c.partner.in_(speaking))
            .order_by(table.c.ask_again, table.c.partner, table.c.alert, table.c.own_case)
            .limit(limit)
        )
        return [(AlertKey(p, alert), own_case) for p, alert, own_case in session.execute(chosen)]

    def delete(self, session: Session, key: AlertKey, own_case: str) -> None:
        """This pair has no key in common any more."""
        session.execute(delete(table).where(_pair(key, own_case)))

    def delete_of_alert(self, session: Session, key: AlertKey) -> None:
        """The alert is gone, or has another version."""
        session.connection().execute(_FORGET_ALERT, {"p": key.partner, "a": key.alert})

    def delete_of_case(self, session: Session, own_case: str) -> None:
        """The own case is closed."""
        session.execute(delete(table).where(table.c.own_case == own_case))

    def delete_older(self, session: Session, organisation: str, own_case: str, version: int) -> None:
        """The own case has a newer version towards this partner."""
        older = {"p": organisation, "c": own_case, "version": version}
        session.connection().execute(_FORGET_OLDER, older)

    def delete_of_partner(self, session: Session, organisation: str) -> None:
        """Nothing of this partner is here any more."""
        session.execute(delete(table).where(table.c.partner == organisation))


def says_something(agreement: Agreement) -> bool:
    """Whether anything could be compared at all."""
    told = (agreement.given, agreement.family, agreement.birth, agreement.place)
    return any(level != "unknown" for level in told)


def _pair(key: AlertKey, own_case: str) -> ColumnElement[bool]:
    return and_(table.c.partner == key.partner, table.c.alert == key.alert, table.c.own_case == own_case)


def _pause(times: int) -> timedelta:
    return min(FIRST_PAUSE * (1 << min(times, 10)), LONGEST_PAUSE)


def _context(key: AlertKey, own_case: str, alert_version: int, case_version: int) -> bytes:
    pair = f"{key.partner}|{key.alert}|{alert_version}|{own_case}|{case_version}"
    return field_context("candidate", "agreement", pair)
