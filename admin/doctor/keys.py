"""Key files, opening keys, the own card, and where the root key lies."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from admin.doctor.finding import Finding, broken, look, ok
from admin.node import Node
from admin.ownership import is_there
from services.intake.app import IntakeApp
from services.matching.app import MatchingApp
from shared.partners.prekeys import ROTATE_EVERY
from shared.partners.tables import OpeningKeyRow

CARD_DAYS = 45
GRACE = timedelta(days=1)


def key_files(node: Node) -> Iterator[Finding]:
    """They open (which includes mode and passphrase), and the sealing keys in the database are fresh."""
    for app in (node.intake, node.matching):
        with app() as opened:
            service = opened.settings.service
            yield ok(f"key file {service}", "Opens, and only its owner can read it.")
            yield _opening_keys(f"sealing keys {service}", opened, node.clock.now())


def _opening_keys(name: str, app: IntakeApp | MatchingApp, now: datetime) -> Finding:
    with app.database.read() as session:
        ring = app.keys.ring(session)
        chosen = select(func.max(OpeningKeyRow.made)).where(OpeningKeyRow.party == str(app.keys.party))
        newest = session.scalar(chosen)
    if newest is None:
        return broken(name, "There is none yet: run `myosotis migrate`.")
    age = now - newest
    if age > ROTATE_EVERY + GRACE:
        return look(
            name, f"The newest is {age.days} days old: is the worker running? It makes a new one weekly."
        )
    return ok(name, f"{len(ring.keys)} kept, the newest {max(age.days, 0)} days old.")


def card(node: Node) -> Iterator[Finding]:
    """The own card, as this node's directory has it."""
    now = node.clock.now()
    with node.intake() as intake, intake.database.read() as session:
        known = intake.directory.view(session, now).card(node.organisation)
    if known is None:
        yield broken("card", "This node has not taken in its own card: run `myosotis migrate`.")
        return
    days = (known.valid_until - now).days
    if days < 0:
        yield broken("card", "The card has expired and partners send nothing: run `myosotis rotate card`.")
    elif days < CARD_DAYS:
        yield look("card", f"The card expires in {days} days: run `myosotis rotate card`.")
    else:
        yield ok("card", f"Good for {days} days.")


def root(node: Node) -> Iterator[Finding]:
    """The identity should not lie beside the services."""
    there = [name for name in ("root.key", "next-root.key") if is_there(node.folder / "root" / name)]
    if there:
        yield look(
            "root key",
            f"{' and '.join(there)} in {node.folder / 'root'}: each belongs elsewhere, off this machine.",
        )
    else:
        yield ok("root key", "Not on this machine.")
