"""Sentences that come from below the desk, said in the reader's language: errors and reasons of a match."""

import re

from services.intake.desk.formats import coded, number, semicolon
from services.intake.desk.i18n import gettext
from services.intake.desk.words import LABELS, N_
from services.intake.handlers.match_views import MatchReason
from shared.wire.codes import Verdict
from shared.wire.reasons import EQUAL, SENTENCES, SEVERAL, TOGETHER

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
_RARITY = "{one_in}"


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
    if found.comparator in TOGETHER and found.verdict == Verdict.FOR:
        return together([found.comparator])
    template = _template(found)
    if not template:
        return gettext("Something was compared that this version of the desk has no sentence for.")
    written = {name: _parameter(found.comparator, name, value) for name, value in found.parameters.items()}
    sentence = gettext(template)
    if _RARITY in sentence and not tells_rarity(found):
        sentence = sentence[: sentence.index(_RARITY)].rpartition(";")[0].rstrip() + "."
    for name, value in written.items():
        sentence = sentence.replace("{" + name + "}", value)
    return sentence


def together(comparators: list[str]) -> str:
    """The combinations that agree, in one sentence."""
    named = semicolon().join(gettext(TOGETHER[one]) for one in comparators)
    return gettext("These agree together: %(list)s.", list=named)


def tells_rarity(found: MatchReason) -> bool:
    """Whether it is known in how many people one bears the name; that everybody does would be no news."""
    one_in = found.parameters.get("one_in")
    return isinstance(one_in, int) and one_in > 1


def _template(found: MatchReason) -> str:
    if found.verdict not in Verdict.__members__.values():
        return ""
    asked, values = (found.comparator, Verdict(found.verdict)), found.parameters
    count = values.get("count")
    if asked in SEVERAL and isinstance(count, int) and count > 1:
        return SEVERAL[asked]
    if asked in EQUAL and values.get("alert") == values.get("case"):
        return EQUAL[asked]
    return SENTENCES.get(asked, "")


def _parameter(comparator: str, name: str, value: str | int) -> str:
    if isinstance(value, int) and name in ("one_in", "count"):
        return number(value)
    return coded(comparator, value)


def _as_sentence(text: str) -> str:
    """Errors of the directory are written small, as log lines are; a page begins with a capital."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
