"""Forms: who may send one, what happens to hostile text, and that nothing typed is lost."""

from __future__ import annotations

import pytest

from tests.web.house import House, text_of
from tests.web.paths import filled, own, rules

CASE = {"kind": "missing", "category": "adult", "risk": "low", "family_name": "Petrauskas"}


def posts(house: House) -> list[tuple[str, str]]:
    return [
        (endpoint, filled(rule, own(house)))
        for endpoint, method, rule in rules(house)
        if method == "POST" and not endpoint.startswith("api.")
    ]


def test_a_form_without_its_mark_or_with_another_browsers_is_refused(own_house: House) -> None:
    """Case 44: 400, and nothing has changed; the form of a case is shown again, which is a look at it."""
    house = own_house
    before = house.node.actions()
    browser, other = house.browser("rasa"), house.browser("jonas")
    for endpoint, path in posts(house):
        assert browser.client.post(path, data=CASE).status_code == 400, endpoint
        foreign = browser.client.post(path, data=CASE | {"csrf_token": other.csrf})
        assert foreign.status_code == 400, endpoint
    looks = ("case.viewed", "draft.viewed")
    done = [action for action in house.node.actions()[len(before) :] if action not in looks]
    assert done == ["sign_in.done", "sign_in.done"]


def test_a_form_of_another_site_is_refused(house: House) -> None:
    """Case 44: what the browser says about where a form comes from is believed."""
    browser = house.browser("rasa")
    for _, path in posts(house):
        form = CASE | {"csrf_token": browser.csrf}
        answer = browser.client.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{7*7777}}${7*7777}<%= 7*7777 %>",
        "' OR 1=1; DROP TABLE case_file; --",
        "%s%n %(name)s {0}",
        "Раtrauskas",
    ],
)
def test_hostile_text_is_shown_as_text(own_house: House, name: str) -> None:
    """Cases 48 and 49: stored, shown and found as what it is."""
    browser = own_house.browser("rasa")
    answer = browser.send("/cases/new", **CASE | {"family_name": name, "note": name, "enquirer_name": name})
    assert answer.status_code == 303
    for path in (answer.headers["Location"], "/cases", answer.headers["Location"] + "/edit"):
        page = browser.get(path).get_data(as_text=True)
        assert name in text_of(page) or path.endswith("/edit")
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "54439" not in page
    for path in ("/search/cases", "/search/alerts"):
        found = browser.send(path, q=name)
        assert found.status_code == 200
        assert "<script>alert" not in found.get_data(as_text=True)
    for parameter in ("kind", "state", "category", "risk", "order", "page", "q"):
        assert browser.client.get("/cases", query_string={parameter: name}).status_code == 200


@pytest.mark.parametrize("name", ["Petr\u202eauskas", "Petr\u200bauskas"])
def test_invisible_characters_in_a_name_are_refused_and_marked(own_house: House, name: str) -> None:
    """Case 48: the form comes back with the character made visible."""
    answer = own_house.browser("rasa").send("/cases/new", **CASE | {"family_name": name})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert name not in page
    assert "Petr\ufffdauskas" in page


def test_a_partners_name_cannot_turn_the_page_round(own_house: House) -> None:
    """Case 48: direction marks from outside are made visible wherever they are written."""
    with own_house.app.test_request_context("/"):
        template = own_house.app.jinja_env.from_string("{{ name }}")
        assert template.render(name="Recherche\u202enoyL") == "Recherche\ufffdnoyL"


def test_a_form_with_errors_keeps_every_word(house: House) -> None:
    """Nothing typed is lost, and each wrong field says what belongs there."""
    browser = house.browser("rasa")
    typed = CASE | {
        "given_name": "Ąžuolas", "date_of_birth": "15/05/20", "age": "old", "height_cm": "1.75",
        "note": "two\nlines", "alternate_names": "Ąža\nOzzy", "languages": ["lt", "ru"], "kind": "",
        "mark_kind": ["scar"], "mark_place": [""], "last_contact": "soon", "protect_location": "no",
    }  # fmt: skip
    answer = browser.send("/cases/new", **typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for word in ("Ąžuolas", "15/05/20", 'value="old"', "1.75", "two\nlines", "Ąža\nOzzy", "soon"):
        assert word in page, word
    for field in ("date_of_birth", "age", "height_cm", "kind", "marks", "last_contact"):
        assert f'id="{field}-problem"' in page, field
    assert 'value="ru" checked' in page
    assert 'value="no" checked' in page


def test_what_cannot_be_together_is_said_at_its_field(own_house: House) -> None:
    """Seen before they were born, an age that is not that of the date, a name that no field can hold."""
    browser = own_house.browser("rasa")
    for field, odd, words in (
        ("last_seen_date", {"date_of_birth": "2025", "last_seen_date": "2020"}, "before the date of birth"),
        ("age", {"date_of_birth": "1987-05", "age": "12"}, "does not fit the date of birth"),
        ("family_name", {"family_name": "A" * 201}, "at most 200 characters; shorten it"),
    ):
        answer = browser.send("/cases/new", **CASE | odd)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert f'id="{field}-problem"' in page
        assert words in text_of(page)
    assert 'maxlength="200"' in page


def test_the_second_of_two_editors_sees_both_versions(own_house: House) -> None:
    """Case 59."""
    rasa, jonas = own_house.browser("rasa"), own_house.browser("jonas")
    path = f"/cases/{own_house.of['missing']}/edit"
    form = CASE | {"version": "1", "given_name": "Rasos"}
    assert rasa.send(path, **form).status_code == 303
    answer = jonas.send(path, **form | {"given_name": "Jono"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="Jono"' in page
    assert "stored now: Rasos" in text_of(page)
    assert 'name="version" value="2"' in page
    assert jonas.send(path, **form | {"given_name": "Jono", "version": "2"}).status_code == 303


def test_what_is_too_much_is_refused_and_others_are_served(house: House) -> None:
    """Case 58: 10,001 fields and 100 MB."""
    browser = house.browser("rasa")
    fields = {f"f{number}": "x" for number in range(10_001)}
    assert browser.send("/cases/new", **fields).status_code == 413
    claims = {"CONTENT_LENGTH": str(100 * 1024 * 1024)}
    kind = "multipart/form-data; boundary=x"
    big = browser.client.post("/import", data=b"x", content_type=kind, environ_overrides=claims)
    assert big.status_code == 413
    assert browser.get("/cases").status_code == 200
