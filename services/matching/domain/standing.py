"""Where one alert stands, and what a message about it may change (PROTOCOL 6.3, cases 70 and 71).

The rules make the order of arrival irrelevant: the newest version wins, withdrawn and tombstone win for
ever, an update that came before its alert waits. What was decided is remembered by a placeholder that
holds a reference, a version and a state, and nothing of the alert.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The life of an alert at the partner that received it."""

    LIVE = "live"
    EXPIRED = "expired"
    """Deleted because its time was over; a newer version with a later end brings it back."""
    WITHDRAWN = "withdrawn"
    TOMBSTONE = "tombstone"


_FINAL = {State.WITHDRAWN: 1, State.TOMBSTONE: 2}
"""States that are never left for a lower one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one alert: the state and the version that brought it there."""

    state: State
    version: int

    @property
    def final(self) -> bool:
        """Withdrawn or erased: nothing brings the alert back."""
        return self.state in _FINAL


class Effect(StrEnum):
    """What a message does."""

    STORE = "store"
    """Keep this content, replace an older one, and compare."""
    REPEAT = "repeat"
    """Known already: change nothing, and say again that it is here."""
    IGNORE = "ignore"
    """Older than what is here."""
    WAIT = "wait"
    """Its alert has not arrived."""
    REFUSE = "refuse"
    """The alert must not come back."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An effect and the standing after it (None while nothing is known)."""

    effect: Effect
    standing: Standing | None
    reason: str | None = None
    """For REFUSE: the code that the partner reads in the receipt."""


def content(known: Standing | None, version: int, *, update: bool, over: bool) -> Decision:
    """Decide about an `alert.published` or, with `update`, an `alert.updated`.

    `over` says that the end of the alert has passed already.
    """
    if known is not None and known.final:
        return Decision(Effect.REFUSE, known, known.state.value)
    if known is None and update:
        return Decision(Effect.WAIT, None)
    if known is not None and version < known.version:
        return Decision(Effect.IGNORE, known)
    if known is not None and version == known.version and known.state is State.LIVE:
        return Decision(Effect.REPEAT, known)
    if over:
        return Decision(Effect.REFUSE, known or Standing(State.EXPIRED, version), "expired")
    return Decision(Effect.STORE, Standing(State.LIVE, version))


def end(known: Standing | None, version: int, state: State) -> Standing:
    """The standing after an `alert.withdrawn` or a `tombstone` (`state` says which): nothing else is kept.

    The version of a placeholder is the highest that ended the alert, so that it does not depend on the
    order of arrival. An end counts whatever version is live: a search that ended never goes on.
    """
    if state not in _FINAL:
        raise ValueError("only a withdrawal or a tombstone ends an alert for ever")
    if known is None or not known.final:
        return Standing(state, version)
    stronger = max(known.state, state, key=_FINAL.__getitem__)
    return Standing(stronger, max(known.version, version))


def expire(known: Standing) -> Standing:
    """The standing after the end of a live alert was reached."""
    if known.state is not State.LIVE:
        raise ValueError("only a live alert expires")
    return Standing(State.EXPIRED, known.version)
