"""What a check found."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from admin.errors import sentence
from admin.node import Node


class State(StrEnum):
    """How it stands."""

    OK = "OK"
    LOOK = "LOOK"
    """It works; a person should look at it before it does not."""
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was checked, how it stands, and what to do."""

    check: str
    state: State
    sentence: str


Check = Callable[[Node], Iterable[Finding]]


def ok(check: str, text: str) -> Finding:
    """Nothing to do."""
    return Finding(check, State.OK, text)


def look(check: str, text: str) -> Finding:
    """Something to look at."""
    return Finding(check, State.LOOK, text)


def broken(check: str, text: str) -> Finding:
    """Something does not work."""
    return Finding(check, State.BROKEN, text)


def run(name: str, check: Check, node: Node) -> Iterator[Finding]:
    """The findings of one check; a check that cannot finish is broken itself and stops no other."""
    try:
        yield from check(node)
    except Exception as error:  # told as a finding, in a sentence without content
        yield broken(name, sentence(error))
