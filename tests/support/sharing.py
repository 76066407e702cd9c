"""A world in which something is shared, for tests of what comes after."""

from pathlib import Path

from services.intake.handlers.actor import Actor, UserRole
from tests.support.world import Node, World, open_node

TABLE = "id,kind,given_name,family_name,date_of_birth,sex\n" + "".join(
    f"{number},missing,Jonas,Pavyzdys{chr(96 + number) * 2},201{number}-0{number}-11,male\n"
    for number in range(1, 6)
)


def share_five(world: World, here: str, other: str) -> list[str]:
    """Partners, five cases, five alerts that are compared there; the ids of the alerts."""
    world.befriend(here, other)
    world.pump()
    node = world[here]
    by = node.actor(UserRole.CASEWORKER)
    node.intake.use_cases.imports.commit(TABLE.encode(), by)
    found = [publish(node, case.id, by) for case in node.intake.use_cases.cases.overview(by, kind="missing")]
    world.run_slots(3)
    return found


def publish(node: Node, case: str, by: Actor) -> str:
    """Share one case with everybody."""
    from services.intake.domain.alert import Choices

    return node.intake.use_cases.alerts.publish(case, Choices(), by).id


def start_again(world: World, organisation: str, folder: Path | None = None) -> Node:
    """The services of a node stop and start, perhaps from another folder; they read key files anew."""
    node = world[organisation]
    for app in (node.intake, node.matching, node.notify):
        app.database.dispose()
    again = open_node(organisation, folder or node.folder, world.relay, node.local, world.clock)
    node.folder, node.posts = again.folder, again.posts
    node.intake, node.matching, node.notify = again.intake, again.matching, again.notify
    return node


def states(world: World, here: str) -> dict[str, str]:
    """Alert -> where it stands at its only partner."""
    node = world[here]
    return {
        alert.id: alert.shares[0].state
        for alert in node.intake.use_cases.alerts.overview(node.actor(UserRole.CASEWORKER))
    }
