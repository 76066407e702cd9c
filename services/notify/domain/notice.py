"""All that a notice may know (rule 8, case 89): four characters, how soon, where the desk is."""

from dataclasses import dataclass
from urllib.parse import urlsplit


class BadDeskAddress(ValueError):
    """The desk's address in the settings is not usable in a notice; the message says how to write it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that waits, as a channel may know it. There is no field for more, on purpose."""

    short: str
    """Four characters, such as 4F2A."""
    urgency: str
    status: str
    desk: str
    """The desk's base address."""
    language: str

    @property
    def exercise(self) -> bool:
        """Whether this is a rehearsal and must say so."""
        return self.status != "Actual"


def desk_address(public_url: str) -> str:
    """The address of the desk without anything that could identify or authorise: no query, no user.

    Raises BadDeskAddress.
    """
    try:
        parts = urlsplit(public_url)
    except ValueError:
        raise BadDeskAddress("public_url is not an address: write it like https://desk.example.org") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadDeskAddress("public_url must begin with https:// and a host name")
    if parts.query or parts.fragment or parts.username or parts.password or "?" in public_url:
        raise BadDeskAddress("public_url must hold no user, no question mark and no #: it goes into notices")
    if not public_url.isascii() or any(character.isspace() for character in public_url):
        raise BadDeskAddress("public_url must be plain ASCII without spaces")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"
