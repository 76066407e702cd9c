"""The history of a possible match in words: questions, and why an excluded one came back."""

from services.intake.desk.formats import day
from services.intake.desk.i18n import gettext
from services.intake.desk.wording import label
from services.intake.desk.words import LABELS
from services.intake.domain import match_facts
from services.intake.domain.codes import MatchState
from services.intake.handlers.match_views import MatchView

QUESTION = "question:"
"""A question from the list is kept in the note as its code, so that everybody reads it in their language."""


def with_question(code: str, note: str) -> str:
    """The note to keep for a question from the list and words beside it."""
    return f"{QUESTION}{code}\n{note}".strip()


def question(note: str) -> tuple[str, str]:
    """The code of a question and the words beside it."""
    if not note.startswith(QUESTION):
        return "", note
    code, _, words = note.removeprefix(QUESTION).partition("\n")
    return code, words


def came_back(view: MatchView) -> str:
    """Of a match that was excluded before: when and why, and what changed since. Empty for any other."""
    steps = view.history
    place = next((at for at in range(len(steps) - 1, 0, -1) if steps[at].changed), 0)
    if not place or view.summary.state in (MatchState.EXCLUDED, MatchState.WITHDRAWN):
        return ""
    before, (whose, *fields) = steps[place - 1], steps[place].changed
    words = [label("field", one) for one in fields if one in LABELS["field"]]
    excluded = before.state is MatchState.EXCLUDED and before.reason
    told = {
        "day": day(before.at),
        "reason": label("exclusion", before.reason) if excluded else label("match_state", before.state),
        "fields": ", ".join(words) or gettext("something that is compared"),
    }
    if whose == match_facts.ALERT:
        sentence = gettext(
            "On %(day)s it was put aside: %(reason)s. Since then the partner's alert changed: %(fields)s."
        )
    else:
        sentence = gettext(
            "On %(day)s it was put aside: %(reason)s. Since then our own case changed: %(fields)s."
        )
    return sentence % told
