"""What every page of every service gets for nothing."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from flask import Flask, Response, abort, request
from prometheus_client import CollectorRegistry
from sqlalchemy.exc import OperationalError

from shared.runtime import ids, logformat
from shared.web.app import LARGEST_FROM_STRANGERS, LARGEST_REQUEST, create_app
from shared.web.headers import clear_site_data

KNOWN = {"X-Known": "yes"}
LENGTH = LARGEST_FROM_STRANGERS + 1
NAME = "Žydrūnė Kanarėlė"


class Gone:
    """A check that can fail."""

    now = False

    def check(self) -> None:
        if self.now:
            raise ConnectionError(NAME)


@pytest.fixture
def gone() -> Gone:
    return Gone()


@pytest.fixture
def app(gone: Gone) -> Flask:
    made = create_app(
        "tests.unit.web", secret_key=b"s" * 32, https=True, hosts=["desk.example"],
        checks={"database": gone.check}, registry=CollectorRegistry(),
        is_known=lambda: "X-Known" in request.headers,
    )  # fmt: skip

    @made.get("/page")
    def page() -> str:
        return "well"

    @made.get("/fails")
    def fails() -> str:
        raise ValueError(NAME)

    @made.get("/database")
    def database() -> str:
        raise OperationalError(f"SELECT '{NAME}'", {}, ConnectionError(NAME))

    @made.get("/forbidden")
    def forbidden() -> str:
        abort(403, NAME)

    @made.get("/logout")
    def logout() -> Response:
        return clear_site_data(Response("bye"))

    @made.post("/form")
    def form() -> str:
        return str(len(request.form))

    return made


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    made = io.StringIO()
    handler = logformat.SafeHandler(made)
    handler.setFormatter(logformat.SafeFormatter("intake", json=True))
    root.handlers[:] = [handler]
    root.setLevel(10)
    yield made
    root.handlers[:], level = before
    root.setLevel(level)


BASE = "https://desk.example"


@pytest.mark.parametrize(
    "path", ["/page", "/fails", "/nothing", "/forbidden", "/database", "/readyz", "/static/x"]
)
def test_every_answer_carries_the_headers(app: Flask, stream: io.StringIO, path: str) -> None:
    """Case 61."""
    headers = app.test_client().get(path, base_url=BASE).headers
    policy = headers["Content-Security-Policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "max-age" in headers["Strict-Transport-Security"]
    assert headers.get("Clear-Site-Data") is None


def test_a_logout_clears_the_browser(app: Flask) -> None:
    """Case 61."""
    assert "storage" in app.test_client().get("/logout", base_url=BASE).headers["Clear-Site-Data"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/fails", 500), ("/nothing", 404), ("/forbidden", 403), ("/database", 503), ("/form", 405)],
)
def test_an_error_page_shows_an_id_only(app: Flask, stream: io.StringIO, path: str, status: int) -> None:
    """Cases 60 and 79."""
    answer = app.test_client().get(path, base_url=BASE)
    assert answer.status_code == status
    incident = answer.text.split("<p>")[1].split("</p>")[0]
    assert ids.is_id(incident, "incident")
    assert incident in stream.getvalue()
    for text in (answer.text, stream.getvalue()):
        assert NAME not in text
        assert "SELECT" not in text
    assert "Traceback" not in answer.text
    assert ".py" not in answer.text
    assert path == "/form" or "Allow" not in answer.headers


def test_a_foreign_host_header_is_refused(app: Flask, stream: io.StringIO) -> None:
    """Case 57."""
    assert app.test_client().get("/page", base_url="https://evil.example").status_code == 400
    assert app.test_client().get("/page", base_url=BASE).status_code == 200
    spoofed = app.test_client().get("/page", base_url=BASE, headers={"X-Forwarded-Host": "evil.example"})
    assert "evil" not in spoofed.text


def form_body(kind: str, count: int) -> bytes:
    if kind == "application/x-www-form-urlencoded":
        return "&".join(f"f{number}=x" for number in range(count)).encode()
    part = '--b\r\nContent-Disposition: form-data; name="f{}"\r\n\r\nx\r\n'
    return ("".join(part.format(number) for number in range(count)) + "--b--\r\n").encode()


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_with_10001_fields_is_refused(app: Flask, stream: io.StringIO, kind: str) -> None:
    """Case 58."""
    client = app.test_client()
    few, many = (form_body(kind, count) for count in (50, 10_001))
    assert client.post("/form", base_url=BASE, data=few, content_type=f"{kind}; boundary=b").text == "50"
    answer = client.post("/form", base_url=BASE, headers=KNOWN, data=many, content_type=f"{kind}; boundary=b")
    assert answer.status_code == 413


def test_a_body_that_is_too_large_is_refused(app: Flask, stream: io.StringIO) -> None:
    """Case 58."""
    body = io.BytesIO(b"a=" + b"x" * LARGEST_REQUEST)
    answer = app.test_client().post(
        "/form", base_url=BASE, headers=KNOWN, data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413


class Unread(io.BytesIO):
    """A body that must not be asked for."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("it was read")


@pytest.mark.parametrize("endless", [False, True], ids=["long", "without a length"])
def test_nothing_large_is_read_of_a_stranger(app: Flask, stream: io.StringIO, endless: bool) -> None:
    """Whoever may send slowly without signing in keeps a thread of the desk as long as they like."""
    said = {"HTTP_TRANSFER_ENCODING": "chunked"} if endless else {"CONTENT_LENGTH": str(LENGTH)}

    def send(body: io.BytesIO, **headers: str) -> int:
        kind = "application/x-www-form-urlencoded"
        answer = app.test_client().post(
            "/form",
            base_url=BASE,
            headers=headers,
            input_stream=body,
            content_type=kind,
            environ_overrides=said,
        )
        return answer.status_code

    assert send(Unread()) == 413
    assert send(io.BytesIO(b"a=" + b"x" * (LENGTH - 2)), **KNOWN) == 200


def test_the_session_cookie_is_bound_to_this_host(app: Flask) -> None:
    """Case 45, in part."""
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_HTTPONLY"]
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Strict"
    with pytest.raises(ValueError, match="32 bytes"):
        create_app("x", secret_key=b"short", https=True, hosts=["x"])


def test_health_pages_are_served_too(app: Flask, gone: Gone, stream: io.StringIO) -> None:
    """Case 79."""
    client = app.test_client()
    assert client.get("/readyz", base_url=BASE).status_code == 200
    gone.now = True
    answer = client.get("/readyz", base_url=BASE)
    assert (answer.status_code, answer.json) == (503, {"ready": False, "failing": ["database"]})
    assert client.get("/healthz", base_url=BASE).status_code == 200
    assert client.get("/metrics", base_url=BASE).status_code == 200
    assert NAME not in stream.getvalue()
