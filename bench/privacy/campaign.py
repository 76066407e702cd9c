"""All attacks on one population, and for each figure the strategy that is best at it."""

from collections import Counter
from dataclasses import dataclass, field, fields
from itertools import product

from bench.privacy import peers, real, thief
from bench.privacy.attack import Attacker, Strategy, places
from bench.privacy.judging import Figures, judge
from bench.privacy.peers import Broken
from bench.privacy.people import Kind, population
from bench.privacy.plans import COARSE, FINE
from bench.privacy.real import Checks
from bench.privacy.thief import Stolen

BUDGETS = (128, 3_840, 7_680, 46_720)
"""7,680 is two partners that were sent the same people and put 3,840 each together."""
SCANNED = (0.9, 0.4)
KEPT = 2
"""Of each part of a budget, so many kinds that hit most alerts are tried together."""
CIRCLE = {"LT": 19, "LV": 8, "EE": 4, "PL": 12, "BY": 7, "UA": 15, "RU": 12, "DE": 8, "FR": 6, "GB": 6}
POPULATIONS = {
    kind.name: kind
    for kind in (
        Kind("ten countries", CIRCLE),
        Kind("Lithuania", {"LT": 1}),
        Kind("Lithuania, children", {"LT": 1}, born=(2008, 2020)),
        Kind("Lithuania, places told", {"LT": 1}, place_told=True),
        Kind("Ukraine", {"UA": 1}),
        Kind("Russia", {"RU": 1}),
        Kind("Great Britain", {"GB": 1}),
    )
}
IN_DEPTH = "Lithuania"
"""Where the attacks beside guessing are made as well."""
HASHES = (20, 30)
SAMPLE = 40


@dataclass(frozen=True, slots=True)
class Guessed:
    """The best of all strategies, figure by figure, with one budget."""

    budget: int
    details: bool
    best: dict[str, float]
    by: dict[str, str]
    """The strategy that reached it."""


@dataclass(slots=True)
class Campaign:
    """What was measured of one population."""

    population: str
    alerts: int
    guessed: list[Guessed] = field(default_factory=list)
    scans: dict[str, dict[str, float]] = field(default_factory=dict)
    """Kind -> share of alerts hit by its best-first list alone, at 3,840 and 46,720."""
    alike: float = 0.0
    """How many other alerts on average say the same in the open, of those sent."""
    real: Checks | None = None
    stolen: Stolen | None = None
    peers: dict[str, Broken] = field(default_factory=dict)


def attack(name: str, alerts: int) -> Campaign:
    """Make the population and attack it."""
    attacker = Attacker(population(POPULATIONS[name], alerts))
    done = Campaign(name, alerts)
    for budget, details in product(BUDGETS, (True, False)):
        done.guessed.append(_guess(attacker, budget, details))
    done.scans = _scans(attacker)
    same = Counter(str(alert.open) for alert in attacker.population.alerts)
    done.alike = sum(count * (count - 1) for count in same.values()) / alerts
    if name == IN_DEPTH:
        _in_depth(attacker, done)
    return done


def strategies(attacker: Attacker, budget: int, details: bool) -> list[Strategy]:
    """The likely ones: of each part of the budget the kinds that hit most, in every split."""
    fine, coarse = places(budget)
    kinds = _best(attacker, COARSE, coarse), _best(attacker, _fine(attacker), fine)
    return [Strategy(first, second, part, details) for first, second, part in product(*kinds, SCANNED)]


def _best(attacker: Attacker, kinds: tuple[str, ...], count: int) -> list[str]:
    return sorted(kinds, key=lambda kind: -len(attacker.hits(attacker.guesses(kind, count))))[:KEPT]


def _fine(attacker: Attacker) -> tuple[str, ...]:
    return tuple(kind for kind in FINE if kind != "P" or attacker.population.kind.place_told)


def _guess(attacker: Attacker, budget: int, details: bool) -> Guessed:
    found: list[tuple[Strategy, Figures]] = []
    for strategy in strategies(attacker, budget, details):
        read, used = attacker.run(strategy, budget)
        found.append((strategy, judge(attacker, read, used, details)))
    best, by = {}, {}
    for one in fields(Figures):
        if one.name not in ("used", "wrong"):
            strategy, figures = max(found, key=lambda each: getattr(each[1], one.name))
            best[one.name], by[one.name] = getattr(figures, one.name), str(strategy)
            if one.name == "both":
                best["wrong"] = figures.wrong
    return Guessed(budget, details, best, by)


def _scans(attacker: Attacker) -> dict[str, dict[str, float]]:
    count = len(attacker.population.alerts)
    found: dict[str, dict[str, float]] = {}
    for kind in (*_fine(attacker), *COARSE):
        for budget in (3_840, 46_720):
            guesses = attacker.guesses(kind, places(budget)[kind in COARSE])
            found.setdefault(kind, {})[str(budget)] = len(attacker.hits(guesses)) / count
    return found


def _in_depth(attacker: Attacker, done: Campaign) -> None:
    alerts = attacker.population.alerts
    done.real = real.check(alerts[:SAMPLE], alerts[SAMPLE : 2 * SAMPLE])
    done.stolen = thief.steal(attacker, alerts[:SAMPLE], alerts[SAMPLE : 4 * SAMPLE], SAMPLE // 2)
    given, family = attacker.lists.all[True], attacker.lists.all[False]
    done.peers["hash"] = peers.keyed_hash(attacker.population, given, family)
    for hashes in HASHES:
        done.peers[f"clk{hashes}"] = peers.bloom(attacker.population, given, family, hashes)
