"""Sentences that come from below the desk, said in the reader's language: errors and reasons of a match."""

import re

from services.intake.desk.formats import coded
from services.intake.desk.i18n import gettext
from services.intake.desk.words import LABELS, N_
from services.intake.handlers.match_views import MatchReason
from shared.wire.codes import Verdict
from shared.wire.reasons import RARITY_WORDS, SENTENCES

PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"Row (?P<row>\d+) has the same id; give each row its own\."),
        N_("Row %(row)s has the same id; give each row its own."),
    ),
    (re.compile(r"Choose one of: (?P<list>[a-z_, ]+)\."), N_("Choose one of: %(list)s.")),
    (
        re.compile(
            r"(?P<partner>[a-z0-9-]+) is not a verified partner, so nothing can be sent to it\. "
            r"Compare the twelve words by phone and have a second person approve it\."
        ),
        N_(
            "%(partner)s is not a verified partner, so nothing can be sent to it. "
            "Compare the twelve words by phone and have a second person approve it."
        ),
    ),
    (
        re.compile(r"The card was refused \([a-z._-]+\)\. Ask the partner to send its newest card\."),
        N_("The card was refused. Ask the partner to send its newest card."),
    ),
    (
        re.compile(r"this is not possible for a partner that is [a-z]+"),
        N_("This is not possible for a partner in this state; load the page again."),
    ),
)
"""Sentences with something in them that is known only when they are said."""


def said(error: Exception | str) -> str:
    """What an error says. Its English sentence is what the catalogues are asked for."""
    text = str(error)
    for pattern, template in PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None:
            places = found.groupdict()
            if "list" in places:
                places["list"] = ", ".join(_typed(code) for code in places["list"].split(", "))
            return gettext(template, **places)
    return _as_sentence(gettext(text))


def _typed(code: str) -> str:
    """A code as it has to be typed, and what it means in the reader's language where that is another word."""
    words = (LABELS[group].get(code) for group in ("kind", "category", "sex", "eye_colour", "hair_colour"))
    word = next((gettext(one) for one in words if one is not None), code)
    return code if word == code else f"{code} ({word})"


def reason(found: MatchReason) -> str:
    """One reason of a possible match as a full sentence."""
    try:
        template = SENTENCES[found.comparator, Verdict(found.verdict)]
    except (KeyError, ValueError):
        return gettext("Something was compared that this version of the desk has no sentence for.")
    written = {name: _parameter(found.comparator, name, value) for name, value in found.parameters.items()}
    sentence = gettext(template)
    for name, value in written.items():
        sentence = sentence.replace("{" + name + "}", value)
    return sentence


def is_common(reasons: list[MatchReason]) -> bool:
    """Whether every agreeing name is a common one, so that two people may well share it."""
    classes = [
        one.parameters["rarity"]
        for one in reasons
        if one.verdict == Verdict.FOR and "rarity" in one.parameters
    ]
    return bool(classes) and all(one == "common" for one in classes)


def _parameter(comparator: str, name: str, value: str | int) -> str:
    if name == "rarity":
        return gettext(RARITY_WORDS[str(value)]) if value in RARITY_WORDS else str(value)
    is_plain = name == "count" or comparator == "birth_decade"
    return str(value) if is_plain else coded(comparator, value)


def _as_sentence(text: str) -> str:
    """Errors of the directory are written small, as log lines are; a page begins with a capital."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
