"""Risk triage: the questions that drive it, and what each answer means. A person decides, and says why.

What is not known counts: a person of whom nothing is known is at medium risk, never at low. Having run away
before never lowers a risk: whoever runs away often, runs away from something.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.intake.domain.codes import Risk
from services.intake.domain.errors import DomainError
from services.intake.domain.person import Person

SMALL_CHILD = 13
MAX_REASON = 500
_ORDER = (Risk.NO_APPARENT_RISK, Risk.LOW, Risk.MEDIUM, Risk.HIGH)


class LowerNeedsReason(DomainError):
    """The answers speak for a higher risk. Write in a sentence why it is lower."""


class ReasonTooLong(DomainError):
    """This reason is longer than 500 characters; shorten it."""


class Answer(StrEnum):
    """What is known about one question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and the risk that two of its answers stand for; no means low."""

    code: str
    asks: str
    yes: Risk
    unknown: Risk
    because: str
    """Why a yes drives the risk, as the caseworker reads it."""


QUESTIONS = (
    Question(
        "under_13",
        "Is the person younger than 13?",
        Risk.HIGH,
        Risk.MEDIUM,
        "Under 13: a small child cannot look after itself.",
    ),
    Question(
        "threat_to_life",
        "Is there a danger to life: suicide, violence, cold, water?",
        Risk.HIGH,
        Risk.MEDIUM,
        "A danger to life.",
    ),
    Question(
        "medication",
        "Does the person need medicine or care that is not with them?",
        Risk.HIGH,
        Risk.MEDIUM,
        "Needs medicine or care that is not with them.",
    ),
    Question(
        "abduction",
        "Could somebody have taken the person, or be holding them?",
        Risk.HIGH,
        Risk.MEDIUM,
        "Somebody may have taken the person.",
    ),
    Question(
        "trafficking",
        "Are there signs of exploitation: an older friend, new money or things, debts, strange calls?",
        Risk.HIGH,
        Risk.MEDIUM,
        "Signs of exploitation.",
    ),
    Question(
        "ran_away_before",
        "Has the person run away before?",
        Risk.MEDIUM,
        Risk.LOW,
        "Has run away before, which is a reason to look closer and never to look less.",
    ),
    Question(
        "out_of_character",
        "Is it unlike them to be away without a word?",
        Risk.MEDIUM,
        Risk.LOW,
        "Being away like this is unlike them.",
    ),
)
BY_CODE: Mapping[str, Question] = {question.code: question for question in QUESTIONS}


@dataclass(frozen=True, slots=True, repr=False)
class Triage:
    """The answers that somebody gave, in the order of the table, and why the risk is a lower one."""

    answers: tuple[tuple[str, Answer], ...] = ()
    because: str = ""

    def __post_init__(self) -> None:
        if len(self.because) > MAX_REASON:
            raise ReasonTooLong()

    @classmethod
    def of(cls, answers: Mapping[str, str], because: str = "") -> "Triage":
        """Answers by code; one without an answer, and a question that is no longer asked, is left out."""
        given = [(code, answers[code]) for code in BY_CODE if answers.get(code) in list(Answer)]
        return cls(tuple((code, Answer(answer)) for code, answer in given), because.strip())

    def answer(self, code: str) -> Answer:
        """What was answered; unknown when nobody was asked."""
        return dict(self.answers).get(code, Answer.UNKNOWN)

    def __repr__(self) -> str:
        return "<Triage>"


NOT_ASKED = Triage()


@dataclass(frozen=True, slots=True)
class Proposal:
    """The risk that the answers speak for, and the questions that drive it."""

    risk: Risk
    drivers: tuple[tuple[str, Answer], ...]


def propose(triage: Triage, person: Person, today: date) -> Proposal:
    """The highest risk that any answer stands for. A known date of birth or age answers its question."""
    found = []
    for question in QUESTIONS:
        answer = triage.answer(question.code)
        if question.code == "under_13":
            answer = under_13(person, today) or answer
        risk = {Answer.YES: question.yes, Answer.UNKNOWN: question.unknown, Answer.NO: Risk.LOW}[answer]
        found.append((risk, question.code, answer))
    highest = max((risk for risk, _, _ in found), key=_ORDER.index)
    drivers = [(code, answer) for risk, code, answer in found if risk is highest and answer is not Answer.NO]
    return Proposal(highest, tuple(sorted(drivers, key=lambda driver: driver[1] is not Answer.YES)))


def under_13(person: Person, today: date) -> Answer | None:
    """What date of birth or age say; None when neither does. A doubt counts as yes."""
    years = person.birth_years()
    if years is None:
        return None
    born = person.known_birth_date
    latest = born.last_day() if born else date(years[1], 12, 31)
    age = today.year - latest.year - ((today.month, today.day) < (latest.month, latest.day))
    return Answer.YES if age < SMALL_CHILD else Answer.NO


def check(triage: Triage, risk: Risk, person: Person, today: date) -> None:
    """Raise LowerNeedsReason for a risk below what the answers speak for. Without answers nothing is asked.

    A higher risk needs no reason: being careful never has to be explained at night.
    """
    lower = _ORDER.index(risk) < _ORDER.index(propose(triage, person, today).risk)
    if triage.answers and lower and not triage.because:
        raise LowerNeedsReason()
