"""Accounts, tokens, the rota: who may do what from the command line."""

from pathlib import Path

import pytest

from services.intake import app as intake_app
from shared.runtime import settings as settings_files
from tests.support.command import PASSWORD, acting, refused, run, secret_file


def test_the_first_account_needs_nobody_and_the_second_needs_the_first(tmp_path: Path, node: Path) -> None:
    sentence = refused("user", "add", "zoe", "--first", "--name", "Zoe", node=node)
    assert "--as" in sentence
    new = ["--new-password-file", secret_file(tmp_path, "another good password", "new")]
    run(
        "user",
        "add",
        "zoe",
        "--name",
        "Zoe",
        "--role",
        "caseworker",
        *new,
        *acting(tmp_path, "anna"),
        node=node,
    )
    listed = run("user", "list", "--json", node=node).json
    assert ("zoe", "caseworker") in [(row["login"], row["role"]) for row in listed]


def test_a_wrong_password_is_one_sentence(tmp_path: Path, node: Path) -> None:
    wrong = secret_file(tmp_path, "wrong", "wrong")
    sentence = refused("token", "issue", "--as", "anna", "--password-file", wrong, node=node)
    assert sentence.startswith("Signing in did not work")


def test_a_caseworker_cannot_administer(tmp_path: Path, node: Path) -> None:
    sentence = refused("user", "disable", "anna", "--yes", *acting(tmp_path, "rasa"), node=node)
    assert "role does not allow" in sentence
    refused("partner", "suspend", "fr-lyon", "--yes", *acting(tmp_path, "rasa"), node=node)


def test_disabling_asks_first_and_spares_oneself(tmp_path: Path, node: Path) -> None:
    run("user", "disable", "rasa", *acting(tmp_path, "anna"), node=node, answers="n\n", code=1)
    assert "your own account" in refused(
        "user", "disable", "anna", "--yes", *acting(tmp_path, "anna"), node=node
    )
    run("user", "disable", "rasa", "--yes", *acting(tmp_path, "anna"), node=node)
    listed = {row["login"]: row["active"] for row in run("user", "list", "--json", node=node).json}
    assert listed == {"anna": True, "boris": True, "lea": True, "rasa": False}
    refused("token", "issue", *acting(tmp_path, "rasa"), node=node)


@pytest.mark.slow
def test_a_new_password_counts_at_once(tmp_path: Path, node: Path) -> None:
    new = secret_file(tmp_path, "a rather new password", "new")
    run("user", "password", "rasa", "--new-password-file", new, *acting(tmp_path, "anna"), node=node)
    refused("token", "issue", *acting(tmp_path, "rasa"), node=node)
    # Anna knows it, so it serves for one thing.
    given = ["--as", "rasa", "--password-file", new]
    assert "user password rasa --as rasa" in refused("token", "issue", *given, node=node)
    own = secret_file(tmp_path, "rasas very own password", "own")
    refused("user", "password", "lea", "--new-password-file", own, *given, node=node)
    run("user", "password", "rasa", "--new-password-file", own, *given, node=node)
    run("token", "issue", "--as", "rasa", "--password-file", own, node=node)
    listed = {row["login"]: row for row in run("user", "list", "--json", node=node).json}
    assert (listed["rasa"]["made_by"], listed["rasa"]["password_from"]) == ("", "anna")


def test_a_token_is_alone_on_standard_output_and_works(tmp_path: Path, node: Path) -> None:
    said = run("token", "issue", "--label", "import", *acting(tmp_path, "rasa"), node=node)
    app = intake_app.build(settings_files.load(node / "intake"))
    try:
        assert app.use_cases.sign_ins.resume_token(said.out.strip()).role == "caseworker"
    finally:
        app.database.dispose()
    assert PASSWORD not in said.out + said.err


@pytest.mark.slow
def test_the_rota(node: Path, tmp_path: Path) -> None:
    by = acting(tmp_path, "anna")
    assert "nobody is told" in run("duty", "list", node=node).out
    run("duty", "add", "a@example.org", "--name", "Anna", "--hours", "mon-fri 08:00-17:00", *by,
        node=node)  # fmt: skip
    assert "hours" in refused(
        "duty", "add", "b@example.org", "--name", "B", "--hours", "sometimes", *by, node=node
    )
    sentence = refused(
        "duty", "add", "b@example.org", "--name", "B", "--hours", "mon 08:00-25:00", *by, node=node
    )
    assert "25:00 is no time" in sentence
    assert run("duty", "list", "--json", node=node).json[0]["hours"] == "mon-fri 08:00-17:00"
    refused("duty", "remove", "nobody", "--yes", *by, node=node)
    assert "empty now" in run("duty", "remove", "a@example.org", "--yes", *by, node=node).err


def test_errors_are_sentences_and_codes(tmp_path: Path, node: Path) -> None:
    assert "myosotis setup" in refused("cases", "list", node=tmp_path / "nowhere")
    run("no-such-command", code=2)
    (node / "intake" / "intake.key").chmod(0o644)
    assert "chmod 600" in refused("status", node=node)  # case 30
    (node / "intake" / "intake.key").chmod(0o600)
    (node / "intake" / "passphrase").write_text("f" * 64)
    assert "passphrase does not open" in refused("status", node=node)
    (node / "intake" / "passphrase").unlink()
    assert "Take the file from a backup" in refused("status", node=node)
    (node / "intake" / "service.toml").write_text("organisation = ")
    assert "Correct that line" in refused("cases", "list", node=node)


def test_status_and_openapi(node: Path) -> None:
    assert run("status", "--json", node=node).json["organisation"] == "lt-vilnius"
    assert "quarantine" in run("status", node=node).out
    assert run("openapi").json["openapi"].startswith("3.1")
