"""Photos and attachments over HTTP: what is given out, and as what (cases 46, 48, 51)."""

from __future__ import annotations

import io
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.unit.intake.pictures import HEIC, SVG, saved
from tests.unit.intake.pictures import picture as drawn
from tests.web.house import Browser, House, text_of


def upload(browser: Browser, path: str, field: str, name: str, data: bytes, kind: str = "") -> TestResponse:
    file = FileStorage(io.BytesIO(data), name, field, kind or "image/jpeg")
    boundary, body = encode_multipart({"csrf_token": browser.csrf, field: file})
    return browser.client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def links(page: str, part: str) -> list[str]:
    return [one.split('"')[0] for one in page.split('href="') if part in one.split('"')[0]]


def test_a_photo_is_given_out_as_a_picture_of_ours(own_house: House) -> None:
    """Case 51: our type, our name, never kept; whatever the browser said of the file."""
    browser, path = own_house.browser("rasa"), f"/cases/{own_house.of['unshared']}/photos"
    browser.get(path)
    sent = saved(drawn()) + b"<script>alert(1)</script>"
    assert upload(browser, path, "photo", "x.html", sent, "text/html").status_code == 303
    page = browser.get(path).get_data(as_text=True)
    answer = browser.get(links(page, "/photos/photo_")[0])
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"\xff\xd8\xff")
    assert b"script" not in answer.data
    assert "opened once" in text_of(browser.get(path).get_data(as_text=True))
    case = browser.get(path.removesuffix("/photos")).get_data(as_text=True)
    assert "/small" in case
    assert "opened a photo" in text_of(case)


def test_a_refused_picture_says_what_to_send(own_house: House) -> None:
    browser, path = own_house.browser("rasa"), f"/cases/{own_house.of['unshared']}/photos"
    browser.get(path)
    for data, sentence in ((HEIC, "HEIC"), (SVG, "JPEG, PNG or WebP"), (b"", "Choose a picture first")):
        answer = upload(browser, path, "photo", "x.svg", data)
        assert answer.status_code == 422
        assert sentence in text_of(answer.get_data(as_text=True))
    assert "There is no photo yet" in text_of(browser.get(path).get_data(as_text=True))


def test_photos_stand_last_on_a_match(own_house: House) -> None:
    rasa = own_house.browser("rasa")
    path = f"/cases/{own_house.of['found']}/photos"
    rasa.get(path)
    assert upload(rasa, path, "photo", "a.jpg", saved(drawn())).status_code == 303
    page = rasa.get(f"/matches/{own_house.of['match']}").get_data(as_text=True)
    assert page.index('id="why"') < page.index('id="beside"') < page.index('id="photos"')


def test_an_attachment_is_only_ever_a_download(own_house: House) -> None:
    """Case 48: the name is cleaned, the type is nobody's, and what may do harm says so first."""
    browser, path = own_house.browser("rasa"), f"/cases/{own_house.of['missing']}/attachments"
    browser.get(path)
    evil = "../<b>\u202eįsakymas.html"
    assert upload(browser, path, "file", evil, b"<script>alert(1)</script>", "text/html").status_code == 303
    page = browser.get(path).get_data(as_text=True)
    cards = page.split('<li class="card">')[1:]
    [quiet], [dangerous] = (
        [links(card, "/attachments/paper_")[0] for card in cards if ("careful" in card) is careful]
        for careful in (False, True)
    )
    warned = browser.get(dangerous)
    assert "Careful with this file" in text_of(warned.get_data(as_text=True))
    assert "Content-Disposition" not in warned.headers
    for address in (quiet, f"{dangerous}?anyway=yes"):
        answer = browser.get(address)
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    for trick in ("\u202e", "%E2%80%AE", "..", "/", "<"):
        name = answer.headers["Content-Disposition"].removeprefix("attachment;")
        assert trick not in name.replace("UTF-8''", "")
    assert "took out an attachment" in text_of(
        browser.get(path.removesuffix("/attachments")).get_data(as_text=True)
    )


def test_what_is_removed_is_gone(own_house: House) -> None:
    browser = own_house.browser("rasa")
    for kind in ("photo", "attachment"):
        address = f"/cases/{own_house.of['missing']}/{kind}s/{own_house.of[kind]}"
        assert browser.get(address).status_code == 200
        assert browser.send(f"{address}/remove").status_code == 303
        assert browser.get(address).status_code == 404


def test_a_large_file_is_written_to_no_disk(own_house: House, monkeypatch: Any) -> None:
    """Case 88: the library would put it into a temporary folder, as it is."""

    def written(*_: object, **__: object) -> None:
        raise AssertionError("a file was made")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", written)
    browser, path = own_house.browser("rasa"), f"/cases/{own_house.of['missing']}/attachments"
    browser.get(path)
    assert upload(browser, path, "file", "large.pdf", bytes(3_000_000)).status_code == 303
    assert upload(browser, path, "file", "more.pdf", bytes(10 * 1024 * 1024 + 1)).status_code == 422
