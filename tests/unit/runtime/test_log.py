"""No log line carries a person's data, whoever writes it (case 88)."""

from __future__ import annotations

import ast
import enum
import io
import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.runtime import ids, log
from shared.runtime.logfields import FIELDS, withheld_total
from tests.support.logs import log_restored

NAMES = [
    "Žydrūnė Kanarėlė-Testauskienė",
    "kanarele",
    "Kanarele",
    "zydrune.kanarele",
    "lt-kanarele x",
    "860 01 234",
]
ROOT = Path(__file__).parents[3]


class Code(enum.StrEnum):
    REPLAY = "replay"
    NEW = "brand-new"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """`configure` changes the whole process; put it back for the other tests."""
    with log_restored():
        yield


@pytest.fixture(params=[True, False], ids=["json", "plain"])
def stream(request: pytest.FixtureRequest) -> io.StringIO:
    made = io.StringIO()
    log.configure("intake", made, json=request.param, level="debug")
    return made


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def assert_clean(stream: io.StringIO) -> None:
    text = stream.getvalue()
    assert text
    for name in NAMES:
        assert name.lower() not in text.lower()
        assert json.dumps(name)[1:-1].lower() not in text.lower()
        for part in name.split():
            assert part == "x" or part.isdigit() or part.lower() not in text.lower()


@pytest.mark.parametrize("field", [*sorted(FIELDS), "surname", "note"])
def test_a_name_in_any_field_is_withheld(stream: io.StringIO, field: str) -> None:
    for name in NAMES:
        stream.truncate(stream.seek(0))
        before = withheld_total()
        log.get("test").info("something_happened", **{field: name})
        log.get("test").bind(**{field: name}).info("something_happened")
        log.get("test").info("something_happened", **{field: [name]})
        assert_clean(stream)
        assert withheld_total() > before or field == "checks", name
        assert "withheld" in stream.getvalue(), name


@pytest.mark.parametrize("name", [NAMES[0], NAMES[2], NAMES[4]])
def test_a_name_as_event_or_as_name_of_a_field_is_withheld(stream: io.StringIO, name: str) -> None:
    log.get("test").info(name)
    log.get("test").info("something_happened", **{name: 7})
    assert_clean(stream)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_an_exception_is_not_printed(stream: io.StringIO, name: str) -> None:
    def inner(surname: str) -> None:
        raise KeyError(surname)

    try:
        try:
            inner(name)
        except KeyError as error:
            raise ValueError(f"no case of {name}") from error
    except ValueError as caught:
        caught.add_note(name)
        log.get("test").exception("it_failed")
        log.get("test").error("it_failed", error=caught)
        logging.getLogger("pika.connection").exception("closed: %s", name)
        logging.getLogger("pika.connection").error(name, exc_info=caught, stack_info=True)  # noqa: TRY400
        sys.excepthook(type(caught), caught, caught.__traceback__)
    assert_clean(stream)
    assert "ValueError" in stream.getvalue()
    assert "KeyError" in stream.getvalue()
    assert "test_log.py" in stream.getvalue()


def test_an_exception_class_made_from_data_has_no_name(stream: io.StringIO) -> None:
    made = type("Kanarele", (Exception,), {})
    log.get("test").error("it_failed", error=made())
    assert_clean(stream)


@pytest.mark.parametrize("name", NAMES)
def test_what_libraries_log_is_reduced_to_its_place(stream: io.StringIO, name: str) -> None:
    logging.getLogger("sqlalchemy.engine").warning("INSERT INTO person VALUES ('%s')", name)
    logging.getLogger("werkzeug").warning(
        "GET /search?q=%s", name, extra={"surname": name, "myosotis": {"a": name}}
    )
    logging.getLogger(name).error("x")
    logging.getLogger(f"pika.{name}").error("x")
    logging.getLogger("waitress.queue").log(37, name)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(name, stacklevel=1)
    assert_clean(stream)
    assert stream.getvalue().count("library_message") >= 6


def test_warnings_are_taken_back_when_somebody_else_took_them() -> None:
    with warnings.catch_warnings():  # at its end it puts the former way to show a warning back
        log.configure("intake", io.StringIO())
    stream = io.StringIO()
    log.configure("intake", stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(NAMES[0], stacklevel=1)
    assert stream.getvalue().count("library_message") == 1
    assert_clean(stream)


def test_uncaught_exceptions_everywhere_are_reduced_too(
    stream: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise RuntimeError(NAMES[0])

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    assert "uncaught_exception_in_thread" in stream.getvalue()
    assert_clean(stream)
    assert NAMES[0] not in "".join(capfd.readouterr())


def test_a_line_that_cannot_be_written_is_not_printed_elsewhere(capfd: pytest.CaptureFixture[str]) -> None:
    """Case 78: the disk of the log is full."""

    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, f"no space for {text}")

    log.configure("intake", Full())
    logging.getLogger("pika").error(NAMES[0])
    log.get("test").info("something_happened", seq=7)
    assert NAMES[0] not in "".join(capfd.readouterr())


def test_before_it_is_configured_nothing_leaks_either(capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger().handlers.clear()
    log.get("test").error("something_happened", surname=NAMES[0], sender=NAMES[0])
    assert NAMES[0] not in "".join(capfd.readouterr())


def test_what_is_allowed_is_printed() -> None:
    stream = io.StringIO()
    log.configure("matching", stream)
    case = ids.new_id("case")
    log.get("receiver").bind(lane="relay").info(
        "message_rejected", case=case, code=Code.NEW, type="alert.published", sender="fr-lyon/intake",
        partner="fr-lyon", count=3, seconds=0.5, kid="00ff00ff00ff00ff", short="4F2A", checks=["database"],
    )  # fmt: skip
    (line,) = lines(stream)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info", "service": "matching", "logger": "myosotis.receiver", "event": "message_rejected",
        "lane": "relay", "case": case, "code": "brand-new", "type": "alert.published",
        "sender": "fr-lyon/intake", "partner": "fr-lyon", "count": 3, "seconds": 0.5,
        "kid": "00ff00ff00ff00ff", "short": "4F2A", "checks": ["database"],
    }  # fmt: skip


@pytest.mark.slow
def test_every_event_in_the_program_is_a_literal() -> None:
    """The form of an event cannot tell a constant from somebody's data, so the code is looked at instead."""
    wrong, seen = [], 0
    methods = {"debug", "info", "warning", "error", "critical", "exception"}
    for folder in ("shared", "services", "admin", "demo"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name == "log.py":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                    continue
                owner = ast.unparse(node.func.value)
                if node.func.attr not in methods or re.search(r"\b_?(log|logger)\b", owner) is None:
                    continue
                seen += 1
                first = node.args[0] if node.args else None
                choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                literal = all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in choices)
                if not literal or len(node.args) != 1:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []
    assert seen > 5
