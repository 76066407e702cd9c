"""Insiders: who looks at too much is noticed and stopped, and the log can be read (case 95, rule 10)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from services.intake.handlers import intake as use_cases
from services.intake.handlers.watch import LOOKS
from services.intake.store.desk import DecoyRow, LookRow
from tests.support.clock import manual_clock
from tests.unit.intake.world import PASSWORD, case
from tests.web.house import House, empty_house, text_of

LIMIT = 3


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(use_cases.watch, "LOOKS_A_DAY", LIMIT)
    monkeypatch.setitem(use_cases.build.__kwdefaults__, "looks_a_day", LIMIT)
    house = empty_house(tmp_path)
    rasa = house.actors["rasa"]
    for number in range(4 * LIMIT):
        house.of[f"case{number}"] = house.node.intake.cases.register(case(), rasa).summary.id
    return house


def alarms(house: House) -> list[tuple[str, str, int]]:
    """Those about colleagues; one enquirer with many cases is another matter."""
    found = house.node.intake.alarms.open(house.actors["lead"])
    watched = ("many_looks", "decoy_opened")
    return [(one.kind, one.subject, one.count) for one in found if one.kind in watched]


def test_looking_at_too_many_cases_is_told_and_then_stopped(desk: House) -> None:
    """Case 95: the alarm at the limit, again with as many more, and at three times the sign-ins end."""
    jonas, there, rasa = desk.browser("jonas"), desk.browser("jonas"), desk.browser("rasa")
    token = {"Authorization": f"Bearer {desk.token('jonas')}"}
    me = desk.actors["jonas"].id
    for number in range(LIMIT):
        for _ in range(3):  # the same case again is no further look
            assert jonas.get(f"/cases/{desk.of[f'case{number}']}").status_code == 200
    assert alarms(desk) == []
    jonas.get(f"/cases/{desk.of[f'case{LIMIT}']}")
    assert alarms(desk) == [("many_looks", me, 1)]
    for number in range(LIMIT + 1, 3 * LIMIT + 1):
        assert jonas.get(f"/cases/{desk.of[f'case{number}']}").status_code == 200
    assert alarms(desk) == [("many_looks", me, 3)]
    assert jonas.get("/cases").status_code == 302
    assert there.get("/cases").status_code == 302
    assert desk.app.test_client().get("/api/v1/me", headers=token).status_code == 401
    assert rasa.get("/cases").status_code == 200
    assert desk.browser("jonas").get("/cases").status_code == 200, "a night duty is not kept out"
    page = desk.browser("lead").get("/").get_data(as_text=True)
    assert "unusually many cases" in text_of(page)
    assert "Jonas" in page


def test_a_new_day_begins_at_nothing_and_old_looks_are_forgotten(desk: House) -> None:
    jonas = desk.browser("jonas")
    for number in range(LIMIT):
        jonas.get(f"/cases/{desk.of[f'case{number}']}")
    desk.node.clock.advance(timedelta(days=1))
    desk.browser("jonas").get(f"/cases/{desk.of[f'case{LIMIT}']}")
    assert alarms(desk) == []
    desk.node.clock.advance(timedelta(days=9))
    with desk.node.database.begin() as session:
        desk.node.intake.watch.purge(session)
        assert session.query(LookRow).count() == 0


def test_programs_are_counted_as_well(desk: House) -> None:
    token = {"Authorization": f"Bearer {desk.token('jonas')}"}
    client = desk.app.test_client()
    for number in range(LIMIT + 1):
        assert client.get(f"/api/v1/cases/{desk.of[f'case{number}']}", headers=token).status_code == 200
    assert [kind for kind, _, _ in alarms(desk)] == ["many_looks"]


def test_a_decoy_tells_at_once_and_nobody_else_sees_that_it_is_one(desk: House) -> None:
    """Case 95: a look from any side, by page or by program; not by the lead who laid it."""
    path, lead = f"/cases/{desk.of['case0']}", desk.browser("lead")
    before = desk.browser("jonas").get(path).get_data(as_text=True)
    lead.get(path)
    assert lead.send(f"{path}/decoy", decoy="yes").status_code == 303
    assert "is a decoy" in lead.get(path).get_data(as_text=True)
    assert alarms(desk) == []
    jonas = desk.browser("jonas")
    page = jonas.get(path).get_data(as_text=True)
    assert "decoy" not in page.lower()
    assert shape(page) == shape(before)
    assert alarms(desk) == [("decoy_opened", desk.actors["jonas"].id, 1)]
    assert jonas.send(f"{path}/decoy", decoy="no").status_code == 403
    assert lead.send(f"{path}/decoy", decoy="no").status_code == 303
    desk.browser("duty").get(path)
    assert len(alarms(desk)) == 1


def shape(page: str) -> str:
    """What stays when the log of looks and the marks of forms are taken out."""
    return re.sub(r'<section aria-labelledby="history".*?</section>|value="[^"]*"', "", page, flags=re.S)


def test_erasing_a_decoy_leaves_nothing_of_it(desk: House) -> None:
    desk.node.intake.watch.mark(desk.of["case0"], True, desk.actors["lead"])
    desk.browser("jonas").get(f"/cases/{desk.of['case0']}")
    desk.node.intake.cases.erase(desk.of["case0"], desk.actors["rasa"])
    with desk.node.database.read() as session:
        assert session.query(DecoyRow).count() == 0
        assert session.query(LookRow).count() == 0


def test_every_look_that_is_written_down_is_counted() -> None:
    """Whoever adds a kind of look adds it here."""
    assert {"case.viewed", "match.viewed", "alert.viewed", "photo.viewed", "attachment.taken"} <= LOOKS


def test_the_log_is_read_by_person_and_by_day(desk: House) -> None:
    desk.browser("jonas").get(f"/cases/{desk.of['case0']}")
    auditor = desk.browser("auditor", "en")
    page = auditor.get("/log").get_data(as_text=True)
    assert "looked at the case" in page
    assert "Jonas" in page
    assert "Kanar" not in page
    assert "Žydrūnė" not in page
    mine = auditor.get(f"/log?who={desk.actors['jonas'].id}").get_data(as_text=True)
    told = mine.split('class="timeline"')[1]
    assert "looked at the case" in told
    assert "Rasa" not in told
    today = manual_clock().now().date()
    tomorrow = today + timedelta(days=1)
    assert "looked at the case" in auditor.get(f"/log?from={today}&to={today}").get_data(as_text=True)
    later = auditor.get(f"/log?from={tomorrow}&to=nonsense").get_data(as_text=True)
    assert "looked at the case" not in later
    assert "audit.viewed" in desk.node.actions()


def test_a_changed_log_is_found(desk: House) -> None:
    """Rule 10, with the button."""
    auditor = desk.browser("auditor", "en")
    auditor.get("/log")
    assert "fit each other" in auditor.send("/log/check").get_data(as_text=True)
    with desk.node.database.begin() as session:
        session.execute(text("UPDATE audit SET actor = 'user_somebody' WHERE \"index\" = 5"))
    found = auditor.send("/log/check").get_data(as_text=True)
    assert "from entry 5 on" in found


def test_the_log_is_not_for_whom_it_watches(desk: House) -> None:
    """Rule 9."""
    for login in ("admin", "rasa", "duty", "second"):
        assert desk.browser(login).get("/log").status_code == 403
    assert PASSWORD not in desk.browser("lead").get("/log").get_data(as_text=True)
