"""What people decide about partners, and what a partner hears of it."""

from pathlib import Path

import pytest

from services.intake.handlers.actor import Actor
from shared.wire.codes import PartnerStatus
from shared.wire.messages import CardUpdated
from tests.unit.intake.world import ADMIN, LEAD, LYON, VILNIUS, WORKER, Node, node, verify


def cards_sent(made: Node) -> list[str]:
    """To whom our card and sealing keys went since the last call."""
    return [sent.to for sent in made.new() if isinstance(sent.body, CardUpdated)]


def own_card(made: Node) -> CardUpdated:
    """What a partner should know of us now."""
    with made.database.read() as session:
        own = made.intake.context.directory.changed_body(session, made.organisation)
    return CardUpdated(card=own.card, prekeys=own.prekeys[:4])


def test_a_newly_verified_partner_hears_our_newest_keys_at_once(tmp_path: Path) -> None:
    """The card that it took in by mail may be weeks old, and what was announced since never reached it."""
    vilnius = node(VILNIUS, tmp_path, verified=False)
    verify(vilnius, LYON)
    assert cards_sent(vilnius) == [f"{LYON}/intake"]
    assert vilnius.bodies(CardUpdated) == [own_card(vilnius)]


@pytest.mark.parametrize(("second", "sent"), [(None, 0), (LEAD, 1)], ids=["one agreed", "both agreed"])
def test_a_restarted_partner_hears_them_once_both_agreed(
    tmp_path: Path, second: Actor | None, sent: int
) -> None:
    """Nothing was sent while it was suspended, also not our new sealing keys."""
    vilnius = node(VILNIUS, tmp_path)
    vilnius.intake.partners.suspend(LYON, WORKER)
    with vilnius.database.begin() as session:
        vilnius.intake.partners.announce(session)
    assert f"{LYON}/intake" not in cards_sent(vilnius)
    vilnius.intake.partners.restart(LYON, ADMIN)
    if second is not None:
        assert vilnius.intake.partners.restart(LYON, second).status is PartnerStatus.VERIFIED
    assert cards_sent(vilnius) == [f"{LYON}/intake"] * sent
