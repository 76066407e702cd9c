"""What the files of the project must look like: no stray output, no machine, no address, no missing case."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("services", "shared")
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".yml",
    ".yaml",
    ".html",
    ".css",
    ".js",
    ".csv",
    ".sh",
    ".conf",
}

CASES = (
    *range(1, 35),
    *range(38, 44),
    *range(62, 69),
    70,
    71,
    *range(73, 76),
    82,
    83,
    *range(86, 90),
)
"""The cases that this version claims to withstand; each is named by the test that proves it."""


@cache
def files() -> list[Path]:
    """Every file that belongs to the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def python_files(*folders: str) -> Iterator[Path]:
    """The Python files of some top folders."""
    for path in files():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders:
            yield path


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file; several tests look at every one."""
    return ast.parse(path.read_text(encoding="utf-8"))


def named_cases(text: str) -> set[int]:
    """The numbers in 'case 3', 'cases 3, 4 and 63', 'cases 31-34'."""
    found: set[int] = set()
    for run in re.findall(r"[Cc]ases?\s+((?:\d+(?:\s*(?:,|and|to|-)\s*)?)+)", text):
        for first, last in re.findall(r"(\d+)(?:\s*(?:-|to)\s*(\d+))?", run):
            found |= set(range(int(first), int(last or first) + 1))
    return found


def test_case_numbers_are_read_as_people_write_them() -> None:
    assert named_cases("Case 3, 4 and 63; cases 31-34: see case 7.") == {3, 4, 63, 31, 32, 33, 34, 7}
    assert named_cases("in any case, 5 people") == set()


def test_every_claimed_case_is_named_by_a_test() -> None:
    named: set[int] = set()
    for path in files():
        inside = path.relative_to(ROOT).parts[0] == "tests" and path.suffix in (".py", ".json")
        if inside and path != Path(__file__):
            named |= named_cases(path.read_text(encoding="utf-8"))
    assert [number for number in CASES if number not in named] == []


@pytest.mark.slow
def test_services_print_constants_at_most() -> None:
    """What a program writes goes through the log, which withholds what it does not know."""
    found = []
    for path in python_files(*CODE):
        for node in ast.walk(parsed(path)):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            ):
                continue
            if not all(isinstance(argument, ast.Constant) for argument in node.args):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


LOG_METHODS = {"debug", "info", "warning", "error", "critical", "exception"}


def log_calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls like log.get("x").warning(...), self._log.info(...) or _log.error(...)."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in LOG_METHODS and "log" in ast.unparse(node.func.value).lower():
            yield node


def is_constant(event: ast.expr) -> bool:
    """A literal, or one of two."""
    if isinstance(event, ast.IfExp):
        return is_constant(event.body) and is_constant(event.orelse)
    return isinstance(event, ast.Constant)


@pytest.mark.slow
def test_the_event_of_every_log_line_is_a_constant() -> None:
    """A variable, or an f-string, in the place of the event could carry somebody's name."""
    found, count = [], 0
    for path in python_files(*CODE):
        for call in log_calls(parsed(path)):
            count += 1
            if len(call.args) != 1 or not is_constant(call.args[0]):
                found.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert count > 10
    assert found == []


@pytest.mark.slow
def test_the_standard_logger_is_used_by_the_log_alone() -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in python_files(*CODE)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "logging.getLogger"
    }
    assert all(name.startswith("shared/runtime/") for name in users), users


def test_the_readme_is_short() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert 20 < len(lines) < 200


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_and_hashed_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.search(r"https?://|--index-url|--extra-index|--find-links", text) is None
    pinned = re.findall(r"^([A-Za-z0-9_.\[\]-]+)==[^\s;\\]+.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(pinned) > 20
    assert [block.split()[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []


MACHINE = re.compile(r"(?<![\w.])/(?:work|home|root|Users)/[\w.-]+")
ALLOWED_PATHS = re.compile(r"/home/(?:myosotis|node|nonroot)\b|/root/\.cache")


@pytest.mark.slow
def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = []
    for path in files():
        if path.suffix not in TEXT and path.name not in ("Makefile", "Dockerfile"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            for hit in MACHINE.findall(ALLOWED_PATHS.sub("", line)):
                if path != Path(__file__):
                    found.append(f"{path.relative_to(ROOT)}:{number} {hit}")
    assert found == []
