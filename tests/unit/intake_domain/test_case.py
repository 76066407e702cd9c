"""Cases and the steps of a search."""

import inspect
from itertools import product

import pytest

from services.intake.domain import (
    alert,
    case,
    consent,
    dates,
    decision,
    errors,
    import_text,
    imports,
    matchkey_kinds,
)
from services.intake.domain.case import ALLOWED, Case, CaseClosed, NameMissing, StatusNotAllowed, TextTooLong
from services.intake.domain.codes import CaseKind, Category, Risk, TracingStatus, Urgency
from services.intake.domain.person import Person
from tests.unit.intake_domain.people import TODAY, person

S = TracingStatus


def a_case(**others: object) -> Case:
    values: dict[str, object] = {
        "kind": CaseKind.MISSING,
        "person": person("Testė", "Testauskienė"),
        "category": Category.ADULT,
    }
    return Case(**(values | others))  # type: ignore[arg-type]


@pytest.mark.parametrize(("here", "there"), list(product(S, S)))
def test_every_step_is_allowed_or_refused_as_the_table_says(here: S, there: S) -> None:
    known = a_case(tracing_status=here)
    if there in ALLOWED[here]:
        assert known.move_to(there).tracing_status is there
    else:
        with pytest.raises(StatusNotAllowed):
            known.move_to(there)


def test_a_search_goes_from_open_to_reunified() -> None:
    known = a_case()
    for status in (S.TRACING_IN_PROGRESS, S.VERIFIED, S.REUNIFIED, S.CLOSED):
        known = known.move_to(status)
    assert known.is_closed


def test_ten_runaways_are_one_person_and_ten_episodes() -> None:
    known = a_case(category=Category.RUNAWAY)
    for _ in range(9):
        known = known.move_to(S.CLOSED).new_episode(None)
    assert known.episode.number == 10
    assert known.tracing_status is S.OPEN


def test_a_closed_case_is_not_changed_and_an_open_one_not_reopened() -> None:
    with pytest.raises(CaseClosed):
        a_case(tracing_status=S.CLOSED).with_person(Person(family_name="Other"))
    with pytest.raises(StatusNotAllowed):
        a_case().reopened()


def test_only_an_unidentified_person_has_no_name() -> None:
    assert a_case(kind=CaseKind.UNIDENTIFIED, person=Person())
    for kind in (CaseKind.MISSING, CaseKind.FOUND):
        with pytest.raises(NameMissing):
            a_case(kind=kind, person=Person())


def test_a_note_of_a_book_is_refused() -> None:
    with pytest.raises(TextTooLong):
        a_case(note="x" * 2001)


def test_high_risk_is_immediate() -> None:
    assert a_case(risk=Risk.HIGH).urgency is Urgency.IMMEDIATE
    assert all(a_case(risk=risk).urgency for risk in Risk)


def test_the_import_proposes_a_category_by_age() -> None:
    assert case.usual_category(person(birth="2012"), TODAY) is Category.LOST_INJURED_OTHERWISE
    assert case.usual_category(person(birth="1990"), TODAY) is Category.ADULT
    assert case.usual_category(person(), TODAY) is Category.ADULT


MODULES = (alert, case, consent, dates, decision, errors, import_text, imports, matchkey_kinds)


def test_every_error_has_a_sentence_that_a_person_may_read() -> None:
    found = {
        value
        for module in MODULES
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, errors.DomainError)
    }
    assert len(found) > 20
    for error in found:
        sentence = inspect.cleandoc(vars(error)["__doc__"])
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "\n" not in sentence


def test_a_case_does_not_show_itself_in_a_traceback() -> None:
    assert "Test" not in repr(a_case())
