"""What intake decides about a partner reaches matching in any order, and the last decision counts."""

from pathlib import Path

from services.intake.handlers.actor import UserRole
from services.matching.store import partners
from shared.post.incoming import Incoming
from shared.wire.local import PartnerChanged
from tests.support.world import Node, world


def test_a_suspension_is_not_undone_by_an_older_message(tmp_path: Path) -> None:
    """Cases 12 and 70: two workers share an inbox, and the older message comes second."""
    with world(tmp_path, ("lt-vilnius", "fr-lyon")) as made:
        made.befriend("lt-vilnius", "fr-lyon")
        made.pump()
        vilnius = made["lt-vilnius"]
        handle = vilnius.matching.handlers_by_type()[PartnerChanged.TYPE]
        older = told(vilnius, number=100)
        vilnius.intake.use_cases.partners.suspend(
            "fr-lyon", vilnius.actor(UserRole.ADMINISTRATOR, "user_admin_1")
        )
        newer = told(vilnius, number=101)
        for message in (newer, older):
            with vilnius.matching.database.begin() as session:
                handle(session, message)
        with vilnius.matching.database.read() as session:
            assert not partners.known(session, "fr-lyon").may_speak
            directory = vilnius.matching.directory.changed_body(session, "fr-lyon")
        assert directory.status.value == "suspended"


def told(node: Node, number: int) -> Incoming:
    """What intake tells its matching of Lyon now, under this number."""
    with node.intake.database.begin() as session:
        body = node.intake.directory.changed_body(session, "fr-lyon")
    return Incoming(
        type=body.TYPE,
        sender=f"{node.id}/intake",
        id=f"msg_{number}",
        created=node.intake.clock.now(),
        seq=number,
        body=body,
    )
