"""Loads every folder beside this file as a channel: the list of folders is the list of channels."""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from services.notify import channels
from services.notify.channels.base import ChannelContext, ChannelNotUsable, DeskChannel, PersonChannel


@dataclass(frozen=True)
class Channels:
    """The channels that are set up: those to people by name, and the desk."""

    people: Mapping[str, PersonChannel]
    desk: DeskChannel


def names(package: str = channels.__name__) -> list[str]:
    """The channels' names, in order."""
    folder = import_module(package).__path__
    return sorted(found.name for found in pkgutil.iter_modules(folder) if found.ispkg)


def load(context: ChannelContext, package: str = channels.__name__) -> Channels:
    """Build every channel from its folder's `transport.build(context)`.

    A build that returns None is a channel that the settings leave out. Raises ChannelNotUsable.
    """
    people: dict[str, PersonChannel] = {}
    desks: list[DeskChannel] = []
    for name in names(package):
        channel = _build(f"{package}.{name}", context)
        if channel is None:
            continue
        if channel.name != name:
            raise ChannelNotUsable(f"the channel in the folder {name} must carry the folder's name")
        if isinstance(channel, DeskChannel):
            desks.append(channel)
        else:
            people[name] = channel
    if len(desks) != 1:
        raise ChannelNotUsable(f"there must be exactly one desk channel, not {len(desks)}")
    return Channels(people, desks[0])


def _build(package: str, context: ChannelContext) -> PersonChannel | DeskChannel | None:
    folder = Path(next(iter(import_module(package).__path__)))
    if not (folder / "transport.py").is_file():
        raise ChannelNotUsable(f"the channel folder {folder.name} has no transport.py")
    build = getattr(import_module(f"{package}.transport"), "build", None)
    if build is None:
        raise ChannelNotUsable(f"{folder.name}/transport.py has no function build(context)")
    channel = build(context)
    if channel is not None and not isinstance(channel, PersonChannel | DeskChannel):
        raise ChannelNotUsable(f"{folder.name}/transport.py builds something that is not a channel")
    return channel
