"""The file with which an organisation joins a relay: where it is, and certificates with their keys.

It is a key file like any other, shut with a passphrase that the operator tells by telephone, so it may travel
by mail or stick.
"""

import secrets
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from mnemonic import Mnemonic
from pydantic import BaseModel, ConfigDict, ValidationError

from admin import toml
from admin.brokers import BrokerFolder
from admin.errors import AdminError
from admin.node import Node
from admin.nodes import BrokerPlace, broker_table, write_private
from admin.ownership import give_to_owner
from shared.bus.topology import RELAY_VHOST, ROLES
from shared.crypto import keyfile
from shared.crypto.errors import WrongPassphrase
from shared.crypto.keyfile_format import MAGIC
from shared.runtime.settings import FILE_NAME

PASSPHRASE_WORDS = 6
_ENTRY = "relay.json"


class _Relay(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    organisation: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class RelayBundle:
    """What a member is given. `files` are certificates and keys by role and name: 'intake/relay.key'."""

    organisation: str
    host: str
    port: int
    files: dict[str, bytes] = field(repr=False)

    @classmethod
    def issue(cls, broker: BrokerFolder, organisation: str) -> "RelayBundle":
        """New certificates for a member; those that it had stay good until they expire."""
        with tempfile.TemporaryDirectory(prefix="myosotis-relay-") as name:
            folder = Path(name)
            broker.admit_member(organisation, folder)
            files = {
                f"{role}/{path.name}": path.read_bytes()
                for role in ROLES
                for path in sorted((folder / role / "tls").iterdir())
            }
        places = broker.places
        return cls(organisation, places.names[0], places.port, files)

    def write(self, path: Path, passphrase: bytes, profile: keyfile.Profile = keyfile.STANDARD) -> None:
        """Write the file; refuses to overwrite one. Raises KeyFileError."""
        relay = _Relay(organisation=self.organisation, host=self.host, port=self.port)
        keyfile.create(path, {_ENTRY: relay.model_dump_json().encode(), **self.files}, passphrase, profile)
        path.with_name(f".{path.name}.lock").unlink(missing_ok=True)

    @staticmethod
    def must_look_like_one(path: Path) -> None:
        """Before anybody is asked for six words. Raises AdminError."""
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise AdminError(f"{path} is not a relay file; ask the relay's operator for a new one.")

    @classmethod
    def read(cls, path: Path, passphrase: bytes) -> "RelayBundle":
        """Open the file. Raises KeyFileError, or AdminError for another kind of file and for wrong words."""
        cls.must_look_like_one(path)
        with tempfile.TemporaryDirectory(prefix="myosotis-relay-") as name:
            # Mail programs and sticks keep neither mode nor owner, and a key file wants both.
            copy = Path(name) / "relay"
            write_private(copy, path.read_bytes())
            try:
                bundle = keyfile.load(copy, passphrase)
            except WrongPassphrase:
                raise AdminError(
                    f"The six words do not open {path}: type them as the relay's operator told them, with "
                    "one space between two, or ask for a new file."
                ) from None
        try:
            relay = _Relay.model_validate_json(bundle[_ENTRY])
        except (keyfile.MissingKey, ValidationError):
            raise AdminError(f"{path} is not a relay file; ask the relay's operator for a new one.") from None
        files = {name: bundle[name] for name in bundle if name != _ENTRY}
        return cls(relay.organisation, relay.host, relay.port, files)


def new_passphrase() -> str:
    """Six words of 11 bits, easy to read out."""
    words = Mnemonic("english").wordlist
    return " ".join(secrets.choice(words) for _ in range(PASSPHRASE_WORDS))


def join(node: Node, bundle: RelayBundle, *, host: str | None = None, port: int | None = None) -> None:
    """Put the certificates in their places and the relay into both services' settings; safe to repeat.

    `host` and `port` say where the relay is dialled when that is not where its certificate says (a tunnel).
    """
    if bundle.organisation != node.organisation:
        raise AdminError(
            f"This file is for {bundle.organisation}, and this node is {node.organisation}; "
            "ask the relay's operator for the right one."
        )
    place = BrokerPlace(host or bundle.host, port or bundle.port, bundle.host)
    for role in ROLES:
        tls = node.folder / role / "tls"
        if not tls.exists():
            tls.mkdir(mode=0o700)
            give_to_owner(tls)
        for name, data in bundle.files.items():
            if name.startswith(f"{role}/"):
                replace(tls / Path(name).name, data, 0o600)
        _set_relay(node.folder / role / FILE_NAME, place)
        node.settings(role)  # raises SettingsError should anything not fit


def _set_relay(path: Path, place: BrokerPlace) -> None:
    """Replace the table [relay] of a settings file, or add it; everything else stays as it was."""
    text = path.read_text(encoding="utf-8")
    lines, kept, inside = text.splitlines(), [], False
    for line in lines:
        if line.strip().startswith("["):
            inside = line.strip() == "[relay]"
        if not inside:
            kept.append(line)
    table = toml.document({"relay": broker_table(place, RELAY_VHOST, "relay")})
    new = "\n".join(kept).rstrip() + "\n\n" + table
    tomllib.loads(new)
    replace(path, new.encode(), 0o644)


def replace(path: Path, data: bytes, mode: int) -> None:
    """Put a file in the place of another in one step, owned by the owner of its folder."""
    waiting = path.with_name(f".{path.name}.new")
    waiting.unlink(missing_ok=True)
    waiting.touch(mode=mode)
    waiting.write_bytes(data)
    give_to_owner(waiting)
    waiting.replace(path)
