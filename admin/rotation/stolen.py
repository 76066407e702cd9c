"""A role key is stolen (journey 7): a new key at once, a revocation signed by the root key, new sealing keys.

The news goes out under the old key, which partners still know at that moment; what counts in it is signed by
the root key. The services must stand still meanwhile, or they would go on signing with the stolen key.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from admin.node import Node
from admin.rotation import cards
from admin.rotation.rolekeys import RoleKeyFile
from services.intake.app import IntakeApp
from services.matching.app import MatchingApp
from shared.crypto import signing
from shared.partners.bundle import CardFile
from shared.partners.identity import OrganisationIdentity
from shared.wire.messages import KeyRevoked
from shared.wire.parties import Party, Role
from shared.wire.values import encode_base64


def replace(node: Node, role: Role, identity: OrganisationIdentity, since: datetime) -> int:
    """Do it; returns how many partners are told. `since` is from when on the key may have been misused."""
    now = node.clock.now()
    keys = RoleKeyFile.open(node, role)
    statement = identity.issue_revocation(node.organisation, [signing.key_id(keys.current)], since)
    with node.intake() as before:  # holds the old key in memory
        known = cards.own_card(node)
        keys.replace_stolen()
        card = cards.issue(node, identity, known, now)
        with node.matching() as matching, node.intake() as intake:
            matching_set = _matching(matching, card, statement, now)
            intake_set = _intake(intake, card, statement, matching_set, now)
        cards.write_files(node, CardFile(card, (intake_set, matching_set)))
        with before.database.begin() as session:
            return _tell(before, session, statement)


def _matching(matching: MatchingApp, card: bytes, statement: bytes, now: datetime) -> bytes:
    own = matching.me.organisation
    with matching.database.begin() as session:
        matching.directory.add_card(session, card, now, own=True)
        matching.directory.add_revocation(session, statement, now, organisation=own)
        matching.keys.rotate(session, now, force=True)
        new = matching.keys.prekey_set(session)
        matching.directory.add_prekeys(session, new, now, organisation=own)
        return new


def _intake(intake: IntakeApp, card: bytes, statement: bytes, matching_set: bytes, now: datetime) -> bytes:
    own = intake.me.organisation
    with intake.database.begin() as session:
        intake.directory.add_card(session, card, now, own=True)
        intake.directory.add_revocation(session, statement, now, organisation=own)
        intake.keys.rotate(session, now, force=True)
        new = intake.keys.prekey_set(session)
        for one in (new, matching_set):
            intake.directory.add_prekeys(session, one, now, organisation=own)
        intake.use_cases.context.audit.append(session, "command", "role_key.replaced", own)
        return new


def _tell(before: IntakeApp, session: Session, statement: bytes) -> int:
    told = before.use_cases.partners.announce(session)
    view = before.directory.view(session, before.clock.now())
    for partner in view.verified():
        body = KeyRevoked(statement=encode_base64(statement))
        before.use_cases.context.post.send(session, Party(partner, Role.INTAKE), body, priority=0)
    return told
