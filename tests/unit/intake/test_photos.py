"""Photos and attachments of a case: encrypted, of one team, audited, gone with the case."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.intake.domain.case import CaseClosed
from services.intake.domain.codes import CaseKind
from services.intake.handlers.actor import Actor
from services.intake.handlers.errors import (
    AttachmentEmpty,
    AttachmentTooLarge,
    AttachmentTooMany,
    CaseErased,
    IntakeError,
    NotAllowed,
    NotFound,
    PhotoNotTaken,
    PhotoTooMany,
)
from services.intake.handlers.photos import PhotoView
from services.intake.pictures.workshop import Copies, Workshop
from services.intake.store.papers import AttachmentRow, PhotoRow
from shared.crypto.errors import CannotDecrypt
from shared.store.tables import AuditRow
from tests.unit.intake.pictures import HEIC, picture, saved
from tests.unit.intake.world import ADMIN, OTHER_TEAM, SECOND, WORKER, Node, case

LARGE, SMALL = b"\xff\xd8\xff Kanar\xc4\x97l\xc4\x97 large", b"\xff\xd8\xff Kanar\xc4\x97l\xc4\x97 small"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the decoder's process, which has tests of its own."""
    monkeypatch.setattr(Workshop, "copies", lambda *_: Copies(LARGE, SMALL))


def added(node: Node, case_id: str, by: Actor = WORKER) -> PhotoView:
    return node.intake.photos.add(case_id, b"sent", by)


def test_a_real_picture_is_kept_and_shown(vilnius: Node) -> None:
    case_id = vilnius.intake.cases.register(case(), WORKER).summary.id
    photo = vilnius.intake.photos.add(case_id, saved(picture()), WORKER)
    assert vilnius.intake.photos.look(case_id, photo.id, SECOND).startswith(b"\xff\xd8\xff")
    with pytest.raises(PhotoNotTaken):
        vilnius.intake.photos.add(case_id, HEIC, WORKER)


@pytest.mark.usefixtures("quick")
def test_every_look_is_in_the_log_and_the_large_ones_are_counted(vilnius: Node) -> None:
    """Rule 10."""
    case_id = vilnius.intake.cases.register(case(), WORKER).summary.id
    photo = added(vilnius, case_id)
    assert vilnius.intake.photos.look(case_id, photo.id, WORKER, small=True) == SMALL
    assert vilnius.intake.photos.look(case_id, photo.id, SECOND) == LARGE
    assert vilnius.intake.photos.overview(case_id, WORKER)[0].looks == 1
    assert vilnius.actions()[-3:] == ["photo.added", "photo.glimpsed", "photo.viewed"]
    with vilnius.database.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.subject == case_id)).all()
        assert rows[-1].actor == SECOND.id


@pytest.mark.usefixtures("quick")
def test_nothing_of_it_can_be_read_on_the_disk_or_in_another_row(vilnius: Node) -> None:
    """Cases 82 and 88."""
    case_id = vilnius.intake.cases.register(case(), WORKER).summary.id
    photos = [added(vilnius, case_id).id for _ in range(2)]
    paper = vilnius.intake.attachments.add(case_id, "Kanarėlė.pdf", "Kanarėlė".encode(), WORKER)
    path = vilnius.database.engine.url.database
    assert path is not None
    for name in (path, f"{path}-wal"):
        with open(name, "rb") as file:
            assert b"Kanar" not in file.read()
    with vilnius.database.begin() as session:
        first, second = (session.get_one(PhotoRow, one) for one in photos)
        first.picture, second.picture = second.picture, first.picture
    with pytest.raises(CannotDecrypt):
        vilnius.intake.photos.look(case_id, photos[0], WORKER)
    assert vilnius.intake.attachments.take_out(case_id, paper.id, WORKER)[1] == "Kanarėlė".encode()


@pytest.mark.usefixtures("quick")
def test_another_team_and_an_administrator_find_nothing(vilnius: Node) -> None:
    """Case 46, rule 9; nor is one case's photo found under another case."""
    case_id = vilnius.intake.cases.register(case(), WORKER).summary.id
    beside = vilnius.intake.cases.register(case(), WORKER).summary.id
    photo = added(vilnius, case_id).id
    paper = vilnius.intake.attachments.add(case_id, "a.pdf", b"x", WORKER).id
    photos, papers = vilnius.intake.photos, vilnius.intake.attachments
    for by, missing in ((OTHER_TEAM, NotFound), (ADMIN, NotAllowed)):
        for tried in (
            lambda by=by: photos.overview(case_id, by),
            lambda by=by: photos.look(case_id, photo, by),
            lambda by=by: photos.add(case_id, b"", by),
            lambda by=by: photos.remove(case_id, photo, by),
            lambda by=by: papers.overview(case_id, by),
            lambda by=by: papers.get(case_id, paper, by),
            lambda by=by: papers.take_out(case_id, paper, by),
            lambda by=by: papers.add(case_id, "a", b"x", by),
            lambda by=by: papers.remove(case_id, paper, by),
        ):
            with pytest.raises(missing):
                tried()
    for astray in (
        lambda: photos.look(beside, photo, WORKER),
        lambda: photos.remove(beside, photo, WORKER),
        lambda: papers.take_out(beside, paper, WORKER),
        lambda: papers.remove(beside, paper, WORKER),
    ):
        with pytest.raises(NotFound):
            astray()
    with pytest.raises(NotAllowed):
        photos.remove(case_id, photo, SECOND)


@pytest.mark.usefixtures("quick")
def test_what_erases_a_case_erases_its_papers(vilnius: Node) -> None:
    """Case 91."""
    case_id = vilnius.intake.cases.register(case(), WORKER).summary.id
    photo = added(vilnius, case_id).id
    vilnius.intake.attachments.add(case_id, "a.pdf", b"x", WORKER)
    vilnius.intake.cases.erase(case_id, WORKER)
    with vilnius.database.read() as session:
        assert session.scalars(select(PhotoRow)).all() == []
        assert session.scalars(select(AttachmentRow)).all() == []
    assert vilnius.intake.photos.overview(case_id, WORKER) == []
    assert vilnius.intake.attachments.overview(case_id, WORKER) == []
    with pytest.raises(NotFound):
        vilnius.intake.photos.look(case_id, photo, WORKER)
    with pytest.raises(CaseErased):
        added(vilnius, case_id)


@pytest.mark.usefixtures("quick")
def test_there_is_a_most(vilnius: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.intake.handlers.attachments.LARGEST", 100)
    case_id = vilnius.intake.cases.register(case(), WORKER).summary.id
    photos = [added(vilnius, case_id) for _ in range(5)]
    with pytest.raises(PhotoTooMany):
        added(vilnius, case_id)
    vilnius.intake.photos.remove(case_id, photos[0].id, WORKER)
    assert len(vilnius.intake.photos.overview(case_id, WORKER)) == 4
    papers = vilnius.intake.attachments
    for content, why in ((b"", AttachmentEmpty), (bytes(101), AttachmentTooLarge)):
        with pytest.raises(why):
            papers.add(case_id, "a.pdf", content, WORKER)
    for number in range(20):
        papers.add(case_id, f"{number}.pdf", b"x", WORKER)
    with pytest.raises(AttachmentTooMany):
        papers.add(case_id, "a.pdf", b"x", WORKER)


@pytest.mark.usefixtures("quick")
def test_a_closed_case_keeps_what_it_has_and_takes_nothing_new(vilnius: Node) -> None:
    case_id = vilnius.intake.cases.register(case(CaseKind.FOUND), WORKER).summary.id
    photo = added(vilnius, case_id).id
    vilnius.intake.cases.end_search(case_id, 1, WORKER)
    assert vilnius.intake.photos.look(case_id, photo, WORKER) == LARGE
    for refused in (
        lambda: added(vilnius, case_id),
        lambda: vilnius.intake.attachments.add(case_id, "a.pdf", b"x", WORKER),
    ):
        with pytest.raises((CaseClosed, IntakeError)) as why:
            refused()
        assert isinstance(why.value, CaseClosed)
