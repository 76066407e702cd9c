"""Builds notify from its settings: channels, handlers, loops. It has no key to open."""

from dataclasses import dataclass

from services.notify.channels import registry
from services.notify.channels.base import ChannelContext
from services.notify.channels.registry import Channels
from services.notify.dispatch import Dispatcher, RotaWatch
from services.notify.domain.notice import desk_address
from services.notify.handlers import Handlers
from shared.post.office import PostOffice
from shared.post.payload import PlainDecoder
from shared.post.plain import PlainPost
from shared.post.process import open_database
from shared.post.routes import Lane
from shared.post.upkeep import Upkeep
from shared.post.wires import RabbitWires, Wires
from shared.runtime.clock import Clock, ClockGuard, SystemClock
from shared.runtime.metrics import ServiceMetrics
from shared.runtime.settings import ServiceSettings
from shared.runtime.worker import Loop
from shared.store.clock_seen import ClockSeen
from shared.store.engine import Database


@dataclass(frozen=True, slots=True)
class NotifyApp:
    """Everything of one notify process."""

    settings: ServiceSettings
    database: Database
    clock: Clock
    channels: Channels
    metrics: ServiceMetrics

    def office(self, wires: Wires | None = None) -> PostOffice:
        """The local broker, in and out, and the processor."""
        return PostOffice(
            settings=self.settings,
            wires=wires or RabbitWires(self.settings),
            database=self.database,
            clock=self.clock,
            metrics=self.metrics,
            handlers=Handlers(self.channels, self.clock).by_type(),
            decode=PlainDecoder("notify"),
            cipher=None,
        )

    def dispatcher(self) -> Dispatcher:
        """Sends the notices that are due."""
        address = desk_address(self.settings.public_url)
        return Dispatcher(
            self.database, self.channels, self.clock, address, poll_seconds=self.settings.poll_seconds
        )

    def loops(self) -> list[Loop]:
        """Everything that a worker runs."""
        watch = RotaWatch(self.database, self.channels, self.clock)
        upkeep = Upkeep(
            database=self.database,
            clock=self.clock,
            guard=ClockGuard(self.clock, memory=ClockSeen(self.database)),
            metrics=self.metrics,
            lanes=(Lane.LOCAL,),
        )
        return [
            *self.office().loops(),
            self.dispatcher().loop(),
            watch.loop(),
            Loop("upkeep", upkeep.run),
        ]


def build(settings: ServiceSettings, clock: Clock | None = None) -> NotifyApp:
    """Make the app; opens no connection yet. Raises ChannelNotUsable for settings that cannot work."""
    clock = clock or SystemClock()
    post = PlainPost("notify", clock)
    channels = registry.load(ChannelContext(post=post, clock=clock, smtp=settings.smtp))
    return NotifyApp(settings, open_database(settings), clock, channels, ServiceMetrics())
