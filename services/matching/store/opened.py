"""Live alerts that this process decrypted, so that the next own case decrypts none of them again."""

from collections import OrderedDict

from services.matching.store.content import StoredAlert

MOST_BYTES = 64 << 20
"""Some 20,000 alerts of one epoch. A partner can keep as many alive as it likes, and there are many partners;
what does not fit is read again, which takes 50 microseconds."""
_OBJECTS = 1024
"""What the objects around the bytes of one alert take, about."""


class OpenedAlerts:
    """By partner and reference; of those that were not used for longest nothing is kept."""

    def __init__(self, most_bytes: int | None = None) -> None:
        self._alerts: OrderedDict[tuple[str, str], StoredAlert] = OrderedDict()
        self._most_bytes = MOST_BYTES if most_bytes is None else most_bytes
        self.nbytes = 0
        """What is kept takes, about."""

    def __len__(self) -> int:
        return len(self._alerts)

    def read(self, partner: str, alert: str, version: int) -> StoredAlert | None:
        """What is kept of this version."""
        found = self._alerts.get((partner, alert))
        if found is None or found.version != version:
            return None
        self._alerts.move_to_end((partner, alert))
        return found

    def keep(self, alert: StoredAlert) -> None:
        """In place of another version; what was not used for longest gives way."""
        self.drop(alert.partner, alert.alert)
        self._alerts[alert.partner, alert.alert] = alert
        self.nbytes += _size(alert)
        while self.nbytes > self._most_bytes:
            self.drop(*next(iter(self._alerts)))

    def drop(self, partner: str, alert: str) -> None:
        """It is gone, or about to be."""
        found = self._alerts.pop((partner, alert), None)
        if found is not None:
            self.nbytes -= _size(found)

    def keep_only(self, partner: str, live: set[str], after: str, last: str | None) -> None:
        """Of the references behind `after`, up to `last` if there is one, only these are live (rule 7)."""
        for organisation, alert in list(self._alerts):
            if organisation != partner or alert <= after or alert in live:
                continue
            if last is None or alert <= last:
                self.drop(organisation, alert)


def _size(alert: StoredAlert) -> int:
    parts = sum(len(part.tags) + len(part.details) for part in alert.sets)
    return parts + len(alert.values) + _OBJECTS
