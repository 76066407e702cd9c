"""Case 86: whatever is killed, and whenever, nothing is lost and nothing happens twice.

Twenty rounds; MYOSOTIS_KILL_ROUNDS=200 makes more, MYOSOTIS_KILL_SEED=... repeats a run.
"""

import email
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from demo.cast import LYON, VILNIUS
from services.intake.domain.codes import CaseKind
from tests.faults.system.network import Network, eventually, invented, network

pytestmark = [pytest.mark.broker, pytest.mark.slow, pytest.mark.timeout(900)]

ROUNDS = int(os.environ.get("MYOSOTIS_KILL_ROUNDS", "20"))
SEED = int(os.environ.get("MYOSOTIS_KILL_SEED", str(random.SystemRandom().randrange(10**6))))
HELD = 8
"""People whom Lyon holds and Vilnius looks for; the numbers from 0 on."""
SERVICES = [f"{node.id} {name}" for node in (VILNIUS, LYON) for name in ("intake", "matching", "notify")]


@pytest.fixture(scope="module")
def net() -> Iterator[Network]:
    """Two nodes, six processes, and people that Lyon holds."""
    with network("intake", "matching", "notify") as made:
        for number in range(HELD):
            made.register(LYON.id, CaseKind.FOUND, invented(number))
        made.wait_for_pseudonyms()
        yield made


def found_pairs(net: Network) -> Counter[str]:
    """Alert references with a possible match, as Lyon's matching and Lyon's desk have them."""
    matching = net.rows(LYON.id, "matching", "SELECT alert, version FROM possible_match")
    desk = net.rows(LYON.id, "intake", "SELECT alert, version FROM possible_match")
    assert Counter(row["alert"] for row in matching) == Counter(row["alert"] for row in desk)
    assert {row["version"] for row in desk} <= {1}
    return Counter(row["alert"] for row in desk)


def check(net: Network, references: list[str], expected: set[str]) -> None:
    """The invariants, for what was published in one test."""
    ours = set(references)
    stored = net.rows(LYON.id, "matching", "SELECT alert, state, version FROM alert")
    assert Counter(row["alert"] for row in stored if row["alert"] in ours) == Counter(references)
    assert {(row["state"], row["version"]) for row in stored if row["alert"] in ours} == {("live", 1)}

    # Compared once, and signed for once.
    items = net.rows(VILNIUS.id, "intake", "SELECT share_id, outcome FROM receipt_item")
    signed = Counter((row["share_id"], row["outcome"]) for row in items if row["share_id"] in ours)
    assert signed == Counter((ref, outcome) for ref in references for outcome in ("stored", "compared"))
    audited = net.rows(LYON.id, "matching", "SELECT subject FROM audit WHERE action = 'alert.stored'")
    assert Counter(row["subject"] for row in audited if row["subject"] in ours) == Counter(references)

    # Exactly the possible matches that there are, each once, and each told once.
    pairs = found_pairs(net)
    assert {alert for alert in pairs if alert in ours} == expected
    assert set(pairs.values()) <= {1}
    for organisation in (VILNIUS.id, LYON.id):
        for service in ("intake", "matching", "notify"):
            assert (
                net.rows(organisation, service, "SELECT type, reason FROM inbox WHERE state = 'parked'") == []
            )
            assert net.rows(organisation, service, "SELECT reason FROM outbox WHERE state = 'parked'") == []
            assert net.rows(organisation, service, "SELECT code FROM rejected") == []


def check_notices(net: Network) -> None:
    """One notice for each possible match. A mail that was sent in the moment of a kill may be sent again,
    under the same Message-ID, so that the mailbox shows one."""
    matches = net.rows(LYON.id, "notify", "SELECT reference FROM waiting")
    deliveries = net.rows(LYON.id, "notify", "SELECT reference, channel, state FROM delivery")
    told = Counter(row["reference"] for row in deliveries if row["channel"] == "email")
    assert told == Counter(row["reference"] for row in matches)
    assert sum(found_pairs(net).values()) == len(matches)
    mails = [email.message_from_bytes(path.read_bytes()) for path in net.mailbox.messages()]
    assert len({mail["Message-ID"] for mail in mails}) == len(matches)


def all_told(net: Network) -> bool:
    """Whether no mail is under way any more."""
    states = net.rows(LYON.id, "notify", "SELECT state FROM delivery WHERE channel = 'email'")
    waiting = net.rows(LYON.id, "notify", "SELECT reference FROM waiting")
    return len(states) == len(waiting) and {row["state"] for row in states} <= {"sent"}


def test_whatever_is_killed(net: Network) -> None:
    """Cases 62, 63, 64 and 86: alerts are published while processes and the broker die at random moments."""
    chance = random.Random(SEED)
    print(f"MYOSOTIS_KILL_SEED={SEED}")
    held, references, expected = list(range(HELD)), [], set()
    for number in range(ROUNDS):
        for index in range(2):
            someone = held.pop(0) if held and index == 0 else 20 + 2 * number + index
            reference = net.share(invented(someone))
            references.append(reference)
            if someone < HELD:
                expected.add(reference)
        if number % 7 == 3:
            time.sleep(chance.random() / 4)
            net.broker.kill()
            time.sleep(chance.random())
            net.broker.start()
        else:
            time.sleep(chance.random())
            net.kill(net.troupe.named(chance.choice(SERVICES)))
    net.wait_until_running()
    net.wait_for_states(references, "compared")
    eventually(lambda: set(found_pairs_or_none(net)) >= expected)
    eventually(lambda: all_told(net))
    check(net, references, expected)
    check_notices(net)


def found_pairs_or_none(net: Network) -> Counter[str]:
    """Possible matches on the desk; the two services need not agree while one is behind."""
    return Counter(row["alert"] for row in net.rows(LYON.id, "intake", "SELECT alert FROM possible_match"))


def test_a_broker_that_is_stopped_for_a_while_loses_nothing(net: Network) -> None:
    """Case 62 and journey 8: publishing goes on without a broker; afterwards everything arrives, once."""
    references = [net.share(invented(100 + number)) for number in range(5)]
    net.broker.stop()
    references += [net.share(invented(105 + number)) for number in range(10)]
    time.sleep(2)
    assert {net.states()[ref] for ref in references[5:]} == {"queued"}
    net.broker.start()
    net.wait_for_states(references, "compared")
    check(net, references, set())


@pytest.mark.parametrize("name", ["intake", "matching", "notify"])
def test_a_service_that_is_told_to_stop_drains_and_ends_with_zero(net: Network, name: str) -> None:
    """DESIGN 7: SIGTERM in the middle of the work; the exit code is 0 and what was begun is finished."""
    net.wait_until_running()
    first = {"intake": 130, "matching": 140, "notify": 150}[name]
    references = [net.share(invented(first + number)) for number in range(4)]
    service = net.service(LYON.id, name)
    process = service.process
    assert process is not None
    eventually(lambda: b"worker_started" in service.log.read_bytes(), 60)
    time.sleep(2)
    service.signal(signal.SIGTERM)
    assert process.wait(30) == 0
    net.wait_until_running()
    net.wait_for_states(references, "compared")
    check(net, references, set())
