"""Settings say which file and which field is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.runtime.settings import ServiceSettings, SettingsError, load

GOOD = """
organisation = "lt-vilnius"
service = "intake"
database_url = "sqlite:///intake.db"
key_file = "keys/intake.keys"
passphrase_file = "secrets/passphrase"
languages = ["lt", "en"]

[relay]
host = "relay.example"
vhost = "relay"
ca_file = "tls/ca.pem"
cert_file = "tls/cert.pem"
key_file = "/run/secrets/key.pem"
"""


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("MYOSOTIS_"):
            monkeypatch.delenv(name)


def write(folder: Path, text: str = GOOD) -> Path:
    (folder / "service.toml").write_text(text, encoding="utf-8")
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        load(folder)
    return str(caught.value)


def test_relative_paths_count_from_the_folder(tmp_path: Path) -> None:
    settings = load(write(tmp_path))
    assert settings.key_file == tmp_path / "keys/intake.keys"
    assert settings.database_url == f"sqlite:///{tmp_path}/intake.db"
    assert settings.relay is not None
    assert settings.relay.ca_file == tmp_path / "tls/ca.pem"
    assert settings.relay.key_file == Path("/run/secrets/key.pem")
    assert settings.relay.expected_name == "relay.example"
    assert (settings.party, settings.languages, settings.poll_seconds) == (
        "lt-vilnius/intake",
        ("lt", "en"),
        0.5,
    )


def test_the_environment_wins_and_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYOSOTIS_CONFIG", str(write(tmp_path)))
    monkeypatch.setenv("MYOSOTIS_WEB_PORT", "9443")
    monkeypatch.setenv("MYOSOTIS_RELAY__HOST", "other.example")
    settings = load()
    assert settings.web_port == 9443
    assert settings.relay is not None
    assert (settings.relay.host, settings.relay.vhost) == ("other.example", "relay")


def test_without_a_folder_it_says_what_to_set() -> None:
    with pytest.raises(SettingsError, match="MYOSOTIS_CONFIG"):
        load()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('organisation = "lt-vilnius"\n', "", ["organisation", "missing"]),
        ('host = "relay.example"\n', "", ["relay.host", "missing"]),
        ('"lt-vilnius"', '"Vilnius"', ["organisation"]),
        ('service = "intake"', 'service = "desk"', ["service", "intake"]),
        ('key_file = "keys/intake.keys"\n', "", ["key_file", "missing"]),
        ("languages =", "langauges =", ["langauges", "not known"]),
        (
            "sqlite:///intake.db",
            "postgresql+psycopg://u:hunter2@db/x",
            ["database_url", "database_password_file"],
        ),
        ("sqlite:///intake.db", "sqlite:///:memory:", ["database_url"]),
        ("sqlite:///intake.db", "mysql://x", ["database_url", "sqlite:///"]),
        ('vhost = "relay"', 'vhost = "relay"\nport = 70000', ["relay.port"]),
        ('service = "intake"', 'service = "notify"', ["notify holds no key"]),
        ('service = "intake"', "service = intake", ["not valid TOML"]),
    ],
)
def test_an_error_names_the_file_and_the_field(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    message = refused(write(tmp_path, GOOD.replace(old, new)))
    for word in [str(tmp_path / "service.toml"), *words]:
        assert word in message
    assert "hunter2" not in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "service.toml") in refused(tmp_path)


def test_notify_needs_no_key(tmp_path: Path) -> None:
    text = 'organisation = "lt-vilnius"\nservice = "notify"\ndatabase_url = "sqlite:////data/notify.db"\n'
    settings = load(write(tmp_path, text))
    assert settings.database_url == "sqlite:////data/notify.db"
    with pytest.raises(SettingsError, match="passphrase_file"):
        settings.passphrase()


def test_secrets_are_read_late_and_without_the_line_end(tmp_path: Path) -> None:
    settings = load(write(tmp_path, 'database_password_file = "secrets/db"\n' + GOOD))
    with pytest.raises(SettingsError, match="secrets/passphrase"):
        settings.passphrase()
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/passphrase").write_bytes(b"correct horse \r\n")
    (tmp_path / "secrets/db").write_bytes(b"\n")
    assert settings.passphrase() == b"correct horse "
    with pytest.raises(SettingsError, match="empty"):
        settings.database_password()


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings: ServiceSettings = load(write(tmp_path))
    with pytest.raises(ValueError, match="frozen"):
        settings.web_port = 1  # type: ignore[misc]
