"""Own people compared with what a shared key unlocked: levels, and few questions a day (decisions/0019)."""

import secrets
from datetime import timedelta
from itertools import cycle

import pytest
from sqlalchemy import func, select, update

from services.intake.domain.codes import CaseKind, Sex
from services.intake.domain.finer.dealing import DEALT
from services.intake.domain.finer.details import BYTES, of_person
from services.intake.domain.person import Person
from services.intake.handlers.comparisons import MOST_A_DAY, MOST_OF_PARTNER
from services.intake.store.cases import PersonRow
from services.intake.store.matches import ComparisonRow
from shared.crypto.tags import DETAILS_BYTES, TAG_BYTES
from shared.post.incoming import Refuse
from shared.runtime import ids
from shared.store.tables import AuditRow
from shared.wire import canonical, messages
from shared.wire.local import Agreement, CandidateCompared, CandidateFound, CaseClosed
from shared.wire.values import encode_base64
from tests.unit.intake.test_matches import OWN, found_case
from tests.unit.intake.world import LYON, RIGA, VILNIUS, WORKER, Node, case, person

NOTHING = {
    "given": "unknown", "family": "unknown", "swapped": False, "birth": "unknown", "place": "unknown",
    "given_one_in": 0, "family_one_in": 0,
}  # fmt: skip


_PARTNERS = cycle((VILNIUS, RIGA))
"""No partner may use up what is answered about one case."""


def question(case_id: str, told: bytes | None = None, **changes: object) -> CandidateFound:
    values: dict[str, object] = {
        "alert": ids.new_id("alert"),
        "alert_version": 1,
        "partner": next(_PARTNERS),
        "case": case_id,
        "case_version": 1,
        "details": encode_base64(told or of_person(person(), DEALT).pack()),
    }
    return CandidateFound.model_validate(values | changes)


def ask(node: Node, body: CandidateFound) -> CandidateCompared:
    """What matching is told."""
    node.new()
    node.handle(body, OWN)
    [sent] = [one for one in node.new() if isinstance(one.body, CandidateCompared)]
    assert sent.to == "matching"
    assert isinstance(sent.body, CandidateCompared)
    return sent.body


def test_details_have_one_size_everywhere() -> None:
    """Three layers that do not import each other say how long they are."""
    assert BYTES == DETAILS_BYTES == messages.DETAILS_BYTES
    assert TAG_BYTES == messages.TAG_BYTES


def rows(node: Node) -> int:
    with node.database.read() as session:
        return session.scalar(select(func.count()).select_from(ComparisonRow)) or 0


def test_the_person_of_an_alert_agrees_with_itself(lyon: Node) -> None:
    found = found_case(lyon)
    body = question(found, alert_version=3, case_version=7)
    answer = ask(lyon, body)
    said = answer.agreement
    assert (said.given, said.family, said.birth, said.swapped) == ("same", "same", "same", False)
    assert answer.to_wire() == {
        "alert": body.alert, "alert_version": 3, "partner": body.partner, "case": found, "case_version": 7,
        "agreement": said.to_wire(),
    }  # fmt: skip


def test_somebody_else_does_not(lyon: Node) -> None:
    other = Person(given_name="Petras", family_name="Vilkaitis", sex=Sex.MALE)
    told = of_person(other, DEALT).pack()
    said = ask(lyon, question(found_case(lyon), told)).agreement
    assert not {said.given, said.family} & {"same", "sound"}
    assert said.birth == "unknown"


def test_nobody_who_asks_can_choose_how_classes_are_dealt(lyon: Node) -> None:
    """Under salts of its choice a stolen matching would narrow a name down with every question."""
    assert set(CandidateFound.model_fields) == {
        "alert", "alert_version", "partner", "case", "case_version", "details",
    }  # fmt: skip
    found = found_case(lyon)
    said = [ask(lyon, question(found, partner=partner)).agreement for partner in (VILNIUS, "lv-riga")]
    assert said[0] == said[1]


def test_an_answer_holds_levels_and_round_numbers_alone(lyon: Node) -> None:
    """Rule 5: nothing of the person, and no number that singles a name out."""
    said = ask(lyon, question(found_case(lyon))).agreement
    values = said.to_wire()
    assert set(values) == set(NOTHING)
    for name in ("given_one_in", "family_one_in"):
        assert str(values[name]).rstrip("0") in {"1", "2", "5"}
    text = canonical.dumps(values).lower()
    assert not any(word in text for word in (b"zydrune", b"kanarele", b"testauskien", b"2009", b"vilnius"))


def test_a_name_that_is_not_known_has_no_rarity(lyon: Node) -> None:
    unnamed = case(CaseKind.FOUND, Person(family_name="Kanarėlė", sex=Sex.FEMALE))
    found = lyon.intake.cases.register(unnamed, WORKER).summary.id
    said = ask(lyon, question(found)).agreement
    assert (said.given, said.given_one_in) == ("unknown", 0)
    assert said.family_one_in > 0


def test_a_name_that_many_own_cases_bear_is_less_rare(lyon: Node) -> None:
    """Of the sounds of own open cases only a blind index is kept, and it is counted."""
    found = found_case(lyon)
    rare = ask(lyon, question(found)).agreement.given_one_in
    more = [
        lyon.intake.cases.register(case(CaseKind.FOUND, person(family=f"Vilkai{end}")), WORKER).summary.id
        for end in ("te", "tiene", "skiene", "nyte", "kaite")
    ]
    lyon.clock.advance(timedelta(minutes=10))
    common = ask(lyon, question(found)).agreement.given_one_in
    assert common < rare
    for one in more:
        lyon.intake.cases.end_search(one, 1, WORKER)
    lyon.clock.advance(timedelta(minutes=10))
    assert ask(lyon, question(found)).agreement.given_one_in == rare, "closed ones count no more"


def test_only_the_own_matching_may_ask(lyon: Node) -> None:
    body = question(found_case(lyon))
    for sender in (f"{VILNIUS}/matching", f"{VILNIUS}/intake", f"{LYON}/intake", "notify"):
        with pytest.raises(Refuse, match="not-own-matching"):
            lyon.handle(body, sender)
    assert lyon.bodies(CandidateCompared) == []


@pytest.mark.parametrize("gone", ["closed", "erased", "missing"])
def test_a_case_that_is_gone_is_said_to_be_closed(lyon: Node, gone: str) -> None:
    """Matching may have come back from a backup that still knows it."""
    found = found_case(lyon)
    if gone == "closed":
        lyon.intake.cases.end_search(found, 1, WORKER)
    elif gone == "erased":
        lyon.intake.cases.erase(found, WORKER)
    body = question(ids.new_id("case") if gone == "missing" else found)
    lyon.new()
    lyon.handle(body, OWN)
    assert [sent.body for sent in lyon.new()] == [CaseClosed(case=body.case)]
    assert rows(lyon) == 0


def test_a_case_that_cannot_be_read_is_answered_with_nothing(lyon: Node) -> None:
    """Case 82: one damaged row stops nobody else's comparison."""
    found, other = found_case(lyon), found_case(lyon)
    with lyon.database.begin() as session:
        damaged = update(PersonRow).where(PersonRow.case_id == found)
        session.execute(damaged.values(record=secrets.token_bytes(200)))
    assert ask(lyon, question(found)).agreement.to_wire() == NOTHING
    assert ask(lyon, question(other)).agreement.given == "same"


def test_a_case_is_compared_fifty_times_a_day_and_not_once_more(lyon: Node) -> None:
    """Who has stolen matching invents details, and would read a name out of enough answers."""
    found, other = found_case(lyon), found_case(lyon)
    assert MOST_A_DAY == 50, "as PROTOCOL 9 and the threat model say"
    for _ in range(MOST_A_DAY):
        assert ask(lyon, question(found)).agreement.given == "same"
    assert "comparison_limit" not in lyon.alarms()
    for _ in range(3):
        assert ask(lyon, question(found)).agreement.to_wire() == NOTHING
    assert lyon.alarms() == {"comparison_limit"}
    assert lyon.actions().count("alarm.raised") == 1, "once a day"
    assert ask(lyon, question(other)).agreement.given == "same", "each case has a limit of its own"
    lyon.clock.advance(timedelta(days=1))
    assert ask(lyon, question(found)).agreement.given == "same"
    assert rows(lyon) == 1, "yesterday is forgotten"


def test_new_details_under_one_reference_are_new_questions(lyon: Node) -> None:
    """Otherwise one invented alert would be enough to ask without end."""
    found, alert = found_case(lyon), ids.new_id("alert")
    for number in range(MOST_A_DAY):
        ask(lyon, question(found, number.to_bytes(BYTES, "big"), alert=alert))
    assert ask(lyon, question(found, alert=alert)).agreement.to_wire() == NOTHING


def test_the_same_question_again_is_answered_again_and_counts_once(lyon: Node) -> None:
    """A question whose answer was lost is asked again, also beyond the limit."""
    found = found_case(lyon)
    first = question(found)
    before = ask(lyon, first)
    for _ in range(MOST_A_DAY):
        ask(lyon, question(found))
    assert ask(lyon, question(found)).agreement.to_wire() == NOTHING
    assert ask(lyon, first) == before


def test_a_refused_question_is_refused_for_that_day(lyon: Node) -> None:
    """The row that raised the alarm is no ticket."""
    found = found_case(lyon)
    for _ in range(MOST_A_DAY):
        ask(lyon, question(found))
    beyond = question(found)
    for _ in range(2):
        assert ask(lyon, beyond).agreement.to_wire() == NOTHING


def test_one_partner_does_not_use_up_what_is_answered_about_a_case(lyon: Node) -> None:
    """With 51 alerts of a guessed person it would have others' alerts weighed without names for a day."""
    found = found_case(lyon)
    for _ in range(MOST_OF_PARTNER):
        assert ask(lyon, question(found, partner=VILNIUS)).agreement.given == "same"
    for _ in range(MOST_A_DAY):
        assert ask(lyon, question(found, partner=VILNIUS)).agreement.to_wire() == NOTHING
    assert ask(lyon, question(found, partner=RIGA)).agreement.given == "same"


def test_the_alarm_of_the_limit_is_raised_though_two_workers_counted_at_once(lyon: Node) -> None:
    """Both saw room for one more; the row that would have been the first beyond the limit was no such row."""
    found = found_case(lyon)
    for _ in range(MOST_A_DAY):
        ask(lyon, question(found))
    with lyon.database.begin() as session:
        one = session.scalars(select(ComparisonRow)).first()
        assert one is not None
        row = ComparisonRow(case_id=one.case_id, day=one.day, question=secrets.token_bytes(32), partner=RIGA)
        session.add(row)
    assert ask(lyon, question(found)).agreement.to_wire() == NOTHING
    assert lyon.alarms() == {"comparison_limit"}


def test_every_comparison_is_in_the_audit_log_without_content(lyon: Node) -> None:
    """Rule 10: one row for each question that was answered; the history of the case shows people alone."""
    found = found_case(lyon)
    body = question(found)
    for _ in range(3):
        ask(lyon, body)
    with lyon.database.read() as session:
        logged = session.scalars(select(AuditRow).where(AuditRow.action == "candidate.compared")).all()
    [row] = logged
    assert (row.actor, row.subject) == ("system", body.alert)
    assert row.details == f'{{"case":"{found}","partner":"{body.partner}"}}'
    for _ in range(2 * MOST_A_DAY):
        ask(lyon, question(found))
    assert lyon.actions().count("candidate.compared") == MOST_A_DAY, "bounded, as the answers are"


def test_an_answer_is_of_the_case_as_it_is_now(lyon: Node) -> None:
    found = found_case(lyon)
    changed = case(CaseKind.FOUND, person("Ieva", "Lapinskienė", "1987-01-09"))
    lyon.intake.cases.update(found, changed, 1, WORKER)
    said = ask(lyon, question(found)).agreement
    assert isinstance(said, Agreement)
    assert "same" not in (said.given, said.family, said.birth)
