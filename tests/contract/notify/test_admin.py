"""The administrator's functions, and the shape of the database."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.notify.admin import NothingParked
from services.notify.channels.base import TransportError
from services.notify.domain.rota import BadRota
from services.notify.store.people import NoSuchPerson
from services.notify.store.tables import Base
from shared.runtime.ids import new_id
from shared.store.engine import Database
from shared.store.tables import SharedBase
from tests.contract.notify.node import Node


def test_the_rota(node: Node) -> None:
    rasa = node.admin.add_person("Rasa", "rasa@desk.example", hours="sat 20:00-08:00", language="fr")
    jonas = node.admin.add_person(
        "Jonas", " jonas@desk.example ", begins="2026-11-21 22:00", ends="2026-11-22 06:00"
    )
    assert node.admin.list_people() == [jonas, rasa], "by name, and as it was given"
    assert {person.id for person in node.admin.on_duty()} == {rasa.id, jonas.id}
    node.pass_time(hours=5)  # 04:40 in Vilnius
    node.admin.set_active(jonas.id, False)
    assert [person.id for person in node.admin.on_duty()] == [rasa.id]
    node.admin.remove_person(rasa.id)
    assert [person.id for person in node.admin.list_people()] == [jonas.id]


def test_an_address_is_on_the_rota_once(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    with pytest.raises(BadRota, match="already"):
        node.admin.add_person("Rasa again", "rasa@desk.example")
    assert len(node.admin.list_people()) == 1


def test_what_is_not_there_is_said_plainly(node: Node) -> None:
    with pytest.raises(NoSuchPerson, match="list the rota"):
        node.admin.remove_person(new_id("person"))
    with pytest.raises(NoSuchPerson, match="list the rota"):
        node.admin.set_active(new_id("person"), True)
    with pytest.raises(NothingParked, match="list what is parked"):
        node.admin.retry_parked(new_id("delivery"))


def test_one_of_two_parked_notices_is_retried(node: Node) -> None:
    node.admin.add_person("Rasa", "rasa@desk.example")
    node.channel.fails["*"] = TransportError("message_refused.554", permanent=True)
    node.waits()
    node.waits()
    node.dispatch()
    first, second = node.admin.list_parked()
    node.channel.fails.clear()
    assert node.admin.retry_parked(first.id) == 1
    node.dispatch()
    assert [line.id for line in node.admin.list_parked()] == [second.id]
    lines = {line.short: (line.state, line.told, line.reason) for line in node.admin.list_waiting()}
    assert lines == {first.short: ("told", 1, None), second.short: ("parked", 0, "message_refused.554")}


def test_the_migrations_make_what_the_code_expects(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, [Base.metadata, SharedBase.metadata])  # type: ignore[arg-type]
    assert difference == []
