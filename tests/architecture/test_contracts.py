"""The shape of the whole: who may import whom, who handles what, and what a message can hold at all."""

import ast
import subprocess
import sys
import types
import typing
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from services.intake.handlers import intake as intake_handlers
from services.matching.app import MatchingApp
from services.notify.handlers import Handlers as NotifyHandlers
from shared.wire import local, messages
from shared.wire.messages import Body
from shared.wire.parties import Role
from tests.support.world import world

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_import_contracts_hold() -> None:
    """DESIGN 9, as pyproject.toml writes it down."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("service", ["intake", "matching", "notify"])
def test_the_domain_imports_the_standard_library_only(service: str) -> None:
    own = f"services.{service}.domain"
    found = set()
    for path in (ROOT / "services" / service / "domain").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module is not None:
                found.add(node.module)
    outside = {
        name
        for name in found
        if not (name == own or name.startswith(f"{own}."))
        and name.split(".")[0] not in sys.stdlib_module_names
    }
    assert outside == set()


def test_every_type_has_a_handler_in_the_service_that_it_is_addressed_to(tmp_path: Path) -> None:
    """And nowhere else: a type in the wrong service would be acted on by who must not see it."""
    with world(tmp_path / "world", ("lt-vilnius",)) as made:
        node = made["lt-vilnius"]
        handled = {
            "intake": set(node.intake.use_cases.handlers),
            "matching": set(node.matching.handlers_by_type()),
            "notify": set(node.notify.office(node.posts[2].wires).handlers),
        }
    expected: dict[str, set[str]] = {"intake": set(), "matching": set(), "notify": set()}
    for name, role in messages.ADDRESSED_TO.items():
        expected[role.value].add(name)
    for name, service in local.LOCAL_TO.items():
        expected[service].add(name)
    assert handled == expected
    assert set(messages.ADDRESSED_TO) == set(messages.RELAY_BODIES)
    assert set(local.LOCAL_TO) == {*local.SEALED_BODIES, *local.PLAIN_BODIES}


def test_every_type_can_be_signed_by_somebody_and_by_the_right_one() -> None:
    """A thief of matching's key can publish nothing."""
    signed = set().union(*messages.MAY_SIGN.values())
    assert signed == set(messages.RELAY_BODIES)
    assert messages.MAY_SIGN[Role.MATCHING] == {"receipt"}


ALL_BODIES: dict[str, type[Body]] = {**messages.RELAY_BODIES, **local.SEALED_BODIES, **local.PLAIN_BODIES}


def limits(metadata: typing.Iterable[object]) -> bool:
    """Whether a string is held to a pattern or to a check of its own."""
    for each in metadata:
        if isinstance(each, FieldInfo):
            if limits(each.metadata):
                return True
        elif getattr(each, "pattern", None) or type(each).__name__ == "AfterValidator":
            return True
    return False


def is_enum(kind: object) -> bool:
    """A closed list of values."""
    return isinstance(kind, type) and issubclass(kind, Enum)


def free(kind: object, metadata: tuple[object, ...], path: str) -> Iterator[str]:
    """Paths of values that could hold free text."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        yield from free(arguments[0], (*metadata, *arguments[1:]), path)
    elif origin in (list, dict, typing.Union, types.UnionType, tuple):
        for argument in arguments:
            yield from free(argument, (), path)
    elif origin is typing.Literal or kind in (int, bool, type(None)) or is_enum(kind):
        return
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            yield from free(field.annotation, tuple(field.metadata), f"{path}.{name}")
    elif kind is str:
        if not limits(metadata):
            yield path
    else:
        yield f"{path} ({kind})"


@pytest.mark.parametrize("name", sorted(ALL_BODIES))
def test_no_message_has_room_for_a_sentence(name: str) -> None:
    """Rule 1: every field is a code, a reference, a number, a time, or bytes of cryptography."""
    assert list(free(ALL_BODIES[name], (), name)) == []


def test_the_walk_finds_free_text() -> None:
    """The test above is able to fail."""

    class Inner(messages.Body):
        note: str | None = None
        lines: list[str]
        amount: float

    class Outer(messages.Body):
        inner: list[Inner]

    assert list(free(Outer, (), "outer")) == [
        "outer.inner.note",
        "outer.inner.lines",
        "outer.inner.amount (<class 'float'>)",
    ]


def test_bodies_are_strict_and_closed() -> None:
    for name, body in ALL_BODIES.items():
        assert body.model_config.get("strict") is True, name
        assert body.model_config.get("extra") == "forbid", name


def test_handlers_are_what_the_apps_run() -> None:
    """The walk above asks the real builders."""
    assert callable(intake_handlers.build)
    assert callable(MatchingApp.handlers_by_type)
    assert callable(NotifyHandlers.by_type)
