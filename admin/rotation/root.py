"""The next root key takes over; every partner accepts it, because the last card committed to it."""

from pathlib import Path

from sqlalchemy import select

from admin.errors import AdminError
from admin.node import Node
from admin.rotation import cards
from shared.crypto import keyfile
from shared.partners.identity import OrganisationIdentity
from shared.post.routes import Lane
from shared.store.tables import OutboxRow
from shared.wire.parties import Role

ROOT, NEXT = "root.key", "next-root.key"


def refuse_before_delivery(node: Node, folder: Path) -> None:
    """Raise AdminError while the news of the last card waits here; an interrupted rotation may go on.

    A partner that hears of the second new root key before the first has to take us for a thief: the card that
    it knows commits to another key.
    """
    if (folder / f"{ROOT}.new").exists():
        return
    since = cards.own_card(node).valid_from
    with node.database("intake") as database, database.read() as session:
        waiting = session.scalar(
            select(OutboxRow.recipient)
            .where(
                OutboxRow.lane == Lane.RELAY,
                OutboxRow.state != "sent",
                OutboxRow.created >= since,
                OutboxRow.recipient.endswith(f"/{Role.INTAKE}"),
            )
            .limit(1)
        )
    if waiting is not None:
        raise AdminError(
            f"The news of the card before this one has not left for {waiting.partition('/')[0]} yet. Wait "
            "until `myosotis status` says that nothing waits in intake's outbox, then run this again."
        )


def rotate(node: Node, folder: Path, passphrase: bytes, profile: keyfile.Profile = keyfile.STANDARD) -> None:
    """Make a new next key, issue a card under the key that takes over, announce it, then put files in place.

    After an interruption run it again: what is there already is used. Raises KeyFileError and AdminError.
    """
    root, following = folder / ROOT, folder / NEXT
    new_root, new_following = root.with_name(f"{ROOT}.new"), following.with_name(f"{NEXT}.new")
    if not new_root.exists():
        if not following.exists():
            raise AdminError(f"{following} is not there: bring the next root key, too, for this one time.")
        new_following.unlink(missing_ok=True)  # an interrupted run got only so far; nobody knows this key
        OrganisationIdentity.rotate(root, following, passphrase, profile)
    identity = OrganisationIdentity.load(new_root, passphrase)
    now = node.clock.now()
    cards.install(node, cards.issue(node, identity, cards.own_card(node), now))
    if new_following.exists():
        new_following.replace(following)
    new_root.replace(root)
