"""People and mail: somebody is on duty, mail goes out, two people can verify a partner."""

import smtplib
import ssl
from collections.abc import Iterator

from admin.acting import COMMAND
from admin.doctor.finding import Finding, broken, look, ok
from admin.node import Node
from services.intake.handlers.actor import APPROVES_PARTNERS
from services.notify.admin import NotifyAdmin
from shared.runtime.settings import SmtpSettings

SECONDS = 10.0


def accounts(node: Node) -> Iterator[Finding]:
    """A partner is verified by two people."""
    with node.intake() as intake:
        everybody = intake.use_cases.users.overview(COMMAND)
        users = [user for user in everybody if user.active]
        aside = [user for user in everybody if user.set_aside]
        alarms = intake.use_cases.alarms.open(COMMAND)
    approving = sum(1 for user in users if user.role in APPROVES_PARTNERS)
    if aside and not users:
        yield look("accounts", "All are off since the restore: `myosotis restore release`, `user enable`.")
    elif not users:
        yield broken("accounts", "Nobody can sign in yet: run `myosotis user add --first`.")
    elif approving < 2:
        yield look(
            "accounts", "Only one person can approve a partner, and it takes two: add another account."
        )
    else:
        yield ok("accounts", f"{len(users)} accounts, {approving} of them can approve a partner.")
    if alarms:
        kinds = ", ".join(sorted({alarm.kind for alarm in alarms}))
        yield look(
            "alarms", f"{len(alarms)} wait on the desk ({kinds}): an administrator signs in and looks."
        )


def rota(node: Node) -> Iterator[Finding]:
    """Somebody is told."""
    with node.notify() as notify:
        admin = NotifyAdmin(notify.database, notify.channels, notify.clock)
        everybody, now = admin.list_people(), admin.on_duty()
    if not everybody:
        yield look("duty rota", "It is empty, so nobody is told of anything: run `myosotis duty add`.")
    elif not now:
        yield look("duty rota", "Nobody is on duty at this hour: check the hours in `myosotis duty list`.")
    else:
        yield ok("duty rota", f"{len(now)} on duty now, {len(everybody)} on the rota.")


def mail(node: Node) -> Iterator[Finding]:
    """The mail server answers, over TLS, and lets us in. Nothing is sent."""
    smtp = node.settings("notify").smtp
    if smtp is None:
        yield look(
            "mail",
            "No mail server is set, so notices stay on the desk: add [smtp] to notify/service.toml, as "
            "OPERATIONS, 9. says under Mail.",
        )
        return
    try:
        _greet(smtp)
    except ssl.SSLError:
        yield broken("mail", f"{smtp.host} shows a certificate that is not its own: check host and port.")
    except smtplib.SMTPAuthenticationError:
        yield broken("mail", f"{smtp.host} refuses user or password: check [smtp] in notify/service.toml.")
    except (OSError, smtplib.SMTPException):
        yield broken("mail", f"{smtp.host}:{smtp.port} does not answer as a mail server: check [smtp].")
    else:
        yield ok("mail", f"{smtp.host}:{smtp.port} answers.")


def _greet(smtp: SmtpSettings) -> None:
    with smtplib.SMTP(smtp.host, smtp.port, timeout=SECONDS) as line:
        line.ehlo()
        if smtp.starttls:
            line.starttls(context=ssl.create_default_context())
            line.ehlo()
        password = smtp.password()
        if smtp.user and password:
            line.login(smtp.user, password)
        line.noop()
