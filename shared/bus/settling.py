"""From verdicts to as few acknowledgements as possible."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.bus.port import BadVerdicts, Delivery, Verdict


@dataclass(frozen=True, slots=True)
class Settlement:
    """One acknowledgement: of the message `tag`, or of all unsettled ones up to it."""

    tag: int
    verdict: Verdict
    multiple: bool = False


def settle(tags: Sequence[int], verdicts: Sequence[Verdict]) -> tuple[list[Settlement], list[Settlement]]:
    """What to send at once, and what to send after a pause (`AGAIN`).

    `tags` are ascending and everything below them is settled, so the first `ACK`s can be one; behind a
    message that waits, each stands alone, because "up to" would take the waiting one with it.
    """
    now: list[Settlement] = []
    later: list[Settlement] = []
    for tag, verdict in zip(tags, verdicts, strict=True):
        if verdict is Verdict.AGAIN:
            later.append(Settlement(tag, verdict))
        elif verdict is Verdict.ACK and not later:
            if now and now[-1].verdict is Verdict.ACK:
                now.pop()
            now.append(Settlement(tag, verdict, multiple=True))
        else:
            now.append(Settlement(tag, verdict))
    return now, later


def checked(verdicts: Sequence[Verdict], batch: Sequence[Delivery]) -> Sequence[Verdict]:
    """The verdicts, if there is one for each delivery. Raises `BadVerdicts`."""
    if len(verdicts) != len(batch) or not all(isinstance(verdict, Verdict) for verdict in verdicts):
        raise BadVerdicts(f"The handler returned {len(verdicts)} verdicts for {len(batch)} deliveries.")
    return verdicts
