"""Who is asking: what holds a case back, who may open it, and one enquirer with fifty people (case 94)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.intake.domain.alert import Choices
from services.intake.domain.asking import (
    NOTHING_CHECKED,
    QUOTA,
    EnquirerCheck,
    Hold,
    Identity,
    NotChecked,
    Order,
    OrderStands,
    SharingHeld,
    TooMany,
    holds,
)
from services.intake.domain.case import Case, Enquirer
from services.intake.domain.codes import Risk
from services.intake.domain.triage import Answer
from services.intake.handlers.actor import Actor, UserRole
from services.intake.handlers.errors import (
    NotAllowed,
    NotFound,
    OrderIsNotYours,
    ReasonNeeded,
    SamePersonAgain,
)
from services.intake.store.permissions import SharePermissionRow
from tests.unit.intake.world import CHECKED, LEAD, LYON, OTHER_TEAM, SECOND, WORKER, Node, case, person

DUTY = Actor("user_duty", UserRole.DUTY_OFFICER, "main")
ORDER = replace(CHECKED, order=Order.YES)


def register(node: Node, check: EnquirerCheck, risk: Risk = Risk.HIGH, by: Actor = WORKER) -> str:
    return node.intake.cases.register(case(risk=risk, check=check), by).summary.id


def share(node: Node, case_id: str) -> None:
    node.intake.alerts.publish(case_id, Choices(), WORKER, partners=[LYON])


@pytest.mark.parametrize(
    ("check", "risk", "asked", "expected"),
    [
        (None, Risk.HIGH, 50, ()),
        (CHECKED, Risk.HIGH, 1, ()),
        (CHECKED, Risk.HIGH, QUOTA, ()),
        (CHECKED, Risk.LOW, QUOTA + 1, (Hold.TOO_MANY,)),
        (NOTHING_CHECKED, Risk.HIGH, 1, (Hold.NOT_CHECKED,)),
        (NOTHING_CHECKED, Risk.MEDIUM, 1, ()),
        (replace(CHECKED, identity=Identity.NOT_SEEN), Risk.HIGH, 1, (Hold.NOT_CHECKED,)),
        (replace(CHECKED, order=Order.NOT_ASKED), Risk.HIGH, 1, (Hold.NOT_CHECKED,)),
        (replace(CHECKED, plausible=Answer.UNKNOWN), Risk.HIGH, 1, (Hold.NOT_CHECKED,)),
        (replace(CHECKED, plausible=Answer.NO), Risk.LOW, 1, (Hold.NOT_PLAUSIBLE,)),
        (ORDER, Risk.NO_APPARENT_RISK, 1, (Hold.ORDER,)),
    ],
)
def test_what_holds_a_case_back(
    check: EnquirerCheck | None, risk: Risk, asked: int, expected: tuple[Hold, ...]
) -> None:
    assert holds(check, risk, asked) == expected


def test_nothing_is_shared_while_a_protection_order_stands(vilnius: Node) -> None:
    """Neither a new alert, nor a preview, nor a newer version or more partners of one that is out."""
    held, shared = register(vilnius, ORDER), register(vilnius, CHECKED)
    alerts = vilnius.intake.alerts
    alert = alerts.publish(shared, Choices(), WORKER, partners=[LYON]).id
    vilnius.intake.cases.update(shared, case(check=ORDER), 1, WORKER)
    vilnius.new()
    for attempt in (
        lambda: share(vilnius, held),
        lambda: alerts.preview(held, Choices(), WORKER),
        lambda: alerts.update(alert, WORKER),
        lambda: alerts.add_partners(alert, ["lv-riga"], WORKER),
    ):
        with pytest.raises(OrderStands):
            attempt()
    assert vilnius.new() == []
    alerts.withdraw(alert, WORKER)


def test_a_high_risk_wants_a_check_or_a_second_person(vilnius: Node) -> None:
    held = register(vilnius, NOTHING_CHECKED)
    with pytest.raises(NotChecked):
        share(vilnius, held)
    vilnius.intake.asking.allow(held, "The police asked us by telephone", LEAD)
    share(vilnius, held)
    assert "sharing.allowed" in vilnius.actions()


def test_the_second_person_is_another_one_and_says_why(vilnius: Node) -> None:
    """Rule 9: not who registered the case, not who did the check, not every role."""
    by_lead = register(vilnius, NOTHING_CHECKED, by=LEAD)
    checked_by_duty = register(vilnius, NOTHING_CHECKED)
    vilnius.intake.cases.update(checked_by_duty, case(check=replace(ORDER, by="")), 1, DUTY)
    allow = vilnius.intake.asking.allow
    for case_id, by, refused in (
        (by_lead, LEAD, SamePersonAgain),
        (checked_by_duty, DUTY, SamePersonAgain),
        (checked_by_duty, WORKER, NotAllowed),
        (checked_by_duty, SECOND, NotAllowed),
        (checked_by_duty, OTHER_TEAM, NotFound),
    ):
        with pytest.raises(refused):
            allow(case_id, "because", by)
    with pytest.raises(ReasonNeeded):
        allow(checked_by_duty, "  ", LEAD)
    assert vilnius.intake.asking.standing(checked_by_duty, LEAD).may_allow
    assert not vilnius.intake.asking.standing(checked_by_duty, DUTY).may_allow


def test_what_was_allowed_covers_what_was_known_then(vilnius: Node) -> None:
    """A protection order that comes to light afterwards holds the case again."""
    held = register(vilnius, NOTHING_CHECKED)
    vilnius.intake.asking.allow(held, "The police asked us", LEAD)
    with vilnius.database.read() as session:
        assert b"police" not in session.scalars(select(SharePermissionRow.record)).one()
    vilnius.intake.cases.update(held, case(check=ORDER), 1, WORKER)
    with pytest.raises(OrderStands):
        share(vilnius, held)
    vilnius.intake.asking.allow(held, "The court agrees", LEAD)
    assert vilnius.intake.asking.standing(held, WORKER).covered
    vilnius.intake.cases.erase(held, WORKER)
    with vilnius.database.read() as session:
        assert session.scalars(select(SharePermissionRow)).all() == []


def test_only_a_lead_takes_a_protection_order_away(vilnius: Node) -> None:
    """Not by saying no, not by another name, and not by taking the enquirer out."""
    held = register(vilnius, ORDER)
    cases, same = vilnius.intake.cases, case(check=ORDER)
    for changed in (
        case(check=CHECKED),
        case(check=replace(ORDER, order=Order.NOT_ASKED)),
        replace(same, enquirer=None),
        replace(same, enquirer=Enquirer("Somebody Else", check=CHECKED)),
    ):
        for by in (WORKER, DUTY):
            with pytest.raises(OrderIsNotYours):
                cases.update(held, changed, 1, by)
    renamed = cases.update(held, replace(same, enquirer=Enquirer("Kita", check=ORDER)), 1, WORKER).case
    assert renamed.enquirer is not None
    assert renamed.enquirer.check.order is Order.YES
    assert renamed.enquirer.check.identity is Identity.NOT_SEEN
    lifted = cases.update(held, case(check=CHECKED), 2, LEAD).case
    assert lifted.enquirer is not None
    assert lifted.enquirer.check.order is Order.NO


def test_a_check_names_who_did_it_and_is_of_that_person_only(vilnius: Node) -> None:
    held = register(vilnius, NOTHING_CHECKED)
    cases, unsigned = vilnius.intake.cases, replace(CHECKED, by="", at="")
    first = cases.update(held, case(check=unsigned), 1, LEAD).case.enquirer
    assert first is not None
    assert (first.check.by, first.check.at) == (LEAD.id, "2026-11-21T21:40:00Z")
    kept = cases.update(held, replace(case(check=unsigned), note="new"), 2, WORKER).case.enquirer
    assert kept is not None
    assert kept.check.by == LEAD.id
    other = cases.update(held, replace(case(), enquirer=replace(first, name="Kita Moteris")), 3, WORKER).case
    assert other.enquirer is not None
    assert other.enquirer.check == NOTHING_CHECKED


def one_of_many(number: int, **enquirer: str) -> Case:
    someone = person(f"Vardas{number}", f"Pavardė{number}")
    return replace(case(someone=someone), enquirer=Enquirer(check=CHECKED, **({"name": ""} | enquirer)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "known_by", [{"name": "Ona Slaptoji"}, {"phone": "+370 612 34567"}, {"email": "ONA@example.org"}]
)
def test_one_enquirer_and_many_people_are_flagged_for_a_second_person(
    vilnius: Node, known_by: dict[str, str]
) -> None:
    """Case 94: by name, number however written, or mail; over all teams, and for a day."""
    written = {"name": "ona SLAPTOJI", "phone": "8 612 34567", "email": "ona@example.org"}
    again = {field: written[field] for field in known_by}
    asked = [vilnius.intake.cases.register(one_of_many(0, **known_by), OTHER_TEAM).summary.id]
    for number in range(1, QUOTA + 1):
        vilnius.clock.advance(timedelta(minutes=1))
        asked.append(vilnius.intake.cases.register(one_of_many(number, **again), WORKER).summary.id)
    for fine in asked[1:QUOTA]:
        share(vilnius, fine)
    with pytest.raises(TooMany):
        share(vilnius, asked[-1])
    assert vilnius.intake.asking.standing(asked[-1], LEAD).asked_about == QUOTA + 1
    assert "many_asked_for" in vilnius.alarms()
    vilnius.intake.asking.allow(asked[-1], "A teacher after a bus accident", LEAD)
    share(vilnius, asked[-1])
    vilnius.clock.advance(timedelta(hours=24, seconds=1))
    share(vilnius, vilnius.intake.cases.register(one_of_many(99, **again), WORKER).summary.id)


def test_every_refusal_is_of_one_family() -> None:
    assert issubclass(OrderStands, SharingHeld)
    assert issubclass(TooMany, SharingHeld)
