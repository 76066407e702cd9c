"""What set-up asks, and what counts as an answer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

import click

from admin import toml
from shared.bus.topology import ORGANISATION

LANGUAGES = ("lt", "en", "fr", "pl", "ru", "uk", "lv", "de")
"""Those that the desk can be read in (services.intake.desk): the first three wholly, the others in part."""
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Answers:
    """The five answers: who, languages, address, mail, duty phone."""

    organisation: str
    name: str
    country: str
    languages: tuple[str, ...]
    public_url: str
    smtp: dict[str, toml.Value] = field(repr=False)
    duty_phone: str


def organisation(text: str) -> str:
    """'lt-vilnius'."""
    if ORGANISATION.fullmatch(text.strip()) is None:
        raise click.BadParameter(
            "use two letters of the country, a hyphen and 2 to 30 of a-z, 0-9 and hyphen, such as lt-vilnius"
        )
    return text.strip()


def name(text: str) -> str:
    """What partners see; one line of at most 80 characters."""
    text = " ".join(text.split())
    if not 1 <= len(text) <= 80 or not text.isprintable():
        raise click.BadParameter("the name is one line of 1 to 80 characters")
    return text


def country(text: str) -> str:
    """Two capital letters."""
    if re.fullmatch(r"[A-Za-z]{2}", text.strip()) is None:
        raise click.BadParameter("a country is two letters, such as LT")
    return text.strip().upper()


def languages(text: str) -> tuple[str, ...]:
    """'lt,en': those of the desk, the first one being the usual one."""
    found = tuple(dict.fromkeys(part.strip().lower() for part in re.split(r"[,\s]+", text) if part.strip()))
    unknown = [part for part in found if part not in LANGUAGES]
    if not found or unknown:
        raise click.BadParameter(f"choose from {', '.join(LANGUAGES)}, separated by commas")
    return found


def public_url(text: str) -> str:
    """Where the staff open the desk."""
    text = text.strip().rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise click.BadParameter("write the address as in the browser, such as https://desk.example.org")
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1"):
        raise click.BadParameter("an address in a network begins with https://, or passwords could be read")
    return text


def phone(text: str) -> str:
    """'+37060000000'."""
    text = re.sub(r"[\s().-]", "", text)
    if re.fullmatch(r"\+[0-9]{6,15}", text) is None:
        raise click.BadParameter("write the number with its country, such as +370 600 00000")
    return text


def mail_server(text: str) -> tuple[str, int] | None:
    """'mail.example.org:587', or 'none'."""
    text = text.strip()
    if text.lower() in ("", "none", "no", "-"):
        return None
    host, port = place(text, 587)
    return host, port


def sender(text: str) -> str:
    """The address that notices come from."""
    if re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", text.strip()) is None:
        raise click.BadParameter("write a mail address, such as alerts@example.org")
    return text.strip()


def place(text: str, default_port: int) -> tuple[str, int]:
    """'host' or 'host:port'."""
    found = re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(?::([0-9]{1,5}))?", text.strip())
    if found is None or not 1 <= int(found[2] or default_port) <= 65535:
        raise click.BadParameter("write a host name, or host:port")
    return found[1].strip("[]"), int(found[2] or default_port)


def of_option(option: str, check: Callable[[str], Answer], given: str) -> Answer:
    """What was given with `option`; what is wrong with it names the option."""
    try:
        return check(given)
    except click.BadParameter as problem:
        raise click.BadParameter(problem.message, param_hint=f"'{option}'") from None


def ask(
    given: str | None,
    option: str,
    question: str,
    check: Callable[[str], Answer],
    default: str | None = None,
) -> Answer:
    """The option's value if it was given, otherwise the question, until the answer is one."""
    if given is not None:
        return of_option(option, check, given)

    def checked(text: str) -> Answer:
        try:
            return check(text)
        except click.BadParameter as problem:
            raise click.UsageError(problem.message) from None

    answer: Answer = click.prompt(question, default=default, value_proc=checked)
    return answer
