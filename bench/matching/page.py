"""The figures as tables, between two markers of docs/MATCHING-QUALITY.md."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

from bench.matching.kept import Results
from bench.matching.quality import DAMAGE_AT
from bench.matching.runner import MYOSOTIS, Outcome
from bench.report import BEGIN, END, NoPlaceForFigures

METHODS = {
    MYOSOTIS: ("Myosotis", "no"),
    "clk": ("CLK Bloom filters (clkhash, anonlink), folded names", "no, but most are read back from them"),
    "jaro_winkler": ("Jaro-Winkler and birth date, folded names", "yes"),
    "splink": ("Splink, trained on half of the pairs, folded names", "yes"),
    "logic_v2": ("nomenklatura logic-v2", "yes"),
}
"""How a method is called, and whether somebody sees the names of both sides."""
Outcomes = Mapping[str, Sequence[tuple[str, Outcome]]]
"""By set: methods and their outcomes, of one method one for each seed."""


def text(results: Results) -> str:
    """All tables."""
    outcomes: dict[str, list[tuple[str, Outcome]]] = {}
    for (name, _, method), outcome in results.items():
        outcomes.setdefault(name, []).append((method, outcome))
    times = sorted(outcome.when for outcome in results.values())
    measured = f"Measured from {times[0]} to {times[-1]} UTC on {os.cpu_count()} processors." if times else ""
    parts = [measured, quality_table(outcomes), costs_table(outcomes)]
    if "missing" in outcomes:
        parts.append(damage_table(outcomes, ["missing"]))
    return "\n\n".join(parts)


def quality_table(outcomes: Outcomes) -> str:
    """A line for each set and method; the mean of the seeds."""
    lines = [
        "| set | method | sees names? | F1 | recall at precision 0.90 | 0.95 | 0.99 | first 5 | seconds |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, of_set in outcomes.items():
        for method, (label, sees) in METHODS.items():
            mine = [outcome for which, outcome in of_set if which == method]
            if mine:
                lines.append(f"| {name} | {label} | {sees} | {_cells(mine)} |")
    return "\n".join(lines)


def _cells(mine: Sequence[Outcome]) -> str:
    problems = [outcome.problem for outcome in mine if outcome.problem]
    if problems:
        return f"{problems[0].replace('|', '/')} | | | | | "
    measured = [outcome.measured for outcome in mine if outcome.measured is not None]
    figures = [mean(one.f1 for one in measured)]
    figures += [mean(one.recall[level] for one in measured) for level in ("0.90", "0.95", "0.99")]
    figures.append(mean(one.first_five for one in measured))
    seconds = mean(outcome.seconds for outcome in mine)
    return " | ".join([*(f"{figure:.3f}" for figure in figures), f"{seconds:.0f}"])


def damage_table(outcomes: Outcomes, sets: Sequence[str]) -> str:
    """For each damage, the share of the true pairs with it that a method finds: the mean of the seeds."""
    found: dict[str, dict[str, list[float]]] = {}
    for name in sets:
        for method, outcome in outcomes.get(name, ()):
            for damage, share in (outcome.measured.by_damage if outcome.measured else {}).items():
                found.setdefault(damage, {}).setdefault(method, []).append(share)
    methods = [method for method in METHODS if any(method in each for each in found.values())]
    labels = " | ".join(re.split(" [(]| and |,", METHODS[one][0])[0] for one in methods)
    lines = [
        f"| damage, recall at precision {DAMAGE_AT:.2f} | {labels} |",
        "| --- |" + " ---: |" * len(methods),
    ]
    ordered = sorted(found.items(), key=lambda each: mean(each[1].get(MYOSOTIS, [0.0])))
    for damage, shares in ordered:
        cells = (f"{mean(shares[one]):.2f}" if one in shares else "" for one in methods)
        lines.append(f"| {damage.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def costs_table(outcomes: Outcomes) -> str:
    """What Myosotis took: evaluations of a case, keys and tags of an alert, memory."""
    lines = [
        "| set | blind evaluations a case | keys an alert | tags an alert | MB |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, of_set in outcomes.items():
        mine = [outcome for which, outcome in of_set if which == MYOSOTIS and outcome.costs]
        if mine:
            cells = [
                mean(outcome.costs.get(cost, 0.0) for outcome in mine)
                for cost in ("evaluations_per_case", "keys_per_alert", "tags_per_alert")
            ]
            memory = max(outcome.memory_mb for outcome in mine)
            lines.append(f"| {name} | {cells[0]:.1f} | {cells[1]:.1f} | {cells[2]:.0f} | {memory} |")
    return "\n".join(lines)


def renew(page: Path, tables: str) -> None:
    """Replace what is between the markers. Raises NoPlaceForFigures."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise NoPlaceForFigures(f"{page} needs a line {BEGIN} and, below it, a line {END}")
    page.write_text(f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}", encoding="utf-8")
