"""Writes the mail of a notice from the templates of the reader's language (case 89).

A template may name `$case`, `$urgency` and `$desk` and nothing else; one that names more does not load.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from string import Template

from services.notify.channels.base import ChannelNotUsable
from services.notify.domain.notice import Notice
from services.notify.domain.urgency import PRIORITY

TEMPLATES = Path(__file__).parent / "templates"
EXERCISE_MARK = "[EXERCISE] "
"""The same in every language, so that a mail rule that sorts exercises works across borders."""

_SUBJECT_MAY_NAME = {"case"}
_BODY_MAY_NAME = {"case", "urgency", "desk"}
_EXERCISE = "exercise"


@dataclass(frozen=True, slots=True)
class Wording:
    """The templates of one language."""

    subject: Template
    body: Template
    urgency: Mapping[str, str]
    """A sentence for each CAP urgency, and one for `exercise`."""

    def sentence(self, notice: Notice) -> str:
        """How soon to act; in an exercise, that it is one: its urgency is nobody's."""
        if notice.exercise:
            return self.urgency[_EXERCISE]
        return self.urgency.get(notice.urgency, self.urgency["Unknown"])


def load_wordings(folder: Path = TEMPLATES) -> dict[str, Wording]:
    """The templates of every language that has a folder. Raises ChannelNotUsable."""
    return {language.name: _load(language) for language in sorted(folder.iterdir()) if language.is_dir()}


def write(
    notice: Notice, wording: Wording, *, sender: str, recipient: str, message_id: str, now: datetime
) -> EmailMessage:
    """The mail of one notice to one address."""
    mail = EmailMessage(policy=SMTP)
    subject = wording.subject.substitute(case=notice.short)
    mail["Subject"] = f"{EXERCISE_MARK if notice.exercise else ''}{subject}"
    mail["From"] = sender
    mail["To"] = recipient
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday notes do not answer it
    if notice.urgency == "Immediate" and not notice.exercise:
        mail["Importance"] = "high"
    body = wording.body.substitute(case=notice.short, urgency=wording.sentence(notice), desk=notice.desk)
    mail.set_content(body, cte="quoted-printable")  # plain ASCII on the way, whatever the server can do
    mail["Content-Language"] = notice.language  # set_content drops an earlier one
    return mail


def _load(folder: Path) -> Wording:
    subject = _template(folder / "subject.txt", _SUBJECT_MAY_NAME)
    body = _template(folder / "body.txt", _BODY_MAY_NAME)
    lines = [line.partition(": ") for line in _read(folder / "urgency.txt").splitlines() if line.strip()]
    urgency = {key: sentence for key, _, sentence in lines}
    lacking = {*PRIORITY, _EXERCISE} - {key for key, sentence in urgency.items() if sentence.strip()}
    if lacking:
        raise ChannelNotUsable(f"{folder.name}/urgency.txt lacks {', '.join(sorted(lacking))}")
    return Wording(Template(subject.template.strip()), body, urgency)


def _template(path: Path, may_name: set[str]) -> Template:
    template = Template(_read(path))
    named = set(template.get_identifiers())
    if not template.is_valid() or not named <= may_name:
        allowed = ", ".join(f"${name}" for name in sorted(may_name))
        raise ChannelNotUsable(f"{path.parent.name}/{path.name} may name only {allowed}")
    return template


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ChannelNotUsable(f"the template {path.parent.name}/{path.name} cannot be read") from None
