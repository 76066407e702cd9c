"""Rule 1: run every flow, and look for the person in everything that was sent."""

import base64
import unicodedata
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.intake.domain.alert import Choices
from services.intake.domain.codes import CaseKind, ContactWish, MatchState
from services.intake.domain.description import FIELDS
from shared.store.tables import AuditRow
from shared.wire import canonical
from shared.wire.local import MatchRetracted
from shared.wire.messages import AlertPublished
from tests.unit.intake.test_comparisons import question
from tests.unit.intake.test_matches import OWN, consent, proposal
from tests.unit.intake.world import ADMIN, LYON, VILNIUS, WORKER, Node, advance, case, deliver

PERSONAL = (
    "Žydrūnė", "Kanarėlė", "Testauskienė", "2009-05-14", "Ona", "Slaptoji", "+37061234567", "61234567",
    "ona.slaptoji@example.org", "50905140000", "Pilies", "Vilniaus", "liepė nesakyti",
)  # fmt: skip


def forms(word: str) -> set[bytes]:
    """The word raw, without accents, in either case, and as base64 at each of the three alignments."""
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    texts = {word, plain, word.casefold(), plain.casefold(), word.upper(), plain.upper()}
    found = {text.encode() for text in texts} | {text.encode("utf-16-le") for text in texts}
    found |= {text.encode().hex().encode() for text in texts}
    for text in texts:
        for shift in range(3):
            encoded = base64.b64encode(bytes(shift) + text.encode())
            # The first and last group also hold bits of their neighbours.
            found.add(encoded[4 if shift else 0 : -4])
    return {form for form in found if len(form) >= 4}


@pytest.mark.slow
def test_no_body_that_was_sent_holds_anything_personal(vilnius: Node, lyon: Node) -> None:
    """Rule 1 and case 88, as far as messages and the audit log go."""
    missing = vilnius.intake.cases.register(case(), WORKER, source_id="Kanarėlė 1").summary.id
    everything = Choices(released=frozenset(FIELDS))
    alert = vilnius.intake.alerts.publish(missing, everything, WORKER)
    found = lyon.intake.cases.register(case(CaseKind.FOUND), WORKER).summary.id
    for _ in range(2):
        lyon.intake.asker.tick(lyon.clock.now())
        vilnius.intake.asker.tick(lyon.clock.now())
        deliver(lyon, vilnius)
        deliver(vilnius, lyon)
        advance(lyon.clock)
    sent_alert = next(sent for sent in vilnius.post.sent if sent.to == f"{LYON}/matching")
    assert isinstance(sent_alert.body, AlertPublished)
    body = proposal(lyon, found, alert=sent_alert.body.alert, partner=VILNIUS)
    lyon.handle(question(found), OWN)
    lyon.handle(body, OWN)
    lyon.intake.matches.decide(body.match, MatchState.PROBABLE, WORKER, note="Ona liepė nesakyti")
    given = lyon.intake.consents.record(found, consent(), WORKER)
    lyon.intake.notices.send(body.match, given.id, ContactWish.TELL_SAFE, WORKER)
    deliver(lyon, vilnius)
    vilnius.intake.policies.rotate_epoch(LYON, ADMIN)
    vilnius.intake.alerts.update(alert.id, WORKER)
    vilnius.intake.alerts.withdraw(alert.id, WORKER)
    lyon.handle(MatchRetracted(match=body.match, why="withdrawn"), OWN)
    vilnius.clock.advance(timedelta(days=1))
    lyon.intake.cases.search("Žydrūnė", WORKER)
    vilnius.intake.cases.erase(missing, WORKER)
    kinds = {sent.body.TYPE for node in (vilnius, lyon) for sent in node.post.sent}
    assert kinds >= {
        "alert.published", "alert.updated", "alert.withdrawn", "tombstone", "pseudonym.request",
        "pseudonym.response", "match.notice", "case.pseudonyms", "case.closed", "match.decided",
        "candidate.compared",
        "duty.settled", "duty.waiting",
    }  # fmt: skip
    needles = {form for word in PERSONAL for form in forms(word)}
    for node in (vilnius, lyon):
        for sent in node.post.sent:
            data = canonical.dumps(sent.body.to_wire())
            assert not [needle for needle in needles if needle in data], sent.body.TYPE
        with node.database.read() as session:
            for row in session.scalars(select(AuditRow)):
                line = f"{row.actor}|{row.action}|{row.subject}|{row.details}".encode()
                assert not [needle for needle in needles if needle in line]


def test_no_column_on_disk_holds_anything_personal(vilnius: Node) -> None:
    """Case 88, for the database file and its log."""
    saved = vilnius.intake.cases.register(case(), WORKER, source_id="Kanarėlė 1").summary.id
    vilnius.intake.alerts.publish(saved, Choices(), WORKER)
    path = vilnius.database.engine.url.database
    assert path is not None
    needles = {form for word in PERSONAL for form in forms(word) if len(form) >= 6}
    for name in (path, f"{path}-wal"):
        with open(name, "rb") as file:
            data = file.read()
        assert not [needle for needle in needles if needle in data]


def test_the_search_for_personal_words_would_find_them() -> None:
    """The test above is only worth something if it finds what is there."""
    for data in (b"x Zydrune y", base64.b64encode(b"ab Zydrune cd"), "kanarėlė".encode()):
        assert any(form in data for word in PERSONAL for form in forms(word))
