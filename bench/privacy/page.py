"""The figures as tables for docs/MATCHING-PRIVACY.md."""

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bench.privacy.campaign import Campaign, Guessed
from bench.privacy.plans import COARSE

TARGET_BUDGET, TARGET = 3_840, 0.02
FIGURES = {
    "both": "both names",
    "spelled": "both, as written",
    "one": "one name",
    "year": "both names and year",
    "date": "both names and full date",
}


def in_short(campaign: Campaign) -> str:
    """One line for the progress."""
    found = _of(campaign, TARGET_BUDGET, details=True)
    return f"both names of {_share(found.best['both'])} of alerts with {TARGET_BUDGET:,} evaluations"


def tables(campaigns: Sequence[Campaign], seconds: float) -> str:
    """Everything between the markers."""
    parts = [
        _when(campaigns, seconds),
        _verdict(campaigns),
        _guesses(campaigns, True),
        _guesses(campaigns, False),
    ]
    parts.append(_scans(campaigns))
    for campaign in campaigns:
        parts += [_real(campaign), _stolen(campaign), _peers(campaign)]
    return "\n\n".join(filter(None, parts))


def _when(campaigns: Sequence[Campaign], seconds: float) -> str:
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    alerts = max(campaign.alerts for campaign in campaigns)
    where = f"on {os.cpu_count()} processors in {seconds:.0f} s"
    return f"Measured {when} {where}; {alerts:,} alerts of each population."


def _verdict(campaigns: Sequence[Campaign]) -> str:
    worst = [(_of(one, TARGET_BUDGET, details=True).best["both"], one.population) for one in campaigns]
    missed = [f"{name} ({_share(share)})" for share, name in worst if share > TARGET]
    checks = [one.real for one in campaigns if one.real]
    nothing = all(one.hits_without_evaluations == 0 and one.same_hits for one in checks)
    first = "**met**" if checks and nothing else "**missed**" if checks else "not measured"
    second = f"**missed** for {', '.join(missed)}" if missed else "**met** for every population"
    return (
        f"Nothing without evaluations: {first}. With {TARGET_BUDGET:,} evaluations both names of at most "
        f"1 alert in 50: {second}."
    )


def _guesses(campaigns: Sequence[Campaign], details: bool) -> str:
    how = "a partner who guesses, " + ("with what the details add" if details else "without the details")
    lines = [
        f"| {how} | evaluations | {' | '.join(FIGURES.values())} | best at both names |",
        f"| --- | ---: |{' ---: |' * len(FIGURES)} --- |",
    ]
    for campaign in campaigns:
        for found in campaign.guessed:
            if found.details is details:
                cells = " | ".join(_share(found.best[name]) for name in FIGURES)
                lines.append(f"| {campaign.population} | {found.budget:,} | {cells} | {found.by['both']} |")
    return "\n".join(lines)


def _scans(campaigns: Sequence[Campaign]) -> str:
    kinds = list(dict.fromkeys(kind for campaign in campaigns for kind in campaign.scans))
    names = [campaign.population for campaign in campaigns]
    lines = [
        f"| alerts hit by one kind alone, 3,840 / 46,720 | {' | '.join(names)} |",
        f"| --- |{' ---: |' * len(names)}",
    ]
    for kind in kinds:
        cells = (
            f"{_share(one.scans[kind]['3840'])} / {_share(one.scans[kind]['46720'])}"
            if kind in one.scans
            else ""
            for one in campaigns
        )
        lines.append(f"| {kind}{' (coarse)' if kind in COARSE else ''} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _real(campaign: Campaign) -> str:
    found = campaign.real
    if found is None:
        return ""
    return _table(
        f"with real keys, {found.alerts} alerts and {found.guesses} guesses ({campaign.population})",
        [
            (
                "hits of the guesses with real keys / joined in plain",
                f"{found.real_hits} / {found.plain_hits}",
            ),
            (
                "the same alerts and guesses; details of every hit right",
                f"{found.same_hits}; {found.details_right}",
            ),
            ("hits of coarse guesses in fine places", found.coarse_under_fine_key),
            ("hits without evaluations, under a key of the guesser's own", found.hits_without_evaluations),
            (
                "bits of details right with a wrong pseudonym (chance: 0.5)",
                f"{found.details_bits_without:.3f}",
            ),
            ("tags that stand in two alerts", found.equal_tags),
            ("equal tags of one person's alerts, same partner or two", found.equal_tags_of_one_person),
            ("equal pseudonyms of two partners for the same match keys", found.equal_pseudonyms_of_partners),
            (
                "one person's two alerts linked by a partner who has the person",
                _share(found.linked_with_a_pseudonym),
            ),
            ("other alerts that say the same in the open (sex, decade), on average", f"{campaign.alike:.0f}"),
        ],
    )


def _stolen(campaign: Campaign) -> str:
    found = campaign.stolen
    if found is None:
        return ""
    return _table(
        f"a thief of the matching database: {found.cases} own cases, {found.alerts} alerts",
        [
            ("names or match keys in the bytes of the file", found.names_in_the_file),
            ("descriptions of alerts, without the key file", found.descriptions_without_key),
            ("descriptions of alerts, with it", _share(found.descriptions_with_key)),
            ("stored pseudonyms explained by a list of names, offline", found.pseudonyms_named_offline),
            ("details read with it, of alerts about people on file", _share(found.details_of_own)),
            ("details read with it, of alerts about others", _share(found.details_of_others)),
            ("own cases named by counting equal pseudonyms (the whole population on file)",
             _share(found.named_by_counting)),
        ],
    )  # fmt: skip


def _peers(campaign: Campaign) -> str:
    if not campaign.peers:
        return ""
    labels = {"hash": "HMAC of each field under the group's key"}
    lines = [
        "| others, read by any member | given name | surname | both | both and full date | seconds |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, one in campaign.peers.items():
        label = labels.get(name, f"CLK, 1,024 bits, {name.removeprefix('clk')} hash functions")
        shares = " | ".join(map(_share, (one.given, one.family, one.both, one.both_and_date)))
        lines.append(f"| {label} | {shares} | {one.seconds:.1f} |")
    return "\n".join(lines)


def _table(title: str, rows: Iterable[tuple[str, object]]) -> str:
    return "\n".join([f"| {title} | |", "| --- | ---: |", *(f"| {what} | {value} |" for what, value in rows)])


def _of(campaign: Campaign, budget: int, *, details: bool) -> Guessed:
    return next(one for one in campaign.guessed if one.budget == budget and one.details is details)


def _share(share: float) -> str:
    return f"{share:.2%}" if share < 0.1 else f"{share:.0%}"
