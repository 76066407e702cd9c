"""Risk triage: what answers stand for, and that a lower risk has to be explained."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.domain.codes import Risk
from services.intake.domain.dates import PartialDate
from services.intake.domain.person import Age, Person
from services.intake.domain.triage import (
    BY_CODE,
    QUESTIONS,
    Answer,
    LowerNeedsReason,
    ReasonTooLong,
    Triage,
    check,
    propose,
)

TODAY = date(2026, 11, 21)
ADULT = Person(family_name="Kalnietė", date_of_birth=PartialDate(1980))
ALL_NO = {question.code: "no" for question in QUESTIONS}


def test_what_is_not_known_is_no_low_risk() -> None:
    proposal = propose(Triage(), Person(family_name="Kalnietė"), TODAY)
    assert proposal.risk is Risk.MEDIUM
    assert ("threat_to_life", Answer.UNKNOWN) in proposal.drivers


def test_all_answered_with_no_is_low() -> None:
    proposal = propose(Triage.of(ALL_NO), ADULT, TODAY)
    assert (proposal.risk, proposal.drivers) == (Risk.LOW, ())


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_each_question_counts_for_what_the_table_says(code: str) -> None:
    nobody = Person(family_name="Kalnietė")
    proposal = propose(Triage.of(ALL_NO | {code: "yes"}), nobody, TODAY)
    assert proposal.risk is BY_CODE[code].yes
    assert proposal.drivers == ((code, Answer.YES),)


def test_running_away_before_never_lowers_a_risk() -> None:
    never, often = Triage.of(ALL_NO), Triage.of(ALL_NO | {"ran_away_before": "yes"})
    order = [Risk.LOW, Risk.MEDIUM, Risk.HIGH]
    found = [order.index(propose(one, ADULT, TODAY).risk) for one in (never, often)]
    assert found == sorted(found)
    assert found[0] < found[1]


@pytest.mark.parametrize(
    ("born", "age", "risk"),
    [
        (PartialDate(2013, 11, 22), None, Risk.HIGH),
        (PartialDate(2013, 11, 21), None, Risk.LOW),
        (PartialDate(2013), None, Risk.HIGH),  # thirteen in November or only in December: a doubt counts
        (PartialDate(2012), None, Risk.LOW),
        (None, Age(11, 14), Risk.HIGH),
        (None, Age(20, 30), Risk.LOW),
    ],
)
def test_a_known_age_answers_its_question(born: PartialDate | None, age: Age | None, risk: Risk) -> None:
    child = Person(family_name="Kalnietė", date_of_birth=born, age=age, age_as_of=TODAY if age else None)
    assert propose(Triage.of(ALL_NO), child, TODAY).risk is risk


def test_a_lower_risk_wants_a_reason_and_a_higher_none() -> None:
    danger = Triage.of({"threat_to_life": "yes"})
    with pytest.raises(LowerNeedsReason):
        check(danger, Risk.MEDIUM, ADULT, TODAY)
    check(Triage.of({"threat_to_life": "yes"}, "Seen an hour ago, well"), Risk.MEDIUM, ADULT, TODAY)
    check(Triage.of(ALL_NO), Risk.HIGH, ADULT, TODAY)
    check(Triage(), Risk.LOW, ADULT, TODAY)


def test_answers_that_no_list_knows_are_left_out() -> None:
    assert Triage.of({"threat_to_life": "perhaps", "old_question": "yes"}) == Triage()
    with pytest.raises(ReasonTooLong):
        Triage.of({}, "x" * 501)
