"""Plays the first act over the desks' real HTTP, and says one line for each fact, true or false.

The same for the processes of `make demo` and for the containers of the compose profile.
"""

import csv
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from typing import Any

from demo.client import DeskAway, DeskClient

PEOPLE = Path(__file__).parent / "people"
PUBLISHER, FINDERS = "lt-vilnius", ("fr-lyon", "lv-riga")
RELEASED = ["sex", "birth_decade", "eye_colour", "hair_colour", "marks"]
"""What the demo's caseworker ticks. Two planted pairs need it: their names and dates alone are too thin."""
BECAUSE = "An invented person, whom nobody can find."
"""Some have marks and colours that few share; a desk takes such an alert only with a reason."""

WAIT_SECONDS = 150.0
Say = Callable[[str], None]


class Ended(Exception):
    """Somebody ended the demo while it was still getting ready."""


class TookTooLong(Exception):
    """What was waited for did not happen in time."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A planted pair: who finds it, the ids in the two imported tables, and what differs."""

    finder: str
    sought: str
    known: str
    differs: str


@dataclass(slots=True)
class Act:
    """The first act. `mails` gives everything that duty officers got so far."""

    desks: Mapping[str, DeskClient]
    mails: Callable[[], list[bytes]]
    say: Say
    ended: threading.Event
    alerts: dict[str, str] = field(default_factory=dict)
    """The publisher's source id -> alert."""
    failures: int = 0

    def wait_for_desks(self) -> None:
        """Until every desk shows its sign-in page."""
        self._until("the desks answer", lambda: all(desk.answers() for desk in self.desks.values()))
        self.say("all desks answer")

    def share_alerts(self) -> None:
        """Vilnius shares an alert with the whole circle for everybody it is looking for."""
        desk = self.desks[PUBLISHER]
        sought = [row["id"] for row in _rows(PUBLISHER) if row["kind"] == "missing"]
        for number, source_id in enumerate(sought, 1):
            if self.ended.is_set():
                raise Ended
            self._until("a desk takes an alert", partial(self._share, desk, source_id))
            if number % 25 == 0 or number == len(sought):
                self.say(f"{PUBLISHER}: {number} of {len(sought)} alerts shared with the circle")

    def _share(self, desk: DeskClient, source_id: str) -> bool:
        """Share one alert. A desk that went away may have taken it before it did, so look first."""
        case = desk.get(f"/cases?q={source_id}")["cases"][0]["id"]
        known = desk.get(f"/alerts?case={case}")["alerts"]
        wanted = {"case": case, "release": RELEASED, "because": BECAUSE}
        alert = known[0] if known else desk.post("/alerts", wanted)
        self.alerts[source_id] = alert["id"]
        return True

    def wait_for_matches(self) -> None:
        """Until every finder has at least one possible match."""
        self._until(
            "possible matches appear",
            lambda: all(self.desks[finder].get("/matches")["matches"] for finder in FINDERS),
        )
        for finder in FINDERS:
            self.say(f"{finder}: {len(self.desks[finder].get('/matches')['matches'])} possible matches")

    def verify(self) -> int:
        """Everything, one line a fact; 0 when all are true."""
        planted = _planted()
        self._fact("every alert was compared by both partners, who signed for it", self._all_compared)
        for pair in planted:
            sentence = f"{pair.finder} found the planted pair {pair.sought} and {pair.known}: {pair.differs}"
            self._fact(sentence, partial(self._found, pair))
        self._fact("possible matches say why, in sentences", self._has_reasons)
        self._fact("duty officers were told by mail, and the mails hold no content", self._mails_are_bare)
        self._fact("a decision is kept", partial(self._decide, planted[0]))
        self._fact("the publisher's desk shows no sign of a possible match", self._publisher_is_blind)
        self._fact(
            "a withdrawn alert is deleted by both partners, who signed for it",
            partial(self._withdraw, planted[0]),
        )
        self._fact(
            "its possible match is gone from the finder's desk", lambda: not self._matches_of(planted[0])
        )
        self.say("all facts are true" if not self.failures else f"{self.failures} facts are false")
        return 1 if self.failures else 0

    def _fact(self, sentence: str, true: Callable[[], bool]) -> None:
        try:
            self._until(sentence, true)
        except TookTooLong:
            self.failures += 1
            self.say(f"FALSE {sentence}")
        else:
            self.say(f"true  {sentence}")

    def _until(self, what: str, true: Callable[[], bool]) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            try:
                if true():
                    return
            except DeskAway:
                pass  # a desk that is being started again will be back
            if self.ended.wait(0.5):
                raise Ended
        raise TookTooLong(what)

    def _all_compared(self) -> bool:
        alerts = {one["id"]: one for one in self.desks[PUBLISHER].get("/alerts")["alerts"]}
        return all(
            {share["partner"]: share["state"] for share in alerts[alert]["shares"]}
            == dict.fromkeys(FINDERS, "compared")
            for alert in self.alerts.values()
        )

    def _found(self, pair: Pair) -> bool:
        return bool(self._matches_of(pair))

    def _matches_of(self, pair: Pair) -> list[dict[str, Any]]:
        """Open possible matches of the finder's own case. Whose alert each is, its desk cannot know."""
        desk = self.desks[pair.finder]
        case = desk.get(f"/cases?q={pair.known}")["cases"][0]["id"]
        found = desk.get(f"/matches?case={case}")["matches"]
        return [match for match in found if match["partner"] == PUBLISHER and match["state"] != "withdrawn"]

    def _has_reasons(self) -> bool:
        for finder in FINDERS:
            for match in self.desks[finder].get("/matches")["matches"]:
                reasons = self.desks[finder].get(f"/matches/{match['id']}")["reasons"]
                spoken = [reason for reason in reasons if reason["sentence"].strip()]
                if len(spoken) < 2 or not any(reason["verdict"] == "for" for reason in spoken):
                    return False
        return True

    def _mails_are_bare(self) -> bool:
        told = self.mails()
        if not told:
            return False
        forbidden = {
            value.lower()
            for organisation in self.desks
            for row in _rows(organisation)
            for name in ("given_name", "family_name", "last_seen_place", "date_of_birth")
            if len(value := row[name].strip()) > 3
        } | set(self.desks)
        words: set[str] = set()
        for mail in told:
            text = message_from_bytes(mail, policy=policy.default).get_body()
            words |= set(str(text).lower().split())
        return not words & forbidden

    def _decide(self, pair: Pair) -> bool:
        match = self._matches_of(pair)[0]
        if match["state"] != "probable":
            decision = {"state": "probable", "version": match["version"], "seen_state": match["state"]}
            self.desks[pair.finder].post(f"/matches/{match['id']}/decision", decision)
        return bool(self._matches_of(pair)[0]["state"] == "probable")

    def _publisher_is_blind(self) -> bool:
        desk = self.desks[PUBLISHER]
        about_own_alerts = [match for match in desk.get("/matches")["matches"] if match["partner"] in FINDERS]
        states = {share["state"] for alert in desk.get("/alerts")["alerts"] for share in alert["shares"]}
        return not about_own_alerts and states == {"compared"}

    def _withdraw(self, pair: Pair) -> bool:
        desk, alert = self.desks[PUBLISHER], self.alerts[pair.sought]
        state = desk.get(f"/alerts/{alert}")
        if state["state"] not in ("withdrawn", "erased"):
            state = desk.post(f"/alerts/{alert}/withdraw")
        signed = desk.get(f"/alerts/{alert}/receipts")["receipts"]
        deleted = {receipt["partner"] for receipt in signed if receipt["outcome"] == "deleted"}
        return deleted == set(FINDERS) and all(share["state"] == "deleted" for share in state["shares"])


def _rows(organisation: str) -> list[dict[str, str]]:
    with (PEOPLE / f"{organisation}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _planted() -> list[Pair]:
    """The planted pairs whose alert is Vilnius'."""
    with (PEOPLE / "planted.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["left_organisation"] == PUBLISHER]
    return [
        Pair(row["right_organisation"], row["left_id"], row["right_id"], row["what_differs"]) for row in rows
    ]
