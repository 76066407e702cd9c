"""The catalogues of the desk: what has to be translated, and `python -m services.intake.desk.catalogue`.

The command adds new sentences to every .po file, drops those that are gone, and writes the .mo files.
Translators fill the empty ones and run it again. A test refuses a missing sentence in Lithuanian and French;
in the languages that are begun it is said in English until somebody translates it (`desk/translated.py`).
"""

import ast
import importlib
import io
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from services.intake.desk.ports import OFFERED
from services.intake.domain.errors import DomainError
from services.intake.domain.triage import QUESTIONS
from services.intake.handlers.errors import IntakeError
from shared.partners.verification import VerificationError
from shared.wire import reasons

DESK = Path(__file__).parent
TRANSLATIONS = DESK / "translations"
KEYWORDS = {"gettext": None, "ngettext": (1, 2), "_": None, "N_": None}
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
BELOW = ("services.intake.domain", "services.intake.handlers", "shared.partners.verification")
"""Where the sentences of errors are written."""
STAMP = datetime(2026, 11, 21, tzinfo=UTC)
NO_BREAK = "\N{NO-BREAK SPACE}"
_BEFORE_SIGN = re.compile(r" (?=[:;?!»])")
_AFTER_QUOTE = re.compile(r"(?<=«) ")
_SAYS = frozenset({"wrong", "BadCell", "Problem"})

Message = str | tuple[str, str]


def wanted() -> set[Message]:
    """Every sentence that the desk can say; a pair for something counted."""
    tables = (reasons.SENTENCES, reasons.SEVERAL, reasons.EQUAL, reasons.TOGETHER)
    found: set[Message] = {*_of_errors(), *(text for table in tables for text in table.values())}
    found |= {text for question in QUESTIONS for text in (question.asks, question.because)}
    # API answers are for programs and stay in English, so only the desk's own folder is read.
    for _, _, message, _, _ in extract_from_dir(DESK, METHODS, keywords=KEYWORDS):
        found.add((message[0], message[1]) if isinstance(message, tuple) else message)
    return found


def _of_errors() -> Iterator[str]:
    """What errors below the desk say: the sentence of each class, and those written where it is raised."""
    modules = [module for name in BELOW for module in _modules(name)]
    classes = [IntakeError, DomainError, VerificationError]
    while classes:
        one = classes.pop()
        if one.__module__.startswith(BELOW):
            classes += one.__subclasses__()
            yield (one.__doc__ or "").strip()
    for module in modules:
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            yield from _sentences(node, vars(module))


def _modules(name: str) -> Iterator[ModuleType]:
    module = importlib.import_module(name)
    yield module
    for folder in getattr(module, "__path__", []):
        for path in sorted(Path(folder).glob("*")):
            if path.suffix == ".py" and path.stem != "__init__":
                yield importlib.import_module(f"{name}.{path.stem}")
            elif (path / "__init__.py").exists():
                yield from _modules(f"{name}.{path.name}")


def _sentences(node: ast.AST, names: dict[str, object]) -> Iterator[str]:
    """Constant sentences given to an exception; those with a place to fill are in sentences.PATTERNS."""
    values: list[ast.expr] = []
    if isinstance(node, ast.Call) and _is_saying(node.func, names):
        values = [*node.args]
    elif isinstance(node, ast.Assign) and any(_named(target) == "message" for target in node.targets):
        values = [node.value]
    for value in values:
        text = _text(value, names)
        if text is not None and " " in text and text[0].isalnum():
            yield text


def _is_saying(function: ast.expr, names: dict[str, object]) -> bool:
    name = _named(function)
    value = names.get(name)
    errors = (IntakeError, DomainError, VerificationError)
    return name in _SAYS or (isinstance(value, type) and issubclass(value, errors))


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _text(node: ast.expr, names: dict[str, object]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            value = names.get(_named(part.value))
            if not isinstance(value, int):
                return None
            parts.append(str(value))
        elif isinstance(part, ast.Constant):
            parts.append(str(part.value))
    return "".join(parts)


def path_of(language: str) -> Path:
    """The .po file of a language."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def load(language: str) -> Catalog:
    """The catalogue as it is in the tree; an empty one for a new language."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


def updated(language: str) -> Catalog:
    """The catalogue with exactly the wanted sentences; English says what the program says."""
    old, new = load(language), _empty(language)
    for message in sorted(wanted(), key=str):
        known = old.get(message if isinstance(message, str) else message[0])
        text = (known.string if known is not None else "") or ""
        new.add(message, message if language == "en" else bound(language, text))
    new.creation_date = new.revision_date = STAMP  # the same sentences give the same file
    return new


def bound(language: str, text: str | Sequence[str]) -> str | tuple[str, ...]:
    """French puts a space before some signs: one at which no line may break, whatever was typed."""
    if not isinstance(text, str):
        return tuple(str(bound(language, form)) for form in text)
    if language != "fr":
        return text
    return _BEFORE_SIGN.sub(NO_BREAK, _AFTER_QUOTE.sub(NO_BREAK, text))


def is_translated(message: Entry) -> bool:
    """Whether every form of a sentence is filled."""
    text = message.string
    return all(text) if isinstance(text, list | tuple) else bool(text)


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language,
        header_comment=f"# What the desk says, in {language}.",
        project="Myosotis",
        version="1",
        copyright_holder="the Myosotis contributors",
        msgid_bugs_address="none",
        last_translator="the Myosotis contributors",
        language_team="the Myosotis contributors",
        charset="utf-8",
        fuzzy=False,
    )


def compiled(catalog: Catalog) -> bytes:
    """The .mo file of a catalogue."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def written(catalog: Catalog) -> bytes:
    """The .po file of a catalogue."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=110, no_location=True, sort_output=True)
    return buffer.getvalue()


def main() -> int:
    """Bring every catalogue up to date and say how many sentences are missing."""
    for language in OFFERED:
        catalog = updated(language)
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(catalog))
        # As it is read back: a plural that nobody translated is not the same before and after.
        path.with_suffix(".mo").write_bytes(compiled(load(language)))
        missing = sum(not is_translated(message) for message in catalog if message.id)
        sys.stdout.write(f"{language}: {len(catalog)} sentences, {missing} to translate\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
