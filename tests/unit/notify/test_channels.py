"""Every folder is a channel, a half-finished one is refused, and notify holds no key."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.notify.channels import registry
from services.notify.channels.base import ChannelContext, ChannelNotUsable
from shared.runtime.clock import ManualClock
from shared.runtime.settings import SmtpSettings
from tests.support.post import RecordingPost

CONTEXT = ChannelContext(RecordingPost(), ManualClock(datetime(2026, 11, 21, tzinfo=UTC)))
SMTP = SmtpSettings(host="mail.example.org", sender="Myosotis <desk@example.org>")
DESK = """
from services.notify.channels.desk.transport import Desk
class Other(Desk):
    name = "{name}"
def build(context):
    return Other(context.post)
"""


def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channels: dict[str, str | None]) -> str:
    """A package of channels made up for one test."""
    name = f"made_up_{tmp_path.name}"
    for channel, source in channels.items():
        folder = tmp_path / name / channel
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        if source is not None:
            (folder / "transport.py").write_text(source)
    (tmp_path / name / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def test_the_folders_are_the_channels() -> None:
    assert registry.names() == ["desk", "email"]
    loaded = registry.load(ChannelContext(CONTEXT.post, CONTEXT.clock, SMTP))
    assert list(loaded.people) == ["email"]
    assert loaded.desk.name == "desk"


def test_without_a_mail_server_only_the_desk_is_there() -> None:
    assert not registry.load(CONTEXT).people


def test_a_new_folder_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = package(tmp_path, monkeypatch, {"board": DESK.format(name="board")})
    assert registry.load(CONTEXT, name).desk.name == "board"


@pytest.mark.parametrize(
    ("channels", "complaint"),
    [
        ({"board": None}, "board has no transport.py"),
        ({"board": ""}, "no function build"),
        ({"board": "def build(context): return 5"}, "not a channel"),
        ({"board": DESK.format(name="other")}, "folder's name"),
        ({}, "exactly one desk"),
        ({"a": DESK.format(name="a"), "b": DESK.format(name="b")}, "exactly one desk"),
    ],
)
def test_a_half_finished_channel_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channels: dict[str, str | None], complaint: str
) -> None:
    (tmp_path / f"made_up_{tmp_path.name}").mkdir()
    with pytest.raises(ChannelNotUsable, match=complaint):
        registry.load(CONTEXT, package(tmp_path, monkeypatch, channels))


@pytest.mark.parametrize("sender", ["desk", "", "desk@", "Myosotis <>"])
def test_a_sender_that_is_no_address_is_refused(sender: str) -> None:
    smtp = SMTP.model_copy(update={"sender": sender})
    with pytest.raises(ChannelNotUsable, match=r"smtp\.sender"):
        registry.load(ChannelContext(CONTEXT.post, CONTEXT.clock, smtp))


def test_a_password_is_never_sent_in_the_clear() -> None:
    smtp = SMTP.model_copy(update={"user": "desk", "starttls": False})
    with pytest.raises(ChannelNotUsable, match=r"starttls"):
        registry.load(ChannelContext(CONTEXT.post, CONTEXT.clock, smtp))


@pytest.mark.slow
def test_notify_loads_no_crypto() -> None:
    """Rule 5, in a fresh process: after loading all of notify no module that could hold a key is there."""
    script = (
        "import sys, services.notify.admin, services.notify.dispatch, services.notify.handlers\n"
        "import services.notify.channels.email.transport, services.notify.channels.desk.transport\n"
        "bad = ('shared.crypto', 'shared.wire.envelope', 'shared.post.sealed', 'shared.partners', 'nacl')\n"
        "print([name for name in sys.modules if name.startswith(bad)])\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
