"""The settings of one service: `service.toml` in its folder, overridden by MYOSOTIS_* in the environment."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

FILE_NAME = "service.toml"
Organisation = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}-[a-z0-9-]{2,30}$")]
Host = Annotated[str, StringConstraints(min_length=1, max_length=253)]
Port = Annotated[int, Field(ge=1, le=65535)]
AnyPort = Annotated[int, Field(ge=0, le=65535)]
_Model = TypeVar("_Model", bound=BaseModel)


class SettingsError(Exception):
    """The settings of this service are missing or wrong; the message names the file and the field."""


class BrokerSettings(BaseModel):
    """How to reach one virtual host of a broker over TLS with a client certificate."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    host: Host
    port: Port = 5671
    vhost: str = Field(min_length=1)
    ca_file: Path
    cert_file: Path
    key_file: Path
    server_name: str | None = None  # the name in the broker's certificate; without it, `host`

    @property
    def expected_name(self) -> str:
        """The name that the broker's certificate must carry."""
        return self.server_name or self.host


class SmtpSettings(BaseModel):
    """How notify hands over mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    host: Host
    port: Port = 587
    starttls: bool = True
    user: str | None = None
    password_file: Path | None = None
    sender: str = Field(min_length=3)

    def password(self) -> str | None:
        """The password, read when it is needed. Raises SettingsError."""
        return None if self.password_file is None else _secret(self.password_file).decode()


class ServiceSettings(BaseSettings):
    """Everything that one service needs to know. Make it with `load`."""

    model_config = SettingsConfigDict(
        env_prefix="MYOSOTIS_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )
    organisation: Organisation
    service: Literal["intake", "matching", "notify"]
    database_url: str
    database_password_file: Path | None = None
    key_file: Path | None = None
    passphrase_file: Path | None = None
    relay: BrokerSettings | None = None
    local: BrokerSettings | None = None
    health_host: Host = "127.0.0.1"
    health_port: AnyPort = 8090
    web_host: Host = "127.0.0.1"
    web_port: AnyPort = 8080
    web_health_port: AnyPort = 8091  # the desk's own health pages, beside those of intake's worker
    web_threads: Annotated[int, Field(ge=1, le=64)] = 8
    public_url: str = "http://localhost:8080"
    languages: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], ...] = (
        "lt",
        "en",
        "fr",
        "pl",
        "ru",
        "uk",
        "lv",
        "de",
    )
    smtp: SmtpSettings | None = None
    receipt_slot_seconds: Annotated[int, Field(ge=1, le=86_400)] = 60
    alerts_a_slot: Annotated[int, Field(ge=1, le=1_000_000)] = 2_000
    """How many alerts of one partner are handled in a receipt slot. More than fits into one, even when all of
    them match, shows the partner whom we hold (docs/decisions/0014): only the benchmark raises it."""
    columns_mb: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Megabytes of own pseudonyms that each matching worker keeps in memory; without it, a quarter of what
    the machine or the container has. Below what is needed partners take turns, which costs reading anew."""
    poll_seconds: Annotated[float, Field(gt=0, le=60)] = 0.5
    log_json: bool = True

    @field_validator("database_url")
    @classmethod
    def _database_without_password(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        if url.startswith("sqlite:///") and url.removeprefix("sqlite:///") in ("", ":memory:"):
            raise ValueError("names no file; a service keeps its data in one")
        if not url.startswith("sqlite") and urlsplit(url).password is not None:
            raise ValueError(
                "must not hold a password; put it into a file and name it in database_password_file"
            )
        return url

    @model_validator(mode="after")
    def _keys_where_they_belong(self) -> Self:
        if self.service == "notify":
            if self.key_file or self.passphrase_file:
                raise ValueError("notify holds no key: remove key_file and passphrase_file")
        elif self.key_file is None or self.passphrase_file is None:
            missing = "key_file" if self.key_file is None else "passphrase_file"
            raise ValueError(f"{missing} is missing: {self.service} needs key_file and passphrase_file")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then what `load` read from the file; nothing else."""
        return env_settings, init_settings

    @property
    def party(self) -> str:
        """'fr-lyon/matching'."""
        return f"{self.organisation}/{self.service}"

    def database_password(self) -> str | None:
        """The password of the database, read when it is needed. Raises SettingsError."""
        return None if self.database_password_file is None else _secret(self.database_password_file).decode()

    def passphrase(self) -> bytes:
        """The passphrase of the key file, without the line end. Raises SettingsError."""
        if self.passphrase_file is None:
            raise SettingsError("passphrase_file is not set: this service has no key file to open")
        return _secret(self.passphrase_file)


def load(folder: Path | None = None) -> ServiceSettings:
    """Read the settings from `folder`, or from the folder that MYOSOTIS_CONFIG names.

    Relative paths, and the file of an SQLite URL, count from that folder. Raises SettingsError.
    """
    if folder is None:
        named = os.environ.get("MYOSOTIS_CONFIG")
        if not named:
            raise SettingsError(f"no folder with {FILE_NAME} was given: set MYOSOTIS_CONFIG to it")
        folder = Path(named)
    folder = folder.resolve()
    path = folder / FILE_NAME
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist: create it or correct MYOSOTIS_CONFIG") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "not UTF-8"
        raise SettingsError(
            f"{path} is not valid TOML: {place}. Correct that line, or take the file from a backup"
        ) from None
    try:
        settings = ServiceSettings(**values)
    except ValidationError as error:
        raise SettingsError(_explain(path, error)) from None
    resolved = _resolve(settings, folder)
    return resolved.model_copy(update={"database_url": _resolve_url(resolved.database_url, folder)})


def _explain(path: Path, error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        field = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "missing":
            lines.append(f"the field {field} is missing")
        elif problem["type"] == "extra_forbidden":
            lines.append(f"the field {field} is not known")
        else:
            text = problem["msg"].removeprefix("Value error, ")
            lines.append(f"the field {field}: {text}" if field else text)
    return f"{path}: " + "; ".join(lines)


def _resolve(model: _Model, folder: Path) -> _Model:
    """A copy in which every path, in nested settings too, is absolute."""
    update: dict[str, object] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Path):
            update[name] = folder / value
        elif isinstance(value, BaseModel):
            update[name] = _resolve(value, folder)
    return model.model_copy(update=update)


def _resolve_url(url: str, folder: Path) -> str:
    if not url.startswith("sqlite:///"):
        return url
    return f"sqlite:///{folder / url.removeprefix('sqlite:///')}"


def _secret(path: Path) -> bytes:
    """The content of a secret's file without the line end. Raises SettingsError."""
    try:
        content = path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise SettingsError(
            f"the secret in {path} cannot be read: {error.strerror}. Take the file from a backup, or check "
            "its owner and rights"
        ) from None
    if not content:
        raise SettingsError(f"the secret in {path} is empty")
    return content
