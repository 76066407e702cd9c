"""A mail server for the demo: takes what notify sends and puts each message into a file."""

import itertools
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _Keeper:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1 + len(list(folder.glob("*.eml"))))  # a restart overwrites nothing

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep one message under a number and the recipients' mailbox name."""
        mailbox = "".join(letter for letter in envelope.rcpt_tos[0] if letter.isalnum() or letter in "-.@")
        content = envelope.content or b""
        data = content if isinstance(content, bytes) else content.encode()
        (self._folder / f"{next(self._numbers):03d}-{mailbox}.eml").write_bytes(data)
        return "250 Kept"


class Mailbox:
    """The demo's mail server, on 127.0.0.1 unless told otherwise."""

    def __init__(self, folder: Path, port: int, host: str = "127.0.0.1") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, port
        self._controller = Controller(_Keeper(folder), hostname=host, port=port)

    def start(self) -> None:
        """Begin to take mail."""
        self._controller.start()

    def stop(self) -> None:
        """Stop taking mail; what was kept stays."""
        self._controller.stop()

    def messages(self) -> list[Path]:
        """The kept messages in order."""
        return sorted(self.folder.glob("*.eml"))
