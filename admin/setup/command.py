"""`myosotis setup`: five questions, and the node is there."""

import os
from pathlib import Path
from typing import Any

import click

from admin import console, toml
from admin.errors import AdminError
from admin.nodes import BrokerPlace
from admin.ownership import COMPOSE_OWNER, Owner, owner_option
from admin.setup import answers as check
from admin.setup import folder as folders
from admin.setup.answers import Answers, ask
from admin.setup.folder import SMTP_PASSWORD, Extras
from admin.setup.next_steps import next_steps
from admin.setup.plan import AMQPS, Places, in_compose, node_plan
from shared.runtime.clock import SystemClock

MIN_PASSPHRASE = 12
file_option = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--organisation", help="Id of the organisation: country, hyphen, place; lt-vilnius.")
@click.option("--name", help="Name of the organisation, as partners see it.")
@click.option("--country", help="Two letters; follows from the id if not given.")
@click.option("--languages", help="Languages of the desk, the usual one first: lt,en.")
@click.option("--public-url", help="Where the staff open the desk: https://desk.example.org.")
@click.option("--mail", help="Mail server, host:port, or none.")
@click.option("--mail-sender", help="Address that notices come from.")
@click.option("--mail-user", help="Login at the mail server, if it wants one.")
@click.option("--mail-password-file", type=file_option, help="File with the password for it.")
@click.option("--mail-without-tls", is_flag=True, help="For a mail server on this machine only.")
@click.option("--duty-phone", help="Where partners reach somebody at night: +370...")
@click.option(
    "--for",
    "target",
    type=click.Choice(["machine", "compose"]),
    default="machine",
    show_default=True,
    help="Services on this machine with SQLite, or containers with PostgreSQL.",
)
@click.option("--broker", default="127.0.0.1", show_default=True, help="The node's own RabbitMQ, host:port.")
@click.option("--broker-name", default="localhost", show_default=True, help="Name in its certificate.")
@click.option(
    "--host-relay",
    "relay_name",
    default="",
    metavar="NAME",
    help="Let this node's broker be the circle's relay too; members reach it under NAME.",
)
@owner_option
@click.option("--root-passphrase-file", type=file_option, help="File with the passphrase of the root key.")
@click.pass_context
def setup(ctx: click.Context, /, **given: Any) -> None:
    """Make a node: keys, certificates, settings. Asks what no option says."""
    options = _Options(**given)
    folder = ctx.find_object(Path) or Path()
    folders.must_be_free(folder)
    found = options.answers()
    places, extras = options.places(found.organisation), options.extras()
    passphrase = options.passphrase()
    with console.working("Making keys and certificates"):
        folders.write(folder, node_plan(found, places), places, passphrase, SystemClock(), extras)
    console.say(next_steps(folder.resolve(), found, options.target, hosts_relay=bool(options.relay_name)))


class _Options:
    """The options as they were given."""

    def __init__(
        self,
        *,
        target: str,
        broker: str,
        broker_name: str,
        relay_name: str,
        mail_without_tls: bool,
        owner: Owner | None,
        root_passphrase_file: Path | None,
        mail_password_file: Path | None,
        **texts: str | None,
    ) -> None:
        self.target, self.relay_name = target, relay_name
        self._broker, self._broker_name = broker, broker_name
        self._without_tls, self._owner = mail_without_tls, owner
        self._passphrase_file, self._mail_password = root_passphrase_file, mail_password_file
        self._texts = texts

    def answers(self) -> Answers:
        """The five questions, those without an option asked at the terminal."""
        text = self._texts
        organisation = ask(
            text["organisation"],
            "--organisation",
            "1. Id of the organisation (lt-vilnius)",
            check.organisation,
        )
        name = ask(text["name"], "--name", "   Its name, as partners see it", check.name)
        country = check.of_option("--country", check.country, text["country"] or organisation[:2])
        languages = ask(
            text["languages"],
            "--languages",
            "2. Languages of the desk",
            check.languages,
            "lt,en,fr,pl,ru,uk,lv,de",
        )
        url = ask(
            text["public_url"],
            "--public-url",
            "3. Address of the desk",
            check.public_url,
            "http://localhost:8080",
        )
        smtp = self._smtp()
        phone = ask(text["duty_phone"], "--duty-phone", "5. Duty phone, for partners", check.phone)
        return Answers(organisation, name, country, languages, url, smtp, phone)

    def _smtp(self) -> dict[str, toml.Value]:
        place = ask(
            self._texts["mail"], "--mail", "4. Mail server, host:port (or: none)", check.mail_server, "none"
        )
        if place is None:
            return {}
        sender = ask(self._texts["mail_sender"], "--mail-sender", "   Sender of notices", check.sender)
        smtp: dict[str, toml.Value] = {"host": place[0], "port": place[1]}
        smtp |= {"starttls": not self._without_tls, "sender": sender}
        if user := self._texts["mail_user"]:
            smtp["user"] = user
        if self._mail_password is not None:
            smtp["password_file"] = SMTP_PASSWORD
        return smtp

    def places(self, organisation: str) -> Places:
        """Where brokers and databases are."""
        if self.target == "compose":
            return in_compose(organisation, hosts_relay=bool(self.relay_name))
        host, port = check.of_option("--broker", lambda text: check.place(text, AMQPS), self._broker)
        broker = BrokerPlace(host, port, self._broker_name)
        return Places(broker=broker, relay=broker if self.relay_name else None)

    def extras(self) -> Extras:
        """Owner, relay name, mail password."""
        password = b"" if self._mail_password is None else console.secret("", self._mail_password)
        return Extras(relay_name=self.relay_name, smtp_password=password, owner=self._file_owner())

    def passphrase(self) -> bytes:
        """The root key's passphrase: from a file, or typed twice. Raises AdminError for a short one."""
        if self._passphrase_file is None:
            console.say(
                "\nA passphrase shuts the root key, which is the organisation's identity. It is needed to\n"
                "change the card, not every day. Write it down and keep it away from this machine."
            )
        question = "Passphrase of the root key"
        passphrase = console.secret(question, self._passphrase_file, twice=True)
        if len(passphrase) < MIN_PASSPHRASE:
            raise AdminError(f"Use {MIN_PASSPHRASE} characters or more; five unrelated words do well.")
        return passphrase

    def _file_owner(self) -> Owner | None:
        if self._owner is None and self.target == "compose" and os.geteuid() == 0:
            return COMPOSE_OWNER
        return self._owner


COMMANDS: dict[str, click.Command] = {"setup": setup}
