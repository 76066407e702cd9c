"""Issues a new card of our own and lets both services take it in; intake announces it to every partner."""

from datetime import datetime, timedelta
from pathlib import Path

from admin.errors import AdminError
from admin.node import Node
from admin.nodes import OWN_CARD
from admin.relay.bundle import replace
from admin.rotation.rolekeys import RoleKeyFile
from shared.partners.bundle import CardFile
from shared.partners.card import CheckedCard
from shared.partners.identity import CardDetails, OrganisationIdentity
from shared.wire.parties import Role
from shared.wire.values import decode_base64

VALID_FOR = timedelta(days=365)
PUBLIC = 0o644


def open_root(folder: Path, passphrase: bytes) -> OrganisationIdentity:
    """The root key in `folder`. Raises KeyFileError, or AdminError when it is not there."""
    path = folder / "root.key"
    if not path.exists():
        raise AdminError(f"{path} is not there: bring the root key and give its folder with --root.")
    return OrganisationIdentity.load(path, passphrase)


def own_card(node: Node) -> CheckedCard:
    """The card in force."""
    with node.intake() as intake, intake.database.read() as session:
        known = intake.directory.view(session, node.clock.now()).card(node.organisation)
    if known is None:
        raise AdminError("This node has not taken in its own card yet: run `myosotis migrate`.")
    return known


def issue(node: Node, identity: OrganisationIdentity, known: CheckedCard, now: datetime) -> bytes:
    """A card that says what the last one said, with the role keys of today's key files."""
    card = known.card
    details = CardDetails(
        organisation=card.organisation,
        name=card.name,
        country=card.country,
        languages=tuple(card.languages),
        duty_phone=card.duty_phone,
        policy=card.policy,
        valid_for=VALID_FOR,
    )
    role_keys = [(role, key) for role in Role for key in RoleKeyFile.open(node, role).for_card(now)]
    return identity.issue_card(details, role_keys, now, after_seq=card.seq)


def install(node: Node, card: bytes) -> None:
    """Write the card beside both key files and into public/, and take it in; safe to repeat.

    Running services see it within a moment, because their directory follows the database.
    """
    with node.intake() as intake, intake.database.read() as session:
        own = intake.directory.changed_body(session, node.organisation)
    file = CardFile(card, tuple(decode_base64(one) for one in own.prekeys))
    write_files(node, file)
    with node.matching() as matching:
        matching.begin(file)
    with node.intake() as intake:
        intake.begin(file)


def write_files(node: Node, file: CardFile) -> None:
    """The three places where the own card lies."""
    for role in Role:
        replace(node.folder / role.value / OWN_CARD, file.encode(), PUBLIC)
    replace(node.folder / "public" / f"{node.organisation}.card", file.encode(), PUBLIC)
