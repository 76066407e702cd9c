"""The proposed risk and its reasons, for the templates."""

from flask import Flask

from services.intake.desk.case_form import CaseForm, person_of, triage_of
from services.intake.desk.i18n import gettext
from services.intake.desk.ports import desk
from services.intake.domain.case import Case
from services.intake.domain.errors import DomainError
from services.intake.domain.triage import BY_CODE, QUESTIONS, Answer, Proposal, propose


def add_to(app: Flask) -> None:
    """Give the templates the questions and the reasons."""
    app.jinja_env.globals.update(risk_questions=QUESTIONS, drivers=drivers)


def drivers(proposal: Proposal) -> list[str]:
    """Why this risk: what was answered with yes first, then what is not known."""
    because = [BY_CODE[code].because for code, answer in proposal.drivers if answer is Answer.YES]
    unknown = [BY_CODE[code].asks for code, answer in proposal.drivers if answer is Answer.UNKNOWN]
    told = [gettext(sentence) for sentence in because]
    return [*told, *(gettext("Not known: %(question)s", question=gettext(asks)) for asks in unknown)]


def proposal_of(form: CaseForm) -> Proposal | None:
    """What the answers of a form speak for; None while there is none, or the person cannot be read."""
    today = desk().clock.now().date()
    try:
        triage = triage_of(form)
        return propose(triage, person_of(form, today), today) if triage.answers else None
    except DomainError:
        return None


def proposal_for(case: Case) -> Proposal | None:
    """The same for a case; None where nobody asked."""
    return propose(case.triage, case.person, desk().clock.now().date()) if case.triage.answers else None
