"""The whole way of one alert, as in docs/ARCHITECTURE: from a desk in Vilnius to a desk in Lyon and back."""

from datetime import timedelta

from sqlalchemy import select

from services.intake.domain.alert import Choices
from services.intake.domain.codes import ExclusionReason, MatchState
from services.intake.store.alerts import ReceiptEvidenceRow
from services.notify.store.tables import WaitingRow
from shared.wire import envelope
from shared.wire.messages import Receipt
from tests.scenario.play import (
    LYON,
    RIGA,
    VILNIUS,
    alert_now,
    alerts_held,
    duty,
    holds,
    looks_for,
    matches_at,
    share,
    share_at,
    stuck,
    withdraw,
)
from tests.support.world import Node, World


def waiting(node: Node) -> dict[str, str]:
    """What waits for the duty: reference and state."""
    with node.notify.database.read() as session:
        return {row.reference: row.state for row in session.scalars(select(WaitingRow))}


def test_the_whole_way_of_one_alert(three: World) -> None:
    vilnius, riga, lyon = three[VILNIUS], three[RIGA], three[LYON]
    duty(lyon)

    # Lyon holds a young woman who gave her name; Vilnius does not know.
    held = holds(lyon)
    three.run_slots(2)

    # Vilnius looks for her and shares an alert with its circle.
    searched = looks_for(vilnius)
    alert = share(vilnius, searched)
    assert {each.partner: each.state for each in alert.shares} == {LYON: "queued", RIGA: "queued"}
    three.pump()

    # Lyon's desk shows a possible match with reasons; Riga's shows nothing.
    [match] = matches_at(lyon)
    assert (match.case_id, match.partner, match.state) == (held, VILNIUS, MatchState.NEW)
    assert matches_at(riga) == []
    opened = lyon.intake.use_cases.matches.open(match.id, lyon.actor())
    said = {reason.comparator for reason in opened.reasons if reason.verdict == "for"}
    assert {"family_name_same", "given_name_same"} <= said, "only intake's comparison can say that"
    assert any(code.startswith("keys_") for code in said)

    # Something waits for the duty: a reference, and nothing else.
    assert list(waiting(lyon)) == [match.id]
    while lyon.notify.dispatcher().step():
        pass
    three.pump()
    assert matches_at(lyon)[0].duty_state == "parked"  # there is no mail server here, and the desk says so

    # Two slots later both partners sign that they stored and compared: the same, match or no match.
    three.run_slots(3)
    assert {each.partner: each.state for each in alert_now(vilnius, alert).shares} == {
        LYON: "compared",
        RIGA: "compared",
    }

    assert all(each.sent_at is not None for each in alert_now(vilnius, alert).shares)

    # A person decides.
    decided = lyon.intake.use_cases.matches.decide(match.id, MatchState.PROBABLE, lyon.actor(), note="spoke")
    assert decided.summary.state is MatchState.PROBABLE
    three.pump()
    assert waiting(lyon) == {match.id: "settled"}

    # The search ends. What was shared is deleted at both partners, and they sign for it.
    withdraw(vilnius, alert)
    three.pump()
    assert alerts_held(lyon) == [(VILNIUS, "withdrawn", 2, False)]
    assert alerts_held(riga) == [(VILNIUS, "withdrawn", 2, False)]
    [gone] = matches_at(lyon)
    assert gone.state is MatchState.WITHDRAWN
    after = lyon.intake.use_cases.matches.open(match.id, lyon.actor())
    assert after.reasons == []
    assert all(pair.released is None for pair in after.fields)
    three.run_slots(3)
    ended = alert_now(vilnius, alert)
    assert [(each.state, each.overdue) for each in ended.shares] == [("deleted", False)] * 2
    assert stuck(three) == []


def test_receipts_are_kept_as_evidence_that_anybody_can_check(two: World) -> None:
    """Rule 7: what a partner signed can be shown to a third party, word for word."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    alert = share(vilnius, looks_for(vilnius))
    two.run_slots(3)
    withdraw(vilnius, alert)
    two.run_slots(3)
    share_id = alert.shares[0].id
    told = vilnius.intake.use_cases.receipts.evidence(share_id, vilnius.actor())
    assert [(one.version, one.outcome) for one in told] == [(1, "stored"), (1, "compared"), (2, "deleted")]
    with vilnius.intake.database.read() as session:
        evidence = [row.evidence for row in session.scalars(select(ReceiptEvidenceRow))]
    assert len(evidence) == 2
    outcomes = []
    for signed in evidence:
        header, signature, inner = signed[:14], signed[14:78], signed[78:]
        signer = lyon.matching.keys.signing_key.verify_key
        signer.verify(envelope.SIGNATURE_LABEL, header + inner, signature)
        body = envelope.decode_inner(inner).body
        assert isinstance(body, Receipt)
        outcomes += [item.outcome.value for item in body.items if item.alert == share_id]
    assert sorted(outcomes) == ["compared", "deleted", "stored"]


def test_a_withdrawal_overtakes_its_alert(two: World) -> None:
    """Case 71: withdrawn and urgent, it is handled first, and the alert never lives there."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    holds(lyon)
    two.run_slots(2)
    two.relay.away = True
    alert = share(vilnius, looks_for(vilnius))
    withdraw(vilnius, alert)
    two.pump()
    two.relay.away = False
    two.clock.advance(timedelta(hours=1))
    two.pump()
    assert alerts_held(lyon) == [(VILNIUS, "withdrawn", 2, False)]
    assert matches_at(lyon) == []
    two.run_slots(3)
    assert share_at(vilnius, alert, LYON).state == "deleted"
    assert stuck(two) == []


def test_what_a_person_excluded_stays_excluded_until_a_fact_changes(two: World) -> None:
    """Rule 6, over all three services of a node."""
    vilnius, lyon = two[VILNIUS], two[LYON]
    holds(lyon)
    two.run_slots(2)
    alert = share(vilnius, looks_for(vilnius))
    two.pump()
    [match] = matches_at(lyon)
    lyon.intake.use_cases.matches.decide(
        match.id, MatchState.EXCLUDED, lyon.actor(), reason=ExclusionReason.NAMESAKE
    )
    two.pump()
    vilnius.intake.use_cases.alerts.update(alert.id, vilnius.actor())
    two.pump()
    assert matches_at(lyon)[0].state is MatchState.EXCLUDED
    vilnius.intake.use_cases.alerts.update(
        alert.id, vilnius.actor(), choices=Choices(released=frozenset({"sex", "birth_decade"}))
    )
    two.pump()
    assert matches_at(lyon)[0].state is MatchState.NEW
